/**
 * What a page downloads in order to evaluate: an app of one line, bundled and minified from the package,
 * and the module, each in brotli. Run by itself, it prints that.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild-wasm';
import { root } from './setup.mjs';

/** The app's one line, by the name that `pkg/budget.json` has for it. */
const APPS = /** @type {Record<string, string>} */ ({
  load: "export { load } from 'serin';",
  createClient: "export { createClient } from 'serin';",
  createEdge: "export { createEdge } from 'serin';",
  'openfeature/web': "export { SerinWebProvider } from 'serin/openfeature/web';",
});

/** @param {Uint8Array} bytes */
export const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

/** Bytes of brotli by app: the script, and with the module. @returns {Promise<Record<string, { script: number, total: number }>>} */
export async function sizes() {
  const module = brotli(readFileSync(join(root, 'pkg', 'wasm', 'core.wasm')));
  const measured = Object.entries(APPS).map(async ([name, contents]) => {
    const { outputFiles } = await build({
      // Inside the package its own name means the package.
      stdin: { contents, resolveDir: join(root, 'pkg') }, bundle: true, format: 'esm', minify: true, write: false, logLevel: 'error',
      target: ['chrome92', 'firefox90', 'safari15'], conditions: ['browser'],
      // A page that uses OpenFeature has its SDK for that.
      external: ['@openfeature/*'],
    });
    const script = brotli(outputFiles[0].contents);
    return [name, { script, total: script + module }];
  });
  return Object.fromEntries(await Promise.all(measured));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await sizes());
