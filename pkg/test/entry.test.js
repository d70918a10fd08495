/** How the module comes: from a host that has none, and from a caller whose promise is not kept. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withModule } from '../entry/slim.js';
import { GOOD } from './support.js';

test('a host that sends its own page in place of the module: said as it is, and asked again', async (t) => {
  const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
  const answers = [page, new Response('', { status: 200 }), new Response('no', { status: 404 }), new Response(bytes, { headers: { 'content-type': 'text/plain' } })];
  t.mock.method(globalThis, 'fetch', async () => answers.shift());
  const { load } = await import('../entry/browser.js');
  for (const status of [200, 200, 404]) await assert.rejects(load(GOOD), new RegExp(`the host answered ${status} .* serve core\\.wasm beside the script, or import 'serin/inline'`));
  assert.equal((await load(GOOD)).string('good', {}, 'no'), 'yes');
});

test('a host that hangs: said after a minute, and asked again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bytes = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  let asked = 0;
  t.mock.method(globalThis, 'fetch', (/** @type {any} */ _, /** @type {any} */ { signal }) => asked++ === 0
    ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    : Promise.resolve(new Response(bytes, { headers: { 'content-type': 'application/wasm' } })));
  // A copy of the entry with nothing compiled yet.
  const { load } = await import(/** @type {any} */ ('../entry/browser.js?hangs'));
  const loading = assert.rejects(load(GOOD), /abort/);
  t.mock.timers.tick(60_000);
  await loading;
  assert.equal((await load(GOOD)).string('good', {}, 'no'), 'yes');
});

test('a promise of a module that is not kept is heard at the first load, and not before', async () => {
  const { load } = withModule(Promise.reject(new Error('gone')));
  // Nobody asks yet; a rejection that nobody hears would end the process.
  await sleep(10);
  await assert.rejects(load(GOOD), /gone/);
});
