/** Loading: from a compiled module and a document to a ruleset. */
import { Core } from './core.js';
import { RulesetError, diagnose } from './diagnose.js';
import { Ruleset } from './ruleset.js';
import { feedAll, read } from './source.js';

/** @typedef {import('./core.js').Source} Source */

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./index.js').load}
 */
export function loader(compiled) {
  return async (source, { strict = false } = {}) => {
    /** @type {WebAssembly.Module} */
    let module;
    try {
      module = await compiled();
    } catch (cause) {
      throw failure(cause);
    }
    /** None: it failed, which says nothing of the document. @type {Core | undefined} */
    let core;
    try {
      core = new Core(await WebAssembly.instantiate(module, {}));
    } catch {
      // Tried again when the document is here.
    }
    const kept = await read(source, (part) => {
      try {
        return core === undefined || (typeof part === 'string' ? core.feedText(part) : core.feed(part));
      } catch {
        core = undefined;
        return true;
      }
    });
    if (core !== undefined) {
      try {
        return open(module, core, kept.source, kept.fed, strict);
      } catch (error) {
        if (error instanceof RulesetError) throw error;
      }
    }
    try {
      core = new Core(await WebAssembly.instantiate(module, {}));
      return open(module, core, kept.source, feedAll(core, kept.source), strict);
    } catch (error) {
      throw error instanceof RulesetError ? error : failure(error);
    }
  };
}

/**
 * @param {WebAssembly.Module} module @param {Core} core @param {Source} source
 * @param {boolean} fed whether the core took all of it @param {boolean} strict
 * @returns {any}
 */
function open(module, core, source, fed, strict) {
  if (!fed || !core.finish()) throw new RulesetError(diagnose(core, source));
  if (strict) {
    const faults = diagnose(core, source).filter(({ code, severity }) => severity === 'error' || code === 'unknown-operator');
    if (faults.length > 0) throw new RulesetError(faults);
  }
  return new Ruleset(module, core, source);
}

/** @param {unknown} cause */
function failure(cause) {
  return new Error(
    `the WebAssembly module of serin does not run here, and no ruleset was loaded: ${cause}; ` +
      "a content security policy has to allow 'wasm-unsafe-eval', and there has to be memory left",
    { cause },
  );
}
