/** serin in a page: the module is a file of its own, compiled while it arrives. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { keep } from './keep.js';

const compiled = /*#__PURE__*/ keep(async () => {
  const controller = new AbortController();
  // A request that hangs would be kept, and waited for, for ever.
  setTimeout(() => controller.abort(), 60_000).unref?.();
  // Bundlers know this expression and bring the file along.
  const response = await fetch(new URL('../wasm/core.wasm', import.meta.url), { signal: controller.signal });
  // Compiling a stream is refused for any other content type, a parameter included.
  const streams = 'compileStreaming' in WebAssembly && /^\s*application\/wasm\s*$/i.test(response.headers.get('content-type') ?? '');
  if (response.ok && streams) return WebAssembly.compileStreaming(response);
  const bytes = response.ok && new Uint8Array(await response.arrayBuffer());
  // Many hosts answer with a page for what is missing; the module starts with a 0.
  if (!bytes || bytes[0] !== 0) throw new TypeError(`the host answered ${response.status} for ${response.url}, and not with the module: serve core.wasm beside the script, or import 'serin/inline'`);
  return WebAssembly.compile(bytes);
});

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, true);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
