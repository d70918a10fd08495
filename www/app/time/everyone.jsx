/** Who gets what at the instant, whatever the context. */
import { effect, untracked } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Groups } from '../groups.jsx';
import { killed, now, ruleset } from '../state.js';
import { telling } from '../told.js';
import { tools } from '../tools.js';
import { epoch, found, shown } from './asked.js';

/** Groups that are shown. */
const SHOWN = 12;

const { told, ask } = telling((args, patience) => /** @type {Promise<import('serin/tools').Who>} */ (tools.ask('who', args, { topic: 'time who', patience })));

/** Asks again where the flag or what holds at the instant is another. */
function follow() {
  return effect(() => {
    const args = { ruleset: ruleset.value, flag: shown.value, at: epoch.value ?? now.peek(), killed: [...killed.value] };
    // Nobody asks with each second of the clock.
    if (args.flag !== null) untracked(() => void ask(args));
  });
}

export function Everyone() {
  useEffect(follow, []);
  return (
    <section class="groups" aria-label="Who gets what at the instant">
      <h3>Who gets what at the instant <span class="soft">every context, in groups in which only keys decide</span></h3>
      <Groups told={told.value} flag={found.value?.flag} variants={found.value?.variants} most={SHOWN} />
    </section>
  );
}
