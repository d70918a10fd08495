/** The provider for pages: what a page's user sees through the SDK. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { OpenFeature } from '@openfeature/web-sdk';
import { SerinWebProvider } from 'serin/openfeature/web';

afterEach(() => OpenFeature.clearProviders());

const paid = { format: 1, flags: { checkout: { variants: { on: true, off: false }, off: 'off', rules: [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'on' }], serve: 'off' } } };

test('every domain is answered for its own context', async () => {
  const provider = new SerinWebProvider({ ruleset: paid });
  await OpenFeature.setProviderAndWait('one', provider, { plan: 'paid' });
  await OpenFeature.setProviderAndWait('two', provider, { plan: 'free' });
  const [one, two] = [OpenFeature.getClient('one'), OpenFeature.getClient('two')];
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(one.getBooleanValue('checkout', false), true);
    assert.equal(two.getBooleanValue('checkout', true), false);
  }
  await OpenFeature.setContext('two', { plan: 'paid' });
  assert.equal(two.getBooleanValue('checkout', false), true);
});
