/** Clients for the tests, and what makes their asynchrony bearable. */
import { readFileSync } from 'node:fs';
import { clientOf } from '../client.js';

const module = new WebAssembly.Module(readFileSync(new URL('../wasm/core.wasm', import.meta.url)));

/** As in Node, which may send validators. */
export const createClient = clientOf(() => module, false);
/** As in a page. */
export const createPageClient = clientOf(() => module);

/** A document. @param {Record<string, any>} flags @param {number} [revision] */
export const document = (flags, revision) => JSON.stringify({ format: 1, ...(revision === undefined ? {} : { revision }), flags });

/** A flag that serves a value to everyone. @param {unknown} value @param {object} [more] */
export const fixed = (value, more) => ({ variants: { it: value, off: typeof value === 'boolean' ? !value : value }, serve: 'it', off: 'off', ...more });

/** Waits until it is true; a test that waits too long fails. @param {() => unknown} condition @param {string} [what] */
export async function until(condition, what = String(condition)) {
  // Not by timers: a test may have put them in its own hands.
  const end = process.hrtime.bigint() + 20_000_000_000n;
  while (!condition()) {
    if (process.hrtime.bigint() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets everything run that is ready to. */
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Every instance of the module that is made from now on. */
export function watchInstances() {
  /** @type {any[]} */
  const made = [];
  const { Instance, instantiate } = WebAssembly;
  const watched = (/** @type {WebAssembly.Instance} */ instance) => (made.push(instance), instance);
  WebAssembly.Instance = new Proxy(Instance, { construct: (target, [module, imports]) => watched(new target(module, imports)) });
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => watched(await instantiate(module, imports)));
  return { made, restore: () => void Object.assign(WebAssembly, { Instance, instantiate }) };
}

/** Writes down the events of a client. @param {import('../client.js').Client} client */
export function record(client) {
  /** @type {{ event: string, told: any }[]} */
  const log = [];
  for (const event of /** @type {const} */ (['ready', 'change', 'stale', 'fresh', 'error'])) client.on(event, (told) => void log.push({ event, told }));
  return {
    log,
    /** What was told of an event. @param {string} event @returns {any[]} */
    of: (event) => log.filter((entry) => entry.event === event).map(({ told }) => told),
    /** Codes of errors. */
    codes: () => log.filter(({ event }) => event === 'error').map(({ told }) => told.code),
    clear: () => void log.splice(0),
  };
}
