/** The package from its tarball in pages, under a content security policy. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { build } from 'esbuild';
import { browsers, reported } from './matrix/browsers.js';
import { decided } from './matrix/expect.js';
import { host } from './matrix/host.js';
import { need } from './matrix/need.js';
import { project } from './matrix/packed.js';
import { site } from './matrix/site.js';
import { GOOD, root } from './support.js';

const POLICY = "'self' 'wasm-unsafe-eval'";

/** @type {string} */
let folder;
before(async () => {
  folder = project('pages');
  cpSync(join(root, 'pkg', 'test', 'matrix', 'pages'), folder, { recursive: true });
  await build({
    stdin: { contents: "export { load } from 'serin/inline';", resolveDir: folder }, outfile: join(folder, 'bundle.js'),
    bundle: true, format: 'esm', minify: true, target: ['safari15', 'chrome92', 'firefox90'], logLevel: 'error',
  });
});

for (const name of Object.keys(browsers)) {
  test(`${name}: every file, every entry, and what hosts do wrong`, { timeout: 120_000 }, async (t) => {
    const { found, how } = browsers[name];
    if (!need(t, found, name, how)) return;
    /** @type {string[]} */
    const methods = [];
    // Any origin may read it, and nothing else is allowed: a preflight would fail.
    const other = await host((request, response) => {
      methods.push(request.method ?? '');
      if (request.method !== 'GET') return response.writeHead(405).end();
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/plain' }).end(GOOD);
    });
    try {
      const { main, worker, ...rest } = await reported(name, 60, await site(folder, POLICY, other.origin), `/?other=${other.origin}/ruleset.json`);
      assert.deepEqual(rest, {
        inline: 'yes', bundled: 'yes', slim: 'yes', 'from another host': 'yes', 'wrong content type': 'yes', 'no compileStreaming': 'yes',
        client: ['network', 'yes'],
        'a host that fails once': [rest['a host that fails once']?.[0], 'yes'],
      });
      assert.match(rest['a host that fails once'][0], /the host answered 503 for .*core\.wasm/);
      decided(main);
      decided(worker);
      assert.deepEqual(methods, ['GET', 'GET'], 'no preflight');
    } finally {
      other.close();
    }
  });

  test(`${name}: a policy without WebAssembly refuses, and says so`, { timeout: 120_000 }, async (t) => {
    const { found, how } = browsers[name];
    if (!need(t, found, name, how)) return;
    const { refused } = await reported(name, 60, await site(folder, "'self'"), '/strict.html');
    assert.match(refused, /WebAssembly|wasm/i);
  });
}
