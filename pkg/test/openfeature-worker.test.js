/** OpenFeature in a Worker, as the page of the package has it, with the package from its tarball. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { workerd } from './matrix/workers.js';
import { first } from './openfeature.js';
import { root } from './support.js';

test('a Worker answers through OpenFeature, each request for its own context', { timeout: 180_000 }, async (t) => {
  if (!need(t, inPackages(['miniflare/package.json']), 'workerd', NPM_CI)) return;
  const blocks = [...readFileSync(join(root, 'src', 'doc', 'package.md'), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  const [block, ...more] = blocks.filter((code) => code.includes('SerinServerProvider('));
  assert.ok(block && more.length === 0, 'one Worker');
  const folder = project('openfeature');
  cpSync(join(root, 'node_modules', '@openfeature'), join(folder, 'node_modules', '@openfeature'), { recursive: true });
  writeFileSync(join(folder, 'worker.js'), `${block}
    const client = OpenFeature.getClient();
    export default {
      async fetch(request) {
        const plan = request.headers.get('x-plan');
        return Response.json(await client.getBooleanDetails('checkout', false, { plan }));
      },
    };`);
  let asked = 0;
  const worker = await workerd(folder, 'worker.js', {
    compatibilityFlags: ['nodejs_compat'],
    outboundService() {
      asked++;
      return new Response(first);
    },
  });
  try {
    const url = await worker.ready;
    const visit = async (/** @type {string} */ plan) => (await fetch(url, { headers: { 'x-plan': plan }, signal: AbortSignal.timeout(30_000) })).json();
    // The first of them may be answered before the ruleset is here, on a busy machine.
    for (let visits = 0; /** @type {any} */ (await visit('paid')).value !== true; visits++) assert.ok(visits < 5);
    const answers = /** @type {any[]} */ (await Promise.all([visit('free'), visit('paid'), visit('free'), visit('paid')]));
    assert.deepEqual(answers.map(({ value, variant, reason }) => [value, variant, reason]), [
      [false, 'off', 'DEFAULT'], [true, 'on', 'TARGETING_MATCH'], [false, 'off', 'DEFAULT'], [true, 'on', 'TARGETING_MATCH'],
    ]);
    assert.equal(asked, 1);
  } finally {
    await worker.dispose();
  }
});
