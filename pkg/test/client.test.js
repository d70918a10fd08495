/** The client with a ruleset that is there: readiness, getters, events, contexts, kills, overrides, an end. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from '../entry/node.js';
import { clientOf } from '../client.js';
import { createClient, document, fixed, record, settled, watchInstances } from './clients.js';

const rules = document({
  plan: { variants: { free: 'free', paid: 'paid' }, rules: [{ name: 'payers', if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'paid' }], serve: 'free' },
  theme: { variants: { dark: { colors: ['#000', { deep: [1] }] }, light: { colors: ['#fff'] } }, rules: [{ if: { attribute: 'night', op: 'eq', value: true }, serve: 'dark' }], serve: 'light', metadata: { ticket: 'X-1' } },
  yes: fixed(true), size: fixed(1.5), none: { variants: { on: true } },
  tags: { variants: { on: true, off: false }, rules: [{ if: { attribute: 'tags', op: 'hasAny', value: ['beta'] }, serve: 'on' }], serve: 'off' },
  broken: { variants: { on: true }, iff: 1 },
}, 7);
const keys = ['plan', 'theme', 'yes', 'size', 'none', 'tags', 'broken'];

test('before there is an answer there are fallbacks, and then answers as a ruleset gives them', async () => {
  const context = { plan: 'paid', night: true, targetingKey: 'u' };
  const client = createClient({ ruleset: rules, context });
  const log = record(client);
  assert.equal(client.string('plan', 'fallback'), 'fallback');
  assert.deepEqual(client.details('plan', 'x'), { value: 'x', reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
  assert.deepEqual(client.all(), {});
  assert.deepEqual(client.explain('plan').steps, []);
  assert.equal(client.revision, undefined);
  assert.deepEqual(await client.ready, { source: 'ruleset', stale: false });
  assert.deepEqual(log.log.map(({ event }) => event), ['change', 'ready', 'error']);
  assert.deepEqual(log.of('change')[0].keys, ['plan', 'theme', 'yes', 'size', 'tags'], 'those that have a value now');
  assert.deepEqual([log.of('error')[0].code, log.of('error')[0].diagnostics[0].flag], ['faults', 'broken']);
  assert.equal(client.revision, 7);
  assert.equal(client.stale, false);

  const ruleset = await load(rules);
  const bound = ruleset.context(context);
  for (const key of [...keys, 'unknown', '__proto__', 'toString']) {
    for (const fallback of [undefined, null, false, 'text', 5, {}, [], () => {}]) {
      assert.deepEqual(client.details(key, fallback), ruleset.details(key, bound, fallback), `${key} ${typeof fallback}`);
    }
    assert.equal(client.boolean(key, true), ruleset.boolean(key, bound, true));
    assert.equal(client.string(key, 's'), ruleset.string(key, bound, 's'));
    assert.equal(client.number(key, 5), ruleset.number(key, bound, 5));
    const fallback = {};
    assert.equal(client.object(key, fallback) === fallback, ruleset.object(key, bound, fallback) === fallback);
    assert.deepEqual(client.explain(key), ruleset.explain(key, bound));
  }
  assert.deepEqual(client.all(), ruleset.all(bound));
  client.close();
});

test('a ruleset may be text, bytes, a buffer or the parsed object, and whatever it says does not throw', async () => {
  const bytes = new TextEncoder().encode(rules);
  for (const ruleset of [rules, bytes, bytes.slice().buffer, new DataView(bytes.buffer), JSON.parse(rules)]) {
    const client = createClient({ ruleset, context: { plan: 'paid' } });
    await client.ready;
    assert.equal(client.string('plan', ''), 'paid');
    client.close();
  }
  const cyclic = /** @type {any} */ ({});
  cyclic.itself = cyclic;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const refused = ['', 'nonsense', '/rules.json', 'https://cdn.example/rules.json', '[]', '{"format":2}', null, {}, [], cyclic, proxy, { toJSON() { throw Object.create(null); } }, new Uint8Array(3), new ArrayBuffer(0)];
  for (const ruleset of refused) {
    const client = createClient({ ruleset: /** @type {any} */ (ruleset), readyTimeout: 600_000 });
    const log = record(client);
    assert.deepEqual(await client.ready, { source: 'none', stale: false }, 'at once: nothing more can come');
    await settled();
    assert.deepEqual(log.codes(), ['refused']);
    assert.equal(client.boolean('yes', false), false);
    client.close();
  }
});

