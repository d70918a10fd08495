/**
 * Says aloud what is not tested for want of a program: the test is skipped or, where SERIN_REQUIRE is
 * set, fails.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * @template T @param {import('node:test').TestContext} test @param {T | undefined} found
 * @param {string} what @param {string} how to install it
 * @returns {found is T}
 */
export function need(test, found, what, how) {
  if (found !== undefined) return true;
  const words = `NOT TESTED: ${what} is not here; ${how}`;
  assert.ok(!process.env.SERIN_REQUIRE, words);
  test.skip(words);
  return false;
}

export const NPM_CI = '`npm ci --ignore-scripts` installs it, unless optional packages are left out or have none for this machine';

/** The first of these files of npm packages. @param {string[]} names @returns {string | undefined} */
export function inPackages(names) {
  for (const name of names) {
    const [scope, rest] = name.startsWith('@') ? name.split('/') : ['', name.split('/')[0]];
    const of = scope === '' ? rest : `${scope}/${rest}`;
    try {
      const file = join(require.resolve(`${of}/package.json`), '..', name.slice(of.length));
      if (existsSync(file)) return file;
    } catch {
      // Not installed: the next may be.
    }
  }
}

/** The first of these programs on the PATH, or of these files. @param {string[]} names */
export function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name)))).find((file) => existsSync(file));
}
