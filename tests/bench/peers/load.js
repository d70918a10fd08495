/** From text to ready: loading and one evaluation, so that what a product leaves for later counts. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { processor } from './processor.js';
import { mixed, visitor } from './workload.js';

setFlagsFromString('--expose-gc');
const collect = /** @type {(options?: { type: 'minor' }) => void} */ (runInNewContext('gc'));

/**
 * Milliseconds of the processor by product, one a round.
 * @param {import('./measure.js').Adapter[]} adapters @param {number} count of flags @param {number} rounds
 * @param {number} warm rounds before, for the engine to see the code
 */
export async function loading(adapters, count, rounds, warm) {
  const flags = mixed(count);
  const key = /** @type {string} */ (flags.findLast(({ kind }) => kind === 'constant')?.key);
  const runs = adapters.filter(({ name }) => name !== 'floor').map((adapter) => ({ adapter, text: adapter.write(flags), times: /** @type {number[]} */ ([]) }));
  for (let round = -warm; round < rounds; round++) {
    // Once a round: engines throw away code that a few whole collections find unused.
    collect();
    for (const { adapter, text, times } of round % 2 === 0 ? runs : runs.toReversed()) {
      collect({ type: 'minor' });
      const start = processor();
      const engine = await adapter.load(text);
      const answer = await adapter.boolean(engine, adapter.context(engine, visitor(round + warm)), key);
      const took = processor() - start;
      if (answer !== true) throw new Error(`${adapter.name}, ${count} flags: ${String(answer)} in place of true`);
      await adapter.close?.(engine);
      if (round >= 0) times.push(Number(took.toPrecision(4)));
    }
  }
  return {
    times: Object.fromEntries(runs.map(({ adapter, times }) => [adapter.name, times])),
    bytes: Object.fromEntries(runs.map(({ adapter, text }) => [adapter.name, Buffer.byteLength(text)])),
  };
}
