/** The options of an edge, checked at once: what is wrong is a mistake in the program. */
import { checkStore } from '../store.js';

/** @param {string} name @param {unknown} value @param {boolean} fits @param {string} what */
function wants(name, value, fits, what) {
  if (value !== undefined && !fits) throw new TypeError(`the option \`${name}\` must be ${what}`);
}

/** @param {any} options @returns {asserts options is import('../edge.js').EdgeOptions} */
export function checkOptions(options) {
  if (typeof options !== 'object' || options === null) throw new TypeError('createEdge() takes an object of options, such as { url, store }');
  const { url, name, store } = options;
  // A path would have to be completed with what a client wrote into its request.
  wants('url', url, absolute(url), "a whole address, such as 'https://cdn.example/flags.json'");
  wants('name', name, typeof name === 'string', 'a text');
  checkStore(store, 'the option `store`');
  if (url === undefined && (store === undefined || name === undefined)) {
    throw new TypeError('createEdge() needs to know where its ruleset is: give `url`, or a `store` and the `name` under which it lies there');
  }
  for (const name of ['fetch', 'onExposure', 'onError']) wants(name, options[name], typeof options[name] === 'function', 'a function');
  for (const name of ['maxAge', 'maxStale', 'timeout']) {
    wants(name, options[name], typeof options[name] === 'number' && options[name] >= 0, 'milliseconds: a number of at least 0');
  }
}

/** @param {any} url */
function absolute(url) {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}
