/**
 * The instance that holds a ruleset, and the next one where it fails. A call into the module that throws (a trap,
 * a full stack, no memory) may leave it in the middle of that call for ever, so it is never called again.
 */
import { Core } from './core.js';
import { feedAll } from './source.js';

export class Instance {
  #module;
  #source;
  #prepare;

  /**
   * @param {WebAssembly.Module} module
   * @param {Core} core with the document loaded
   * @param {import('./core.js').Source} source of the document, to load it again
   * @param {(core: Core) => void} prepare brings a new instance up to date
   */
  constructor(module, core, source, prepare) {
    this.#module = module;
    this.#source = source;
    this.#prepare = prepare;
    this.core = core;
  }

  /**
   * Does what calls into the module; if that throws, does it once more with a new instance, and then gives
   * up: undefined. Nothing in it may run code of a caller, such as a getter of a context, which could ask
   * again meanwhile.
   * @template T @param {(core: Core) => T} action @returns {T | undefined}
   */
  attempt(action) {
    try {
      if (!this.core.spent) return action(this.core);
    } catch {
      // Said below.
    }
    return this.again(action);
  }

  /** Does it with a new instance. @template T @param {(core: Core) => T} action @returns {T | undefined} */
  again(action) {
    // Whatever threw may have left the module in the middle of a call.
    this.core.spent = true;
    try {
      const core = new Core(this.#module);
      // Until it has answered.
      core.spent = true;
      if (!feedAll(core, this.#source) || !core.finish()) return undefined;
      this.#prepare(core);
      this.core = core;
      const result = action(core);
      core.spent = false;
      return result;
    } catch {
      return undefined;
    }
  }
}
