/** The provider for servers and edge workers, through the SDK: polled, lazily refreshed, or a ruleset at hand. */
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { AsyncLocalStorageTransactionContextPropagator, InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import * as sdk from '@openfeature/server-sdk';
import { createClient, createEdge, load } from 'serin';
import { SerinServerProvider } from 'serin/openfeature/server';
import { clientOf } from '../client.js';
import { settled, until } from './clients.js';
import { first, listen, second, withHost } from './openfeature.js';

/** @type {unknown[]} */
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, [], 'nothing rejects that nobody hears'));
afterEach(async () => {
  await OpenFeature.clearProviders();
  OpenFeature.clearHandlers();
  OpenFeature.setContext({});
});
/** What the SDK says of a provider that fails. */
OpenFeature.setLogger({ error() {}, warn() {}, info() {}, debug() {} });

const client = OpenFeature.getClient();
/** No polling, and patience with a busy machine. */
const ONCE = { interval: Infinity, readyTimeout: 60_000 };

const sources = /** @type {Record<string, () => Promise<SerinServerProvider>>} */ ({
  'a ruleset': async () => new SerinServerProvider(await load(first)),
  'an edge': async () => new SerinServerProvider(createEdge({ url: 'https://flags.example/', timeout: 60_000, fetch: async () => new Response(first) })),
  'an edge whose work is kept alive': async () =>
    new SerinServerProvider(createEdge({ url: 'https://flags.example/', timeout: 60_000, fetch: async () => new Response(first) }), { waitUntil: () => {} }),
  'an address that is polled': async () => new SerinServerProvider({ url: 'https://flags.example/', fetch: async () => new Response(first), ...ONCE }),
  'a client of the caller’s': async () => new SerinServerProvider(createClient({ ruleset: first })),
});

for (const [name, make] of Object.entries(sources)) {
  test(`${name}: each evaluation is answered for the context that the SDK has merged`, async () => {
    await OpenFeature.setProviderAndWait(await make());
    assert.equal(client.providerStatus, 'READY');
    assert.equal(client.metadata.providerMetadata.name, 'serin');
    OpenFeature.setContext({ plan: 'paid' });
    OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
    const asked = (/** @type {any} */ context) => client.getBooleanValue('checkout', false, context);
    const transaction = (/** @type {any} */ context, /** @type {any} */ invocation) =>
      new Promise((resolve, reject) => OpenFeature.setTransactionContext(context, () => void asked(invocation).then(resolve, reject)));
    // Many at once, each with its own.
    const answers = await Promise.all([
      asked({}), asked({ plan: 'free' }), transaction({ plan: 'free' }, {}), transaction({ plan: 'free' }, { plan: 'paid' }), transaction({ plan: 'paid' }, {}), asked({ plan: 'free' }),
    ]);
    assert.deepEqual(answers, [true, false, false, true, true, false]);
    assert.deepEqual(await client.getBooleanDetails('checkout', false), { flagKey: 'checkout', value: true, variant: 'on', reason: 'TARGETING_MATCH', flagMetadata: {} });
    assert.equal((await client.getBooleanDetails('none', true)).errorCode, 'FLAG_NOT_FOUND');
    assert.equal((await client.getStringDetails('checkout', '')).errorCode, 'TYPE_MISMATCH');
    /** @type {any[]} */
    const seen = [];
    const hooks = [{ after: (/** @type {any} */ _, /** @type {any} */ details) => void seen.push(details.variant), error: (/** @type {any} */ _, /** @type {any} */ error) => void seen.push(error.code) }];
    await client.getNumberValue('limit', 0, {}, { hooks });
    await client.getNumberValue('none', 0, {}, { hooks });
    assert.deepEqual(seen, ['it', 'FLAG_NOT_FOUND']);
  });
}

test('polled, it waits for the first ruleset, and a host that is gone takes no answer away', () =>
  withHost(async (host) => {
    host.mode = 'slow';
    // The least interval is five seconds; what polls sooner is asked to.
    const polling = createClient({ url: host.url, ...ONCE });
    await OpenFeature.setProviderAndWait(new SerinServerProvider(polling));
    const { names, log, clear } = listen(client, ProviderEvents);
    await settled();
    clear();
    assert.equal(await client.getStringValue('colour', ''), 'blue');
    host.mode = 'good';
    host.document = second;
    await polling.refresh();
    await until(() => log.length > 0);
    assert.deepEqual(log, [{ event: 'CONFIGURATION_CHANGED', flags: undefined, message: undefined }]);
    assert.equal(await client.getStringValue('colour', ''), 'red');
    clear();
    for (const mode of ['500', 'newer', 'reset']) {
      host.mode = mode;
      await polling.refresh();
      assert.equal(await client.getStringValue('colour', ''), 'red', mode);
    }
    await until(() => log.length > 0);
    assert.deepEqual(names(), ['STALE']);
    assert.equal(client.providerStatus, 'STALE');
    host.mode = 'good';
    await polling.refresh();
    await until(() => log.length > 1);
    assert.deepEqual(names(), ['STALE', 'READY']);
    clear();
    polling.kill(['colour']);
    await until(() => log.length > 0);
    assert.equal((await client.getStringDetails('colour', '')).reason, 'DISABLED');
    await OpenFeature.clearProviders();
    host.document = first;
    await polling.refresh();
    assert.equal(polling.string('limit', 'not closed'), 'not closed');
    assert.equal(polling.revision, 1);
    polling.close();
  }));

