/**
 * Snapshots: decisions made in one place, mostly on a server, and answered in another, mostly a page
 * that has no module yet. Plain data and plain code: nothing here needs WebAssembly.
 */
import { REASONS, ERRORS } from './details.js';
import { UNFIT, UNREADABLE, attribute } from './attributes.js';

/** @typedef {import('./types.js').Snapshot} Snapshot */
/** @typedef {import('./types.js').SnapshotFlag} SnapshotFlag */

/** Of the shape of a snapshot and of its digest; a page refuses what it does not know. */
const FORMAT = 1;
/** UTF-16 units; a longer text is no value for any test, so it need not be told from another. */
const TEXT_UNITS = 8192;
/** UTF-16 units of JSON, the limit of documents. */
const SNAPSHOT_UNITS = 16_777_216;

/**
 * A digest of what a context has at these paths: 16 hexadecimal digits, the same on every engine. Two
 * contexts that any test could tell apart differ in it, but for an accident of one in 2^64; it does not
 * withstand someone who looks for two that agree, who would only deceive their own page.
 * @param {readonly (readonly string[])[]} paths @param {unknown} context
 */
export function digest(paths, context) {
  return digestValues(paths.map((names) => {
    try {
      return attribute(context, names);
    } catch {
      return UNREADABLE;
    }
  }));
}

/** @param {unknown[]} values as `attribute` gives them, or UNREADABLE */
export function digestValues(values) {
  const text = values.map(written).join('');
  let low = text.length;
  let high = ~low;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Both steps of both halves can be undone, so no unit is forgotten on the way.
    low = Math.imul(low ^ unit, 0x9e3779b1);
    low ^= low >>> 15;
    high = Math.imul(high ^ unit, 0x85ebca77);
    high ^= high >>> 13;
  }
  return hex(low ^ Math.imul(high, 0x27d4eb2f)) + hex(high);
}

/** @param {number} half */
function hex(half) {
  half = Math.imul(half ^ (half >>> 16), 0xc2b2ae3d);
  return ((half ^ (half >>> 15)) >>> 0).toString(16).padStart(8, '0');
}

/**
 * Writes a value so that different values give different texts, one after the other too: numbers end
 * in a semicolon, and of texts and lists the length comes first. @param {unknown} value @returns {string}
 */
function written(value) {
  switch (typeof value) {
    case 'undefined':
      return 'u';
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      // Adding zero turns -0 into 0, its equal.
      return Number.isFinite(value) ? `n${value + 0};` : 'o';
    case 'string':
      return value.length > TEXT_UNITS ? 'o' : `s${value.length}:${value}`;
    default:
      // An element of a list may be anything; nothing else of an object is asked for.
      return value === UNREADABLE ? 'e' : value !== UNFIT && Array.isArray(value) ? `l${value.length}:${value.map(element).join('')}` : 'o';
  }
}

/** @param {unknown} value */
const element = (value) => (typeof value === 'object' || value === undefined ? 'o' : written(value));

/**
 * A snapshot that can be written into a page.
 * @param {Omit<Snapshot, 'format'>} parts @returns {Snapshot}
 */
export function sealed({ revision, now, paths, digest, flags }) {
  const snapshot = { format: FORMAT, ...(revision === undefined ? {} : { revision }), now, paths, digest, flags };
  // Not enumerable: JSON.stringify and copies see the data alone.
  Object.defineProperty(snapshot, 'toString', {
    value: () => JSON.stringify(snapshot).replace(/[<>&\u2028\u2029]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  });
  return /** @type {Snapshot} */ (Object.freeze(snapshot));
}

/**
 * Reads a snapshot, as text or as an object. Undefined: it is none, or of a newer format. A flag that is
 * not as it should be is left out alone. What comes back shares nothing with what was given, is frozen, and
 * its `flags` inherit nothing, so that any key may be looked up.
 * @param {unknown} any @returns {Snapshot | undefined}
 */
export function readSnapshot(any) {
  try {
    // Through text also if it is an object: what throws, throws here, and what comes out is plain data.
    const text = typeof any === 'string' ? any : JSON.stringify(any);
    if (text.length > SNAPSHOT_UNITS) return undefined;
    const { format, revision, now, paths, digest, flags } = JSON.parse(text);
    const sound = format === FORMAT && (revision === undefined || isCount(revision)) && Number.isFinite(now) && isObject(flags) &&
      typeof digest === 'string' && /^[0-9a-f]{16}$/.test(digest) &&
      Array.isArray(paths) && paths.every((path) => Array.isArray(path) && path.length > 0 && path.every((name) => typeof name === 'string'));
    if (!sound) return undefined;
    /** @type {Record<string, SnapshotFlag>} */
    const read = Object.create(null);
    for (const key of Object.keys(flags)) {
      if (isFlag(flags[key])) read[key] = flags[key];
    }
    return freeze(sealed({ revision, now, paths, digest, flags: read }));
  } catch {
    return undefined;
  }
}

/** @param {any} flag a JSON value */
function isFlag(flag) {
  if (!isObject(flag)) return false;
  const { value, variant, reason, errorCode, rule, ruleIndex, flagMetadata } = flag;
  return (
    value !== null && isText(variant) && (value === undefined) === (variant === undefined) && REASONS.includes(reason) &&
    (errorCode === undefined || (ERRORS.includes(errorCode) && errorCode !== '')) && isText(rule) && (ruleIndex === undefined || isCount(ruleIndex)) &&
    (flagMetadata === undefined || isObject(flagMetadata))
  );
}

/** @param {unknown} value */
const isText = (value) => value === undefined || typeof value === 'string';
/** @param {unknown} value */
const isCount = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes a JSON value immutable, all the way down. @template T @param {T} value @returns {T} */
export function freeze(value) {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
