import type { createClient, createEdge, load } from './index.js';

export { RulesetError } from './index.js';

/**
 * serin with a module of the caller: for hosts and bundlers that the other entries do not know.
 *
 * ```js
 * import module from 'serin/core.wasm';
 * const { load, createEdge } = withModule(module);
 * ```
 * @param module the compiled `serin/core.wasm` of this very version, or a promise of it. A promise that rejects
 *   makes every `load` reject: what failed is the caller's to try again.
 * @param options.page this runs in a page: a client asks its host as pages may, without a header of its own, and
 *   has what the browser cached checked. Default false
 */
export function withModule(module: WebAssembly.Module | Promise<WebAssembly.Module>, options?: { page?: boolean }): {
  load: typeof load;
  createClient: typeof createClient;
  createEdge: typeof createEdge;
};
