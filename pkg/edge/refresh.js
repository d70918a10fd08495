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
/** A flight that has not landed so long after that was cancelled, with the request that had begun it. */
const GRACE = 5_000;
/** Pauses after failures: the first, which doubles, and the longest. */
const FIRST_PAUSE = 1_000;
const LAST_PAUSE = 30_000;

/**
 * @param {(bytes: Uint8Array) => Promise<Ruleset>} load
 * @param {import('../edge.js').EdgeOptions & { maxAge: number, timeout: number }} options
 * @param {(code: EdgeErrorCode, message: string, cause: unknown, diagnostics?: import('../index.js').Diagnostic[]) => void} failed
 */
export function refresher(load, { url, store, name = String(url), fetch, headers, maxAge, timeout }, failed) {
  const patience = timeout / 2;
  const host = Math.max(HOST, timeout);
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

  /**
   * Takes an entry, if it can be loaded.
   * @param {Stored} entry @param {Flight} flight @param {boolean} [late] it replaces nothing that this flight has brought
   * @returns {Promise<boolean>} false: another was faster
   */
  const take = async (entry, flight, late = false) => {
    const same = current !== undefined && equal(current.bytes, entry.bytes);
    const ruleset = same ? state.ruleset : await load(entry.bytes);
    // One that was given up for lost may land after those that came later.
    if (flight.number < broughtBy || (late && flight.number === broughtBy)) return false;
    broughtBy = flight.number;
    current = entry;
    state.ruleset = ruleset;
    state.at = entry.at;
    if (same) return true;
    const faults = /** @type {Ruleset} */ (ruleset).diagnostics.filter(({ severity }) => severity === 'error');
    if (faults.length > 0) failed('faults', `${faults.length} faults in flags of the ruleset: these flags answer PARSE_ERROR`, undefined, faults);
    return true;
  };

  /** Without a host, what the store has is the newest that there is, and its owner's: nothing is removed. @param {Flight} flight */
  const fromStoreAlone = async (flight) => {
    const reading = { get: (/** @type {string} */ name) => /** @type {import('../storage.js').Store} */ (store).get(name), set() {} };
    const entry = await inTime(readStored(reading, name, storeFailed), host);
    if (entry === undefined) throw new FetchError('status', `there is no ruleset in the store under ${name}, or it took longer than ${host} ms`);
    await take({ ...entry, at: Date.now() }, flight);
  };

  /** May take longer than anybody waits, and never rejects. @param {Flight} flight */
  const fromStore = async (flight) => {
    if (store === undefined) return;
    const entry = await readStored(store, name, storeFailed);
    if (entry === undefined || !(entry.at > state.at)) return;
    try {
      await take(entry, flight, true);
    } catch (error) {
      storeFailed(error);
      // Not what this flight has written meanwhile.
      if (error instanceof RulesetError && broughtBy < flight.number) await removeStored(store, name);
    }
  };

  /** What is to be stored, if it is news. @param {Flight} flight @returns {Promise<Stored | undefined>} */
  const fromHost = async (flight) => {
    // The store may bring another one meanwhile.
    const known = current;
    const found = await fetchRuleset(/** @type {string} */ (url), { fetch, headers, timeout: host, page: false, etag: known?.etag });
    const entry = /** @type {Stored} */ ({ ...(found ?? known), at: Date.now() });
    return (await take(entry, flight)) ? entry : undefined;
  };

  /** @param {Flight} flight */
  const fly = async (flight) => {
    let news;
    /** @type {Promise<unknown> | undefined} */
    let stored;
    try {
      if (url === undefined) {
        await fromStoreAlone(flight);
      } else {
        stored = inTime(fromStore(flight), host);
        await inTime(stored, patience);
        if (current === undefined || !young(current, maxAge, Date.now())) news = await fromHost(flight);
      }
      failures = 0;
    } catch (error) {
      pausedUntil = Date.now() + Math.min(FIRST_PAUSE * 2 ** failures++, LAST_PAUSE);
      if (error instanceof RulesetError) failed('refused', error.message, error, [...error.diagnostics]);
      else failed(error instanceof FetchError ? 'fetch' : 'module', /** @type {Error} */ (error).message, error);
      // A store that is slower than the host may still have one.
      if (state.ruleset === undefined) await stored;
    }
    flight.landed = true;
    if (flying === flight) flying = undefined;
    // Nobody waits for a store that is slow to write.
    if (news !== undefined && store !== undefined) await inTime(writeStored(store, name, news, storeFailed), host);
  };

  /**
   * Begins a flight, or joins the one that is under way.
   * @param {number} now @param {import('../edge.js').WaitUntil | undefined} ctx
   * @returns {Flight | undefined} undefined: there is a pause after failures
   */
  const start = (now, ctx) => {
    if (flying !== undefined) {
      if (Math.abs(now - flying.began) < patience + host + GRACE) return flying;
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
    /** @type {any} */
    const timer = setTimeout(resolve, time, undefined);
    // What nobody waits for keeps no process alive; who waits has a timer of its own.
    timer.unref?.();
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function equal(a, b) {
  let at = a.length === b.length ? a.length : -1;
  while (at > 0 && a[at - 1] === b[at - 1]) at--;
  return at === 0;
}
