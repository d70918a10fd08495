/** Loading: from a compiled module and a document to a ruleset. */
import { Core } from './core.js';
import { RulesetError, diagnose } from './diagnose.js';
import { Ruleset } from './ruleset.js';
import { read } from './source.js';

/**
 * @param {() => WebAssembly.Module | Promise<WebAssembly.Module>} compiled
 * @returns {typeof import('./index.js').load}
 */
export function loader(compiled) {
  return async (source, options = {}) => {
    const module = await compiled();
    const core = new Core(module);
    const kept = await read(core, source);
    if (kept.refused || !core.finish()) throw new RulesetError(diagnose(core, kept.source));
    const ruleset = new Ruleset(module, core, kept.source);
    if (options.strict) {
      const faults = ruleset.diagnostics.filter(({ code, severity }) => severity === 'error' || code === 'unknown-operator');
      if (faults.length > 0) throw new RulesetError(faults);
    }
    return /** @type {any} */ (ruleset);
  };
}
