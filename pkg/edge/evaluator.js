/** What a request asks: one ruleset, one context, one instant. */
import { exposure, targetingKeyOf } from '../exposures.js';

/** @typedef {import('../edge.js').BoundEvaluator} BoundEvaluator */

/** There is no ruleset, and nobody waits longer for it. @type {BoundEvaluator} */
export const unready = Object.freeze({
  ruleset: undefined,
  boolean: fallen, string: fallen, number: fallen, object: fallen,
  details: (_, /** @type {any} */ fallback) => ({ value: fallback, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' }),
  all: () => ({}),
  snapshot: () => undefined,
});

/** @param {string} _ @param {any} fallback */
function fallen(_, fallback) {
  return fallback;
}

/**
 * @param {import('../index.js').Ruleset} ruleset @param {any} context @param {number} now
 * @param {((exposure: import('../client.js').Exposure) => void) | undefined} expose
 * @returns {BoundEvaluator}
 */
export function bind(ruleset, context, now, expose) {
  const bound = ruleset.context(context, { now });
  const targetingKey = expose && targetingKeyOf(context);
  /** @param {'boolean' | 'string' | 'number' | 'object'} kind */
  const getter = (kind) => (/** @type {string} */ key, /** @type {any} */ fallback) => {
    const value = ruleset[kind](key, bound, fallback);
    if (expose) tell(key, ruleset.details(key, bound, fallback));
    return value;
  };
  /** @param {string} key @param {any} found */
  const tell = (key, found) => {
    const told = exposure(key, found, ruleset.revision, targetingKey);
    if (told) expose?.(told);
  };
  return /** @type {any} */ ({
    ruleset,
    boolean: getter('boolean'), string: getter('string'), number: getter('number'), object: getter('object'),
    details(/** @type {string} */ key, /** @type {any} */ fallback) {
      const found = ruleset.details(key, bound, fallback);
      if (expose) tell(key, found);
      return found;
    },
    all: () => ruleset.all(bound),
    snapshot: (/** @type {{ flags?: Iterable<string> } | undefined} */ options) => ruleset.snapshot(bound, { flags: options?.flags }),
  });
}
