/** serin in a page: the module is a file of its own, compiled while it arrives. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { keep } from './keep.js';

const compiled = /*#__PURE__*/ keep(async () => {
  // Bundlers know this expression and bring the file along.
  const response = await fetch(new URL('../wasm/core.wasm', import.meta.url));
  if (!response.ok) throw new TypeError(`the host answered ${response.status} for ${response.url}: serve core.wasm beside the script, or import 'serin/inline'`);
  // Compiling a stream is refused for any other content type, a parameter included.
  const streams = 'compileStreaming' in WebAssembly && /^\s*application\/wasm\s*$/i.test(response.headers.get('content-type') ?? '');
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
});

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, true);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
