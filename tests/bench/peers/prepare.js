import { existsSync, statSync } from 'node:fs';
import { ensureNodeModules, run } from '../../../pkg/build/setup.mjs';

/**
 * Makes what is measured: the package as the sources are now, and the other products in exact versions, in a folder of
 * their own. This alone reaches a network, and only for what is not installed.
 * @param {{ hosts: boolean }} wanted hosts: also the browsers' driver and workerd
 */
export function prepare({ hosts }) {
  ensureNodeModules({ runtimes: hosts });
  run(process.execPath, ['pkg/build/build.mjs']);
  const installed = new URL('node_modules/.package-lock.json', import.meta.url);
  const lock = new URL('package-lock.json', import.meta.url);
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('npm ci: installing the other products');
  run('npm', ['ci', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', '--prefix', 'tests/bench/peers'], { shell: process.platform === 'win32' });
}
