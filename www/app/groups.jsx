/** Who gets what from a flag: groups of contexts that the rules tell apart, each with its line and shares. */
import { Line, Swatch } from './line.jsx';
import { joined, kind, laid, parts, percent, words } from './shares.js';

/** What holds of a group of contexts, in words. @param {{ when: readonly string[], either: readonly (readonly string[])[] }} properties */
export function Whom({ when, either }) {
  if (when.length === 0 && either.length === 0) return <p class="who">Everyone</p>;
  const all = (/** @type {readonly string[]} */ list) => list.map((word, at) => <>{at > 0 && <b class="and"> and </b>}{word}</>);
  return (
    <div class="who">
      <p>{when.length > 0 && <><b class="and">If </b>{all(when)}</>}{either.length > 0 && <b class="and">{when.length > 0 ? ', and one of these:' : 'If one of these:'}</b>}</p>
      {either.length > 0 && <ul>{either.map((list, at) => <li key={at}>{all(list)}</li>)}</ul>}
    </div>
  );
}

/** @param {{ answer: Readonly<import('./shares.js').Answer> }} properties */
export const Answer = ({ answer }) => (answer.variant === undefined ? <i>{words(answer)}</i> : <code title={JSON.stringify(answer.value)?.slice(0, 300)}>{words(answer)}</code>);

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

/**
 * What the tools say of everyone, or that they are at it.
 * @param {{ told: import('./told.js').Told<import('serin/tools').Who> | null, flag: string | undefined, variants: import('./shares.js').Variants | undefined, most: number }} properties
 *   flag: what is told of another one is not shown. most: groups that are
 */
export function Groups({ told, flag, variants, most }) {
  if (told?.failed) return <p class="note failed">The tools have no answer: {told.failed}</p>;
  const who = told?.answer;
  if (!who || who.flag !== flag) return <p class="note" role="status">{told?.late ? 'Going through all contexts…' : ''}</p>;
  const { regions, limit, scattered, unproven = [] } = who;
  return (
    <div class="everyone" data-late={told.late}>
      <ul class="regions">{regions.slice(0, most).map((group, at) => <Group key={at} group={group} variants={variants} />)}</ul>
      {regions.length > most && <p class="note">{regions.length - most} more groups are not shown.</p>}
      {limit && <p class="note">More could not be seen: a limit was met. What is told is exact.</p>}
      {scattered && <p class="note">The groups are too many to be gathered into fewer; each is right by itself.</p>}
      {unproven.length > 0 && <p class="note">Not all values of {unproven.join(', ')} could be tried together: there may be more groups, and some of these may not exist.</p>}
    </div>
  );
}

/** @param {{ group: import('serin/tools').Group, variants: import('./shares.js').Variants | undefined }} properties */
function Group({ group, variants }) {
  const { when, either, shares, slices } = group;
  const ordered = slices.length > 0;
  const drawn = ordered
    ? slices.map(({ start, end, of }) => ({ from: start, to: end, outcome: shares[of].outcome }))
    : laid(shares, ({ share }) => share).map(({ part, from, to }) => ({ from, to, outcome: part.outcome }));
  return (
    <li class="region">
      <Whom when={when} either={either} />
      <Line slices={joined(drawn.map(({ from, to, outcome }) => ({ from, to, label: words(outcome), kind: kind(variants, outcome) })))} />
      <ul class="shares" role="list">
        {shares.map(({ outcome, share, exact }, at) => (
          <li key={at} title={`exactly ${exact} of the keys`}>
            <Swatch kind={kind(variants, outcome)} /> <Answer answer={outcome} /> <b>{percent(share, exact)}</b><span class="hidden"> (exactly {exact} of the keys)</span>
          </li>
        ))}
      </ul>
      {shares.length > 1 && <Along region={group} ordered={ordered} others={<>the others get <Answer answer={shares[0].outcome} /></>} />}
    </li>
  );
}
