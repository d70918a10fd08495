/**
 * Builds the command-line tool for Node, `pkg/wasm/cli.wasm`, and holds it to its budget: the sources of the
 * native tool, compiled for WASI. `pkg/bin/serin.js` runs it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_FEATURES, attempt, cleanEnvironment, findTargetDirectory, place, report, wasmOpt } from './module.mjs';
import { cliTarget, ensureNodeModules, ensureTarget, run } from './setup.mjs';

const NAME = 'cli.wasm';

/** The profile in Cargo.toml. */
const PROFILE = 'node';

/** Evaluation never recurses, the tools do, as deep as documents nest: as much stack as a thread has natively. */
const LINK_ARGS = ['-zstack-size=8388608', '--stack-first'];

await attempt(build);

function build() {
  ensureTarget(cliTarget);
  ensureNodeModules();
  const targetDirectory = findTargetDirectory();
  const work = join(targetDirectory, 'serin-build', NAME);
  mkdirSync(work, { recursive: true });

  console.log(`${NAME}: compiling the command-line tool`);
  run('cargo', [
    'rustc', '--locked', '--package', 'serin', '--bin', 'serin', '--profile', PROFILE, '--target', cliTarget,
    '--no-default-features', '--features', 'cli', '--', ...LINK_ARGS.flatMap((arg) => ['-C', `link-arg=${arg}`]),
  ], { env: cleanEnvironment() });

  console.log(`${NAME}: optimising with wasm-opt`);
  const optimised = join(work, NAME);
  wasmOpt(ENGINE_FEATURES, [
    '-Os', '--strip-debug', '--strip-producers', '--strip-target-features',
    join(targetDirectory, cliTarget, PROFILE, 'serin.wasm'), '-o', optimised,
  ]);
  const bytes = readFileSync(optimised);
  place(NAME, bytes);
  report(NAME, bytes);
}
