/** What the builds of modules share: where cargo puts them, wasm-opt, their place and their budget. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { SetupError, root, run } from './setup.mjs';

/**
 * Puts a module into the package, whole: a test that reads meanwhile sees the old one or the new one.
 * @param {string} name
 * @param {Uint8Array} bytes
 */
export function place(name, bytes) {
  const output = join(root, 'pkg', 'wasm');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, `${name}.new`), bytes);
  renameSync(join(output, `${name}.new`), join(output, name));
}

/**
 * Prints the sizes and refuses a module that passes its budget.
 * @param {string} name
 * @param {Buffer} bytes
 */
export function report(name, bytes) {
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }).length;
  console.log(`${join('pkg', 'wasm', name)}: ${bytes.length} bytes, gzip ${gzip}, brotli ${brotli}`);

  /** @type {Record<string, number>} */
  const budget = JSON.parse(readFileSync(join(root, 'pkg', 'budget.json'), 'utf8'));
  const allowed = budget[name];
  if (allowed === undefined) return;
  if (brotli > allowed) {
    throw new SetupError(
      `${name} passes its budget by ${brotli - allowed} bytes: brotli ${brotli}, allowed ${allowed}.\n` +
        'Make it smaller; raising pkg/budget.json is a commit of its own with the reason in its message.',
    );
  }
  console.log(`budget: ${allowed} bytes of brotli, ${allowed - brotli} to spare`);
}

/**
 * @param {string[]} features
 * @param {string[]} args
 */
export function wasmOpt(features, args) {
  const program = join(root, 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  run(process.execPath, [program, '--mvp-features', ...features.map((feature) => `--enable-${feature}`), ...args]);
}

/** What Node 20 and the browsers of today know, and Rust uses where it is not told otherwise. */
export const ENGINE_FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'];

/** Builds, and says in words what is missing. @param {() => void | Promise<void>} build */
export async function attempt(build) {
  try {
    await build();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Where cargo puts what it builds: its own settings may have moved it. */
export function findTargetDirectory() {
  const { error, status, stdout } = spawnSync('cargo', ['metadata', '--locked', '--no-deps', '--format-version', '1'], {
    cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error || status !== 0) throw new SetupError('`cargo metadata` failed, see its message above');
  /** @type {{ target_directory: string }} */
  const { target_directory } = JSON.parse(stdout);
  return target_directory;
}

/**
 * Builds the program that runs wasm-bindgen, unless it is there; the first time takes half a minute.
 * @returns {string} where it is
 */
export function buildBindgen() {
  const { error, status, stdout } = spawnSync('cargo', ['build', '--locked', '--package', 'serin-build', '--message-format', 'json-render-diagnostics'], {
    cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error || status !== 0) throw new SetupError('`cargo build --package serin-build` failed, see its message above');
  const messages = stdout.trim().split('\n').map((line) => JSON.parse(line));
  return messages.find(({ executable, target }) => executable && target.name === 'serin-build').executable;
}

/**
 * Runs wasm-bindgen over a module. Where SERIN_BINDGEN names the program, cargo is not asked: it would wait for
 * whatever else of that profile it builds meanwhile.
 * @param {string[]} args see `src/main.rs`
 */
export const bindgen = (args) => run(process.env.SERIN_BINDGEN ?? buildBindgen(), args);

/**
 * The environment without what would change the module behind this file's back, and with what makes messages of
 * panics name crates, not the folders of the machine that builds.
 */
export function cleanEnvironment() {
  const hidden = /^(CARGO_ENCODED_RUSTFLAGS|RUSTFLAGS|CARGO_BUILD_RUSTFLAGS|CARGO_TARGET_.*_RUSTFLAGS|CARGO_PROFILE_.*)$/;
  const sources = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src');
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.test(name))),
    CARGO_ENCODED_RUSTFLAGS: `--remap-path-prefix=${sources}=crates`,
  };
}
