/** The axis of time: where instants lie, which of them have a label, how far a key goes. Times are in UTC. Knows no page. */

import { MINUTE } from '../instant.js';

/** @typedef {{ from: number, to: number }} Range milliseconds since 1970 */

export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** Instants that a `Date` can be. */
const LAST = 8.64e15;

/** Where on the axis an instant lies, 0 to 1; what is outside lies at the end. @param {Range} range @param {number} at */
export const share = ({ from, to }, at) => Math.min(1, Math.max(0, (at - from) / (to - from)));

/** From a little before the first instant to a little after the last. @param {readonly number[]} instants at least one, in any order @returns {Range} */
export function around(instants) {
  // They may be more than a call takes arguments.
  const first = instants.reduce((one, other) => Math.min(one, other));
  const last = instants.reduce((one, other) => Math.max(one, other));
  const room = Math.max((last - first) * 0.08, DAY);
  return within({ from: first - room, to: last + room });
}

/** @param {Range} range @returns {Range} */
export const within = ({ from, to }) => ({ from: Math.max(-LAST, Math.floor(from)), to: Math.min(LAST, Math.ceil(to)) });

/** Steps between labels, in milliseconds; months and years are counted. */
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 60_000, 240_000, 1_200_000];

const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/**
 * Instants that have a label, at most as many as there is room for.
 * @param {Range} range @param {number} most @returns {{ at: number, label: string, great: boolean }[]} great: a day,
 *   month or year begins that the labels before are not in
 */
export function ticks({ from, to }, most) {
  const step = STEPS.find((size) => (to - from) / size <= most);
  /** @type {number[]} */
  const found = [];
  if (step !== undefined) {
    // Weeks begin on Mondays; 1970 began on a Thursday.
    const shift = step === 7 * DAY ? 4 * DAY : 0;
    for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) found.push(at);
  } else {
    const months = MONTHS.find((count) => (to - from) / (count * 30 * DAY) <= most) ?? MONTHS[MONTHS.length - 1];
    const start = new Date(from);
    let month = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    for (;; month += months) {
      const at = monthStart(month);
      if (!(at <= to) || found.length > most) break;
      if (at >= from) found.push(at);
    }
  }
  return found.map((at, index) => ({ at, ...label(at, index === 0 ? undefined : found[index - 1], step) }));
}

/** @param {number} month counted from the year 0 */
function monthStart(month) {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
  return date.getTime();
}

/** @param {number} at @param {number | undefined} before the label before it @param {number | undefined} step */
function label(at, before, step) {
  const [date, last] = [new Date(at), before === undefined ? undefined : new Date(before)];
  const newYear = last === undefined || last.getUTCFullYear() !== date.getUTCFullYear();
  const newDay = newYear || last.getUTCDate() !== date.getUTCDate() || last.getUTCMonth() !== date.getUTCMonth();
  const year = newYear ? ` ${date.getUTCFullYear()}` : '';
  if (step === undefined) return { label: `${MONTH_NAMES[date.getUTCMonth()]}${year}`, great: newYear };
  const day = `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()]}${year}`;
  if (step >= DAY) return { label: day, great: newYear };
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return { label: newDay ? `${day} ${time}` : time, great: newDay };
}

/** How far an arrow key goes: about a two-hundredth of the axis, in units that people count in. @param {Range} range */
export function stride({ from, to }) {
  const wanted = (to - from) / 200;
  return [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY].findLast((size) => size <= wanted) ?? MINUTE;
}

/** An instant where a pointer is: as fine as the eye can tell on this axis. @param {Range} range @param {number} part 0 to 1 */
export function pointed(range, part) {
  const unit = Math.max(MINUTE, stride(range) / 4);
  const at = Math.round((range.from + Math.min(1, Math.max(0, part)) * (range.to - range.from)) / unit) * unit;
  return Math.min(range.to, Math.max(range.from, at));
}
