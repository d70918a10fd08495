/**
 * Builds the playground, `www/dist`: a folder that any static host can serve. It takes the package's own files;
 * `build.mjs`, `cli.mjs` and `tools.mjs` must have made the modules.
 *
 *   node pkg/build/playground.mjs
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ensureNodeModules, root } from './setup.mjs';

const www = join(root, 'www');
const dist = join(www, 'dist');

/** Files that are served as they are: from the repository, to the site. */
const COPIED = {
  'www/index.html': 'index.html',
  'www/manifest.webmanifest': 'manifest.webmanifest',
  'www/icon.svg': 'icon.svg',
  'pkg/wasm/core.wasm': 'wasm/core.wasm',
  'pkg/wasm/tools_bg.wasm': 'wasm/tools_bg.wasm',
  'examples/shop/contexts.json': 'examples/contexts.json',
  'src/doc/ruleset.schema.json': 'examples/ruleset.schema.json',
};

/** What every part of the site is compiled with: browsers that know the module and `light-dark()`. */
const COMMON = /** @type {const} */ ({
  bundle: true, format: 'esm', minify: true, target: 'es2023', legalComments: 'none', logLevel: 'warning', absWorkingDir: root,
  jsx: 'automatic', jsxImportSource: 'preact',
});

/** A ruleset as people read it: what is built has one line a flag. @param {string} path */
function laidOut(path) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'pkg', 'bin', 'serin.js'), 'fmt', '-'], { input: readFileSync(path), encoding: 'utf8' });
  if (status !== 0) throw new Error(`serin fmt: ${stderr}`);
  return stdout;
}

export async function buildPlayground() {
  ensureNodeModules();
  const { build } = await import('esbuild-wasm');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  // The package by its own name, as pages have it after npm install.
  const alias = Object.fromEntries(
    Object.entries({ serin: 'entry/browser.js', 'serin/messages': 'messages.js', 'serin/tools': 'entry/tools.js' })
      .map(([name, file]) => /** @type {const} */ ([name, join(root, 'pkg', file)]))
      .filter(([, file]) => existsSync(file)),
  );
  const workers = readdirSync(join(www, 'workers')).filter((name) => name.endsWith('.js'));
  await Promise.all([
    build({ ...COMMON, alias, splitting: true, entryPoints: ['www/app/main.jsx'], outdir: 'www/dist/app', chunkNames: '[name]-[hash]' }),
    // Each is a file of its own: a module lies where `new URL('../wasm/core.wasm', import.meta.url)` finds it.
    build({ ...COMMON, alias, entryPoints: workers.map((name) => `www/workers/${name}`), outdir: 'www/dist/workers' }),
    build({ bundle: true, minify: true, logLevel: 'warning', absWorkingDir: root, entryPoints: ['www/style/index.css'], outfile: 'www/dist/style.css' }),
  ]);
  mkdirSync(join(dist, 'examples'));
  writeFileSync(join(dist, 'examples', 'shop.json'), laidOut(join(root, 'examples', 'shop', 'ruleset.json')));
  for (const [source, place] of Object.entries(COPIED)) cpSync(join(root, source), join(dist, place), { recursive: true });
  // The last: it names all others.
  await build({
    bundle: true, minify: true, target: 'es2023', logLevel: 'warning', absWorkingDir: root, entryPoints: ['www/offline.js'], outfile: 'www/dist/offline.js',
    define: { 'globalThis.FILES': JSON.stringify(hashes()) },
  });
  // For `npx serin serve`. The modules are in the package already, and `pkg/bin/serve.js` takes them from there.
  const packed = join(root, 'pkg', 'playground');
  rmSync(packed, { recursive: true, force: true });
  cpSync(dist, packed, { recursive: true, filter: (source) => source !== join(dist, 'wasm') });
}

/** The hash of every file of the site, by its path; the page itself is ''. */
function hashes() {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, path, name }) => relative(dist, join(parentPath ?? path, name)).split(sep).join('/')).sort();
  return Object.fromEntries(paths.map((path) => [
    path === 'index.html' ? '' : path,
    createHash('sha256').update(readFileSync(join(dist, path))).digest('hex').slice(0, 16),
  ]));
}

if (process.argv[1] === import.meta.filename) await buildPlayground();
