/** What bundlers make of the package from its tarball: each bundle decides every file in a browser. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { brotli } from '../build/size.mjs';
import { build, everything, named, opened, openedAt, start, withPage } from './matrix/bundles.js';
import { lockOf } from './matrix/installed.js';
import { root } from './support.js';

/** For those that write scripts into the page: Parcel an import map, SvelteKit a start, which its own policy in the page allows by a hash. */
const INLINE = "'self' 'unsafe-inline' 'wasm-unsafe-eval'";
const ESBUILD = ['main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist'];
const LONG = 600_000;

/**
 * How each builds into `dist`, what it needs, and how many files of the module there are then.
 * @type {Record<string, { project: string, script: string, args: string[], entry?: string, at?: string, newer?: boolean, scripts?: string, page?: boolean, wasm: number, exports?: boolean }>}
 */
const bundlers = {
  Vite: { project: 'vite', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  'Vite 7': { project: 'vite-7', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  webpack: { project: 'webpack', script: 'webpack/bin/webpack.js', args: ['--mode', 'production'], page: true, wasm: 1 },
  Parcel: { project: 'parcel', script: 'parcel/lib/bin.js', args: ['build', 'index.html', '--no-cache'], scripts: INLINE, wasm: 1 },
  'Parcel, which reads exports when told to': { project: 'parcel', script: 'parcel/lib/bin.js', args: ['build', 'index.html', '--no-cache'], entry: 'serin/inline', exports: true, wasm: 0 },
  Astro: { project: 'astro', script: 'astro/bin/astro.mjs', args: ['build'], at: 'src', newer: true, wasm: 1 },
  SvelteKit: { project: 'sveltekit', script: 'vite/bin/vite.js', args: ['build'], at: 'src', newer: true, scripts: INLINE, wasm: 1 },
  Rollup: { project: 'rollup', script: 'rollup/dist/bin/rollup', args: ['--config'], page: true, wasm: 1 },
  'Rollup, without the plugin': { project: 'rollup', script: 'rollup/dist/bin/rollup', args: ['--config', 'inline.config.js'], entry: 'serin/inline', page: true, wasm: 0 },
  esbuild: { project: 'esbuild', script: 'esbuild/bin/esbuild', args: ESBUILD, entry: 'serin/inline', page: true, wasm: 0 },
  'esbuild, the module by its loader': { project: 'esbuild', script: 'esbuild/bin/esbuild', args: [...ESBUILD, '--loader:.wasm=file'], entry: './serin.js', page: true, wasm: 1 },
};

for (const [name, { project, script, args, page, wasm, scripts, exports, ...how }] of Object.entries(bundlers)) {
  test(name, { timeout: LONG }, async (t) => {
    const made = await withPage(t, project, how);
    if (made === undefined) return;
    const { folder, node } = made;
    if (exports) {
      const manifest = join(folder, 'package.json');
      writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), '@parcel/resolver-default': { packageExports: true } }));
    }
    await build(node, folder, script, args);
    const dist = join(folder, 'dist');
    assert.equal(named(dist, '.wasm').length, wasm, 'files of the module');
    if (page) cpSync(join(folder, 'index.html'), join(dist, 'index.html'));
    if (name === 'SvelteKit') assert.match(readFileSync(join(dist, 'index.html'), 'utf8'), /http-equiv="content-security-policy" content="script-src 'self' 'wasm-unsafe-eval' 'sha256-/);
    everything(await opened(dist, { scripts }));
  });
}

for (const name of ['vite', 'vite-7']) {
  test(`${name}: its development server`, { timeout: LONG }, async (t) => {
    const made = await withPage(t, name);
    if (made === undefined) return;
    const { folder, node } = made;
    everything(await openedAt(folder, start(node, folder, 'vite/bin/vite.js', ['--host', '127.0.0.1'])));
  });
}

