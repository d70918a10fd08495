/** What a caller may get wrong is said at once, when a client is made. */
import { named } from '../arguments.js';
import { Ruleset } from '../ruleset.js';
import { checkStore } from '../store.js';

/** @param {any} options @returns {asserts options is import('../client.js').ClientOptions} */
export function checkOptions(options) {
  if (typeof options !== 'object' || options === null) throw new TypeError('createClient() takes an object of options, such as { url, context }');
  const { url, ruleset, updates, fetch, onExposure, overrides, store } = options;
  if (url === undefined && ruleset === undefined && !('snapshot' in options)) {
    throw new TypeError('createClient() needs to know where its ruleset is: give `url`, `ruleset` or `snapshot`');
  }
  wants('url', url, (typeof url === 'string' && url !== '') || typeof url?.href === 'string', 'an address, as text or as a URL');
  // Whatever a text or an object says is content, and content never throws.
  wants('ruleset', ruleset, typeof ruleset === 'string' || typeof ruleset === 'object', 'a document: its text, its bytes, or the parsed object');
  wants('ruleset', ruleset, !isLoaded(ruleset), 'the document that load() takes, and not what it makes of it');
  wants('updates', updates, updates === 'live' || updates === 'next-load', "'live' or 'next-load'");
  wants('fetch', fetch, typeof fetch === 'function', 'a function');
  wants('onExposure', onExposure, typeof onExposure === 'function', 'a function');
  if (overrides !== undefined) named(overrides);
  for (const name of ['interval', 'timeout', 'readyTimeout', 'maxAge']) {
    wants(name, options[name], typeof options[name] === 'number' && options[name] >= 0, 'milliseconds: a number of at least 0');
  }
  checkStore(store, 'the option `store`');
}

/** @param {string} name @param {unknown} value @param {boolean} fits @param {string} what */
function wants(name, value, fits, what) {
  if (value !== undefined && !fits) throw new TypeError(`the option \`${name}\` must be ${what}`);
}

/** Whether it is what load() gives. @param {any} ruleset */
function isLoaded(ruleset) {
  try {
    return ruleset instanceof Ruleset;
  } catch {
    // A revoked proxy; it is refused later, as content.
    return false;
  }
}
