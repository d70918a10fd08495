/** serin with a module that the caller brings. */
import { loader } from '../ruleset.js';

/** @type {typeof import('../slim.js').withModule} */
export function withModule(module) {
  const compiled = () => module;
  return { load: loader(compiled) };
}
export { RulesetError } from '../ruleset.js';
