/** A project that uses the providers: they are what the SDKs take, and take what they are made from. */
import { OpenFeature as Server, type Provider as ServerProvider } from '@openfeature/server-sdk';
import { OpenFeature as Web, ProviderEvents, type Provider as WebProvider } from '@openfeature/web-sdk';
import { createClient, createEdge, load } from 'serin';
import { SerinServerProvider, type SerinServerOptions } from 'serin/openfeature/server';
import { SerinWebProvider, type SerinWebOptions } from 'serin/openfeature/web';
import { createTestClient } from 'serin/testing';

export async function page() {
  const options: SerinWebOptions = { url: '/flags.json', snapshot: null, onError: ({ code, diagnostics }) => `${code} ${diagnostics?.length}` };
  const provider: WebProvider = new SerinWebProvider(options);
  Web.setProvider(provider, { targetingKey: 'ann' });
  await Web.setProviderAndWait('checkout', new SerinWebProvider(createClient({ url: '/flags.json' })));
  new SerinWebProvider(createTestClient({ fine: true })).events.addHandler(ProviderEvents.Stale, () => {});
  const side: 'client' = new SerinWebProvider(options).runsOn;
  const value: boolean = new SerinWebProvider(options).resolveBooleanEvaluation('fine', false, {}).value;
  // @ts-expect-error: the context is OpenFeature's
  new SerinWebProvider({ url: '/flags.json', context: {} });
  // @ts-expect-error: a ruleset is for servers
  new SerinWebProvider(await load(''));
  return { side, value };
}

export async function server() {
  const options: SerinServerOptions = { url: 'https://flags.example/', interval: 10_000, onError: ({ code }) => code };
  const edge = createEdge({ url: 'https://flags.example/' });
  const providers: ServerProvider[] = [
    new SerinServerProvider(options), new SerinServerProvider(await load('')), new SerinServerProvider(edge), new SerinServerProvider(createClient(options)),
    new SerinServerProvider(edge, { waitUntil: (promise: Promise<unknown>) => void promise }),
  ];
  for (const provider of providers) Server.setProvider(provider);
  const side: 'server' = new SerinServerProvider(edge).runsOn;
  // @ts-expect-error: nothing answers for one context on a server
  new SerinServerProvider({ url: 'https://flags.example/', snapshot: null });
  // @ts-expect-error: only an edge has work to be kept alive
  new SerinServerProvider(options, { waitUntil: () => {} });
  return side;
}
