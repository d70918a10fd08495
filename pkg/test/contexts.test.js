/** Whatever object is given as a context: an answer, never a throw, never a dead instance. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'serin';

const flag = (/** @type {object} */ condition) => ({
  variants: { on: true, off: false }, salt: 's', rules: [{ if: condition, serve: 'on' }], serve: 'off',
});
const tests = {
  eq: { attribute: 'a', op: 'eq', value: 'x' }, eqNumber: { attribute: 'a', op: 'eq', value: 5 }, eqFolded: { attribute: 'a', op: 'eq', value: 'X', ignoreCase: true },
  in: { attribute: 'a', op: 'in', value: ['x', 'y'] }, startsWith: { attribute: 'a', op: 'startsWith', value: 'x' }, contains: { attribute: 'a', op: 'contains', value: 'x' },
  lt: { attribute: 'a', op: 'lt', value: 5 }, version: { attribute: 'a', op: 'version', value: '>=1' }, before: { attribute: 'a', op: 'before', value: '2027-01-01T00:00:00Z' },
  cidr: { attribute: 'a', op: 'cidr', value: '10.0.0.0/8' }, hasAny: { attribute: 'a', op: 'hasAny', value: ['x'] }, hasAll: { attribute: 'a', op: 'hasAll', value: [1, 2] },
  exists: { attribute: 'a', op: 'exists' }, deep: { attribute: 'a.b.c.d.e.f.g.h', op: 'exists' }, bucket: { bucket: { from: 0, to: 50, by: 'a' } },
};
const names = /** @type {(keyof typeof tests)[]} */ (Object.keys(tests));
const document = JSON.stringify({ format: 1, flags: Object.fromEntries(names.map((name) => [name, flag(tests[name])])) });

const thrower = () => {
  throw new Error('no');
};
const cyclic = /** @type {any} */ ({ targetingKey: 'k' });
cyclic.a = cyclic;
cyclic.b = { a: cyclic };
let deep = /** @type {any} */ ({});
for (let level = 0; level < 10_000; level++) deep = { a: deep };
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const revokedArray = Proxy.revocable([], {});
revokedArray.revoke();
class Point {
  a = 'x';
  get b() {
    return thrower();
  }
}

// Small when it is compared first, and endless after that.
let asked = 0;
const endless = new Proxy([], { get: (_, name) => (name === 'length' ? { valueOf: () => (asked++ === 0 ? 1 : 10 ** 9) } : 'x') });

/** @type {Record<string, any>} */
const CONTEXTS = {
  'a list without end': { a: endless },
  null: null, undefined, number: 5, string: 'x', boolean: true, symbol: Symbol('x'), bigint: 5n, function: thrower, array: ['x'],
  cyclic, deep, revoked: revoked.proxy, 'class instance': new Point(), 'null prototype': Object.assign(Object.create(null), { a: 'x' }),
  'inherited only': Object.create({ a: 'x' }), 'throwing getter': Object.defineProperty({}, 'a', { get: thrower, enumerable: true }),
  'throwing proxy': new Proxy({}, { get: thrower, getOwnPropertyDescriptor: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower }),
  'a throwing list': { a: Object.defineProperty([1, 2], 0, { get: thrower }) }, 'a revoked list': { a: revokedArray.proxy },
  'a list whose length throws': { a: new Proxy([], { get: thrower }) }, 'a list of holes': { a: new Array(5) }, 'a huge list': { a: new Array(1e6).fill('x') },
  'a nested list': { a: [['x']] }, 'a mixed list': { a: ['x', 1] }, 'an empty list': { a: [] },
  'Symbol value': { a: Symbol('x') }, 'BigInt value': { a: 10n ** 40n }, Date: { a: new Date() }, 'invalid Date': { a: new Date(NaN) }, Map: { a: new Map([['b', 1]]) },
  'function value': { a: thrower }, NaN: { a: NaN }, Infinity: { a: Infinity }, '-0': { a: -0 }, 'a huge number': { a: 1.7976931348623157e308 },
  'a huge string': { a: 'x'.repeat(50_000_000) }, '8192 bytes': { a: 'x'.repeat(8192) }, '8193 bytes': { a: 'x'.repeat(8193) },
  'three bytes each': { a: '語'.repeat(2730) }, 'three bytes each, too many': { a: '語'.repeat(2731) }, 'lone surrogate': { a: 'x\ud800' }, 'reversed pair': { a: '\udc00\ud800' },
  emoji: { a: '😀'.repeat(100) }, __proto__: JSON.parse('{"__proto__": {"a": "x"}}'), 'own toString': { toString: thrower, valueOf: thrower, a: { toString: thrower } },
  'a getter that evaluates': {},
};

