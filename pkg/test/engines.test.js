/** The package on an engine of 2021: what came to JavaScript later is taken away, and nothing changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const work = `
  import { readFileSync } from 'node:fs';
  const { load } = await import('./pkg/entry/node.js');
  const { clientOf } = await import('./pkg/client.js');
  const { createTestClient } = await import('./pkg/testing.js');
  const { readSnapshot } = await import('./pkg/snapshot.js');
  const text = readFileSync('examples/shop/ruleset.json', 'utf8');
  const now = Date.parse('2026-12-02T12:00:00Z');
  const module = new WebAssembly.Module(readFileSync('pkg/wasm/core.wasm'));
  const ruleset = await load(new Blob([text]).stream());
  const answers = [];
  for (const { context } of JSON.parse(readFileSync('examples/shop/contexts.json', 'utf8'))) {
    const odd = { ...context, email: context.email + '\\ud800', name: 'é' };
    for (const given of [context, odd]) {
      const bound = ruleset.context(given, { now });
      for (const key of ruleset.keys) answers.push(ruleset.details(key, bound, null), ruleset.explain(key, bound));
      answers.push(ruleset.all(bound), readSnapshot(String(ruleset.snapshot(bound))));
    }
  }
  const errors = [];
  const client = clientOf(() => module)({ ruleset: text, context: { targetingKey: 'user-1' }, onExposure: (exposure) => answers.push(exposure) });
  client.on('error', ({ message }) => errors.push(message));
  client.on('change', ({ keys }) => answers.push(keys));
  answers.push(await client.ready, client.all(), ruleset.keys.map((key) => client.details(key, null)));
  client.kill(ruleset.keys.slice(0, 3));
  client.setContext({ targetingKey: 'user-2' });
  answers.push(client.all());
  client.close();
  const test = createTestClient({ a: { deep: [1] } });
  answers.push(test.object('a', {}));
  test.set('a', { deep: [2] });
  answers.push(test.object('a', {}));
  try {
    await load('{', { strict: true });
  } catch ({ message, diagnostics }) {
    answers.push(message, diagnostics);
  }
  console.log(JSON.stringify({ answers, errors }));`;

/** Of 2022 and later; Safari 15.0 has none of them. */
const takeAway = `
  // Node's own modules may use them.
  await import('node:http');
  delete Object.hasOwn; delete Object.groupBy; delete Map.groupBy; delete Array.fromAsync; delete Promise.withResolvers; delete Promise.try;
  for (const type of [Array, String, Object.getPrototypeOf(Uint8Array)]) delete type.prototype.at;
  for (const name of ['findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with', 'group']) delete Array.prototype[name];
  delete String.prototype.isWellFormed;
  for (const name of ['transfer', 'resize']) delete ArrayBuffer.prototype[name];
  for (const name of ['union', 'intersection', 'difference', 'isSubsetOf']) delete Set.prototype[name];
  for (const name of ['timeout', 'any']) delete AbortSignal[name];
  delete AbortSignal.prototype.throwIfAborted; delete Error.captureStackTrace; delete globalThis.structuredClone; delete ReadableStream.from;
  delete ReadableStream.prototype[Symbol.asyncIterator]; delete ReadableStream.prototype.values; delete Response.json;`;

/** @param {string} before */
function run(before) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', before + work], {
    cwd: new URL('../..', import.meta.url), encoding: 'utf8', timeout: 60_000,
  });
  assert.deepEqual([stderr, status], ['', 0]);
  return JSON.parse(stdout);
}

test('an engine of 2021 gives the answers of this one', () => {
  const here = run('');
  assert.ok(here.answers.length > 100);
  assert.deepEqual(here.errors, []);
  assert.deepEqual(run(takeAway), here);
});
