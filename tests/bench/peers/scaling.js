/** How serin's cost grows: one axis at a time, all sizes of an axis in turn. */
import { load } from 'serin';
import { AXES } from './axes.js';
import { interleave } from './measure.js';
import { processor } from './processor.js';

/** @param {object} flags */
const text = (flags) => JSON.stringify({ format: 1, flags });
/** @param {object} condition */
const when = (condition) => ({ variants: { on: true, off: false }, off: 'off', rules: [{ if: condition, serve: 'on' }], serve: 'off' });
/** @param {string} attribute @param {string} op @param {unknown} value */
const test = (attribute, op, value) => ({ attribute, op, value });
const pro = test('plan', 'eq', 'pro');

/** @param {number} count @param {(at: number) => [string, unknown]} make */
const many = (count, make) => Object.fromEntries(Array.from({ length: count }, (_, at) => make(at)));

/** The document, the flag that is asked, which is on, and the context. @type {Record<string, (size: number) => { document: string, key: string, context: Record<string, unknown> }>} */
const made = {
  flags: (size) => ({ document: text(many(size, (at) => [`flag-${at}`, when(pro)])), key: `flag-${size >> 1}`, context: { plan: 'pro' } }),
  rules: (size) => ({
    document: text({ flag: { ...when(pro), rules: Array.from({ length: size }, (_, at) => ({ if: test('plan', 'eq', `plan-${at}`), serve: at === size - 1 ? 'on' : 'off' })) } }),
    key: 'flag', context: { plan: `plan-${size - 1}` },
  }),
  list: (size) => ({
    document: text({ flag: when(test('email', 'in', Array.from({ length: size }, (_, at) => `u${at}@example.com`))) }), key: 'flag', context: { email: `u${size >> 1}@example.com` },
  }),
  named: (size) => ({
    document: text({ flag: when({ all: Array.from({ length: size }, (_, at) => test(`attribute${at}`, 'lt', 10)) }) }), key: 'flag', context: many(size, (at) => [`attribute${at}`, 1]),
  }),
  others: (size) => ({ document: text({ flag: when(pro) }), key: 'flag', context: { plan: 'pro', ...many(size, (at) => [`attribute${at}`, 'value']) } }),
  prerequisites: (size) => ({
    document: text(many(size + 1, (at) => [`flag-${at}`, at === size ? when(pro) : { ...when(pro), rules: [], require: { flag: `flag-${at + 1}`, is: 'on' }, serve: 'on' }])),
    key: 'flag-0', context: { plan: 'pro' },
  }),
};

/** Times by axis and size, one a round. @param {import('./measure.js').Effort} effort @param {(line: string) => void} say */
export async function scaling(effort, say) {
  /** @type {Record<string, Record<string, number[]>>} */
  const found = {};
  for (const [axis, { name, sizes }] of Object.entries(AXES)) {
    if (axis === 'load') found[axis] = await loads(sizes, effort.rounds);
    else {
      /** @type {import('./measure.js').Runner[]} */
      const runners = [];
      for (const size of sizes) {
        const { document, key, context } = made[axis](size);
        const ruleset = await load(document, { strict: true });
        if (ruleset.boolean(key, context, false) !== true) throw new Error(`${name}, ${size}: not on`);
        const loop = (/** @type {number} */ count) => {
          let sum = 0;
          // An object is read anew each time, also when it is the same.
          for (let at = 0; at < count; at++) if (ruleset.boolean(key, context, false)) sum++;
          return sum;
        };
        runners.push({ name: `serin, ${size}`, loop, sum: (/** @type {number} */ count) => count, count: 1, times: [] });
      }
      await interleave(runners, effort, name, processor);
      found[axis] = Object.fromEntries(sizes.map((size, at) => [size, runners[at].times.map((time) => Number(time.toPrecision(4)))]));
    }
    say(`growth with ${name}`);
  }
  return found;
}

/** Milliseconds until a first answer. @param {number[]} sizes @param {number} rounds */
async function loads(sizes, rounds) {
  const runs = sizes.map((size) => ({ ...made.flags(size), size, times: /** @type {number[]} */ ([]) }));
  for (let round = -1; round < rounds; round++) {
    for (const { document, key, context, times } of runs) {
      const start = processor();
      const ruleset = await load(document);
      if (!ruleset.boolean(key, context, false)) throw new Error(`${key} is not on`);
      if (round >= 0) times.push(Number((processor() - start).toPrecision(4)));
    }
  }
  return Object.fromEntries(runs.map(({ size, times }) => [size, times]));
}
