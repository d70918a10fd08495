/** Providers that nobody has to wait for: what is rendered in the same turn has its flags. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { OpenFeature, ProviderEvents, ProviderStatus } from '@openfeature/web-sdk';
import { createClient, load } from 'serin';
import { SerinWebProvider } from 'serin/openfeature/web';
import { document } from './clients.js';

afterEach(() => OpenFeature.clearProviders());

const rules = [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'on' }];
const ruleset = await load(document({ checkout: { variants: { on: true, off: false }, off: 'off', rules, serve: 'off' } }));
const snapshot = ruleset.snapshot({ plan: 'paid' });

test('with a snapshot for its context a provider is ready in the turn in which it is set', async () => {
  OpenFeature.setContext('page', { plan: 'paid' });
  const set = OpenFeature.setProviderAndWait('page', new SerinWebProvider({ snapshot }));
  const client = OpenFeature.getClient('page');
  assert.equal(client.providerStatus, ProviderStatus.READY);
  assert.equal(client.getBooleanValue('checkout', false), true);
  await set;
  assert.equal(client.providerStatus, ProviderStatus.READY);
});

test('with one for another context it is not', () => {
  OpenFeature.setContext('page', { plan: 'free' });
  OpenFeature.setProvider('page', new SerinWebProvider({ snapshot }));
  assert.equal(OpenFeature.getClient('page').providerStatus, ProviderStatus.NOT_READY);
});

test('two that initialize it at once both have it at once', async () => {
  const provider = new SerinWebProvider({ snapshot });
  let done = 0;
  for (let time = 0; time < 2; time++) provider.initialize({ plan: 'paid' }).then(() => done++);
  assert.equal(done, 2);
  await provider.initialize({ plan: 'paid' });
  await provider.onClose();
});

test('whoever listened before is told when the new provider answers', async () => {
  OpenFeature.setContext('page', { plan: 'paid' });
  const client = OpenFeature.getClient('page');
  const told = new Promise((resolve) => client.addHandler(ProviderEvents.Ready, () => client.getBooleanValue('checkout', false) && resolve('yes')));
  OpenFeature.setProvider('page', new SerinWebProvider({ snapshot }));
  assert.equal(await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 5000, 'no'))]), 'yes');
});

test('a provider that was set, closed and set again is ready at once each time', async () => {
  OpenFeature.setContext('page', { plan: 'paid' });
  const provider = new SerinWebProvider({ snapshot });
  for (let time = 0; time < 3; time++) {
    OpenFeature.setProvider('page', provider);
    assert.equal(OpenFeature.getClient('page').getBooleanValue('checkout', false), true, `time ${time}`);
    OpenFeature.setProvider('page', new SerinWebProvider({ snapshot: null }));
  }
});

test('another context that comes in the same turn is waited for, and nothing says that it is ready', async () => {
  OpenFeature.setContext('page', { plan: 'paid' });
  OpenFeature.setProvider('page', new SerinWebProvider({ snapshot, readyTimeout: 200 }));
  const client = OpenFeature.getClient('page');
  const set = OpenFeature.setContext('page', { plan: 'free' });
  /** @type {string[]} */
  const statuses = [];
  for (let turn = 0; turn < 5; turn++) {
    await Promise.resolve();
    statuses.push(client.providerStatus);
  }
  assert.deepEqual([...new Set(statuses)], [ProviderStatus.RECONCILING]);
  await set;
  assert.equal(client.providerStatus, ProviderStatus.ERROR);
});

test('a client that was closed answers from its snapshot, as a server’s rendering has it', async () => {
  const client = createClient({ snapshot, context: { plan: 'paid' } });
  OpenFeature.setContext('page', { plan: 'paid' });
  OpenFeature.setProvider('page', new SerinWebProvider(client));
  client.close();
  await client.ready;
  assert.equal(OpenFeature.getClient('page').providerStatus, ProviderStatus.READY);
  assert.equal(OpenFeature.getClient('page').getBooleanValue('checkout', false), true);
});
