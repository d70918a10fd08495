/**
 * Work that lasts, and what is in use meanwhile: evaluations with new contexts and kept ones, contexts that
 * are bound and dropped, rulesets that replace each other, in the hand and behind an edge.
 */
import { setImmediate as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** @typedef {{ load: typeof import('../index.js').load, createEdge: typeof import('../index.js').createEdge }} Package */
/** @typedef {{ after: string, heap: number, buffers: number, wasm: number, instances: number, resident: number }} Row bytes, but for the instances alive */

/** @param {number} revision */
const document = (revision) => {
  const is = (/** @type {string} */ attribute, /** @type {string} */ op, /** @type {unknown} */ value) => ({ attribute, op, value });
  const kinds = [
    { variants: { on: true, off: false }, serve: 'on' },
    { variants: { a: 'a', b: 'b' }, rules: [{ if: { all: [is('country', 'in', ['DE', 'FR']), is('version', 'version', '>=2.1.0')] }, serve: 'a' }, { if: is('email', 'endsWith', '.example'), serve: 'b' }], serve: 'a' },
    { variants: { on: { size: 1 }, off: { size: 2 } }, salt: 's', serve: { rollout: { shares: [{ variant: 'on', percent: 10 }, { variant: 'off', percent: 90 }] } } },
  ];
  return JSON.stringify({ format: 1, revision, flags: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`flag-${at}`, kinds[at % 3]])) });
};
/** A context that was never seen before. @param {number} at */
const context = (at) => ({ targetingKey: `user-${at}`, country: at % 2 ? 'DE' : 'NZ', version: `2.${at % 7}.${at}`, email: `u${at}@corp.example`, list: [`${at}`] });

/**
 * Does it all in tenths, and says after each what is in use.
 * @param {Package} serin
 * @param {{ evaluations: number, contexts: number, reloads: number, tenths?: number }} amounts
 * @returns {Promise<Record<'evaluations' | 'contexts' | 'reloads', Row[]>>}
 */
export async function work({ load, createEdge }, { evaluations, contexts, reloads, tenths = 10 }) {
  /** The memories of all instances, weakly held. @type {WeakRef<WebAssembly.Memory>[]} */
  let memories = [];
  const { Instance, instantiate } = WebAssembly;
  const noted = (/** @type {WebAssembly.Instance} */ instance) => {
    memories.push(new WeakRef(/** @type {WebAssembly.Memory} */ (instance.exports.memory)));
    return instance;
  };
  WebAssembly.Instance = /** @type {any} */ (function (/** @type {WebAssembly.Module} */ module, /** @type {any} */ imports) {
    return noted(new Instance(module, imports));
  });
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {any} */ module, /** @type {any} */ imports) => noted(/** @type {any} */ (await instantiate(module, imports))));

  /** @param {string} after @returns {Promise<Row>} */
  const measure = async (after) => {
    // What a weak reference was asked for stays until the task ends.
    for (let turn = 0; turn < 3; turn++) {
      await pause();
      collect();
    }
    memories = memories.filter((memory) => memory.deref() !== undefined);
    const wasm = memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    return { after, heap: heapUsed, buffers: arrayBuffers, wasm, instances: memories.length, resident: rss };
  };
  /** @param {number} times @param {(at: number) => unknown} action */
  const phase = async (times, action) => {
    const rows = [];
    for (let tenth = 1, at = 0; tenth <= tenths; tenth++) {
      for (; at < (times / tenths) * tenth; at++) await action(at);
      rows.push(await measure(`${at} of ${times}`));
    }
    return rows;
  };

  try {
    const ruleset = await load(document(0));
    const kept = ruleset.context(context(0), { now: 0 });
    const STEP = 1_000;
    // An await for each evaluation would be most of the work.
    const first = await phase(evaluations / STEP, (step) => {
      for (let at = step * STEP; at < (step + 1) * STEP; at += 4) {
        ruleset.boolean('flag-0', kept, false);
        ruleset.string('flag-1', context(at), '');
        ruleset.object('flag-2', context(at), {});
        ruleset.details('flag-4', kept, '');
      }
    });
    const second = await phase(contexts, (at) => {
      const bound = ruleset.context(context(at), { now: at });
      if (at % 100 === 0) ruleset.all(bound);
      else ruleset.string('flag-1', bound, '');
    });
    let revision = 1;
    let current = ruleset;
    const edge = createEdge({ url: 'https://host.example/', maxAge: 0, maxStale: 0, timeout: 60_000, fetch: async () => new Response(document(revision)) });
    const third = await phase(reloads, async (at) => {
      revision++;
      current = await load(document(revision));
      current.all(context(at));
      // In the same millisecond the last one is still new.
      const { ruleset: found } = await edge.at({}, context(at));
      found?.all(context(at));
    });
    if (current.revision !== reloads + 1) throw new Error('not all were loaded');
    return { evaluations: first, contexts: second, reloads: third };
  } finally {
    Object.assign(WebAssembly, { Instance, instantiate });
  }
}

/** What grew from the first tenth, the warm-up, to the last. @param {Row[]} rows */
export function grown(rows) {
  const [first] = rows;
  const last = rows[rows.length - 1];
  return { heap: last.heap - first.heap, buffers: last.buffers - first.buffers, wasm: last.wasm - first.wasm, instances: last.instances - first.instances };
}
