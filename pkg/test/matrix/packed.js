/**
 * The package as a user has it: packed, and installed from the tarball into a project of its own. Made
 * once for what the package holds now, however many tests ask, and kept beside the development packages.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support.js';
import { files } from './expect.js';

const HOUR = 3_600_000;
const kept = join(root, 'node_modules', '.cache', 'serin-packed');

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  execFileSync('npm', [...args, '--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8', shell: process.platform === 'win32' });

/** All that `npm pack` would take, by name. @returns {string[]} */
export const packedNames = () => JSON.parse(npm(['pack', '--dry-run', '--json'], join(root, 'pkg')))[0].files.map((/** @type {any} */ file) => file.path);

/** A folder whose node_modules has the package. @returns {string} */
export function packed() {
  const hash = createHash('sha256');
  for (const name of packedNames()) hash.update(`${name}\0`).update(readFileSync(join(root, 'pkg', name)));
  const folder = join(kept, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;

  mkdirSync(kept, { recursive: true });
  for (const old of readdirSync(kept)) {
    // Another test may be at work in one that is new.
    if (!old.startsWith('new-') || Date.now() - statSync(join(kept, old)).mtimeMs > HOUR) rmSync(join(kept, old), { recursive: true, force: true });
  }
  const made = mkdtempSync(join(kept, 'new-'));
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--pack-destination', made], join(root, 'pkg')));
  writeFileSync(join(made, 'package.json'), '{ "name": "a-project", "private": true, "type": "module" }\n');
  npm(['install', join(made, filename)], made);
  try {
    // Another test may have made the same meanwhile.
    renameSync(made, folder);
  } catch {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

/** A fresh copy of that project, with what the programs of the tests import. @param {string} name */
export function project(name) {
  const from = packed();
  const folder = mkdtempSync(join(kept, `new-${name}-`));
  cpSync(from, folder, { recursive: true });
  cpSync(join(root, 'pkg', 'test', 'matrix', 'decide.js'), join(folder, 'decide.js'));
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(files));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
