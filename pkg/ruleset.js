/**
 * Rulesets: loaded once, asked often. Nothing that a context holds makes a getter throw, and a call
 * that fails all the same is answered by a new instance or by the caller's default: see `instance.js`.
 */
import { instant, list, named } from './arguments.js';
import { KILL, OVERRIDE, RELEASE, STEPS } from './boundary.js';
import { UNREADABLE } from './attributes.js';
import { BoundContext } from './context.js';
import { readValues } from './core.js';
import { ANY, BROKEN, DISABLED, GENERAL, INVALID_CONTEXT, KINDS, NOT_FOUND, PARSE_ERROR, TYPE_MISMATCH, details, failed } from './details.js';
import { diagnose } from './diagnose.js';
import { steps } from './explain.js';
import { Instance } from './instance.js';
import { FlagRecord } from './record.js';
import { digestValues, sealed } from './snapshot.js';
import { bytesOf } from './source.js';

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./core.js').Source} Source */
/** @typedef {import('./index.js').Diagnostic} Diagnostic */

/**
 * An object of many members is made member by member at some 100 ns each, or copied at 5 from one that the engine
 * has given a shape. Giving one costs as much as a dozen objects, of more flags than so many a thousand, so it is
 * done when `all` is called often, and again after eight times as many calls that found other members.
 */
const COPIED = 200;
const OFTEN = 8;

export class Ruleset {
  #source;
  #instance;
  /** @type {Map<string, number>} */
  #flags;
  /** @type {(FlagRecord | undefined)[]} */
  #records = [];
  /** @type {Set<string>} */
  #killed = new Set();
  /** Names of variants by the number of the flag, which is the same in every instance. @type {Map<number, string>} */
  #overrides = new Map();
  /** Whether anything is killed or overridden. */
  #forced = false;
  #epoch = 0;
  /** Whether the clock matters to any decision. */
  #timed;
  /** Every path, for contexts that are bound whole. The same in every instance. */
  #paths;
  /** What `all` told once, and of which variants. @type {{ values: Record<string, unknown>, variants: Uint16Array } | undefined} */
  #told;
  /** How many objects `all` has made member by member, and which of them is kept. */
  #named = 0;
  #next = OFTEN;
  /** Room for the decisions of all flags. @type {Uint32Array | undefined} */
  #decisions;
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
    this.#source = source;
    this.#instance = new Instance(module, core, source, (renewed) => this.#applyForced(renewed));
    const keys = /** @type {string[]} */ (core.keys);
    this.#flags = new Map(keys.map((key, index) => [key, index]));
    this.#timed = core.call.nextChange(-Infinity) !== Infinity;
    this.#paths = core.paths;
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
    try {
      const wanted = fallback === null || fallback === undefined ? ANY : KINDS.indexOf(typeof fallback);
      const index = this.#flags.get(key);
      if (index === undefined) return details(undefined, NOT_FOUND, fallback);
      const record = this.#record(index);
      return details(record, record === undefined ? GENERAL : this.#judge(record, context, wanted), fallback);
    } catch {
      return failed(fallback);
    }
  }

  /** @param {unknown} context */
  all(context) {
    /** @type {Record<string, unknown>} */
    const values = {};
    try {
      const { keys } = this;
      const decisions = this.#decideAll(context);
      if (decisions === undefined) return values;
      const copy = this.#copy(decisions);
      if (copy !== undefined) return copy;
      const variants = new Uint16Array(keys.length).fill(0xfff);
      for (let index = 0; index < keys.length; index++) {
        const variant = decisions[index] & 0xfff;
        if (variant === 0xfff) continue;
        const key = keys[index];
        const value = this.#record(index)?.value(variant);
        if (value === undefined) continue;
        variants[index] = variant;
        // An assignment would set the prototype.
        if (key === '__proto__') Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
        else values[key] = value;
      }
      if (keys.length <= COPIED && ++this.#named === this.#next) {
        this.#next *= OFTEN;
        this.#told = { values: { ...values }, variants };
      }
    } catch {
      // Values that cannot be told are left out.
    }
    return values;
  }

