/** The module where its host does not answer or has none, or its caller breaks a promise; the rest of the entries is tried from the tarball. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../entry/browser.js';
import { withModule } from '../entry/slim.js';
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

test('a host that sends its own page in place of the module: said as it is, and asked again', async (t) => {
  const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
  const answers = [page, new Response('', { status: 200 }), new Response('no', { status: 404 }), new Response(bytes, { headers: { 'content-type': 'text/plain' } })];
  // A copy of the entry with nothing compiled yet.
  t.mock.method(globalThis, 'fetch', async () => answers.shift());
  const { load } = await import(/** @type {any} */ ('../entry/browser.js?page'));
  for (const status of [200, 200, 404]) await assert.rejects(load(GOOD), new RegExp(`the host answered ${status} .* serve core\\.wasm there, or import 'serin/inline'`));
  assert.equal((await load(GOOD)).string('good', {}, 'no'), 'yes');
});

test('a promise of a module that is not kept is heard at the first load, and not before', async () => {
  const { load } = withModule(Promise.reject(new Error('gone')));
  // Nobody asks yet; a rejection that nobody hears would end the process.
  await sleep(10);
  await assert.rejects(load(GOOD), /gone/);
});
