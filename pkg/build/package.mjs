/**
 * Makes what the package holds besides its sources and the module: the module as text, the files that Node
 * imports, the README and the licences. Run by itself, it makes them from the module that is there.
 */
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeNodeFiles } from './node.mjs';
import { root } from './setup.mjs';

/** @param {Buffer} bytes the module */
export async function completePackage(bytes) {
  const file = join(root, 'pkg', 'wasm', 'inline.js');
  writeFileSync(`${file}.new`, `export const BASE64 = '${bytes.toString('base64')}';\n`);
  renameSync(`${file}.new`, file);
  await placeNodeFiles();
  for (const name of ['README.md', 'LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(join(root, name), join(root, 'pkg', name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await completePackage(readFileSync(join(root, 'pkg', 'wasm', 'core.wasm')));
