/**
 * Times, in any host: Node, a browser, a Worker, each with the clock that its caller trusts there. All products take turns on one workload, so that what else the
 * machine does falls on all of them; a ratio is made within a turn, never across.
 */
import { asked, gate, ways } from './gate.js';
import { Cannot, hardWork, usualWork } from './workload.js';

/**
 * @typedef {import('./adapters/adapter.js').Adapter} Adapter
 * @typedef {import('./workload.js').Workload} Workload
 * @typedef {{ rounds: number, slice: number, warm: number }} Effort milliseconds of a slice and of warming up
 * @typedef {{ times: Record<string, Record<string, number[]>>, gaps: Record<string, Record<string, string>> }} Measured
 *   nanoseconds an operation by workload and product, one a round; and who cannot do what, with the reason
 * @typedef {{ name: string, loop: import('./loop.js').Loop, sum: (count: number, from: number) => number, count: number, times: number[] }} Runner
 */

/** What a loop must add up to, whatever its length. @param {number[]} ones by visitor */
function summed(ones) {
  const before = [0];
  for (const each of ones) before.push(before[before.length - 1] + each);
  const upTo = (/** @type {number} */ at) => Math.floor(at / ones.length) * before[ones.length] + before[at % ones.length];
  return (/** @type {number} */ count, /** @type {number} */ from) => upTo(from + count) - upTo(from);
}

/** Milliseconds that have passed. @type {() => number | Promise<number>} */
const clock = () => performance.now();

/**
 * Slices in turn, every second round backwards.
 * @param {Runner[]} runners @param {Effort} effort @param {string} what @param {typeof clock} [now] another one
 */
export async function interleave(runners, { rounds, slice, warm }, what, now = clock) {
  for (const runner of runners) {
    const end = (await now()) + warm;
    let took = 0;
    let after = 0;
    do {
      const start = await now();
      await runner.loop(runner.count, 0);
      after = await now();
      took = after - start;
      if (took < slice / 4) runner.count *= 2;
    } while (after < end || took < slice / 4);
    runner.count = Math.max(1, Math.round((runner.count * slice) / took));
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, loop, sum, count, times } of round % 2 === 0 ? runners : runners.toReversed()) {
      const from = round * 997;
      const start = await now();
      const got = await loop(count, from);
      const took = (await now()) - start;
      if (got !== sum(count, from)) throw new Error(`${name}, ${what}: ${got} in place of ${sum(count, from)} while it was timed`);
      times.push((took * 1e6) / count);
    }
  }
}

/**
 * @param {Adapter[]} adapters @param {Effort} effort @param {boolean} hard whether the hard workloads too
 * @param {() => Promise<typeof import('./loop.js')>} freshLoops the loops, imported anew
 * @param {(line: string) => void} say @param {typeof clock} [now] @returns {Promise<Measured>}
 */
export async function measure(adapters, effort, hard, freshLoops, say, now) {
  /** @type {Measured} */
  const measured = { times: {}, gaps: {} };
  /** Engines by product, for the workloads that share their flags. @type {Map<string, any>} */
  let engines = new Map();
  let flags;
  const work = [
    ...usualWork.map((workload) => ({ workload, mode: /** @type {const} */ ('fresh'), name: `${workload.name}, new context` })),
    ...usualWork.map((workload) => ({ workload, mode: /** @type {const} */ ('kept'), name: `${workload.name}, context kept` })),
    ...(hard ? hardWork : []).map((workload) => ({ workload, mode: /** @type {const} */ ('fresh'), name: workload.name })),
  ];
  for (const { workload, mode, name } of work) {
    if (workload.flags !== flags) {
      for (const adapter of adapters) if (engines.has(adapter.name)) await adapter.close?.(engines.get(adapter.name));
      engines = new Map();
      flags = workload.flags;
    }
    /** @type {Runner[]} */
    const runners = [];
    for (const adapter of adapters) {
      const both = ways(adapter, workload);
      try {
        if (both === undefined) throw new Cannot('attributes are flat');
        if (!engines.has(adapter.name)) engines.set(adapter.name, await adapter.load(adapter.write(workload.flags)));
      } catch (error) {
        if (!(error instanceof Cannot)) throw error;
        (measured.gaps[name] ??= {})[adapter.name] = error.message;
        continue;
      }
      const engine = engines.get(adapter.name);
      const way = both[mode];
      const floor = adapter.name === 'floor';
      const ones = floor ? workload.visitors.map(() => 1) : await gate(adapter, workload, engine, way, mode === 'fresh' ? Infinity : 200);
      const loops = await freshLoops();
      const all = workload.key === '';
      const make = mode === 'kept' && !adapter.later ? (all ? loops.allKept : loops.oneKept) : adapter.later ? (all ? loops.allLater : loops.oneLater) : all ? loops.all : loops.one;
      const keys = workload.flags.map((flag) => flag.key);
      const visitors = mode === 'kept' ? workload.visitors.slice(0, 1) : workload.visitors;
      const last = /** @type {string} */ (workload.flags.findLast((flag) => flag.kind === 'constant')?.key);
      const kept = mode === 'kept' && adapter.later ? way.context(engine, visitors[0]) : undefined;
      const loop = make({ way: kept === undefined ? way : { ...way, context: () => kept }, ask: asked(way, workload), engine, key: workload.key, keys, visitors, last });
      runners.push({ name: adapter.name, loop, sum: summed(ones.slice(0, visitors.length)), count: 1, times: [] });
    }
    await interleave(runners, effort, name, now);
    measured.times[name] = Object.fromEntries(runners.map(({ name, times }) => [name, times.map((time) => Number(time.toPrecision(4)))]));
    say(name);
  }
  for (const adapter of adapters) if (engines.has(adapter.name)) await adapter.close?.(engines.get(adapter.name));
  return measured;
}
