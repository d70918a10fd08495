/** The edge: what a request gets, and how long it waits, whatever host and store do. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEdge } from 'serin';
import { memoryStore } from '../storage.js';
import { FAILURES, startHost } from './host.js';

/** @param {number} revision */
const document = (revision) => JSON.stringify({
  format: 1, revision,
  flags: {
    colour: { variants: { red: 'red', blue: 'blue' }, rules: [{ name: 'us', if: { attribute: 'us', op: 'eq', value: true }, serve: 'blue' }], serve: 'red' },
    on: { variants: { on: true, off: false }, off: 'off', serve: 'on' },
    size: { variants: { large: 3 }, serve: 'large' },
    theme: { variants: { dark: { ink: '#fff' } }, serve: 'dark' },
    later: { variants: { on: true, off: false }, rules: [{ if: { time: { from: '2027-01-01T00:00:00Z' } }, serve: 'on' }], serve: 'off' },
  },
});

const host = await startHost(document(1));
after(() => host.close());
/** Asks the host of this test alone. @param {Partial<import('../edge.js').EdgeOptions>} [options] */
function edge(options) {
  host.document = document(1);
  host.mode = 'good';
  host.requests.length = 0;
  /** @type {string[]} */
  const errors = [];
  return { ...createEdge({ url: host.url, onError: ({ code }) => void errors.push(code), ...options }), errors };
}
/** Until it is so. @param {() => unknown} so */
async function until(so) {
  for (let turn = 0; !(await so()); turn++) {
    assert.ok(turn < 4_000, 'it never was');
    await sleep(5);
  }
}

test('an evaluator answers by type, for its context and its instant', async () => {
  const { at } = edge();
  const { boolean, string, number, object, details, all, ruleset, snapshot } = await at({}, { targetingKey: 'k', us: true });
  assert.deepEqual([boolean('on', false), string('colour', ''), number('size', 0), object('theme', {})], [true, 'blue', 3, { ink: '#fff' }]);
  assert.deepEqual(details('colour', ''), { value: 'blue', variant: 'blue', reason: 'TARGETING_MATCH', rule: 'us', ruleIndex: 0 });
  assert.deepEqual(all(), { colour: 'blue', on: true, size: 3, theme: { ink: '#fff' }, later: false });
  assert.equal(ruleset?.revision, 1);
  const made = snapshot({ flags: ['colour'] });
  assert.deepEqual(Object.keys(made?.flags ?? {}), ['colour']);
  assert.equal(made?.flags.colour.value, 'blue');
  assert.equal((await at(null, null)).string('colour', ''), 'red');
  assert.equal(host.requests.length, 1, 'from memory while it is fresh');
});

test('one request has one ruleset and one instant, whoever asks', async (t) => {
  const { at } = edge({ maxAge: 0 });
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-12-31T23:59:59.999Z') });
  const request = {};
  const before = await at(request, {});
  assert.equal(before.boolean('later', true), false);
  host.document = document(2);
  t.mock.timers.setTime(Date.parse('2027-01-01T00:00:01Z'));
  await until(async () => (await at({}, {})).ruleset?.revision === 2);
  assert.equal((await at({}, {})).boolean('later', false), true);
  const again = await at(request, { us: true });
  assert.deepEqual([again.boolean('later', true), again.ruleset?.revision, again.string('colour', '')], [false, 1, 'blue']);
});

test('however old an answer may be, the first request waits for one', async () => {
  const { at } = edge({ maxStale: Infinity, timeout: Infinity });
  host.mode = 'slow';
  assert.equal((await at(null, {})).ruleset?.revision, 1);
});

test('many requests at once are one question to the host', async () => {
  const { at } = edge();
  host.mode = 'slow';
  const found = await Promise.all(Array.from({ length: 200 }, () => at({}, {})));
  assert.deepEqual(new Set(found.map(({ ruleset }) => ruleset?.revision)), new Set([1]));
  assert.equal(host.requests.length, 1);
});

test('an old ruleset answers at once while a newer one comes, and a very old one only if nothing comes', async () => {
  const { at } = edge({ maxAge: 0, timeout: 20_000 });
  await at(null, {});
  host.document = document(2);
  // In the same millisecond the first is still fresh.
  await sleep(5);
  /** @type {Promise<unknown>[]} */
  const kept = [];
  assert.equal((await at(null, {}, { waitUntil: (promise) => void kept.push(promise) })).ruleset?.revision, 1);
  await Promise.all(kept);
  assert.equal(kept.length, 1);
  await sleep(5);
  assert.equal((await at(null, {})).ruleset?.revision, 2);

  const strict = edge({ maxAge: 0, maxStale: 0, timeout: 20_000 });
  await strict.at(null, {});
  host.document = document(3);
  await sleep(5);
  assert.equal((await strict.at(null, {})).ruleset?.revision, 3, 'this one was waited for');
});

