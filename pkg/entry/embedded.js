/** serin in Deno and Bun: the module is text in the code, which needs no leave to read a file, and no file when bundled. */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { compile } from './decode.js';
import { keep } from './keep.js';

const compiled = /*#__PURE__*/ keep(compile);

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, false);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
