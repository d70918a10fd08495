/** What the proposed change does: as pictures, or as the Markdown for a pull request. */
import { useEffect, useState } from 'preact/hooks';
import { MINUTE, utc } from '../instant.js';
import { InstantField, Zone } from '../instant.jsx';
import { instant, killed, now, ruleset, said, span } from '../state.js';
import { DAY } from '../time/scale.js';
import { asText, markdown, remarks, report, trouble, working, written } from './asked.js';
import { Flag } from './flag.jsx';
import { grouped, sentence } from './impact.js';

/** Flags of a group that are drawn at once, and flags that are named. */
const DRAWN = 20;
const NAMED = 200;

export function Impact() {
  const same = ruleset.value === written.value;
  return (
    <section class="card impact" aria-label="Impact">
      <div class="head">
        <h2>Who moves</h2>
        <When />
        <Progress />
        <div class="views" role="group" aria-label="The report as">
          <button type="button" aria-pressed={!asText.value} onClick={() => (asText.value = false)}>Pictures</button>
          <button type="button" aria-pressed={asText.value} onClick={() => (asText.value = true)}>Markdown</button>
        </div>
      </div>
      <div class={`body ${trouble.value === '' ? '' : 'past'}`} tabIndex={0} role="region" aria-label="Report">
        {trouble.value !== '' && report.value && <p class="note">This is the last impact that could be told. It is not about what is written now.</p>}
        {same && trouble.value === '' ? <Hint /> : asText.value ? <Text /> : <Pictures />}
      </div>
    </section>
  );
}

function Hint() {
  return (
    <div class="hint">
      <p><b>Both versions are the same.</b> Change something in the proposed one, or press one of the examples above.</p>
      <p class="soft">You will see for each flag who gets something else: all contexts at once, not a sample, with exact shares, and for each answer whether anyone loses it.</p>
    </div>
  );
}

/** The instant, or the span. */
function When() {
  const period = span.value;
  return (
    <div class="when">
      <select aria-label="When" value={period ? 'over' : 'at'} onChange={({ currentTarget }) => {
        const at = Math.floor(now.peek() / MINUTE) * MINUTE;
        span.value = currentTarget.value === 'over' ? { from: at - 7 * DAY, to: at + 14 * DAY } : null;
      }}>
        <option value="at">at</option>
        <option value="over">over</option>
      </select>
      {period === null ? (
        <>
          <InstantField label="Instant" at={now.value} change={(at) => (instant.value = at)} />
          <Zone at={now.value} />
          {instant.value !== null && <button type="button" class="quiet" onClick={() => (instant.value = null)}>now</button>}
        </>
      ) : (
        <>
          <InstantField label="From" at={period.from} change={(from) => from < period.to && (span.value = { ...period, from })} />
          <span class="soft">to</span>
          <InstantField label="To" at={period.to} change={(to) => to > period.from && (span.value = { ...period, to })} />
          <span class="soft zone">UTC</span>
        </>
      )}
      {killed.value.length > 0 && <span class="soft">killed in both: {killed.value.map((key, at) => <>{at > 0 && ', '}<code>{key}</code></>)}</span>}
    </div>
  );
}

/** Says that it takes a while, once it does. */
function Progress() {
  const [seconds, setSeconds] = useState(0);
  const since = working.value?.since;
  useEffect(() => {
    setSeconds(0);
    if (since === undefined) return;
    const timer = setInterval(() => setSeconds((performance.now() - since) / 1000), 250);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <p class="progress" role="status">
      {since !== undefined && seconds > 0.4 && <><progress aria-label="Comparing" /> {`comparing, ${seconds.toFixed(0)} s`}</>}
    </p>
  );
}

function Pictures() {
  const found = report.value;
  const [chosen, setChosen] = useState(-1);
  if (!found) return null;
  const { impacts } = found;
  const first = impacts.findIndex(({ flags }) => flags.some(({ change }) => change === 'effect'));
  const at = chosen >= 0 && chosen < impacts.length ? chosen : Math.max(first, 0);
  const impact = impacts[at];
  return (
    <>
      {impacts.length > 1 && (
        <div class="parts" role="group" aria-label="Parts of the span in which nothing changes with time">
          {impacts.map(({ at: start, until, flags }, index) => (
            <button key={start} type="button" aria-pressed={index === at} onClick={() => setChosen(index)}>
              {utc(Date.parse(start))}{until && <> to {utc(Date.parse(until))}</>}
              <span class="soft"> {flags.filter(({ change }) => change === 'effect').length || 'no'} {flags.filter(({ change }) => change === 'effect').length === 1 ? 'flag' : 'flags'}</span>
            </button>
          ))}
        </div>
      )}
      <p class="sentence" role="status">{sentence(impact)}</p>
      {grouped(impact).map((one) => <Group key={one.name} {...one} />)}
    </>
  );
}

/** @param {ReturnType<typeof grouped>[number]} properties */
function Group({ name, title, hint, flags }) {
  const [all, setAll] = useState(false);
  const drawn = name === 'broken' || name === 'moves';
  const shown = all ? flags : flags.slice(0, drawn ? DRAWN : NAMED);
  return (
    <section class={`group ${name}`} aria-label={title}>
      <h3>{title} <span class="count">{flags.length}</span></h3>
      {hint && <p class="soft">{hint}</p>}
      {drawn
        ? shown.map((flag) => <Flag key={flag.flag} impact={flag} remarks={remarks.value.after} />)
        : <ul class="names">{shown.map(({ flag }) => <li key={flag}><code>{flag}</code></li>)}</ul>}
      {shown.length < flags.length && <button type="button" class="more" onClick={() => setAll(true)}>Show all {flags.length} flags</button>}
    </section>
  );
}

function Text() {
  const text = markdown.value;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text ?? '');
      said.value = 'The report is copied.';
    } catch {
      said.value = 'The browser does not let the page copy: select the text instead.';
    }
  };
  if (text === null) return <p class="soft">The report is being written.</p>;
  return (
    <div class="markdown">
      <button type="button" onClick={() => void copy()}>Copy</button>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
