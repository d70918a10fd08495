/** A project that says which flags it has: keys complete and are checked, with the types of their values. */
import { createClient, createEdge, load } from 'serin';
import { withModule } from 'serin/slim';
import { createTestClient } from 'serin/testing';
import type { Evaluator, FlagKey } from 'serin';

declare module 'serin' {
  interface Flags {
    'new-checkout': boolean;
    theme: 'light' | 'dark';
    limit: number;
    banner: { readonly text: string };
  }
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <Holds extends true>(_: Holds): void => {};

export async function filled(user: object, client: Evaluator) {
  const ruleset = await load('{}');
  is<Same<FlagKey, 'new-checkout' | 'theme' | 'limit' | 'banner'>>(true);
  is<Same<FlagKey<string>, 'theme'>>(true);
  is<Same<FlagKey<object>, 'banner'>>(true);

  const theme = ruleset.string('theme', user, 'light');
  is<Same<typeof theme, 'light' | 'dark'>>(true);
  is<Same<ReturnType<typeof client.boolean<'new-checkout'>>, boolean>>(true);
  const limit = client.number('limit', 5);
  is<Same<typeof limit, number>>(true);
  const banner = client.object('banner', { text: '' });
  is<Same<typeof banner, { readonly text: string }>>(true);
  const told = client.details('theme', null);
  is<Same<typeof told.value, 'light' | 'dark' | null>>(true);
  const sure = ruleset.details('new-checkout', user, false);
  is<Same<typeof sure.value, boolean>>(true);
  const { limit: some, 'new-checkout': other } = client.all();
  is<Same<typeof some, number | undefined>>(true);
  is<Same<typeof other, boolean | undefined>>(true);

  ruleset.kill(['new-checkout', 'theme']);
  ruleset.kill([]);
  ruleset.override({ theme: 'a-variant', limit: 'high' });
  ruleset.override({});
  ruleset.explain('banner', user);
  ruleset.snapshot(user, { flags: ['limit'] }).flags['limit']?.value;
  const unknown: string = 'from elsewhere';
  ruleset.boolean(unknown as FlagKey<boolean>, user, false);

  const test = createTestClient({ theme: 'dark', limit: 5 });
  test.set('banner', { text: '' });
  test.set('theme', undefined);
  test.subscribe('limit', () => {});
  const page = createClient({ url: '/flags.json', overrides: { theme: 'a-variant' } });
  const look = page.string('theme', 'dark');
  is<Same<typeof look, 'light' | 'dark'>>(true);
  page.subscribe('theme', () => {});
  const bound = await createEdge({ url: 'https://flags.example/ruleset.json' }).at(null, user);
  const checkout = bound.boolean('new-checkout', false);
  is<Same<typeof checkout, boolean>>(true);
  const slim = withModule({} as WebAssembly.Module).createClient({ url: '/flags.json' });
  // @ts-expect-error what is said of flags is said for every entry
  slim.boolean('new-chekout', false);
  // @ts-expect-error a misspelt key
  page.subscribe('them', () => {});
  // @ts-expect-error a misspelt key
  createClient({ url: '/flags.json', overrides: { them: 'a-variant' } });
  // @ts-expect-error a misspelt key
  page.explain('them');
  // @ts-expect-error a fallback that the flag never has
  bound.string('theme', 'blue');
  // @ts-expect-error a misspelt key
  bound.snapshot({ flags: ['them'] });

  // @ts-expect-error a misspelt key
  createTestClient({ limt: 5 });
  // @ts-expect-error a value of another type
  createTestClient({ limit: 'five' });
  // @ts-expect-error a value that the flag never has
  test.set('theme', 'blue');
  // @ts-expect-error a misspelt key
  test.subscribe('limt', () => {});

  // @ts-expect-error a misspelt key
  ruleset.boolean('new-chekout', user, false);
  // @ts-expect-error a flag of another type
  ruleset.boolean('theme', user, false);
  // @ts-expect-error a fallback that the flag never has
  client.string('theme', 'blue');
  // @ts-expect-error an object of another shape
  client.object('banner', { txt: '' });
  // @ts-expect-error a fallback of another type
  client.details('limit', 'five');
  // @ts-expect-error a misspelt key
  ruleset.kill(['new-chekout']);
  // @ts-expect-error a misspelt key
  ruleset.override({ 'new-chekout': 'on' });
  // @ts-expect-error a misspelt key
  ruleset.explain('bannr', user);
  // @ts-expect-error a misspelt key
  ruleset.snapshot(user, { flags: ['limt'] });
  // @ts-expect-error a string that may be any
  client.number(unknown, 5);
  // @ts-expect-error a flag that is not there
  client.all().nope;
}
