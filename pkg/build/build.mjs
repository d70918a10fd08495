/**
 * Builds the core artifact, `pkg/wasm/core.wasm`, and holds it to its budget.
 *
 *   node pkg/build/build.mjs                    the module that ships
 *   node pkg/build/build.mjs --features trap    `pkg/wasm/core-trap.wasm`, which can be made to trap, for tests
 *
 * `cli.mjs` builds the command-line tool for Node.
 *
 * cargo links the crate as a module, wasm-bindgen names its exports, wasm-opt makes it small. All three
 * are pinned and every setting that shapes the module stands in this file or in the profile `core` of
 * Cargo.toml, so the same sources give the same bytes.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attempt, bindgen, cleanEnvironment, findTargetDirectory, place, report, wasmOpt } from './module.mjs';
import { order } from './order.mjs';
import { completePackage } from './package.mjs';
import { SetupError, ensureNodeModules, ensureTarget, root, run, target } from './setup.mjs';

/** Cargo features a variant may add to `wasm`. */
const VARIANTS = ['trap'];

/** The shadow stack lies below the data, so that running over it traps and never overwrites. */
const LINK_ARGS = ['--stack-first', '-zstack-size=65536'];

/**
 * What LLVM does to loops for speed at any level, and leaves alone here: partial redundancy elimination of
 * loads, and strength reduction. Both trade an instruction for locals that live longer, which the download
 * pays for; loading and deciding are no slower without. With the data in one segment, which is the next
 * setting, that is 262 bytes of brotli (2026-11-23, Node 20).
 */
const LLVM_ARGS = ['-enable-load-pre=0', '-disable-lsr'];

/**
 * Data stays one segment: brotli makes less of the zeros between its parts than of the heads of many. And locals
 * are shared by the slower of wasm-opt's two ways in the end: 44 bytes. Keeping it from inlining small functions
 * would be 87 bytes, and makes loading a fifth slower (2026-11-23).
 */
const OPT_ARGS = ['-O3', '--converge', '--coalesce-locals-learning', '--skip-pass=memory-packing', '--strip-debug', '--strip-producers', '--strip-target-features'];

/** What the engines of 2021 know, Safari 15 the youngest of them, and all that the module may use. */
const ENGINE_FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'];

/** What wasm-bindgen's output still holds, and wasm-opt must read in order to drop it. */
const INPUT_FEATURES = [...ENGINE_FEATURES, 'reference-types', 'multivalue'];

await attempt(() => build(readVariant()));

/**
 * Reads the command line: the extra cargo features, in one order however they were written.
 * @returns {string[]}
 */
function readVariant() {
  const usage = `usage: node pkg/build/build.mjs [--features ${VARIANTS.join(',')}]`;
  try {
    const { values } = parseArgs({ options: { features: { type: 'string', default: '' } } });
    const asked = values.features.split(',').filter((name) => name !== '');
    const unknown = asked.find((name) => !VARIANTS.includes(name));
    if (unknown !== undefined) throw new Error(`no variant has the feature '${unknown}'`);
    return VARIANTS.filter((name) => asked.includes(name));
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** @param {string[]} variant */
async function build(variant) {
  ensureTarget(target);
  ensureNodeModules();

  const name = `${['core', ...variant].join('-')}.wasm`;
  const targetDirectory = findTargetDirectory();
  const work = join(targetDirectory, 'serin-build', name);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });

  console.log(`${name}: compiling the crate`);
  run('cargo', [
    'rustc', '--locked', '--package', 'serin', '--lib', '--crate-type', 'cdylib', '--profile', 'core', '--target', target,
    '--no-default-features', '--features', ['wasm', ...variant].join(','),
    '--', ...LINK_ARGS.flatMap((arg) => ['-C', `link-arg=${arg}`]), ...LLVM_ARGS.flatMap((arg) => ['-C', `llvm-args=${arg}`]),
  ], { env: cleanEnvironment() });

  console.log(`${name}: naming the exports with wasm-bindgen`);
  bindgen(['core', join(targetDirectory, target, 'core', 'serin.wasm'), work, join(root, 'pkg', 'wasm')]);

  console.log(`${name}: optimising with wasm-opt`);
  const linked = join(work, 'core_bg.wasm');
  const optimised = join(work, name);
  wasmOpt(INPUT_FEATURES, [...OPT_ARGS, linked, '-o', optimised]);
  writeFileSync(optimised, order(readFileSync(optimised)));
  // Reading it again with less allowed is the proof that no engine needs more.
  wasmOpt(ENGINE_FEATURES, ['--quiet', optimised, '-o', join(work, 'checked.wasm')]);

  const bytes = readFileSync(optimised);
  place(name, bytes);
  if (variant.length === 0) await completePackage(bytes);
  report(name, bytes);
}
