/**
 * A project as its reader has it: a fresh copy of an example, or of a folder of `pkg/test/bundlers`, with
 * its development packages from npm, exactly those of its lock file, and serin from the packed tarball.
 *
 * The lock files in `pkg/test/matrix/locks` are made without serin, which no registry has yet;
 * `lock.js` makes them. What npm brought is kept beside the development packages, by lock file, so that
 * the next run needs no network.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support.js';
import { need } from './need.js';
import { packed } from './packed.js';

const DAY = 86_400_000;
const kept = join(root, 'node_modules', '.cache', 'serin-installed');

/** What building a project leaves in its folder. */
const MADE = new Set(['node_modules', 'dist', 'build', '.next', '.astro', '.svelte-kit', '.parcel-cache', '.wrangler']);

/** The copies, which go when this process ends. @type {string[]} */
const copies = [];
process.once('exit', () => copies.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })));

/** The packed package, asked for once. @type {string | undefined} */
let tarball;

function packedFile() {
  const folder = packed();
  return join(folder, String(readdirSync(folder).find((file) => file.endsWith('.tgz'))));
}

/** npm could not reach its registry, and would wait as long for each further project. */
let unreachable = false;

/** What npm says where it cannot reach its registry and has nothing kept. */
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/** @param {string[]} args @param {string} cwd */
export const npm = (args, cwd) =>
  promisify(execFile)('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 1 << 26 });

/** Where a project's files are. @param {string} name */
export function sources(name) {
  const folders = [join(root, 'examples', name), join(root, 'pkg', 'test', 'bundlers', name)];
  const found = folders.find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) throw new Error(`no package.json in ${folders.join(' or ')}`);
  return found;
}

/** The lock file of a project. @param {string} name */
export const lockOf = (name) => join(root, 'pkg', 'test', 'matrix', 'locks', `${name}.json`);

/** A project's package.json without serin, which is what its lock file was made from. @param {string} name */
export function withoutSerin(name) {
  const manifest = JSON.parse(readFileSync(join(sources(name), 'package.json'), 'utf8'));
  delete manifest.dependencies.serin;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * The folder of a project, ready to be built; undefined where npm has no network and nothing is kept,
 * which the test then says aloud. It lies outside of the repository, whose packages a bundler would find.
 * @param {import('node:test').TestContext} test @param {string} name
 * @returns {Promise<string | undefined>}
 */
export async function installed(test, name) {
  const manifest = withoutSerin(name);
  const modules = await development(name, manifest);
  if (!need(test, modules, `a project with ${name}`, 'npm cannot reach its registry for the packages of its lock file')) return;

  const folder = realpathSync(mkdtempSync(join(tmpdir(), `serin-${name}-`)));
  copies.push(folder);
  cpSync(sources(name), folder, { recursive: true, filter: (file) => !MADE.has(basename(file)) });
  writeFileSync(join(folder, 'package.json'), manifest);
  copyFileSync(lockOf(name), join(folder, 'package-lock.json'));
  link(modules, join(folder, 'node_modules'));
  await npm(['install', '--offline', (tarball ??= packedFile())], folder);
  // As its reader wrote it, and not with the tarball's path.
  copyFileSync(join(sources(name), 'package.json'), join(folder, 'package.json'));
  return folder;
}

/**
 * What npm installs for a lock file, made once; undefined where it cannot.
 * @param {string} name @param {string} manifest
 */
async function development(name, manifest) {
  const lock = readFileSync(lockOf(name));
  const hash = createHash('sha256').update(manifest).update(lock).update(`${process.platform} ${process.arch}`).digest('hex').slice(0, 16);
  const folder = join(kept, `${name}-${hash}`);
  const modules = join(folder, 'node_modules');
  if (existsSync(folder)) {
    const now = new Date();
    utimesSync(folder, now, now);
    return modules;
  }
  if (unreachable) return;
  mkdirSync(kept, { recursive: true });
  for (const old of readdirSync(kept)) {
    // Those of other branches may be wanted again, and another test may be at work in one that is new.
    if (Date.now() - statSync(join(kept, old)).mtimeMs > (old.startsWith('new-') ? DAY / 24 : 14 * DAY)) rmSync(join(kept, old), { recursive: true, force: true });
  }
  const made = mkdtempSync(join(kept, 'new-'));
  writeFileSync(join(made, 'package.json'), manifest);
  writeFileSync(join(made, 'package-lock.json'), lock);
  try {
    await npm(['ci', '--prefer-offline'], made);
    // Where there are none.
    mkdirSync(join(made, 'node_modules'), { recursive: true });
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    unreachable = UNREACHABLE.test(/** @type {any} */ (error).stderr);
    if (unreachable) return;
    throw error;
  }
  try {
    // Another test may have made the same meanwhile.
    renameSync(made, folder);
  } catch {
    rmSync(made, { recursive: true, force: true });
  }
  return modules;
}

/**
 * The same files in another folder, linked where that can be. What tools write, they write into files of
 * their own; npm's own list is written over and so copied, as all files at the top are.
 * @param {string} from @param {string} to
 */
function link(from, to, top = true) {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) link(source, target, false);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (top) copyFileSync(source, target);
    else {
      try {
        linkSync(source, target);
      } catch {
        // Another file system.
        copyFileSync(source, target);
      }
    }
  }
}
