/**
 * Nothing is timed before it is right. Where the workload says what is right, every answer must be that; where a
 * product's own hash decides, the share must be right and the answer the same each time.
 */
import { expected, varied } from './workload.js';

/**
 * @typedef {import('./adapters/adapter.js').Adapter} Adapter
 * @typedef {import('./adapters/adapter.js').Way} Way
 * @typedef {import('./workload.js').Workload} Workload
 */

/** How a workload's flag is asked: by its type. @param {Way} way @param {Workload} workload */
export const asked = (way, { flags, key }) => (flags.find((flag) => flag.key === key)?.kind === 'rules' ? way.string : way.boolean);

/** The adapter's ways, for a new context each time and for one that is kept. @param {Adapter} adapter @param {Workload} workload */
export function ways(adapter, workload) {
  const context = workload.nested ? adapter.nested : adapter.context;
  if (context === undefined) return undefined;
  return { fresh: /** @type {Way} */ ({ ...adapter, context }), kept: /** @type {Way} */ ({ ...adapter, ...adapter.kept }) };
}

/** @param {string} what @param {unknown} got @param {unknown} want */
function same(what, got, want) {
  if (got !== want) throw new Error(`${what}: ${String(got)} in place of ${String(want)}`);
}

/** Everyone's share, within what chance allows: six standard deviations. @param {string} what @param {number} on @param {number} count @param {number} percent */
function fair(what, on, count, percent) {
  const p = percent / 100;
  if (Math.abs(on / count - p) > 6 * Math.sqrt((p * (1 - p)) / count)) throw new Error(`${what}: ${on} of ${count} in place of ${percent} %`);
}

/**
 * Asks for every visitor, and returns which of the workload's own were answered with something else than `false`
 * and `off` (1, else 0), to know the sums of the loops by.
 * @param {Adapter} adapter @param {Workload} workload @param {any} engine @param {Way} way @param {number} most visitors of a kind that are asked for
 */
export async function gate(adapter, workload, engine, way, most) {
  const { name, flags, key } = workload;
  const where = `${adapter.name}, ${name}`;
  if (key === '') {
    for (const visitor of [...varied.slice(0, 77), ...workload.visitors.slice(0, 10)]) {
      const answers = await way.all(engine, way.context(engine, visitor), flags.map((flag) => flag.key));
      for (const flag of flags) {
        const got = way.pick(answers, flag.key);
        const want = expected(flag, visitor);
        if (want !== undefined) same(`${where}, ${flag.key} for ${visitor.id}`, got, want);
        else same(`${where}, ${flag.key} for ${visitor.id}`, got, await way.boolean(engine, way.context(engine, visitor), flag.key));
      }
    }
    return workload.visitors.map(() => 1);
  }
  const flag = /** @type {import('./workload.js').Flag} */ (flags.find((each) => each.key === key));
  const ask = asked(way, workload);
  const answers = async (/** @type {import('./workload.js').Visitor[]} */ visitors) => {
    const all = [];
    for (const visitor of visitors) all.push(await ask(engine, way.context(engine, visitor), key));
    return all;
  };
  // Of the nested workload the varied visitors know nothing.
  const others = flag.kind === 'rules' && !workload.nested ? varied : [];
  const visitors = [...workload.visitors.slice(0, most), ...others.slice(0, most)];
  const got = await answers(visitors);
  if (flag.kind === 'constant' || flag.kind === 'rules') {
    visitors.forEach((visitor, at) => same(`${where} for ${visitor.id}`, got[at], expected(flag, visitor)));
  } else {
    const on = got.filter((answer) => answer === true).length;
    same(`${where}, answers of another type`, on + got.filter((answer) => answer === false).length, got.length);
    const last = flags.find((each) => each.kind === 'share');
    if (last?.kind === 'share') fair(where, on, got.length, last.percent);
    (await answers(visitors.slice(0, 200))).forEach((again, at) => same(`${where}, asked again`, again, got[at]));
  }
  return got.slice(0, Math.min(most, workload.visitors.length)).map((answer) => (answer === false || answer === 'off' ? 0 : 1));
}
