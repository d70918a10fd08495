/** The client and its store: starts without a network, and stores that fail, lie or hang. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { clientOf } from '../client.js';
import { memoryStore } from '../storage.js';
import { createClient, createPageClient, document, fixed, record, settled, until } from './clients.js';
import { startHost } from './host.js';

/** @type {unknown[]} */
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, [], 'nothing rejects that nobody hears'));

const blue = document({ colour: fixed('blue') }, 1);
const red = document({ colour: fixed('red') }, 2);
const HOW = { interval: Infinity };
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
const decode = (/** @type {any} */ entry) => new TextDecoder().decode(entry?.bytes);

/** @param {(host: Awaited<ReturnType<typeof startHost>>) => Promise<void>} body */
async function withHost(body) {
  const host = await startHost(blue);
  try {
    await body(host);
  } finally {
    await host.close();
  }
}

/** A store that holds this document, for any address. @param {string} text @param {object} [entry] */
const holding = (text, entry) => {
  const store = memoryStore();
  /** @type {string[]} */
  const removed = [];
  return { ...store, removed, get: async (/** @type {string} */ name) => (await store.get(name)) ?? (removed.length > 0 ? undefined : { bytes: encode(text), at: Date.now(), ...entry }), remove: (/** @type {string} */ name) => void removed.push(name) };
};

test('what the host sent is stored, byte for byte, under its address, and answers a start offline', () =>
  withHost(async (host) => {
    const store = memoryStore();
    const odd = ` {\n"format":1,  "flags":{"colour":{"variants":{"it":"\\u0062lue é\u{1f426}"},"serve":"it"}}}\r\n`;
    host.document = odd;
    host.mode = 'pieces';
    const client = createClient({ url: host.url, store, ...HOW });
    await client.ready;
    await settled();
    const before = Date.now();
    assert.equal(decode(await store.get(host.url)), odd);
    assert.ok(Math.abs(before - /** @type {any} */ (await store.get(host.url)).at) < 60_000);
    client.close();
    host.mode = 'reset';
    const offline = createClient({ url: host.url, store, ...HOW });
    const log = record(offline);
    assert.deepEqual(await offline.ready, { source: 'storage', stale: true });
    assert.equal(offline.string('colour', ''), 'blue é\u{1f426}');
    await until(() => log.of('stale').length > 0);
    assert.deepEqual(log.of('stale'), [{ source: 'storage' }]);
    offline.close();
    const other = createClient({ url: `${host.url}?other`, store, ...HOW, readyTimeout: 50 });
    assert.deepEqual(await other.ready, { source: 'none', stale: true }, 'another address, another ruleset');
    other.close();
  }));

test('the store answers first, the host has the last word', () =>
  withHost(async (host) => {
    for (const make of [createClient, createPageClient]) {
      host.document = red;
      host.mode = 'slow';
      const store = holding(blue);
      const client = make({ url: host.url, store, ...HOW });
      const log = record(client);
      assert.deepEqual(await client.ready, { source: 'storage', stale: true });
      assert.equal(client.string('colour', ''), 'blue');
      await until(() => !client.stale);
      assert.equal(client.string('colour', ''), 'red');
      assert.deepEqual(log.of('change').map(({ keys }) => keys), [['colour'], ['colour']]);
      await settled();
      assert.equal(decode(await store.get(host.url)), red);
      client.close();
      // The same bytes confirm.
      host.document = blue;
      const same = make({ url: host.url, store: holding(blue), ...HOW });
      const said = record(same);
      await until(() => !same.stale);
      assert.equal(said.of('change').length, 1);
      same.close();
    }
  }));

