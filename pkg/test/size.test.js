/** What a page downloads, held to its budget; raising `pkg/budget.json` is a commit of its own with the reason in its message. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sizes } from '../build/size.mjs';

test('a bundled page stays within its budget', async (t) => {
  const { 'core.wasm': module, 'cli.wasm': cli, 'tools_bg.wasm': tools, playground, ...budget } = JSON.parse(readFileSync(new URL('../budget.json', import.meta.url), 'utf8'));
  const found = await sizes();
  assert.deepEqual(Object.keys(budget), ['load', 'createClient', 'openfeature/web']);
  for (const [name, allowed] of Object.entries(budget)) {
    const { script, total } = found[name];
    t.diagnostic(`${name}: ${total} bytes of brotli, ${script} of them script; allowed ${allowed}`);
    assert.ok(total <= allowed, `${name} passes its budget by ${total - allowed} bytes`);
  }
  // What a page does not import it does not download.
  assert.ok(found['openfeature/web'].script - found.createClient.script < 2_500, 'a provider is thin');
  assert.ok(found.load.script < found.createEdge.script && found.load.script < found.createClient.script - 3_000);
});
