/** The instant of evaluation: the clock, or one that the visitor sets. */
import { MINUTE } from '../instant.js';
import { InstantField, Zone } from '../instant.jsx';
import { instant, now } from '../state.js';

export function Instant() {
  const set = instant.value !== null;
  const at = instant.value ?? Math.floor(now.value / MINUTE) * MINUTE;
  return (
    <fieldset class="instant">
      <legend class="hidden">Instant of evaluation</legend>
      <label><input type="radio" name="instant" checked={!set} onChange={() => (instant.value = null)} /> now</label>
      <label><input type="radio" name="instant" checked={set} onChange={() => (instant.value = at)} /> at</label>
      <InstantField label="Instant" at={at} change={(at) => (instant.value = at)} seconds={at % MINUTE !== 0} disabled={!set} />
      <Zone at={at} />
    </fieldset>
  );
}
