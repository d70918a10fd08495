/** The client for users' tests answers as a ruleset with the same flags would, and tells what changes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createTestClient } from 'serin/testing';
import { load } from '../entry/node.js';
import { createClient, record, settled } from './clients.js';

const flags = { yes: true, no: false, word: 'blue', size: 5, zero: 0, empty: '', theme: { colors: ['#000'] }, list: [1, 2], ['__proto__']: true };
/** The document that the values stand for. */
const document = JSON.stringify({
  format: 1,
  flags: Object.fromEntries(Object.entries(flags).map(([key, value]) => [key, typeof value === 'boolean'
    ? { variants: { on: true, off: false }, off: 'off', serve: value ? 'on' : 'off' }
    : { variants: { value }, serve: 'value' }])),
});
const keys = [...Object.keys(flags), 'unknown', 'toString'];

test('it answers what a ruleset of the same flags answers, killed and overridden too', async () => {
  const client = /** @type {any} */ (createTestClient(flags));
  const ruleset = /** @type {any} */ (await load(document));
  assert.deepEqual(ruleset.diagnostics, []);
  const some = { yes: 'off', no: 'on', word: 'value', size: 'nope', unknown: 'on', empty: 'off' };
  for (const killed of [[], ['yes', 'word', 'theme', 'unknown'], keys]) {
    for (const overrides of [{}, some]) {
      client.kill(killed);
      client.override(overrides);
      ruleset.kill(killed);
      ruleset.override(overrides);
      const where = JSON.stringify([killed, overrides]);
      for (const key of keys) {
        for (const fallback of [true, 'fallback', 7, { own: true }, null, undefined]) {
          assert.deepEqual(client.details(key, fallback), ruleset.details(key, {}, fallback), `${where}: details of ${key}, ${fallback}`);
        }
        for (const [getter, fallback] of [['boolean', true], ['string', 'fallback'], ['number', 7], ['object', { own: true }]]) {
          assert.deepEqual(client[/** @type {string} */ (getter)](key, fallback), ruleset[/** @type {string} */ (getter)](key, {}, fallback), `${where}: ${getter} ${key}`);
        }
        assert.deepEqual(client.explain(key), ruleset.explain(key, {}), `${where}: explain ${key}`);
      }
      assert.deepEqual(client.all(), ruleset.all({}), where);
      assert.deepEqual(Object.keys(client.all()), Object.keys(ruleset.all({})), where);
    }
  }
});

test('it tells what a client of the same flags tells, in the same order', async () => {
  /** @param {import('../client.js').Client} client @param {unknown[]} told */
  const script = async (client, told) => {
    told.push(await client.ready);
    await settled();
    const { log } = record(client);
    for (const key of ['yes', 'word', 'unknown']) client.subscribe(key, () => told.push([key, client.details(key, null)]));
    client.boolean('yes', false);
    client.boolean('yes', false);
    client.kill(['yes', 'word', 'unknown']);
    client.boolean('yes', true);
    client.override({ yes: 'on', size: 'value' });
    client.boolean('yes', true);
    client.number('size', 0);
    client.setContext({ targetingKey: 'user-2' });
    client.boolean('yes', true);
    client.boolean('no', true);
    await settled();
    client.adopt();
    await client.refresh();
    client.kill([]);
    client.override({});
    told.push(client.all(), client.stale, client.revision);
    client.close();
    client.kill(['yes']);
    told.push(client.details('yes', null));
    return log;
  };
  const context = { targetingKey: 'user-1' };
  const [real, ours] = [/** @type {unknown[]} */ ([]), /** @type {unknown[]} */ ([])];
  const heard = await script(createClient({ ruleset: document, context, onExposure: (exposure) => real.push(exposure) }), real);
  assert.ok(heard.filter(({ event }) => event === 'change').length >= 3);
  assert.deepEqual(await script(createTestClient(flags, { context, onExposure: (exposure) => ours.push(exposure) }), ours), heard);
  assert.ok(real.length > 10);
  assert.deepEqual(ours, real);
});

test('set changes an answer and tells who listens, and only then', () => {
  const client = createTestClient({ a: true, theme: { colors: ['#000'] } });
  /** @type {string[]} */
  const heard = [];
  const off = client.on('change', ({ keys }) => heard.push(`change ${keys}`));
  const offA = client.subscribe('a', () => heard.push(`a is ${client.boolean('a', true)}`));
  const theme = client.object('theme', {});
  client.set('a', true);
  client.set('theme', { colors: ['#000'] });
  assert.deepEqual(heard, []);
  assert.equal(client.object('theme', {}), theme, 'an equal object is the same one');
  assert.ok(Object.isFrozen(/** @type {any} */ (theme).colors));
  client.set('a', false);
  client.set('b', 'new');
  assert.deepEqual(heard.splice(0), ['a is false', 'change a', 'change b']);
  client.set('a', undefined);
  assert.equal(client.details('a', true).errorCode, 'FLAG_NOT_FOUND');
  client.kill(['b']);
  client.override({});
  assert.deepEqual(heard.splice(0), ['a is true', 'change a', 'change b']);
  assert.equal(client.details('b', 'x').reason, 'DISABLED');
  client.set('b', 'newer');
  assert.equal(client.details('b', 'x').reason, 'DISABLED', 'what is killed stays killed');
  off();
  offA();
  client.kill([]);
  client.set('a', true);
  assert.deepEqual(heard, []);
  assert.equal(client.string('b', ''), 'newer');
});

