/** Asking a host: every way in which it can misbehave ends in bytes or in an error that says what to do. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { load } from '../entry/node.js';
import { FetchError, fetchRuleset, request } from '../fetch.js';
import { FAILURES, startHost } from './host.js';

const document = JSON.stringify({ format: 1, flags: { colour: { variants: { blue: 'blue' }, serve: 'blue', metadata: { note: 'é'.repeat(5000) } } } });
const text = (/** @type {Uint8Array | undefined} */ bytes) => new TextDecoder().decode(bytes);

/** @type {Awaited<ReturnType<typeof startHost>>} */
let host;
before(async () => {
  host = await startHost(document);
});
after(() => host.close());

test('a document arrives whole, in however many pieces, of whatever type', async () => {
  for (const mode of ['good', 'pieces', 'gzip', 'bare', 'wrong-type', 'slow']) {
    for (const page of [true, false]) {
      const got = await fetchRuleset(host.at(mode), { page });
      assert.equal(text(got?.bytes), document, mode);
    }
  }
});

test('a page is asked without a header of ours, and so without a preflight', async () => {
  host.requests.length = 0;
  await fetchRuleset(host.at('good'), { page: true, etag: '"old"' });
  const { headers } = host.requests[0];
  assert.equal(headers['if-none-match'], undefined);
  assert.match(String(headers['cache-control']), /max-age=0/, 'what lies between revalidates');
  /** @type {any} */
  let init;
  const fetch = async (/** @type {any} */ _, /** @type {any} */ given) => ((init = given), new Response(document));
  await fetchRuleset('/ruleset.json', { page: true, fetch });
  assert.deepEqual([init.cache, init.credentials, init.headers], ['no-cache', 'omit', undefined]);
  await fetchRuleset('/ruleset.json', { page: false, fetch });
  assert.deepEqual([init.cache, init.credentials], [undefined, undefined], 'a worker may not know these members');
});

test('elsewhere the entity tag says what the caller has', async () => {
  const first = await fetchRuleset(host.at('good'), { page: false });
  assert.ok(first?.etag);
  assert.equal(await fetchRuleset(host.at('good'), { page: false, etag: first.etag }), undefined);
  assert.equal(text((await fetchRuleset(host.at('good'), { page: false, etag: '"other"' }))?.bytes), document);
  host.requests.length = 0;
  await fetchRuleset(host.at('good'), { page: false, headers: { authorization: 'Bearer 1' }, etag: '"other"' });
  assert.equal(host.requests[0].headers.authorization, 'Bearer 1');
  assert.equal(host.requests[0].headers['if-none-match'], '"other"');
});

/** What each failure is called; those that give bytes are left to the loader. */
const CODES = {
  hanging: 'timeout', stalled: 'timeout', truncated: 'network', 304: 'status', 404: 'status', 500: 'status', 503: 'status', reset: 'network',
  loop: 'network', endless: 'too-large', 'endless-nonsense': 'too-large',
};
for (const mode of FAILURES) {
  test(`a host that fails with ${mode} gives an error, or bytes that load refuses`, async () => {
    const asked = fetchRuleset(host.at(mode), { page: true, timeout: mode in CODES && /** @type {any} */ (CODES)[mode] !== 'timeout' ? 20_000 : 700 });
    const code = /** @type {any} */ (CODES)[mode];
    if (code === undefined) {
      const got = await asked;
      assert.ok(got !== undefined);
      await assert.rejects(load(got.bytes), { name: 'RulesetError' });
    } else {
      await assert.rejects(asked, (error) => {
        assert.ok(error instanceof FetchError);
        assert.equal(error.code, code);
        assert.ok(error.message.includes(host.at(mode)), 'the message names the address');
        return true;
      });
    }
  });
}

test('a closed port, a caller who gives up, before and meanwhile', async () => {
  const other = await startHost(document);
  await other.close();
  await assert.rejects(fetchRuleset(other.url, { page: true }), { code: 'network' });
  const controller = new AbortController();
  const asked = fetchRuleset(host.at('stalled'), { page: true, signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(asked, { code: 'aborted' });
  await assert.rejects(fetchRuleset(host.at('good'), { page: true, signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('a fetch of the caller that heeds nothing is left alone after the time-out', async () => {
  const never = () => new Promise(() => {});
  await assert.rejects(fetchRuleset('x', { page: true, fetch: /** @type {any} */ (never), timeout: 30 }), { code: 'timeout' });
  const bodies = [
    { getReader: () => ({ read: never, cancel: () => Promise.reject(new Error('no')) }) },
    { getReader: () => ({ read: never, cancel() { throw new Error('no'); } }) },
  ];
  for (const body of bodies) {
    const fetch = async () => ({ ok: true, status: 200, headers: new Headers(), body });
    await assert.rejects(fetchRuleset('x', { page: true, fetch: /** @type {any} */ (fetch), timeout: 30 }), { code: 'timeout' });
  }
});

test('a fetch of the caller that gives no stream, no text, no response, or throws', async () => {
  const bytes = new TextEncoder().encode(document);
  const plain = async () => ({ ok: true, status: 200, arrayBuffer: async () => bytes.buffer });
  assert.equal(text((await fetchRuleset('x', { page: true, fetch: /** @type {any} */ (plain) }))?.bytes), document);
  const spent = new Response(document);
  await spent.text();
  const odd = [
    async () => undefined, async () => ({}), async () => spent, () => 5,
    async () => new Response(new ReadableStream({ start: (stream) => (stream.enqueue('text'), stream.close()) })),
    () => {
      throw new Error('no network here');
    },
    () => Promise.reject(undefined),
  ];
  for (const fetch of odd) {
    await assert.rejects(fetchRuleset('x', { page: true, fetch: /** @type {any} */ (fetch) }), (error) => error instanceof FetchError);
  }
});

test('a reader that wants no more ends the request', async () => {
  const body = await request(host.at('endless'), { page: true });
  assert.ok((await body?.read())?.length);
  await body?.cancel();
  await assert.rejects(async () => {
    for (;;) if ((await body?.read()) === undefined) throw new Error('it ended by itself');
  }, FetchError);
});
