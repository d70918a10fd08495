/**
 * `node tests/bench/memory.mjs`: whether memory grows over ten million evaluations, a hundred thousand
 * contexts and a thousand reloads. Prints what is in use after each tenth, of which the first is the
 * warm-up, and ends with an error if it grew. Run `npm run build` first.
 */
import { createEdge, load } from '../../pkg/entry/node.js';
import { grown, work } from '../../pkg/test/memory.js';

const KIB = 1024;
/** The heap's own noise, code that is compiled and dropped again, is half of it. */
const MOST = 512 * KIB;
const phases = await work({ load, createEdge }, { evaluations: 10_000_000, contexts: 100_000, reloads: 1_000 });
for (const [phase, rows] of Object.entries(phases)) {
  console.log(`\n${phase}, in KiB`);
  console.table(rows.map(({ after, instances, ...bytes }) => ({
    after, instances, ...Object.fromEntries(Object.entries(bytes).map(([what, number]) => [what, Math.round(number / KIB)])),
  })));
  const { instances, ...bytes } = grown(rows);
  console.log(Object.entries(bytes).map(([what, number]) => `${what} ${number < 0 ? '' : '+'}${(number / KIB).toFixed(1)} KiB`).join(', '));
  if (instances > 0 || Object.values(bytes).some((number) => number > MOST)) {
    console.error(`${phase}: memory grew`);
    process.exitCode = 1;
  }
}
