/**
 * Rulesets: loaded once, asked often. Nothing that a context holds makes a getter throw, and a call
 * that fails all the same is answered by a new instance or by the caller's default.
 */
import { UNREADABLE } from './attributes.js';
import { Core, readValues } from './core.js';
import { ANY, BROKEN, DISABLED, GENERAL, INVALID_CONTEXT, KINDS, NOT_FOUND, PARSE_ERROR, TYPE_MISMATCH, details } from './details.js';
import { diagnose } from './diagnose.js';
import { steps } from './explain.js';
import { FlagRecord } from './record.js';
import { digestValues, sealed } from './snapshot.js';
import { bytesOf, feedAll } from './source.js';

/** @typedef {import('./core.js').Source} Source */
/** @typedef {import('./index.js').Diagnostic} Diagnostic */

/** Attribute values read once and bound to a ruleset at one instant. */
class BoundContext {
  #brand = true;

  /** Unlike instanceof this asks nothing of a proxy. @param {unknown} value @returns {value is BoundContext} */
  static is(value) {
    return typeof value === 'object' && value !== null && #brand in value;
  }

  /** @param {Ruleset} owner @param {unknown[]} values @param {number} now */
  constructor(owner, values, now) {
    this.owner = owner;
    this.values = values;
    this.now = now;
    this.epoch = -1;
    /** Packed decisions by flag; -1: not asked yet. @type {Float64Array | null} */
    this.memo = null;
  }
}

export class Ruleset {
  #module;
  /** @type {Source} */
  #source;
  /** @type {Core} */
  #core;
  /** @type {Map<string, number>} */
  #flags;
  /** @type {(FlagRecord | undefined)[]} */
  #records = [];
  /** @type {Set<string>} */
  #killed = new Set();
  /** Variants that flags are overridden with, both by number: they are the same in every instance. @type {Map<number, number>} */
  #overrides = new Map();
  /** Whether anything is killed or overridden. */
  #forced = false;
  #epoch = 0;
  /** Whether the clock matters to any decision. */
  #timed;
  /** Every path, for contexts that are bound whole. */
  #paths;
  /** Room for values, unless a getter of a context is asking us meanwhile. @type {unknown[] | null} */
  #room = [];
  /** @type {Diagnostic[] | undefined} */
  #diagnostics;

  /**
   * @param {WebAssembly.Module} module
   * @param {Core} core with the document loaded
   * @param {Source} source
   */
  constructor(module, core, source) {
    this.#module = module;
    this.#core = core;
    this.#source = source;
    const keys = /** @type {string[]} */ (core.keys);
    this.#flags = new Map(keys.map((key, index) => [key, index]));
    this.#timed = core.call.nextChange(-Infinity) !== Infinity;
    this.#paths = Uint32Array.from(core.paths.keys());
    this.keys = Object.freeze(keys);
    this.revision = core.revision;
  }

