/** Shares and slices, as the playground draws and says them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { LINE, cut, fate, joined, kind, laid, percent, spoken, words } from '../../www/app/shares.js';

test('a share has up to three decimals, and is nobody or everybody only if it is', () => {
  for (const [share, exact, said] of /** @type {[number, string | undefined, string][]} */ ([
    [0, '0', '0 %'], [1, '1', '100 %'], [0.5, '1/2^1', '50 %'], [0.38000000020721925, '1752440687958037627/2^62', '38 %'],
    [0.6437499999301508, '5529770393/2^33', '64.375 %'], [2 ** -32, '1/2^32', '<0.001 %'], [1 - 2 ** -32, '4294967295/2^32', '>99.999 %'],
    // What a float cannot tell from everybody.
    [1, '18446744073709551615/2^64', '>99.999 %'], [0.2, undefined, '20 %'], [1, undefined, '100 %'],
  ])) assert.equal(percent(share, exact), said);
});

const flag = { variants: ['on', 'off', 'blue'], off: 'off' };

test('an answer has words, and a fill that depends on the flag alone', () => {
  for (const [answer, said, drawn] of /** @type {const} */ ([
    [{ variant: 'on', value: true }, 'on', 'v1'],
    [{ variant: 'off', value: false }, 'off', 'off'],
    [{ variant: 'blue', value: 1 }, 'blue', 'v2'],
    [{}, "the caller's default", 'default'],
    [{ errorCode: 'PARSE_ERROR' }, "the caller's default (broken flag)", 'error'],
    [{ errorCode: 'TARGETING_KEY_MISSING' }, "the caller's default (no key)", 'error'],
    // A prototype's member is no variant.
    [{ variant: 'constructor' }, 'constructor', 'v3'],
  ])) {
    assert.equal(words(answer), said);
    assert.equal(kind(flag, answer), drawn);
  }
  assert.equal(kind(undefined, { variant: 'on' }), 'v1');
});

test('who moves gains, loses or switches', () => {
  const [on, off, blue, none, broken] = [{ variant: 'on', value: 1 }, { variant: 'off', value: 0 }, { variant: 'blue', value: 2 }, {}, { errorCode: 'PARSE_ERROR' }];
  for (const [from, to, what] of /** @type {const} */ ([
    [on, on, 'stay'], [off, on, 'gain'], [none, on, 'gain'], [on, off, 'lose'], [on, broken, 'lose'], [on, blue, 'switch'], [off, none, 'switch'],
    [on, { variant: 'on', value: 7 }, 'switch'],
  ])) assert.equal(fate(from, to, flag, flag), what);
});

test('slices that are alike become one, empty ones none', () => {
  const slice = (/** @type {number} */ from, /** @type {number} */ to, label = 'on') => ({ from, to, label, kind: /** @type {const} */ ('v1') });
  assert.deepEqual(joined([slice(0, 10), slice(10, 20), slice(20, 20), slice(20, LINE, 'x')]), [slice(0, 20), slice(20, LINE, 'x')]);
  assert.deepEqual(laid([0.25, 0.75], (share) => share).map(({ from, to }) => [from, to]), [[0, LINE / 4], [LINE / 4, LINE]]);
});

test('a line is said in words, with the point of a key', () => {
  const slices = [{ from: 0, to: LINE / 4, label: 'on', kind: /** @type {const} */ ('v1') }, { from: LINE / 4, to: LINE, label: 'off', kind: /** @type {const} */ ('off') }];
  assert.equal(spoken(slices), 'on from 0 % to 25 %; off from 25 % to 100 %');
  assert.equal(spoken(slices, LINE / 2), 'on from 0 % to 25 %; off from 25 % to 100 %; the key lies at 50 %, in off');
});

test('a line is cut where the evaluator cuts it', () => {
  for (const [percent, point] of [[0, 0], [100, LINE], [10, 429496729], [5, 214748364], [12.345, 530213712], [0.001, 42949]]) assert.equal(cut(percent), point);
});
