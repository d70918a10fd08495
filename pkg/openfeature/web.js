/** OpenFeature's provider for pages: every domain's context is answered from one client. */
import { OpenFeatureEventEmitter, ParseError, ProviderFatalError, ProviderNotReadyError } from '@openfeature/web-sdk';
import { already } from './already.js';
import { contexts } from './contexts.js';
import { resolve } from './resolution.js';
import { supplied } from './supplied.js';

/** @typedef {import('@openfeature/web-sdk').Provider} Provider */
/** @typedef {import('./resolution.js').Kind} Kind */

/** @implements {Provider} */
export class SerinWebProvider {
  metadata = Object.freeze({ name: 'serin' });
  runsOn = /** @type {const} */ ('client');
  events = new OpenFeatureEventEmitter();
  #supplied;

  /** @param {import('../index.js').Client | import('./web.js').SerinWebOptions} given */
  constructor(given) {
    const errors = { ParseError, ProviderFatalError, ProviderNotReadyError };
    this.#supplied = supplied(given, errors, (event, details) => this.events.emit(/** @type {any} */ (event), /** @type {any} */ (details)), contexts);
  }

  /** @param {unknown} [context] */
  initialize(context) {
    const initialized = this.#supplied.initialize(context);
    if (!this.#supplied.answers(context)) return initialized;
    // The SDK says so before it has exchanged the providers: whoever listens asks the old one.
    this.#supplied.repeat();
    return already(initialized);
  }

  /** @param {unknown} before @param {unknown} context */
  onContextChange(before, context) {
    return this.#supplied.change(before, context);
  }

  async onClose() {
    this.#supplied.close();
  }

  /** @param {string} key @param {boolean} fallback @param {unknown} context */
  resolveBooleanEvaluation(key, fallback, context) {
    return this.#resolve('boolean', key, fallback, context);
  }

  /** @param {string} key @param {string} fallback @param {unknown} context */
  resolveStringEvaluation(key, fallback, context) {
    return this.#resolve('string', key, fallback, context);
  }

  /** @param {string} key @param {number} fallback @param {unknown} context */
  resolveNumberEvaluation(key, fallback, context) {
    return this.#resolve('number', key, fallback, context);
  }

  /** @param {string} key @param {any} fallback @param {unknown} context */
  resolveObjectEvaluation(key, fallback, context) {
    return this.#resolve('object', key, fallback, context);
  }

  /** @param {Kind} kind @param {string} key @param {any} fallback @param {unknown} context */
  #resolve(kind, key, fallback, context) {
    this.#supplied.seen(context);
    return resolve(this.#supplied.view, kind, key, fallback, context);
  }
}
