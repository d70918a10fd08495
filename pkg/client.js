/**
 * The client: one context for long, answered from the first moment. What answers stands in
 * `client/answers.js`, and where it comes from in `client/supply.js`; here they are put together.
 */
import { answers } from './client/answers.js';
import { onWake } from './client/clock.js';
import { events } from './client/events.js';
import { checkOptions } from './client/options.js';
import { problem } from './client/problem.js';
import { supply } from './client/supply.js';
import { VIEW } from './client/view.js';
import { exposures } from './exposures.js';
import { readSnapshot } from './snapshot.js';

/** @typedef {import('./client.js').ClientSource} ClientSource */
/** @typedef {import('./client.js').ClientReady} ClientReady */
/** @typedef {import('./client.js').ClientError} ClientError */
/** @typedef {import('./client.js').ClientEvents} ClientEvents */

/** @type {(keyof ClientEvents & string)[]} */
const EVENTS = ['ready', 'change', 'stale', 'fresh', 'error'];
/** Errors for which there may be no ruleset. */
const WHY = ['fetch', 'refused', 'module'];

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./client.js').createClient}
 */
export function clientOf(compiled, page = true) {
  return (options) => {
    checkOptions(options);
    const { context, overrides, snapshot: given, updates, readyTimeout = 2000, onExposure } = options;
    let closed = false;
    /** What answers. @type {ClientSource} */
    let source = 'none';

    /** @type {(code: ClientError['code'], cause: unknown, said?: string, diagnostics?: ClientError['diagnostics']) => void} */
    const fail = (code, ...rest) => {
      if (closed) return;
      const error = problem(code, ...rest);
      if (WHY.includes(code)) answering.view.failure = error;
      listeners.emit('error', error);
    };
    const listeners = events(EVENTS, (error) => fail('listener', error));
    const answering = answers(context, listeners, onExposure && exposures(onExposure, (error) => fail('exposure', error)));

    /** @type {(ready: ClientReady) => void} */
    let settle = () => {};
    /** @type {Promise<ClientReady>} */
    const ready = new Promise((resolve) => {
      settle = resolve;
    });
    const resolve = () => {
      clearTimeout(impatience);
      settle({ source, stale: supplying.stale });
    };
    // Somebody may await it, so it holds a process in Node. A longer one would fire at once.
    const impatience = readyTimeout < 2 ** 31 ? setTimeout(resolve, readyTimeout) : undefined;
    /** Something answers now. @param {ClientSource} from */
    const arrive = (from) => {
      const first = source === 'none';
      source = from;
      if (!first || closed) return;
      resolve();
      listeners.emit('ready', { source, stale: supplying.stale });
    };

    const supplying = supply(options, compiled, page, {
      take(from, ruleset) {
        if (updates === 'next-load' && answering.loaded()) {
          answering.wait(ruleset);
        } else {
          answering.take(ruleset);
          arrive(from);
        }
      },
      doubt() {
        answering.view.doubted = true;
        listeners.emit('stale', { source });
      },
      trust() {
        if (!answering.view.doubted) return;
        answering.view.doubted = false;
        listeners.emit('fresh', { source });
      },
      end: resolve,
      fail,
    });

    if (overrides !== undefined) answering.override(overrides);
    const snapshot = given === undefined || given === null ? undefined : readSnapshot(given);
    const holds = snapshot !== undefined && answering.hold(snapshot, context === undefined);
    const forget = onWake(({ type }) => {
      answering.wake();
      supplying.wake(type === 'online');
    });
    // When the caller could listen.
    Promise.resolve().then(() => {
      if (closed) return;
      if (holds) {
        // Another context may have been set meanwhile.
        if (answering.holds()) arrive('snapshot');
      } else if (given !== undefined && given !== null) fail('snapshot', undefined, snapshot === undefined ? 'the snapshot is none' : 'the snapshot was made for another context');
      supplying.start();
    });

    const { boolean, string, number, object, details, all, explain, setContext, kill, override, adopt, view } = answering;
    return {
      boolean, string, number, object, details, all, explain, setContext, kill, override, adopt, ready,
      [VIEW]: view,
      get stale() {
        return supplying.stale;
      },
      get revision() {
        return answering.revision;
      },
      on: listeners.on,
      subscribe: listeners.subscribe,
      refresh: supplying.refresh,
      close() {
        if (closed) return;
        closed = true;
        resolve();
        supplying.close();
        answering.stop();
        forget();
        listeners.clear();
      },
    };
  };
}
