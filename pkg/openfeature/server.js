/** OpenFeature's provider for servers and edge workers: no context of its own, one ruleset for each evaluation. */
import { OpenFeatureEventEmitter, ParseError, ProviderFatalError, ProviderNotReadyError } from '@openfeature/server-sdk';
import { viewOf } from '../client/view.js';
import { TYPED, resolution, resolve } from './resolution.js';
import { supplied } from './supplied.js';

/** @typedef {import('@openfeature/server-sdk').Provider} Provider */
/** @typedef {import('./resolution.js').Kind} Kind */
/** What answers. @typedef {{ initialize(context: unknown): Promise<void>, find(kind: Kind, key: string, fallback: any, context: unknown): any, close(): void }} Source */

/** A ruleset that the caller has loaded. @param {import('../index.js').Ruleset} ruleset @returns {Source} */
const loaded = (ruleset) => ({
  initialize: async () => {},
  find: (kind, key, fallback, context) => resolution(ruleset.details(key, /** @type {any} */ (context), TYPED[kind]), fallback),
  close() {},
});

/** @param {import('../index.js').Edge} edge @param {((promise: Promise<unknown>) => void) | undefined} waitUntil @returns {Source} */
const lazy = (edge, waitUntil) => ({
  // At module scope a Worker may not ask for anything.
  initialize: async () => {},
  async find(kind, key, fallback, context) {
    const evaluator = await edge.at(null, /** @type {any} */ (context), waitUntil && { waitUntil });
    return resolution(evaluator.details(key, TYPED[kind]), fallback);
  },
  close() {},
});

/** @param {any} given @param {(event: any, details?: object) => void} emit @returns {Source} */
function polled(given, emit) {
  const errors = /** @type {any} */ ({ ParseError, ProviderFatalError, ProviderNotReadyError });
  const life = supplied(given, errors, emit, (view, changed) => {
    let asked = false;
    return {
      seen: () => void (asked = true),
      watch() {
        // The first ruleset is what PROVIDER_READY says, unless someone was told that there is none.
        const silent = view.ruleset === undefined && !asked;
        return () => void (silent || changed(undefined));
      },
    };
  });
  return {
    initialize: life.initialize,
    find(kind, key, fallback, context) {
      life.seen(context);
      return resolve(life.view, kind, key, fallback, context);
    },
    close: life.close,
  };
}

/** @implements {Provider} */
export class SerinServerProvider {
  metadata = Object.freeze({ name: 'serin' });
  runsOn = /** @type {const} */ ('server');
  events = new OpenFeatureEventEmitter();
  /** @type {Source} */
  #source;

  /** @param {any} given @param {{ waitUntil?: (promise: Promise<unknown>) => void }} [options] */
  constructor(given, { waitUntil } = {}) {
    if (waitUntil !== undefined && typeof waitUntil !== 'function') throw new TypeError('the option `waitUntil` must be a function, such as that of cloudflare:workers');
    // Texts, lists and bytes have an `at` of their own.
    const has = (/** @type {string} */ name) => typeof given === 'object' && typeof given?.[name] === 'function' && !('length' in given);
    if (viewOf(given) === undefined && has('details') && has('context')) this.#source = loaded(given);
    else if (has('at')) this.#source = lazy(given, waitUntil);
    else this.#source = polled(given, (event, details) => this.events.emit(event, /** @type {any} */ (details)));
  }

  /** @param {unknown} [context] */
  initialize(context) {
    return this.#source.initialize(context);
  }

  async onClose() {
    this.#source.close();
  }

  /** @param {string} key @param {boolean} fallback @param {unknown} context */
  async resolveBooleanEvaluation(key, fallback, context) {
    return this.#source.find('boolean', key, fallback, context);
  }

  /** @param {string} key @param {string} fallback @param {unknown} context */
  async resolveStringEvaluation(key, fallback, context) {
    return this.#source.find('string', key, fallback, context);
  }

  /** @param {string} key @param {number} fallback @param {unknown} context */
  async resolveNumberEvaluation(key, fallback, context) {
    return this.#source.find('number', key, fallback, context);
  }

  /** @param {string} key @param {any} fallback @param {unknown} context */
  async resolveObjectEvaluation(key, fallback, context) {
    return this.#source.find('object', key, fallback, context);
  }
}
