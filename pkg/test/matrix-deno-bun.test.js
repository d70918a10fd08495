/** The package from its tarball in Deno and in Bun. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need, inPackages, NPM_CI } from './matrix/need.js';
import { run } from './matrix/run.js';
import { bundled, installed, programs } from './matrix/server.js';

// The packages' own launchers are made by their install scripts, which are not run.
const deno = inPackages(['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-arm64', 'darwin-x64'].map((name) => `@deno/${name}/deno`));
const bun = inPackages(['linux-x64', 'linux-aarch64', 'linux-x64-musl', 'darwin-aarch64', 'darwin-x64'].map((name) => `@oven/bun-${name}/bin/bun`));
const DENO = ['run', '--no-prompt', '--no-config', '--node-modules-dir=manual', '--cached-only'];

test('Deno: the main thread, a worker, every entry', async (t) => {
  if (!need(t, deno, 'Deno', NPM_CI)) return;
  await installed(programs('deno'), deno, [...DENO, '--allow-read', '--allow-env', '--allow-net=127.0.0.1']);
});

test('Deno: no permission is needed, bundled neither', async (t) => {
  if (!need(t, deno, 'Deno', NPM_CI)) return;
  const folder = programs('deno-alone');
  assert.equal(await run(deno, [...DENO, 'alone.js'], folder), 'yes');
  await bundled(folder, ['deno'], deno, DENO);
});

test('Bun: the main thread, a worker, every entry, and bundled', async (t) => {
  if (!need(t, bun, 'Bun', NPM_CI)) return;
  const folder = programs('bun');
  await installed(folder, bun);
  await bundled(folder, ['bun'], bun);
});
