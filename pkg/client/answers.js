/**
 * What is answered now: a snapshot's decisions, those of one ruleset for one context at one instant, or
 * fallbacks. Knows nothing of where these come from.
 */
import { list, named } from '../arguments.js';
import { KINDS } from '../details.js';
import { exposure, targetingKeyOf } from '../exposures.js';
import { digest } from '../snapshot.js';
import { calendar } from './clock.js';
import { equal, sameValues } from './equal.js';

/** @typedef {import('../ruleset.js').Ruleset} Ruleset */
/** @typedef {ReturnType<Ruleset['context']>} Bound */
/** @typedef {import('../types.js').Snapshot} Snapshot */
/** @typedef {import('../types.js').VariantNames} VariantNames */
/** @typedef {{ value?: unknown, variant?: string, reason: any, errorCode?: any, rule?: string, ruleIndex?: number, flagMetadata?: any }} Details */

/** What is known of a flag. told: an exposure need not be told (any more). @typedef {{ value: unknown, details: Details, told: boolean }} Entry */

/** @param {Details} details @returns {Entry} */
const nothing = (details) => Object.freeze({ value: undefined, details, told: true });
const NOT_READY = nothing({ reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
const NOT_FOUND = nothing({ reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
const KILLED = nothing({ reason: 'DISABLED' });

/**
 * @param {unknown} context
 * @param {ReturnType<typeof import('./events.js').events<import('../client.js').ClientEvents>>} listeners
 * @param {((exposure: import('../client.js').Exposure) => void) | undefined} expose
 */
export function answers(context, listeners, expose) {
  /** @type {Ruleset | undefined} */
  let ruleset;
  /** @type {Bound | undefined} */
  let bound;
  /** A newer ruleset, which answers when it is adopted. @type {Ruleset | undefined} */
  let waiting;
  /** @type {Snapshot | undefined} */
  let snapshot;
  /** Flags of the snapshot that the ruleset answers all the same. @type {Set<string>} */
  let released = new Set();
  /** The ruleset shall answer for the snapshot as soon as there is one. */
  let adopted = false;
  /** @type {string[]} */
  let killed = [];
  /** @type {Record<string, string>} */
  let overrides = {};
  let targetingKey = targetingKeyOf(context);

  /** Flags that were asked for, until something changes. @type {Map<string, Entry>} */
  let memo = new Map();
  /** The object of each flag that was answered last, to be answered again while it is equal. @type {Map<string, unknown>} */
  const kept = new Map();
  /** @type {Set<import('./view.js').Watch>} */
  const watchers = new Set();
  const dates = calendar((now) => {
    transition(() => {
      bound = ruleset?.context(bound, { now });
    });
  });

  /** @param {string} key */
  const held = (key) => (typeof key === 'string' && !released.has(key) ? snapshot?.flags[key] : undefined);

  /** @param {string} key @returns {Entry} */
  function look(key) {
    const known = memo.get(key);
    if (known !== undefined) return known;
    /** @type {Details | undefined} */
    let details = held(key);
    if (ruleset === undefined) {
      // Which variant is `off` only a ruleset knows.
      if (killed.includes(key)) return KILLED;
      if (details === undefined) return NOT_READY;
    }
    details ??= /** @type {Details} */ (ruleset?.details(key, bound, undefined));
    // What nobody declared is not remembered: keys may come from anywhere.
    if (details.errorCode === 'FLAG_NOT_FOUND') return NOT_FOUND;
    let { value } = details;
    if (typeof value === 'object') {
      const last = kept.get(key);
      if (equal(last, value)) value = last;
      else kept.set(key, value);
    }
    const entry = { value, details, told: expose === undefined };
    // A failure of the module, or of the caller's stack, may be over at the next call.
    if (details.errorCode !== 'GENERAL') memo.set(key, entry);
    return entry;
  }

  /** @param {string} key @param {Entry} entry */
  function tell(key, entry) {
    entry.told = true;
    const told = exposure(key, entry.details, (held(key) ? snapshot : ruleset)?.revision, targetingKey);
    if (told !== undefined) expose?.(told);
  }

  /** @param {string} kind @returns {(key: string, fallback: any) => any} */
  const getter = (kind) => (key, fallback) => {
    const entry = memo.get(key) ?? look(key);
    if (typeof entry.value !== kind) return fallback;
    if (!entry.told) tell(key, entry);
    return entry.value;
  };

  /** @param {string} key @param {any} fallback @returns {any} */
  function details(key, fallback) {
    const entry = look(key);
    const { value } = entry;
    const any = fallback === null || fallback === undefined || !KINDS.includes(typeof fallback);
    if (value !== undefined && (any || typeof fallback === typeof value)) {
      if (!entry.told) tell(key, entry);
      return { ...entry.details, value };
    }
    if (ruleset !== undefined && held(key) === undefined) return ruleset.details(key, bound, fallback);
    if (value === undefined) return { ...entry.details, value: fallback };
    const { flagMetadata } = entry.details;
    return { value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH', ...(flagMetadata === undefined ? {} : { flagMetadata }) };
  }

  /** Keys of all flags. */
  const keys = () => [...(ruleset?.keys ?? []), ...Object.keys(snapshot?.flags ?? {})];

  /**
   * Changes what is answered, at once and whole, and then says for which flags it made a difference.
   * @param {() => void} change @param {boolean} [replaces] the ruleset itself changes
   */
  function transition(change, replaces = ruleset === undefined) {
    const all = listeners.hears('change');
    // Variants of one ruleset are told apart by their numbers, and no values need be made for it.
    const numbers = all && !replaces ? ruleset?.variants(bound) : undefined;
    const asked = new Set(listeners.keys());
    for (const key of all ? (replaces ? keys() : Object.keys(snapshot?.flags ?? {})) : []) asked.add(key);
    /** @type {Map<string, Entry>} */
    const before = new Map();
    for (const key of asked) before.set(key, look(key));
    const others = [...watchers].map((watch) => watch(replaces));
    change();
    memo = new Map();
    if (replaces) {
      const known = new Set(keys());
      if (all) known.forEach((key) => asked.add(key));
      // Of flags that are gone nothing is kept: there may be others each time.
      for (const key of kept.keys()) if (!known.has(key)) kept.delete(key);
    }
    const changed = [...asked].filter((key) => {
      const { value, details } = look(key);
      const old = before.get(key) ?? NOT_FOUND;
      // An equal object is the same one.
      return value !== old.value || details.variant !== old.details.variant;
    });
    const now = numbers && ruleset?.variants(bound);
    ruleset?.keys.forEach((key, index) => {
      if (numbers && now && numbers[index] !== now[index] && !asked.has(key)) changed.push(key);
    });
    if (changed.length > 0) listeners.changed(Object.freeze(changed));
    for (const told of others) told();
  }

  /** Makes kills, overrides and what the waiting ruleset disables felt. */
  function force() {
    released = new Set();
    if (ruleset === undefined) return;
    ruleset.kill([...killed, ...(waiting?.disabled() ?? [])]);
    const missing = ruleset.override(overrides);
    if (snapshot === undefined) return;
    const { flags } = snapshot;
    // What was off for the snapshot too has its answer there.
    const forced = new Set(ruleset.disabled().filter((key) => flags[key]?.reason !== 'DISABLED'));
    for (const key of Object.keys(overrides)) if (!missing.includes(key)) forced.add(key);
    for (const key of forced.size > 0 ? Object.keys(flags) : []) {
      if (forced.has(key) || ruleset.needs(key).some((need) => forced.has(need))) released.add(key);
    }
  }

  /** @param {Ruleset} newer */
  function take(newer) {
    const asked = context;
    const next = newer.context(asked);
    const key = targetingKeyOf(asked);
    transition(() => {
      ruleset = newer;
      // A getter of the context may have set another.
      if (context === asked) targetingKey = key;
      bound = context === asked ? next : newer.context(context);
      waiting = undefined;
      if (adopted) snapshot = undefined;
      force();
      dates.follow(newer, bound.now);
    }, true);
  }

  return {
    boolean: getter('boolean'),
    string: getter('string'),
    number: getter('number'),
    object: getter('object'),
    details,
    all() {
      /** @type {Record<string, unknown>} */
      const values = ruleset?.all(bound) ?? {};
      for (const key of Object.keys(values)) {
        if (typeof values[key] === 'object') values[key] = look(key).value;
      }
      for (const key of Object.keys(snapshot?.flags ?? {})) {
        if (held(key) === undefined) continue;
        const { value } = look(key);
        // An assignment to `__proto__` would set the prototype.
        if (value === undefined) delete values[key];
        else Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
      }
      return /** @type {any} */ (values);
    },
    /** @param {string} key @returns {any} */
    explain: (key) => (ruleset !== undefined && held(key) === undefined ? ruleset.explain(key, bound) : { flag: key, ...look(key).details, value: look(key).value, steps: [] }),
    get revision() {
      return (ruleset ?? snapshot)?.revision;
    },
    /** Whether a ruleset answers. */
    loaded: () => ruleset !== undefined,
    take,
    /** Keeps a ruleset until it is adopted; a flag that it disables is off at once. @param {Ruleset} newer */
    wait(newer) {
      transition(() => {
        waiting = newer;
        force();
      });
    },
    adopt() {
      adopted = true;
      if (waiting !== undefined) take(waiting);
      else if (ruleset !== undefined && snapshot !== undefined) {
        transition(() => {
          snapshot = undefined;
          force();
        });
      }
    },
    /** Answers from a snapshot. False: it was made for another context. @param {Snapshot} given @param {boolean} anyone */
    hold(given, anyone) {
      if (!anyone && digest(given.paths, context) !== given.digest) return false;
      snapshot = given;
      return true;
    },
    /** Whether a snapshot answers. */
    holds: () => snapshot !== undefined,
    /** @param {unknown} other */
    setContext(other) {
      const holds = snapshot === undefined || digest(snapshot.paths, other) === snapshot.digest;
      const key = targetingKeyOf(other);
      const asked = ruleset;
      let next = asked?.context(other);
      // A getter of the context may have brought another ruleset.
      if (ruleset !== asked) next = ruleset?.context(other);
      const same = holds && (bound === undefined || next === undefined || sameValues(bound.values, next.values));
      if (same) {
        // Another one with the same answers, who is exposed to them too.
        if (key !== targetingKey) memo = new Map();
        targetingKey = key;
        context = other;
        return;
      }
      transition(() => {
        targetingKey = key;
        context = other;
        bound = next;
        // The clock may have been set since the calendar saw it.
        if (ruleset && next) dates.follow(ruleset, next.now);
        if (!holds) {
          snapshot = undefined;
          force();
        }
      });
    },
    /** @param {Iterable<string>} keys */
    kill(keys) {
      const flags = list(keys, 'kill()');
      transition(() => {
        killed = flags;
        force();
      });
    },
    /** @param {VariantNames} variants */
    override(variants) {
      const names = Object.fromEntries(named(variants));
      transition(() => {
        overrides = names;
        force();
      });
    },
    /** @type {import('./view.js').View} */
    view: {
      get ruleset() {
        return ruleset;
      },
      get snapshot() {
        return snapshot;
      },
      get now() {
        return bound?.now;
      },
      held,
      killed: (key) => killed.includes(key),
      failure: undefined,
      doubted: false,
      expose,
      watch(watch) {
        watchers.add(watch);
        return () => void watchers.delete(watch);
      },
    },
    /** The page was asleep. */
    wake: dates.check,
    stop: dates.stop,
  };
}
