/**
 * Reads one attribute of an evaluation context: only own properties on a named path, never a walk
 * over an object. May throw whatever the context throws.
 */

/** The kinds of values, as the module numbers them. */
export const ABSENT = 0;
export const OTHER = 2;
export const NUMBER = 4;
export const TEXT = 5;
export const LIST = 6;

/** Stands for a value that is there and that no test compares. */
export const UNFIT = Symbol('unfit');
/** Stands for a value whose reading threw. */
export const UNREADABLE = Symbol('unreadable');

/** Object.hasOwn, which engines of 2021 lack. */
const has = Object.prototype.hasOwnProperty;

/** Elements of a list attribute; a longer one is no value. */
const LIST_ATTRIBUTE = 1000;

/**
 * The value at a path: undefined where there is none, a finite number, a string, a boolean, a copied
 * list, or {@link UNFIT}.
 * @param {unknown} context @param {readonly string[]} names
 * @returns {unknown}
 */
export function attribute(context, names) {
  /** @type {unknown} */
  let value = context;
  for (let at = 0; at < names.length; at++) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const name = names[at];
    if (!has.call(value, name)) return undefined;
    value = /** @type {Record<string, unknown>} */ (value)[name];
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : UNFIT;
    case 'object':
      return value === null ? undefined : Array.isArray(value) ? list(value) : date(value);
    default:
      return UNFIT;
  }
}

/** @param {unknown[]} value */
function list(value) {
  const { length } = value;
  if (length > LIST_ATTRIBUTE) return UNFIT;
  const copy = new Array(length);
  for (let at = 0; at < length; at++) copy[at] = value[at];
  return copy;
}

/** A valid date counts as its milliseconds. @param {object} value */
function date(value) {
  try {
    // Also right for dates of another realm, which instanceof is not.
    const millis = Date.prototype.getTime.call(value);
    return Number.isFinite(millis) ? millis : UNFIT;
  } catch {
    return UNFIT;
  }
}
