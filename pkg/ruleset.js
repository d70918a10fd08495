/**
 * Rulesets: loaded once, asked often. Nothing that a context holds makes a getter throw, and a call
 * that fails all the same is answered by a new instance or by the caller's default.
 */
import { Core, NONE, readValues } from './core.js';
import { steps } from './explain.js';
import { CODES } from './wasm/codes.js';

/** @typedef {import('./core.js').Source} Source */
/** @typedef {import('./index.js').Diagnostic} Diagnostic */

const KINDS = ['boolean', 'string', 'number', 'object'];
const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR'];
const ERRORS = [
  '', 'FLAG_NOT_FOUND', 'PARSE_ERROR', 'TYPE_MISMATCH', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'PROVIDER_NOT_READY',
  'GENERAL',
];
const SEVERITIES = ['fatal', 'error', 'warning'];
/** Any kind will do. */
const ANY = -1;
const BROKEN = 4;
/** No variant, no rule, and this error code. @param {number} code */
const error = (code) => ((code << 28) | 0x05ffffff) >>> 0;
const NOT_FOUND = error(1);
const PARSE_ERROR = error(2);
const TYPE_MISMATCH = error(3);
const INVALID_CONTEXT = error(5);
const GENERAL = error(7);

/** The document was refused; `diagnostics` says why. */
export class RulesetError extends Error {
  /** @param {Diagnostic[]} diagnostics */
  constructor(diagnostics) {
    const [first] = diagnostics;
    const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : '';
    const where = first ? ` at line ${first.line}, column ${first.column}` : '';
    super(`the ruleset is refused: ${first ? first.code : 'the module gave no reason'}${where}${more}; \`serin check\` shows how to mend it`);
    this.name = 'RulesetError';
    this.diagnostics = diagnostics;
  }
}

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

/** What is known of a flag: read from the module when it is first asked for. */
class FlagRecord {
  /** @param {Core} core @param {number} index */
  constructor(core, index) {
    const [from, to, need, end, kind, fixed, metadata, variants, rules, start] = core.read(1, index);
    /** @param {number} number */
    const text = (number) => (number === NONE ? undefined : core.string(1, number));
    const names = Array.from(core.list(4, start, start + variants * 2 + rules), text);
    this.index = index;
    this.kind = kind;
    this.fixed = fixed === NONE ? -1 : fixed;
    this.metadata = metadata === NONE ? undefined : freeze(JSON.parse(/** @type {string} */ (text(metadata))));
    this.rules = names.splice(variants * 2);
    /** @type {string[]} */
    this.variants = [];
    /** JSON texts, until they are asked for. @type {string[]} */
    this.texts = [];
    /** @type {unknown[]} */
    this.values = [];
    names.forEach((name, at) => (at % 2 === 0 ? this.variants : this.texts).push(/** @type {string} */ (name)));
    const paths = new Set(core.list(5, from, to));
    for (const node of core.list(6, need, end)) {
      const [from, to] = core.read(1, node);
      core.list(5, from, to).forEach((path) => paths.add(path));
    }
    this.paths = Uint32Array.from(paths);
  }

  /** @param {number} variant */
  value(variant) {
    return (this.values[variant] ??= freeze(JSON.parse(this.texts[variant])));
  }
}