test('every context gets an answer from every operator', async () => {
  const ruleset = await load(document);
  assert.deepEqual(ruleset.diagnostics, []);
  Object.defineProperty(CONTEXTS['a getter that evaluates'], 'a', {
    enumerable: true,
    get: () => (ruleset.boolean('eq', { a: 'x' }, false) && ruleset.all({ a: 7 }).lt === false ? 'x' : 'wrong'),
  });
  for (const [what, context] of Object.entries(CONTEXTS)) {
    for (const name of names) {
      const { value, reason } = ruleset.details(name, context, null);
      assert.equal(typeof value, 'boolean', `${what}, ${name}: ${reason}`);
      assert.equal(ruleset.boolean(name, context, false), value, `${what}, ${name}`);
      assert.equal(ruleset.details(name, ruleset.context(context, { now: 0 }), null).value, value, `${what}, ${name}: bound`);
    }
    const all = ruleset.all(context);
    for (const name of names) assert.equal(all[name], ruleset.boolean(name, context, false), `${what}, ${name}: all`);
    for (const name of names) ruleset.explain(name, context);
    assert.equal(ruleset.boolean('eq', { a: 'x' }, false), true, `after ${what}`);
  }
});

test('the values that must match do', async () => {
  const ruleset = await load(document);
  /** @param {keyof typeof tests} name @param {any} a */
  const answer = (name, a) => ruleset.boolean(name, { a }, false);
  assert.deepEqual(
    [answer('eq', 'x'), answer('eqNumber', 5), answer('eqFolded', 'x'), answer('in', 'y'), answer('startsWith', 'xyz'), answer('contains', 'aéx'), answer('lt', -0)],
    Array(7).fill(true),
  );
  assert.deepEqual(
    [answer('version', 'v1.2'), answer('before', new Date(0 + 1e12)), answer('cidr', '10.1.2.3'), answer('hasAny', ['y', 'x']), answer('hasAll', [3, 2, 1]), answer('exists', () => {})],
    Array(6).fill(true),
  );
  assert.equal(CONTEXTS['a getter that evaluates'].a === undefined || ruleset.boolean('eq', CONTEXTS['a getter that evaluates'], false), true);
  assert.equal(ruleset.details('exists', CONTEXTS['throwing getter'], null).value, false, 'unreadable is unknown');
  assert.equal(answer('contains', 'x'.repeat(8192)), true);
  assert.equal(answer('contains', 'x'.repeat(8193)), false);
});

test('a getter that kills, overrides and asks meanwhile changes what comes after, and harms nothing', async () => {
  const ruleset = await load(document);
  const bound = ruleset.context({ a: 'x' });
  /** @param {() => void} act */
  const acting = (act) => Object.defineProperty({}, 'a', { enumerable: true, get: () => (act(), 'x') });
  /** Without the clock. @param {any} answer */
  const still = (answer) => (typeof answer === 'object' ? { ...answer, now: 0 } : answer);
  /** @type {[string, (context: object) => unknown][]} */
  const questions = [
    ['boolean', (context) => ruleset.boolean('eq', context, false)], ['details', (context) => ruleset.details('in', context, null)], ['all', (context) => ruleset.all(context)],
    ['explain', (context) => ruleset.explain('contains', context)], ['context', (context) => ruleset.all(ruleset.context(context))], ['snapshot', (context) => ruleset.snapshot(context)],
  ];
  for (const [name, question] of questions) {
    const expected = question({ a: 'x' });
    question(acting(() => ruleset.kill(names)));
    assert.equal(ruleset.details('eq', bound, null).reason, 'DISABLED', name);
    question(acting(() => ruleset.kill([])));
    question(acting(() => ruleset.override({ eq: 'off' })));
    assert.deepEqual([ruleset.boolean('eq', bound, true), ruleset.boolean('eq', { a: 'x' }, true)], [false, false], name);
    question(acting(() => ruleset.override({})));
    const answer = question(acting(() => question({ a: 'y' })));
    assert.deepEqual(still(answer), still(expected), `${name}: another question meanwhile`);
  }
});

test('a full stack ends in the fallback and not in a dead instance', async () => {
  const ruleset = await load(document);
  let answered = 0;
  const dive = () => {
    try {
      dive();
    } finally {
      if (ruleset.boolean('eq', { a: 'x' }, false)) answered++;
    }
  };
  assert.throws(dive, RangeError);
  assert.ok(answered > 0);
  assert.equal(ruleset.boolean('eq', { a: 'x' }, false), true);
});
