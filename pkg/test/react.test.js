/** React with OpenFeature's SDK, as `examples/vite-react` has it: what its pages show in Chromium, from the first text on. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { front, serve, watched } from './matrix/apps.js';
import { browsers } from './matrix/browsers.js';
import { installed } from './matrix/installed.js';
import { need } from './matrix/need.js';
import { build, named } from './matrix/bundles.js';
import { root } from './support.js';

const ruleset = readFileSync(join(root, 'examples', 'vite-react', 'public', 'ruleset.json'), 'utf8');
const changed = ruleset.replace('Kia ora', 'Kia ora koutou').replace('"value": "paid"', '"value": "gold"');

/** @type {string | undefined} */
let folder;

/** @param {import('node:test').TestContext} t */
async function app(t) {
  if (!need(t, browsers.Chromium.found, 'Chromium', browsers.Chromium.how)) return;
  return (folder ??= await installed(t, 'vite-react'));
}

/**
 * What a page of the example shows.
 * @param {string} folder @param {string[]} args of its server @param {string} [path] @param {string} [host] of the server's ruleset; absent: the page's
 */
async function shown(folder, args, path, host) {
  const site = await front(ruleset, changed);
  const server = await serve(folder, ['server.js', ...args], { RULESET: host ?? `${site.origin}/ruleset.json` });
  site.state.app = server.origin;
  try {
    return await watched(site, path);
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}: ${server.said()}`);
  } finally {
    await server.close();
  }
}

/** @type {Promise<void> | undefined} */
let built;
/** @param {string} folder */
async function make(folder) {
  await build(process.execPath, folder, 'vite/bin/vite.js', ['build']);
  await build(process.execPath, folder, 'vite/bin/vite.js', ['build', '--ssr', 'src/server.jsx', '--outDir', 'dist/server']);
}

/** Nothing is drawn twice, nothing is remarked, and the elements are those of the server. */
const STILL = { seen: { h1: ['Kia ora', 'Kia ora koutou'], p: ['Pay by invoice', 'Pay by card'] }, said: [], kept: { h1: true, p: true } };

test('rendered on a server, in development: no mismatch, no flicker, then live', { timeout: 300_000 }, async (t) => {
  const folder = await app(t);
  if (folder === undefined) return;
  // React's words about hydration are those of its development build, and StrictMode mounts twice there.
  const { said, ...rest } = await shown(folder, ['--dev']);
  // Vite remarks on its own connection where another of its servers has the port.
  assert.deepEqual({ ...rest, said: said.filter((/** @type {string} */ words) => !words.startsWith('[vite]')) }, STILL);
});

test('rendered on a server, as built: the same', { timeout: 600_000 }, async (t) => {
  const folder = await app(t);
  if (folder === undefined) return;
  await (built ??= make(folder));
  assert.equal(named(join(folder, 'dist'), '.wasm').length, 1);
  assert.deepEqual(await shown(folder, []), STILL);
  assert.deepEqual(await shown(folder, [], '/?country=DE&plan=gold'), { ...STILL, seen: { h1: ['Good day'], p: ['Pay by card', 'Pay by invoice'] } });
});

test('the server has no ruleset: a fallback of Suspense until the page has one, then live', { timeout: 600_000 }, async (t) => {
  const folder = await app(t);
  if (folder === undefined) return;
  // In development React remarks on how the SDK suspends.
  await (built ??= make(folder));
  const { seen, said } = await shown(folder, [], '/', 'http://127.0.0.1:9/ruleset.json');
  assert.deepEqual(said, []);
  assert.deepEqual(seen.h1, ['Kia ora', 'Kia ora koutou']);
  assert.match(seen.p[0], /^One moment/);
  assert.deepEqual(seen.p.slice(-2), ['Pay by invoice', 'Pay by card']);
});
