/**
 * Counts instructions under callgrind and holds them to `instructions.json`: the same binary and
 * input give the same count whatever else the machine does. `--bless` writes the counts found.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);
const root = fileURLToPath(new URL('../..', here));
const record = new URL('instructions.json', here);
/** Compilers of the same version on other machines choose other instructions now and then. */
const TOLERANCE = 1.1;

if (spawnSync('valgrind', ['--version']).error) {
  console.log('SKIPPED: instruction counts need valgrind');
  process.exit(0);
}
const { target_directory: target } = JSON.parse(execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }));
// A package of its own: an example of the crate would have to wait for all that its tests need.
const build = ['build', '--locked', '--release', '--bin', 'instructions', '--manifest-path', 'tests/bench/Cargo.toml', '--target-dir', target];
execFileSync('cargo', build, { cwd: root, stdio: 'inherit' });

/** @param {string} work @param {number} times */
function count(work, times) {
  const { stderr, status } = spawnSync('valgrind', ['--tool=callgrind', '--callgrind-out-file=/dev/null', `${target}/release/instructions`, work, String(times)], { encoding: 'utf8' });
  const found = /Collected : (\d+)/.exec(stderr);
  if (status !== 0 || !found) throw new Error(`valgrind failed:\n${stderr}`);
  return Number(found[1]);
}

/** @type {Record<string, number>} */
const allowed = JSON.parse(readFileSync(record, 'utf8'));
/** @type {Record<string, number>} */
const counts = {};
let worse = false;
for (const work of ['load', 'bind', 'simple', 'targeting', 'rollout', 'all']) {
  const times = work === 'load' ? 20 : 1000;
  counts[work] = Math.round((count(work, times + 1) - count(work, 1)) / times);
  const most = Math.round((allowed[work] ?? Infinity) * TOLERANCE);
  const passed = counts[work] > most;
  worse ||= passed;
  console.log(`${work.padEnd(10)} ${String(counts[work]).padStart(9)} instructions, recorded ${allowed[work]}${passed ? `: PASSES ${most}` : ''}`);
}
if (process.argv.includes('--bless')) writeFileSync(record, `${JSON.stringify(counts, undefined, 2)}\n`);
else if (worse) {
  console.error('more instructions than recorded: make it faster, or bless the record in a commit of its own with the reason');
  process.exitCode = 1;
}
