/** serin in Node: the module is read from beside this file, once. */
import { readFileSync } from 'node:fs';
import { loader } from '../load.js';

/** @type {WebAssembly.Module | undefined} */
let module;

export const load = loader(() => (module ??= new WebAssembly.Module(readFileSync(new URL('../wasm/core.wasm', import.meta.url)))));
export { RulesetError } from '../diagnose.js';
