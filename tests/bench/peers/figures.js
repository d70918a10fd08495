/** From a record to figures: medians, ratios within rounds, goals. Knows no product but serin, and needs no package. */

/**
 * What `run.mjs` writes.
 * @typedef {{
 *   date: string, quick: boolean, seconds: number,
 *   machine: { cpu: string, cores: number, node: string, load: number[] },
 *   products: Record<string, { package?: string, version?: string, kind: string, api: string, note?: string, numbers?: boolean, platform?: string }>,
 *   effort: import('./measure.js').Effort,
 *   times: Record<string, Record<string, number[]>>, gaps: Record<string, Record<string, string>>,
 *   load: Record<string, { times: Record<string, number[]>, bytes: Record<string, number> }>,
 *   sizes: Record<string, { script: number, module: number }>,
 *   cold: Record<string, Record<string, number[]>>, memory: Record<string, Record<string, number[]>>,
 *   hosts: Record<string, { version: string, times: Record<string, Record<string, number[]>> }>,
 *   scaling: Record<string, Record<string, number[]>>, network: string[],
 * }} Findings
 * @typedef {{ what: string, unit: 'ns' | 'ms' | 'MiB' | 'KiB', values: Record<string, number>, bound?: number, fastest?: string, ratio?: number, goal?: { most: number, of: 'ratio' | 'value' } }} Row
 */

export const SERIN = 'serin';
export const BOUND = 'plain closures';
const FLOOR = 'floor';

/** What serin is to be at most: a ratio to the best product of the row, or a value in the row's unit. @type {Record<string, { most: number, of: 'ratio' | 'value' }>} */
const GOALS = {
  'simple flag, new context': { most: 0.25, of: 'ratio' },
  'five rules, two versions, new context': { most: 0.15, of: 'ratio' },
  '10 % rollout, new context': { most: 0.25, of: 'ratio' },
  'all of 100 flags, new context': { most: 0.06, of: 'ratio' },
  'simple flag, context kept': { most: 0.12, of: 'ratio' },
  'five rules, two versions, context kept': { most: 0.12, of: 'ratio' },
  '10 % rollout, context kept': { most: 0.12, of: 'ratio' },
  'all of 100 flags, context kept': { most: 0.12, of: 'ratio' },
  '10,000 flags, text to ready': { most: 1, of: 'ratio' },
  'first start: 100 flags, text to first decision': { most: 2, of: 'value' },
  'memory of 10,000 flags, without the text': { most: 4, of: 'value' },
  'download, brotli': { most: 16, of: 'value' },
};

/** @param {number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** What stands for many rounds. Milliseconds are long enough for other work to fall into, which short ones escape. @param {number[]} numbers @param {string} unit */
export const typical = (numbers, unit) => (unit === 'ms' ? Math.min(...numbers) : median(numbers));

/**
 * One line of a table out of what each product took in each round. Times are compared within a round, each less the
 * floor of that round, and the median of those ratios counts; of milliseconds, the ratio of the least.
 * @param {string} what @param {Row['unit']} unit @param {Record<string, number[]>} rounds by product
 * @returns {Row}
 */
export function row(what, unit, rounds) {
  const names = Object.keys(rounds).filter((name) => name !== FLOOR);
  const floor = rounds[FLOOR];
  const less = (/** @type {string} */ name) => rounds[name].map((time, at) => Math.max(time - (floor?.[at] ?? 0), 0.1 * time));
  const values = Object.fromEntries(names.map((name) => [name, typical(less(name), unit)]));
  const products = names.filter((name) => name !== SERIN && name !== BOUND);
  const fastest = products.reduce((a, b) => (values[a] <= values[b] ? a : b));
  const best = less(fastest);
  const own = less(SERIN);
  const ratio = unit === 'ms' ? values[SERIN] / values[fastest] : median(own.map((time, at) => time / best[at]));
  return { what, unit, values, bound: values[BOUND], fastest, ratio, goal: GOALS[what] };
}

/** Whether a row meets its goal; undefined where it has none. @param {Row} row */
export const met = ({ goal, ratio = Infinity, values }) => (goal === undefined ? undefined : (goal.of === 'ratio' ? ratio : values[SERIN]) <= goal.most);

/** All rows in Node. @param {Findings} record @returns {Row[]} */
export function rows({ times, load, cold, memory, sizes }) {
  const scaled = (/** @type {Record<string, number[]>} */ of, /** @type {number} */ by) => Object.fromEntries(Object.entries(of).map(([name, numbers]) => [name, numbers.map((number) => number / by)]));
  const member = (/** @type {Record<string, any>} */ of, /** @type {string} */ which) => Object.fromEntries(Object.entries(of).map(([name, each]) => [name, each[which]]));
  const found = Object.entries(times).map(([what, rounds]) => row(what, 'ns', rounds));
  for (const [count, { times }] of Object.entries(load)) found.push(row(`${Number(count).toLocaleString('en')} flags, text to ready`, 'ms', times));
  if (Object.keys(cold).length > 0) {
    found.push(row('first start: 100 flags, text to first decision', 'ms', member(cold, 'ready')));
    found.push(row('first start: importing the package, unbundled', 'ms', member(cold, 'import')));
  }
  if (Object.keys(memory).length > 0) found.push(row('memory of 10,000 flags, without the text', 'MiB', scaled(member(memory, 'bytes'), 2 ** 20)));
  const bytes = Object.fromEntries(Object.entries(sizes).map(([name, { script, module }]) => [name, [(script + module) / 1024]]));
  found.push(row('download, brotli', 'KiB', bytes));
  return found;
}

/** The slope of the logarithms of cost and size over the last two steps of ten, or as many as there are. @param {Record<string, number[]>} points @param {string} unit */
export function slope(points, unit) {
  const sizes = Object.keys(points).map(Number).sort((a, b) => a - b);
  const last = sizes[sizes.length - 1];
  const before = sizes.findLast((size) => size <= last / 40) ?? sizes[0];
  return Math.log(typical(points[last], unit) / typical(points[before], unit)) / Math.log(last / before);
}
