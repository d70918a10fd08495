/** The entry of pages where the module's host does not answer; the rest of the entries is tried from the tarball. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from '../entry/browser.js';
import { GOOD } from './support.js';

const wasm = new URL('../wasm/core.wasm', import.meta.url);

test('a host that hangs is given up, and asked again by the next load', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { fetch } = globalThis;
  try {
    /** @type {string[]} */
    const asked = [];
    globalThis.fetch = /** @type {any} */ ((/** @type {URL} */ url, /** @type {RequestInit} */ { signal }) => {
      asked.push(url.href);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('given up'))));
    });
    const loading = [load(GOOD), load(GOOD)].map((one) => one.then(() => 'loaded', (/** @type {Error} */ error) => error.message));
    t.mock.timers.tick(29_999);
    assert.equal(await Promise.race([loading[0], new Promise((resolve) => setImmediate(resolve, 'waits'))]), 'waits');
    t.mock.timers.tick(1);
    for (const message of await Promise.all(loading)) assert.match(message, /given up/);
    assert.deepEqual(asked, [wasm.href], 'one request for both');

    globalThis.fetch = /** @type {any} */ (async () => new Response(readFileSync(wasm), { headers: { 'content-type': 'application/wasm' } }));
    assert.equal((await load(GOOD)).string('good', {}, 'no'), 'yes');
  } finally {
    globalThis.fetch = fetch;
  }
});
