/** Snapshots: what a server decided, read where there is no module; and whatever else is given for one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../entry/node.js';
import { digest, readSnapshot } from '../snapshot.js';
import { root } from './support.js';

const text = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'), 'utf8');
/** @type {{ context: object }[]} */
const contexts = JSON.parse(readFileSync(join(root, 'examples', 'shop', 'contexts.json'), 'utf8'));
const NOW = Date.parse('2026-12-02T12:00:00Z');
const shop = await load(text);

/** A snapshot that a page takes, to be spoilt. */
const sound = () => ({
  format: 1, now: NOW, paths: [['targetingKey']], digest: '0123456789abcdef',
  flags: { a: { value: true, variant: 'on', reason: 'STATIC' }, b: { reason: 'ERROR', errorCode: 'PARSE_ERROR' } },
});

test('a snapshot has what details say, for every flag, and comes through JSON whole', () => {
  for (const { context } of contexts) {
    const snapshot = shop.snapshot(context, { now: NOW });
    assert.deepEqual(Object.keys(snapshot.flags), [...shop.keys]);
    assert.equal(snapshot.revision, shop.revision);
    assert.equal(snapshot.now, NOW);
    const bound = shop.context(context, { now: NOW });
    const read = /** @type {NonNullable<ReturnType<typeof readSnapshot>>} */ (readSnapshot(JSON.stringify(snapshot)));
    for (const key of shop.keys) {
      const { value, ...rest } = shop.details(key, bound, undefined);
      assert.deepEqual(read.flags[key], value === undefined ? rest : { value, ...rest }, key);
    }
    assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(snapshot)));
    assert.equal(digest(read.paths, context), read.digest, 'the page computes the same from its own context');
    assert.deepEqual(shop.snapshot(bound), snapshot, 'a bound context brings its instant');
  }
});

test('it names the attributes that the flags read, through segments and prerequisites, and no others', async () => {
  const on = { variants: { on: true, off: false }, off: 'off', serve: 'off' };
  const ruleset = await load(JSON.stringify({
    format: 1,
    segments: { inner: { attribute: 'deep.inner', op: 'exists' }, outer: { segment: 'inner' } },
    flags: {
      base: { ...on, rules: [{ if: { segment: 'outer' }, serve: 'on' }] },
      top: { ...on, rules: [{ if: { all: [{ flag: 'base', is: 'on' }, { attribute: ['a.b'], op: 'exists' }] }, serve: 'on' }] },
      other: { ...on, rules: [{ if: { attribute: 'other', op: 'exists' }, serve: 'on' }] },
      still: { variants: { on: true }, serve: 'on' },
    },
  }));
  const context = { deep: { inner: 1 }, 'a.b': 'x', other: 1 };
  const { paths, flags, digest: made } = ruleset.snapshot(context, { flags: ['top', 'still', 'nope'] });
  assert.deepEqual(paths.map((names) => names.join('/')).sort(), ['a.b', 'deep/inner']);
  assert.deepEqual(flags, {
    top: { value: true, variant: 'on', reason: 'TARGETING_MATCH', ruleIndex: 0 },
    still: { value: true, variant: 'on', reason: 'STATIC' },
    nope: { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' },
  });
  assert.equal(digest(paths, { ...context, other: 2 }), made, 'what no flag reads does not count');
  assert.notEqual(digest(paths, { ...context, 'a.b': 'y' }), made);
  assert.notEqual(digest(paths, { ...context, deep: {} }), made);
  assert.deepEqual(ruleset.snapshot(context, { flags: [] }).paths, []);
});

test('a kill on the server is in the snapshot', async () => {
  const ruleset = await load(text);
  const [key] = ruleset.keys;
  ruleset.kill([key]);
  assert.equal(ruleset.snapshot({}).flags[key].reason, 'DISABLED');
});

test('a context of another ruleset and one that cannot be read have answers too', async () => {
  const other = await load(text);
  const { context } = contexts[0];
  const foreign = shop.snapshot(other.context(context, { now: NOW }));
  for (const { errorCode } of Object.values(foreign.flags)) assert.equal(errorCode, 'INVALID_CONTEXT');
  assert.notEqual(foreign.digest, shop.snapshot(context).digest, 'no page may take it');
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const context of [null, undefined, 5, 'x', [], proxy, new Proxy({}, { getOwnPropertyDescriptor: () => assert.fail('no') })]) {
    const snapshot = shop.snapshot(/** @type {any} */ (context), { now: NOW });
    assert.equal(digest(snapshot.paths, context), snapshot.digest);
    assert.ok(readSnapshot(snapshot));
  }
});

test('wrong options are errors that say what to write', () => {
  const wrong = /** @type {any} */ (shop);
  assert.throws(() => wrong.snapshot({}, { flags: 'checkout' }), /TypeError: snapshot\(\{ flags \}\) takes a list of flag keys, as in \["new-checkout"\]/);
  assert.throws(() => wrong.snapshot({}, { now: 'noon' }), /TypeError: `now` takes milliseconds/);
  assert.throws(() => wrong.context({}, { now: new Date(NaN) }), TypeError);
  assert.throws(() => wrong.kill('checkout'), /TypeError: kill\(\) takes a list/);
  assert.throws(() => wrong.kill(), TypeError);
});

