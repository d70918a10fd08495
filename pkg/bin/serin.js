#!/usr/bin/env node
/**
 * `npx serin`: the command-line tool for machines without Rust. The tool is `pkg/wasm/cli.wasm`, the same
 * source as the native one, compiled for WASI; this is its host. Files, standard output, clock and
 * randomness come from `node:wasi`. What a module cannot reach, it asks for; see `answers.js`.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

/** How a run of the module ends that has a question: `ASKED` in `src/cli/host/wasi.rs`. */
const ASKED = 100;
/** How one ends that was a mistake of ours, as Rust does. */
const PANICKED = 101;

// Node calls WASI experimental whenever it is loaded. Whoever runs `npx serin` can do nothing about that.
const { emitWarning } = process;
process.emitWarning = /** @type {typeof emitWarning} */ ((/** @type {any[]} */ ...warning) => {
  if (!String(warning[0]).startsWith('WASI ')) Reflect.apply(emitWarning, process, warning);
});
// See `run`: nor may the optimising compiler make such calls of them.
setFlagsFromString('--no-turbo-fast-api-calls');
const { WASI } = await import('node:wasi');
process.emitWarning = emitWarning;

/** The folder of questions, once there was one. @type {string | undefined} */
let inbox;
process.once('exit', () => {
  if (inbox !== undefined) rmSync(inbox, { recursive: true, force: true });
});
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
  console.error(`serin: the tool failed: ${error.message}\nThis is a mistake of serin's: please report it.`);
  process.exitCode = PANICKED;
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const module = await compile();
  for (;;) {
    const code = run(module);
    if (code !== ASKED) return code;
    if (inbox === undefined) {
      inbox = mkdtempSync(join(tmpdir(), 'serin-'));
      continue;
    }
    const folder = inbox;
    const open = readdirSync(folder).filter((name) => name.endsWith('.question'));
    const questions = open.filter((name) => !existsSync(join(folder, name.replace(/question$/, 'answer'))));
    if (questions.length === 0) throw new Error(`serin cannot write to ${folder}`);
    const { answer } = await import('./answers.js');
    await waiting(async () => {
      for (const name of questions) await answer(join(folder, name));
    });
  }
}

/**
 * Ended by a signal while it waits, the run takes the folder with it, and the shell learns of the signal.
 * Only then: while the module runs nobody would hear, and the signal would end nothing.
 * @param {() => Promise<void>} work
 */
async function waiting(work) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    if (inbox !== undefined) rmSync(inbox, { recursive: true, force: true });
    signals.forEach((name) => process.off(name, end));
    process.kill(process.pid, signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  signals.forEach((name) => process.on(name, end));
  await work();
  signals.forEach((name) => process.off(name, end));
}

async function compile() {
  const place = new URL('../wasm/cli.wasm', import.meta.url);
  try {
    return await WebAssembly.compile(readFileSync(place));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    throw new Error(`${place.pathname} is not there: build it with \`npm run build\``, { cause: error });
  }
}

/** Runs the tool once. @param {WebAssembly.Module} module @returns {number} */
function run(module) {
  const { root, directory } = places();
  const wasi = new WASI({
    version: 'preview1', returnOnExit: true, args: ['serin', ...process.argv.slice(2)],
    env: { ...strings({ ...process.env, SERIN_INBOX: inbox && guest(inbox), SERIN_PLAYGROUND: playground() }), PWD: directory },
    preopens: { '/': root },
  });
  const imports = /** @type {{ wasi_snapshot_preview1: Record<string, Function> }} */ (wasi.getImportObject());
  const calls = imports.wasi_snapshot_preview1;
  // Called straight from WebAssembly, these are calls in which V8 must not collect garbage; Node 20 lets it,
  // under memory pressure, and breaks its heap. Called by a function of ours they are ordinary ones.
  for (const [name, call] of Object.entries(calls)) calls[name] = (/** @type {any[]} */ ...args) => call(...args);
  const { path_rename: rename } = calls;
  /** @type {WebAssembly.Memory | undefined} */
  let memory;
  /** @param {number} start @param {number} length */
  const path = (start, length) => {
    const text = Buffer.from(/** @type {WebAssembly.Memory} */ (memory).buffer, start, length).toString();
    return join(root, text);
  };
  // WASI knows no rights of files: what replaces a file gets its rights here, before it is seen.
  imports.wasi_snapshot_preview1.path_rename = (/** @type {number[]} */ ...args) => {
    const [, from, fromLength, , to, toLength] = args;
    try {
      chmodSync(path(from, fromLength), statSync(path(to, toLength)).mode & 0o7777);
    } catch {
      // There is none to replace, or its rights may not be given: it is replaced all the same.
    }
    return rename(...args);
  };
  const instance = new WebAssembly.Instance(module, /** @type {any} */ (imports));
  memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  return wasi.start(instance) ?? 0;
}

/** The root that the module sees, and the directory there. */
function places() {
  const directory = process.cwd();
  return { root: parse(directory).root, directory: guest(directory) };
}

/** The playground's files: in the package, or in the checkout that the package is of. */
function playground() {
  const places = ['../playground', '../../www/dist'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const found = places.find((place) => existsSync(join(place, 'index.html')));
  return found && guest(found);
}

/** A path as the module knows it. Where paths have drives, that of the directory. @param {string} place */
function guest(place) {
  const { root } = parse(place);
  return root === '/' ? place : `/${place.slice(root.length).replaceAll('\\', '/')}`;
}

/** @param {NodeJS.ProcessEnv} env */
function strings(env) {
  return /** @type {Record<string, string>} */ (Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)));
}
