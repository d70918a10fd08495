/** No flicker: a snapshot answers from the first moment, holds, and gives way to what must not wait. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../entry/node.js';
import { clientOf } from '../client.js';
import { createClient, document, fixed, record, settled, until } from './clients.js';
import { startHost } from './host.js';

const flags = {
  base: { variants: { on: true, off: false }, off: 'off', serve: 'on' },
  top: { variants: { on: 'on', off: 'off' }, off: 'off', require: { flag: 'base', is: 'on' }, serve: 'on' },
  plan: { variants: { free: 'free', paid: 'paid' }, rules: [{ name: 'payers', if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'paid' }], serve: 'free', metadata: { ticket: 'X-1' } },
  theme: { variants: { dark: { colors: ['#000'] } }, serve: 'dark' },
  none: { variants: { on: true } },
  'else': { variants: { on: true, off: false }, rules: [{ if: { attribute: 'beta', op: 'eq', value: true }, serve: 'on' }], serve: 'off' },
};
const old = document(flags, 1);
const newer = document({ ...flags, plan: { ...flags.plan, rules: [] }, theme: { variants: { light: { colors: ['#fff'] } }, serve: 'light' } }, 2);
const context = { plan: 'paid', targetingKey: 'u' };
const held = ['base', 'top', 'plan', 'theme', 'none', 'unknown'];
const make = async () => {
  const ruleset = await load(old);
  return ruleset.snapshot(context, { flags: held });
};

/** A page in which modules are forbidden. */
const withoutModule = clientOf(() => Promise.reject(new WebAssembly.CompileError('refused by the policy')));

