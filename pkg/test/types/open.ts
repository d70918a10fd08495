/** A project that says nothing of its flags: any string is a key, and the getter or the fallback tells the type. */
import { createClient, createEdge, load, RulesetError } from 'serin';
import { withModule } from 'serin/slim';
import { localStorageStore } from 'serin/storage';
import { createTestClient } from 'serin/testing';
import type { Details, Evaluator, FlagKey, Flags, Json, Snapshot } from 'serin';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <Holds extends true>(_: Holds): void => {};

interface Theme {
  color: string;
}
/** Has no index signature, and is a context all the same. */
interface User {
  targetingKey: string;
  age?: number;
}

export async function open(user: User, client: Evaluator, key: string, theme: Theme) {
  const ruleset = await load('{}', { strict: true });
  const yes = ruleset.boolean(key, user, false);
  const word = ruleset.string('word', { targetingKey: 5, anything: [] }, 'fallback');
  const size = ruleset.number('size', null, 0);
  const look = ruleset.object('theme', undefined, theme);
  is<Same<typeof yes, boolean>>(true);
  is<Same<typeof word, string>>(true);
  is<Same<typeof size, number>>(true);
  is<Same<typeof look, Theme>>(true);
  is<Same<FlagKey, string>>(true);
  is<Same<FlagKey<boolean>, string>>(true);
  is<Same<keyof Flags, never>>(true);

  const told = ruleset.details(key, user, false);
  is<Same<typeof told, Details<boolean>>>(true);
  const any = ruleset.details(key, user, null);
  is<Same<typeof any.value, Json>>(true);
  const none = ruleset.details(key, user, undefined);
  is<Same<typeof none.value, Json | undefined>>(true);
  const asked = client.details(key, { color: 'red' });
  is<Same<typeof asked.value, { color: string }>>(true);

  const all = ruleset.all(ruleset.context(user, { now: new Date() }));
  is<Same<typeof all[string], Json>>(true);
  const snapshot: Snapshot = ruleset.snapshot(user, { flags: [key, 'other'], now: 5 });
  ruleset.kill(new Set([key]));
  const missing: string[] = ruleset.override({ [key]: 'on' });
  ruleset.explain(key, user).steps.map(({ answer }) => answer);
  client.boolean('yes', true);
  client.all()['yes'];

  const test = createTestClient({ yes: true, theme, list: ['x'] }, { context: user, onExposure: ({ flag, variant }) => `${flag} ${variant}` });
  test.set('yes', false);
  test.set(key, undefined);
  test.set('theme', theme);
  createTestClient().on('change', ({ keys }) => keys.includes('yes'));
  const page = createClient({ url: '/flags.json', context: user, store: localStorageStore(), snapshot, overrides: { yes: 'on' } });
  page.on('error', ({ code, diagnostics }) => (code === 'refused' ? diagnostics?.[0]?.line : undefined));
  page.on('change', ({ keys }) => keys.map((changed) => page.details(changed, null)));
  const stop: () => void = page.subscribe(key, () => page.boolean(key, false));
  const { source, stale } = await page.ready;
  const { at } = createEdge({ url: 'https://flags.example/ruleset.json' });
  const bound = await at(new Request('https://example.com'), user, { waitUntil: () => {} });
  const yesAtEdge: boolean = bound.boolean('yes', false);
  // One interface for what has its context: a function for pages runs at the edge and in tests.
  for (const evaluator of [page, bound, test] satisfies Evaluator[]) evaluator.string('word', '');
  const slim = withModule({} as WebAssembly.Module).createClient({ ruleset: { format: 1, flags: {} } });
  const from: 'network' | 'storage' | 'ruleset' | 'snapshot' | 'none' = source;
  // @ts-expect-error there is no such event
  page.on('changed', () => {});
  // @ts-expect-error a client has its context
  page.boolean('yes', user, false);
  // @ts-expect-error no such option
  createClient({ address: '/flags.json' });
  slim.close();
  stop();

  // @ts-expect-error no flag has such a value
  test.set('yes', null);
  // @ts-expect-error no flag has such a value
  createTestClient({ yes: null });

  // @ts-expect-error the fallback is no boolean
  ruleset.boolean('yes', user, 'no');
  // @ts-expect-error a context comes before the fallback
  ruleset.string('word', 'fallback');
  // @ts-expect-error an object is asked for
  ruleset.object('theme', user, 5);
  // @ts-expect-error a value is no name of a variant
  ruleset.override({ yes: true });
  // @ts-expect-error a snapshot is not to be written to
  snapshot.now = 5;
  // @ts-expect-error an address is no number
  load(5);
  return { missing, error: RulesetError, stale, from, yesAtEdge };
}
