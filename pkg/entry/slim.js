/** serin with a module that the caller brings. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';

/** @type {typeof import('../slim.js').withModule} */
export function withModule(module, { page = false } = {}) {
  const compiled = () => module;
  return { load: loader(compiled), createClient: clientOf(compiled, page), createEdge: edgeOf(compiled) };
}
export { RulesetError } from '../diagnose.js';
