/**
 * serin with its module as text in the bundle: for Deno and Bun, which read no file without leave or
 * when bundled, and wherever a bundler loses the file. Where WebAssembly may not be compiled from
 * bytes (Workers) it cannot run.
 */
import { edgeOf } from '../edge.js';
import { loader } from '../load.js';
import { compile } from './decode.js';
import { keep } from './keep.js';

const compiled = keep(compile);

export const load = /*#__PURE__*/ loader(compiled);
export const createEdge = /*#__PURE__*/ edgeOf(compiled);
export { RulesetError } from '../diagnose.js';
