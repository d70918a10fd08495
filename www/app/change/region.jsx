/** One region of a flag: who they are, and their line before and after. */
import { Along, Answer, Whom } from '../groups.jsx';
import { Line } from '../line.jsx';
import { LINE, fate, percent } from '../shares.js';
import { picture } from './impact.js';

const SIGNS = /** @type {const} */ ({ gain: '+', lose: '−', switch: '⇄', stay: '=' });

/** @param {{ region: import('./impact.js').Region, versions: import('./impact.js').Versions }} properties */
export function Region({ region, versions }) {
  const { before, between, after, ordered } = picture(region, versions);
  return (
    <li class="region">
      <Whom when={region.when} either={region.either} />
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
              <span>{what === 'stay' ? <>stay with <Answer answer={move.from} /></> : <>{what}: <Answer answer={move.from} /> → <Answer answer={move.to} /></>}</span>
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

/** Who moves, between what they had and what they get. @param {{ slices: readonly import('../shares.js').Slice[] }} properties */
function Moves({ slices }) {
  return (
    <div class="between" aria-hidden="true">
      {slices.filter(({ kind }) => kind !== 'stay').map(({ from, to, kind, label }) => (
        <span key={from} class={`slice ${kind}`} style={{ left: `${(from / LINE) * 100}%`, width: `${((to - from) / LINE) * 100}%` }} title={label}>
          <span class="word">{SIGNS[/** @type {'gain'} */ (kind)]}</span>
        </span>
      ))}
    </div>
  );
}
