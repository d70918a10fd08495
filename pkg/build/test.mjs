/**
 * `npm test`: installs and builds what it needs and runs every test, the cheapest first. Ends with a
 * line that counts them.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SetupError, ensureNodeModules, root, run } from './setup.mjs';

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
  const build = join(root, 'pkg', 'build', 'build.mjs');
  run(process.execPath, [build]);
  run(process.execPath, [build, '--features', 'trap']);
  run(process.execPath, [join(root, 'pkg', 'build', 'cli.mjs')]);
  run(process.execPath, [join(root, 'pkg', 'build', 'tools.mjs')]);
  run(process.execPath, [join(root, 'pkg', 'build', 'playground.mjs')]);
  console.log('\n== the types of the hand-written JavaScript');
  for (const project of [join('pkg', 'tsconfig.json'), join('www', 'tsconfig.json')]) {
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', project]);
  }
  const tests = readdirSync(join(root, 'pkg', 'test')).filter((name) => name.endsWith('.test.js')).sort();
  // Many tests wait for a browser, a clock or another program: two at a time, also where there are no more cores.
  const atOnce = Math.max(2, availableParallelism() - 1);
  await counted('the package', process.execPath, ['--test', '--test-reporter=tap', `--test-concurrency=${atOnce}`, ...tests.map((name) => join('pkg', 'test', name))]);
  await counted('the crate', 'cargo', ['test', '--locked', '--workspace']);
  console.log(`\nall tests passed: ${passed} passed, ${skipped} skipped`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\ntest: ${error.message}`);
  process.exitCode = 1;
}
