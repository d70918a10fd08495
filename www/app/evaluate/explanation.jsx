/** Why the chosen flag is as it is, and what it is for everyone. */
import { flag, killed } from '../state.js';
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
      <div class="body" tabIndex={0} role="region" aria-labelledby="why-heading">
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
          {decision.value ? <code>{decision.value.text}</code> : <span>caller’s default</span>}
          {decision.variant !== undefined && <span class="soft"> variant {decision.variant}</span>}
        </p>
        <p><span class="badge" data-reason={decision.reason}>{decision.code ?? decision.reason}</span> {because(decision)}</p>
      </div>
      <h3>The way to this answer</h3>
      <FlagPath key={told.key} flag={told} />
    </>
  );
}
