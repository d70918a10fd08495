/** Stores: what they keep they give back, and what harms them harms nobody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheStore, kvStore, localStorageStore, memoryStore } from '../storage.js';
import { readStored, removeStored, writeStored, young } from '../store.js';

/** As `localStorage` behaves, with room for so many characters. */
class Shelf {
  /** @param {number} [room] */
  constructor(room = 5_000_000) {
    this.room = room;
    /** @type {Map<string, string>} */
    this.entries = new Map();
  }

  /** @param {string} name */
  getItem(name) {
    return this.entries.get(name) ?? null;
  }

  /** @param {string} name @param {string} text */
  setItem(name, text) {
    if (name.length + text.length > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.entries.set(name, text);
  }

  /** @param {string} name */
  removeItem(name) {
    this.entries.delete(name);
  }
}

/** As a KV namespace behaves: values are bytes, metadata goes through JSON. */
function namespace() {
  /** @type {Map<string, { value: ArrayBuffer, metadata: string | null, options: any }>} */
  const entries = new Map();
  return {
    entries,
    async getWithMetadata(/** @type {string} */ name) {
      const entry = entries.get(name);
      return { value: entry?.value ?? null, metadata: entry?.metadata ? JSON.parse(entry.metadata) : null };
    },
    async put(/** @type {string} */ name, /** @type {Uint8Array} */ value, /** @type {any} */ options) {
      entries.set(name, { value: new Uint8Array(value).buffer, metadata: JSON.stringify(options.metadata), options });
    },
    async delete(/** @type {string} */ name) {
      entries.delete(name);
    },
  };
}

/** As a cache behaves: an address to a response. */
function cache() {
  /** @type {Map<string, Response>} */
  const entries = new Map();
  return /** @type {any} */ ({
    match: async (/** @type {string} */ address) => entries.get(new Request(address).url)?.clone(),
    put: async (/** @type {string} */ address, /** @type {Response} */ response) => void entries.set(new Request(address).url, response),
    delete: async (/** @type {string} */ address) => entries.delete(new Request(address).url),
  });
}

const bytes = new TextEncoder().encode('\ufeff{"format":1,\r\n"é":"\\u0000 \u{1f426}\u0000"}\n');
const no = (/** @type {unknown} */ error) => assert.fail(String(error));

/** @type {[string, () => import('../storage.js').Store][]} */
const STORES = [
  ['memory', memoryStore],
  ['localStorage', () => localStorageStore({ storage: /** @type {any} */ (new Shelf()) })],
  ['KV', () => kvStore(namespace(), { prefix: 'flags:' })],
  ['a cache', () => cacheStore(cache())],
  ['a cache that is opened when it is used', () => { const one = cache(); return cacheStore(async () => one); }],
];
for (const [what, make] of STORES) {
  test(`${what} gives back, byte for byte, what it was given`, async () => {
    const store = make();
    const name = 'https://cdn.example/a b/ruleset.json?env=é&x=%2F#y';
    assert.equal(await readStored(store, name, no), undefined);
    assert.ok(await writeStored(store, name, { bytes, at: 1_796_115_600_000.5, etag: 'W/"1"' }, no));
    assert.deepEqual(await readStored(store, name, no), { bytes, at: 1_796_115_600_000.5, etag: 'W/"1"' });
    assert.ok(await writeStored(store, name, { bytes: bytes.subarray(0, 9), at: 5 }, no));
    assert.deepEqual(await readStored(store, name, no), { bytes: bytes.subarray(0, 9), at: 5 }, 'the old tag is gone');
    assert.equal(await readStored(store, 'https://cdn.example/other.json', no), undefined);
    await removeStored(store, name);
    assert.equal(await readStored(store, name, no), undefined);
  });
}

test('what lies in localStorage and is none of ours is reported, removed, and never thrown', async () => {
  const shelf = new Shelf();
  const store = localStorageStore({ storage: /** @type {any} */ (shelf) });
  const poison = [
    '', '\n', 'null\n{}', '{}', '[]\n{"format":1}', '["5"]\n{}', '[null]\n{}', '[1e999]\n{}', '{"at":1}\n{}', '[[[[', '"\n', '\u0000\ud800',
    '[1,"a"]', '__proto__\n', '{"__proto__":[1]}\n{}',
  ];
  for (const text of poison) {
    shelf.entries.set('serin:x', text);
    /** @type {unknown[]} */
    const failures = [];
    assert.equal(await readStored(store, 'x', (error) => failures.push(error)), undefined, text);
    assert.equal(failures.length, 1, text);
    assert.equal(shelf.entries.size, 0, text);
  }
});

test('a store that throws, rejects, or holds nonsense is a store that holds nothing', async () => {
  const fail = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  /** @type {any[]} */
  const gets = [
    fail, async () => fail(), () => 5, () => 'text', () => ({}), () => [], () => ({ bytes: 'x', at: 1 }), () => ({ bytes, at: NaN }),
    () => ({ bytes, at: '1' }), () => revoked.proxy, () => ({ get bytes() { return fail(); } }), async () => ({ bytes: [1, 2], at: 1 }),
    () => ({ then: fail }),
  ];
  for (const get of gets) {
    /** @type {unknown[]} */
    const failures = [];
    const store = { get, set: fail, remove: async () => fail() };
    assert.equal(await readStored(store, 'x', (error) => failures.push(error)), undefined);
    assert.equal(failures.length, 1, String(get));
    assert.equal(await writeStored(store, 'x', { bytes, at: 1 }, (error) => failures.push(error)), false);
    assert.equal(failures.length, 2);
    await removeStored(store, 'x');
  }
  assert.equal(await readStored({ get: () => /** @type {any} */ (null), set() {} }, 'x', no), undefined);
});

test('a full localStorage keeps the entry it had', async () => {
  const shelf = new Shelf(200);
  const store = localStorageStore({ storage: /** @type {any} */ (shelf) });
  assert.ok(await writeStored(store, 'x', { bytes, at: 1 }, no));
  /** @type {any[]} */
  const failures = [];
  assert.equal(await writeStored(store, 'x', { bytes: new Uint8Array(500).fill(0x20), at: 2 }, (error) => failures.push(error)), false);
  assert.equal(failures[0].name, 'QuotaExceededError');
  assert.deepEqual(await readStored(store, 'x', no), { bytes, at: 1 });
});

test('without a localStorage at all, as in a worker, nothing throws', async () => {
  const described = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get() { throw new DOMException('no', 'SecurityError'); } });
  try {
    /** @type {unknown[]} */
    const failures = [];
    const store = localStorageStore();
    assert.equal(await readStored(store, 'x', (error) => failures.push(error)), undefined);
    assert.equal(await writeStored(store, 'x', { bytes, at: 1 }, (error) => failures.push(error)), false);
    assert.equal(failures.length, 2);
  } finally {
    delete (/** @type {any} */ (globalThis).localStorage);
    if (described) Object.defineProperty(globalThis, 'localStorage', described);
  }
});

