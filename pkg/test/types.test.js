/** The declarations, as projects that use them see them: found through the package's exports, by its name. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support.js';

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

for (const project of ['open', 'filled', 'openfeature']) {
  // A line marked @ts-expect-error that is right is an error too, so no part of a project can pass by accident.
  test(`the project ${project} compiles`, () => {
    const { status, stdout } = spawnSync(process.execPath, [compiler, '--project', join('pkg', 'test', 'types', `${project}.json`)], { cwd: root, encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
}