for (const mode of FAILURES) {
  test(`a host that answers ${mode}: fallbacks first, then the last good ruleset`, { timeout: 60_000 }, async () => {
    const none = edge({ timeout: 50 });
    host.mode = mode;
    const unready = await none.at(null, {});
    assert.deepEqual(unready.details('colour', 'fallback'), { value: 'fallback', reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
    assert.deepEqual([unready.string('colour', 'fallback'), unready.all(), unready.ruleset, unready.snapshot()], ['fallback', {}, undefined, undefined]);

    const store = memoryStore();
    const had = edge({ timeout: 50, maxAge: 0, maxStale: 0, store });
    await until(async () => (await had.at(null, {})).ruleset);
    host.mode = mode;
    for (let turn = 0; turn < 5; turn++) assert.equal((await had.at(null, {})).string('colour', ''), 'red');
    const stored = await store.get(host.url);
    assert.equal(new TextDecoder().decode(stored?.bytes), document(1), 'the last good one stays in the store');
    // A 304 confirms what is there, and a loop is many requests in one.
    if (mode !== '304' && mode !== 'loop') assert.ok(host.requests.length <= 3, 'and the host is left alone');
  });
}

test('a hanging host holds up nobody for longer than the time-out, and those who come later not at all', async () => {
  const { at } = edge({ timeout: 300 });
  host.mode = 'hanging';
  const began = performance.now();
  await Promise.all(Array.from({ length: 50 }, () => at(null, {})));
  const first = performance.now() - began;
  assert.ok(first > 250, `the first wait: ${first} ms`);
  for (let turn = 0; turn < 50; turn++) await at(null, {});
  // Fifty waits would take fifteen seconds.
  assert.ok(performance.now() - began < 5_000);
  assert.equal(host.requests.length, 1);
});

test('after failures the host is left alone, a little longer each time, and then asked again', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 });
  const { at, errors } = edge({ timeout: 20_000 });
  host.mode = '500';
  let now = 1e12;
  for (const [pause, asked] of /** @type {const} */ ([[0, 1], [999, 1], [1, 2], [1_999, 2], [1, 3], [3_999, 3], [1, 4], [60_000, 5], [60_000, 6], [29_999, 6], [1, 7]])) {
    t.mock.timers.setTime((now += pause));
    await at(null, {});
    assert.equal(host.requests.length, asked, `after ${now - 1e12} ms`);
  }
  assert.deepEqual(errors, Array(7).fill('fetch'));
  host.mode = 'good';
  t.mock.timers.setTime(now + 30_000);
  assert.equal((await at(null, {})).ruleset?.revision, 1);
  // A clock that was set back must not keep the host waiting for years, nor one that went on by itself.
  t.mock.timers.setTime(1e9);
  host.document = document(2);
  await until(async () => (await at(null, {})).ruleset?.revision === 2);
});

test('a newer ruleset with a fault in a flag is taken; one that is refused is not', async () => {
  const { at, errors } = edge({ maxAge: 0, maxStale: 0, timeout: 20_000 });
  await at(null, {});
  host.document = document(2).replace('"large":3', '"large":"3","small":1');
  await sleep(5);
  const taken = await at(null, {});
  assert.deepEqual([taken.ruleset?.revision, taken.string('colour', ''), taken.details('size', 0).errorCode], [2, 'red', 'PARSE_ERROR']);
  assert.deepEqual(errors, ['faults']);
  host.document = '{"format":2,"flags":{}}';
  await sleep(5);
  assert.equal((await at(null, {})).ruleset?.revision, 2);
  assert.deepEqual(errors, ['faults', 'refused']);
});

test('a store saves the host a question, and is believed while it is fresh', async () => {
  const store = memoryStore();
  await edge({ store }).at(null, {});
  assert.equal(host.requests.length, 1);
  const second = edge({ store });
  assert.equal((await second.at(null, {})).ruleset?.revision, 1);
  assert.equal(host.requests.length, 0, 'the store was enough');

  // Too old: the host confirms it, by the tag that was stored.
  const kept = /** @type {any} */ (await store.get(host.url));
  await store.set(host.url, { ...kept, at: 0 });
  const third = edge({ store, timeout: 20_000 });
  assert.equal((await third.at(null, {})).ruleset?.revision, 1);
  assert.deepEqual(host.requests.map(({ headers }) => headers['if-none-match']), [kept.etag]);
  assert.ok(/** @type {any} */ (await store.get(host.url)).at > 0, 'and the store knows that it is fresh again');
});

