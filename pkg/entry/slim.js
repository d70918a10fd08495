/** serin with a module that the caller brings. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';

/** @type {typeof import('../slim.js').withModule} */
export function withModule(module, { page = false } = {}) {
  const compiled = () => module;
  // Each load says that it failed; before the first there is nobody to hear it.
  Promise.resolve(module).catch(() => {});
  return { load: loader(compiled), createClient: clientOf(compiled, page), createEdge: edgeOf(compiled) };
}
export { RulesetError } from '../diagnose.js';
