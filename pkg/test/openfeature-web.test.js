/** The provider for pages, as the SDK's users see it: contexts, events, and a life of many beginnings. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, test } from 'node:test';
import { InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import * as sdk from '@openfeature/web-sdk';
import { createClient, load } from 'serin';
import { SerinWebProvider } from 'serin/openfeature/web';
import { createTestClient } from 'serin/testing';
import { clientOf } from '../client.js';
import { document, fixed, settled, until, watchInstances } from './clients.js';
import { first, listen, paid, second, withHost } from './openfeature.js';

/** @type {unknown[]} */
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, [], 'nothing rejects that nobody hears'));
afterEach(async () => {
  await OpenFeature.clearProviders();
  await OpenFeature.clearContexts();
  OpenFeature.clearHandlers();
  OpenFeature.clearHooks();
});

/** No polling, patience with a busy machine, and no host that is on the network. */
const ONCE = { interval: Infinity, readyTimeout: 60_000 };
const GONE = { ...ONCE, url: 'https://flags.example/', fetch: async () => new Response('', { status: 500 }) };
/** A page in which modules are forbidden. */
const withoutModule = clientOf(() => Promise.reject(new WebAssembly.CompileError('refused by the policy')));
/** What the SDK says of a provider that fails. */
OpenFeature.setLogger({ error() {}, warn() {}, info() {}, debug() {} });

let domains = 0;
/** A domain that no test had before. */
const domain = () => `domain ${domains++}`;

test('every domain is answered for its own context, from one client', () =>
  withHost(async (host) => {
    const provider = new SerinWebProvider({ url: host.url, ...ONCE });
    await OpenFeature.setProviderAndWait('one', provider, { plan: 'paid' });
    await OpenFeature.setProviderAndWait('two', provider, { plan: 'free' });
    const [one, two] = [OpenFeature.getClient('one'), OpenFeature.getClient('two')];
    for (let turn = 0; turn < 3; turn++) {
      assert.equal(one.getBooleanValue('checkout', false), true);
      assert.equal(two.getBooleanValue('checkout', true), false);
    }
    await OpenFeature.setContext('two', { plan: 'paid' });
    assert.equal(two.getBooleanValue('checkout', false), true);
    assert.equal(host.requests.length, 1);
  }));

test('another context is no promise, so nothing flashes', async () => {
  const provider = new SerinWebProvider({ ruleset: first });
  const name = domain();
  await OpenFeature.setProviderAndWait(name, provider, { plan: 'free' });
  assert.equal(provider.onContextChange({ plan: 'free' }, { plan: 'paid' }), undefined);
  const { names } = listen(OpenFeature.getClient(name), ProviderEvents);
  await settled();
  assert.deepEqual(names(), ['READY']);
  await OpenFeature.setContext(name, { plan: 'paid' });
  await settled();
  assert.deepEqual(names(), ['READY', 'CONTEXT_CHANGED'], 'and not RECONCILING');
  assert.equal(OpenFeature.getClient(name).getBooleanValue('checkout', false), true);
});

