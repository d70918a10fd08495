/** What bundlers make of the package from its tarball: each bundle decides every file in a browser. */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, everything, named, opened, openedAt, start, withPage } from './matrix/bundles.js';

/** For those that write scripts into the page: Parcel an import map, SvelteKit a start, which its own policy in the page allows by a hash. */
const INLINE = "'self' 'unsafe-inline' 'wasm-unsafe-eval'";
const ESBUILD = ['main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist'];
const LONG = 600_000;

/**
 * How each builds into `dist`, what it needs, and how many files of the module there are then.
 * @type {Record<string, { project: string, script: string, args: string[], entry?: string, at?: string, newer?: boolean, scripts?: string, page?: boolean, wasm: number }>}
 */
const bundlers = {
  Vite: { project: 'vite', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  'Vite 7': { project: 'vite-7', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  webpack: { project: 'webpack', script: 'webpack/bin/webpack.js', args: ['--mode', 'production'], page: true, wasm: 1 },
  Parcel: { project: 'parcel', script: 'parcel/lib/bin.js', args: ['build', 'index.html', '--no-cache'], scripts: INLINE, wasm: 1 },
  Astro: { project: 'astro', script: 'astro/bin/astro.mjs', args: ['build'], at: 'src', newer: true, wasm: 1 },
  SvelteKit: { project: 'sveltekit', script: 'vite/bin/vite.js', args: ['build'], at: 'src', newer: true, scripts: INLINE, wasm: 1 },
  Rollup: { project: 'rollup', script: 'rollup/dist/bin/rollup', args: ['--config'], page: true, wasm: 1 },
  'Rollup, without the plugin': { project: 'rollup', script: 'rollup/dist/bin/rollup', args: ['--config', 'inline.config.js'], entry: 'serin/inline', page: true, wasm: 0 },
  esbuild: { project: 'esbuild', script: 'esbuild/bin/esbuild', args: ESBUILD, entry: 'serin/inline', page: true, wasm: 0 },
  'esbuild, the module by its loader': { project: 'esbuild', script: 'esbuild/bin/esbuild', args: [...ESBUILD, '--loader:.wasm=file'], entry: './serin.js', page: true, wasm: 1 },
};

for (const [name, { project, script, args, page, wasm, scripts, ...how }] of Object.entries(bundlers)) {
  test(name, { timeout: LONG }, async (t) => {
    const made = await withPage(t, project, how);
    if (made === undefined) return;
    const { folder, node } = made;
    await build(node, folder, script, args);
    const dist = join(folder, 'dist');
    assert.equal(named(dist, '.wasm').length, wasm, 'files of the module');
    if (page) cpSync(join(folder, 'index.html'), join(dist, 'index.html'));
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
