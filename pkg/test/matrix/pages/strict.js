/** The page where the policy forbids WebAssembly: `load` rejects and says so, and nothing else happens. */
import { load } from './node_modules/serin/entry/browser.js';

const refused = await load('{ "format": 1, "flags": {} }').then(() => 'loaded', (/** @type {unknown} */ error) => `${error}`);
await fetch('/report', { method: 'POST', body: JSON.stringify({ refused }) });
