/** The order of a module's functions, in which `pkg/build/order.mjs` puts them: the module that ships, and what is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { order } from '../build/order.mjs';

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Types of a function that takes and gives a number, and of one that takes none. */
const TYPES = [1, 10, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f];

/** Three functions: one that calls the others, also by its address; one that adds 3; and one that is 4. */
const MODULE = Uint8Array.from([
  ...HEAD, ...TYPES, 3, 4, 3, 1, 0, 1, 4, 4, 1, 0x70, 0, 1,
  7, 9, 2, 1, 0x61, 0, 0, 1, 0x62, 0, 2,
  9, 7, 1, 0, 0x41, 0, 0x0b, 1, 1,
  10, 29, 3,
  14, 1, 1, 0x7e, 0x10, 2, 0x10, 1, 0x41, 0, 0x11, 0, 0, 0x0f, 0x0b,
  7, 0, 0x20, 0, 0x41, 3, 0x6a, 0x0b,
  4, 0, 0x41, 4, 0x0b,
]);

/** @param {Uint8Array} bytes */
function run(bytes) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(/** @type {any} */ (bytes)));
  return Object.entries(exports).map(([name, call]) => [name, /** @type {() => number} */ (call)()]);
}

test('a module does the same with its functions from the shortest to the longest', () => {
  const ordered = order(MODULE);
  assert.deepEqual(run(MODULE), [['a', 10], ['b', 4]]);
  assert.deepEqual(run(ordered), run(MODULE));
  assert.notDeepEqual(ordered, MODULE);
  assert.equal(ordered.length, MODULE.length);
  assert.deepEqual(order(ordered), ordered);
  // Of the code section, the shortest function's length and first bytes.
  assert.deepEqual([...ordered.subarray(-28, -23)], [4, 0, 0x41, 4, 0x0b]);
});

test('the module that ships has its functions in that order', () => {
  const module = readFileSync(new URL('../wasm/core.wasm', import.meta.url));
  const again = order(module);
  // Calls of functions whose numbers take more bytes may have made some longer by one.
  assert.ok(Math.abs(again.length - module.length) < 8, `${again.length}, ${module.length}`);
  assert.ok(WebAssembly.validate(/** @type {any} */ (again)));
});

test('what is not known is refused', () => {
  const start = Uint8Array.from([...HEAD, 8, 1, 0]);
  assert.throws(() => order(start), /no section 3|section 8/);
  assert.throws(() => order(MODULE.subarray(0, MODULE.length - 2)), /ends at byte/);
  const instruction = MODULE.slice();
  instruction[instruction.length - 2] = 0xd2;
  instruction[instruction.length - 3] = 0x01;
  assert.throws(() => order(instruction), /instruction 210 is not known/);
});
