/**
 * Makes the lock files of the projects named anew, or all of them, without serin:
 * `node pkg/test/matrix/lock.js [name...]`.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { lockOf, npm, withoutSerin } from './installed.js';

const named = process.argv.slice(2);
const names = named.length > 0 ? named : readdirSync(dirname(lockOf(''))).map((file) => basename(file, '.json'));
for (const name of names) {
  const folder = mkdtempSync(join(tmpdir(), 'serin-lock-'));
  try {
    writeFileSync(join(folder, 'package.json'), withoutSerin(name));
    await npm(['install', '--package-lock-only'], folder);
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    const left = withoutAbsent(lock.packages);
    writeFileSync(lockOf(name), `${JSON.stringify(lock, null, 2)}\n`);
    console.log(`${lockOf(name)}${left.length > 0 ? `, without ${left.length} optional packages that the registry does not have, such as ${left[0]}` : ''}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Takes back the wish for optional packages that are nowhere: for machines that a registry or a release
 * does not serve. `npm ci` would refuse the lock file on all others too.
 * @param {Record<string, { optionalDependencies?: Record<string, string> }>} packages
 */
function withoutAbsent(packages) {
  /** @type {string[]} */
  const left = [];
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    const around = path.split('/node_modules/').map((_, at, parts) => `${parts.slice(0, at + 1).join('/node_modules/')}/`);
    for (const name of Object.keys(optionalDependencies)) {
      if (['', ...around].some((folder) => `${folder}node_modules/${name}` in packages)) continue;
      delete optionalDependencies[name];
      left.push(name);
    }
  }
  return left;
}
