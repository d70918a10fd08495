/**
 * What is measured, as data that names no product: flags, the contexts they are asked with, and the answers
 * that count as right. Every adapter writes the same flags in its product's own format.
 */

/**
 * A test of a rule; the tests of one rule must all hold.
 * @typedef {{ attribute: string, op: 'eq' | 'in' | 'endsWith' | 'lt' | 'versionLt' | 'versionGe', value: any }} Test
 * @typedef {{ serve: string, when: Test[] }} Rule
 *
 * `constant`: true for everybody. `share`: true for so many percent of the keys. `requires`: true where another
 * flag is. `rules`: the string of the first rule that holds, else `off`.
 * @typedef {{ key: string, number: number } & (
 *   { kind: 'constant' } | { kind: 'share', percent: number } | { kind: 'requires', flag: string } | { kind: 'rules', rules: Rule[] })} Flag
 *
 * Who asks; an adapter makes its product's own context of it.
 * @typedef {{ id: string, email: string, country: string, plan: string, age: number, version: string, device: string, logins: number,
 *   company: { plan: string } }} Visitor
 *
 * @typedef {{ name: string, flags: Flag[], key: string, visitors: Visitor[], nested?: boolean }} Workload
 *   `key` is the flag that is asked; the empty key asks all of them. `nested` asks for an attribute of an attribute
 */

/** An adapter throws it for what its product's format cannot say; the table has a dash there. */
export class Cannot extends Error {}

const COUNTRIES = ['US', 'CA', 'MX', 'BR', 'AR', 'CL', 'CO', 'PE', 'UY', 'PY'];
const EUROPE = ['DE', 'FR', 'IT', 'ES', 'NL'];

/** @param {string} serve @param {...[string, Test['op'], any]} tests @returns {Rule} */
const rule = (serve, ...tests) => ({ serve, when: tests.map(([attribute, op, value]) => ({ attribute, op, value })) });

/** The rule that most visitors match is the last one, so that both versions are compared. */
const FIVE = [
  rule('r1', ['country', 'in', COUNTRIES]),
  rule('r2', ['email', 'endsWith', '@corp.example']),
  rule('r3', ['age', 'lt', 18]),
  rule('r4', ['version', 'versionLt', '2.0.0'], ['device', 'eq', 'android']),
  rule('r5', ['plan', 'eq', 'pro'], ['version', 'versionGe', '2.10.0'], ['country', 'in', EUROPE]),
];

/** A third of each kind. @param {number} count @returns {Flag[]} */
export const mixed = (count) => Array.from({ length: count }, (_, number) => {
  const five = String(number).padStart(5, '0');
  if (number % 3 === 0) return { key: `simple-${five}`, number, kind: 'constant' };
  if (number % 3 === 1) return { key: `rules-${five}`, number, kind: 'rules', rules: FIVE };
  return { key: `share-${five}`, number, kind: 'share', percent: 10 };
});

/** The key of the middle flag of a kind: some products search from the front. @param {Flag[]} flags @param {Flag['kind']} kind */
export const middle = (flags, kind) => /** @type {Flag} */ (flags.slice(flags.length >> 1).find((flag) => flag.kind === kind)).key;

/** @param {number} at @param {Partial<Visitor>} [other] @returns {Visitor} */
export const visitor = (at, other) => ({
  id: `user-${Math.imul(at, 0x9e3779b1) >>> 0}-${at}`, email: `u${at}@example.com`, country: 'DE', plan: 'pro', age: 34, version: '2.13.4', device: 'ios',
  logins: 120, company: { plan: 'pro' }, ...other,
});

/** A power of two of them, so that a mask picks the next. @param {number} count @param {(at: number) => Partial<Visitor>} [other] */
const crowd = (count, other) => Array.from({ length: count }, (_, at) => visitor(at, other?.(at)));

