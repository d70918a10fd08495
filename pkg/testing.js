/**
 * A client for users' own tests: the real one's answers, events and exposures over values that a test sets,
 * without a module, a host, a timer or a clock.
 */
import { answers } from './client/answers.js';
import { events } from './client/events.js';
import { problem } from './client/problem.js';
import { VIEW } from './client/view.js';
import { KINDS } from './details.js';
import { exposures } from './exposures.js';
import { freeze } from './snapshot.js';

/** @typedef {import('./client.js').ClientError} ClientError */
/** @typedef {import('./client.js').ClientEvents} ClientEvents */

/** Names of variants: those of a boolean flag are told apart by their value. @param {unknown} value */
const variantOf = (value) => (value === true ? 'on' : value === false ? 'off' : 'value');

/** @type {typeof import('./testing.js').createTestClient} */
export function createTestClient(flags, options) {
  const { context, onExposure } = /** @type {import('./testing.js').TestOptions} */ (options ?? {});
  /** @type {(keyof ClientEvents & string)[]} */
  const names = ['ready', 'change', 'stale', 'fresh', 'error'];
  /** @param {ClientError['code']} code @param {unknown} cause */
  const fail = (code, cause) => listeners.emit('error', problem(code, cause));
  const listeners = events(names, (error) => fail('listener', error));
  const expose = onExposure && exposures(onExposure, (error) => fail('exposure', error));
  const answering = answers(context, /** @type {any} */ (listeners), expose);

  /** @type {Map<string, unknown>} */
  let values = new Map();
  /** @type {(ready: import('./client.js').ClientReady) => void} */
  let settle;
  /** @type {Promise<import('./client.js').ClientReady>} */
  const ready = new Promise((resolve) => (settle = resolve));
  let closed = false;

  /** Answers from other values, as from a new ruleset. @param {Map<string, unknown>} next */
  const take = (next) => {
    values = next;
    const first = !answering.loaded();
    answering.take(/** @type {any} */ (ruleset(values)));
    if (!first) return;
    const arrived = Object.freeze({ source: /** @type {const} */ ('ruleset'), stale: false });
    settle(arrived);
    // After the caller could listen.
    Promise.resolve().then(() => listeners.emit('ready', arrived));
  };
  if (flags !== undefined) take(new Map(Object.entries(flags).map(([key, value]) => [key, checked(key, value)])));

  const { boolean, string, number, object, details, all, explain, setContext, kill, override, adopt, view } = answering;
  return /** @type {any} */ ({
    boolean, string, number, object, details, all, explain, setContext, kill, override, adopt, ready,
    [VIEW]: view,
    stale: false,
    revision: undefined,
    on: listeners.on,
    subscribe: listeners.subscribe,
    refresh: () => Promise.resolve(),
    /** @param {string} key @param {unknown} value */
    set(key, value) {
      if (typeof key !== 'string') throw new TypeError('set() takes a flag key and a value, as in set("new-checkout", true)');
      const next = new Map(values);
      if (value === undefined) next.delete(key);
      else next.set(key, checked(key, value));
      take(next);
    },
    close() {
      if (closed) return;
      closed = true;
      settle({ source: 'none', stale: false });
      answering.stop();
      listeners.clear();
    },
  });
}

/** A frozen copy of a value that a flag can have. @param {string} key @param {unknown} value */
function checked(key, value) {
  const text = KINDS.includes(typeof value) ? JSON.stringify(value) : undefined;
  // JSON has null for what it cannot write.
  if (text !== undefined && text !== 'null') return freeze(JSON.parse(text));
  throw new TypeError(`the flag ${JSON.stringify(key)} must have a value: a boolean, a string, a finite number, or an object or list that JSON can write`);
}

/**
 * What `answers` asks of a ruleset, told from values.
 * @param {Map<string, unknown>} values
 */
function ruleset(values) {
  /** @type {Set<string>} */
  let killed = new Set();
  /** @type {Map<string, string>} */
  let overrides = new Map();
  const has = (/** @type {string} */ key, /** @type {string} */ variant) =>
    values.has(key) && (variantOf(values.get(key)) === variant || (typeof values.get(key) === 'boolean' && (variant === 'on' || variant === 'off')));

  /** @param {string} key @param {unknown} _ @param {unknown} fallback */
  const details = (key, _, fallback) => {
    const value = values.get(key);
    if (value === undefined) return { value: fallback, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
    if (fallback !== undefined && fallback !== null && typeof fallback !== typeof value) return { value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' };
    const variant = overrides.get(key);
    if (variant !== undefined) return { value: typeof value === 'boolean' ? variant === 'on' : value, variant, reason: 'OVERRIDE' };
    if (!killed.has(key)) return { value, variant: variantOf(value), reason: 'STATIC' };
    return typeof value === 'boolean' ? { value: false, variant: 'off', reason: 'DISABLED' } : { value: fallback, reason: 'DISABLED' };
  };

  return {
    keys: [...values.keys()],
    details,
    all() {
      return Object.fromEntries([...values.keys()].map((key) => [key, details(key, undefined, undefined).value]).filter(([, value]) => value !== undefined));
    },
    explain: (/** @type {string} */ flag) => ({ flag, ...details(flag, undefined, undefined), steps: [] }),
    /** Numbers of variants, as a ruleset has them. */
    variants: () => [...values.keys()].map((key) => ['on', 'value', 'off', undefined].indexOf(details(key, undefined, undefined).variant)),
    // No rule reads a context.
    context: () => ({ values: [], now: 0 }),
    kill(/** @type {string[]} */ keys) {
      killed = new Set(keys);
    },
    override(/** @type {Record<string, string>} */ variants) {
      overrides = new Map(Object.entries(variants).filter(([key, variant]) => has(key, variant)));
    },
    disabled: () => [...killed].filter((key) => values.has(key) && !overrides.has(key)),
    needs: () => [],
    nextChange: () => Infinity,
  };
}
