/** Why the chosen flag is as it is, and what it is for everyone. */
import { signal } from '@preact/signals';
import { flag, killed } from '../state.js';
import { Tabs, panelOf } from '../tabs.jsx';
import { found } from './checked.js';
import { Everyone } from './everyone.jsx';
import { Flips } from './flips.jsx';
import { decisions, toggleKill, verdict, why } from './looked.js';
import { FlagPath } from './path.jsx';
import { because } from './words.js';

export function Explanation() {
  const told = why.value?.flags.get(why.value.flag);
  const stale = verdict.value?.refused === true;
  return (
    <section class="card why" aria-labelledby="why-heading" data-stale={stale} data-flag={told?.key}>
      <div class="head">
        <h2 id="why-heading">{told ? <>Why <code>{told.key}</code> is so</> : 'Why'}</h2>
        {told && (
          <button type="button" aria-pressed={killed.value.includes(told.key)} onClick={() => toggleKill(told.key)}>
            {killed.value.includes(told.key) ? 'Revive' : 'Kill'}
          </button>
        )}
      </div>
      <div class="body" tabIndex={0} role="group" aria-label="Explanation">
        {told ? <Told flag={told} /> : <p class="soft">{flag.value === null || decisions.value.length === 0 ? 'Choose a flag to see why it is as it is.' : 'There is no such flag.'}</p>}
      </div>
    </section>
  );
}

/** @param {{ flag: import('./why.js').FlagWhy }} properties */
function Told({ flag: told }) {
  const { decision, description, owner, expires } = told;
  return (
    <>
      {description && <p class="description">{description}</p>}
      {(owner || expires) && <p class="soft small">{[owner && `owner: ${owner}`, expires && `expires: ${expires}`].filter(Boolean).join(' · ')}</p>}
      <div class="answer">
        <p class="big">
          {decision.value ? <code>{decision.value.text}{decision.value.more > 0 && <span class="soft"> and {decision.value.more.toLocaleString('en')} characters more</span>}</code> : <span>caller’s default</span>}
          {decision.variant !== undefined && <span class="soft"> variant {decision.variant}</span>}
        </p>
        <p><span class="badge" data-reason={decision.reason}>{decision.code ?? decision.reason}</span> {because(decision)}</p>
      </div>
      <Tabs names={PARTS} chosen={part.value} choose={(name) => (part.value = name)} prefix="part-" label="What to tell of the flag" class="aspects" />
      <div {...panelOf('part-', part.value)}>
        {told.broken ? <Broken flag={told.key} /> : part.value === 'way' ? <FlagPath key={told.key} flag={told} /> : part.value === 'flips' ? <Flips /> : <Everyone />}
      </div>
    </>
  );
}

/** @param {{ flag: string }} properties */
function Broken({ flag: key }) {
  const remarks = found.value?.remarks.filter((remark) => remark.flag === key && remark.severity !== 'warning') ?? [];
  return (
    <>
      <p>The flag is broken, so everyone gets the caller’s default. Other flags are not harmed.</p>
      <ul class="broken">{remarks.map(({ line, message, help }, at) => <li key={at}>Line {line}: {message}<br /><span class="soft">To mend it: {help}</span></li>)}</ul>
    </>
  );
}

const PARTS = /** @type {const} */ ({ way: 'The way to it', flips: 'What would flip it', everyone: 'For everyone' });

/** The part that is looked at; it stays while flags are chosen. @type {import('@preact/signals').Signal<keyof typeof PARTS>} */
const part = signal('way');
