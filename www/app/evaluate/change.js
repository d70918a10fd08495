/** A context with some of its attributes changed. */

/** @typedef {import('serin/tools').Flip['changes'][number]} Change */

/** @param {Record<string, unknown>} context @param {readonly Change[]} changes @returns {Record<string, unknown>} a new one */
export function changed(context, changes) {
  const copy = structuredClone(context);
  for (const change of changes) {
    const names = [...change.path];
    const last = /** @type {string} */ (names.pop());
    /** @type {any} */
    let at = copy;
    for (const name of names) {
      // What is no object gives way to one, as it has no members.
      if (typeof own(at, name) !== 'object' || own(at, name) === null || Array.isArray(own(at, name))) put(at, name, {});
      at = own(at, name);
    }
    if ('to' in change) put(at, last, change.to);
    else delete at[last];
  }
  return copy;
}

const own = (/** @type {any} */ object, /** @type {string} */ name) => (Object.hasOwn(object, name) ? object[name] : undefined);

/** An assignment could set the prototype. @param {object} object @param {string} name @param {unknown} value */
const put = (object, name, value) => Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