/** Visitors whom the five rules tell apart in every way, the version that text would order wrongly among them. */
export const varied = crowd(2048, (at) => ({
  country: ['DE', 'US', 'NL', 'PY', 'SE', 'FR', 'GB'][at % 7], plan: at % 5 === 0 ? 'free' : 'pro', age: 10 + (at % 60), device: at % 2 ? 'android' : 'ios',
  version: ['2.13.4', '2.9.9', '1.9.0', '2.10.0', '2.0.0', '10.0.1', '2.10.1', '1.99.99', '3.0.0', '2.2.10', '2.1.0'][at % 11],
  ...(at % 13 === 0 ? { email: `u${at}@corp.example` } : {}),
}));

const usual = crowd(2048);
const hundred = mixed(100);
const list = Array.from({ length: 1000 }, (_, at) => `u${at * 4}@example.com`);
/** @param {Rule[]} rules @returns {Flag[]} */
const only = (rules) => [{ key: 'rules', number: 0, kind: 'rules', rules }];
/** @type {Flag[]} */
const share = [{ key: 'share', number: 0, kind: 'share', percent: 10 }];
/** @type {Flag[]} */
const chain = Array.from({ length: 11 }, (_, number) =>
  (number === 10 ? { key: 'needed-10', number, kind: 'share', percent: 50 } : { key: `needed-${number}`, number, kind: 'requires', flag: `needed-${number + 1}` }));

/** Asked with a new context each time, and with one context kept. @type {Workload[]} */
export const usualWork = [
  { name: 'simple flag', flags: hundred, key: middle(hundred, 'constant'), visitors: usual },
  { name: 'five rules, two versions', flags: hundred, key: middle(hundred, 'rules'), visitors: usual },
  { name: '10 % rollout', flags: hundred, key: middle(hundred, 'share'), visitors: usual },
  { name: 'all of 100 flags', flags: hundred, key: '', visitors: usual },
];

/** Asked with a new context each time. @type {Workload[]} */
export const hardWork = [
  { name: 'key of 4 KB, 10 % rollout', flags: share, key: 'share', visitors: crowd(256, (at) => ({ id: `${at}-`.padEnd(4096, 'long key ') })) },
  { name: 'non-ASCII key, 10 % rollout', flags: share, key: 'share', visitors: crowd(2048, (at) => ({ id: `żółw-日本語-🐤-${at}` })) },
  { name: 'nested attribute', flags: only([rule('r1', ['company.plan', 'eq', 'pro'])]), key: 'rules', visitors: crowd(2048, (at) => ({ company: { plan: at % 2 ? 'pro' : 'free' } })), nested: true },
  { name: '30 rules, the last matches', flags: only(Array.from({ length: 30 }, (_, at) => rule(`r${at}`, ['plan', 'eq', `plan-${at}`]))), key: 'rules', visitors: crowd(2048, () => ({ plan: 'plan-29' })) },
  { name: 'list of 1,000', flags: only([rule('r1', ['email', 'in', list])]), key: 'rules', visitors: usual },
  { name: 'ten prerequisites in a chain', flags: chain, key: 'needed-0', visitors: usual },
];

/** @param {string} text */
const version = (text) => text.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);

/** Slow and obvious. @type {Record<Test['op'], (have: any, want: any) => boolean>} */
const holds = {
  eq: (have, want) => have === want,
  in: (have, want) => want.includes(have),
  endsWith: (have, want) => have.endsWith(want),
  lt: (have, want) => have < want,
  versionLt: (have, want) => version(have) < version(want),
  versionGe: (have, want) => version(have) >= version(want),
};

/**
 * The right answer; undefined where the product's own hash decides.
 * @param {Flag} flag @param {Visitor} visitor @returns {string | boolean | undefined}
 */
export function expected(flag, visitor) {
  if (flag.kind === 'constant') return true;
  if (flag.kind !== 'rules') return undefined;
  const attribute = (/** @type {string} */ path) => path.split('.').reduce((from, name) => /** @type {any} */ (from)[name], visitor);
  return flag.rules.find(({ when }) => when.every((test) => holds[test.op](attribute(test.attribute), test.value)))?.serve ?? 'off';
}

/** What is written as a number, for products that have no versions. @param {string} text */
export const versionNumber = version;
