/** A project in TypeScript that uses every export of the installed package that needs no SDK. */
import { createClient, createEdge, load, RulesetError, type BoundEvaluator, type Client, type Edge, type EdgeError, type Ruleset } from 'serin';
import * as inline from 'serin/inline';
import { withModule } from 'serin/slim';
import { cacheStore, indexedDBStore, kvStore, localStorageStore, memoryStore, type Store } from 'serin/storage';
import { createTestClient } from 'serin/testing';
import { describe } from 'serin/messages';
import module from 'serin/core.wasm';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <Holds extends true>(_: Holds): void => {};

is<Same<typeof inline.load, typeof load>>(true);
is<Same<typeof module, WebAssembly.Module>>(true);

const slim = withModule(Promise.resolve(module), { page: true });
is<Same<typeof slim.createEdge, typeof createEdge>>(true);
is<Same<typeof slim.createClient, typeof createClient>>(true);

const stores: Store[] = [memoryStore(), localStorageStore({ prefix: 'x' }), indexedDBStore(), cacheStore(() => caches.open('flags'))];
const edge: Edge = createEdge({
  url: new URL('https://flags.example/ruleset.json'), store: stores[0]!, name: 'flags', maxAge: 1, maxStale: Infinity, timeout: 1, headers: { authorization: 'x' },
  fetch: (url, init) => fetch(url, init),
  onExposure: ({ flag, variant, targetingKey }) => console.log(flag, variant, targetingKey),
  onError: (error: EdgeError) => console.log(error.code, error.diagnostics?.[0]?.line),
});

export async function answer(request: Request, ctx: { waitUntil(promise: Promise<unknown>): void; passThroughOnException(): void }) {
  const flags: BoundEvaluator = await edge.at(request, { targetingKey: 'x', plan: 'pro' }, ctx);
  const { ruleset, details, snapshot } = flags;
  is<Same<typeof ruleset, Ruleset | undefined>>(true);
  details('size', 5).value.toFixed();
  // @ts-expect-error: a string flag has no boolean fallback
  flags.string('colour', false);
  // @ts-expect-error: the execution context has waitUntil
  await edge.at(request, {}, {});
  const client: Client = createClient({ url: '/ruleset.json', snapshot: snapshot({ flags: ['size'] }) ?? null, context: {} });
  return createTestClient({ size: 5 }).number('size', client.number('size', 1));
}

// @ts-expect-error: no option of this name
createEdge({ url: 'https://flags.example/', maxage: 5 });

export const why = (error: unknown) => (error instanceof RulesetError ? describe(error.diagnostics[0]!, '{}').message : undefined);
export const kv = kvStore;
