/** One region of a flag: who they are, and their line before and after. */
import { Line, Swatch } from '../line.jsx';
import { fate, percent, words } from '../shares.js';
import { parts, picture } from './impact.js';

const SIGNS = /** @type {const} */ ({ gain: '+', lose: '−', switch: '⇄', stay: '=' });
const SAID = /** @type {const} */ ({ gain: 'gain', lose: 'lose', switch: 'switch', stay: 'stay' });

/** What holds of a group of contexts, in words. @param {{ when: readonly string[], either: readonly (readonly string[])[] }} properties */
export function Who({ when, either }) {
  if (when.length === 0 && either.length === 0) return <p class="who">Everyone</p>;
  const all = (/** @type {readonly string[]} */ list) => list.map((word, at) => <>{at > 0 && <b class="and"> and </b>}{word}</>);
  return (
    <div class="who">
      <p>{when.length > 0 && <><b class="and">If </b>{all(when)}</>}{either.length > 0 && <b class="and">{when.length > 0 ? ', and one of these:' : 'If one of these:'}</b>}</p>
      {either.length > 0 && <ul>{either.map((list, at) => <li key={at}>{all(list)}</li>)}</ul>}
    </div>
  );
}

/** @param {{ region: import('./impact.js').Region, versions: import('./impact.js').Versions }} properties */
export function Region({ region, versions }) {
  const { before, between, after, ordered } = picture(region, versions);
  return (
    <li class="region">
      <Who when={region.when} either={region.either} />
      <div class="rows">
        <span class="side" aria-hidden="true">before</span><Line slices={before} label="Before" />
        <span class="side" aria-hidden="true" />
        <Moves slices={between} />
        <span class="side" aria-hidden="true">after</span><Line slices={after} label="After" />
      </div>
      <ul class="moves">
        {region.moves.map((move, at) => {
          const what = fate(move.from, move.to, versions.before, versions.after);
          return (
            <li key={at}>
              <Sign fate={what} />
              <b class="share" title={`exactly ${move.exact} of the keys`}>{percent(move.share, move.exact)}</b>{' '}
              <span>{what === 'stay' ? <>stay with <Answer answer={move.from} /></> : <>{SAID[what]}: <Answer answer={move.from} /> → <Answer answer={move.to} /></>}</span>
              <span class="hidden"> (exactly {move.exact} of the keys)</span>
            </li>
          );
        })}
      </ul>
      {region.moves.length > 1 && <Along region={region} ordered={ordered} others="the others stay" />}
    </li>
  );
}

/** @param {{ fate: import('../shares.js').Fate }} properties */
export const Sign = ({ fate: what }) => <span class={`sign ${what}`} aria-hidden="true">{SIGNS[what]}</span>;

/** @param {{ answer: Readonly<import('../shares.js').Answer> }} properties */
export const Answer = ({ answer }) => (answer.variant === undefined ? <i>{words(answer)}</i> : <code title={JSON.stringify(answer.value)?.slice(0, 300)}>{words(answer)}</code>);

/** Who moves, between what they had and what they get. @param {{ slices: readonly import('../shares.js').Slice[] }} properties */
function Moves({ slices }) {
  return (
    <div class="between" aria-hidden="true">
      {slices.filter(({ kind }) => kind !== 'stay').map(({ from, to, kind, label }) => (
        <span key={from} class={`slice ${kind}`} style={{ left: `${from / 42949672.96}%`, width: `${(to - from) / 42949672.96}%` }} title={label}>
          <span class="word">{SIGNS[/** @type {'gain'} */ (kind)]}</span>
        </span>
      ))}
    </div>
  );
}

/**
 * The line that a picture lies on.
 * @param {{ region: Pick<import('serin/tools').Region, 'along' | 'inside' | 'lines'>, ordered: boolean, others: any }} properties others: what
 *   happens to keys that are not drawn
 */
export function Along({ region: { along, inside, lines }, ordered, others }) {
  if (!ordered || !along) {
    return <p class="note">Keys are parted by {lines.map(({ by, salt }, at) => <>{at > 0 && ' and by '}<code>{by}</code> with salt <code>{salt}</code></>)}: widths are shares, in no order.</p>;
  }
  return (
    <p class="note">
      The line of <code>{along.by}</code> with salt <code>{along.salt}</code>.
      {inside.map(({ by, salt, points }) => <> Drawn for keys at {parts(points)} of the line of <code>{by}</code> with salt <code>{salt}</code>; {others}.</>)}
    </p>
  );
}
