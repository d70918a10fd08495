/**
 * What builds the package starts from a fresh clone, which `npm start` and `npm run build` install without what is
 * optional: six times less, and nothing that comes in one package for each platform.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support.js';

test('what builds needs nothing that is optional', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const folder = join(root, 'pkg', 'build');
  const found = new Set();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.mjs'))) {
    for (const [, name] of readFileSync(join(folder, file), 'utf8').matchAll(/(?:^import .* from |await import\()'((?!node:)[^.'][^']*)'/gm)) {
      const { optional, optionalDependencies } = packages[`node_modules/${name}`];
      assert.ok(!optional && !optionalDependencies, `${file} imports ${name}, which is not whole without optional packages`);
      found.add(name);
    }
  }
  assert.ok(found.has('esbuild-wasm'), [...found].join());
});