/** @type {Record<string, any>} */
const BAD_STORES = {
  'throws': { get() { throw new Error('no'); }, set() { throw new Error('no'); } },
  'rejects': { get: () => Promise.reject(new Error('no')), set: () => Promise.reject(new Error('quota')) },
  'hangs': { get: () => new Promise(() => {}), set: () => new Promise(() => {}) },
  'gives nonsense': { get: () => 'nonsense', set: () => undefined },
  'is poisoned': { get: () => ({ bytes: new TextEncoder().encode('<html>'), at: Date.now() }), set: () => undefined },
  'comes from the future': { get: () => ({ bytes: new TextEncoder().encode('{"format":1,"flags":{}}'), at: 8e15 }), set: () => undefined },
};
for (const [what, store] of Object.entries(BAD_STORES)) {
  test(`a store that ${what}: the host is asked`, { timeout: 30_000 }, async () => {
    const { at } = edge({ store, timeout: 2_000 });
    assert.equal((await at(null, {})).string('colour', ''), 'red');
    assert.equal((await at(null, {})).string('colour', ''), 'red');
  });
}

test('a store alone is a source', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 });
  const store = memoryStore();
  /** @type {string[]} */
  const errors = [];
  const { at } = createEdge({ store, name: 'flags', onError: ({ code }) => void errors.push(code) });
  assert.equal((await at(null, {})).ruleset, undefined);
  assert.deepEqual(errors, ['fetch']);
  const put = (/** @type {string} */ text) => store.set('flags', { bytes: new TextEncoder().encode(text), at: 0 });
  await put(document(1));
  t.mock.timers.setTime(1e12 + 1_000);
  assert.equal((await at(null, {})).ruleset?.revision, 1);
  await put(document(2));
  t.mock.timers.setTime(1e12 + 61_001);
  await until(async () => (await at(null, {})).ruleset?.revision === 2);
  await put('<html>');
  t.mock.timers.setTime(1e12 + 200_000);
  await until(async () => (await at(null, {})) && errors.length === 2);
  assert.deepEqual(errors, ['fetch', 'refused']);
  assert.equal((await at(null, {})).ruleset?.revision, 2);
  assert.ok(await store.get('flags'), 'what its owner put there is not removed');
});

test('a ruleset that is fresh for ever is asked for once', async () => {
  const { at } = edge({ maxAge: Infinity, timeout: 20_000 });
  for (let turn = 0; turn < 2; turn++) assert.equal((await at(null, {})).ruleset?.revision, 1);
  assert.equal(host.requests.length, 1);
});

test('a store that takes longer than anybody waits is of use: alone, and where the host has nothing', { timeout: 60_000 }, async () => {
  const entry = { bytes: new TextEncoder().encode(document(7)), at: Date.now() - 1_000 };
  /** A store that answers when it is told to, once. @param {Partial<typeof entry>} [other] */
  const slow = (other) => {
    /** @type {(entry: any) => void} */
    let answer = () => {};
    const coming = [new Promise((resolve) => (answer = resolve))];
    return { answer: () => answer({ ...entry, ...other }), store: { get: () => coming.shift() ?? new Promise(() => {}), set: () => undefined } };
  };
  const first = slow();
  const alone = createEdge({ store: first.store, name: 'flags', timeout: 0 });
  assert.equal((await alone.at(null, {})).ruleset, undefined);
  first.answer();
  await until(async () => (await alone.at(null, {})).ruleset?.revision === 7);

  const second = slow();
  const down = edge({ store: second.store, timeout: 20 });
  host.mode = '500';
  assert.equal((await down.at(null, {})).ruleset, undefined);
  await until(() => down.errors.length === 1);
  second.answer();
  await until(async () => (await down.at(null, {})).ruleset?.revision === 7);

  // Whatever it says of its age, what the host said meanwhile is newer.
  const third = slow({ at: 8e15 });
  const late = edge({ store: third.store, timeout: 20, maxAge: Infinity });
  await until(async () => (await late.at(null, {})).ruleset?.revision === 1);
  third.answer();
  await sleep(100);
  assert.equal((await late.at(null, {})).ruleset?.revision, 1);
});

