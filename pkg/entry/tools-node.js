/** The release tools in Node, Deno and Bun: the module is read from beside this file. */
import { readFile } from 'node:fs/promises';
import { toolsOf } from '../open-tools.js';

export const openTools = /*#__PURE__*/ toolsOf(() => readFile(new URL('../wasm/tools_bg.wasm', import.meta.url)));
export { ToolsError } from '../open-tools.js';
