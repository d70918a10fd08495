/**
 * The release tools in JavaScript: the module's half is `src/full.rs`. wasm-bindgen's glue keeps one instance;
 * one that trapped, or holds much memory, is put away and the next call has another.
 */
import * as glue from './wasm/tools.js';

/** @typedef {import('./tools.js').Tools} Tools */
/** @typedef {import('./tools.js').ToolsErrorCode} ToolsErrorCode */
/** @typedef {import('./tools.js').Remark} Remark */
/** @typedef {import('./tools.js').ModuleSource} ModuleSource */

/** One byte more than a document may have: enough to refuse it. */
const DOCUMENT = 2 ** 24 + 1;

/** Memory of an instance is never given back; beyond this the instance goes. */
const MEMORY = 2 ** 28;

/** Milliseconds that a `Date` can be. */
const INSTANT = 8.64e15;

/** The tools cannot answer: `code` says why. */
export class ToolsError extends Error {
  /** @param {ToolsErrorCode} code @param {string} message @param {{ input?: 'old' | 'new' | 'ruleset', remarks?: Remark[], cause?: unknown }} [more] */
  constructor(code, message, { input, remarks = [], cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolsError';
    this.code = code;
    this.input = input;
    this.remarks = remarks;
  }
}

/** The last call ended inside of the instance: it is never called again. */
let spent = false;

/** @returns {WebAssembly.Memory} of the instance that is used now */
const memory = () => glue.initSync(/** @type {any} */ (undefined)).memory;

/**
 * Does what calls into the module.
 * @template T @param {() => T} action @returns {T}
 */
function call(action) {
  try {
    if (spent) glue.__wbg_reset_state();
    // Until it has answered.
    spent = true;
    const result = action();
    spent = memory().buffer.byteLength > MEMORY;
    return result;
  } catch (error) {
    const { refused, remarks } = /** @type {{ refused?: 'old' | 'new' | 'ruleset', remarks?: Remark[] }} */ (error ?? {});
    if (refused === undefined || remarks === undefined) {
      throw new ToolsError('GAVE_UP', `the tools could not finish: ${reason(error)}; the next call starts anew`, { cause: error });
    }
    spent = false;
    const [first] = remarks;
    const what = refused === 'ruleset' ? 'the ruleset' : `the ${refused} ruleset`;
    throw new ToolsError('REFUSED', `${what} is refused: ${first.message}, at line ${first.line}, column ${first.column}`, { input: refused, remarks });
  }
}

/** Why a call ended inside. @param {unknown} error */
function reason(error) {
  // A full stack has another name in each engine.
  return error instanceof WebAssembly.RuntimeError ? 'they ran out of memory or trapped' : `they ran out of stack or memory (${error})`;
}

/**
 * A ruleset as the module takes it.
 * @param {unknown} given @param {string} name of the argument
 */
function bytesOf(given, name) {
  if (typeof given === 'string') return new TextEncoder().encode(given.length > DOCUMENT ? given.slice(0, DOCUMENT) : given).subarray(0, DOCUMENT);
  // Unlike instanceof this knows the buffers of other realms.
  const buffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(given));
  if (buffer) return new Uint8Array(/** @type {ArrayBuffer} */ (given)).subarray(0, DOCUMENT);
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength).subarray(0, DOCUMENT);
  throw new TypeError(`${name} has to be the JSON text of a ruleset, or its bytes`);
}

/**
 * An instant in milliseconds.
 * @param {unknown} given @param {string} name of the option
 */
function instantOf(given, name) {
  const instant = given === undefined ? Date.now() : Number(given);
  if ((given === undefined || typeof given === 'number' || Object.prototype.toString.call(given) === '[object Date]') && Math.abs(instant) <= INSTANT) return Math.trunc(instant);
  throw new TypeError(`${name} has to be an instant: milliseconds since 1970, or a Date`);
}

