/**
 * What panes show of a ruleset's text beside decisions: the variants of its flags. Takes any JSON for a ruleset,
 * and finds nothing where it is none.
 */

/** @param {unknown} value @param {string} name @returns {any} an own member, or undefined */
export const member = (value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? /** @type {any} */ (value)[name] : undefined);

/** Own members. @param {unknown} value @returns {[string, any][]} */
export const members = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []);

/** @param {string} text @returns {unknown} */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Variants of these flags, as far as they are there. @param {unknown} ruleset @param {readonly string[]} keys @returns {Map<string, import('./shares.js').Variants>} */
export function variants(ruleset, keys) {
  const flags = member(ruleset, 'flags');
  /** @type {Map<string, import('./shares.js').Variants>} */
  const out = new Map();
  for (const key of keys) {
    const flag = member(flags, key);
    const off = member(flag, 'off');
    if (flag !== undefined) out.set(key, { variants: members(member(flag, 'variants')).map(([name]) => name), ...(typeof off === 'string' ? { off } : {}) });
  }
  return out;
}
