/**
 * Reads one attribute of an evaluation context: only own properties on a named path, never a walk
 * over an object. May throw whatever the context throws.
 */

/** The kinds of values, as the module numbers them. */
export const ABSENT = 0;
export const OTHER = 2;
export const BOOLEAN = 3;
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
 * @param {unknown} context @param {readonly string[]} names @param {number} [number] of the path
 * @returns {unknown}
 */
export function attribute(context, names, number = 0) {
  /** @type {unknown} */
  let value = context;
  for (let at = 0; at < names.length; at++) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const name = names[at];
    if (!has.call(value, name)) return undefined;
    value = member(/** @type {Record<string, unknown>} */ (value), name, number + at);
  }
  // Each comparison is an instruction or two; a switch over `typeof` makes engines name the type first.
  if (typeof value === 'string' || typeof value === 'boolean' || value === undefined || value === null) return value ?? undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNFIT;
  if (typeof value === 'object') return Array.isArray(value) ? list(value) : date(value);
  return UNFIT;
}

/**
 * One read, at one of many places: an engine remembers of each place which names and shapes it has seen, and is slow
 * where these are many. Eight paths have a place of their own.
 * @param {Record<string, unknown>} of @param {string} name @param {number} place
 */
function member(of, name, place) {
  switch (place & 7) {
    case 0: return of[name];
    case 1: return of[name];
    case 2: return of[name];
    case 3: return of[name];
    case 4: return of[name];
    case 5: return of[name];
    case 6: return of[name];
    default: return of[name];
  }
}

/** @param {unknown[]} value */
function list(value) {
  const { length } = value;
  // A proxy may say that its length is an object, which each comparison would ask anew.
  if (typeof length !== 'number' || length > LIST_ATTRIBUTE) return UNFIT;
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
