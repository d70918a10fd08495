/** A module that traps: the call is answered by a new instance, and then by the caller's default. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loader } from '../load.js';

const bytes = readFileSync(new URL('../wasm/core-trap.wasm', import.meta.url));
const module = new WebAssembly.Module(bytes);
const document = JSON.stringify({
  format: 1,
  flags: {
    trap: { variants: { on: true, off: false }, rules: [{ if: { attribute: 'a', op: 'exists' }, serve: 'on' }], serve: 'off' },
    fine: { variants: { on: true, off: false }, off: 'off', rules: [{ if: { attribute: 'a', op: 'exists' }, serve: 'on' }], serve: 'off' },
  },
});

/** Instances made, newest last. @type {any[]} */
const made = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = /** @type {any} */ (class {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
  constructor(module, imports) {
    const instance = new Instance(module, imports);
    made.push(instance);
    return instance;
  }
});

test('a call that traps once is answered by a new instance', async () => {
  const ruleset = await loader(() => module)(document);
  const before = made.length;
  made.at(-1).exports.trap();
  assert.equal(ruleset.boolean('fine', { a: 1 }, false), true);
  assert.equal(made.length, before + 1);
  made.at(-1).exports.trap();
  const bound = ruleset.context({ a: 1 });
  assert.equal(ruleset.boolean('fine', bound, false), true, 'a bound context too');
  ruleset.kill(['fine']);
  made.at(-1).exports.trap();
  assert.equal(ruleset.details('fine', { a: 1 }, true).reason, 'DISABLED', 'the killed set is kept');
});

test('a call that always traps answers the fallback, and its neighbour goes on', async () => {
  const ruleset = await loader(() => module)(document);
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(ruleset.boolean('trap', { a: 1 }, true), true);
    assert.deepEqual(ruleset.details('trap', { a: 1 }, true), { value: true, reason: 'ERROR', errorCode: 'GENERAL' });
    assert.equal(ruleset.details('trap', ruleset.context({ a: 1 }), true).errorCode, 'GENERAL');
    assert.equal(ruleset.boolean('fine', { a: 1 }, false), true);
  }
});
