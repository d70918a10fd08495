/** Who gets what at the instant, whatever the context: groups of contexts, each as its line. */
import { effect, untracked } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Along, Answer, Who as Whom } from '../change/region.jsx';
import { Line, Swatch } from '../line.jsx';
import { joined, kind, laid, percent, words } from '../shares.js';
import { killed, now, ruleset } from '../state.js';
import { telling } from '../told.js';
import { tools } from '../tools.js';
import { epoch, found, shown } from './asked.js';

/** @typedef {import('serin/tools').Who} Who */

/** Groups that are shown. */
const SHOWN = 12;

const everyone = telling((args, patience) => /** @type {Promise<Who>} */ (tools.ask('who', args, { topic: 'who', patience })));

/** Asks again where the flag or what holds at the instant is another. */
function follow() {
  return effect(() => {
    const args = { ruleset: ruleset.value, flag: shown.value, at: epoch.value ?? now.peek(), killed: [...killed.value] };
    // Nobody asks with each second of the clock.
    if (args.flag !== null) untracked(() => void everyone.ask(args));
  });
}

export function Groups() {
  useEffect(follow, []);
  const told = everyone.told.value;
  if (told?.failed) return <p class="note failed">The tools have no answer: {told.failed}</p>;
  const who = told?.answer;
  if (!who || who.flag !== found.value?.flag) return <p class="note" role="status">{told?.late ? 'Going through all contexts…' : ''}</p>;
  const { variants } = found.value;
  return (
    <section class="groups" aria-label="Who gets what at the instant">
      <h3>Who gets what at the instant <span class="soft">every context, in groups in which only keys decide</span></h3>
      <ul class="regions">
        {who.regions.slice(0, SHOWN).map((group, at) => <Group key={at} group={group} variants={variants} />)}
      </ul>
      {who.regions.length > SHOWN && <p class="note">{who.regions.length - SHOWN} more groups are not shown.</p>}
      {who.limit && <p class="note">More could not be seen: a limit was met. What is told is exact.</p>}
      {who.unproven && <p class="note">Not all values of {who.unproven.join(', ')} could be tried together: there may be more groups, and some of these may not exist.</p>}
    </section>
  );
}

/** @param {{ group: import('serin/tools').Group, variants: import('../shares.js').Variants | undefined }} properties */
function Group({ group, variants }) {
  const { when, either, shares, slices } = group;
  const ordered = slices.length > 0;
  const parts = ordered
    ? slices.map(({ start, end, of }) => ({ from: start, to: end, outcome: shares[of].outcome }))
    : laid(shares, ({ share }) => share).map(({ part, from, to }) => ({ from, to, outcome: part.outcome }));
  return (
    <li class="region">
      <Whom when={when} either={either} />
      <Line slices={joined(parts.map(({ from, to, outcome }) => ({ from, to, label: words(outcome), kind: kind(variants, outcome) })))} />
      <ul class="shares">
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
