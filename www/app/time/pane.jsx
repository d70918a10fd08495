/** The pane Time: what of a flag changes by the clock alone, and who has it when. */
import { useEffect } from 'preact/hooks';
import { utc } from '../instant.js';
import { InstantField, Zone } from '../instant.jsx';
import { words } from '../shares.js';
import { flag, instant, killed, now } from '../state.js';
import { flags, follow, found, middle, moments, range, shown, trouble, zoom } from './asked.js';
import { during } from './decide.js';
import { percentAt } from './document.js';
import { Everyone } from './everyone.jsx';
import { Decisions, Ramp, Window } from './lanes.jsx';
import { Plot, hop } from './plot.jsx';
import { Figures } from './table.jsx';

/** Ramps and windows that are drawn. */
const DRAWN = 24;

export function Pane() {
  useEffect(follow, []);
  const { timed, others } = flags.value;
  const key = shown.value;
  return (
    <div class="clock">
      <section class="card" aria-label="Time">
        <div class="head">
          <label class="pick">
            <h2>Flag</h2>
            <select value={key ?? ''} onChange={({ currentTarget }) => (flag.value = currentTarget.value)}>
              {timed.length > 0 && <optgroup label="Time changes them">{timed.map((one) => <option key={one} value={one}>{one}</option>)}</optgroup>}
              {others.length > 0 && <optgroup label="No time in them">{others.map((one) => <option key={one} value={one}>{one}</option>)}</optgroup>}
            </select>
          </label>
          <Instant />
          <label class="pick">
            <span class="soft">Show</span>
            <select value={zoom.value} onChange={({ currentTarget }) => {
              middle.value = now.peek();
              zoom.value = /** @type {typeof zoom.value} */ (currentTarget.value);
            }}>
              <option value="all">all its changes</option>
              <option value="ramps">its ramps</option>
              <option value="day">a day around the instant</option>
              <option value="week">a week</option>
              <option value="month">a month</option>
              <option value="year">a year</option>
            </select>
          </label>
        </div>
        <div class="body">
          {trouble.value !== '' && <p class="failed" role="alert">{trouble}</p>}
          <Drawn />
        </div>
      </section>
    </div>
  );
}

/** The instant, to write; and to go from change to change. */
function Instant() {
  const at = now.value;
  return (
    <div class="at">
      <button type="button" class="quiet" onClick={() => hop(-1)} disabled={!moments.value.some((one) => one < at)} aria-label="To the change before">◂</button>
      <InstantField label="Instant" at={at} change={(at) => (instant.value = at)} />
      <button type="button" class="quiet" onClick={() => hop(1)} disabled={!moments.value.some((one) => one > at)} aria-label="To the next change">▸</button>
      <Zone at={at} />
      <button type="button" class="quiet" disabled={instant.value === null} onClick={() => (instant.value = null)} title="Follow the clock">now</button>
    </div>
  );
}

function Drawn() {
  const drawn = found.value;
  if (!drawn) return null;
  const { flag: key, parts, variants, visitors, rows, points } = drawn;
  const at = now.value;
  if (parts.length === 0) return <Timeless flag={key} />;
  const keys = (/** @type {number} */ part) => visitors.flatMap(({ name }, index) => {
    const point = points[index][part];
    return point === undefined ? [] : [{ name, number: index + 1, point }];
  });
  // Spoken with each step of the slider, so no more than what it is about.
  const ramps = parts.flatMap((part) => ('ramp' in part && part.flag === key ? [`${part.ramp.variant} ${percentAt(part.ramp.steps, at)} %`] : []));
  const own = visitors.findIndex((one) => one.own);
  const present = own >= 0 ? during(rows[own], at) : undefined;
  const spoken = [...ramps, ...(present ? [`${visitors[own].name}: ${words(present.answer)}`] : [])].join(', ');
  const out = at < range.value.from ? 'before' : at > range.value.to ? 'after' : '';
  return (
    <>
      <Plot spoken={spoken}>
        {parts.slice(0, DRAWN).map((part, index) => ('ramp' in part ? <Ramp key={index} part={part} flag={key} variants={variants} keys={keys(index)} /> : <Window key={index} part={part} flag={key} />))}
        <h3 class="whose">Who has it when</h3>
        {visitors.map(({ name, own }, index) => <Decisions key={name} name={name} number={index + 1} own={own} intervals={rows[index]} variants={variants} />)}
      </Plot>
      <p class="note">
        {killed.value.includes(key) && 'The flag is killed, so time changes nothing for anybody. '}
        {own < 0 && 'Your own context is no JSON object, and not shown. '}
        {parts.length > DRAWN && `${parts.length - DRAWN} more ramps and windows are not drawn. `}
        {out && `The instant, ${utc(at)} UTC, lies ${out} what is drawn. `}
        {parts.some((part) => 'ramp' in part) && 'Numbers on the ramp are the keys of those below: the ramp rises over them. '}
        Drag the instant, or focus it: arrow keys move it, with Shift ten times as far, Page Up and Page Down go from change to change. Evaluate shows the same instant.
      </p>
      <Everyone />
      <Figures />
    </>
  );
}

/** @param {{ flag: string }} properties */
function Timeless({ flag: key }) {
  const { timed } = flags.value;
  return (
    <>
      <p>Nothing of <code>{key}</code> changes with time: neither it nor what it asks has a ramp or a time window.</p>
      {timed.length > 0 && (
        <p class="others"><span>These change:</span> {timed.slice(0, 30).map((one) => <button key={one} type="button" onClick={() => (flag.value = one)}>{one}</button>)}</p>
      )}
      <Everyone />
    </>
  );
}
