/** The page of the README, as it stands there but for its host, with the package from its tarball. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { document } from './clients.js';
import { startHost } from './host.js';
import { browsers, open } from './matrix/browsers.js';
import { need } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { site } from './matrix/site.js';
import { root } from './support.js';

test('the page of the README answers', { timeout: 120_000 }, async (t) => {
  const [block, ...more] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes('createClient('));
  assert.ok(block && more.length === 0, 'one page');
  assert.ok(block.trimEnd().split('\n').filter((line) => line !== '').length <= 10, 'in ten lines');
  const name = Object.keys(browsers).find((name) => browsers[name].found !== undefined);
  if (!need(t, name, 'a browser', browsers.Chromium.how)) return;
  const rules = [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'on' }];
  const flag = { variants: { on: true, off: false }, off: 'off', rules, serve: 'off' };
  const host = await startHost(document({ 'new-checkout': flag }));
  const folder = project('readme-page');
  const page = block.replace('https://flags.example/ruleset.json', host.url);
  assert.notEqual(page, block);
  // What it shows when it is ready, and when the flag is killed.
  const report = `
    const titles = [document.title];
    client.kill(['new-checkout']);
    titles.push(document.title);
    await fetch('/report', { method: 'POST', body: JSON.stringify(titles) });`;
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app', 'index.html'), '<!doctype html><meta charset="utf-8"><title>?</title><script type="module" src="readme.js"></script>');
  await build({
    stdin: { contents: page + report, resolveDir: folder }, outfile: join(folder, 'app', 'readme.js'), bundle: true, format: 'esm', minify: true,
    target: ['chrome92', 'firefox90', 'safari15'], conditions: ['browser'], logLevel: 'error',
  });
  // Other bundlers know how the entry names the module, and bring it along; this one leaves the name as it is.
  cpSync(join(folder, 'node_modules', 'serin', 'wasm'), join(folder, 'wasm'), { recursive: true });
  const { origin, close, report: reported } = await site(folder, "'self' 'wasm-unsafe-eval'", host.origin);
  const browser = open(/** @type {string} */ (name), `${origin}/app/index.html`);
  try {
    assert.deepEqual(await reported, ['The new checkout', 'The old one']);
  } finally {
    await browser.close();
    close();
    await host.close();
  }
});
