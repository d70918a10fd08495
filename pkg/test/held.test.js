/**
 * What the module holds of the context before is not written again: no context may be answered by another's
 * values. Every answer of a ruleset that is asked all the time is that of one that was never asked before.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../entry/node.js';

const flag = (/** @type {object} */ condition) => ({ variants: { on: true, off: false }, salt: 's', rules: [{ if: condition, serve: 'on' }], serve: 'off' });
const is = (/** @type {string} */ attribute, /** @type {string} */ op, /** @type {unknown} */ value, more = {}) => flag({ attribute, op, value, ...more });
// Each attribute is looked at in other ways, so that some of them last and some do not.
const document = JSON.stringify({
  format: 1,
  flags: {
    version: is('v', 'version', '>=1.0.0-rc.2 <1.0.0-rc.3'), other: is('w', 'version', '>=2'), 'version and text': is('x', 'version', '>=1'), text: is('x', 'contains', 'rc.2'),
    atom: is('a', 'in', ['DE', '-', 'rc.2', 'long enough to be cut from another']), number: is('n', 'lt', 1), zero: is('n', 'eq', 0), time: is('t', 'after', '2026-01-01T00:00:00Z'),
    address: is('i', 'cidr', '10.0.0.0/8'), list: is('l', 'hasAny', ['DE', 'rc.2']), folded: is('f', 'eq', 'de', { ignoreCase: true }), there: flag({ attribute: 'e', op: 'exists' }),
    bucket: flag({ bucket: { from: 0, to: 50, by: 'k' } }), both: flag({ all: [{ attribute: 'a', op: 'eq', value: 'DE' }, { attribute: 'v', op: 'version', value: '<2' }] }),
  },
});
const VALUES = [
  undefined, null, true, false, 0, -0, 1, 5, NaN, 1.8e12, '', '-', 'DE', 'de', 'NZ', '1.0.0-rc.1', '1.0.0-rc.2', '1.0.0-rc.3', '2.0.0', '1.9.9', '10.0.0.1', '10.0.0.x', '2026-06-01T00:00:00Z',
  'rc.2', 'long enough to be cut from another', 'x\ud800', ['DE'], ['rc.2', 'NZ'], ['NZ'], [], {}, Symbol('x'), 10n,
];

/** Numbers below a limit, the same each time. @param {number} seed */
const random = (seed) => (/** @type {number} */ limit) => {
  seed = (Math.imul(seed, 0x5851f42d) + 0x14057b7f) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
};

test('no context is answered by what was held of another', async () => {
  const next = random(7);
  const asked = await load(document);
  const { keys } = asked;
  const names = [...'vwxantilfek'];
  /** @type {Record<string, unknown>} */
  let context = {};
  for (let turn = 0; turn < 400; turn++) {
    // Mostly what it was before: one attribute differs, or a few.
    context = { ...context };
    for (let changes = next(3); changes >= 0; changes--) context[names[next(names.length)]] = VALUES[next(VALUES.length)];
    const given = next(10) > 0 ? context : Object.defineProperty({ ...context }, names[next(names.length)], { get: () => assert.fail('read') });
    const fresh = await load(document);
    const key = keys[next(keys.length)];
    // One flag alone, which reads a part of the context, then a bound one, or all of them.
    const answer = (/** @type {any} */ ruleset) => [ruleset.details(key, given, null), turn % 3 ? ruleset.all(given) : keys.map((key) => ruleset.details(key, ruleset.context(given), null))];
    assert.deepEqual(answer(asked), answer(fresh), `turn ${turn}, ${key} for ${Object.keys(context).map((name) => `${name}: ${String(context[name])}`)}`);
  }
});

test('a getter that asks the same ruleset leaves what was read before it, and what is held', async () => {
  const all = { all: [{ attribute: 'a', op: 'eq', value: 'DE' }, { attribute: 'm', op: 'contains', value: 'long' }, { attribute: 'z', op: 'eq', value: 'DE' }] };
  const ruleset = await load(JSON.stringify({ format: 1, flags: { one: flag(all), two: flag({ not: all }) } }));
  const others = [{}, { a: 'NZ', m: 'short', z: 'NZ' }, { a: 'x\ud800', m: 'x'.repeat(9000), z: ['DE'] }];
  /** @type {((context: any) => unknown)[]} */
  const ways = [(context) => ruleset.boolean('two', context, false), (context) => ruleset.details('one', context, null), (context) => ruleset.all(context), (context) => ruleset.explain('two', ruleset.context(context))];
  for (const other of others) {
    for (const ask of ways) {
      for (const name of ['a', 'm', 'z']) {
        const plain = /** @type {Record<string, unknown>} */ ({ a: 'DE', m: 'a long text, which the engine copies', z: 'DE' });
        const value = plain[name];
        const context = Object.defineProperty({ ...plain }, name, { get: () => (ask(other), ask(plain), ask(other), value), enumerable: true });
        const got = [ruleset.boolean('one', context, false), ruleset.details('two', context, true).value, ruleset.all(context), ruleset.boolean('one', ruleset.context(context), false), ruleset.boolean('one', plain, false)];
        assert.deepEqual(got, [true, false, { one: true, two: false }, true, true], `${name}, ${ways.indexOf(ask)}, ${JSON.stringify(other)}`);
      }
    }
  }
});
