/** OpenFeature in pages, as the README has it, under a content security policy, with the package from its tarball. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { build } from 'esbuild';
import { startHost } from './host.js';
import { browsers, reported } from './matrix/browsers.js';
import { need } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { site } from './matrix/site.js';
import { document } from './clients.js';
import { paid } from './openfeature.js';
import { root } from './support.js';

/** Another domain with a context of its own, another context, and what an event says of them. */
const REPORT = `
  const values = [OpenFeature.getClient().getBooleanValue('new-checkout', false)];
  await OpenFeature.setProviderAndWait('other', new SerinWebProvider({ url }), { plan: 'free' });
  const other = OpenFeature.getClient('other');
  values.push(other.getBooleanValue('new-checkout', true));
  const events = [];
  for (const event of ['PROVIDER_RECONCILING', 'PROVIDER_CONTEXT_CHANGED']) other.addHandler(event, () => events.push(event));
  await OpenFeature.setContext('other', { plan: 'paid' });
  values.push(other.getBooleanValue('new-checkout', false));
  await OpenFeature.close();
  await fetch('/report', { method: 'POST', body: JSON.stringify({ values, events }) });`;

/** @type {string} */
let folder;
before(async () => {
  const [block, ...more] = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes('SerinWebProvider('));
  assert.ok(block && more.length === 0, 'one page');
  folder = project('openfeature-page');
  cpSync(join(root, 'node_modules', '@openfeature'), join(folder, 'node_modules', '@openfeature'), { recursive: true });
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app', 'index.html'), '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>');
  const where = "const url = new URL(location.href).searchParams.get('url');\n";
  await build({
    stdin: { contents: block.replace('await OpenFeature', `${where}await OpenFeature`) + REPORT, resolveDir: folder }, outfile: join(folder, 'app', 'page.js'), bundle: true, format: 'esm', minify: true,
    target: ['chrome92', 'firefox90', 'safari15'], conditions: ['browser'], logLevel: 'error',
  });
  cpSync(join(folder, 'node_modules', 'serin', 'wasm'), join(folder, 'wasm'), { recursive: true });
});

for (const name of Object.keys(browsers)) {
  test(`${name}: a page answers through OpenFeature`, { timeout: 180_000 }, async (t) => {
    const { found, how } = browsers[name];
    if (!need(t, found, name, how)) return;
    const host = await startHost(document({ 'new-checkout': paid }));
    try {
      const report = await reported(name, 90, await site(folder, "'self' 'wasm-unsafe-eval'", host.origin), `/app/index.html?url=${encodeURIComponent(host.url)}`);
      assert.deepEqual(report, { values: [true, false, true], events: ['PROVIDER_CONTEXT_CHANGED'] });
    } finally {
      await host.close();
    }
  });
}