/** Makes a JSON value immutable, all the way down. @param {any} value */
function freeze(value) {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

/** Makes sure that the document is read again the same way. @param {Core} core @param {Source} source */
function feedAll(core, source) {
  const fed = typeof source === 'string' ? core.feedText(source) : source.every((chunk) => core.feed(chunk));
  return fed && core.finish();
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
    if (index === undefined) return this.#details(undefined, NOT_FOUND, fallback);
    const record = this.#record(index);
    return this.#details(record, record === undefined ? GENERAL : this.#judge(record, context, wanted), fallback);
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
    if (index === undefined) return { flag: key, ...this.#details(undefined, NOT_FOUND, undefined), steps: [] };
    const record = this.#record(index);
    const words = this.#attempt(() => this.#bind(context).read(2, index));
    const bits = words === undefined ? GENERAL : words[words.length - 1];
    const told = words === undefined ? [] : steps(words.subarray(0, -1), this.#bytes(), (segment, number) => this.#core.string(segment ? 3 : 2, number));
    return { flag: key, ...this.#details(record, bits, undefined), steps: told };
  }

  /** @param {unknown} context @param {{ now?: number | Date }} [options] */
  context(context, options) {
    /** @type {unknown[]} */
    const values = [];
    readValues(this.#core.paths, this.#paths, context, values);
    return new BoundContext(this, values, options?.now === undefined ? Date.now() : Number(options.now));
  }

  /** @param {Iterable<string>} keys */
  kill(keys) {
    this.#killed = new Set(keys);
    this.#epoch++;
    this.#attempt(() => this.#applyKills(this.#core));
  }

  /** @param {number | Date} [now] */
  nextChange(now = Date.now()) {
    return this.#attempt(() => this.#core.call.nextChange(Number(now))) ?? Infinity;
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
    if (record.fixed !== -1 && this.#killed.size === 0) return record.fixed;
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
      this.#applyKills(core);
      this.#core = core;
      const result = action(core);
      core.spent = false;
      return result;
    } catch {
      return undefined;
    }
  }

  /** @param {Core} core */
  #applyKills(core) {
    core.call.force(-1, -1);
    for (const key of this.#killed) {
      const index = this.#flags.get(key);
      if (index !== undefined) core.call.force(index, -1);
    }
  }

  /** @param {FlagRecord | undefined} record @param {number} bits @param {unknown} fallback */
  #details(record, bits, fallback) {
    const variant = bits & 0xfff;
    const rule = (bits >>> 12) & 0xfff;
    const code = bits >>> 28;
    const served = record !== undefined && variant !== 0xfff;
    /** @type {Record<string, unknown>} */
    const details = { value: served ? record.value(variant) : fallback, reason: REASONS[(bits >>> 24) & 0xf] };
    if (served) details.variant = record.variants[variant];
    if (rule === 0xffe) {
      details.rule = 'require';
    } else if (rule !== 0xfff) {
      const name = record?.rules[rule];
      if (name !== undefined) details.rule = name;
      details.ruleIndex = rule;
    }
    if (code !== 0) details.errorCode = ERRORS[code];
    if (record?.metadata !== undefined) details.flagMetadata = record.metadata;
    return details;
  }

  #bytes() {
    return bytesOf(this.#source);
  }
}

/** @param {Source} source */
function bytesOf(source) {
  if (typeof source === 'string') return new TextEncoder().encode(source);
  const whole = new Uint8Array(source.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of source) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** @param {Core} core @param {Source} source @returns {Diagnostic[]} */
function diagnose(core, source) {
  const [, , address, count] = core.read(0, 0);
  if (count === 0) return [];
  const words = core.copy(address / 4, count * 6);
  const bytes = bytesOf(source);
  const lines = [0];
  for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, newline + 1)) lines.push(newline + 1);
  const list = [];
  for (let at = 0; at < words.length; at += 6) {
    const [number, subject, index, start, end, expected] = words.subarray(at, at + 6);
    const [code, severity] = CODES[number];
    let line = 0;
    for (let above = lines.length; above - line > 1; ) {
      const middle = (line + above) >> 1;
      if (lines[middle] <= start) line = middle;
      else above = middle;
    }
    // A document of one endless line is not decoded anew for each of its faults.
    const text = bytes.subarray(lines[line], start);
    const column = (text.length > 10_000 ? text.length : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text).length) + 1;
    line++;
    const of = subject === 1 ? { flag: core.string(2, index) } : subject === 2 ? { segment: core.string(3, index) } : {};
    list.push(Object.freeze({ code, severity: SEVERITIES[severity], ...of, start, end, line, column, expected }));
  }
  return /** @type {any} */ (Object.freeze(list));
}

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./index.js').load}
 */
export function loader(compiled) {
  return async (source, options = {}) => {
    const module = await compiled();
    const core = new Core(module);
    const kept = await read(core, source);
    if (kept.refused || !core.finish()) throw new RulesetError(diagnose(core, kept.source));
    const ruleset = new Ruleset(module, core, kept.source);
    if (options.strict) {
      const faults = ruleset.diagnostics.filter(({ code, severity }) => severity === 'error' || code === 'unknown-operator');
      if (faults.length > 0) throw new RulesetError(faults);
    }
    return /** @type {any} */ (ruleset);
  };
}

/**
 * Hands a source over as it arrives and keeps it.
 * @param {Core} core @param {any} source @returns {Promise<{ source: Source, refused: boolean }>}
 */
async function read(core, source) {
  if (typeof source === 'string') {
    if (/^\s*([a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/)\S*\s*$/i.test(source)) {
      throw new TypeError(`load() takes a ruleset, not its address: write load(await fetch(${JSON.stringify(source.trim())}))`);
    }
    return { source, refused: !core.feedText(source) };
  }
  if (source instanceof ArrayBuffer) source = new Uint8Array(source);
  if (ArrayBuffer.isView(source)) {
    // A copy: the caller may write into its own.
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
    return { source: [bytes], refused: !core.feed(bytes) };
  }
  if (typeof source?.arrayBuffer === 'function' && 'body' in source) {
    if (source.ok === false) throw new TypeError(`the host answered ${source.status} for ${source.url || 'the ruleset'}: no ruleset was loaded`);
    if (source.body === null) return { source: [], refused: false };
    source = source.body;
  }
  if (typeof source?.getReader !== 'function') {
    throw new TypeError('load() takes the JSON text of a ruleset, its bytes, a Response, or a stream of bytes');
  }
  /** @type {Uint8Array[]} */
  const chunks = [];
  const reader = source.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { source: chunks, refused: false };
    chunks.push(value);
    if (!core.feed(value)) {
      await reader.cancel().catch(() => {});
      return { source: chunks, refused: true };
    }
  }
}
