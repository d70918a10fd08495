/** The release tools in a page or a worker: the module is a file of its own, compiled while it arrives. */
import { toolsOf } from '../open-tools.js';

/** Milliseconds until a host that does not answer is given up; the next call asks again. */
const TIMEOUT = 30_000;

export const openTools = /*#__PURE__*/ toolsOf(async () => {
  // Bundlers know this expression and bring the file along.
  const url = new URL('../wasm/tools_bg.wasm', import.meta.url);
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  if (response.ok && /^\s*application\/wasm\s*$/i.test(response.headers.get('content-type') ?? '')) return response;
  const bytes = response.ok && new Uint8Array(await response.arrayBuffer());
  // Many hosts answer with a page for what is missing; the module starts with a 0.
  if (!bytes || bytes[0] !== 0) throw new TypeError(`the host answered ${response.status} for ${url}, and not with the module: serve tools_bg.wasm there, or hand it to openTools()`);
  return bytes;
});
export { ToolsError } from '../open-tools.js';
