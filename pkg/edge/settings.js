/** The options of an edge, checked at once: what is wrong is a mistake in the program. */
import { checkStore } from '../store.js';

/** @param {unknown} value @param {string} name @param {number} fallback */
function duration(value, name, fallback) {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= 0) return value;
  throw new TypeError(`createEdge({ ${name} }) takes milliseconds, not below 0`);
}

/** @param {unknown} value @param {string} name */
function callback(value, name) {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`createEdge({ ${name} }) takes a function`);
}

/** @param {import('../edge.js').EdgeOptions} options */
export function settings(options) {
  const { url, store, name, headers, fetch, onExposure, onError = () => {} } = options ?? {};
  let address;
  if (url !== undefined) {
    try {
      address = new URL(url).href;
    } catch {
      // A path would have to be completed with what a client wrote into its request.
      throw new TypeError(`createEdge({ url }) takes a whole address, such as 'https://cdn.example/flags.json'; this is ${String(url)}`);
    }
  }
  checkStore(store, 'createEdge({ store })');
  if (address === undefined && (store === undefined || name === undefined)) {
    throw new TypeError('createEdge() takes the `url` of a ruleset, or a `store` and the `name` under which it lies there');
  }
  if (name !== undefined && typeof name !== 'string') throw new TypeError('createEdge({ name }) takes a string');
  callback(fetch, 'fetch');
  callback(onExposure, 'onExposure');
  callback(onError, 'onError');
  return {
    url: address, store, name: name ?? String(address), fetch, headers, onExposure,
    onError: (/** @type {unknown} */ error) => {
      try {
        onError(/** @type {Error} */ (error));
      } catch {
        // There is nobody else to tell.
      }
    },
    maxAge: duration(options.maxAge, 'maxAge', 60_000),
    maxStale: duration(options.maxStale, 'maxStale', 300_000),
    timeout: duration(options.timeout, 'timeout', 1_000),
  };
}