test('a provider that has nothing says so, why, and what mends it; and is ready when something comes', () =>
  withHost(async (host) => {
    host.mode = '500';
    const provider = new SerinWebProvider({ url: host.url, readyTimeout: 3_000 });
    const name = domain();
    const { names, log, clear } = listen(OpenFeature.getClient(name), ProviderEvents);
    clear();
    await assert.rejects(OpenFeature.setProviderAndWait(name, provider, { plan: 'paid' }), ({ code, name, message, cause }) => {
      assert.deepEqual([code, name, cause.code], ['PROVIDER_NOT_READY', 'ProviderNotReadyError', 'fetch']);
      assert.match(message, /answered 500.*`snapshot`.*`ruleset`.*`store`/);
      return true;
    });
    const client = OpenFeature.getClient(name);
    assert.deepEqual(names(), ['ERROR']);
    assert.equal(client.providerStatus, 'ERROR');
    const { errorCode, errorMessage, value } = client.getStringDetails('colour', 'fallback');
    assert.deepEqual([errorCode, value], ['PROVIDER_NOT_READY', 'fallback']);
    assert.match(/** @type {string} */ (errorMessage), /no ruleset yet/);
    host.mode = 'good';
    await until(() => names().includes('READY'));
    assert.equal(client.providerStatus, 'READY');
    assert.equal(client.getStringValue('colour', ''), 'blue');
    await until(() => names().includes('CONFIGURATION_CHANGED'), 'who was told that there is none must ask again');
    assert.deepEqual(log.find(({ event }) => event === 'CONFIGURATION_CHANGED')?.flags?.sort(), ['checkout', 'colour', 'limit']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(names().sort(), ['CONFIGURATION_CHANGED', 'ERROR', 'READY'], 'each once, and no STALE');
  }));

test('a ruleset that is refused is PARSE_ERROR, and a page that may not run WebAssembly fatal', async () => {
  await assert.rejects(OpenFeature.setProviderAndWait(domain(), new SerinWebProvider({ ruleset: '{"format":2}' })), { code: 'PARSE_ERROR' });
  const name = domain();
  const began = performance.now();
  const client = withoutModule({ url: 'https://flags.example/', fetch: async () => new Response(first), readyTimeout: 60_000 });
  await assert.rejects(OpenFeature.setProviderAndWait(name, new SerinWebProvider(client)), { code: 'PROVIDER_FATAL' });
  assert.ok(performance.now() - began < 30_000, 'at once');
  assert.equal(OpenFeature.getClient(name).providerStatus, 'FATAL');
  assert.equal(OpenFeature.getClient(name).getBooleanDetails('checkout', false).errorCode, 'PROVIDER_FATAL');
  client.close();
});

test('a ruleset that comes late makes ready who waited for it', async () => {
  let send = () => {};
  const late = new Promise((resolve) => (send = () => resolve(undefined)));
  const provider = new SerinWebProvider({ ...ONCE, url: 'https://flags.example/', readyTimeout: 20, fetch: async () => (await late, new Response(first)) });
  const name = domain();
  await assert.rejects(OpenFeature.setProviderAndWait(name, provider), { code: 'PROVIDER_NOT_READY' });
  const { names } = listen(OpenFeature.getClient(name), ProviderEvents);
  send();
  await until(() => names().includes('READY'));
  assert.equal(OpenFeature.getClient(name).getStringValue('colour', ''), 'blue');
});

test('a snapshot answers at once for its own context, and for no other', async () => {
  const ruleset = await load(first);
  const snapshot = ruleset.snapshot({ plan: 'paid' }, { flags: ['checkout', 'colour'] });
  // Without WebAssembly it is all there is.
  const client = withoutModule({ snapshot: String(snapshot) });
  const [mine, other] = [domain(), domain()];
  const provider = new SerinWebProvider(client);
  OpenFeature.setProvider(mine, provider, { plan: 'paid' });
  await OpenFeature.setProviderAndWait(other, provider, { plan: 'free' });
  assert.deepEqual(OpenFeature.getClient(mine).getBooleanDetails('checkout', false), {
    flagKey: 'checkout', value: true, variant: 'on', reason: 'TARGETING_MATCH', flagMetadata: {},
  });
  assert.equal(OpenFeature.getClient(mine).getStringDetails('checkout', '').errorCode, 'TYPE_MISMATCH');
  assert.equal(OpenFeature.getClient(mine).getNumberDetails('limit', 0).errorCode, 'PROVIDER_NOT_READY', 'it does not hold this one');
  assert.equal(OpenFeature.getClient(other).getBooleanDetails('checkout', false).errorCode, 'PROVIDER_NOT_READY');
  // Another context is an error where nothing can come, and the old one still has its answer.
  const { names } = listen(OpenFeature.getClient(mine), ProviderEvents);
  const changing = OpenFeature.setContext(mine, { plan: 'free' });
  assert.equal(OpenFeature.getClient(mine).providerStatus, 'RECONCILING');
  client.close();
  await changing;
  assert.ok(names().includes('RECONCILING'));
  await OpenFeature.setContext(mine, { plan: 'paid' });
  assert.equal(OpenFeature.getClient(mine).getBooleanValue('checkout', false), true);
});

test('a context that nothing answers is an error, the one before it is none, and a ruleset mends both with one event', () =>
  withHost(async (host) => {
    host.mode = '503';
    const snapshot = (await load(first)).snapshot({ plan: 'paid' });
    const name = domain();
    await OpenFeature.setProviderAndWait(name, new SerinWebProvider({ url: host.url, snapshot, readyTimeout: 20 }), { plan: 'paid' });
    const page = OpenFeature.getClient(name);
    await until(() => page.providerStatus === 'STALE');
    const { names, clear } = listen(page, ProviderEvents);
    clear();
    await OpenFeature.setContext(name, { plan: 'free' });
    assert.deepEqual([page.providerStatus, ...names()], ['ERROR', 'RECONCILING', 'ERROR']);
    await OpenFeature.setContext(name, { plan: 'paid' });
    await until(() => page.providerStatus === 'STALE');
    clear();
    await OpenFeature.setContext(name, { plan: 'free' });
    clear();
    host.mode = 'good';
    await until(() => names().includes('READY'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(names().filter((event) => event !== 'CONFIGURATION_CHANGED'), ['READY']);
    assert.equal(page.getBooleanDetails('checkout', true).reason, 'DEFAULT');
  }));

test('where nothing but a snapshot answers, another context waits for the ruleset, and no longer than readyTimeout', () =>
  withHost(async (host) => {
    const snapshot = (await load(first)).snapshot({ plan: 'paid' });
    host.mode = 'slow';
    const name = domain();
    await OpenFeature.setProviderAndWait(name, new SerinWebProvider({ url: host.url, ...ONCE, snapshot, readyTimeout: 20_000 }), { plan: 'paid' });
    const { names } = listen(OpenFeature.getClient(name), ProviderEvents);
    await OpenFeature.setContext(name, { plan: 'free' });
    assert.deepEqual(OpenFeature.getClient(name).getBooleanDetails('checkout', true).reason, 'DEFAULT');
    assert.deepEqual(names().filter((event) => event !== 'CONFIGURATION_CHANGED'), ['READY', 'RECONCILING', 'CONTEXT_CHANGED']);

    const lost = domain();
    await OpenFeature.setProviderAndWait(lost, new SerinWebProvider({ ...GONE, snapshot, readyTimeout: 50 }), { plan: 'paid' });
    await OpenFeature.setContext(lost, { plan: 'free' });
    assert.equal(OpenFeature.getClient(lost).providerStatus, 'ERROR');
    // initialize, too, waits if the snapshot is for another.
    await assert.rejects(OpenFeature.setProviderAndWait(domain(), new SerinWebProvider({ ...GONE, snapshot, readyTimeout: 50 }), { plan: 'free' }), { code: 'PROVIDER_NOT_READY' });
  }));

test('a context that was overtaken while nothing answered it makes no error of the one that is answered', async () => {
  const snapshot = (await load(first)).snapshot({ plan: 'paid' });
  const never = () => new Promise(() => {});
  const name = domain();
  await OpenFeature.setProviderAndWait(name, new SerinWebProvider({ ...GONE, fetch: never, snapshot, readyTimeout: 200 }), { plan: 'paid' });
  const page = OpenFeature.getClient(name);
  const { names, clear } = listen(page, ProviderEvents);
  // READY is said once more, by a timer.
  await new Promise((resolve) => setTimeout(resolve, 20));
  clear();
  const overtaken = [OpenFeature.setContext(name, { plan: 'free' }), OpenFeature.setContext(name, { plan: 'trial' })];
  await OpenFeature.setContext(name, { plan: 'paid' });
  await Promise.all(overtaken);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual([page.providerStatus, ...names()], ['READY', 'RECONCILING', 'RECONCILING', 'CONTEXT_CHANGED']);
  // The last of several that nothing answers is an error, and there is one of it.
  clear();
  await Promise.all([OpenFeature.setContext(name, { plan: 'free' }), OpenFeature.setContext(name, { plan: 'trial' })]);
  assert.deepEqual([page.providerStatus, ...names()], ['ERROR', 'RECONCILING', 'RECONCILING', 'ERROR']);
  // Also the one of `initialize`.
  const other = domain();
  const set = OpenFeature.setProviderAndWait(other, new SerinWebProvider({ ...GONE, fetch: never, snapshot, readyTimeout: 200 }), { plan: 'free' });
  await OpenFeature.setContext(other, { plan: 'paid' });
  await set;
  assert.equal(OpenFeature.getClient(other).providerStatus, 'READY');
});

test('closed while another context is waited for, it is not ready before it is initialized again', async () => {
  const snapshot = (await load(first)).snapshot({ plan: 'paid' });
  let fails = false;
  const fetch = () => (fails ? Promise.resolve(new Response('', { status: 500 })) : new Promise(() => {}));
  const provider = new SerinWebProvider({ ...GONE, fetch, snapshot, readyTimeout: 500 });
  /** @type {string[]} */
  const told = [];
  for (const event of Object.values(ProviderEvents)) provider.events.addHandler(event, () => void told.push(event));
  await provider.initialize({ plan: 'paid' });
  const changing = provider.onContextChange({ plan: 'paid' }, { plan: 'free' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  told.length = 0;
  await provider.onClose();
  fails = true;
  const again = provider.initialize({ plan: 'free' });
  await changing;
  await assert.rejects(again, { code: 'PROVIDER_NOT_READY' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(told, [], 'nothing is stale that was never ready');
  await provider.onClose();
});

test('a client that failed before it was given has its reason', async () => {
  const refused = createClient({ ruleset: '{"format":2}' });
  const forbidden = withoutModule({ url: 'https://flags.example/', fetch: async () => new Response(first) });
  const gone = createClient({ ...GONE, readyTimeout: 100 });
  /** @type {[any, string, RegExp][]} */
  const cases = [[refused, 'PARSE_ERROR', /refused: wrong-format/], [forbidden, 'PROVIDER_FATAL', /wasm-unsafe-eval/], [gone, 'PROVIDER_NOT_READY', /answered 500/]];
  for (const [client, code, message] of cases) {
    await client.ready;
    await assert.rejects(new SerinWebProvider(client).initialize({}), { code, message });
    client.close();
  }
});

test('events name the flags that are decided otherwise: a new ruleset, a kill, an override', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...ONCE });
    const provider = new SerinWebProvider(client);
    const [one, two] = [domain(), domain()];
    await OpenFeature.setProviderAndWait(one, provider, { plan: 'free' });
    const { log, names, clear } = listen(OpenFeature.getClient(one), ProviderEvents);
    await settled();
    clear();
    /** @param {() => unknown} change @param {string[]} flags */
    const changes = async (change, flags) => {
      clear();
      await change();
      await until(() => log.length > 0);
      assert.deepEqual(names(), ['CONFIGURATION_CHANGED']);
      assert.deepEqual(log[0].flags?.sort(), flags);
    };
    await changes(() => client.kill(['limit', 'checkout']), ['limit']);
    // `limit` has one value whether it is killed or not, but another variant.
    await changes(() => client.kill([]), ['limit']);
    await changes(() => client.override({ checkout: 'on' }), ['checkout']);
    await changes(() => client.override({}), ['checkout']);
    host.document = second;
    await changes(client.refresh, ['colour']);
    host.document = first;
    await changes(client.refresh, ['colour']);
    // Whoever pays loses the checkout, and only the other domain asks for one who does.
    await OpenFeature.setProviderAndWait(two, provider, { plan: 'paid' });
    assert.equal(OpenFeature.getClient(two).getBooleanValue('checkout', false), true);
    host.document = second;
    await changes(client.refresh, ['checkout', 'colour']);
    assert.equal(OpenFeature.getClient(two).getBooleanValue('checkout', true), false);
    // What changes nothing is no event.
    clear();
    client.kill(['no such flag']);
    await client.refresh();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(names(), []);
    client.close();
  }));

test('where there are too many contexts to know, all flags may have changed', async () => {
  const client = createClient({ ruleset: first });
  const provider = new SerinWebProvider(client);
  const name = domain();
  await OpenFeature.setProviderAndWait(name, provider, {});
  const { log, clear } = listen(OpenFeature.getClient(name), ProviderEvents);
  for (let user = 0; user < 9; user++) provider.resolveBooleanEvaluation('checkout', false, { user });
  await settled();
  clear();
  client.kill(['checkout']);
  await until(() => log.length > 0);
  assert.deepEqual(log, [{ event: 'CONFIGURATION_CHANGED', flags: undefined, message: undefined }]);
  // Whoever heard it asks again, and is known by that.
  provider.resolveBooleanEvaluation('checkout', false, { plan: 'paid' });
  clear();
  client.kill([]);
  await until(() => log.length > 0);
  assert.deepEqual(log[0].flags, ['checkout']);
  client.close();
});

test('a context that is made anew with the same members is not another one', async () => {
  const client = createClient({ ruleset: first });
  const provider = new SerinWebProvider(client);
  const name = domain();
  await OpenFeature.setProviderAndWait(name, provider, {});
  const { log, clear } = listen(OpenFeature.getClient(name), ProviderEvents);
  for (let time = 0; time < 20; time++) await OpenFeature.setContext(name, { plan: 'paid', score: NaN, roles: ['buyer', 'cook'] });
  await new Promise((resolve) => setTimeout(resolve, 20));
  clear();
  client.kill(['checkout']);
  await until(() => log.length > 0);
  assert.deepEqual(log[0].flags, ['checkout']);
  client.close();
});

test('a host that is gone makes it stale, and its return ready, also across another context', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...ONCE });
    const name = domain();
    await OpenFeature.setProviderAndWait(name, new SerinWebProvider(client), { plan: 'free' });
    const page = OpenFeature.getClient(name);
    const { names, clear } = listen(page, ProviderEvents);
    await settled();
    clear();
    host.mode = '503';
    await client.refresh();
    await until(() => names().length > 0);
    assert.deepEqual(names(), ['STALE']);
    assert.equal(page.providerStatus, 'STALE');
    assert.equal(page.getStringValue('colour', ''), 'blue');
    await OpenFeature.setContext(name, { plan: 'paid' });
    await until(() => names().filter((event) => event === 'STALE').length === 2);
    assert.equal(page.providerStatus, 'STALE', 'which another context does not mend');
    clear();
    host.mode = 'good';
    await client.refresh();
    await until(() => names().length > 0);
    assert.deepEqual(names(), ['READY']);
    assert.equal(page.providerStatus, 'READY');
    // One that is stale when it is given is so from the first.
    host.mode = '503';
    await client.refresh();
    const other = domain();
    await OpenFeature.setProviderAndWait(other, new SerinWebProvider(client));
    await until(() => OpenFeature.getClient(other).providerStatus === 'STALE');
    client.close();
  }));