test('KV: a value without metadata is old, a long tag is left out, a long name fails aloud', async () => {
  const kv = namespace();
  kv.entries.set('x', { value: new Uint8Array(bytes).buffer, metadata: null, options: {} });
  const store = kvStore(kv, { expirationTtl: 3600 });
  assert.deepEqual(await readStored(store, 'x', no), { bytes, at: 0 });
  // Metadata of somebody else's making: the value is not damaged, and is not to be removed.
  for (const metadata of ['{"at":"2026-11-22"}', '{"at":null}', '"x"', '5']) {
    kv.entries.set('x', { value: new Uint8Array(bytes).buffer, metadata, options: {} });
    assert.deepEqual(await readStored(store, 'x', no), { bytes, at: 0 });
  }
  await writeStored(store, 'x', { bytes, at: 3, etag: 'e'.repeat(2000) }, no);
  assert.deepEqual(await readStored(store, 'x', no), { bytes, at: 3 });
  assert.equal(kv.entries.get('x')?.options.expirationTtl, 3600);
  /** @type {unknown[]} */
  const failures = [];
  assert.equal(await readStored(store, 'é'.repeat(300), (error) => failures.push(error)), undefined);
  assert.match(String(failures[0]), /512 bytes/);
});

test('age counts both ways, because a clock may have been set', () => {
  const entry = { bytes, at: 1000 };
  assert.ok(young(entry, undefined, 1e15));
  assert.ok(young(entry, 10, 1010));
  assert.ok(!young(entry, 10, 1011));
  assert.ok(young(entry, 10, 990));
  assert.ok(!young(entry, 10, 989), 'from the future');
});
