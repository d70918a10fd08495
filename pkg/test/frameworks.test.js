/** The functions of `src/doc/frameworks.md`, as they stand there: rendered on a server, hydrated and followed in Chromium. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { load } from 'serin';
import { document } from './clients.js';
import { browsers, reported } from './matrix/browsers.js';
import { installed, lockOf } from './matrix/installed.js';
import { need } from './matrix/need.js';
import { site } from './matrix/site.js';
import { root } from './support.js';

const page = readFileSync(join(root, 'src', 'doc', 'frameworks.md'), 'utf8');

/** Where each block of the page belongs. @type {Record<string, [heading: string, language: string]>} */
const BLOCKS = {
  'react/flags.jsx': ['React without an SDK', 'jsx'],
  'vue/flags.js': ['Vue', 'js'],
  'vue/Banner.vue': ['Vue', 'vue'],
  'svelte/flags.js': ['Svelte', 'js'],
  'svelte/Banner.svelte': ['Svelte', 'svelte'],
};

/** The one block of a section in a language. @param {string} heading @param {string} language */
function block(heading, language) {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const [code, ...more] = [...section.matchAll(/```(\w+)\n(.*?)```/gs)].filter(([, written]) => written === language).map(([, , code]) => code);
  assert.ok(code && more.length === 0, `one block of ${language} under ${heading}`);
  return code;
}

/** Compiles components as the frameworks' own tools do. @param {string} folder @param {boolean} server @returns {import('esbuild').Plugin} */
const components = (folder, server) => ({
  name: 'components',
  setup({ onLoad }) {
    const require = createRequire(join(folder, 'package.json'));
    onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const { compile } = require('svelte/compiler');
      const { js, warnings } = compile(readFileSync(path, 'utf8'), { filename: path, generate: server ? 'server' : 'client', dev: !server });
      assert.deepEqual(warnings, []);
      return { contents: js.code };
    });
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { compileScript, parse } = require('vue/compiler-sfc');
      const { descriptor, errors } = parse(readFileSync(path, 'utf8'), { filename: path });
      assert.deepEqual(errors, []);
      return { contents: compileScript(descriptor, { id: 'banner', inlineTemplate: true }).content };
    });
  },
});

test('React, Vue and Svelte without an SDK', { timeout: 600_000 }, async (t) => {
  if (!need(t, browsers.Chromium.found, 'Chromium', browsers.Chromium.how)) return;
  const folder = await installed(t, 'frameworks');
  if (folder === undefined) return;
  for (const [file, [heading, language]] of Object.entries(BLOCKS)) writeFileSync(join(folder, file), block(heading, language));
  /** @param {string} entry @param {boolean} server */
  const bundle = (entry, server) =>
    build({
      entryPoints: [join(folder, entry)], outfile: join(folder, 'site', server ? 'server.mjs' : entry), bundle: true, format: 'esm', target: 'es2022', logLevel: 'error',
      platform: server ? 'node' : 'browser', conditions: [...(server ? ['node'] : ['browser']), 'development', 'module'], jsx: 'automatic',
      // Node resolves these itself: as the server has them.
      ...(server ? { packages: /** @type {const} */ ('external') } : {}),
      loader: { '.wasm': 'empty' },
      define: {
        'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
      },
      plugins: [components(folder, server)],
    });
  await bundle('server.js', true);
  await bundle('page.js', false);

  const flag = { variants: { blue: 'blue', off: 'none' }, off: 'off', serve: 'blue' };
  const snapshot = (await load(document({ banner: flag }))).snapshot({});
  const { render } = await import(pathToFileURL(join(folder, 'site', 'server.mjs')).href);
  const rendered = await render(snapshot);
  mkdirSync(join(folder, 'site'), { recursive: true });
  const elements = Object.entries(rendered).map(([name, html]) => `<div id="${name}">${html}</div>`).join('\n');
  writeFileSync(join(folder, 'site', 'index.html'), `<!doctype html><meta charset="utf-8"><title>?</title>${elements}
    <script type="application/json" id="flags">${snapshot}</script><script type="module" src="page.js"></script>`);

  const followed = { seen: ['blue', 'none', 'blue', 'nothing'], kept: true, listening: 1, after: 0 };
  const got = await reported('Chromium', 120, await site(join(folder, 'site'), "'self'"), '/');
  assert.deepEqual(got, { react: followed, vue: followed, svelte: followed, said: [] });
});

test('the page names the versions that were tested', () => {
  for (const [project, names] of Object.entries({ frameworks: ['react', 'vue', 'svelte'], 'vite-react': ['react', 'vite', '@openfeature/react-sdk'], next: ['next'] })) {
    const { packages } = JSON.parse(readFileSync(lockOf(project), 'utf8'));
    for (const name of names) {
      const { version } = packages[`node_modules/${name}`];
      assert.ok(page.includes(version), `${name} ${version}, of ${project}`);
    }
  }
});