test('what is stored starts a page whose host is gone, and it is stale from the first', async () => {
  const { memoryStore } = await import('serin/storage');
  const store = memoryStore();
  const fetch = async () => new Response(first);
  const before = createClient({ ...GONE, fetch, store });
  await before.ready;
  await until(() => store.get('https://flags.example/'));
  before.close();
  const name = domain();
  await OpenFeature.setProviderAndWait(name, new SerinWebProvider({ ...GONE, store }));
  await until(() => OpenFeature.getClient(name).providerStatus === 'STALE');
  assert.equal(OpenFeature.getClient(name).getStringValue('colour', ''), 'blue');
});

test('a hook sees what is decided, and telling exposures knows each domain’s key', async () => {
  /** @type {any[]} */
  const seen = [];
  const exposed = /** @type {any[]} */ ([]);
  const metadata = { ticket: 'PAY-1', risk: 2, live: true, people: ['ann'] };
  const ruleset = document({ checkout: { ...paid, metadata }, broken: { variants: {} }, split: { variants: { a: 'a', b: 'b' }, salt: 's', serve: { rollout: { shares: [{ variant: 'a', percent: 50 }, { variant: 'b', percent: 50 }] } } } }, 7);
  const provider = new SerinWebProvider({ ruleset, onExposure: (exposure) => void exposed.push(exposure) });
  OpenFeature.addHooks({ finally: (_, details) => void seen.push(details) });
  const [one, two] = [domain(), domain()];
  await OpenFeature.setProviderAndWait(one, provider, { plan: 'paid', targetingKey: 'ann' });
  await OpenFeature.setProviderAndWait(two, provider, { plan: 'free' });
  OpenFeature.getClient(one).getBooleanDetails('checkout', false);
  OpenFeature.getClient(two).getBooleanDetails('checkout', false);
  OpenFeature.getClient(two).getStringDetails('split', 'x');
  OpenFeature.getClient(two).getBooleanDetails('broken', true);
  OpenFeature.getClient(two).getBooleanDetails('none', true);
  const told = seen.map(({ flagKey, value, variant, reason, errorCode }) => [flagKey, value, variant, reason, errorCode]);
  assert.deepEqual(told, [
    ['checkout', true, 'on', 'TARGETING_MATCH', undefined],
    ['checkout', false, 'off', 'DEFAULT', undefined],
    ['split', 'x', undefined, 'ERROR', 'TARGETING_KEY_MISSING'],
    ['broken', true, undefined, 'ERROR', 'PARSE_ERROR'],
    ['none', true, undefined, 'ERROR', 'FLAG_NOT_FOUND'],
  ]);
  assert.deepEqual(seen[0].flagMetadata, { ticket: 'PAY-1', risk: 2, live: true }, 'texts, numbers and booleans, as OpenFeature has it');
  await settled();
  assert.deepEqual(exposed, [
    { flag: 'checkout', variant: 'on', reason: 'TARGETING_MATCH', rule: 'payers', ruleIndex: 0, revision: 7, targetingKey: 'ann' },
    { flag: 'checkout', variant: 'off', reason: 'DEFAULT', revision: 7 },
  ]);
});

