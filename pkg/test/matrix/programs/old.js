/** An engine of 2021, as far as one can be made of a newer one: without what came later, and with Chrome's limits on a main thread. */
import { readFileSync } from 'node:fs';
import { decide } from './decide.js';

const refuse = (/** @type {string} */ what) => function () {
  throw new RangeError(`WebAssembly.${what} is disallowed on the main thread, if the buffer size is larger than 4KB.`);
};
Object.assign(WebAssembly, { Instance: refuse('Instance'), Module: refuse('Compile') });
const later = [
  [Object, 'hasOwn', 'groupBy'], [Promise, 'withResolvers', 'try'], [Array, 'fromAsync'], [Response, 'json'], [AbortSignal, 'any', 'timeout'], [globalThis, 'structuredClone'],
  [Array.prototype, 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with'],
  [Object.getPrototypeOf(Uint8Array.prototype), 'at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'with'],
  [String.prototype, 'at', 'isWellFormed', 'toWellFormed'], [AbortSignal.prototype, 'reason', 'throwIfAborted'], [crypto, 'randomUUID'],
];
for (const [object, ...names] of later) for (const name of names) delete object[name];

const files = JSON.parse(readFileSync('cases.json', 'utf8'));
const { createClient, load } = await import('serin/inline');
const main = await decide(load, files);
const client = createClient({ ruleset: '{ "format": 1, "flags": { "good": { "variants": { "yes": "yes" }, "serve": "yes" } } }', context: {} });
await client.ready;
console.log(JSON.stringify({ main, client: client.string('good', 'no') }));
client.close();
