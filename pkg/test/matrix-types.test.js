/** The declarations from the tarball, in projects of their own, as compilers resolve them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { programs } from './matrix/server.js';
import { root } from './support.js';

const projects = /** @type {Record<string, object>} */ ({
  'resolved as Node does': { module: 'nodenext' },
  'resolved as bundlers do': { module: 'esnext', moduleResolution: 'bundler' },
  'with all conditions of Workers': { module: 'esnext', moduleResolution: 'bundler', customConditions: ['workerd', 'worker', 'browser'] },
});

for (const [name, options] of Object.entries(projects)) {
  test(`a project ${name} compiles`, () => {
    const folder = programs('types');
    const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], ...options };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }));
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', folder], { encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}

test('what the documentation says of types holds in a file of its own, and without the declarations of pages', () => {
  const folder = programs('flags');
  const [block, ...more] = [...readFileSync(join(root, 'src', 'doc', 'package.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  assert.ok(block && more.length === 0, 'one declaration');
  writeFileSync(join(folder, 'flags.d.ts'), block);
  writeFileSync(join(folder, 'use.ts'), `import { load } from 'serin';
    export const theme = async (): Promise<'light' | 'dark'> => (await load('')).string('theme', {}, 'light');
    // @ts-expect-error: no flag of this name
    export const other = async () => (await load('')).string('thema', {}, 'light');`);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', lib: ['es2022'], types: [], module: 'nodenext', skipLibCheck: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['flags.d.ts', 'use.ts'] }));
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', folder], { encoding: 'utf8' });
  assert.equal(stdout, '');
  assert.equal(status, 0);
});
