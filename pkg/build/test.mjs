/**
 * `npm test`: installs and builds what it needs, each thing once, and runs every test. Ends with a line that
 * counts them.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildBindgen } from './module.mjs';
import { SetupError, aside, ensureNodeModules, ensureTarget, cliTarget, root, run, target } from './setup.mjs';

/** Files that take longest: begun first, so that none of them is still at work when all others are done. */
const LONGEST = ['npx', 'tools', 'bundlers', 'playground', 'ci'];

/** Tests that ran, and those that say they were skipped. */
let passed = 0;
let skipped = 0;

/**
 * Runs a program, shows what it prints, and counts the tests that it reports.
 * @param {string} what @param {string} program @param {string[]} args
 */
async function counted(what, program, args) {
  console.log(`\n== ${what}`);
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } });
  let rest = '';
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout) {
    process.stdout.write(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // cargo's summary, then that of node's runner
      const cargo = /^test result: \w+\. (\d+) passed; \d+ failed; (\d+) ignored/.exec(line);
      const node = /^(?:#|ℹ) (pass|skipped) (\d+)$/.exec(line);
      if (cargo) {
        passed += Number(cargo[1]);
        skipped += Number(cargo[2]);
      } else if (node) {
        if (node[1] === 'pass') passed += Number(node[2]);
        else skipped += Number(node[2]);
      }
    }
  }
  const code = await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(child.exitCode)));
  if (code !== 0) throw new SetupError(`${what}: failed, see above`);
}

try {
  ensureNodeModules({ runtimes: true });
  [target, cliTarget].forEach(ensureTarget);
  const script = (/** @type {string} */ name) => join(root, 'pkg', 'build', name);
  // Cargo builds one thing of a profile at a time. What follows is of another profile each, but for this program, which
  // the modules need and which would have to wait for the tests of the crate.
  const env = { ...process.env, SERIN_BINDGEN: buildBindgen() };
  console.log('\nbuilding the modules and the tests of the crate, side by side');
  const built = await Promise.allSettled([
    aside('the tests of the crate', 'cargo', ['test', '--locked', '--no-run']),
    aside('the command-line tool', process.execPath, [script('cli.mjs')]),
    aside('the module that evaluates', process.execPath, [script('build.mjs')], env)
      .then(() => aside('the module that traps', process.execPath, [script('build.mjs'), '--features', 'trap'], env))
      .then(() => aside('the tools', process.execPath, [script('tools.mjs')], env)),
  ]);
  for (const one of built) if (one.status === 'rejected') throw one.reason;
  run(process.execPath, [script('playground.mjs')]);
  console.log('\n== the types of the hand-written JavaScript');
  for (const project of [join('pkg', 'tsconfig.json'), join('www', 'tsconfig.json')]) {
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', project]);
  }
  const rank = (/** @type {string} */ name) => (LONGEST.indexOf(name.split('.')[0]) + LONGEST.length + 1) % (LONGEST.length + 1);
  const tests = readdirSync(join(root, 'pkg', 'test')).filter((name) => name.endsWith('.test.js')).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  // Many tests wait for a browser, a clock or another program: two at a time, also where there are no more cores.
  const atOnce = Math.max(2, availableParallelism() - 1);
  await counted('the package', process.execPath, ['--test', '--test-reporter=tap', `--test-concurrency=${atOnce}`, ...tests.map((name) => join('pkg', 'test', name))]);
  await counted('the crate', 'cargo', ['test', '--locked']);
  console.log(`\nall tests passed: ${passed} passed, ${skipped} skipped`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\ntest: ${error.message}`);
  process.exitCode = 1;
}