test('as text it ends no script element, and reads back as the same data', async () => {
  const nasty = '</script><script>alert(1)</script><!-- --> ]]> & \u2028\u2029 \\ " \ud83d\ude00 \u0000';
  const ruleset = await load(JSON.stringify({ format: 1, flags: { [nasty]: { variants: { [nasty]: { [nasty]: [nasty] } }, serve: nasty, metadata: { [nasty]: nasty } } } }));
  assert.deepEqual(ruleset.diagnostics, []);
  const snapshot = ruleset.snapshot({});
  const written = `${snapshot}`;
  assert.doesNotMatch(written, /[<>&\u2028\u2029]/);
  assert.deepEqual(JSON.parse(written), JSON.parse(JSON.stringify(snapshot)));
  assert.deepEqual(readSnapshot(written)?.flags[nasty].value, { [nasty]: [nasty] });
  assert.equal(String(readSnapshot(written)), written, 'a snapshot that was read can be written again');
  // What a browser's parser looks for is in the plain text, and not in this one.
  assert.match(JSON.stringify(snapshot), /<\/script/);
});

test('keys that an object inherits are keys like any other', async () => {
  const flag = { variants: { on: true }, serve: 'on' };
  const ruleset = await load(`{"format":1,"flags":{"__proto__":${JSON.stringify(flag)},"toString":${JSON.stringify(flag)}}}`);
  const read = readSnapshot(String(ruleset.snapshot({})));
  assert.deepEqual(Object.keys(read?.flags ?? {}), ['__proto__', 'toString']);
  assert.equal(read?.flags['__proto__'].value, true);
  assert.equal(read?.flags['constructor'], undefined);
  assert.equal(Object.getPrototypeOf(read?.flags), null);
  assert.equal(/** @type {any} */ ({}).value, undefined, 'nothing reached the prototype of all objects');
});

test('whatever is given for a snapshot: the snapshot, or undefined', () => {
  const cyclic = /** @type {any} */ (sound());
  cyclic.flags.a.value = cyclic;
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = () => {
    throw new Error('no');
  };
  let deep = /** @type {any} */ (1);
  for (let level = 0; level < 200_000; level++) deep = [deep];
  const refused = {
    undefined, null: null, number: 5, text: 'x', empty: '', 'a symbol': Symbol('x'), bigint: 5n, function: fail, array: [sound()], cyclic, revoked: proxy,
    'a getter that throws': Object.defineProperty(sound(), 'flags', { get: fail, enumerable: true }), 'a throwing toJSON': { ...sound(), toJSON: fail },
    'a toJSON of nothing': { ...sound(), toJSON: () => undefined }, 'a BigInt inside': { ...sound(), now: 5n }, 'a huge text': JSON.stringify(sound()) + ' '.repeat(2 ** 24),
    'deep nesting': { ...sound(), paths: deep }, 'deep text': '['.repeat(1_000_000), html: '<!doctype html>', 'cut text': JSON.stringify(sound()).slice(0, -1),
    'another format': { ...sound(), format: 2 }, 'no format': { ...sound(), format: undefined }, 'no instant': { ...sound(), now: undefined }, 'no time': { ...sound(), now: NaN },
    'a negative revision': { ...sound(), revision: -1 }, 'no paths': { ...sound(), paths: undefined }, 'a dotted path': { ...sound(), paths: ['a.b'] },
    'an empty path': { ...sound(), paths: [[]] }, 'a path of numbers': { ...sound(), paths: [[1]] }, 'no digest': { ...sound(), digest: 5 },
    'a long digest': { ...sound(), digest: '0'.repeat(17) }, 'a list of flags': { ...sound(), flags: [] }, 'no flags': { ...sound(), flags: null },
  };
  for (const [what, given] of Object.entries(refused)) assert.equal(readSnapshot(given), undefined, what);
  assert.ok(readSnapshot(sound()));
  assert.ok(readSnapshot(Object.assign(Object.create({ inherited: 1 }), sound())));
});

test('one faulty flag is left out alone', () => {
  const on = { value: true, variant: 'on', reason: 'STATIC' };
  const faulty = {
    null: null, list: [], text: 'on', 'a null value': { ...on, value: null }, 'a value without a variant': { value: true, reason: 'STATIC' },
    'a variant without a value': { variant: 'on', reason: 'STATIC' }, 'a variant of a number': { ...on, variant: 5 }, 'an unknown reason': { ...on, reason: 'WHY' },
    'no reason': { value: true, variant: 'on' }, 'an unknown error': { reason: 'ERROR', errorCode: 'WHAT' }, 'an empty error': { reason: 'ERROR', errorCode: '' },
    'a rule of a number': { ...on, rule: 1 }, 'a rule at a half': { ...on, ruleIndex: 0.5 }, 'metadata of a list': { ...on, flagMetadata: [] },
  };
  for (const [what, flag] of Object.entries(faulty)) {
    const read = readSnapshot({ ...sound(), flags: { ...sound().flags, faulty: flag } });
    assert.deepEqual(Object.keys(read?.flags ?? {}), ['a', 'b'], what);
  }
});

