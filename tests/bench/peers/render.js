/** From a record to the tables in `README.md` and `src/doc/benchmarks.md`, and the plot. */
import { readFileSync, readdirSync } from 'node:fs';
import { BOUND, SERIN, met, row, rows, slope, typical } from './figures.js';
import { plot } from './plot.js';
import { AXES } from './axes.js';

/** @typedef {import('./figures.js').Findings} Findings */

const results = new URL('../results/', import.meta.url);

/** The newest record, whose name is its date. @returns {Findings | undefined} */
export function newest() {
  const name = readdirSync(results).filter((file) => /^\d.*\.json$/.test(file)).sort().at(-1);
  return name === undefined ? undefined : JSON.parse(readFileSync(new URL(name, results), 'utf8'));
}

/** Three digits, with the unit that suits. @param {number} value @param {string} unit */
export function written(value, unit) {
  let [number, name] = [value, unit];
  if (unit === 'ns' && value >= 1e6) [number, name] = [value / 1e6, 'ms'];
  else if (unit === 'ns' && value >= 1e3) [number, name] = [value / 1e3, 'µs'];
  const digits = Math.abs(number) >= 100 ? 0 : number >= 10 ? 1 : 2;
  return `${name === 'ns' && number >= 10 ? number.toFixed(0) : number.toFixed(digits)} ${name}`;
}

/** @param {string[][]} cells the first row is the head @param {boolean} [textual] */
const table = ([head, ...body], textual = false) => [head, head.map((_, at) => (at === 0 || textual ? '---' : '---:')), ...body].map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');

/** @param {number} ratio */
const times = (ratio) => (ratio >= 10 ? ratio.toFixed(0) : ratio.toPrecision(2));

/** @param {import('./figures.js').Row} row */
const aim = ({ goal, unit }) => (goal === undefined ? '' : goal.of === 'ratio' ? `${goal.most} of it` : `${goal.most} ${unit}`);

/** @param {import('./figures.js').Row} row */
const state = (row) => ({ true: 'met', false: '**missed**', undefined: '' })[String(met(row))] ?? '';

/** serin beside the best product of each row. @param {Findings} record @param {(row: import('./figures.js').Row) => boolean} [shown] */
export function summary(record, shown = () => true) {
  const body = rows(record).filter(shown).map((each) => {
    const { what, unit, values, bound, fastest = '', ratio = NaN } = each;
    return [what, written(values[SERIN], unit), `${written(values[fastest], unit)}, ${fastest}`, times(ratio), aim(each), state(each), bound === undefined ? '' : written(bound, unit)];
  });
  return table([['', 'serin', 'best of the eight others', 'serin / best', 'goal, at most', '', BOUND], ...body]);
}

/** What misses its goal, and where a product is better, as sentences made of the rows. @param {Findings} record */
export function standing(record) {
  const all = rows(record);
  const name = (/** @type {import('./figures.js').Row} */ { what }) => `*${what}*`;
  const missed = all.filter((each) => met(each) === false).map(name);
  const behind = all.filter(({ ratio = 0 }) => ratio > 1).map((each) => `${name(each)} (${each.fastest}, ${times(each.ratio ?? NaN)} times)`);
  const goals = all.filter(({ goal }) => goal !== undefined).length;
  return [
    `Of ${goals} goals, ${goals - missed.length} are met.`,
    missed.length === 0 ? 'None is missed.' : `Missed: ${missed.join('; ')}.`,
    behind.length === 0 ? 'serin is behind no other product in any row.' : `serin is behind another product in: ${behind.join('; ')}.`,
  ].join('\n');
}

/** When, where and under what load. @param {Findings} record */
export const conditions = ({ date, machine, effort, seconds }) =>
  `Measured on ${date.slice(0, 10)} at ${date.slice(11, 16)} UTC with Node ${machine.node} on ${machine.cores} cores of ${machine.cpu}, in ${Math.round(seconds / 60)} minutes.\n` +
  `The load average was ${machine.load.map((load) => load.toFixed(1)).join(' at the start and ')} at the end${Math.max(...machine.load) > machine.cores ? ': the machine was doing other work as well, so compare within a row' : ''}.\n` +
  `${effort.rounds} rounds, slices of ${effort.slice} ms.`;