test('codes that only a program can cause: a context bound elsewhere, and a module that fails twice', async () => {
  const other = (await load(first)).context({ plan: 'paid' });
  const provider = new SerinWebProvider({ ruleset: first });
  await provider.initialize();
  assert.equal(provider.resolveBooleanEvaluation('checkout', false, /** @type {any} */ (other)).errorCode, 'INVALID_CONTEXT');
  await provider.onClose();

  const module = new WebAssembly.Module(readFileSync(new URL('../wasm/core-trap.wasm', import.meta.url)));
  const { made, restore } = watchInstances();
  const client = clientOf(() => module)({ ruleset: first });
  const failing = new SerinWebProvider(client);
  await failing.initialize();
  made.at(-1).exports.trap();
  restore();
  const { Instance } = WebAssembly;
  WebAssembly.Instance = /** @type {any} */ (class { constructor() { throw new RangeError('no memory'); } });
  const asked = failing.resolveBooleanEvaluation('checkout', false, { plan: 'paid' });
  WebAssembly.Instance = Instance;
  assert.deepEqual([asked.errorCode, asked.value], ['GENERAL', false]);
  assert.equal(failing.resolveBooleanEvaluation('checkout', false, { plan: 'paid' }).value, true, 'the next call tries again');
  client.close();
});