test('without a ruleset initialize rejects, and the one that comes late makes it ready', () =>
  withHost(async (host) => {
    host.mode = '503';
    await assert.rejects(OpenFeature.setProviderAndWait(new SerinServerProvider({ url: host.url, readyTimeout: 100 })), { code: 'PROVIDER_NOT_READY', name: 'ProviderNotReadyError' });
    assert.equal(client.providerStatus, 'ERROR');
    assert.equal((await client.getStringDetails('colour', 'x')).errorCode, 'PROVIDER_NOT_READY');
    host.mode = 'good';
    await until(() => client.providerStatus === 'READY');
    assert.equal(await client.getStringValue('colour', ''), 'blue');
    await OpenFeature.clearProviders();
    await assert.rejects(OpenFeature.setProviderAndWait(new SerinServerProvider({ ruleset: '{' })), { code: 'PARSE_ERROR' });
    const nowhere = clientOf(() => Promise.reject(new EvalError('refused')))({ ruleset: first });
    await assert.rejects(OpenFeature.setProviderAndWait(new SerinServerProvider(nowhere)), { code: 'PROVIDER_FATAL' });
  }));

test('closing ends the polling of its own client, any number of times, and it may begin anew', () =>
  withHost(async (host) => {
    const provider = new SerinServerProvider({ url: host.url, readyTimeout: 60_000 });
    for (let life = 1; life <= 2; life++) {
      await OpenFeature.setProviderAndWait(provider);
      assert.equal(await client.getStringValue('colour', ''), 'blue');
      await OpenFeature.clearProviders();
      await provider.onClose();
      assert.equal(host.requests.length, life);
    }
    host.mode = 'hanging';
    const initializing = provider.initialize();
    await provider.onClose();
    await initializing;
  }));

test('at the edge nothing is asked before an evaluation, and what is asked then is kept alive', async () => {
  let asked = 0;
  /** @type {Promise<unknown>[]} */
  const kept = [];
  const edge = createEdge({ url: 'https://flags.example/', timeout: 50, fetch: async () => (asked++, asked === 1 ? new Response('', { status: 500 }) : new Response(first)) });
  await OpenFeature.setProviderAndWait(new SerinServerProvider(edge, { waitUntil: (promise) => void kept.push(promise) }));
  assert.equal(asked, 0);
  const { value, errorCode, reason } = await client.getStringDetails('colour', 'fallback');
  assert.deepEqual([value, errorCode, reason], ['fallback', 'PROVIDER_NOT_READY', 'ERROR']);
  assert.equal(kept.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await until(() => asked === 2 || (client.getStringValue('colour', ''), false));
  await until(() => kept.length === 2);
  await Promise.all(kept);
  assert.equal(await client.getStringValue('colour', ''), 'blue');
});

test('behind a MultiProvider the next one answers for a flag that is not there', async (t) => {
  // The oldest SDKs have it in a package of its own.
  if (!('MultiProvider' in sdk)) return t.skip('this SDK has none');
  const { FirstMatchStrategy, MultiProvider } = sdk;
  const rest = new InMemoryProvider({ elsewhere: { variants: { on: true }, defaultVariant: 'on', disabled: false } });
  const serin = new SerinServerProvider(await load(first));
  await OpenFeature.setProviderAndWait(new MultiProvider([{ provider: serin }, { provider: rest }], new FirstMatchStrategy()));
  assert.equal(await client.getBooleanValue('elsewhere', false), true);
  assert.equal(await client.getStringValue('colour', ''), 'blue');
});

test('a mistake of the caller throws at once', async () => {
  for (const given of [undefined, null, {}, { url: 5 }, 'https://flags.example/', first, new TextEncoder().encode(first), [], load(first)]) {
    assert.throws(() => new SerinServerProvider(/** @type {any} */ (given)), TypeError, JSON.stringify(given));
  }
  const edge = createEdge({ url: 'https://flags.example/' });
  assert.throws(() => new SerinServerProvider(edge, /** @type {any} */ ({ waitUntil: {} })), /cloudflare:workers/);
  const { OpenFeature: web } = await import('@openfeature/web-sdk');
  await assert.rejects(web.setProviderAndWait(/** @type {any} */ (new SerinServerProvider(await load(first)))), /intended for use on the server/);
});
