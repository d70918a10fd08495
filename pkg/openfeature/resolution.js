/** Answers in OpenFeature's words, for any context: what the web and the server provider have in common. */
import { exposure, targetingKeyOf } from '../exposures.js';
import { digest } from '../snapshot.js';

/** @typedef {import('../client/view.js').View} View */
/** @typedef {'boolean' | 'string' | 'number' | 'object'} Kind */
/** @typedef {{ value: unknown, variant?: string, reason: any, errorCode?: any, flagMetadata?: any, rule?: string, ruleIndex?: number }} Found */

/** Asks for a type: a default of OpenFeature's may be of another, null for one. */
export const TYPED = { boolean: false, string: '', number: 0, object: {} };

/** What is the matter, and what mends it. @type {Record<string, string>} */
const WORDS = {
  FLAG_NOT_FOUND: 'the ruleset has no flag of this key',
  PARSE_ERROR: 'the flag is broken: `serin check` and the diagnostics of the ruleset say where',
  TYPE_MISMATCH: 'the flag has values of another type than the one asked for',
  TARGETING_KEY_MISSING: 'the context lacks the key that the flag splits by: give it a `targetingKey`, or what the flag has under `by`; or give the flag `withoutKey`',
  INVALID_CONTEXT: 'the context was bound to another ruleset: give the attributes themselves',
  PROVIDER_NOT_READY: 'there is no ruleset yet, and no snapshot for this context',
  GENERAL: 'the module failed twice; the next call tries again',
};

/** What a snapshot was made for. @param {import('../types.js').Snapshot} snapshot @param {unknown} context */
const fits = (snapshot, context) => digest(snapshot.paths, context) === snapshot.digest;

/** Whether anything answers for a context. @param {View | undefined} view @param {unknown} context */
export function answers(view, context) {
  return view !== undefined && (view.ruleset !== undefined || (view.snapshot !== undefined && fits(view.snapshot, context)));
}

/**
 * Decides a flag for a context, whichever the client has.
 * @param {View | undefined} view @param {string} key @param {unknown} context @param {unknown} fallback
 * @param {unknown} [bound] the context as its ruleset has read it
 * @returns {Found}
 */
export function decide(view, key, context, fallback, bound = context) {
  const held = heldFor(view, key, context);
  if (view?.ruleset === undefined) {
    // Which variant is `off` only a ruleset knows.
    if (view?.killed(key)) return { value: fallback, reason: 'DISABLED' };
    if (held === undefined) return { value: fallback, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' };
  } else if (held === undefined) {
    return /** @type {any} */ (view.ruleset.details(key, bound, fallback));
  }
  if (held.value === undefined) return { ...held, value: fallback };
  if (fallback === undefined || typeof fallback === typeof held.value) return { ...held, value: held.value };
  return { value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH', flagMetadata: held.flagMetadata };
}

/** @param {View | undefined} view @param {string} key @param {unknown} context */
function heldFor(view, key, context) {
  const held = view?.held(key);
  return held !== undefined && view?.snapshot !== undefined && fits(view.snapshot, context) ? held : undefined;
}

/**
 * Decides a flag, tells the exposure, and says it in OpenFeature's words.
 * @param {View | undefined} view @param {Kind} kind @param {string} key @param {any} fallback @param {unknown} context
 */
export function resolve(view, kind, key, fallback, context) {
  const found = decide(view, key, context, TYPED[kind]);
  if (view?.expose !== undefined) {
    const from = heldFor(view, key, context) === undefined ? view.ruleset : view.snapshot;
    const told = exposure(key, found, from?.revision, targetingKeyOf(context));
    if (told !== undefined) view.expose(told);
  }
  return resolution(found, fallback);
}

/** @param {Found} found @param {any} fallback @returns {any} */
export function resolution({ value, variant, reason, errorCode, flagMetadata }, fallback) {
  /** @type {Record<string, unknown>} */
  const told = { value: variant === undefined ? fallback : value, reason };
  if (variant !== undefined) told.variant = variant;
  if (flagMetadata !== undefined) told.flagMetadata = plain(flagMetadata);
  if (errorCode !== undefined) {
    told.errorCode = errorCode;
    told.errorMessage = WORDS[errorCode];
  }
  return told;
}

/** OpenFeature's metadata are texts, numbers and booleans. @param {Record<string, unknown>} metadata */
const plain = (metadata) => Object.fromEntries(Object.entries(metadata).filter(([, value]) => typeof value !== 'object'));