test('a text with any byte changed is a snapshot that reads the same again, or none', () => {
  const whole = String(shop.snapshot(contexts[0].context, { now: NOW, flags: shop.keys.slice(0, 4) }));
  const units = '{}[]",:\\0129-.eE+ntfu<\u0000\u2028\ud800x ';
  let seed = 1;
  const next = (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let taken = 0;
  for (let turn = 0; turn < 5000; turn++) {
    let text = whole;
    for (let edits = next(3); edits >= 0; edits--) {
      const at = next(text.length);
      text = text.slice(0, at) + (next(2) ? units[next(units.length)] : '') + text.slice(at + next(3));
    }
    const read = readSnapshot(text);
    if (read === undefined) continue;
    taken++;
    assert.equal(digest(read.paths, {}).length, 16);
    assert.deepEqual(readSnapshot(String(read)), read);
  }
  assert.ok(taken > 500 && taken < 4500, `${taken} taken`);
});

test('what was read is frozen and shares nothing with what was given', () => {
  const given = /** @type {any} */ ({ ...sound(), flags: { a: { value: { list: [1] }, variant: 'on', reason: 'STATIC' } } });
  const read = /** @type {any} */ (readSnapshot(given));
  given.flags.a.value.list[0] = 2;
  given.paths[0][0] = 'x';
  assert.deepEqual(read.flags.a.value, { list: [1] });
  assert.deepEqual(read.paths, [['targetingKey']]);
  for (const part of [read, read.paths, read.paths[0], read.flags, read.flags.a, read.flags.a.value.list]) assert.ok(Object.isFrozen(part));
});

test('the digest tells apart what tests tell apart', () => {
  const paths = [['a'], ['b', 'c']];
  const fail = () => {
    throw new Error('no');
  };
  const different = [
    {}, { a: '' }, { a: 0 }, { a: false }, { a: [] }, { a: true }, { a: 'true' }, { a: 1 }, { a: '1' }, { a: 1.5 }, { a: 1e21 }, { a: NaN }, { a: ['1'] }, { a: [1] },
    { a: [[1]] }, { a: ['1', '1'] }, { a: ['11'] }, { a: ['1', ''] }, { a: ['', '1'] }, { a: [true] }, { a: 'n1;' }, { a: 'u' }, { a: 's1:u' }, { a: '\ud800' },
    { a: '\udc00' }, { a: '\ufffd' }, { a: 'x' }, { a: 'X' }, { a: '\u0000' }, { a: 'x', b: { c: 'y' } }, { a: 'xy', b: { c: '' } }, { a: 'y', b: { c: 'x' } },
    { b: { c: 'x' } }, { a: new Date(1e12) }, { get a() { return fail(); } },
  ];
  const seen = new Map();
  for (const [at, context] of different.entries()) {
    const made = digest(paths, context);
    assert.match(made, /^[0-9a-f]{16}$/);
    assert.equal(seen.get(made), undefined, `${at} and ${seen.get(made)}`);
    seen.set(made, at);
  }
  const same = [
    [{ a: 0 }, { a: -0 }], [{}, { a: null }], [{}, { a: undefined }], [{}, null], [{}, { b: 5 }], [{}, Object.create({ a: 1 })], [{ a: new Date(1e12) }, { a: 1e12 }],
    [{ a: NaN }, { a: Infinity }], [{ a: {} }, { a: fail }], [{ a: 'x'.repeat(8193) }, { a: 'y'.repeat(8193) }], [{ a: Symbol('x') }, { a: 5n }],
  ];
  for (const [one, other] of same) assert.equal(digest(paths, one), digest(paths, other));
});

test('the digest is the same on every engine, for ever', () => {
  // Snapshots outlive a deployment: a server of one version and a page of another must agree.
  const context = { targetingKey: 'user-1', n: [1, -0.1, 1e300], email: 'mía@例え.example', t: true, o: {} };
  const paths = [['targetingKey'], ['n'], ['email'], ['t'], ['o'], ['absent', 'too']];
  assert.deepEqual([digest([], {}), digest([['targetingKey']], context), digest(paths, context)], ['419540b951c3a386', 'ac149350f17e7b49', 'ad6cf0babc212cea']);
});

test('digests are spread as chance would spread them', () => {
  const halves = [new Set(), new Set()];
  const whole = new Set();
  const count = 200_000;
  for (let at = 0; at < count; at++) {
    const made = digest([['targetingKey'], ['n']], { targetingKey: `user-${at >> 3}`, n: at & 7 });
    whole.add(made);
    halves[0].add(made.slice(0, 8));
    halves[1].add(made.slice(8));
  }
  assert.equal(whole.size, count);
  // Chance gives count^2 / 2^33, 4.7, of 32 bits each; 25 would be one in 10^10.
  for (const half of halves) assert.ok(count - half.size < 25, `${count - half.size} of ${count} agree in 32 bits`);
});
