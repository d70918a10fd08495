/** Exposures: each different one once, after the getter has returned, and harmless whatever hears them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../entry/node.js';
import { exposures } from '../exposures.js';
import { createClient, document, fixed, record, settled, until } from './clients.js';
import { startHost } from './host.js';

const flags = {
  plan: { variants: { free: 'free', paid: 'paid' }, salt: 's', rules: [{ name: 'payers', if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'paid' }], serve: 'free' },
  theme: fixed({ dark: true }), none: { variants: { on: true } },
};

test('what a getter answers is told once, with what decided it', async () => {
  /** @type {any[]} */
  const told = [];
  const client = createClient({ ruleset: document(flags, 7), context: { targetingKey: 'u-1', plan: 'paid' }, onExposure: (exposure) => void told.push(exposure) });
  client.string('plan', '');
  await client.ready;
  client.on('change', () => {});
  client.subscribe('theme', () => {});
  client.all();
  client.explain('theme');
  await settled();
  assert.deepEqual(told, [], 'neither a fallback, nor what nobody asked for one by one');
  assert.equal(client.string('plan', ''), 'paid');
  assert.deepEqual(told, [], 'not before the getter has returned');
  client.details('theme', null);
  client.string('theme', 'another type');
  client.boolean('none', true);
  client.boolean('unknown', true);
  client.details('plan', 5);
  await settled();
  assert.deepEqual(told, [
    { flag: 'plan', variant: 'paid', reason: 'TARGETING_MATCH', rule: 'payers', ruleIndex: 0, revision: 7, targetingKey: 'u-1' },
    { flag: 'theme', variant: 'it', reason: 'STATIC', revision: 7, targetingKey: 'u-1' },
  ]);
  told.splice(0);
  for (let turn = 0; turn < 1000; turn++) client.string('plan', '');
  client.details('plan', '');
  client.setContext({ targetingKey: 'u-1', plan: 'free' });
  client.setContext({ targetingKey: 'u-1', plan: 'paid' });
  client.string('plan', '');
  await settled();
  assert.deepEqual(told, [], 'known');
  client.setContext({ targetingKey: 'u-2', plan: 'paid' });
  client.string('plan', '');
  client.override({ plan: 'free' });
  client.string('plan', '');
  await settled();
  assert.deepEqual(told, [
    { flag: 'plan', variant: 'paid', reason: 'TARGETING_MATCH', rule: 'payers', ruleIndex: 0, revision: 7, targetingKey: 'u-2' },
    { flag: 'plan', variant: 'free', reason: 'OVERRIDE', revision: 7, targetingKey: 'u-2' },
  ]);
  client.close();
});

test('a targeting key that no rule reads is told all the same, and one that is none is left out', async () => {
  /** @type {any[]} */
  const told = [];
  const client = createClient({ ruleset: document({ a: fixed(true) }), context: { targetingKey: 1 }, onExposure: ({ targetingKey }) => void told.push(targetingKey) });
  await client.ready;
  for (const targetingKey of [1, 'two', {}, null, NaN]) {
    client.setContext({ targetingKey });
    client.boolean('a', false);
  }
  client.setContext({ get targetingKey() { throw new Error('no'); } });
  client.boolean('a', false);
  await settled();
  assert.deepEqual(told, [1, 'two', undefined]);
  client.close();
});

test('the targeting key that is told is the one that the ruleset was asked with', async () => {
  /** @type {any[]} */
  const told = [];
  const context = {};
  const client = createClient({ ruleset: document(flags), context, onExposure: ({ targetingKey }) => void told.push(targetingKey) });
  Object.assign(context, { targetingKey: 'u' });
  await client.ready;
  client.string('plan', '');
  await settled();
  assert.deepEqual(told, ['u']);
  client.close();
});

test('to explain is to expose nobody', async () => {
  const snapshot = (await load(document(flags))).snapshot({});
  for (const how of [{ snapshot }, { ruleset: document(flags) }]) {
    /** @type {any[]} */
    const told = [];
    const client = createClient({ ...how, onExposure: (exposure) => void told.push(exposure) });
    await client.ready;
    const { flag, value, variant, steps } = client.explain('theme');
    assert.deepEqual({ flag, value, variant, steps }, { flag: 'theme', value: { dark: true }, variant: 'it', steps: [] });
    assert.equal(client.explain('unknown').value, undefined);
    await settled();
    assert.deepEqual(told, []);
    assert.equal(client.explain('theme').value, client.object('theme', {}));
    client.close();
  }
});

test('a snapshot is told with its own revision, and the ruleset after it with its own', async () => {
  const host = await startHost(document(flags, 2));
  try {
    const snapshot = (await load(document(flags, 1))).snapshot({}, { flags: ['plan'] });
    /** @type {any[]} */
    const told = [];
    const client = createClient({ url: host.url, snapshot, interval: Infinity, onExposure: ({ flag, revision }) => void told.push([flag, revision]) });
    client.string('plan', '');
    await until(() => !client.stale);
    client.string('plan', '');
    client.object('theme', {});
    client.adopt();
    client.string('plan', '');
    await settled();
    assert.deepEqual(told, [['plan', 1], ['theme', 2], ['plan', 2]]);
    client.close();
  } finally {
    await host.close();
  }
});

test('what throws or rejects becomes an event, and the others are told', async () => {
  /** @type {string[]} */
  const told = [];
  const client = createClient({
    ruleset: document({ a: fixed(1), b: fixed(2), c: fixed(3) }),
    onExposure: /** @type {any} */ (({ flag }) => {
      told.push(flag);
      if (flag === 'a') throw Object.create(null);
      if (flag === 'b') return Promise.reject(new Error('the network of theirs'));
      client.number('b', 0);
    }),
  });
  await client.ready;
  const log = record(client);
  assert.deepEqual(['a', 'b', 'c'].map((key) => client.number(key, 0)), [1, 2, 3]);
  await settled();
  assert.deepEqual(told, ['a', 'b', 'c']);
  assert.deepEqual(log.codes(), ['exposure', 'exposure']);
  client.close();
});

test('however many are told, those of late are remembered, and not all for ever', async () => {
  /** @type {number[]} */
  const told = [];
  const expose = exposures(({ targetingKey }) => void told.push(Number(targetingKey)), assert.fail);
  const one = (/** @type {number} */ targetingKey) => expose({ flag: 'a', variant: 'on', reason: 'STATIC', targetingKey });
  for (let key = 0; key < 20_000; key++) {
    one(key);
    one(Math.max(key - 2000, 0));
    one(5);
  }
  await settled();
  assert.equal(told.filter((key) => key === 5).length, 1, 'one that comes again and again is remembered');
  assert.equal(told.length, 20_000);
  one(0);
  await settled();
  assert.equal(told.length, 20_001, 'one of long ago is forgotten');
});

test('of long targeting keys fewer are remembered, so that visitors cannot fill the memory', async () => {
  let told = 0;
  const expose = exposures(() => void told++, assert.fail);
  const one = (/** @type {number} */ key) => expose({ flag: 'a', variant: 'on', reason: 'STATIC', targetingKey: `${key}`.padStart(16_384, 'x') });
  for (let key = 0; key < 1_000; key++) {
    one(key);
    one(Math.max(key - 30, 0));
  }
  await settled();
  assert.equal(told, 1_000, 'those of late are');
  one(0);
  await settled();
  assert.equal(told, 1_001, 'and those of long ago are not');
});