test('a mistake of the caller throws at once and says what to write', () => {
  const url = 'https://cdn.example/rules.json';
  /** @type {[any, RegExp][]} */
  const mistakes = [
    [undefined, /takes an object of options/], [url, /takes an object of options/], [{}, /`url`, `ruleset` or `snapshot`/], [{ context: {} }, /`url`, `ruleset`/],
    [{ url: 5 }, /`url`/], [{ url: '' }, /`url`/], [{ ruleset: 5 }, /`ruleset`/], [{ url, updates: 'dead' }, /'live' or 'next-load'/], [{ url, fetch: 'x' }, /`fetch`/], [{ url, onExposure: {} }, /`onExposure`/],
    [{ url, interval: '5' }, /`interval` must be milliseconds/], [{ url, timeout: -1 }, /`timeout`/], [{ url, readyTimeout: NaN }, /`readyTimeout`/], [{ url, maxAge: null }, /`maxAge`/],
    [{ url, store: {} }, /localStorageStore\(\)/], [{ url, overrides: { a: true } }, /override/], [{ url, overrides: [] }, /override/],
  ];
  for (const [options, message] of mistakes) assert.throws(() => createClient(options), (error) => error instanceof TypeError && message.test(error.message), JSON.stringify(options));
  const client = createClient({ ruleset: rules });
  assert.throws(() => client.on(/** @type {any} */ ('changed'), () => {}), /there are ready, change, stale, fresh, error/);
  assert.throws(() => client.on('change', /** @type {any} */ (5)), TypeError);
  assert.throws(() => client.subscribe('plan', /** @type {any} */ (undefined)), TypeError);
  assert.throws(() => client.kill(/** @type {any} */ ('plan')), /list of flag keys/);
  assert.throws(() => client.override(/** @type {any} */ ('plan')), TypeError);
  client.close();
});

test('a loaded ruleset is not what the option takes', async () => {
  const ruleset = await load(rules);
  assert.throws(() => createClient({ ruleset }), /document that load\(\) takes/);
});

test('setContext answers for another context, and does nothing for one that no rule can tell apart', async () => {
  const client = createClient({ ruleset: rules, context: { plan: 'free', tags: ['a', 'b'], other: 1 } });
  await client.ready;
  const log = record(client);
  /** @type {string[]} */
  const seen = [];
  client.subscribe('plan', () => seen.push(client.string('plan', '')));
  const off = client.subscribe('theme', () => seen.push('theme'));
  client.setContext({ plan: 'free', tags: ['a', 'b'], other: 2 });
  assert.equal(log.log.length, 0);
  client.setContext({ plan: 'paid', tags: ['a', 'b'] });
  assert.equal(client.string('plan', ''), 'paid');
  assert.deepEqual(log.log.map(({ told }) => told), [{ keys: ['plan'] }]);
  client.setContext({ plan: 'paid', tags: ['a', 'beta'], night: true });
  assert.deepEqual(log.of('change')[1].keys, ['theme', 'tags']);
  client.setContext({ plan: 'paid', tags: ['a', 'beta', 'c'], night: true });
  assert.equal(log.of('change').length, 2, 'another list, the same decisions');
  off();
  off();
  client.setContext(null);
  assert.deepEqual(log.of('change')[2].keys, ['plan', 'theme', 'tags']);
  assert.deepEqual(seen, ['paid', 'theme', 'free']);
  const mutable = { plan: 'free' };
  client.setContext(mutable);
  mutable.plan = 'paid';
  assert.equal(client.string('plan', ''), 'free', 'attributes are read when they are given');
  client.setContext(mutable);
  assert.equal(client.string('plan', ''), 'paid', 'and again when given again');
  client.close();
});

