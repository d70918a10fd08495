/**
 * The operator `version` against npm's `semver` with `includePrerelease`, whose meaning it has.
 *
 * The rules stand in `src/doc/format.md`, under "Versions". What differs, each shown below:
 *
 * - An attribute may have one or two numbers and goes on with zeros; npm wants three. What is given to
 *   npm is filled up first. (`semver.coerce` finds versions in other text as well, and that is no aim.)
 * - An attribute has no space around it, which npm cuts off.
 * - Numbers among the identifiers of a prerelease are compared in full; npm takes those beyond 2^53 - 1 for the nearest float.
 * - npm refuses what is longer than 256 characters; an attribute may have 8,192 bytes.
 * - npm throws where the end of a range would have a number above 2^53 - 1 (`^9007199254740991`); here there is such an end,
 *   which no version reaches.
 * - Ranges are a part of npm's: no partial version alone, no `x`, `*`, `||`, ` - `, `v` or `~>`, no space but those
 *   between comparators, no build after a partial version. These break the flag and never mean something else.
 *
 * A list of ranges is any of them, as npm's `||`. A build is ignored by both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import semver from 'semver';
import { load } from 'serin';

const NPM = { includePrerelease: true };

/** Mulberry32: the same numbers in every run. @param {number} seed */
function random(seed) {
  const below = (/** @type {number} */ end) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(seed ^ (seed >>> 15), seed | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % end;
  };
  return { below, oneIn: (/** @type {number} */ chances) => below(chances) === 0, pick: (/** @type {any} */ of) => of[below(of.length)] };
}

const NUMBERS = [...'0001112233', '9', '10', '11', '99', '4294967295', '4294967296', '9007199254740990'];
const IDENTIFIERS = ['0', '0', '1', '2', '9', '10', '-', '--', '-1', '0a', 'a', 'A', 'b', 'rc', 'rc1', 'alpha', 'beta', 'x', 'X', 'x-y', '9007199254740990'];
const OPERATORS = ['', '=', '<', '<=', '>', '>=', '^', '~'];

/** @typedef {ReturnType<typeof random>} Random */

/** A prerelease and a build, or neither. @param {Random} dice @param {number} chances that there is none */
function tags(dice, chances) {
  const list = () => Array.from({ length: 1 + dice.below(3) }, () => dice.pick(IDENTIFIERS)).join('.');
  return (dice.below(chances) < chances - 1 ? '' : `-${list()}`) + (dice.oneIn(8) ? `+${list()}` : '');
}

/** @param {Random} dice */
function comparator(dice) {
  const operator = dice.pick(OPERATORS);
  const count = operator === '' ? 3 : 1 + dice.below(3);
  return operator + Array.from({ length: count }, () => dice.pick(NUMBERS)).join('.') + (count === 3 ? tags(dice, 2) : '');
}

/** @param {Random} dice */
function range(dice) {
  let text = comparator(dice);
  // Several that have nothing in common hold nothing, which is a poor question.
  while (dice.oneIn(2)) text += dice.pick([' ', ' ', '   ']) + (dice.oneIn(2) ? near(dice, text) : comparator(dice));
  return text;
}

/** A comparator on a full version that is at or beside one of the range. @param {Random} dice @param {string} text */
const near = (dice, text) => dice.pick(['<', '<=', '>', '>=']) + version(dice, text, 3);

/**
 * A version that is mostly at or beside an end of the range.
 * @param {Random} dice @param {string} text a range @param {number} count of numbers
 */
function version(dice, text, count) {
  const [, numbers, prerelease] = /** @type {RegExpExecArray} */ (/([\d.]+)(-[^+ ]+)?/.exec(dice.pick(text.split(/ +/))));
  const close = Array.from({ length: count }, (_, at) => {
    const number = Number(numbers.split('.')[at] ?? 0);
    return dice.oneIn(12) ? dice.pick(NUMBERS) : dice.oneIn(3) ? Math.max(0, number + dice.below(3) - 1) : number;
  });
  // A prerelease that goes on where the other ends is the one beside it.
  const tag = dice.oneIn(2) && prerelease ? prerelease + (dice.oneIn(2) ? '' : `.${dice.pick(IDENTIFIERS)}`) : tags(dice, 2);
  return close.join('.') + (dice.oneIn(3) ? '' : tag);
}

/** An attribute, and now and then what is none. @param {Random} dice @param {string} text a range */
function attribute(dice, text) {
  const found = (dice.oneIn(4) ? 'v' : '') + version(dice, text, 1 + dice.below(3));
  if (!dice.oneIn(10)) return found;
  const at = dice.below(found.length + 1);
  return found.slice(0, at) + dice.pick([...'00123.-+vxV=*_é~']) + found.slice(at + dice.below(2));
}

/**
 * The version an attribute is, in three numbers; undefined if it is none for npm either.
 * @param {string} text
 */
function coerced(text) {
  const [, numbers, rest] = /^v?(\d[\d.]*)(.*)$/su.exec(text) ?? [];
  if (numbers === undefined || rest === undefined) return undefined;
  const full = numbers + ['', '.0.0', '.0', ''][numbers.split('.').length] + rest;
  return semver.valid(full) === null ? undefined : full;
}