test('a stored entity tag is sent, and 304 confirms what was stored', () =>
  withHost(async (host) => {
    const store = memoryStore();
    const first = createClient({ url: host.url, store, ...HOW });
    await first.ready;
    await settled();
    first.close();
    const { etag } = /** @type {any} */ (await store.get(host.url));
    assert.match(etag, /^"/);
    const again = createClient({ url: host.url, store, ...HOW });
    assert.equal((await again.ready).source, 'storage');
    await again.refresh();
    assert.ok(host.requests.some(({ headers }) => headers['if-none-match'] === etag));
    assert.equal(again.stale, false);
    assert.equal(again.string('colour', ''), 'blue');
    again.close();
  }));

test('a store that is slow, or never answers, blocks nobody, and comes too late', () =>
  withHost(async (host) => {
    /** @type {(entry: any) => void} */
    let answer = () => {};
    const slow = { get: () => new Promise((resolve) => (answer = resolve)), set: () => new Promise(() => {}) };
    const client = createClient({ url: host.url, store: /** @type {any} */ (slow), ...HOW });
    assert.deepEqual(await client.ready, { source: 'network', stale: false });
    answer({ bytes: encode(red), at: Date.now() });
    await settled();
    assert.equal(client.string('colour', ''), 'blue');
    client.close();
    // The host was there before the store gave up, so the ruleset of the options has nothing more to say.
    const both = createClient({ url: host.url, store: /** @type {any} */ (slow), ruleset: red, ...HOW });
    const log = record(both);
    assert.equal((await both.ready).source, 'network');
    await new Promise((later) => setTimeout(later, 700));
    assert.equal(both.string('colour', ''), 'blue');
    assert.equal(log.of('change').length, 1);
    both.close();
    host.mode = 'hanging';
    const alone = createClient({ url: host.url, store: /** @type {any} */ (slow), ruleset: red, ...HOW });
    assert.equal((await alone.ready).source, 'ruleset', 'the ruleset of the options waits half a second for the store');
    alone.close();
    const stored = createClient({ url: host.url, store: holding(blue), ruleset: red, ...HOW });
    assert.equal((await stored.ready).source, 'storage', 'and not at all for one that answers');
    assert.equal(stored.string('colour', ''), 'blue');
    stored.close();
  }));

test('poison in a store is said, removed, and forgotten', () =>
  withHost(async (host) => {
    const poison = [
      holding('nonsense'), holding('{"format":2,"flags":{}}'), holding(blue.slice(0, 30)), holding(''), holding('[]'), holding('\u0000'.repeat(1000)),
      holding(blue, { bytes: 'text' }), holding(blue, { at: 'yesterday' }), holding(blue, { bytes: new Uint8Array([0xff, 0xfe, 0x7b]) }),
    ];
    for (const store of poison) {
      host.mode = 'slow';
      const client = createClient({ url: host.url, store: /** @type {any} */ (store), ...HOW });
      const log = record(client);
      assert.deepEqual(await client.ready, { source: 'network', stale: false });
      assert.deepEqual(log.codes(), ['storage']);
      assert.deepEqual(store.removed, [host.url]);
      assert.equal(client.string('colour', ''), 'blue');
      await settled();
      assert.equal(decode(await store.get(host.url)), blue, 'mended');
      client.close();
    }
  }));

test('a store that throws or is full is said once, and tried again', () =>
  withHost(async (host) => {
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    for (const store of [{ get: full, set: full }, { get: async () => full(), set: async () => full() }, { get: () => undefined, set: full, remove: full }]) {
      const client = createClient({ url: host.url, store, ...HOW });
      const log = record(client);
      await client.ready;
      for (const document of [red, blue, red]) {
        host.document = document;
        await client.refresh();
        await settled();
      }
      assert.equal(client.string('colour', ''), 'red');
      assert.deepEqual(log.codes(), ['storage']);
      assert.match(log.of('error')[0].message, /full/);
      client.close();
    }
  }));

test('one that is refused is not stored, one with faults is', () =>
  withHost(async (host) => {
    const store = memoryStore();
    const client = createClient({ url: host.url, store, ...HOW });
    await client.ready;
    for (const mode of ['html', 'half', 'newer', '500', 'truncated', 'gzip-cut', 'empty']) {
      host.mode = mode;
      await client.refresh();
      await settled();
      assert.equal(decode(await store.get(host.url)), blue, mode);
    }
    host.mode = 'good';
    host.document = document({ colour: { iff: 1 } });
    await client.refresh();
    await settled();
    assert.equal(decode(await store.get(host.url)), host.document);
    client.close();
  }));

test('what is older than maxAge, or comes from the future, is not used', () =>
  withHost(async (host) => {
    host.mode = '500';
    /** @type {[number | undefined, number, string][]} */
    const cases = [[1000, 0, 'storage'], [60_000, 50_000, 'storage'], [60_000, 70_000, 'none'], [60_000, -70_000, 'none'], [undefined, 1e12, 'storage'], [0, 60_000, 'none']];
    for (const [maxAge, age, source] of cases) {
      const client = createClient({ url: host.url, store: holding(blue, { at: Date.now() - age }), ...(maxAge === undefined ? {} : { maxAge }), ...HOW, readyTimeout: source === 'none' ? 50 : 5000 });
      assert.equal((await client.ready).source, source, `${maxAge} ${age}`);
      client.close();
    }
  }));

test("with 'next-load' the store decides the page, and the host the next one", () =>
  withHost(async (host) => {
    host.document = red;
    host.mode = 'slow';
    const store = memoryStore();
    await store.set(host.url, { bytes: encode(blue), at: Date.now() });
    const client = createClient({ url: host.url, store, updates: 'next-load', ...HOW });
    await client.ready;
    await until(() => !client.stale);
    await settled();
    assert.equal(client.string('colour', ''), 'blue');
    client.close();
    const next = createClient({ url: host.url, store, updates: 'next-load', ...HOW });
    assert.equal((await next.ready).source, 'storage');
    assert.equal(next.string('colour', ''), 'red');
    next.close();
  }));

test('two tabs on one store leave each other a whole ruleset', () =>
  withHost(async (host) => {
    const store = memoryStore();
    const tabs = [0, 1].map(() => createClient({ url: host.url, store, ...HOW }));
    await Promise.all(tabs.map(({ ready }) => ready));
    for (let turn = 0; turn < 10; turn++) {
      host.document = turn % 2 ? blue : red;
      host.mode = turn % 3 ? 'good' : 'pieces';
      await Promise.all(tabs.map((tab) => tab.refresh()));
      await settled();
      assert.equal(decode(await store.get(host.url)), host.document);
    }
    // One is offline, and starts again when the other has stored.
    tabs.forEach((tab) => tab.close());
    await store.remove?.(host.url);
    host.mode = 'reset';
    const late = createClient({ url: host.url, store, ...HOW, readyTimeout: 10 });
    await late.ready;
    await store.set(host.url, { bytes: encode(red), at: Date.now() });
    await until(() => late.string('colour', '') === 'red', 'read again after the next failure');
    late.close();
  }));

test('confirming does not write anew each time', () =>
  withHost(async (host) => {
    let writes = 0;
    const inner = memoryStore();
    const store = { ...inner, set: (/** @type {string} */ name, /** @type {any} */ entry) => (writes++, inner.set(name, entry)) };
    const client = createClient({ url: host.url, store, ...HOW });
    await client.ready;
    for (let turn = 0; turn < 5; turn++) await client.refresh();
    assert.equal(writes, 1);
    client.close();
    const fresh = createClient({ url: host.url, store, ...HOW });
    assert.equal((await fresh.ready).source, 'storage');
    await until(() => !fresh.stale);
    await settled();
    assert.equal(writes, 1, 'nor with each load');
    fresh.close();
    const old = createClient({ url: host.url, store: { ...store, get: () => ({ bytes: encode(blue), at: Date.now() - 7_200_000 }) }, ...HOW });
    await until(() => !old.stale);
    await old.refresh();
    assert.equal(writes, 2, 'a store of two hours ago hears that it is good still');
    old.close();
  }));

test('without WebAssembly what is stored is left alone', () =>
  withHost(async (host) => {
    const store = holding(blue);
    const client = clientOf(() => Promise.reject(new EvalError('no')))({ url: host.url, store, ...HOW });
    await client.ready;
    await settled();
    assert.deepEqual(store.removed, []);
    client.close();
  }));

test('poison that is read late takes nothing along that the host has sent meanwhile', () =>
  withHost(async (host) => {
    const entries = new Map(/** @type {[string, any][]} */ ([[host.url, { bytes: 'poison' }]]));
    let answer = () => {};
    const store = {
      get(/** @type {string} */ name) {
        const entry = entries.get(name);
        return new Promise((resolve) => (answer = () => resolve(entry)));
      },
      set: (/** @type {string} */ name, /** @type {any} */ entry) => void entries.set(name, entry),
      remove: (/** @type {string} */ name) => void entries.delete(name),
    };
    const client = createClient({ url: host.url, store, ...HOW });
    const log = record(client);
    await client.ready;
    await until(() => entries.get(host.url)?.at !== undefined);
    answer();
    await settled();
    assert.deepEqual(log.codes(), ['storage']);
    assert.equal(decode(entries.get(host.url)), blue);
    client.close();
  }));

test('a stored entity tag that no header can have keeps nobody from asking', () =>
  withHost(async (host) => {
    for (const etag of ['"a"\n', '\u0000', '"\u20ac"', '']) {
      host.mode = '500';
      const client = createClient({ url: host.url, store: holding(red, { etag }), ...HOW });
      await client.ready;
      await until(() => client.string('colour', '') === 'red');
      host.mode = 'good';
      await client.refresh();
      assert.equal(client.string('colour', ''), 'blue', JSON.stringify(etag));
      client.close();
    }
  }));
