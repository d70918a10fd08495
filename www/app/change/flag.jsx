/** What a change does to one flag: its regions, and for each answer who loses it. */
import { batch } from '@preact/signals';
import { useState } from 'preact/hooks';
import { Answer, Whom } from '../groups.jsx';
import { laidOut } from '../layout.js';
import { fate } from '../shares.js';
import { choose, context, flag as chosen, instant } from '../state.js';
import { report } from './asked.js';
import { fates } from './impact.js';
import { Region, Sign } from './region.jsx';

/** @typedef {import('./impact.js').FlagImpact} FlagImpact */
/** @typedef {import('./impact.js').Loss} Loss */

/** Regions that are shown at once. */
const SHOWN = 6;

const WORDS = /** @type {const} */ ({ lose: 'some lose', switch: 'some switch', gain: 'some gain' });

/** @param {{ impact: FlagImpact, remarks: readonly import('./asked.js').Remark[] }} properties */
export function Flag({ impact, remarks }) {
  const { flag, regions = [], losses = [], limit, unproven = [], scattered, newBroken, oldBroken } = impact;
  const versions = { before: report.value?.before.get(flag), after: report.value?.after.get(flag) };
  const [all, setAll] = useState(false);
  const shown = all ? regions : regions.slice(0, SHOWN);
  return (
    <article class="flag" aria-label={`Flag ${flag}`}>
      <h4>
        <code>{flag}</code>
        {fates(impact, versions).map((what) => <span key={what} class={`fate ${what}`}><Sign fate={what} />{WORDS[what]}</span>)}
        {oldBroken && !newBroken && <span class="soft">was broken before</span>}
      </h4>
      {newBroken && remarks.filter((remark) => remark.flag === flag && remark.severity !== 'warning').map(({ code, message, help, line }) => (
        <p key={code + line} class="why"><b>line {line}:</b> {message}; {help}</p>
      ))}
      <div class="told">
        <div class="seen">
          {regions.length > 0 && <ul class="regions">{shown.map((region, at) => <Region key={at} region={region} versions={versions} />)}</ul>}
          {shown.length < regions.length && <button type="button" onClick={() => setAll(true)}>Show all {regions.length} groups of contexts</button>}
          {limit && <p class="note">More could not be seen: {limit === 'walks' ? 'the flag divides contexts too often' : 'its conditions lie too deep in each other'}. What is told is exact, and there may be more.</p>}
          {unproven.length > 0 && <p class="note">Not all values of {unproven.map((path, at) => <>{at > 0 && ', '}<code>{path}</code></>)} could be tried together: there may be more than told, and some of it may not exist.</p>}
          {scattered && <p class="note">The groups are too many to be gathered; each is right by itself.</p>}
        </div>
        {losses.length > 0 && (
          <div class="lost">
            <h5>Does anyone lose what they had?</h5>
            <ul class="losses">{losses.map((loss, at) => <Witness key={at} loss={loss} flag={flag} versions={versions} />)}</ul>
          </div>
        )}
      </div>
    </article>
  );
}

/** Whether somebody loses an answer, and who. @param {{ loss: Loss, flag: string, versions: import('./impact.js').Versions }} properties */
function Witness({ loss, flag, versions }) {
  const { of, verdict, to, context: found, unreadable = [], at, when = [], either = [] } = loss;
  const see = () => batch(() => {
    context.value = laidOut(found);
    if (at !== undefined) instant.value = Date.parse(at);
    chosen.value = flag;
    choose('evaluate');
  });
  if (verdict === 'nobody') return <li><span class="verdict nobody">nobody</span> loses <Answer answer={of} />: every context was seen.</li>;
  if (verdict === 'somebody' && to && found) {
    return (
      <li>
        <span class={`verdict ${fate(of, to, versions.before, versions.after)}`}>somebody</span> loses <Answer answer={of} /> and gets <Answer answer={to} />:
        <div class="witness">
          <code>{JSON.stringify(found)}</code>
          {unreadable.length > 0 && <span class="soft"> with {unreadable.join(', ')} throwing when read</span>}
          {' '}<button type="button" onClick={see} title="Opens this context and flag in Evaluate, on the present version">See it</button>
        </div>
      </li>
    );
  }
  return (
    <li>
      <span class="verdict unsure">cannot tell</span> whether somebody loses <Answer answer={of} />:{' '}
      {verdict === 'noWitness' ? 'some do by the rules, and of a million keys tried none is one of them.' : 'a limit was met, and below it nobody does.'}
      {(when.length > 0 || either.length > 0) && <Whom when={when} either={either} />}
    </li>
  );
}
