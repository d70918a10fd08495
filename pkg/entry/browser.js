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
    // Compiling a stream is refused for any other content type, a parameter included.
    const streams = 'compileStreaming' in WebAssembly && /^\s*application\/wasm\s*$/i.test(response.headers.get('content-type') ?? '');
    if (response.ok && streams) return await WebAssembly.compileStreaming(response);
    const bytes = response.ok && new Uint8Array(await response.arrayBuffer());
    // Many hosts answer with a page for what is missing; the module starts with a 0.
    if (!bytes || bytes[0] !== 0) throw new TypeError(`the host answered ${response.status} for ${url}, and not with the module: serve core.wasm there, or import 'serin/inline'`);
    return await WebAssembly.compile(bytes);
  } finally {
    clearTimeout(timer);
  }
});

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, true);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
