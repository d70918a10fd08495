/**
 * Builds the full artifact, `pkg/wasm/tools_bg.wasm` with its glue `pkg/wasm/tools.js`, and holds it to its
 * budget: the release tools for pages, workers and Node. `serin/tools` opens it.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_FEATURES, attempt, bindgen, cleanEnvironment, findTargetDirectory, place, report, wasmOpt } from './module.mjs';
import { ensureNodeModules, ensureTarget, run, target } from './setup.mjs';

const NAME = 'tools_bg.wasm';

/** The profile in Cargo.toml. */
const PROFILE = 'full';

/** The tools recurse as deep as documents nest; below the data, running over the stack traps and never overwrites. */
const LINK_ARGS = ['-zstack-size=4194304', '--stack-first', '--max-memory=1073741824'];

/** See `build.mjs`. */
const LLVM_ARGS = ['-enable-load-pre=0', '-disable-lsr'];

/** For size, and data in one segment, see `build.mjs`. */
const OPT_ARGS = ['-Oz', '--skip-pass=memory-packing', '--strip-debug', '--strip-producers', '--strip-target-features'];

await attempt(build);

function build() {
  ensureTarget(target);
  ensureNodeModules();
  const targetDirectory = findTargetDirectory();
  const work = join(targetDirectory, 'serin-build', NAME);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });

  console.log(`${NAME}: compiling the tools`);
  run('cargo', [
    'rustc', '--locked', '--package', 'serin', '--lib', '--crate-type', 'cdylib', '--profile', PROFILE, '--target', target,
    '--no-default-features', '--features', 'full', '--', ...LINK_ARGS.flatMap((arg) => ['-C', `link-arg=${arg}`]),
    ...LLVM_ARGS.flatMap((arg) => ['-C', `llvm-args=${arg}`]),
  ], { env: cleanEnvironment() });

  console.log(`${NAME}: making the glue with wasm-bindgen`);
  bindgen(['tools', join(targetDirectory, target, PROFILE, 'serin.wasm'), work]);

  console.log(`${NAME}: optimising with wasm-opt`);
  const optimised = join(work, 'optimised.wasm');
  wasmOpt(ENGINE_FEATURES, [...OPT_ARGS, join(work, NAME), '-o', optimised]);
  const bytes = readFileSync(optimised);
  place(NAME, bytes);
  for (const name of ['tools.js', 'tools.d.ts']) place(name, readFileSync(join(work, name)));
  report(NAME, bytes);
}