/**
 * Loads one flag for each test: true where it holds, false where it does not, and no answer where that is unknown.
 * @param {(string | string[])[]} values
 */
function rulesets(values) {
  const flags = values.map((value, index) => {
    const condition = { attribute: 'v', op: 'version', value };
    const rules = [{ if: condition, serve: 'in' }, { if: { not: condition }, serve: 'out' }];
    return [`f${index}`, { variants: { in: true, out: false }, rules }];
  });
  return load(JSON.stringify({ format: 1, flags: Object.fromEntries(flags) }));
}

/** True, false, or undefined for unknown. @param {any} ruleset @param {number} index @param {string} v */
function answer(ruleset, index, v) {
  const found = ruleset.boolean(`f${index}`, { v }, false);
  return found === ruleset.boolean(`f${index}`, { v }, true) ? found : undefined;
}

test('ranges hold what npm says they hold', async () => {
  const count = { true: 0, false: 0, undefined: 0 };
  for (let seed = 1; seed <= 10; seed++) {
    const dice = random(seed);
    const values = Array.from({ length: 300 }, () => (dice.oneIn(4) ? Array.from({ length: 1 + dice.below(4) }, () => range(dice)) : range(dice)));
    const ruleset = await rulesets(values);
    assert.deepEqual(ruleset.diagnostics, []);
    for (const [index, value] of values.entries()) {
      const npm = [value].flat().join(' || ');
      assert.notEqual(semver.validRange(npm, NPM), null, npm);
      for (let turn = 0; turn < 20; turn++) {
        const text = attribute(dice, dice.pick([value].flat()));
        const full = coerced(text);
        const expected = full === undefined ? undefined : semver.satisfies(full, npm, NPM);
        assert.equal(answer(ruleset, index, text), expected, `seed ${seed}: ${JSON.stringify(text)} in ${JSON.stringify(value)}`);
        count[/** @type {keyof typeof count} */ (String(expected))]++;
      }
    }
  }
  // Enough of each, or the generator asks nothing.
  assert.ok(count.true > 10_000 && count.false > 10_000 && count.undefined > 1_000, JSON.stringify(count));
});

test('what differs on purpose', async () => {
  const long = 'a'.repeat(300);
  /** @type {[range: string, version: string, serin: boolean | undefined, npm: boolean, why: string][]} */
  const differences = [
    ['>=2.10.0', '2.10', true, false, 'npm wants three numbers'],
    ['>=2', 'v3-rc', true, false, 'npm wants three numbers'],
    ['>=1.0.0', ' 1.0.0', undefined, true, 'npm cuts spaces off'],
    ['>=1.0.0', '1.0.0\n', undefined, true, 'npm cuts spaces off'],
    ['>1.0.0-9007199254740992', '1.0.0-9007199254740993', true, false, 'npm compares floats'],
    ['=1.0.0-9007199254740992', '1.0.0-9007199254740993', false, true, 'npm compares floats'],
    ['>=1.0.0-a', `1.0.0-${long}`, true, false, 'npm takes 256 characters'],
    [`<=1.0.0-${long}`, '1.0.0-a', true, false, 'npm takes 256 characters'],
    ['^9007199254740991', '9007199254740991.5.0', true, false, 'npm refuses a range whose end it cannot write'],
    ['<=9007199254740991', '1.0.0', true, false, 'npm refuses a range whose end it cannot write'],
    ['~1.9007199254740991', '1.9007199254740991.5', true, false, 'npm refuses a range whose end it cannot write'],
  ];
  const ruleset = await rulesets(differences.map(([text]) => text));
  assert.deepEqual(ruleset.diagnostics, []);
  for (const [index, [text, version, serin, npm, why]] of differences.entries()) {
    assert.equal(answer(ruleset, index, version), serin, `${version} in ${text}: ${why}`);
    assert.equal(semver.satisfies(version, text, NPM), npm, `npm: ${version} in ${text}: ${why}`);
  }
});

test('ranges that npm takes and the format refuses', async () => {
  const partial = ['2', '2.10', '>=1 2'];
  const invalid = [
    '', '*', 'x', '2.x', '>=1.x', '^1.2.*', '1.2.3 || 2.0.0', '1.2.3 - 2.0.0', 'v1.2.3', '>=v1', '=v1.2.3', '~>1.2', '>= 1.2.3', '^ 1', ' >=1', '>=1 ',
    '>=1\t<2', '>=1.2+b',
  ];
  for (const text of [...partial, ...invalid]) assert.notEqual(semver.validRange(text, NPM), null, text);
  const ruleset = await rulesets([...partial, ...invalid]);
  const codes = new Map(ruleset.diagnostics.map(({ flag, code }) => [flag, code]));
  for (const [index, text] of [...partial, ...invalid].entries()) {
    assert.equal(codes.get(`f${index}`), index < partial.length ? 'partial-version' : 'invalid-version', JSON.stringify(text));
    assert.equal(ruleset.details(`f${index}`, { v: '1.2.3' }, false).errorCode, 'PARSE_ERROR', JSON.stringify(text));
  }
});
