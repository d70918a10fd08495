/** serin in a page: the module is a file of its own, compiled while it arrives. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { keep } from './keep.js';

/** Milliseconds until a host that does not answer is given up; the next call asks again. */
const TIMEOUT = 30_000;

const compiled = /*#__PURE__*/ keep(async () => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT);
  try {
    // Bundlers know this expression and bring the file along.
    const url = new URL('../wasm/core.wasm', import.meta.url);
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new TypeError(`the host answered ${response.status} for ${url}: serve core.wasm there, or import 'serin/inline'`);
    // Compiling a stream is refused for any other content type, a parameter included.
    const streams = 'compileStreaming' in WebAssembly && /^\s*application\/wasm\s*$/i.test(response.headers.get('content-type') ?? '');
    return await (streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  } finally {
    clearTimeout(timer);
  }
});

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, true);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
