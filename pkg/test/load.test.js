/** Loading, the getters, killing, and what surrounds them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RulesetError, load } from 'serin';
import { describe } from '../messages.js';
import { root } from './support.js';

const text = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'), 'utf8');
const contexts = JSON.parse(readFileSync(join(root, 'examples', 'shop', 'contexts.json'), 'utf8'));
const NOW = Date.parse('2026-12-02T12:00:00Z');

test('text, bytes, a buffer, a Response and a stream load alike', async () => {
  const bytes = new TextEncoder().encode(text);
  const stream = () => new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
      controller.close();
    },
  });
  const sources = [text, bytes, bytes.buffer, new DataView(bytes.buffer), new Response(text), new Response(stream()), stream()];
  const [first, ...others] = await Promise.all(sources.map((source) => load(source)));
  for (const { context } of contexts) {
    const expected = first.all(first.context(context, { now: NOW }));
    assert.ok(Object.keys(expected).length > 5);
    for (const other of others) assert.deepEqual(other.all(other.context(context, { now: NOW })), expected);
  }
  assert.equal(first.diagnostics.length, 0);
});

test('what is no ruleset is refused with an error that helps', async () => {
  await assert.rejects(load('https://cdn.example/ruleset.json'), /load\(await fetch\("https:\/\/cdn.example\/ruleset.json"\)\)/);
  await assert.rejects(load(new Response('no', { status: 404 })), /404/);
  await assert.rejects(load(/** @type {any} */ ({})), TypeError);
  await assert.rejects(load(/** @type {any} */ (undefined)), TypeError);
  await assert.rejects(load(''), RulesetError);
  await assert.rejects(load('{"format":1,\n  "flags": {]}'), (error) => {
    assert.ok(error instanceof RulesetError);
    const [{ code, line, column, severity }] = error.diagnostics;
    assert.deepEqual({ code, line, column, severity }, { code: 'invalid-json', line: 2, column: 13, severity: 'fatal' });
    assert.match(error.message, /line 2, column 13/);
    return true;
  });
  const broken = '{"format":1,"flags":{"a":{"variants":{"on":true},"iff":1,"serve":"on"}}}';
  const ruleset = await load(broken);
  assert.equal(ruleset.details('a', {}, false).errorCode, 'PARSE_ERROR');
  assert.match(describe(ruleset.diagnostics[0], broken).message, /unknown member "iff"/);
  await assert.rejects(load(broken, { strict: true }), RulesetError);
});

