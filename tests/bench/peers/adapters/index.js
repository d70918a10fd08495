/** All that are measured, in the order of the tables. */
export const FILES = ['floor', 'serin', 'closures', 'flagd', 'growthbook', 'launchdarkly', 'unleash', 'configcat', 'featurevisor', 'flipt', 'devcycle'];

/** Those that run in a page. */
export const PAGE = ['floor', 'serin', 'closures', 'flagd', 'growthbook', 'configcat', 'featurevisor', 'flipt'];

/** Those that run in a Worker, which compiles nothing at run time. */
export const WORKER = ['floor', 'serin', 'closures', 'flagd-interpreted', 'growthbook', 'configcat', 'featurevisor'];

/** @param {string} file @returns {Promise<import('./adapter.js').Adapter>} */
export const adapterOf = async (file) => (await import(`./${file}.js`)).default;
