/** Workers for the tests, made from the installed package by a bundler, as users make them. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Where the bundler of an edge platform puts compiled modules: a global. */
export const GLOBAL_MODULE = 'serin_core_module';

/**
 * A Worker in workerd.
 * @param {string} folder @param {string} entry @param {Record<string, any>} options of miniflare
 */
export async function workerd(folder, entry, options = {}) {
  const { Miniflare, Log, LogLevel } = await import('miniflare');
  const made = join(folder, `worker-${randomUUID()}`);
  await build({
    entryPoints: [join(folder, entry)], outdir: made, entryNames: 'worker', bundle: true, format: 'esm', target: 'es2022', conditions: ['workerd'],
    // What Node has, Wrangler names so too.
    external: ['cloudflare:workers', 'node:*'], alias: { async_hooks: 'node:async_hooks' }, loader: { '.wasm': 'copy' }, logLevel: 'error',
  });
  return new Miniflare({
    modules: true, rootPath: made, modulesRoot: made, scriptPath: 'worker.js', modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    compatibilityDate: '2026-01-01', cf: false, host: '127.0.0.1', kvNamespaces: ['FLAGS'], log: new Log(LogLevel.NONE), handleRuntimeStdio: (out, err) => {
      out.resume();
      err.resume();
    }, ...options,
  });
}

/** An edge function in Vercel's runtime. @param {string} folder @param {string} entry */
export async function edgeLight(folder, entry) {
  const { EdgeRuntime } = await import('edge-runtime');
  const { outputFiles } = await build({
    stdin: {
      contents: `import worker from './${entry}';
        addEventListener('fetch', (event) => event.respondWith(worker.fetch(event.request, {}, { waitUntil: (promise) => event.waitUntil(promise) })));`,
      resolveDir: folder,
    },
    bundle: true, format: 'iife', target: 'es2022', conditions: ['edge-light'], write: false, logLevel: 'error',
    plugins: [{
      name: 'compiled modules',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /\.wasm\?module$/ }, () => ({ path: 'core.wasm', namespace: 'compiled' }));
        onLoad({ filter: /.*/, namespace: 'compiled' }, () => ({ contents: `export default globalThis.${GLOBAL_MODULE};` }));
      },
    }],
  });
  // Compiled outside, so it is a module of another realm.
  const module = new WebAssembly.Module(readFileSync(join(folder, 'node_modules', 'serin', 'wasm', 'core.wasm')));
  return new EdgeRuntime({ initialCode: outputFiles[0].text, extend: (context) => Object.assign(context, { [GLOBAL_MODULE]: module }) });
}
