/**
 * Makes `pkg/node`, what Node imports: the package's modules in a few files. Node asks the system several times
 * for each file that it imports, so that one large one starts sooner than thirty small ones. Run by itself, it
 * makes them from the sources that are there.
 *
 * All entries of which one can hand something to another come from one build, or they would not know each other's
 * errors and rulesets. Browsers and bundlers have the modules themselves, of which they leave out what is not used.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './setup.mjs';

const pkg = join(root, 'pkg');
const MAIN = './entry/node.js';

/** What each file gives, by its name without `.js`; `pkg/package.json` names the files. */
const ENTRIES = {
  index: MAIN,
  inline: './entry/inline.js',
  slim: './entry/slim.js',
  testing: './testing.js',
  'openfeature-web': './openfeature/web.js',
  'openfeature-server': './openfeature/server.js',
};

/**
 * Every entry with all of the first: what a file shares with others is cut by which entries need it, so that all
 * that the first needs is one file.
 * @type {import('esbuild-wasm').Plugin}
 */
const together = {
  name: 'together',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'entry' }));
    onLoad({ filter: /^/, namespace: 'entry' }, ({ path }) => ({ contents: `import '${MAIN}'; export * from '${path}';`, resolveDir: pkg }));
  },
};

/** The files by name, as the sources are now. @returns {Promise<Map<string, string>>} */
export async function nodeFiles() {
  // Not before a build has seen to the development packages.
  const { build } = await import('esbuild-wasm');
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, `entry:${path}`])),
    absWorkingDir: pkg, outdir: join(pkg, 'node'), bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20',
    // A module of which one entry needs a part is in one place for all.
    treeShaking: false, ignoreAnnotations: true,
    chunkNames: 'shared-[hash]', legalComments: 'none', charset: 'utf8', logLevel: 'error', write: false,
    alias: { serin: MAIN }, external: ['@openfeature/*', '../wasm/*'], plugins: [together],
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}

/** Writes the files, each whole: a test that reads meanwhile sees the old one or the new one. */
export async function placeNodeFiles() {
  const files = await nodeFiles();
  const folder = join(pkg, 'node');
  mkdirSync(folder, { recursive: true });
  // What is shared comes before those that import it.
  for (const [name, text] of [...files].sort(([name]) => (name.startsWith('shared-') ? -1 : 1))) {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await placeNodeFiles();
