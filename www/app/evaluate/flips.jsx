/** The smallest changes of the context that would flip the answer. */
import { useEffect } from 'preact/hooks';
import { laidOut } from '../layout.js';
import { words } from '../shares.js';
import { context, said } from '../state.js';
import { changed } from './change.js';
import { shown } from './condition.js';
import { flips, watch } from './further.js';
import { pathText } from './slices.js';

export function Flips() {
  useEffect(() => watch('flip'), []);
  const told = flips.value;
  if (told?.failed) return <p class="failed">The tools have no answer: {told.failed}</p>;
  if (!told?.answer) return <p class="soft" role="status">{told?.late ? 'Searching…' : ' '}</p>;
  const { flips: list, limit, unproven } = told.answer;
  const limited = limit !== undefined || (unproven?.length ?? 0) > 0;
  return (
    <div class="flips" data-late={told.late}>
      <p class="soft small">For each other answer, the change of this context that takes the fewest attributes. Each was evaluated.</p>
      {list.length === 0 && <p>{limited ? 'None was found.' : 'No context gets anything else from this flag at this instant.'}</p>}
      <ul role="list">{list.map((flip, at) => <One key={at} flip={flip} />)}</ul>
      {limited && (
        <p class="soft small">
          {limit && 'The flag has more cases than are gone through, so there may be smaller changes, and other answers. '}
          {unproven?.length ? `Not all values of ${unproven.join(', ')} are known.` : ''}
        </p>
      )}
    </div>
  );
}

/** @param {{ flip: import('serin/tools').Flip }} properties */
function One({ flip }) {
  const { outcome, changes, least } = flip;
  const apply = () => {
    try {
      context.value = laidOut(changed(JSON.parse(context.value), changes));
      said.value = `The context is changed: ${changes.map((change) => pathText(change.path)).join(', ')}.`;
    } catch {
      // It is no JSON any more; its card says so.
    }
  };
  return (
    <li class="flip">
      <p class="to">To get <code>{words(outcome)}</code>{outcome.value !== undefined && JSON.stringify(outcome.value) !== JSON.stringify(outcome.variant) && <span class="soft"> = <code>{shown(outcome.value, 60)?.text}</code></span>}</p>
      <ul role="list">{changes.map((change) => <li key={pathText(change.path)}><Says change={change} /></li>)}</ul>
      {!least && <p class="soft small">There may be a smaller one.</p>}
      <button type="button" onClick={apply} aria-label={`Try it: ${changes.map(spoken).join(', ')}`}>Try it</button>
    </li>
  );
}

/** @param {import('./change.js').Change} change */
const spoken = (change) => ('to' in change ? `set ${pathText(change.path)} to ${shown(change.to, 60)?.text}` : `leave out ${pathText(change.path)}`);

/** @param {{ change: import('./change.js').Change }} properties */
function Says({ change }) {
  const path = <code>{pathText(change.path)}</code>;
  const was = 'from' in change ? <span class="soft"> (it is <code>{shown(change.from, 60)?.text ?? 'null'}</code>)</span> : <span class="soft"> (it is not there)</span>;
  if (!('to' in change)) return <>leave out {path}{was}</>;
  return <>set {path} to <code>{shown(change.to, 120)?.text ?? 'null'}</code>{was}</>;
}
