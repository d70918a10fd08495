/** Who has what when: decisions of a flag over all time, from one change to the next. Knows no page. */
import { same } from '../shares.js';

/** @typedef {import('../shares.js').Answer} Answer */
/** @typedef {{ from: number, to: number, answer: Answer, reason: string, rule?: string }} Interval from: its first instant, to: the first after it; infinite at both ends of time */

/** Changes of a whole ruleset that are looked at. */
const MOST = 20_000;

/** The first instant that there is. */
const FIRST = -8.64e15;

/** Instants at which time alone can change a decision of the ruleset, in order. @param {Pick<import('serin').Ruleset, 'nextChange'>} ruleset */
export function changes(ruleset) {
  /** @type {number[]} */
  const found = [];
  for (let at = ruleset.nextChange(FIRST); at !== Infinity && found.length < MOST; at = ruleset.nextChange(at)) found.push(at);
  return found;
}

/**
 * What a context gets, as intervals that fill all time.
 * @param {readonly number[]} instants in order @param {(at: number) => Omit<Interval, 'from' | 'to'>} decide
 * @returns {Interval[]}
 */
export function intervals(instants, decide) {
  /** @type {Interval[]} */
  const out = [];
  [FIRST, ...instants].forEach((at, index) => {
    const decided = decide(at);
    const last = out.at(-1);
    if (last && same(last.answer, decided.answer) && last.reason === decided.reason && last.rule === decided.rule) return;
    if (last) last.to = at;
    out.push({ from: index === 0 ? -Infinity : at, to: Infinity, ...decided });
  });
  return out;
}

/** Intervals in which the answer is the same, whatever the reason. @param {readonly Interval[]} list */
export function answers(list) {
  /** @type {Interval[]} */
  const out = [];
  for (const one of list) {
    const last = out.at(-1);
    if (last && same(last.answer, one.answer)) out[out.length - 1] = { ...last, to: one.to };
    else out.push(one);
  }
  return out;
}

/** @param {readonly Interval[]} list that fills all time @param {number} at */
export const during = (list, at) => list.find(({ from, to }) => from <= at && at < to);

/** @param {import('serin').Details<unknown>} details @returns {Omit<Interval, 'from' | 'to'>} */
export function answered({ variant, value, errorCode, reason, rule, ruleIndex }) {
  const answer = variant !== undefined ? { variant, value } : errorCode !== undefined ? { errorCode } : {};
  const by = rule ?? (ruleIndex === undefined ? undefined : `rule ${ruleIndex + 1}`);
  return { answer, reason, ...(by === undefined ? {} : { rule: by }) };
}

/**
 * Where a context's key lies on the lines of ramps that it reached, as far as explanations tell.
 * @param {readonly import('./document.js').Part[]} parts @param {Iterable<readonly import('serin').Step[]>} explained
 * @returns {(number | undefined)[]} a point for each part
 */
export function points(parts, explained) {
  /** @type {(number | undefined)[]} */
  const found = parts.map(() => undefined);
  for (const steps of explained) {
    for (const { split, point, flag, ruleIndex } of steps) {
      if (split === undefined || point === undefined) continue;
      const at = parts.findIndex((part) => 'ramp' in part && part.flag === flag && part.rule === ruleIndex);
      if (at >= 0) found[at] = point;
    }
  }
  return found;
}

/** Pieces of one row that are drawn. */
export const DRAWN = 400;

/**
 * What of a list lies in a range, and no more of it than can be drawn.
 * @template {{ from: number, to: number }} T @param {readonly T[]} list in order @param {{ from: number, to: number }} range
 * @returns {{ pieces: T[], end: number, left: number }} end: how far the pieces go; left: how many are not drawn
 */
export function drawn(list, { from, to }) {
  const inside = list.filter((one) => one.to > from && one.from < to);
  const pieces = inside.slice(0, DRAWN);
  return { pieces, end: inside.length > DRAWN ? pieces[DRAWN - 1].to : to, left: inside.length - pieces.length };
}
