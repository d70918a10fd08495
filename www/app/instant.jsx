/** An instant to write, and its zone: in all panes alike. */
import { MINUTE, field, fromField, local } from './instant.js';

/** @param {{ label: string, at: number, change: (at: number) => void, seconds?: boolean, disabled?: boolean }} properties seconds: whether it has some */
export function InstantField({ label, at, change, seconds = false, disabled = false }) {
  return (
    <input
      type="datetime-local" aria-label={`${label}, in UTC`} step={seconds ? 1 : MINUTE / 1000} value={field(at, seconds)} disabled={disabled}
      onChange={({ currentTarget: { value } }) => Number.isFinite(fromField(value)) && change(fromField(value))}
    />
  );
}

/** Then there is no other to tell. */
const isUtc = Intl.DateTimeFormat().resolvedOptions().timeZone === 'UTC';

/** The zone of the fields before it, and what that is where the visitor is. @param {{ at: number }} properties */
export const Zone = ({ at }) => <span class="soft zone">UTC{isUtc ? '' : `; ${local(at)} where you are`}</span>;
