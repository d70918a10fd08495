import { fileURLToPath } from 'node:url';
import { ensureNodeModules, install, isInstalled, run } from '../../../pkg/build/setup.mjs';

/**
 * Makes what is measured: the package as the sources are now, and the other products in exact versions, in a folder of
 * their own. This alone reaches a network, and only for what is not installed.
 * @param {{ hosts: boolean }} wanted hosts: also the browsers' driver and workerd
 */
export function prepare({ hosts }) {
  ensureNodeModules({ runtimes: hosts });
  run(process.execPath, ['pkg/build/build.mjs']);
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (isInstalled(folder)) return;
  console.log('npm ci: installing the other products');
  install(folder);
}
