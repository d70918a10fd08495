/**
 * Rulesets at the edge: many requests, each with its context, on the newest ruleset that is there. At
 * module scope nothing is fetched, timed or read from a clock, which Workers refuse there.
 *
 * A request may be cancelled with all that it began, and what waits for a promise of another request
 * may wait for ever or be cancelled with it. So requests share no promise: what one finds it leaves in
 * `state`, and the others look there, by timers of their own.
 */
import { bind, unready } from './edge/evaluator.js';
import { refresher } from './edge/refresh.js';
import { settings } from './edge/settings.js';
import { exposures } from './exposures.js';
import { loader } from './load.js';

/** @typedef {import('./edge/refresh.js').Flight} Flight */
/** @typedef {import('./ruleset.js').Ruleset} Ruleset */

/** The first look of a request that waits for another's flight, and the longest time between two. */
const FIRST_LOOK = 1;
const LAST_LOOK = 50;

/** @param {number} time */
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./edge.js').createEdge}
 */
export function edgeOf(compiled) {
  const load = loader(compiled);
  return (options) => {
    const { maxAge, maxStale, timeout, onError, onExposure, ...source } = settings(options);
    const { state, start } = refresher(/** @type {any} */ (load), { ...source, maxAge, timeout, onError });
    const expose = onExposure && exposures(onExposure, onError);
    /** What a request answers with, however often it asks. @type {WeakMap<object, { ruleset: Ruleset, now: number }>} */
    const pins = new WeakMap();

    /**
     * Waits until a flight has landed, or for as long. Counts the pauses: a clock may stand still.
     * @param {Flight} flight @param {number} left milliseconds
     */
    const landed = async (flight, left) => {
      for (let pause = FIRST_LOOK; left > 0 && !flight.landed; pause = Math.min(pause * 2, LAST_LOOK)) {
        await sleep(Math.min(pause, left));
        left -= pause;
      }
    };

    return Object.freeze({
      async at(request, context, ctx) {
        const what = typeof request;
        if (request !== null && request !== undefined && what !== 'object') {
          throw new TypeError(`at() takes the request, or null where there is none, and then the context; this is a ${what}`);
        }
        if (ctx !== undefined && typeof ctx?.waitUntil !== 'function') {
          throw new TypeError('at(request, context, ctx) takes the execution context last: the object with waitUntil(promise)');
        }
        let pin = request ? pins.get(request) : undefined;
        if (pin === undefined) {
          const began = Date.now();
          const age = state.ruleset === undefined ? Infinity : Math.abs(began - state.at);
          if (age > maxAge) {
            const flight = start(began, ctx);
            // One that is long under way, or a pause after failures, is no reason to wait.
            const patience = flight === undefined ? 0 : timeout - (began - flight.began);
            if (flight !== undefined && (age > maxAge + maxStale || (ctx === undefined && state.cancelled))) await landed(flight, patience);
          }
          // Another call for this request may have waited too, and be ahead.
          pin = (request ? pins.get(request) : undefined) ?? (state.ruleset && { ruleset: state.ruleset, now: Date.now() });
          if (pin === undefined) return unready;
          if (request) pins.set(request, pin);
        }
        return bind(pin.ruleset, context, pin.now, expose);
      },
    });
  };
}
