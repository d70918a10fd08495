/** serin with a module that the caller brings. */
import { loader } from '../load.js';

/** @type {typeof import('../slim.js').withModule} */
export function withModule(module) {
  const compiled = () => module;
  return { load: loader(compiled) };
}
export { RulesetError } from '../diagnose.js';
