/**
 * `npm run bench:peers`: serin beside other products, all in one run and, once these are installed, without a network.
 * Writes a dated record and fills the tables in `README.md` and `src/doc/benchmarks.md` from it; `--quick` only prints.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FILES, adapterOf } from './adapters/index.js';
import { rows } from './figures.js';
import { prepare } from './prepare.js';
import { processor } from './processor.js';
import { filled, newest, pages, plot, standing, summary } from './render.js';

const root = new URL('../../../', import.meta.url);
const { values: { quick, render } } = parseArgs({ options: { quick: { type: 'boolean', default: false }, render: { type: 'boolean', default: false } } });

/** @param {string} line */
const say = (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** Fills the pages from a record. @param {import('./figures.js').Findings} record */
function fill(record) {
  for (const [path, blocks] of Object.entries(pages(record))) {
    const file = new URL(path, root);
    writeFileSync(file, filled(readFileSync(file, 'utf8'), blocks));
  }
  writeFileSync(new URL('src/doc/scaling.svg', root), plot(record.scaling));
}

/** Lists of numbers stand on one line. @param {unknown} record */
const compact = (record) => `${JSON.stringify(record, undefined, 1).replace(/\[[\s\d.,e+-]*\]/g, (list) => list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`;

/** @param {string} name of an installed package */
const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

async function measured() {
  // After it nothing reaches a network.
  const { tried } = await import('./offline.js');
  const [{ measure }, { loading }, { processes }, { sizes }, { hosts }, { scaling }] = await Promise.all([
    import('./measure.js'), import('./load.js'), import('./processes.js'), import('./sizes.js'), import('./hosts.js'), import('./scaling.js')]);
  const started = performance.now();
  const load = [loadavg()[0]];
  const adapters = await Promise.all(FILES.map(adapterOf));
  const effort = quick ? { rounds: 5, slice: 4, warm: 25 } : { rounds: 9, slice: 20, warm: 120 };
  const products = Object.fromEntries(adapters.filter(({ name }) => name !== 'floor').map(({ name, package: of, kind, api, note, numbers, platform }) =>
    [name, { package: of, version: of === undefined ? undefined : version(of), kind, api, note, numbers, platform }]));
  let copies = 0;
  const { times, gaps } = await measure(adapters, effort, true, () => import(`./loop.js?${copies++}`), say, processor);
  /** @type {import('./figures.js').Findings['load']} */
  const loads = {};
  for (const [count, rounds, warm] of quick ? [[100, 7, 2]] : [[100, 15, 2], [1000, 5, 1], [10_000, 2, 0]]) {
    loads[count] = await loading(adapters, count, rounds, warm);
    say(`loading ${count} flags`);
  }
  const found = {
    date: new Date().toISOString(), quick, machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.versions.node, load }, products, effort, times, gaps, load: loads, sizes: await sizes(adapters),
    // The first start and memory, in processes of their own.
    cold: quick ? {} : await processes('cold', FILES, 100, 3), memory: quick ? {} : await processes('memory', FILES, 10_000, 1),
    hosts: quick ? {} : await hosts({ rounds: 5, slice: 15, warm: 60 }, say), scaling: quick ? {} : await scaling({ rounds: 7, slice: 10, warm: 40 }, say), network: tried,
  };
  load.push(loadavg()[0]);
  return /** @type {import('./figures.js').Findings} */ ({ ...found, seconds: Math.round((performance.now() - started) / 1000) });
}

if (render) {
  const record = newest();
  if (record === undefined) throw new Error('there is no record in tests/bench/results; run without --render');
  fill(record);
} else {
  prepare({ hosts: !quick });
  const record = await measured();
  if (!quick) {
    const results = new URL('tests/bench/results/', root);
    mkdirSync(results, { recursive: true });
    const file = new URL(`${record.date.slice(0, 10)}.json`, results);
    writeFileSync(file, compact(record));
    fill(record);
    say(`written: ${fileURLToPath(file)}`);
  }
  console.log(`\n${summary(record)}\n\n${standing(record)}`);
  if (record.network.length > 0) console.log(`A network was asked for, in vain: ${[...new Set(record.network)].join(', ')}`);
  console.log(`${rows(record).length} rows in ${record.seconds} seconds`);
  // Some products keep timers.
  process.exit();
}
