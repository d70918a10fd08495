/** serin in Node: the module is read from beside this file or, where a bundler left that behind, from the bundle. */
import { readFileSync } from 'node:fs';
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { keep } from './keep.js';

const compiled = /*#__PURE__*/ keep(async () => {
  try {
    return new WebAssembly.Module(readFileSync(new URL('../wasm/core.wasm', import.meta.url)));
  } catch {
    return (await import('./decode.js')).compile();
  }
});

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, false);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