test('a default of null asks for an object, and for nothing else', async () => {
  const provider = new SerinWebProvider({ ruleset: document({ theme: fixed({ a: [1] }), list: fixed([1]), colour: fixed('blue'), none: { variants: { on: true } } }) });
  await provider.initialize();
  assert.deepEqual(provider.resolveObjectEvaluation('theme', null, {}).value, { a: [1] });
  assert.deepEqual(provider.resolveObjectEvaluation('list', null, {}).value, [1]);
  assert.deepEqual(provider.resolveObjectEvaluation('colour', null, {}).errorCode, 'TYPE_MISMATCH');
  assert.deepEqual(provider.resolveObjectEvaluation('colour', null, {}).value, null);
  assert.deepEqual(provider.resolveBooleanEvaluation('none', true, {}), { value: true, reason: 'STATIC' });
  await provider.onClose();
});

test('behind a MultiProvider the next one answers for a flag that is not there', async (t) => {
  // The oldest SDKs have it in a package of its own.
  if (!('MultiProvider' in sdk)) return t.skip('this SDK has none');
  const { FirstMatchStrategy, MultiProvider } = sdk;
  const client = createClient({ ruleset: first });
  const serin = new SerinWebProvider(client);
  const rest = new InMemoryProvider({ elsewhere: { variants: { on: true }, defaultVariant: 'on', disabled: false }, checkout: { variants: { on: true }, defaultVariant: 'on', disabled: false } });
  const name = domain();
  await OpenFeature.setProviderAndWait(name, new MultiProvider([{ provider: serin }, { provider: rest }], new FirstMatchStrategy()), { plan: 'free' });
  const page = OpenFeature.getClient(name);
  assert.equal(page.getBooleanValue('elsewhere', false), true);
  assert.equal(page.getBooleanValue('checkout', true), false, 'serin answers for its own');
  assert.match(page.getStringDetails('checkout', 'x').errorMessage ?? '', /another type/, 'and has the last word when it errs');
  // The SDK gathers what all of them said into one error of its own.
  assert.deepEqual(page.getBooleanDetails('nowhere', true).value, true);
  const { names } = listen(page, ProviderEvents);
  client.override({ checkout: 'on' });
  await until(() => names().includes('CONFIGURATION_CHANGED'));
  client.close();
});

