/** A program whose flags are declared: each wrong use is an error, and each error expected. */
import type { Evaluator, FlagKey } from 'serin';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <Holds extends true>(_: Holds): void => {};

is<Same<FlagKey<boolean>, 'new-checkout' | '__proto__'>>(true);
is<Same<FlagKey<string>, 'theme'>>(true);
is<Same<FlagKey<number>, 'limit'>>(true);
is<Same<FlagKey<object>, 'banner' | 'routes' | 'grid' | '$id_1'>>(true);

export function use(flags: Evaluator) {
  const checkout: boolean = flags.boolean('new-checkout', false);
  const theme: 'light' | 'dark' | 'it\'s "\\\n' = flags.string('theme', 'light');
  const limit: number = flags.number('limit', 7);
  const banner = flags.object('banner', { text: 'Hello', link: null });
  const link: string | undefined = banner.link?.to;
  const tab: boolean | undefined = banner.link?.['new tab'];
  const lines: readonly number[] | undefined = banner.lines;
  for (const { from, to, code, gone } of flags.object('routes', [])) is<Same<typeof from, string>>(from.length + (code ?? 0) > 0 && (to ?? '') && gone ? true : true);
  flags.object('grid', {});
  flags.object('$id_1', []);

  // @ts-expect-error a misspelt key
  flags.boolean('new-chekout', false);
  // @ts-expect-error a text that no variant has
  flags.string('theme', 'blue');
  // @ts-expect-error a flag of another type
  flags.number('theme', 5);
  // @ts-expect-error a member that every variant has is missing
  flags.object('banner', { text: 'Hello' });
  // @ts-expect-error a member that no variant has
  banner.color;
  // @ts-expect-error what a getter gives is frozen
  banner.text = '';
  return { checkout, theme, limit, link, tab, lines };
}
