/** Instants as the page writes them: in UTC, as rulesets mostly do, and beside it where the visitor is. Knows no page. */

export const MINUTE = 60_000;

/** The instants that a field for dates has words for: the years 1 to 9999. */
export const FIRST = Date.parse('0001-01-01T00:00:00Z');
export const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant for a field, to the minute, or to the second; empty where a field has no word for it. @param {number} at @param {boolean} [seconds] */
export function field(at, seconds = false) {
  const unit = seconds ? 1000 : MINUTE;
  const whole = Math.floor(at / unit) * unit;
  return whole >= FIRST && whole <= LAST ? new Date(whole).toISOString().slice(0, seconds ? 19 : 16) : '';
}

/** What a field says. @param {string} text @returns {number} NaN: nothing yet */
export const fromField = (text) => Date.parse(`${text}Z`);

/** An instant as people read it, in UTC. @param {number} at */
export function utc(at) {
  if (!Number.isFinite(at)) return at < 0 ? 'ever' : 'ever after';
  const text = new Date(at).toISOString();
  return `${text.slice(0, text.indexOf('T'))} ${text.slice(text.indexOf('T') + 1, -8)}${text.endsWith(':00.000Z') ? '' : `:${text.slice(-7, -5)}`}`;
}

/** The same where the visitor is. @param {number} at @param {string} [zone] a name of a zone; the system's by default */
export function local(at, zone) {
  try {
    return new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'short' }).format(at);
  } catch {
    return '';
  }
}
