/**
 * Rulesets at the edge: many requests, each with its context, on the newest ruleset that is there. At
 * module scope nothing is fetched, timed or read from a clock, which Workers refuse there.
 *
 * A request may be cancelled with all that it began, and what waits for a promise of another request
 * may then wait for ever. So requests share no promise: what one brings it leaves in `state`, and the
 * others look there, by timers of their own.
 */
import { call } from './client/events.js';
import { bind, unready } from './edge/evaluator.js';
import { refresher } from './edge/refresh.js';
import { checkOptions } from './edge/settings.js';
import { exposures } from './exposures.js';
import { loader } from './load.js';

/** @typedef {import('./index.js').Ruleset} Ruleset */

/** Milliseconds until a request first looks whether another's flight has landed, and the most between two looks. */
const FIRST_LOOK = 1;
const LAST_LOOK = 50;

/** What a timer can wait. */
const LONGEST = 2 ** 31 - 1;

/** @param {number} time */
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./edge.js').createEdge}
 */
export function edgeOf(compiled) {
  const load = loader(compiled);
  return (options) => {
    checkOptions(options);
    const { maxAge = 60_000, maxStale = 300_000, onError, onExposure } = options;
    const timeout = Math.min(options.timeout ?? 1_000, LONGEST);
    /** @type {Parameters<typeof refresher>[2]} */
    const failed = (code, message, cause, diagnostics) => {
      if (onError === undefined) return;
      const error = Object.assign(new Error(message), { code, cause, ...(diagnostics && { diagnostics }) });
      call(onError, error, () => {});
    };
    const { state, start } = refresher(load, { ...options, maxAge, timeout }, failed);
    const expose = onExposure && exposures(onExposure, (error) => failed('exposure', 'onExposure threw', error));
    /** What a request answers with, however often it asks. @type {WeakMap<object, { ruleset: Ruleset, now: number }>} */
    const pins = new WeakMap();

    /** Sees to it that the ruleset is as new as can be had in time. @param {import('./edge.js').WaitUntil | undefined} ctx */
    const freshen = async (ctx) => {
      const now = Date.now();
      const age = () => Math.abs(now - state.at);
      if (state.ruleset !== undefined && age() <= maxAge) return;
      const flight = start(now, ctx);
      if (flight === undefined) return;
      const usable = () => state.ruleset !== undefined && age() <= maxAge + maxStale;
      // Who keeps no flight alive has to wait for it.
      const wanting = usable() && state.lost && ctx === undefined;
      // One that is long under way is no reason to wait. Pauses are counted: a clock may stand still.
      let left = timeout - Math.abs(now - flight.began);
      for (let pause = FIRST_LOOK; left > 0 && !flight.landed && (wanting || !usable()); pause = Math.min(pause * 2, LAST_LOOK)) {
        await sleep(Math.min(pause, left));
        left -= pause;
      }
    };

    return {
      async at(request, context, ctx) {
        if (typeof (request ?? {}) !== 'object') {
          throw new TypeError(`at() takes the request, or null where there is none, and then the context; this is a ${typeof request}`);
        }
        if (ctx !== undefined && typeof ctx?.waitUntil !== 'function') {
          throw new TypeError('at() takes the execution context third: the object with waitUntil(promise)');
        }
        /** @type {object} */
        const key = request ?? {};
        if (!pins.has(key)) await freshen(ctx);
        // Another call for this request may have been first.
        const pin = pins.get(key) ?? (state.ruleset && { ruleset: state.ruleset, now: Date.now() });
        if (pin === undefined) return unready;
        pins.set(key, pin);
        return bind(pin.ruleset, context, pin.now, expose);
      },
    };
  };
}
