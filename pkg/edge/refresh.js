/**
 * Getting a newer ruleset, once at a time an isolate: from the store, if another isolate has put a
 * fresh one there, else from the host. What fails leaves everything as it was.
 */
import { fetchRuleset } from '../fetch.js';
import { readStored, removeStored, writeStored, young } from '../store.js';

/** @typedef {import('../ruleset.js').Ruleset} Ruleset */
/** @typedef {import('../storage.js').Stored} Stored */
/** @typedef {{ began: number, landed: boolean }} Flight */

/** The time that a host has: also when nobody waits any more, its answer is for the next request. */
const HOST = 10_000;
/** When a flight has not landed, its request was cancelled with all that it had begun. */
const LOST = 15_000;
/** Pauses after failures: the first, which doubles, and the longest. */
const FIRST_PAUSE = 1_000;
const LAST_PAUSE = 30_000;

/**
 * @param {(bytes: Uint8Array) => Promise<Ruleset>} load
 * @param {ReturnType<typeof import('./settings.js').settings> extends infer S ? Omit<S, 'maxStale' | 'onExposure'> : never} how
 */
export function refresher(load, { url, store, name, fetch, headers, maxAge, timeout, onError }) {
  const state = {
    /** @type {Ruleset | undefined} */
    ruleset: undefined,
    /** When its host last sent or confirmed it. */
    at: -Infinity,
    /** Flights end with the requests that began them: nothing keeps them alive. */
    cancelled: false,
  };
  /** What the ruleset was loaded from. @type {Stored | undefined} */
  let current;
  /** @type {Flight | undefined} */
  let flying;
  let failures = 0;
  let pausedUntil = -Infinity;

  /** Takes it, if it can be loaded. @param {Stored} entry */
  const take = async (entry) => {
    const ruleset = current !== undefined && equal(current.bytes, entry.bytes) ? state.ruleset : await load(entry.bytes);
    // A flight that was given up for lost may land after a later one.
    if (current !== undefined && entry.at < current.at) return;
    current = entry;
    state.ruleset = ruleset;
    state.at = entry.at;
  };

  const fromStore = async () => {
    if (store === undefined) return;
    const patience = new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout / 2);
      /** @type {any} */ (timer).unref?.();
    });
    const entry = await Promise.race([readStored(store, name, onError), patience]);
    if (entry === undefined) return;
    // Without a host, what the store has is the newest there is.
    if (url === undefined) entry.at = Date.now();
    if (entry.at <= state.at) return;
    try {
      await take(entry);
    } catch (error) {
      onError(error);
      if (url !== undefined) await removeStored(store, name);
    }
  };

  const fromHost = async () => {
    const found = await fetchRuleset(/** @type {string} */ (url), { fetch, headers, timeout: HOST, page: false, etag: current?.etag });
    const at = Date.now();
    const entry = found === undefined ? current && { ...current, at } : { ...found, at };
    if (entry === undefined) return;
    await take(entry);
    if (store !== undefined) await writeStored(store, name, entry, onError);
  };

  /** @param {Flight} flight */
  const fly = async (flight) => {
    try {
      await fromStore();
      if (url !== undefined && !(state.ruleset && young(/** @type {Stored} */ (current), maxAge, Date.now()))) await fromHost();
      failures = 0;
    } catch (error) {
      pausedUntil = Date.now() + Math.min(FIRST_PAUSE * 2 ** failures++, LAST_PAUSE);
      onError(error);
    } finally {
      flight.landed = true;
      if (flying === flight) flying = undefined;
    }
  };

  /**
   * Begins a flight, or joins the one that is under way.
   * @param {number} now @param {{ waitUntil(promise: Promise<unknown>): void } | undefined} ctx
   * @returns {Flight | undefined} undefined: there is a pause after failures
   */
  const start = (now, ctx) => {
    if (flying !== undefined) {
      if (Math.abs(now - flying.began) < LOST) return flying;
      state.cancelled = true;
    }
    if (now < pausedUntil && pausedUntil - now <= LAST_PAUSE) return undefined;
    const flight = (flying = { began: now, landed: false });
    const done = fly(flight);
    ctx?.waitUntil(done);
    return flight;
  };

  return { state, start };
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
