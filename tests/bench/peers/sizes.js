/** What an app downloads to load a text and ask one flag: its script, bundled and minified, and the module, each in brotli. */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild-wasm';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @param {Uint8Array} bytes */
const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

/** Bytes by product. @param {import('./measure.js').Adapter[]} adapters */
export async function sizes(adapters) {
  /** @type {Record<string, { script: number, module: number }>} */
  const found = {};
  for (const { name, app, wasm = [], platform } of adapters) {
    if (app === undefined) continue;
    const { outputFiles } = await build({
      stdin: { contents: app, resolveDir: folder }, bundle: true, format: 'esm', minify: true, write: false, logLevel: 'error', target: 'es2022', platform: platform ?? 'browser',
      external: platform === 'node' ? [...builtinModules, 'node:*'] : [], define: { 'process.env.NODE_ENV': '"production"' },
    });
    const module = wasm.reduce((sum, path) => sum + brotli(readFileSync(new URL(`node_modules/${path}`, import.meta.url))), 0);
    found[name] = { script: brotli(outputFiles[0].contents), module };
  }
  return found;
}
