/**
 * Getting a newer ruleset, one flight at a time: from the store, if another isolate has put a fresh one
 * there, else from the host. What fails leaves everything as it was.
 */
import { RulesetError } from '../diagnose.js';
import { FetchError, fetchRuleset } from '../fetch.js';
import { readStored, removeStored, writeStored, young } from '../store.js';

/** @typedef {import('../index.js').Ruleset} Ruleset */
/** @typedef {import('../storage.js').Stored} Stored */
/** @typedef {import('../edge.js').EdgeErrorCode} EdgeErrorCode */
/** @typedef {{ number: number, began: number, landed: boolean }} Flight */

/** The time that a host has: also when nobody waits any more, its answer is for the next request. */
const HOST = 10_000;
/** Where a flight has not landed by then, its request was cancelled with all that it had begun. */
const LOST = 15_000;
/** Pauses after failures: the first, which doubles, and the longest. */
const FIRST_PAUSE = 1_000;
const LAST_PAUSE = 30_000;

/**
 * @param {(bytes: Uint8Array) => Promise<Ruleset>} load
 * @param {import('../edge.js').EdgeOptions & { maxAge: number, timeout: number }} options
 * @param {(code: EdgeErrorCode, message: string, cause: unknown, diagnostics?: import('../index.js').Diagnostic[]) => void} failed
 */
export function refresher(load, { url, store, name = String(url), fetch, headers, maxAge, timeout }, failed) {
  const state = {
    /** @type {Ruleset | undefined} */
    ruleset: undefined,
    /** When its host last sent or confirmed it. */
    at: -Infinity,
    /** Flights were lost with the requests that began them: nothing keeps them alive. */
    lost: false,
  };
  /** What the ruleset was loaded from. @type {Stored | undefined} */
  let current;
  /** The flight that brought it. */
  let broughtBy = 0;
  /** @type {Flight | undefined} */
  let flying;
  let flights = 0;
  let failures = 0;
  let pausedUntil = -Infinity;

  /** Why the store was of no use. @param {unknown} error */
  const storeFailed = (error) => failed('storage', 'the store failed, or what it held is no ruleset', error);

  /** Takes an entry, if it can be loaded. @param {Stored} entry @param {Flight} flight @returns {Promise<boolean>} false: another was faster */
  const take = async (entry, flight) => {
    const same = current !== undefined && equal(current.bytes, entry.bytes);
    const ruleset = same ? state.ruleset : await load(entry.bytes);
    // One that was given up for lost may land after those that came later.
    if (flight.number < broughtBy) return false;
    broughtBy = flight.number;
    current = entry;
    state.ruleset = ruleset;
    state.at = entry.at;
    if (same) return true;
    const faults = /** @type {Ruleset} */ (ruleset).diagnostics.filter(({ severity }) => severity === 'error');
    if (faults.length > 0) failed('faults', `${faults.length} faults in flags of the ruleset: these flags answer PARSE_ERROR`, undefined, faults);
    return true;
  };

  /** Without a host, what the store has is the newest that there is. @param {Flight} flight */
  const fromStore = async (flight) => {
    if (store === undefined) return;
    const entry = await inTime(readStored(store, name, storeFailed), timeout / 2);
    if (url === undefined) {
      if (entry === undefined) throw new FetchError('status', `there is nothing in the store under ${name}, or it took longer than half of \`timeout\``);
      await take({ ...entry, at: Date.now() }, flight);
    } else if (entry !== undefined && entry.at > state.at) {
      try {
        await take(entry, flight);
      } catch (error) {
        storeFailed(error);
        if (error instanceof RulesetError) await removeStored(store, name);
      }
    }
  };

  /** @param {Flight} flight */
  const fromHost = async (flight) => {
    const found = await fetchRuleset(/** @type {string} */ (url), { fetch, headers, timeout: HOST, page: false, etag: current?.etag });
    const entry = /** @type {Stored} */ ({ ...(found ?? current), at: Date.now() });
    if ((await take(entry, flight)) && store !== undefined) await writeStored(store, name, entry, storeFailed);
  };

  /** @param {Flight} flight */
  const fly = async (flight) => {
    try {
      await fromStore(flight);
      if (url !== undefined && (current === undefined || !young(current, maxAge, Date.now()))) await fromHost(flight);
      failures = 0;
    } catch (error) {
      pausedUntil = Date.now() + Math.min(FIRST_PAUSE * 2 ** failures++, LAST_PAUSE);
      if (error instanceof RulesetError) failed('refused', error.message, error, [...error.diagnostics]);
      else failed(error instanceof FetchError ? 'fetch' : 'module', /** @type {Error} */ (error).message, error);
    } finally {
      flight.landed = true;
      if (flying === flight) flying = undefined;
    }
  };

  /**
   * Begins a flight, or joins the one that is under way.
   * @param {number} now @param {import('../edge.js').WaitUntil | undefined} ctx
   * @returns {Flight | undefined} undefined: there is a pause after failures
   */
  const start = (now, ctx) => {
    if (flying !== undefined) {
      if (Math.abs(now - flying.began) < LOST) return flying;
      state.lost = true;
    }
    if (now < pausedUntil && pausedUntil - now <= LAST_PAUSE) return undefined;
    const flight = (flying = { number: ++flights, began: now, landed: false });
    const landing = fly(flight);
    try {
      ctx?.waitUntil(landing);
    } catch {
      // A context whose request is over; the flight may be lost.
    }
    return flight;
  };

  return { state, start };
}

/**
 * What comes in time. @template T @param {Promise<T>} promise that never rejects @param {number} time
 * @returns {Promise<T | undefined>}
 */
function inTime(promise, time) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time, undefined);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
