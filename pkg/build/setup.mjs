/**
 * Makes sure that what a build needs is there, on a fresh clone too, where only rustup and Node are.
 * Every function leaves a machine alone that already has what it asks for, and answers offline then.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The repository, wherever the caller stands. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The target of the module that evaluates. */
export const target = 'wasm32-unknown-unknown';

/** The target of the command-line tool for Node. */
export const cliTarget = 'wasm32-wasip1';

/** A failure that its message explains; the stack would add nothing. */
export class SetupError extends Error {}

/**
 * Runs a program in the repository, its output shown as it comes.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 */
export function run(program, args, options = {}) {
  const { error, status, signal } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw new SetupError(`cannot run \`${program}\`: ${error.message}`);
  if (status !== 0) throw new SetupError(`\`${[program, ...args].join(' ')}\` ended with ${signal ?? `exit code ${status}`}`);
}

/**
 * Runs a program in the repository beside others; what it prints is shown when it has ended.
 * @param {string} what @param {string} program @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export async function aside(what, program, args, env = process.env) {
  const started = performance.now();
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part));
  const code = await new Promise((done, fail) => child.once('close', (code, signal) => done(code ?? signal)).once('error', fail))
    .catch((error) => { throw new SetupError(`cannot run \`${program}\`: ${error.message}`); });
  console.log(`\n== ${what} (${Math.round((performance.now() - started) / 1000)} s)\n${said.trimEnd()}`);
  if (code !== 0) throw new SetupError(`${what}: \`${[program, ...args].join(' ')}\` ended with ${code}`);
}

/**
 * Runs a program in the repository and returns what it prints, or undefined when it cannot run or fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
function ask(program, args) {
  const { error, status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return error || status !== 0 ? undefined : stdout.trim();
}

/** Where npm says what it has installed. @param {string} folder */
const installedIn = (folder) => join(folder, 'node_modules', '.package-lock.json');

/** Whether packages are there, and no older than the lock file. @param {string} folder */
export function isInstalled(folder) {
  const installed = installedIn(folder);
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs;
}

/** Installs what a lock file names, whatever is there. @param {string} folder @param {readonly string[]} [args] */
export function install(folder, args = []) {
  // One package that tests start is a newer Node: linked, it would take the place of the machine's own in every script.
  // npm is a script on Windows, and only a shell starts those.
  run('npm', ['ci', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', ...args], { cwd: folder, shell: process.platform === 'win32' });
}

/**
 * Installs the development packages when they are missing or older than the lock file.
 * @param {{ runtimes?: boolean }} [wanted] runtimes: also those that only tests start, which weigh six
 *   times as much as the rest
 */
export function ensureNodeModules({ runtimes = false } = {}) {
  if (isInstalled(root) && (!runtimes || 'node_modules/miniflare' in JSON.parse(readFileSync(installedIn(root), 'utf8')).packages)) return;
  console.log(`npm ci: installing the development packages${runtimes ? ' and the runtimes that tests start' : ''}`);
  install(root, runtimes ? [] : ['--omit=optional']);
}

/** Adds a WebAssembly target to the toolchain when it is missing. @param {string} target */
export function ensureTarget(target) {
  if (hasTarget(target)) return;
  if (ask('rustup', ['--version']) === undefined) {
    throw new SetupError(
      ask('rustc', ['--version']) === undefined
        ? 'Rust is missing: install it with rustup (https://rustup.rs), then run this again'
        : `the Rust on this machine lacks the target ${target} and there is no rustup to add it: ` +
          'install Rust with rustup (https://rustup.rs), then run this again',
    );
  }
  console.log(`rustup target add ${target}`);
  try {
    run('rustup', ['target', 'add', target]);
  } catch (error) {
    throw new SetupError(`rustup could not add ${target}, see its message above; is the network there?`, { cause: error });
  }
  if (!hasTarget(target)) throw new SetupError(`rustup added ${target}, but \`rustc\` comes from elsewhere; put rustup's first on the PATH`);
}

/** @param {string} target */
function hasTarget(target) {
  const libraries = ask('rustc', ['--print', 'target-libdir', '--target', target]);
  return libraries !== undefined && existsSync(libraries);
}
