/** The Worker of the README, as it stands there, with the package from its tarball. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { workerd } from './matrix/workers.js';
import { root } from './support.js';

test('the Worker of the README answers', { timeout: 60_000 }, async (t) => {
  const [block, ...more] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes('createEdge('));
  assert.ok(block && more.length === 0, 'one Worker');
  assert.ok(block.trimEnd().split('\n').length <= 10, 'in ten lines');
  if (!need(t, inPackages(['miniflare/package.json']), 'workerd', NPM_CI)) return;
  const folder = project('readme');
  writeFileSync(join(folder, 'readme.js'), block);
  const ruleset = {
    format: 1,
    flags: { 'new-checkout': { variants: { on: true, off: false }, rules: [{ if: { attribute: 'targetingKey', op: 'eq', value: 'mia' }, serve: 'on' }], serve: 'off' } },
  };
  /** @type {string[]} */
  const asked = [];
  const worker = await workerd(folder, 'readme.js', {
    outboundService(/** @type {Request} */ request) {
      asked.push(request.url);
      return new Response(JSON.stringify(ruleset));
    },
  });
  try {
    const url = await worker.ready;
    const visit = async (/** @type {string} */ user) => (await fetch(url, { headers: { 'x-user': user }, signal: AbortSignal.timeout(30_000) })).text();
    // The first of them may be answered before the ruleset is here, on a busy machine.
    while ((await visit('mia')) !== 'the new checkout') assert.ok(asked.length < 5);
    assert.equal(await visit('tom'), 'the old one');
    assert.deepEqual(asked, ['https://flags.example/ruleset.json']);
  } finally {
    await worker.dispose();
  }
});
