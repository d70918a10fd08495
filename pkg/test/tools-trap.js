/** Opens the tools with a module of which one function traps, in a realm of its own: the first module stays. */
import { parentPort, workerData } from 'node:worker_threads';
import { openTools } from '../entry/tools-node.js';

const { bytes, document } = workerData;
const tools = await openTools(bytes);
const check = () => {
  try {
    return tools.check(document);
  } catch (error) {
    return /** @type {import('../tools.js').ToolsError} */ (error).code;
  }
};
const format = () => tools.format(document).length;
parentPort?.postMessage([format(), check(), format(), check(), check(), format()]);
