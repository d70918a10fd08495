/** Who gets what from the chosen flag: groups of contexts that the rules tell apart, with their shares. */
import { useEffect } from 'preact/hooks';
import { Line, Swatch } from '../line.jsx';
import { kind, laid, percent, words } from '../shares.js';
import { shown } from './condition.js';
import { watch, who } from './further.js';
import { why } from './looked.js';
import { time } from './words.js';

/** @typedef {import('serin/tools').Group} Group */

/** Groups that are shown. */
const GROUPS = 60;

export function Everyone() {
  useEffect(() => watch('who'), []);
  const told = who.value;
  if (told?.failed) return <p class="failed">The tools have no answer: {told.failed}</p>;
  if (!told?.answer) return <p class="soft" role="status">{told?.late ? 'Going through all contexts…' : ' '}</p>;
  const { regions, at, flag, limit, unproven, scattered } = told.answer;
  const of = why.value?.flags.get(flag);
  const variants = { variants: of?.variants ?? [], off: of?.off?.variant };
  return (
    <div class="everyone" data-late={told.late}>
      <p class="soft small">
        All contexts there can be, at {time(Date.parse(at))}, in groups that the rules tell apart. Shares are of the keys in a group; nothing is sampled.
      </p>
      <ul role="list">{regions.slice(0, GROUPS).map((group, index) => <One key={index} group={group} variants={variants} />)}</ul>
      {regions.length > GROUPS && <p class="soft">and {regions.length - GROUPS} more groups</p>}
      {limit && <p class="soft small">The flag has more cases than are gone through: what is told is exact, and not all of it.</p>}
      {scattered && <p class="soft small">The groups are too many to be gathered into fewer.</p>}
      {unproven && unproven.length > 0 && <p class="soft small">Not all values of {unproven.join(', ')} are known.</p>}
    </div>
  );
}

/** @param {{ group: Group, variants: import('../shares.js').Variants }} properties */
function One({ group, variants }) {
  const { when, either, shares, along, slices, inside } = group;
  const drawn = along && slices.length > 0
    ? slices.map(({ start, end, of }) => slice(start, end, shares[of].outcome, variants))
    : laid(shares, ({ share }) => share).map(({ part, from, to }) => slice(from, to, part.outcome, variants));
  return (
    <li class="people">
      <Contexts when={when} either={either} />
      {shares.length > 1 && <Line slices={drawn} label="Shares" />}
      <ul class="shares" role="list">
        {shares.map(({ outcome, share, exact }, at) => (
          <li key={at}>
            <Swatch kind={kind(variants, outcome)} /> <strong title={`exactly ${exact} of the keys`}>{shares.length === 1 ? 'all' : percent(share, exact)}</strong> <code>{words(outcome)}</code>
            {outcome.value !== undefined && JSON.stringify(outcome.value) !== JSON.stringify(outcome.variant) && <span class="soft"> = {shown(outcome.value, 60)?.text}</span>}
          </li>
        ))}
      </ul>
      {shares.length > 1 && along && (
        <p class="soft small">
          By <code>{along.by}</code> on the line <code>{along.salt}</code>
          {inside.length > 0 && <>, among keys in a part of the line <code>{inside.map(({ salt }) => salt).join(', ')}</code>; others get <code>{words(shares[0].outcome)}</code></>}.
        </p>
      )}
    </li>
  );
}

/** @param {number} from @param {number} to @param {import('serin/tools').Outcome} outcome @param {import('../shares.js').Variants} variants */
const slice = (from, to, outcome, variants) => ({ from, to, label: words(outcome), kind: kind(variants, outcome) });

/** What holds of a group. @param {{ when: readonly string[], either: readonly (readonly string[])[] }} properties */
function Contexts({ when, either }) {
  if (when.length === 0 && either.length === 0) return <p class="whom"><strong>Everyone</strong></p>;
  return (
    <div class="whom">
      {when.length > 0 && <ul role="list">{when.map((word, at) => <li key={at}>{at > 0 && <b>and </b>}{word}</li>)}</ul>}
      {either.length > 0 && (
        <>
          <p><b>{when.length > 0 ? 'and one of' : 'One of'}</b></p>
          <ul role="list" class="either">{either.map((list, at) => <li key={at}>{list.join(' and ')}</li>)}</ul>
        </>
      )}
    </div>
  );
}
