/** The example's Worker: what Wrangler would upload, and that very upload run in workerd. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, named, nodeFor } from './matrix/bundles.js';
import { installed } from './matrix/installed.js';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { root } from './support.js';

test('examples/worker: Wrangler uploads one module, and the upload routes each visitor', { timeout: 600_000 }, async (t) => {
  const node = nodeFor(true);
  if (!need(t, node, 'Node 22.17 or later', NPM_CI) || !need(t, inPackages(['miniflare/package.json']), 'workerd', NPM_CI)) return;
  const folder = await installed(t, 'worker');
  if (folder === undefined) return;
  const said = await build(node, folder, 'wrangler/bin/wrangler.js', ['deploy', '--dry-run', '--outdir', 'dist']);
  assert.doesNotMatch(said, /warning/i);
  const dist = join(folder, 'dist');
  assert.equal(named(dist, '.wasm').length, 1, 'one module in the upload');

  const ruleset = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'));
  /** @type {string[]} */
  const asked = [];
  const { Miniflare } = await import('miniflare');
  const worker = new Miniflare({
    modules: true, rootPath: dist, modulesRoot: dist, scriptPath: 'index.js', modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    compatibilityDate: '2026-04-01', cf: false, host: '127.0.0.1', kvNamespaces: ['FLAGS'], bindings: { RULESET: 'https://flags.larder.example/ruleset.json' },
    outboundService(/** @type {Request} */ request) {
      asked.push(request.url);
      if (request.url === 'https://flags.larder.example/ruleset.json') return new Response(ruleset);
      return new Response(`${request.method} ${request.url} ${request.headers.get('x-plain') ?? '0'}`, { headers: { 'set-cookie': 'basket=1' } });
    },
  });
  /** The origin's text, and the cookies. @param {Record<string, string>} headers @param {string} [continent] @returns {Promise<[string, string[]]>} */
  const visit = async (headers, continent) => {
    const response = await worker.dispatchFetch('http://shop.example/basket?page=2', { headers, ...(continent && { cf: { continent } }) });
    return [await response.text(), response.headers.getSetCookie()];
  };
  try {
    const office = { 'cf-connecting-ip': '203.0.113.40', cookie: 'a=b; session=s-1' };
    // The first of them may be answered before the ruleset is here, on a busy machine.
    for (let turn = 0; !(await visit(office))[0].includes('next.origin'); turn++) assert.ok(turn < 100, 'the ruleset arrives');
    assert.deepEqual(await visit(office), ['GET https://next.origin.larder.example/basket?page=2 0', ['basket=1']]);
    assert.match((await visit({ cookie: 'session=s-2' }))[0], /akl\.origin/);
    // Half of a continent goes one way, by session, and always the same.
    const europe = await Promise.all(Array.from({ length: 200 }, (_, at) => visit({ cookie: `session=s-${at}` }, 'EU')));
    const next = europe.filter(([text]) => text.includes('next.origin')).length;
    assert.equal(europe.filter(([text]) => text.includes('fra.origin')).length, 200 - next);
    assert.ok(next > 0 && next < 40, `${next} of 200 are within 5 %`);
    assert.match((await visit({ 'user-agent': 'Somebot/1.0', cookie: 'session=s-2' }))[0], / 1$/);
    const [, cookies] = await visit({});
    assert.equal(cookies.length, 2);
    assert.match(cookies[1], /^session=[\w-]{36}; Path=\/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax$/);
    assert.equal(asked.filter((url) => url.includes('flags.')).length, 1, 'one request for the ruleset');
  } finally {
    await worker.dispose();
  }
});