test('without flags it waits, and the first one makes it ready', async () => {
  const client = createTestClient();
  /** @type {unknown[]} */
  const heard = [];
  client.on('ready', (ready) => heard.push(ready));
  assert.deepEqual(client.details('a', 5), { value: 5, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
  assert.deepEqual(client.all(), {});
  assert.equal(await Promise.race([client.ready, new Promise((late) => setImmediate(late, 'waits'))]), 'waits');
  client.set('a', 6);
  assert.deepEqual(await client.ready, { source: 'ruleset', stale: false });
  assert.deepEqual(heard, [{ source: 'ruleset', stale: false }]);
  assert.equal(client.number('a', 5), 6);
  client.set('a', 7);
  await client.refresh();
  assert.equal(heard.length, 1);
  assert.deepEqual(await createTestClient({}).ready, { source: 'ruleset', stale: false });
});

test('exposures are told once, with the targeting key', async () => {
  /** @type {unknown[]} */
  const told = [];
  const client = createTestClient({ a: true, b: 'x' }, { context: { targetingKey: 'user-1' }, onExposure: (exposure) => told.push(exposure) });
  client.boolean('a', false);
  client.boolean('a', false);
  client.string('unknown', '');
  client.details('b', '');
  assert.deepEqual(told, [], 'not while a getter runs');
  await client.ready;
  client.setContext({ targetingKey: 'user-2' });
  client.boolean('a', false);
  await client.ready;
  assert.deepEqual(told, [
    { flag: 'a', variant: 'on', reason: 'STATIC', targetingKey: 'user-1' }, { flag: 'b', variant: 'value', reason: 'STATIC', targetingKey: 'user-1' },
    { flag: 'a', variant: 'on', reason: 'STATIC', targetingKey: 'user-2' },
  ]);
});

test('a listener that throws is an error event, and harms nobody', () => {
  const client = createTestClient({ a: 1 });
  /** @type {any[]} */
  const errors = [];
  client.on('error', (error) => errors.push(error));
  client.subscribe('a', () => {
    throw new Error('mine');
  });
  let told = 0;
  client.subscribe('a', () => told++);
  client.set('a', 2);
  assert.equal(told, 1);
  assert.deepEqual(errors.map(({ code, cause }) => [code, cause.message]), [['listener', 'mine']]);
});

test('whatever a listener throws, and with the words of the real client', () => {
  const client = createTestClient({ a: 1 });
  /** @type {any[]} */
  const messages = [];
  client.on('error', ({ message }) => messages.push(message));
  const thrown = [new Error('mine'), Object.create(null), { get message() { throw new Error('no'); } }, undefined];
  let told = 0;
  client.on('change', () => {
    throw thrown[told];
  });
  client.on('change', () => told++);
  for (const value of [2, 3, 4, 5]) client.set('a', value);
  assert.equal(told, 4);
  assert.deepEqual(messages, ['mine', 'what was thrown cannot be read', 'what was thrown cannot be read', 'undefined']);
});

test('mistakes are errors that say what to write', () => {
  for (const value of [null, NaN, Infinity, () => {}, Symbol('x'), 5n, { toJSON: () => null }, { toJSON() {} }, Object(NaN), new Date(NaN)]) {
    assert.throws(() => createTestClient(/** @type {any} */ ({ 'my-flag': value })), /TypeError: the flag "my-flag" must have a value: a boolean/);
  }
  const client = /** @type {any} */ (createTestClient({ a: 1 }));
  assert.throws(() => client.set('a', null), TypeError);
  assert.throws(() => client.set({ a: 2 }), /TypeError: set\(\) takes a flag key and a value/);
  assert.throws(() => client.on('changed', () => {}), TypeError);
  assert.throws(() => client.subscribe('a'), TypeError);
  assert.throws(() => client.kill('a'), TypeError);
  assert.throws(() => client.override({ a: 1 }), TypeError);
  assert.equal(client.number('a', 0), 1);
});

test('closed, it answers on and tells nothing', async () => {
  const client = createTestClient({ a: 1 });
  let told = 0;
  client.on('change', () => told++);
  client.close();
  client.close();
  client.set('a', 2);
  assert.equal(client.number('a', 0), 2);
  assert.equal(told, 0);
  const waiting = createTestClient();
  waiting.close();
  assert.deepEqual(await waiting.ready, { source: 'none', stale: false });
});

test('it runs where there is no WebAssembly, and keeps no process alive', () => {
  const code = `
    delete globalThis.WebAssembly;
    const { createTestClient } = await import('serin/testing');
    const client = createTestClient({ a: true });
    client.on('change', ({ keys }) => console.log(String(keys), client.boolean('a', true)));
    client.set('a', false);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], { cwd: new URL('..', import.meta.url), encoding: 'utf8', timeout: 20_000 });
  assert.deepEqual([stdout, stderr, status], ['a false\n', '', 0]);
});
