/** Rollouts, ramps and buckets as slices of the hash line, as the page about the format has them. */

import { cut } from '../shares.js';

/** @typedef {{ variant: string, from: number, to: number, percent: number }} Slice points, `to` exclusive */
/** @typedef {{ at: number, percent: number }} Step an instant in milliseconds, and the share from it on */
/**
 * @typedef {{
 *   kind: 'rollout' | 'ramp', by: string, salt: string, slices: Slice[], withoutKey?: string,
 *   steps?: Step[], current?: number,
 * }} Split steps, current: of a ramp, and the index of the step that holds, -1 before the first
 */

/** The instant that a document means, in milliseconds; NaN: none. @param {unknown} time */
export function instantOf(time) {
  if (typeof time === 'number') return time;
  // Dates know three digits of a fraction, and capital letters.
  return typeof time === 'string' ? Date.parse(time.toUpperCase().replace(/(\.\d{3})\d+/, '$1')) : NaN;
}

/** An attribute path as people write it. @param {unknown} path */
export function pathText(path) {
  if (!Array.isArray(path)) return String(path);
  return path.some((name) => String(name).includes('.')) ? JSON.stringify(path) : path.join('.');
}

/** The names of a path. @param {unknown} path @returns {string[]} */
export const pathNames = (path) => (Array.isArray(path) ? path.map(String) : String(path).split('.'));

/**
 * What a rollout or ramp, as written, divides at an instant.
 * @param {any} serve `{ rollout }` or `{ ramp }` @param {string | undefined} salt the flag's @param {number} now
 * @returns {Split}
 */
export function splitOf(serve, salt, now) {
  const line = serve.rollout ?? serve.ramp;
  const common = { by: pathText(line.by ?? 'targetingKey'), salt: line.salt ?? salt ?? '', withoutKey: line.withoutKey };
  if (serve.rollout) {
    return { kind: 'rollout', ...common, slices: divide(line.shares) };
  }
  const steps = line.steps.map((/** @type {any} */ { at, percent }) => ({ at: instantOf(at), percent }));
  const current = steps.findLastIndex((/** @type {Step} */ { at }) => at <= now);
  const percent = steps[current]?.percent ?? 0;
  return { kind: 'ramp', ...common, steps, current, slices: divide([{ variant: line.variant, percent }, { variant: line.rest, percent: (100_000 - Math.round(percent * 1000)) / 1000 }]) };
}

/** @param {{ variant: string, percent: number }[]} shares @returns {Slice[]} */
function divide(shares) {
  let thousandths = 0;
  return shares.map(({ variant, percent }) => {
    const from = cut(thousandths / 1000);
    thousandths += Math.round(percent * 1000);
    return { variant, from, to: cut(thousandths / 1000), percent };
  });
}