test('a snapshot answers at once, as the ruleset it was made from', async () => {
  const ruleset = await load(old);
  const snapshot = ruleset.snapshot(context, { flags: held });
  const bound = ruleset.context(context);
  for (const given of [snapshot, String(snapshot), JSON.stringify(snapshot), structuredClone(snapshot)]) {
    const client = withoutModule({ snapshot: given, context });
    for (const key of held) {
      for (const fallback of [undefined, null, false, 'text', 5, {}]) {
        // Of what type a flag is that has no value for this context, a snapshot does not say.
        if (key === 'none' && fallback && typeof fallback !== 'boolean') continue;
        assert.deepEqual(client.details(key, fallback), ruleset.details(key, bound, fallback), `${key} ${typeof fallback}`);
      }
    }
    assert.equal(client.boolean('base', false), true);
    assert.equal(client.string('plan', ''), 'paid');
    assert.equal(client.string('base', 'another type'), 'another type');
    assert.deepEqual(client.object('theme', {}), { colors: ['#000'] });
    assert.equal(client.object('theme', {}), client.object('theme', {}));
    assert.equal(client.boolean('none', true), true);
    assert.deepEqual(client.all(), { base: true, top: 'on', plan: 'paid', theme: { colors: ['#000'] } });
    assert.deepEqual(client.details('else', false), { value: false, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
    assert.equal(client.revision, 1);
    assert.deepEqual(await client.ready, { source: 'snapshot', stale: false });
    client.close();
  }
});

test('a page without WebAssembly lives on its snapshot, with one event', async () => {
  const host = await startHost(newer);
  try {
    const client = withoutModule({ url: host.url, snapshot: await make(), context, interval: 5000 });
    const log = record(client);
    assert.deepEqual(await client.ready, { source: 'snapshot', stale: true });
    await settled();
    await client.refresh();
    client.adopt();
    assert.equal(client.string('plan', ''), 'paid', 'there is nothing to adopt');
    assert.deepEqual(log.codes(), ['module']);
    assert.match(log.of('error')[0].message, /refused by the policy.*'wasm-unsafe-eval'/);
    assert.equal(log.of('change').length, 0);
    client.setContext({ plan: 'paid', targetingKey: 'another', ignored: 1 });
    assert.equal(client.string('plan', ''), 'paid', 'no flag of the snapshot can tell');
    client.kill(['plan']);
    assert.deepEqual(client.details('plan', 'mine'), { value: 'mine', reason: 'DISABLED' });
    client.kill([]);
    client.setContext({ plan: 'free' });
    assert.deepEqual(client.details('plan', 'mine'), { value: 'mine', reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
    assert.deepEqual(log.of('change').map(({ keys }) => keys), [['plan'], ['plan'], ['base', 'top', 'plan', 'theme']]);
    client.close();
  } finally {
    await host.close();
  }
});

test('its values hold when the ruleset comes, which answers the rest; adopt lets it answer all', async () => {
  const client = createClient({ ruleset: newer, snapshot: await make(), context });
  const log = record(client);
  const theme = client.object('theme', {});
  await until(() => client.details('else', null).errorCode === undefined);
  assert.equal(client.string('plan', ''), 'paid');
  assert.equal(client.object('theme', {}), theme);
  assert.deepEqual(client.all(), { base: true, top: 'on', plan: 'paid', theme: { colors: ['#000'] }, else: false });
  assert.deepEqual(log.of('change').map(({ keys }) => keys), [['else']]);
  assert.deepEqual(client.explain('plan').steps, []);
  client.setContext({ ...context, beta: true });
  assert.deepEqual(log.of('change')[1].keys, ['else'], 'what only the ruleset reads leaves the snapshot alone');
  assert.equal(client.string('plan', ''), 'paid');
  client.adopt();
  assert.equal(client.string('plan', ''), 'free');
  assert.deepEqual(client.object('theme', {}), { colors: ['#fff'] });
  assert.deepEqual(log.of('change')[2].keys, ['plan', 'theme']);
  client.close();
  // Adopted before there is anything: as soon as there is.
  const early = createClient({ ruleset: newer, snapshot: await make(), context });
  early.adopt();
  assert.equal(early.string('plan', ''), 'paid');
  await until(() => early.string('plan', '') === 'free');
  early.close();
});

test('setContext gives it up for another context, at once', async () => {
  const client = createClient({ ruleset: newer, snapshot: await make(), context });
  await until(() => client.details('else', null).errorCode === undefined);
  client.setContext({ plan: 'free' });
  assert.deepEqual(client.object('theme', {}), { colors: ['#fff'] });
  client.setContext(context);
  assert.equal(client.string('plan', ''), 'free', 'and for good');
  client.close();
});

test('given up before anyone was told, it makes nobody ready', async () => {
  const host = await startHost(newer);
  host.mode = 'slow';
  const client = createClient({ url: host.url, snapshot: await make(), context, interval: Infinity });
  const log = record(client);
  try {
    client.setContext({ plan: 'free' });
    assert.deepEqual(await client.ready, { source: 'network', stale: false });
    assert.deepEqual(log.of('ready'), [{ source: 'network', stale: false }]);
    assert.deepEqual(log.codes(), []);
  } finally {
    client.close();
    await host.close();
  }
});

test('whatever stands in for a key, no getter throws', async () => {
  const client = /** @type {any} */ (createClient({ snapshot: await make(), context }));
  await client.ready;
  for (const key of [Object.create(null), { toString() { throw new Error('no'); } }, Symbol('plan'), ['plan'], 5, null, undefined]) {
    for (const getter of ['boolean', 'string', 'number', 'object']) assert.equal(client[getter](key, 'fallback'), 'fallback');
    assert.equal(client.details(key, 'fallback').errorCode, 'PROVIDER_NOT_READY');
    assert.deepEqual(client.explain(key).steps, []);
  }
  client.close();
});

test('one that was made for another context is dropped, with an event; without a context it is taken', async () => {
  for (const other of [{ plan: 'free' }, { plan: ['paid'] }, null, undefined]) {
    const snapshot = await make();
    const client = createClient({ ruleset: old, snapshot, ...(other === undefined ? {} : { context: other }) });
    const log = record(client);
    if (other === undefined) {
      assert.equal(client.string('plan', ''), 'paid');
      await client.ready;
      assert.deepEqual(log.codes(), []);
    } else {
      assert.equal(client.string('plan', 'fallback'), 'fallback');
      assert.equal((await client.ready).source, 'ruleset');
      assert.deepEqual(log.codes(), ['snapshot']);
      assert.match(log.of('error')[0].message, /another context/);
      assert.equal(client.string('plan', ''), 'free');
    }
    client.close();
  }
});

test('what is no snapshot is dropped, with an event, and null is nothing', async () => {
  for (const snapshot of ['', 'text', '{}', 5, {}, [], { format: 2 }, { format: 1, now: 0, paths: [], digest: '', flags: {} }, () => {}]) {
    const client = createClient({ snapshot: /** @type {any} */ (snapshot), ruleset: old });
    const log = record(client);
    await client.ready;
    await settled();
    assert.deepEqual(log.codes(), ['snapshot']);
    assert.equal(client.boolean('base', false), true);
    client.close();
  }
  for (const snapshot of [null, undefined]) {
    const client = createClient({ snapshot });
    const log = record(client);
    assert.equal((await client.ready).source, 'none');
    assert.deepEqual(log.codes(), []);
    client.close();
  }
});

test('a kill acts at once on what is held, and on what depends on it, and nothing else moves', async () => {
  const client = createClient({ ruleset: newer, snapshot: await make(), context });
  await until(() => client.details('else', null).errorCode === undefined);
  const seen = () => [client.boolean('base', false), client.string('top', ''), client.string('plan', '')];
  const log = record(client);
  client.kill(['base']);
  assert.deepEqual(seen(), [false, 'off', 'paid']);
  assert.equal(client.details('base', null).reason, 'DISABLED');
  assert.deepEqual(log.of('change'), [{ keys: ['base', 'top'] }]);
  client.kill([]);
  assert.deepEqual(seen(), [true, 'on', 'paid']);
  client.override({ base: 'off' });
  assert.deepEqual(seen(), [false, 'off', 'paid']);
  assert.equal(client.details('base', null).reason, 'OVERRIDE');
  client.override({ plan: 'nonsense' });
  assert.deepEqual(seen(), [true, 'on', 'paid'], 'an override of nothing moves nothing');
  client.override({});
  assert.deepEqual(seen(), [true, 'on', 'paid']);
  client.close();
});

test("a host's kill acts at once on what is held, with 'live' and with 'next-load'", async () => {
  const host = await startHost(old);
  try {
    for (const updates of /** @type {const} */ (['live', 'next-load'])) {
      host.document = old;
      const client = createClient({ url: host.url, snapshot: await make(), context, updates, interval: Infinity });
      await until(() => !client.stale);
      const seen = () => [client.boolean('base', false), client.string('top', ''), client.string('plan', '')];
      host.document = newer;
      await client.refresh();
      assert.deepEqual(seen(), [true, 'on', 'paid'], updates);
      host.document = document({ ...flags, base: { ...flags.base, enabled: false } }, 3);
      await client.refresh();
      assert.deepEqual(seen(), [false, 'off', 'paid'], updates);
      host.document = old;
      await client.refresh();
      assert.deepEqual(seen(), [true, 'on', 'paid'], updates);
      client.close();
    }
  } finally {
    await host.close();
  }
});

test('what was off already for the snapshot stays as it is', async () => {
  const off = { ...flags, base: { ...flags.base, enabled: false }, plan: { ...flags.plan, require: { not: { flag: 'base', is: 'on' } } } };
  const ruleset = await load(document(off, 1));
  const client = createClient({ ruleset: document({ ...off, plan: { ...off.plan, serve: 'paid', rules: [] } }, 2), snapshot: ruleset.snapshot({ plan: 'free' }, { flags: ['base', 'plan'] }), context: { plan: 'free' } });
  await until(() => client.details('else', null).errorCode === undefined);
  assert.equal(client.string('plan', ''), 'free', 'held, though what it depends on is off: it was then too');
  assert.equal(client.details('base', null).reason, 'DISABLED');
  client.close();
});
