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
  #renewing = false;

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
    const { core } = this;
    try {
      if (!core.spent) return action(core);
    } catch {
      // Here, where nothing more is called: the stack may end before `again` has begun.
      core.spent = true;
    }
    return this.again(action);
  }

  /** Does it with a new instance. @template T @param {(core: Core) => T} action @returns {T | undefined} */
  again(action) {
    // Whatever threw may have left the module in the middle of a call.
    this.core.spent = true;
    let instance;
    try {
      instance = new WebAssembly.Instance(this.#module, {});
    } catch {
      try {
        this.#renew();
      } catch {
        // The stack is full.
      }
      return undefined;
    }
    try {
      const core = this.#load(instance);
      if (core === undefined) return undefined;
      // Until it has answered.
      core.spent = true;
      this.core = core;
      const result = action(core);
      core.spent = false;
      return result;
    } catch {
      return undefined;
    }
  }

  /** @param {WebAssembly.Instance} instance */
  #load(instance) {
    const core = new Core(instance);
    if (!feedAll(core, this.#source) || !core.finish()) return undefined;
    this.#prepare(core);
    return core;
  }

  /**
   * Makes a new instance for the calls that come later. Chrome of 2021 makes none at once on the main thread
   * of a page; and where there was no memory for one, there may be some now.
   */
  async #renew() {
    // Whoever asked may have filled the stack.
    await undefined;
    if (this.#renewing || !this.core.spent) return;
    this.#renewing = true;
    try {
      const core = this.#load(await WebAssembly.instantiate(this.#module, {}));
      if (core !== undefined && this.core.spent) this.core = core;
    } catch {
      // The next call tries again.
    }
    this.#renewing = false;
  }
}
