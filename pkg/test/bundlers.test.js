/** What bundlers make of the package from its tarball: each bundle decides every file in a browser. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, evaluated, named, withPage } from './matrix/bundles.js';

/** For those that write scripts into the page: Parcel an import map, SvelteKit a start, whose hash its own policy in the page names. */
const INLINE = "'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/**
 * How each builds into `dist`, and what it needs.
 * @type {Record<string, { project: string, script: string, args: string[], entry?: string, at?: string, newer?: boolean, scripts?: string, page?: boolean, wasm: number }>}
 */
const bundlers = {
  Vite: { project: 'vite', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  'Vite 7': { project: 'vite-7', script: 'vite/bin/vite.js', args: ['build'], wasm: 1 },
  webpack: { project: 'webpack', script: 'webpack/bin/webpack.js', args: ['--mode', 'production'], page: true, wasm: 1 },
  Parcel: { project: 'parcel', script: 'parcel/lib/bin.js', args: ['build', 'index.html', '--no-cache'], scripts: INLINE, wasm: 1 },
  Astro: { project: 'astro', script: 'astro/bin/astro.mjs', args: ['build'], at: 'src', newer: true, wasm: 1 },
  SvelteKit: { project: 'sveltekit', script: 'vite/bin/vite.js', args: ['build'], at: 'src', newer: true, scripts: INLINE, wasm: 1 },
  'Rollup, the module inline': { project: 'rollup', script: 'rollup/dist/bin/rollup', args: ['--config'], entry: 'serin/inline', page: true, wasm: 0 },
  'esbuild, the module inline': { project: 'esbuild', script: 'esbuild/bin/esbuild', args: ['main.js', '--bundle', '--format=esm', '--minify', '--outdir=dist'], entry: 'serin/inline', page: true, wasm: 0 },
};

for (const [name, { project, script, args, page, wasm, scripts, ...how }] of Object.entries(bundlers)) {
  test(name, { timeout: 600_000 }, async (t) => {
    const made = await withPage(t, project, how);
    if (made === undefined) return;
    const { folder, node } = made;
    await build(node, folder, script, args);
    const dist = join(folder, 'dist');
    assert.equal(named(dist, '.wasm').length, wasm, 'files of the module');
    if (page) cpSync(join(folder, 'index.html'), join(dist, 'index.html'));
    await evaluated(dist, { scripts });
  });
}
