import type { load } from './index.js';

export { RulesetError } from './index.js';

/**
 * serin with a module of the caller: for hosts that the other entries do not know.
 *
 * ```js
 * import module from 'serin/core.wasm';
 * const { load } = withModule(module);
 * ```
 * @param module the compiled `serin/core.wasm` of this very version, or a promise of it. A promise
 *   that rejects makes every `load` reject: what failed is the caller's to try again.
 */
export function withModule(module: WebAssembly.Module | Promise<WebAssembly.Module>): {
  load: typeof load;
};