test('mounted, unmounted and mounted again it answers and asks its host once a life', () =>
  withHost(async (host) => {
    const provider = new SerinWebProvider({ url: host.url, interval: 5000, readyTimeout: 60_000 });
    for (let life = 1; life <= 3; life++) {
      await OpenFeature.setProviderAndWait(provider, { plan: 'paid' });
      assert.equal(OpenFeature.getClient().getBooleanValue('checkout', false), true);
      await OpenFeature.clearProviders();
      await provider.onClose();
      assert.equal(host.requests.length, life);
    }
    // And without waiting for anything, as a framework that mounts twice does.
    const name = domain();
    OpenFeature.setProvider(name, provider, { plan: 'paid' });
    OpenFeature.setProvider(name, provider, { plan: 'paid' });
    OpenFeature.setProvider(name, new InMemoryProvider({}));
    OpenFeature.setProvider(name, provider);
    await until(() => OpenFeature.getClient(name).getBooleanValue('checkout', false));
    assert.equal(OpenFeature.getClient(name).providerStatus, 'READY');
  }));

test('closed while it is initialized, it settles, hears no more, and may begin anew', async () => {
  let asked = 0;
  /** @type {AbortSignal[]} */
  const signals = [];
  let answers = false;
  const fetch = (/** @type {any} */ _, /** @type {RequestInit} */ { signal }) => {
    asked++;
    signals.push(/** @type {AbortSignal} */ (signal));
    return answers ? Promise.resolve(new Response(first)) : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  const provider = new SerinWebProvider({ url: 'https://flags.example/', fetch: /** @type {any} */ (fetch), readyTimeout: 60_000 });
  const initializing = provider.initialize({});
  assert.equal(provider.initialize({}), initializing, 'once, whoever asks');
  await until(() => asked === 1);
  await provider.onClose();
  await provider.onClose();
  await initializing;
  assert.ok(signals[0].aborted);
  assert.equal(provider.resolveStringEvaluation('colour', '', {}).errorCode, 'PROVIDER_NOT_READY');
  answers = true;
  await provider.initialize({});
  assert.equal(provider.resolveStringEvaluation('colour', '', {}).value, 'blue');
  await provider.onClose();
  assert.equal(provider.resolveStringEvaluation('colour', '', {}).value, 'blue', 'what it answered last');
  assert.equal(asked, 2);
});

test('a client that is the caller’s is used as it is, and left open with its own context', () =>
  withHost(async (host) => {
    const client = createClient({ url: host.url, ...ONCE, context: { plan: 'paid' } });
    const provider = new SerinWebProvider({ ...client });
    for (let life = 0; life < 2; life++) {
      await OpenFeature.setProviderAndWait(provider, { plan: 'free' });
      assert.equal(OpenFeature.getClient().getBooleanValue('checkout', true), false);
      assert.equal(client.boolean('checkout', false), true);
      await OpenFeature.clearProviders();
    }
    host.document = second;
    await client.refresh();
    assert.equal(client.string('colour', ''), 'red', 'it goes on');
    assert.equal(host.requests.length, 2);
    client.close();
  }));

test('a client for tests stands in for a real one', async () => {
  const client = createTestClient({ checkout: true });
  const name = domain();
  await OpenFeature.setProviderAndWait(name, new SerinWebProvider(client));
  const page = OpenFeature.getClient(name);
  assert.equal(page.getBooleanValue('checkout', false), true);
  const { log } = listen(page, ProviderEvents);
  client.set('checkout', false);
  await until(() => log.some(({ flags }) => flags?.includes('checkout')));
  assert.equal(page.getBooleanValue('checkout', true), false);
});

test('what goes wrong while answers go on is told to onError', async () => {
  /** @type {string[]} */
  const codes = [];
  const name = domain();
  await OpenFeature.setProviderAndWait(name, new SerinWebProvider({ ...GONE, ruleset: document({ fine: fixed(true), broken: {} }), onError: ({ code }) => void codes.push(code) }));
  await until(() => codes.length === 2);
  assert.deepEqual(codes.sort(), ['faults', 'fetch']);
  await until(() => OpenFeature.getClient(name).providerStatus === 'STALE');
});

test('a mistake of the caller throws at once', () => {
  for (const given of [undefined, null, {}, { url: 5 }, 'https://flags.example/', { ruleset: first, interval: '5' }, { ruleset: first, context: {} }]) {
    assert.throws(() => new SerinWebProvider(/** @type {any} */ (given)), TypeError, JSON.stringify(given));
  }
});

test('a server’s SDK refuses it', async () => {
  const { OpenFeature: server } = await import('@openfeature/server-sdk');
  await assert.rejects(server.setProviderAndWait(/** @type {any} */ (new SerinWebProvider({ ruleset: first }))), /intended for use on the client/);
});
