/** serin in workerd, which compiles what is imported and nothing else. */
import module from '../wasm/core.wasm';
import { loader } from '../load.js';

const compiled = () => module;

export const load = /*#__PURE__*/ loader(compiled);
export { RulesetError } from '../diagnose.js';