/** Every product in every row. @param {Findings} record */
export function everyone(record) {
  const { products, gaps } = record;
  const names = Object.keys(products);
  const body = rows(record).map(({ what, unit, values }) => [what, ...names.map((name) => {
    if (values[name] === undefined) return gaps[what]?.[name] === undefined ? '' : '–';
    const approximate = products[name].numbers && /five rules|all of|flags,/.test(what) ? '\\*' : '';
    return written(values[name], unit) + approximate;
  })]);
  return table([['', ...names.map((name) => `${name} ${products[name].version ?? ''}`.trim())], ...body]);
}

/** What is called, and what a reader must know. @param {Findings} record */
export const products = ({ products }) => table([['', 'package', 'is', 'what is called', 'remarks'], ...Object.entries(products).map(([name, { version, package: of, kind, api, note = '', platform }]) =>
  [name, of === undefined ? '' : `\`${of}\` ${version}`, `${kind}${platform === 'node' ? ', for servers' : ''}`, api, note])], true);

/** Who cannot do what. @param {Findings} record */
export const gaps = ({ gaps }) => Object.entries(gaps).flatMap(([what, by]) => Object.entries(by).map(([name, why]) => `- ${name}, *${what}*: ${why}.`)).join('\n');

/** serin in each host, beside the best product there. @param {Findings} record */
export function everywhere({ hosts, times: node, machine }) {
  const all = Object.entries({ Node: { version: machine.node, times: node }, ...hosts });
  const whats = Object.keys(Object.values(hosts)[0]?.times ?? {});
  const body = whats.map((what) => [what, ...all.map(([, { times: of }]) => {
    const { values, ratio = NaN, fastest = '' } = row(what, 'ns', of[what]);
    return `${written(values[SERIN], 'ns')}, ${times(ratio)} of ${fastest}`;
  })]);
  return table([['', ...all.map(([name, { version }]) => (version.startsWith(name) ? version : `${name}: ${version}`.replace('Node: ', 'Node ')))], ...body]);
}

/** How serin's cost grows. @param {Findings} record */
export const growth = ({ scaling }) => Object.entries(scaling).map(([axis, points]) => {
  const { name, unit, says } = AXES[axis];
  const sizes = Object.entries(points);
  return `${table([[name, ...sizes.map(([size]) => Number(size).toLocaleString('en'))], ['serin', ...sizes.map(([, numbers]) => written(typical(numbers, unit), unit))]])}\n\nBy design it grows ${says}; the slope is ${slope(points, unit).toFixed(2)}.`;
}).join('\n\n');

/** The blocks of each page, by their marks. @param {Findings} record @returns {Record<string, Record<string, string>>} */
export const pages = (record) => ({
  // The page of the benchmarks has the rows without a goal, also where serin is behind.
  'README.md': { figures: `${summary(record, ({ goal }) => goal !== undefined)}\n\n${conditions(record)}` },
  'src/doc/benchmarks.md': {
    standing: standing(record), summary: summary(record), conditions: conditions(record), everyone: everyone(record), gaps: gaps(record), products: products(record), hosts: everywhere(record), growth: growth(record),
  },
});

/** A page with its blocks replaced. @param {string} text @param {Record<string, string>} blocks */
export function filled(text, blocks) {
  for (const [mark, block] of Object.entries(blocks)) {
    const [open, close] = [`<!-- ${mark} -->\n`, `\n<!-- /${mark} -->`];
    const [before, rest, ...more] = text.split(open);
    const end = rest?.indexOf(close) ?? -1;
    if (end === -1 || more.length > 0) throw new Error(`the page needs the marks <!-- ${mark} --> and <!-- /${mark} --> once each`);
    text = before + open + block + rest.slice(end);
  }
  return text;
}

export { plot };