test('a hostile context is a context', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const client = createClient({ ruleset: rules, context: proxy });
  await client.ready;
  const fail = () => {
    throw new Error('no');
  };
  for (const context of [proxy, 5, 'text', Symbol('s'), () => {}, [], new Map(), { get plan() { return fail(); } }, Object.create(null), { plan: { plan: 'paid' } }]) {
    client.setContext(/** @type {any} */ (context));
    assert.equal(client.string('plan', ''), 'free');
  }
  // A getter that sets another context while the first one is read, which is when the ruleset comes.
  const early = createClient({ ruleset: rules, context: { get plan() { early.setContext({ plan: 'paid' }); return 'free'; } } });
  await early.ready;
  assert.equal(early.string('plan', ''), 'paid');
  early.close();
  // A getter that asks, changes and ends what is asking it.
  let turns = 0;
  client.setContext({
    get plan() {
      client.string('plan', '');
      if (turns++ < 3) client.setContext({ plan: 'paid' });
      client.kill([]);
      return 'free';
    },
  });
  assert.equal(client.string('plan', ''), 'free', 'the outer one is the last');
  const recursive = { get plan() { client.setContext(recursive); return 'paid'; } };
  client.setContext(recursive);
  assert.equal(typeof client.string('plan', ''), 'string');
  client.setContext({ get plan() { client.close(); return 'paid'; } });
  assert.equal(client.string('plan', ''), 'paid');
});

test('kill and override act at once, reach prerequisites, and outlive nothing that replaces them', async () => {
  const ruleset = document({
    base: fixed(true),
    top: { variants: { on: 'on', off: 'off' }, off: 'off', require: { flag: 'base', is: 'it' }, serve: 'on' },
  });
  const client = createClient({ ruleset, overrides: { base: 'off' } });
  client.kill(['later']);
  await client.ready;
  const log = record(client);
  assert.deepEqual([client.boolean('base', true), client.string('top', '')], [false, 'off']);
  assert.equal(client.details('base', null).reason, 'OVERRIDE');
  client.override({});
  assert.deepEqual([client.boolean('base', false), client.string('top', '')], [true, 'on']);
  client.kill(['base', 'unknown']);
  assert.deepEqual([client.boolean('base', true), client.string('top', '')], [false, 'off']);
  assert.equal(client.details('base', null).reason, 'DISABLED');
  client.override({ base: 'it' });
  assert.equal(client.details('base', null).reason, 'OVERRIDE', 'the word of the code itself');
  client.override({ base: 'nonsense', unknown: 'x' });
  assert.equal(client.details('base', null).reason, 'DISABLED');
  client.override({});
  client.kill(new Set(['top']));
  assert.deepEqual([client.boolean('base', false), client.string('top', '')], [true, 'off']);
  assert.deepEqual(log.of('change').map(({ keys }) => keys), [['base', 'top'], ['base', 'top'], ['base', 'top'], ['base', 'top'], ['base']]);
  client.close();
});

test('an object keeps its identity while it is equal', async () => {
  const client = createClient({ ruleset: rules, context: { night: true } });
  await client.ready;
  const first = client.object('theme', {});
  assert.ok(Object.isFrozen(first));
  client.setContext({ night: true, plan: 'paid' });
  assert.equal(client.object('theme', {}), first);
  client.setContext({ night: false });
  const second = client.object('theme', {});
  assert.notEqual(second, first);
  assert.equal(client.details('theme', null).value, second);
  assert.equal(client.all().theme, second);
  client.close();
});

