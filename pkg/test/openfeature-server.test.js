/** The provider for servers and edge workers, through the SDK. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { OpenFeature } from '@openfeature/server-sdk';
import { createEdge, load } from 'serin';
import { SerinServerProvider } from 'serin/openfeature/server';

afterEach(() => OpenFeature.clearProviders());

const paid = { format: 1, flags: { checkout: { variants: { on: true, off: false }, off: 'off', rules: [{ if: { attribute: 'plan', op: 'eq', value: 'paid' }, serve: 'on' }], serve: 'off' } } };

const sources = /** @type {Record<string, () => Promise<SerinServerProvider>>} */ ({
  'a ruleset': async () => new SerinServerProvider(await load(JSON.stringify(paid))),
  'an edge': async () => new SerinServerProvider(createEdge({ url: 'https://flags.example/', fetch: async () => new Response(JSON.stringify(paid)) })),
  'options': async () => new SerinServerProvider({ ruleset: paid }),
});

for (const [name, make] of Object.entries(sources)) {
  test(`${name} answers for the context of each evaluation`, async () => {
    await OpenFeature.setProviderAndWait(await make());
    const client = OpenFeature.getClient();
    assert.equal(await client.getBooleanValue('checkout', false, { plan: 'paid' }), true);
    assert.equal(await client.getBooleanValue('checkout', true, { plan: 'free' }), false);
  });
}
