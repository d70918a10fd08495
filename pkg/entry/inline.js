/**
 * serin in a page, with its module as text in the script: for bundlers that lose the file beside it. Where
 * WebAssembly may not be compiled from bytes (Workers) it cannot run.
 */
import { clientOf } from '../client.js';
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { compile } from './decode.js';
import { keep } from './keep.js';

const compiled = /*#__PURE__*/ keep(compile);

export const load = /*#__PURE__*/ loader(compiled);
export const createClient = /*#__PURE__*/ clientOf(compiled, true);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
