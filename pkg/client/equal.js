/** Whether two values say the same. */

/** Of JSON values, which are trees of at most 64 levels. @param {any} a @param {any} b @returns {boolean} */
export function equal(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.prototype.hasOwnProperty.call(b, name) && equal(a[name], b[name]));
}

/** Of attributes as they were read: scalars, and lists of them. @param {unknown[]} a @param {unknown[]} b */
export function sameValues(a, b) {
  return a.length === b.length && a.every((value, at) => sameValue(value, b[at]));
}

/** Of one attribute. @param {unknown} a @param {unknown} b */
export function sameValue(a, b) {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((element, at) => element === b[at]);
}
