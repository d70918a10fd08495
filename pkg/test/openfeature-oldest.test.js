/** The providers on the oldest SDKs that the package names as peers: the tests of the newest, in a process of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { need, NPM_CI } from './matrix/need.js';
import { root } from './support.js';

for (const sdk of ['web', 'server']) {
  test(`the oldest ${sdk} SDK`, { timeout: 180_000 }, (t) => {
    // Its exports hide this file from a resolver.
    const manifest = join(root, 'node_modules', `openfeature-${sdk}-sdk-oldest`, 'package.json');
    if (!need(t, existsSync(manifest) || undefined, `the oldest ${sdk} SDK`, NPM_CI)) return;
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    const { peerDependencies } = JSON.parse(readFileSync(join(root, 'pkg', 'package.json'), 'utf8'));
    assert.equal(peerDependencies[name], `^${version}`, 'it is the one that the package names');
    // What runs tests tells those that it starts, which then say nothing by themselves.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const how = ['--import', new URL('./matrix/oldest.js', import.meta.url).href, join('pkg', 'test', `openfeature-${sdk}.test.js`)];
    const { status, stdout } = spawnSync(process.execPath, how, { cwd: root, encoding: 'utf8', env });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /pass \d\d/);
    assert.match(stdout, /this SDK has none/, 'it was the oldest');
  });
}
