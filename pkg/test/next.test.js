/** Next with serin on its server, in its proxy, on its edge runtime and in its pages, as `examples/next` has it. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { front, serve, watched } from './matrix/apps.js';
import { browsers } from './matrix/browsers.js';
import { build, named } from './matrix/bundles.js';
import { installed } from './matrix/installed.js';
import { need } from './matrix/need.js';
import { root } from './support.js';

const NEXT = 'next/dist/bin/next';
const ruleset = readFileSync(join(root, 'examples', 'next', 'public', 'ruleset.json'), 'utf8');
const changed = ruleset.replaceAll('Kia ora', 'Kia ora koutou').replace('"value": "paid"', '"value": "gold"');

/** What a page shows: nothing twice, and live what a client component has. */
const STILL = { seen: { h1: ['Kia ora'], p: ['Pay by invoice', 'Pay by card'] }, said: [], kept: { h1: true, p: true } };

/** What a page answers, without what it does later. @param {string} origin @param {string} [cookie] */
async function body(origin, cookie = '') {
  const text = await (await fetch(origin, { headers: { cookie } })).text();
  return [...text.matchAll(/<(?:h1|p)>(.*?)<\/(?:h1|p)>/g)].map(([, words]) => words);
}

test('server components, client components, proxy and edge middleware', { timeout: 1_200_000 }, async (t) => {
  if (!need(t, browsers.Chromium.found, 'Chromium', browsers.Chromium.how)) return;
  const folder = await installed(t, 'next');
  if (folder === undefined) return;
  /**
   * Starts it with a host in front.
   * @param {'dev' | 'start'} how @param {(server: Awaited<ReturnType<typeof serve>>, site: Awaited<ReturnType<typeof front>>) => Promise<unknown>} use
   */
  const started = async (how, use) => {
    if (how === 'start') await build(process.execPath, folder, NEXT, ['build']);
    const site = await front(ruleset, changed);
    const server = await serve(folder, [join('node_modules', NEXT), how], { RULESET: `${site.origin}/ruleset.json` });
    site.state.app = server.origin;
    try {
      await use(server, site);
    } catch (error) {
      throw new Error(`${/** @type {Error} */ (error).message}\n${server.said()}`, { cause: error });
    } finally {
      await server.close();
      site.close();
    }
  };

  await t.test('on Node', () => started('start', async ({ origin }, site) => {
    assert.equal(named(join(folder, '.next', 'static'), '.wasm').length, 1, 'files of the module for pages');
    assert.deepEqual(await body(origin), ['Kia ora', 'Pay by invoice']);
    assert.deepEqual(await body(origin, 'tester=1'), ['The new shop']);
    // Requests side by side, each with a visitor of its own.
    const visitors = Array.from({ length: 40 }, (_, at) => (at % 2 ? ['NZ', 'free', 'Kia ora', 'Pay by card'] : ['DE', 'paid', 'Good day', 'Pay by invoice']));
    const bodies = await Promise.all(visitors.map(([country, plan], at) => body(origin, `visitor=v${at}.${country}.${plan}`)));
    assert.deepEqual(bodies, visitors.map(([, , greeting, payment]) => [greeting, payment]));
    // What only the server decides stays as it is until the page is loaded again.
    assert.deepEqual(await watched(site), STILL);
  }));

  await t.test('in development, where React remarks on hydration and mounts twice', () => started('dev', async (server, site) => {
    assert.deepEqual(await body(server.origin, 'tester=1'), ['The new shop']);
    assert.deepEqual(await watched(site), STILL);
    assert.doesNotMatch(server.said(), /not supported|error|warn/i);
  }));

  await t.test('on the edge runtime', () => {
    const proxy = readFileSync(join(folder, 'proxy.js'), 'utf8');
    writeFileSync(join(folder, 'middleware.js'), proxy.replace('function proxy', 'function middleware'));
    rmSync(join(folder, 'proxy.js'));
    return started('start', async ({ origin }) => {
      const { middleware } = JSON.parse(readFileSync(join(folder, '.next', 'server', 'middleware-manifest.json'), 'utf8'));
      assert.equal(middleware['/'].wasm.length, 1, 'compiled modules');
      assert.deepEqual(await body(origin), ['Kia ora', 'Pay by invoice']);
      assert.deepEqual(await body(origin, 'tester=1'), ['The new shop']);
    });
  });
});