  /** What was told before, with the values that differ; undefined: it has other members. @param {ArrayLike<number>} decisions */
  #copy(decisions) {
    const told = this.#told;
    if (told === undefined) return undefined;
    const values = { ...told.values };
    for (let index = 0; index < decisions.length; index++) {
      const variant = decisions[index] & 0xfff;
      const before = told.variants[index];
      if (variant === before) continue;
      if (variant === 0xfff || before === 0xfff) return undefined;
      values[this.keys[index]] = this.#record(index)?.value(variant);
    }
    return values;
  }

  /** @param {string} key @param {unknown} context */
  explain(key, context) {
    try {
      const index = this.#flags.get(key);
      const bound = this.#bound(context);
      if (index === undefined || bound.owner !== this) return { flag: key, ...this.details(key, bound, undefined), steps: [] };
      const record = this.#record(index);
      const told = this.#instance.attempt((core) => {
        const words = this.#hold(core, bound).read(STEPS, index);
        const list = steps(words.subarray(0, -1), bytesOf(this.#source), (segment, number) => core.string(segment ? 3 : 2, number));
        return { ...details(record, words[words.length - 1], undefined), steps: list };
      });
      if (told !== undefined) return { flag: key, ...told };
    } catch {
      // Said below.
    }
    return { flag: key, ...failed(undefined), steps: [] };
  }

  /** @param {unknown} context @param {{ now?: number | Date }} [options] */
  context(context, { now } = {}) {
    const at = now === undefined ? Date.now() : instant(now);
    if (BoundContext.is(context)) return context.owner === this ? new BoundContext(this, context.values, at) : context;
    /** @type {unknown[]} */
    const values = [];
    try {
      readValues(this.#paths, context, values);
    } catch {
      // Not what was read so far: an attribute that was not reached is not absent.
      for (let path = 0; path < this.#paths.length; path++) values[path] = UNREADABLE;
    }
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
      const record = index === undefined ? undefined : this.#record(index);
      record?.paths.forEach(({ number }) => asked.add(number));
      // Of a flag whose paths are not known, no decision either: any page would take it.
      const { value, ...rest } = index !== undefined && record === undefined ? failed(undefined) : this.details(key, bound, undefined);
      return [key, value === undefined ? rest : { value, ...rest }];
    });
    const paths = [...asked].sort((a, b) => a - b);
    return sealed({
      revision: this.revision,
      now: bound.now,
      paths: paths.map((path) => this.#paths[path].names),
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
    /** @type {Map<number, string>} */
    const overrides = new Map();
    const missing = [];
    for (const [key, name] of named(variants)) {
      const index = this.#flags.get(key);
      // A record that the module fails to tell now may be told when the override is applied again.
      if (index === undefined || this.#record(index)?.variants.includes(name) === false) missing.push(key);
      else overrides.set(index, name);
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

  /** The variant of each flag by number, for comparing; undefined: they cannot be told. @param {unknown} context */
  variants(context) {
    const decisions = this.#decideAll(context);
    return decisions && Array.from(decisions, (bits) => bits & 0xfff);
  }

  /** Keys of the flags that are off for every context: killed, or not enabled. */
  disabled() {
    const decisions = this.#decideAll(null);
    return this.keys.filter((_, index) => decisions !== undefined && ((decisions[index] >>> 24) & 0xf) === DISABLED);
  }

  /** @param {number | Date} [now] */
  nextChange(now = Date.now()) {
    const after = instant(now);
    return this.#instance.attempt((core) => core.call.nextChange(after)) ?? Infinity;
  }

  get diagnostics() {
    return (this.#diagnostics ??= this.#instance.attempt((core) => diagnose(core, this.#source))) ?? [];
  }

  /** Undefined: the module cannot be asked. @param {number} index */
  #record(index) {
    return (this.#records[index] ??= this.#instance.attempt((core) => new FlagRecord(core, index)));
  }

  /** The record of a flag that is asked for the first time. @param {string} key @param {number} index */
  #first(key, index) {
    // The caller's own text in place of ours, which engines then need not compare letter by letter.
    this.#flags.delete(key);
    this.#flags.set(key, index);
    return this.#record(index);
  }

  /** @param {string} key @param {unknown} context @param {unknown} fallback @param {number} kind */
  #get(key, context, fallback, kind) {
    try {
      const index = this.#flags.get(key);
      if (index === undefined) return fallback;
      const record = this.#records[index] ?? this.#first(key, index);
      if (record === undefined || record.kind !== kind) return fallback;
      const variant = this.#decide(record, context) & 0xfff;
      return variant === 0xfff ? fallback : record.values[variant] ?? record.value(variant);
    } catch {
      // The stack is full, or the memory: not even our own code runs.
      return fallback;
    }
  }

  /** A decision with the type judged where the specification has it. @param {FlagRecord} record @param {unknown} context @param {number} wanted */
  #judge(record, context, wanted) {
    if (record.kind === BROKEN) return PARSE_ERROR;
    return wanted !== ANY && wanted !== record.kind ? TYPE_MISMATCH : this.#decide(record, context);
  }

  /** The packed decision; may be negative. @param {FlagRecord} record @param {unknown} context */
  #decide(record, context) {
    const bound = BoundContext.is(context);
    if (record.fixed !== -1 && !this.#forced && !(bound && context.owner !== this)) return record.fixed;
    if (bound) return this.#decideBound(record, context);
    const room = this.#room ?? [];
    this.#room = null;
    try {
      // Throws only where the stack ends, and then there are values of the context before in the room.
      readValues(record.paths, context, room);
      return this.#ask(record, room, this.#timed ? Date.now() : 0);
    } finally {
      this.#room = room;
    }
  }

  /** @param {FlagRecord} record @param {unknown[]} values @param {number} now */
  #ask(record, values, now) {
    const { core } = this.#instance;
    try {
      core.bound = null;
      if (!core.spent) return core.call.evaluate(record.index, core.write(record.paths, values), now);
    } catch {
      // As Instance.attempt does, which would cost a closure here.
      core.spent = true;
    }
    return this.#askAgain(record, values, now);
  }

  /** @param {FlagRecord} record @param {unknown[]} values @param {number} now */
  #askAgain(record, values, now) {
    return this.#instance.again((core) => core.call.evaluate(record.index, core.write(record.paths, values), now)) ?? GENERAL;
  }

  /** @param {FlagRecord} record @param {BoundContext} context */
  #decideBound(record, context) {
    if (context.owner !== this) return INVALID_CONTEXT;
    const memo = this.#memo(context);
    const known = memo[record.index];
    if (known !== -1) return known;
    const bits = this.#instance.attempt((core) => this.#hold(core, context).call.evaluate(record.index, -1, 0));
    // A failure is not remembered: the next call may find the module well.
    if (bits === undefined) return GENERAL;
    memo[record.index] = bits;
    return bits;
  }

  /** What a context remembers, if it is of these kills and overrides. @param {BoundContext} context */
  #memo(context) {
    if (context.epoch === this.#epoch && context.memo !== null) return context.memo;
    context.memo = new Int32Array(this.keys.length).fill(-1);
    context.epoch = this.#epoch;
    context.whole = false;
    return context.memo;
  }

  /** Packed decisions by flag; undefined: the module cannot be asked. @param {unknown} context @returns {ArrayLike<number> | undefined} */
  #decideAll(context) {
    const bound = this.#bound(context);
    if (bound.owner !== this) return undefined;
    // What was bound here is asked once.
    const memo = bound === context ? this.#memo(bound) : undefined;
    if (memo !== undefined && bound.whole) return memo;
    const decisions = this.#instance.attempt((core) => this.#hold(core, bound).decisions((this.#decisions ??= new Uint32Array(this.keys.length))));
    if (memo === undefined || decisions === undefined) return decisions;
    memo.set(decisions);
    bound.whole = true;
    return memo;
  }

  /** A context that is bound, perhaps to another ruleset. @param {unknown} context */
  #bound(context) {
    return BoundContext.is(context) ? context : this.context(context);
  }

  /** Makes an instance hold a context of this ruleset, whole. @param {Core} core @param {BoundContext} bound */
  #hold(core, bound) {
    if (core.bound !== bound) {
      core.call.evaluate(-1, core.write(this.#paths, bound.values), bound.now);
      core.bound = bound;
    }
    return core;
  }

  /** Tells the module what is killed and overridden, and lets bound contexts ask anew. */
  #force() {
    this.#epoch++;
    this.#forced = this.#killed.size + this.#overrides.size > 0;
    this.#instance.attempt((core) => this.#applyForced(core));
  }

  /** @param {Core} core */
  #applyForced(core) {
    core.call.ask(RELEASE);
    for (const key of this.#killed) {
      const index = this.#flags.get(key);
      if (index !== undefined) core.call.ask(KILL, index);
    }
    // The app's own word is above a kill's.
    this.#overrides.forEach((name, index) => {
      const variant = (this.#records[index] ??= new FlagRecord(core, index)).variants.indexOf(name);
      if (variant !== -1) core.call.ask(OVERRIDE, index, variant);
    });
  }
}