test('what the owner of a store put there is never removed', async () => {
  let removed = 0;
  const buffer = /** @type {any} */ (new TextEncoder().encode(document(1)).buffer);
  /** @type {string[]} */
  const errors = [];
  const { at } = createEdge({
    store: { get: () => ({ bytes: buffer, at: 0 }), set: () => undefined, remove: () => void removed++ }, name: 'flags', onError: ({ code }) => void errors.push(code),
  });
  assert.equal((await at(null, {})).ruleset, undefined);
  assert.deepEqual([removed, errors], [0, ['storage', 'fetch']]);
});

test('a flight that was lost with its request does not keep later ones from flying', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 });
  let lost = true;
  // What a Worker does to a cancelled request: nothing it began ever ends.
  const fetch = (/** @type {any} */ url, /** @type {any} */ init) => (lost ? new Promise(() => {}) : globalThis.fetch(url, init));
  const { at } = edge({ timeout: 20, fetch: /** @type {any} */ (fetch) });
  assert.equal((await at(null, {})).ruleset, undefined);
  lost = false;
  t.mock.timers.setTime(1e12 + 15_009);
  assert.equal((await at(null, {})).ruleset, undefined);
  t.mock.timers.setTime(1e12 + 15_010);
  await until(async () => (await at(null, {})).ruleset?.revision === 1);
});

test('where flights are lost and nothing keeps them alive, a request waits for its own', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1e12 });
  let lost = false;
  const fetch = (/** @type {any} */ url, /** @type {any} */ init) => (lost ? new Promise(() => {}) : globalThis.fetch(url, init));
  const { at } = edge({ timeout: 20_000, maxAge: 1_000, fetch: /** @type {any} */ (fetch) });
  await at(null, {});
  host.document = document(2);
  lost = true;
  t.mock.timers.setTime(1e12 + 2_000);
  assert.equal((await at(null, {})).ruleset?.revision, 1);
  lost = false;
  t.mock.timers.setTime(1e12 + 60_000);
  assert.equal((await at(null, {})).ruleset?.revision, 2, 'at once and not the next time');
});

test('a store that is slow to write holds up nobody, and one that has an old ruleset answers before the host', { timeout: 30_000 }, async () => {
  const slow = edge({ timeout: 60_000, store: { get: () => undefined, set: () => new Promise(() => {}) } });
  assert.equal((await slow.at(null, {})).ruleset?.revision, 1);

  const entry = { bytes: new TextEncoder().encode(document(1)), at: Date.now() - 100_000 };
  const old = edge({ timeout: 60_000, store: { get: () => entry, set: () => undefined } });
  host.mode = 'hanging';
  assert.equal((await old.at(null, {})).ruleset?.revision, 1);
});

test('exposures are told once an isolate, after the answer', async () => {
  /** @type {any[]} */
  const told = [];
  const { at, errors } = edge({ onExposure: (exposure) => {
    told.push(exposure);
    throw new Error('no');
  } });
  for (let turn = 0; turn < 3; turn++) {
    const { string, boolean, details, all } = await at(null, { targetingKey: 'k', us: true });
    all();
    string('colour', '');
    details('colour', '');
    boolean('unknown', false);
    assert.equal(told.length, turn === 0 ? 0 : 1, 'not before the getter has returned');
    await null;
    await null;
  }
  assert.deepEqual(told, [{ flag: 'colour', variant: 'blue', reason: 'TARGETING_MATCH', rule: 'us', ruleIndex: 0, revision: 1, targetingKey: 'k' }]);
  assert.deepEqual(errors, ['exposure']);
});

test('no context brings it down', async () => {
  const { at } = edge({ onExposure: () => {} });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const context of [null, undefined, 5, 'x', revoked.proxy, { get targetingKey() { throw new Error('no'); } }]) {
    const found = await at({}, /** @type {any} */ (context));
    assert.equal(found.string('colour', ''), 'red');
    assert.equal(found.all().colour, 'red');
    assert.ok(found.snapshot());
  }
});

test('mistakes in the program are said at once', async () => {
  for (const options of [
    undefined, {}, { url: '/flags.json' }, { url: 'file:///flags.json' }, { url: 5 }, { store: memoryStore() }, { store: {}, url: host.url }, { url: host.url, timeout: -1 },
    { url: host.url, maxAge: '60' }, { url: host.url, fetch: 1 }, { url: host.url, onError: 'log' }, { url: host.url, maxStale: NaN },
  ]) assert.throws(() => createEdge(/** @type {any} */ (options)), TypeError, JSON.stringify(options));
  const { at } = edge();
  await assert.rejects(at(/** @type {any} */ ('request'), {}), TypeError);
  await assert.rejects(at(null, {}, /** @type {any} */ ({})), /waitUntil/);
});