/** @param {unknown} given @returns {string[]} */
function killedOf(given) {
  const keys = [.../** @type {Iterable<unknown>} */ (given ?? [])];
  if (typeof given === 'string' || keys.some((key) => typeof key !== 'string')) throw new TypeError('killed has to be a list of flag keys');
  return /** @type {string[]} */ (keys);
}

/**
 * @param {(old: Uint8Array, next: Uint8Array, oldName: string, newName: string, from: number, to: number | undefined, killed: string[]) => string} compare
 * @param {unknown} old @param {unknown} next @param {import('./tools.js').Comparison} options
 */
function compared(compare, old, next, { at, over, killed, names } = {}) {
  const sides = [bytesOf(old, 'the old ruleset'), bytesOf(next, 'the new ruleset')];
  if (at !== undefined && over !== undefined) throw new TypeError('at and over exclude each other');
  const from = instantOf(over ? over.from : at, over ? 'over.from' : 'at');
  const to = over && instantOf(over.to, 'over.to');
  if (to !== undefined && to <= from) throw new RangeError('over ends before it starts');
  const keys = killedOf(killed);
  return call(() => compare(sides[0], sides[1], String(names?.old ?? 'old'), String(names?.new ?? 'new'), from, to, keys));
}

/** @param {unknown} flag */
function keyOf(flag) {
  if (typeof flag !== 'string') throw new TypeError('flag has to be a flag key');
  return flag;
}

/** What the module wrote of a flag, if there is one. @param {string} flag @param {string | undefined} text */
function found(flag, text) {
  if (text === undefined) throw new ToolsError('FLAG_NOT_FOUND', `there is no flag ${JSON.stringify(flag)}`);
  return JSON.parse(text);
}

/** @type {Tools} */
const tools = Object.freeze({
  get version() {
    return call(glue.version);
  },
  /** @type {Tools['check']} */
  check(ruleset, { now } = {}) {
    const [bytes, instant] = [bytesOf(ruleset, 'the ruleset'), instantOf(now, 'now')];
    return { remarks: call(() => glue.check(bytes, instant)) };
  },
  /** @type {Tools['impact']} */
  impact: (old, next, options) => JSON.parse(compared(glue.impact, old, next, options ?? {})),
  /** @type {Tools['markdown']} */
  markdown: (old, next, options) => compared(glue.markdown, old, next, options ?? {}),
  /** @type {Tools['who']} */
  who(ruleset, flag, { at, killed } = {}) {
    const [bytes, instant, keys] = [bytesOf(ruleset, 'the ruleset'), instantOf(at, 'at'), killedOf(killed)];
    const key = keyOf(flag);
    return found(key, call(() => glue.who(bytes, key, instant, keys)));
  },
  /** @type {Tools['flip']} */
  flip(ruleset, flag, context, { now, killed } = {}) {
    const [bytes, instant, keys] = [bytesOf(ruleset, 'the ruleset'), instantOf(now, 'now'), killedOf(killed)];
    // What JSON cannot say, such as a function, a context that is written down does not have.
    const text = JSON.stringify(context ?? {}) ?? '{}';
    const key = keyOf(flag);
    return found(key, call(() => glue.flip(bytes, key, text, instant, keys)));
  },
  /** @type {Tools['format']} */
  format(ruleset) {
    const bytes = bytesOf(ruleset, 'the ruleset');
    return call(() => glue.format(bytes));
  },
});

/**
 * The function that opens the tools.
 * @param {() => ModuleSource | Promise<ModuleSource>} own brings the package's own module
 * @returns {typeof import('./tools.js').openTools}
 */
export function toolsOf(own) {
  /** @type {Promise<Tools> | undefined} */
  let opened;
  return (source) =>
    (opened ??= (async () => {
      await glue.default({ module_or_path: await (source ?? own()) });
      return tools;
    })().catch((error) => {
      // The next call tries again.
      opened = undefined;
      throw error;
    }));
}
