/** The declarations from the tarball, in projects of their own, as compilers resolve them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
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