test('a listener may throw, reject, unsubscribe, change the context and close', async () => {
  const client = createClient({ ruleset: rules, context: { plan: 'free' } });
  await client.ready;
  const log = record(client);
  /** @type {string[]} */
  const order = [];
  const off = client.on('change', () => {
    order.push('first');
    off();
    after();
    throw new Error('a listener');
  });
  const after = client.on('change', () => order.push('taken off meanwhile'));
  client.on('change', async () => {
    throw Object.create(null);
  });
  client.on('error', () => {
    throw new Error('never heard of');
  });
  client.setContext({ plan: 'paid' });
  await settled();
  assert.deepEqual(order, ['first']);
  assert.deepEqual(log.codes(), ['listener', 'listener']);
  assert.equal(log.of('error')[0].message, 'a listener');

  // What a listener causes is told after what it was told of, to everyone.
  log.clear();
  let turns = 0;
  client.subscribe('plan', () => {
    if (turns++ === 0) client.setContext({ plan: 'free', night: true });
  });
  client.setContext({ plan: 'paid', night: true });
  client.setContext({ plan: 'free' });
  assert.deepEqual(log.of('change').map(({ keys }) => keys), [['theme'], ['plan', 'theme'], ['theme']]);
  client.setContext({ plan: 'paid' });
  assert.equal(turns, 2);
  client.on('change', () => client.close());
  client.on('change', () => order.push('after the end'));
  client.setContext({ plan: 'free' });
  assert.deepEqual(order, ['first']);
  assert.equal(client.string('plan', ''), 'free', 'getters go on');
  client.close();
});

test('methods may be taken off, and a closed client stays as it was', async () => {
  const client = createClient({ ruleset: rules, context: { plan: 'paid' } });
  const { string, details, all, setContext, on, subscribe, kill, close, adopt, refresh } = client;
  await client.ready;
  assert.equal(string('plan', ''), 'paid');
  const log = record(client);
  on('change', () => {});
  subscribe('plan', () => {});
  kill([]);
  adopt();
  await refresh();
  close();
  setContext({ plan: 'free' });
  assert.equal(details('plan', '').value, 'free');
  assert.equal(all().plan, 'free');
  await refresh();
  await settled();
  assert.equal(log.log.length, 0);
  const early = createClient({ ruleset: rules });
  early.close();
  assert.deepEqual(await early.ready, { source: 'none', stale: false });
  await settled();
  assert.equal(early.string('plan', 'fallback'), 'fallback');
});

test('a module that traps takes no answers with it, and a failure is not remembered', async () => {
  const module = new WebAssembly.Module(readFileSync(new URL('../wasm/core-trap.wasm', import.meta.url)));
  const { made, restore } = watchInstances();
  try {
    const rules = [{ if: { attribute: 'a', op: 'exists' }, serve: 'on' }];
    const flag = { variants: { on: true, off: false }, off: 'off', rules, serve: 'off' };
    const client = clientOf(() => module)({ ruleset: document({ fine: flag, time: { ...flag, rules: [{ if: { time: { from: '2020-01-01T00:00:00Z' } }, serve: 'on' }] } }), context: {} });
    await client.ready;
    const log = record(client);
    made.at(-1).exports.trap();
    client.setContext({ a: 1 });
    assert.equal(client.boolean('fine', false), true);
    made.at(-1).exports.trap();
    client.kill(['fine']);
    assert.equal(client.boolean('fine', true), false);
    made.at(-1).exports.trap();
    client.kill([]);
    client.override({ time: 'off' });
    assert.equal(client.boolean('fine', false), true);
    assert.equal(client.boolean('time', true), false);
    assert.equal(client.all().fine, true);
    assert.ok(log.of('change').length >= 3);
    assert.deepEqual(log.codes(), []);
    client.close();

    // The flag of this name traps whenever it is asked for.
    const always = clientOf(() => module)({ ruleset: document({ trap: flag, fine: flag }), context: { a: 1 } });
    await always.ready;
    for (let turn = 0; turn < 3; turn++) {
      assert.deepEqual(always.details('trap', true), { value: true, reason: 'ERROR', errorCode: 'GENERAL' });
      assert.equal(always.boolean('trap', true), true);
      assert.equal(always.boolean('fine', false), true);
    }
    always.close();

    // Near the end of the stack a call fails, and the next one does not.
    const deep = clientOf(() => module)({ ruleset: document({ fine: flag }), context: { a: 1 } });
    await deep.ready;
    const dive = () => {
      try {
        dive();
      } catch {
        // The end of the stack: further up there is room for more and more of a call.
      }
      try {
        deep.boolean('fine', false);
      } catch {
        // The getter itself could not be entered.
      }
    };
    dive();
    assert.equal(deep.boolean('fine', false), true);
    deep.close();
  } finally {
    restore();
  }
});