/** How to lose the file, and what is in its place. @type {[string, string, (folder: string, node: string) => Promise<any>, number][]} */
const losses = [
  ['Vite 7 in development, without its line', 'vite-7', (folder, node) => {
    rmSync(join(folder, 'vite.config.js'));
    return openedAt(folder, start(node, folder, 'vite/bin/vite.js', ['--host', '127.0.0.1']));
  }, 200],
  ['esbuild, which leaves the name as it is', 'esbuild', async (folder, node) => {
    await build(node, folder, 'esbuild/bin/esbuild', ESBUILD);
    cpSync(join(folder, 'index.html'), join(folder, 'dist', 'index.html'));
    return opened(join(folder, 'dist'));
  }, 404],
];
for (const [name, project, open, status] of losses) {
  test(`where the file is missing, the error says so and how to mend it: ${name}`, { timeout: LONG }, async (t) => {
    const made = await withPage(t, project);
    if (made === undefined) return;
    const { main, client, errors } = await open(made.folder, made.node);
    assert.equal(client, 'no');
    assert.equal(errors.length, 1);
    for (const said of [main, ...errors]) assert.match(said, new RegExp(`the host answered ${status} for http://\\S*/core.wasm, and not with the module: serve core\\.wasm there, or import 'serin/inline'`));
  });
}

test('esbuild, with the file where the script looks for it', { timeout: LONG }, async (t) => {
  const made = await withPage(t, 'esbuild');
  if (made === undefined) return;
  const { folder, node } = made;
  const dist = join(folder, 'dist');
  await build(node, folder, 'esbuild/bin/esbuild', ['main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist/app']);
  cpSync(join(folder, 'index.html'), join(dist, 'app', 'index.html'));
  cpSync(join(folder, 'node_modules', 'serin', 'wasm', 'core.wasm'), join(dist, 'wasm', 'core.wasm'));
  everything(await opened(dist, { path: '/app/index.html' }));
});

/** What the page on the package says of bundlers. */
const words = readFileSync(join(root, 'src', 'doc', 'package.md'), 'utf8');

test('the table of bundlers names the versions that are built with, and how many files there are', () => {
  const table = /<!-- bundlers -->\n([^]*?)<!-- \/bundlers -->/.exec(words)?.[1] ?? '';
  const rows = table.split('\n').slice(2, -1).map((row) => row.split('|').slice(1, 4).map((cell) => cell.trim()));
  /** Where they are pinned, for those that are not of their row's name. @type {Record<string, string>} */
  const pinned = { Astro: 'astro', SvelteKit: '@sveltejs/kit', 'Vite 7': 'vite' };
  /** @type {[string, { project: string, wasm: number }][]} */
  const expected = [...Object.entries(bundlers).filter(([name]) => !name.includes(',')), ['Wrangler', { project: 'worker', wasm: 1 }]];
  assert.deepEqual(rows, expected.map(([name, { project, wasm }]) => {
    const { packages } = JSON.parse(readFileSync(lockOf(project), 'utf8'));
    return [name, packages[`node_modules/${pinned[name] ?? name.toLowerCase()}`].version, wasm === 0 ? 'none' : String(wasm)];
  }));
});

test("the page's way for esbuild is the one that is built", () => {
  assert.ok(words.includes(`\`\`\`js\n${readFileSync(join(root, 'pkg', 'test', 'bundlers', 'esbuild', 'serin.js'), 'utf8')}\`\`\``));
  for (const said of ['--loader:.wasm=file', "optimizeDeps: { exclude: ['serin'] }"]) assert.ok(words.includes(said));
});

test('the module as text costs as much more as the page says', async (t) => {
  const [least, most] = /`serin\/inline` .*: (\d) to (\d) KiB more to download/.exec(words)?.slice(1).map(Number) ?? assert.fail('the page says how much');
  const module = brotli(readFileSync(join(root, 'pkg', 'wasm', 'core.wasm')));
  for (const name of ['load', 'createClient']) {
    const [file, inline] = await Promise.all(['serin', 'serin/inline'].map(async (entry) => {
      const contents = `export { ${name} } from '${entry}';`;
      const { outputFiles } = await esbuild({ stdin: { contents, resolveDir: join(root, 'pkg') }, bundle: true, format: 'esm', minify: true, write: false, conditions: ['browser'], logLevel: 'error' });
      return brotli(outputFiles[0].contents);
    }));
    const more = inline - file - module;
    t.diagnostic(`${name}: ${inline} bytes of brotli, ${more} more than in two files`);
    assert.ok(more > least * 1024 && more < most * 1024, `${more} bytes`);
  }
});
