/** The package from its tarball in workerd and in an edge function's runtime. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { files, decided } from './matrix/expect.js';
import { host } from './matrix/host.js';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { programs } from './matrix/server.js';
import { edgeLight, workerd } from './matrix/workers.js';
import { GOOD } from './support.js';

const miniflare = inPackages(['@cloudflare/workerd-linux-64/bin/workerd', '@cloudflare/workerd-linux-arm64/bin/workerd', '@cloudflare/workerd-darwin-64/bin/workerd', '@cloudflare/workerd-darwin-arm64/bin/workerd']) &&
  inPackages(['miniflare/package.json']);
const edgeRuntime = inPackages(['edge-runtime/package.json']);

/** @type {(() => unknown)[]} */
const ends = [];
after(async () => {
  for (const end of ends) await end();
});

/** A host of another origin that has a ruleset of this revision. */
async function rulesets() {
  const state = { revision: 1, asked: 0, status: 200 };
  const { origin, close } = await host((request, response) => {
    state.asked++;
    const etag = `"${state.revision}"`;
    if (state.status !== 200) return response.writeHead(state.status).end('<html>');
    if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
    response.writeHead(200, { etag }).end(GOOD.replace('{', `{"revision":${state.revision},`));
  });
  ends.push(close);
  return Object.assign(state, { url: `${origin}/ruleset.json` });
}

/** Until it is so. @param {() => Promise<boolean>} so @param {string} what */
async function until(so, what) {
  for (let turn = 0; !(await so()); turn++) {
    assert.ok(turn < 500, what);
    await sleep(20);
  }
}

/**
 * What both must do.
 * @param {(path: string, init?: any) => Promise<any>} ask
 */
async function everything(ask) {
  decided(await ask('/decide', { method: 'POST', body: JSON.stringify(files) }));
  assert.equal(await ask('/buffer', { method: 'POST', body: GOOD }), 'yes');
  const other = await rulesets();
  assert.equal(await ask(`/response?url=${encodeURIComponent(other.url)}`), 'yes');

  // Fresh, from the host; and then from memory.
  const path = `/at?url=${encodeURIComponent(other.url)}&timeout=20000`;
  const before = other.asked;
  for (let turn = 0; turn < 3; turn++) assert.deepEqual(await ask(path), { revision: 1, good: 'yes' });
  assert.equal(other.asked, before + 1);

  // Old at once: each request starts with what there is, and the next one has the newer.
  const old = `${path}&maxAge=0`;
  assert.deepEqual(await ask(old), { revision: 1, good: 'yes' });
  other.revision = 2;
  await until(async () => (await ask(old)).revision === 2, 'a newer ruleset arrives');
  other.status = 500;
  /** @type {string[]} */
  const errors = [];
  for (let turn = 0; errors.length === 0; turn++) {
    assert.deepEqual(await ask(old), { revision: 2, good: 'yes' });
    assert.ok(turn < 500, 'the failure is told');
    await sleep(20);
    errors.push(...(await ask('/errors')));
  }
  assert.deepEqual(errors, ['fetch'], 'and the host is left alone for a while');

  // No host at all.
  const none = await ask('/at?url=http://127.0.0.1:1/&timeout=20000');
  assert.deepEqual(none, { good: 'no', errorCode: 'PROVIDER_NOT_READY' });
}

test('workerd: every file, a ruleset of another host, one in KV', { timeout: 120_000 }, async (t) => {
  if (!need(t, miniflare, 'workerd', NPM_CI)) return;
  const worker = await workerd(programs('workerd'), 'worker.js');
  ends.push(() => worker.dispose());
  const url = await worker.ready;
  const ask = async (/** @type {string} */ path, /** @type {any} */ init) => {
    const response = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  };
  await everything(ask);
  assert.match(await ask('/inline'), /disallowed/, 'workerd compiles no bytes, so the entry must be its own');

  // In KV alone, put there by other means.
  const kv = await worker.getKVNamespace('FLAGS');
  const alone = '/at?store=kv&name=ruleset&timeout=20000';
  assert.equal((await ask(alone)).errorCode, 'PROVIDER_NOT_READY');
  await kv.put('ruleset', GOOD.replace('{', '{"revision":7,'));
  assert.deepEqual(await ask(`${alone}&maxAge=1000`), { revision: 7, good: 'yes' });

  // In KV for a host: a new isolate has it without the host.
  const other = await rulesets();
  for (const store of ['kv', 'cache']) {
    const path = `/at?store=${store}&url=${encodeURIComponent(other.url)}&timeout=20000`;
    const before = other.asked;
    assert.equal((await ask(path)).revision, 1);
    assert.equal(other.asked, before + 1);
    await until(() => ask(path.replace('/at', '/stored')), `kept in ${store}`);
    assert.equal((await ask(`${path}&maxStale=1`)).revision, 1);
    assert.equal(other.asked, before + 1, `another isolate finds it in ${store}`);
  }
});

test('workerd: an edge and its store at module scope, and an entry for other hosts', { timeout: 60_000 }, async (t) => {
  if (!need(t, miniflare, 'workerd', NPM_CI)) return;
  const other = await rulesets();
  const worker = await workerd(programs('scope'), 'module-scope.js', { bindings: { RULESET: other.url } });
  ends.push(() => worker.dispose());
  const [good, fallen, errors] = await (await fetch(await worker.ready, { signal: AbortSignal.timeout(30_000) })).json();
  assert.deepEqual([good, fallen, errors.map(([code]) => code)], ['yes', 'no', ['module']]);
  assert.match(errors[0][1], /does not run here/);
  const kv = await worker.getKVNamespace('FLAGS');
  // It is written after the answer.
  await until(async () => (await kv.get(other.url)) !== null, 'kept for the next isolate');
});

test('edge-runtime: every file, a ruleset of another host', { timeout: 120_000 }, async (t) => {
  if (!need(t, edgeRuntime, 'edge-runtime', NPM_CI)) return;
  const runtime = await edgeLight(programs('edge-light'), 'worker.js');
  const ask = async (/** @type {string} */ path, /** @type {any} */ init) => {
    const response = await runtime.dispatchFetch(`http://edge.example${path}`, init);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  };
  await everything(ask);
});
