/** The instant of evaluation: the clock, or one that the visitor sets. */
import { instant, now } from '../state.js';
import { time } from './words.js';

/** As an input of a date and a time takes it, in the visitor's zone. @param {number} at */
function local(at) {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, at % 60_000 === 0 ? 16 : 19);
}

export function Instant() {
  const set = instant.value !== null;
  // Seconds only where they were given.
  const at = instant.value ?? Math.floor(now.value / 60_000) * 60_000;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const change = (/** @type {string} */ text) => {
    const at = new Date(text).getTime();
    if (Number.isFinite(at)) instant.value = at;
  };
  return (
    <fieldset class="instant">
      <legend class="hidden">Instant of evaluation</legend>
      <label><input type="radio" name="instant" checked={!set} onChange={() => (instant.value = null)} /> now</label>
      <label><input type="radio" name="instant" checked={set} onChange={() => (instant.value = at)} /> at</label>
      <input
        type="datetime-local" step={at % 60_000 === 0 ? 60 : 1} aria-label={`Instant, in your zone, ${zone}`} value={local(at)} disabled={!set}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <span class="soft small">{zone === 'UTC' ? 'UTC' : `${zone}; ${time(at, 'UTC')} UTC`}</span>
    </fieldset>
  );
}
