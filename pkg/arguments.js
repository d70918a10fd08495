/** What a caller gives besides content: a mistake in it is told at once, as a TypeError. */

/** Milliseconds of an instant that the caller gives. @param {unknown} now */
export function instant(now) {
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
