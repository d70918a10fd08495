/**
 * One measurement in a process of its own: `node --expose-gc child.mjs cold|memory <adapter> <file> <constant flag>
 * <flag with rules>`. Prints JSON.
 */
import './offline.js';
import { uncounted } from './memories.js';
import { readFileSync } from 'node:fs';
import { adapterOf } from './adapters/index.js';
import { processor } from './processor.js';
import { expected, mixed, visitor } from './workload.js';

const [what, file, path, constant, rules] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
const someone = visitor(1);

const settled = async () => {
  for (let time = 0; time < 4; time++) {
    /** @type {any} */ (globalThis).gc();
    await new Promise((done) => setTimeout(done, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external + uncounted();
};

const start = processor();
const adapter = await adapterOf(file);
const imported = processor();
const before = what === 'memory' ? await settled() : 0;
const begun = processor();
const engine = await adapter.load(text);
const answer = await adapter.string(engine, adapter.context(engine, someone), rules);
const ready = processor();
const right = answer === expected(mixed(2)[1], someone) && (await adapter.boolean(engine, adapter.context(engine, someone), constant)) === true;
if (!right) throw new Error(`${adapter.name} answers ${String(answer)}`);
if (what === 'memory') {
  const bytes = (await settled()) - before;
  // The caller's text is held until here: it is in both figures, and so in neither.
  console.log(JSON.stringify({ bytes, ofText: text.length }));
} else console.log(JSON.stringify({ import: imported - start, ready: ready - begun }));
process.exit();
