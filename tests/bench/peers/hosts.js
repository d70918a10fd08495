/** The same measurement in browsers and in workerd, from one bundle each. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild-wasm';
import { browsers, reported } from '../../../pkg/test/matrix/browsers.js';
import { bodyOf, host } from '../../../pkg/test/matrix/host.js';
import { PAGE, WORKER } from './adapters/index.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const modules = /** @type {Record<string, URL>} */ ({
  '/wasm/core.wasm': new URL('node_modules/serin/wasm/core.wasm', import.meta.url),
  '/wasm/flipt.wasm': new URL('node_modules/@flipt-io/flipt-client-js/dist/flipt_engine_wasm_js_bg.wasm', import.meta.url),
});

/**
 * A script whose `measured(effort)` measures. Every loop is a copy of its own, which is more of them than are used.
 * @param {string[]} files @param {string} now the clock, as code
 */
const source = (files, now = 'undefined') => {
  const copies = files.length * 8;
  return `${files.map((file, at) => `import adapter${at} from './adapters/${file}.js';`).join('\n')}
    ${Array.from({ length: copies }, (_, at) => `import * as loop${at} from './loop.js?${at}';`).join('\n')}
    import { measure } from './measure.js';
    const now = ${now};
    const loops = [${Array.from({ length: copies }, (_, at) => `loop${at}`)}];
    const measured = (effort) => measure([${files.map((_, at) => `adapter${at}`)}], effort, false, async () => loops.pop(), () => {}, now);`;
};

/** @param {string} contents @param {import('esbuild-wasm').BuildOptions} options */
const bundle = (contents, options) => build({ stdin: { contents, resolveDir: folder }, bundle: true, format: 'esm', target: 'es2022', logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' }, ...options });

/** In a browser; undefined where it is not here. @param {keyof typeof browsers} name @param {import('./measure.js').Effort} effort */
async function browser(name, effort) {
  if (browsers[name].found === undefined) return undefined;
  const { outputFiles } = await bundle(`${source(PAGE)}
    const report = (what) => fetch('/report', { method: 'POST', body: JSON.stringify(what) });
    measured(${JSON.stringify(effort)}).then((all) => report({ ...all, agent: navigator.userAgent }), (error) => report({ error: String(error.stack ?? error) }));`, { write: false });
  /** @type {(report: any) => void} */
  let told = () => {};
  const report = new Promise((done) => (told = done));
  const site = await host(async (request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'POST') {
      told(JSON.parse(await bodyOf(request)));
      return response.writeHead(204).end();
    }
    // Isolated pages have finer clocks.
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-store' };
    if (path === '/') return response.writeHead(200, { ...headers, 'content-type': 'text/html' }).end('<!doctype html><script type="module" src="/script/bench.js"></script>');
    if (path === '/script/bench.js') return response.writeHead(200, { ...headers, 'content-type': 'text/javascript' }).end(outputFiles?.[0].contents);
    if (modules[path] !== undefined) return response.writeHead(200, { ...headers, 'content-type': 'application/wasm' }).end(readFileSync(modules[path]));
    return response.writeHead(404).end();
  });
  const { error, agent, times } = await reported(name, 600, { ...site, report }, '/');
  if (error !== undefined) throw new Error(`${name}: ${error}`);
  const [version] = /(Chrome|Firefox)\/[\d.]+/.exec(agent) ?? /Version\/[\d.]+/.exec(agent) ?? [agent];
  return { version: version.replace('/', ' '), times };
}

/** In workerd; undefined where it is not here. @param {import('./measure.js').Effort} effort */
async function worker(effort) {
  /** @type {typeof import('miniflare')} */
  let miniflare;
  try {
    miniflare = await import('miniflare');
  } catch {
    return undefined;
  }
  const made = mkdtempSync(join(tmpdir(), 'serin-bench-'));
  try {
    // A Worker's clock stands still but for input and output, and then tells whole milliseconds: its slices are longer.
    const now = 'async () => { await new Promise((done) => setTimeout(done, 1)); return Date.now(); }';
    await bundle(`${source(WORKER, now)}
      export default { fetch: () => measured(${JSON.stringify(effort)}).then((all) => Response.json(all), (error) => Response.json({ error: String(error.stack ?? error) })) };`, {
      outdir: made, entryNames: 'worker', conditions: ['workerd'], external: ['cloudflare:workers', 'node:*'], loader: { '.wasm': 'copy' },
    });
    const running = new miniflare.Miniflare({
      modules: true, rootPath: made, modulesRoot: made, scriptPath: 'worker.js', modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
      compatibilityDate: '2026-01-01', cf: false, host: '127.0.0.1',
    });
    try {
      const { error, times } = /** @type {any} */ (await (await running.dispatchFetch('http://bench/')).json());
      if (error !== undefined) throw new Error(`workerd: ${error}`);
      const version = createRequire(createRequire(import.meta.url).resolve('miniflare'))('workerd/package.json').version;
      return { version: `workerd ${version}`, times };
    } finally {
      await running.dispose();
    }
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** By host; one that is not here is said aloud and left out. @param {import('./measure.js').Effort} effort @param {(line: string) => void} say */
export async function hosts(effort, say) {
  /** @type {Record<string, { version: string, times: import('./measure.js').Measured['times'] }>} */
  const found = {};
  for (const name of [.../** @type {(keyof typeof browsers)[]} */ (Object.keys(browsers)), 'workerd']) {
    const measured = name === 'workerd' ? await worker({ ...effort, slice: effort.slice * 4 }) : await browser(name, effort);
    if (measured === undefined) say(`NOT MEASURED: ${name} is not here`);
    else {
      found[name] = measured;
      say(`${name}: ${measured.version}`);
    }
  }
  return found;
}