  /** @param {string} key @param {unknown} context @param {boolean} fallback */
  boolean(key, context, fallback) {
    return /** @type {boolean} */ (this.#get(key, context, fallback, 0));
  }

  /** @param {string} key @param {unknown} context @param {string} fallback */
  string(key, context, fallback) {
    return /** @type {string} */ (this.#get(key, context, fallback, 1));
  }

  /** @param {string} key @param {unknown} context @param {number} fallback */
  number(key, context, fallback) {
    return /** @type {number} */ (this.#get(key, context, fallback, 2));
  }

  /** @param {string} key @param {unknown} context @param {object} fallback */
  object(key, context, fallback) {
    return /** @type {object} */ (this.#get(key, context, fallback, 3));
  }

  /** @param {string} key @param {unknown} context @param {unknown} fallback */
  details(key, context, fallback) {
    const wanted = fallback === null || fallback === undefined ? ANY : KINDS.indexOf(typeof fallback);
    const index = this.#flags.get(key);
    if (index === undefined) return details(undefined, NOT_FOUND, fallback);
    const record = this.#record(index);
    return details(record, record === undefined ? GENERAL : this.#judge(record, context, wanted), fallback);
  }

  /** @param {unknown} context */
  all(context) {
    /** @type {Record<string, unknown>} */
    const values = {};
    const { length } = this.keys;
    const decisions = this.#attempt(() => this.#bind(context).read(3, 0));
    for (let index = 0; index < length; index++) {
      const variant = decisions === undefined ? 0xfff : decisions[index] & 0xfff;
      if (variant === 0xfff) continue;
      const key = this.keys[index];
      const value = this.#record(index)?.value(variant);
      if (value === undefined) continue;
      // An assignment would set the prototype.
      if (key === '__proto__') Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
      else values[key] = value;
    }
    return values;
  }

  /** @param {string} key @param {unknown} context */
  explain(key, context) {
    const index = this.#flags.get(key);
    if (index === undefined) return { flag: key, ...details(undefined, NOT_FOUND, undefined), steps: [] };
    const record = this.#record(index);
    const words = this.#attempt(() => this.#bind(context).read(2, index));
    const bits = words === undefined ? GENERAL : words[words.length - 1];
    const told = words === undefined ? [] : steps(words.subarray(0, -1), bytesOf(this.#source), (segment, number) => this.#core.string(segment ? 3 : 2, number));
    return { flag: key, ...details(record, bits, undefined), steps: told };
  }

  /** @param {unknown} context @param {{ now?: number | Date }} [options] */
  context(context, { now } = {}) {
    const at = now === undefined ? Date.now() : instant(now);
    if (BoundContext.is(context)) return context.owner === this ? new BoundContext(this, context.values, at) : context;
    /** @type {unknown[]} */
    const values = [];
    readValues(this.#core.paths, this.#paths, context, values);
    return new BoundContext(this, values, at);
  }

  /** @param {unknown} context @param {{ flags?: Iterable<string>, now?: number | Date }} [options] */
  snapshot(context, { flags, now } = {}) {
    const keys = flags === undefined ? this.keys : list(flags, 'snapshot({ flags })');
    const bound = this.context(context, { now: now ?? (BoundContext.is(context) ? context.now : undefined) });
    /** @type {Set<number>} */
    const asked = new Set();
    const decided = keys.map((key) => {
      const index = this.#flags.get(key);
      if (index !== undefined) this.#record(index)?.paths.forEach((path) => asked.add(path));
      const { value, ...rest } = this.details(key, bound, undefined);
      return [key, value === undefined ? rest : { value, ...rest }];
    });
    const paths = [...asked].sort((a, b) => a - b);
    return sealed({
      revision: this.revision,
      now: bound.now,
      paths: paths.map((path) => this.#core.paths[path].names),
      digest: digestValues(paths.map((path) => (bound.owner === this ? bound.values[path] : UNREADABLE))),
      flags: Object.fromEntries(decided),
    });
  }

  /** @param {Iterable<string>} keys */
  kill(keys) {
    this.#killed = new Set(list(keys, 'kill()'));
    this.#force();
  }

  /** @param {Record<string, string>} variants */
  override(variants) {
    /** @type {Map<number, number>} */
    const overrides = new Map();
    const missing = [];
    for (const [key, name] of named(variants)) {
      const index = this.#flags.get(key);
      const variant = index === undefined ? -1 : (this.#record(index)?.variants.indexOf(name) ?? -1);
      if (index === undefined || variant === -1) missing.push(key);
      else overrides.set(index, variant);
    }
    this.#overrides = overrides;
    this.#force();
    return missing;
  }

  /** Keys of the flags that a flag depends on, directly or through others. @param {string} key @returns {string[]} */
  needs(key) {
    const index = this.#flags.get(key);
    const record = index === undefined ? undefined : this.#record(index);
    return Array.from(record?.nodes ?? []).flatMap((node) => (node < this.keys.length ? [this.keys[node]] : []));
  }

  /** Keys of the flags that are off for every context: killed, or not enabled. */
  disabled() {
    const decisions = this.#attempt(() => this.#bind(null).read(3, 0));
    return this.keys.filter((_, index) => decisions !== undefined && ((decisions[index] >>> 24) & 0xf) === DISABLED);
  }

  /** @param {number | Date} [now] */
  nextChange(now = Date.now()) {
    const after = instant(now);
    return this.#attempt(() => this.#core.call.nextChange(after)) ?? Infinity;
  }

  get diagnostics() {
    return (this.#diagnostics ??= diagnose(this.#core, this.#source));
  }

  /** Undefined: the module cannot be asked. @param {number} index */
  #record(index) {
    return (this.#records[index] ??= this.#attempt((core) => new FlagRecord(core, index)));
  }

  /** @param {string} key @param {unknown} context @param {unknown} fallback @param {number} kind */
  #get(key, context, fallback, kind) {
    const index = this.#flags.get(key);
    if (index === undefined) return fallback;
    const record = this.#records[index] ?? this.#record(index);
    if (record === undefined || record.kind !== kind) return fallback;
    const variant = this.#decide(record, context) & 0xfff;
    return variant === 0xfff ? fallback : record.values[variant] ?? record.value(variant);
  }

  /** A decision with the type judged where the specification has it. @param {FlagRecord} record @param {unknown} context @param {number} wanted */
  #judge(record, context, wanted) {
    if (record.kind === BROKEN) return PARSE_ERROR;
    return wanted !== ANY && wanted !== record.kind ? TYPE_MISMATCH : this.#decide(record, context);
  }

  /** The packed decision; may be negative. @param {FlagRecord} record @param {unknown} context */
  #decide(record, context) {
    if (BoundContext.is(context)) return this.#decideBound(record, context);
    if (record.fixed !== -1 && !this.#forced) return record.fixed;
    const room = this.#room ?? [];
    this.#room = null;
    try {
      readValues(this.#core.paths, record.paths, context, room);
      const now = this.#timed ? Date.now() : 0;
      const core = this.#core;
      core.bound = null;
      if (core.spent) throw core;
      return core.call.evaluate(record.index, core.write(record.paths, room), now);
    } catch {
      return this.#again((core) => core.call.evaluate(record.index, core.write(record.paths, room), this.#timed ? Date.now() : 0)) ?? GENERAL;
    } finally {
      this.#room = room;
    }
  }

  /** @param {FlagRecord} record @param {BoundContext} context */
  #decideBound(record, context) {
    if (context.owner !== this) return INVALID_CONTEXT;
    if (context.epoch !== this.#epoch || context.memo === null) {
      context.epoch = this.#epoch;
      context.memo = new Float64Array(this.keys.length).fill(-1);
    }
    const known = context.memo[record.index];
    if (known !== -1) return known;
    const bits = this.#attempt(() => this.#bind(context).call.evaluate(record.index, -1, 0)) ?? GENERAL;
    context.memo[record.index] = bits >>> 0;
    return bits;
  }

  /** Makes the module hold a context, whole. @param {unknown} context @returns {Core} */
  #bind(context) {
    const bound = BoundContext.is(context) && context.owner === this ? context : this.context(context);
    const core = this.#core;
    if (core.bound !== bound) {
      core.call.evaluate(-1, core.write(this.#paths, bound.values), bound.now);
      core.bound = bound;
    }
    return core;
  }

  /**
   * Does what calls into the module; if that throws (a trap, a full stack), does it once more with
   * a new instance, and then gives up: undefined.
   * @template T @param {(core: Core) => T} action @returns {T | undefined}
   */
  #attempt(action) {
    try {
      if (!this.#core.spent) return action(this.#core);
    } catch {
      // Said below.
    }
    return this.#again(action);
  }

  /** Does it with a new instance. @template T @param {(core: Core) => T} action @returns {T | undefined} */
  #again(action) {
    // Whatever threw may have left the module in the middle of a call.
    this.#core.spent = true;
    try {
      const core = new Core(this.#module);
      core.spent = true;
      if (!feedAll(core, this.#source)) return undefined;
      this.#applyForced(core);
      this.#core = core;
      const result = action(core);
      core.spent = false;
      return result;
    } catch {
      return undefined;
    }
  }

  /** Tells the module what is killed and overridden, and lets bound contexts ask anew. */
  #force() {
    this.#epoch++;
    this.#forced = this.#killed.size + this.#overrides.size > 0;
    this.#attempt((core) => this.#applyForced(core));
  }

  /** @param {Core} core */
  #applyForced(core) {
    core.call.force(-1, -1);
    for (const key of this.#killed) {
      const index = this.#flags.get(key);
      if (index !== undefined) core.call.force(index, -1);
    }
    // The app's own word is above a kill's.
    this.#overrides.forEach((variant, index) => core.call.force(index, variant));
  }
}

/** Milliseconds of an instant that the caller gives. @param {unknown} now */
function instant(now) {
  // Unlike instanceof this knows the dates of other realms.
  const millis = typeof now === 'number' || Object.prototype.toString.call(now) === '[object Date]' ? Number(now) : NaN;
  if (Number.isNaN(millis)) throw new TypeError('`now` takes milliseconds since 1970, or a valid Date');
  // The range of dates, which is where the module cuts too.
  return Math.max(-8.64e15, Math.min(8.64e15, millis));
}

/** Keys that the caller gives. @param {unknown} keys @param {string} what @returns {string[]} */
export function list(keys, what) {
  // A text is a list of its letters, and no one means that.
  if (typeof keys === 'object' && keys !== null && Symbol.iterator in keys) return [.../** @type {Iterable<string>} */ (keys)];
  throw new TypeError(`${what} takes a list of flag keys, as in ["new-checkout"]`);
}

/** Flags and names of variants that the caller gives. @param {unknown} variants @returns {[string, string][]} */
export function named(variants) {
  if (typeof variants === 'object' && variants !== null && !Array.isArray(variants)) {
    const entries = Object.entries(variants);
    if (entries.every(([, name]) => typeof name === 'string')) return entries;
  }
  throw new TypeError('override() takes flag keys with names of their variants, as in { "new-checkout": "on" }');
}