test('getters answer by type, and details say why', async () => {
  const ruleset = await load(JSON.stringify({
    format: 1, revision: 2 ** 40,
    flags: {
      yes: { variants: { on: true }, serve: 'on', metadata: { ticket: 'X-1' } }, word: { variants: { a: 'é\u0000"' }, serve: 'a' }, size: { variants: { n: 1.5 }, serve: 'n' },
      theme: { variants: { dark: { colors: ['#000'] } }, serve: 'dark' }, none: { variants: { on: true } }, __proto__x: { variants: { on: true }, serve: 'on' },
    },
  }));
  assert.equal(ruleset.revision, 2 ** 40);
  assert.equal(ruleset.boolean('yes', null, false), true);
  assert.equal(ruleset.string('word', {}, ''), 'é\u0000"');
  assert.equal(ruleset.number('size', undefined, 0), 1.5);
  assert.deepEqual(ruleset.object('theme', {}, {}), { colors: ['#000'] });
  assert.equal(ruleset.object('theme', {}, {}), ruleset.object('theme', {}, {}), 'the same object every time');
  assert.ok(Object.isFrozen(/** @type {any} */ (ruleset.object('theme', {}, {})).colors));
  assert.equal(ruleset.boolean('none', {}, true), true);
  assert.deepEqual(ruleset.details('none', {}, true), { value: true, reason: 'STATIC' });
  assert.deepEqual(ruleset.details('yes', {}, false), { value: true, variant: 'on', reason: 'STATIC', flagMetadata: { ticket: 'X-1' } });
  assert.deepEqual(ruleset.details('yes', {}, 'no'), { value: 'no', reason: 'ERROR', errorCode: 'TYPE_MISMATCH', flagMetadata: { ticket: 'X-1' } });
  assert.deepEqual(ruleset.details('nope', {}, 1), { value: 1, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
  assert.deepEqual(Object.keys(ruleset.all({})), ['yes', 'word', 'size', 'theme', '__proto__x']);
});

test('a flag named __proto__ is a flag like any other', async () => {
  const ruleset = await load('{"format":1,"flags":{"__proto__":{"variants":{"toString":"x"},"serve":"toString"},"constructor":{"variants":{"on":true},"serve":"on"}}}');
  assert.equal(ruleset.string('__proto__', {}, ''), 'x');
  const all = ruleset.all({});
  assert.equal(Object.getPrototypeOf(all), Object.prototype);
  assert.deepEqual(Object.keys(all), ['__proto__', 'constructor']);
  assert.equal(ruleset.details('hasOwnProperty', {}, null).errorCode, 'FLAG_NOT_FOUND');
});

test('kill replaces the killed set and reaches bound contexts and prerequisites', async () => {
  const ruleset = await load(JSON.stringify({
    format: 1,
    flags: {
      base: { variants: { on: true, off: false }, off: 'off', serve: 'on' },
      top: { variants: { on: true, off: false }, off: 'off', rules: [{ if: { flag: 'base', is: 'on' }, serve: 'on' }], serve: 'off' },
    },
  }));
  const bound = ruleset.context({});
  const seen = () => {
    const all = [bound, bound, {}].map((context) => Object.values(ruleset.all(context)));
    const [bases, tops] = [bound, {}].map((context) => [ruleset.boolean('base', context, false), ruleset.boolean('top', context, false)]);
    for (const values of all) assert.deepEqual(values, bases);
    return [...bases, ...tops];
  };
  assert.deepEqual(seen(), [true, true, true, true]);
  ruleset.kill(['base', 'unknown']);
  assert.deepEqual(seen(), [false, false, false, false]);
  assert.equal(ruleset.details('base', bound, false).reason, 'DISABLED');
  ruleset.kill(['top']);
  assert.deepEqual(seen(), [true, false, true, false]);
  ruleset.kill([]);
  assert.deepEqual(seen(), [true, true, true, true]);
});

test('a bound context keeps what it read, and belongs to its ruleset', async () => {
  const ruleset = await load(text);
  const attributes = { ...contexts[0].context };
  const bound = ruleset.context(attributes, { now: NOW });
  const before = ruleset.all(bound);
  for (const name of Object.keys(attributes)) delete attributes[name];
  assert.deepEqual(ruleset.all(bound), before);
  const other = await load(text);
  assert.equal(other.details(other.keys[0], bound, null).errorCode, 'INVALID_CONTEXT');
  assert.equal(other.explain(other.keys[0], bound).errorCode, 'INVALID_CONTEXT');
  assert.equal(other.details(other.keys[0], other.context(bound), null).errorCode, 'INVALID_CONTEXT');
  assert.deepEqual(other.all(bound), {});
  const later = ruleset.context(bound, { now: NOW + 1 });
  assert.equal(later.now, NOW + 1);
  assert.deepEqual(ruleset.details(ruleset.keys[0], later, null), ruleset.details(ruleset.keys[0], ruleset.context(contexts[0].context, { now: NOW + 1 }), null), 'bound anew, with what was read');
  assert.equal(ruleset.context({}, { now: new Date(5) }).now, 5);
});

test('contexts that are asked in turns are not mixed', async () => {
  const is = (/** @type {string} */ value) => ({ variants: { on: true, off: false }, rules: [{ if: { attribute: 'who', op: 'eq', value }, serve: 'on' }], serve: 'off' });
  const flags = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`is-${at}`, is(at % 2 ? 'b' : 'a')]));
  const ruleset = await load(JSON.stringify({ format: 1, flags }));
  const [a, b] = ['a', 'b'].map((who) => ruleset.context({ who }));
  for (let at = 0; at < 8; at++) {
    const key = `is-${at}`;
    assert.equal(ruleset.boolean(key, a, true), at % 2 === 0, `${key}, bound to a`);
    assert.equal(ruleset.boolean(key, { who: 'c' }, true), false, `${key}, fresh`);
    assert.equal(ruleset.explain(key, a).value, at % 2 === 0, `${key}, explained for a`);
    assert.equal(ruleset.boolean('is-0', { who: 'b' }, true), false);
    assert.equal(ruleset.boolean(`is-${7 - at}`, b, true), at % 2 === 0, `is-${7 - at}, bound to b`);
    ruleset.boolean(key, { who: 'c' }, true);
    assert.equal(ruleset.all(ruleset.context({ who: 'b' }))[key], at % 2 === 1);
  }
});

test('nextChange names the next instant and ends in Infinity', async () => {
  const ruleset = await load(text);
  const next = ruleset.nextChange(NOW);
  assert.ok(Number.isInteger(next) && next > NOW);
  assert.equal(ruleset.nextChange(8.64e15), Infinity);
});

test('an explanation shows conditions as written', async () => {
  const ruleset = await load(text);
  for (const key of ruleset.keys) {
    for (const { context } of contexts) {
      const bound = ruleset.context(context, { now: NOW });
      const { steps, ...rest } = ruleset.explain(key, bound);
      assert.deepEqual({ ...ruleset.details(key, bound, undefined), flag: key }, rest);
      for (const { condition, split } of steps) assert.equal(typeof (condition ?? split), 'object');
    }
  }
});
