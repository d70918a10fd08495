/** The client of the installed package in real pages: stores across loads, a hostile host, no WebAssembly. */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { load } from '../entry/node.js';
import { document, fixed } from './clients.js';
import { FAILURES, startHost } from './host.js';
import { browsers, reported } from './matrix/browsers.js';
import { need } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { site } from './matrix/site.js';
import { root } from './support.js';

/** @type {string} */
let folder;
before(async () => {
  folder = project('client-pages');
  cpSync(join(root, 'pkg', 'test', 'matrix', 'pages'), folder, { recursive: true });
  const rules = document({ plan: { variants: { free: 'free', paid: 'paid' }, rules: [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'paid' }], serve: 'free' } });
  writeFileSync(join(folder, 'ruleset.json'), rules);
  writeFileSync(join(folder, 'snapshot.json'), String((await load(rules)).snapshot({ plan: 'paid' })));
});

for (const name of Object.keys(browsers)) {
  test(`${name}: what is stored outlives the page, poison and a full store harm nobody, no fault of a host does`, { timeout: 150_000 }, async (t) => {
    const { found, how } = browsers[name];
    if (!need(t, found, name, how)) return;
    const host = await startHost(document({ colour: fixed('blue') }));
    // What only a time-out ends would take its time, and to a browser, which keeps the body, 304 is a good answer.
    const failures = FAILURES.filter((mode) => !['hanging', 'stalled', '304'].includes(mode));
    try {
      const report = await reported(name, 90, await site(folder, "'self' 'wasm-unsafe-eval'", host.origin), `/client.html?host=${host.origin}&failures=${failures}`);
      assert.deepEqual(report, {
        load: 4,
        'localStorage, first': ['network', 'blue'], 'indexedDB, first': ['network', 'blue'],
        'localStorage, offline': ['storage', 'blue', true], 'indexedDB, offline': ['storage', 'blue', true],
        'localStorage, poisoned': 'none', 'indexedDB, poisoned': 'none',
        full: ['QuotaExceededError', 1], deleted: 'yes', anew: [3, 5, 'x'], failures: [], time: [true, true],
      });
      assert.deepEqual([...new Set(host.requests.map(({ method }) => method))], ['GET'], 'no preflight');
    } finally {
      await host.close();
    }
  });

  test(`${name}: where the policy forbids WebAssembly a page lives on its snapshot, with one event`, { timeout: 150_000 }, async (t) => {
    const { found, how } = browsers[name];
    if (!need(t, found, name, how)) return;
    const report = await reported(name, 90, await site(folder, "'self'"), '/held.html');
    assert.deepEqual(report, { first: 'paid', source: 'snapshot', codes: ['module'], then: 'paid' });
  });
}
