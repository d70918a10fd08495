/** What the pane Time draws: parts of flags that depend on the instant, intervals of decisions, the axis. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from '../entry/node.js';
import { DRAWN, answered, answers, changes, drawn, during, intervals, points } from '../../www/app/time/decide.js';
import { MINUTE, field, fromField, local, utc } from '../../www/app/instant.js';
import { instants, parts, percentAt, sorted } from '../../www/app/time/document.js';
import { cut } from '../../www/app/shares.js';
import { DAY, HOUR, around, pointed, share, stride, ticks } from '../../www/app/time/scale.js';

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('examples/shop/ruleset.json');
const shop = JSON.parse(text);
/** @type {{ name: string, context: object }[]} */
const contexts = JSON.parse(read('examples/shop/contexts.json'));
const at = (/** @type {string} */ text) => Date.parse(text);

test('flags that depend on time come first, through what they ask too', () => {
  const { timed, others } = sorted(shop);
  assert.deepEqual(timed, ['checkout-v2', 'express-pay', 'meal-planner', 'payments-v3', 'sale-banner', 'theme']);
  assert.equal(timed.length + others.length, Object.keys(shop.flags).length);
  for (const key of timed) assert.ok(parts(shop, key).length > 0, key);
  for (const key of others) assert.deepEqual(parts(shop, key), []);
});

test('parts are told with their place, those of the flag first, each segment and flag once', () => {
  assert.deepEqual(parts(shop, 'express-pay').map(({ flag, where }) => [flag, where]), [['checkout-v2', 'default'], ['payments-v3', 'default']]);
  const ruleset = {
    segments: { sale: { not: { time: { until: '2026-12-01T00:00:00Z' } } }, loop: { any: [{ segment: 'loop' }, { segment: 'sale' }] } },
    flags: {
      a: {
        require: { all: [{ segment: 'sale' }, { segment: 'loop' }, { segment: 'sale' }, { flag: 'a', is: 'on' }] },
        rules: [{ if: { time: { from: 1764547200000 } }, serve: { ramp: { variant: 'on', rest: 'off', by: ['company', 'id'], withoutKey: 'off', steps: [{ at: '2026-12-01T00:00:00Z', percent: 0.5 }] } } }],
        // What a variant holds decides nothing.
        variants: { on: { ramp: { steps: [] }, time: {} } },
      },
    },
  };
  assert.deepEqual(parts(ruleset, 'a'), [
    { flag: 'a', where: 'rule 1', rule: 0, negated: false, time: { from: 1764547200000 } },
    { flag: 'a', where: 'rule 1', rule: 0, ramp: { variant: 'on', rest: 'off', by: 'company.id', withoutKey: 'off', steps: [{ at: at('2026-12-01T00:00:00Z'), percent: 0.5 }] } },
    { segment: 'sale', where: '', negated: true, time: { until: at('2026-12-01T00:00:00Z') } },
  ]);
});

test('what is no ruleset has no parts, and does no harm', () => {
  let deep = /** @type {object} */ ({ time: { from: 0 } });
  for (let count = 0; count < 5000; count++) deep = { not: deep };
  for (const value of [undefined, null, 7, [], { flags: 7 }, { flags: { a: 7 } }, { flags: { a: { rules: 7, serve: [], require: { all: 7 } } } }, { flags: { a: { serve: { ramp: { steps: [null, {}], variant: 'x', rest: 'y' } } } } }, { flags: { a: { require: deep } } }]) {
    for (const part of parts(value, 'a')) assert.deepEqual(instants(part), []);
    sorted(value);
  }
  assert.deepEqual(parts(JSON.parse('{"flags":{"__proto__":{"rules":[{"if":{"time":{"from":0}},"serve":"on"}]}}}'), '__proto__').length, 1);
});

test('times are read as the evaluator reads them', async () => {
  for (const from of ['2026-12-01t00:00:00z', '2026-12-01T00:00:00.123456789Z', '2026-12-01T13:00:00.5+13:00', 1796083200123]) {
    const ruleset = { format: 1, flags: { a: { variants: { on: true }, rules: [{ if: { time: { from } }, serve: 'on' }] } } };
    assert.deepEqual(parts(ruleset, 'a').flatMap(instants), changes(await load(JSON.stringify(ruleset))), String(from));
  }
});

test('a hundred thousand flags that ask one segment, and lists without end, are gone through at once', () => {
  const flags = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`flag-${at}`, { rules: [{ if: { segment: 'all' }, serve: 'on' }] }]));
  const started = performance.now();
  const { timed } = sorted({ segments: { all: { time: { from: 0 } } }, flags });
  assert.equal(timed.length, 100_000);
  // It took minutes where each was copied for the next.
  assert.ok(performance.now() - started < 20_000, `${performance.now() - started} ms`);
  // Broken, and loaded all the same.
  assert.deepEqual(sorted({ flags: { a: { junk: Array(1_000_000).fill(0) } } }), { timed: [], others: ['a'] });
  assert.deepEqual(around(Array(1_000_000).fill(5 * DAY)), { from: 4 * DAY, to: 6 * DAY });
});

test('the instants that a flag has in its text are those at which its decisions change', async () => {
  const ruleset = await load(text);
  const all = changes(ruleset);
  assert.ok(all.length > 10);
  assert.deepEqual(all, [...all].sort((one, other) => one - other));
  for (const key of ruleset.keys) {
    const written = new Set(parts(shop, key).flatMap(instants));
    for (const { context } of contexts) {
      const rows = intervals(all, (now) => answered(ruleset.details(key, ruleset.context(context, { now }), null)));
      for (const { from } of rows.slice(1)) assert.ok(written.has(from), `${key} changes at ${utc(from)}`);
      // They fill all time, and say what the evaluator says in their midst.
      assert.equal(rows[0].from, -Infinity);
      assert.equal(rows.at(-1)?.to, Infinity);
      rows.slice(1).forEach((row, index) => assert.equal(row.from, rows[index].to));
      for (const row of rows) {
        const now = Number.isFinite(row.to) ? row.to - 1 : at('2030-01-01T00:00:00Z');
        assert.deepEqual(answered(ruleset.details(key, ruleset.context(context, { now }), null)), { answer: row.answer, reason: row.reason, ...(row.rule === undefined ? {} : { rule: row.rule }) });
        assert.equal(during(rows, now), row);
      }
    }
  }
});

test('a key lies on the line of each ramp that it reached, and gets its variant where the ramp rises over it', async () => {
  const ruleset = await load(text);
  const written = parts(shop, 'payments-v3');
  const [ramp] = written;
  assert.ok('ramp' in ramp);
  let seen = 0;
  for (const { context } of contexts) {
    const now = at('2026-12-02T12:00:00Z');
    const [point] = points(written, [ruleset.explain('payments-v3', ruleset.context(context, { now })).steps]);
    if (point === undefined) continue;
    seen++;
    for (const { at: step, percent } of ramp.ramp.steps) {
      const { variant } = ruleset.details('payments-v3', ruleset.context(context, { now: step }), null);
      assert.equal(variant, point < cut(percent) ? 'on' : 'off');
    }
  }
  assert.ok(seen >= 3, `${seen} keys`);
  assert.deepEqual(points(written, [[{ flag: 'payments-v3', split: {} }, { flag: 'other', split: {}, point: 7 }]]), [undefined]);
});

test('a reason that changes is no other answer', () => {
  const list = [
    { from: -Infinity, to: 1, answer: { variant: 'on', value: true }, reason: 'SPLIT' },
    { from: 1, to: 2, answer: { variant: 'on', value: true }, reason: 'TARGETING_MATCH' },
    { from: 2, to: Infinity, answer: { errorCode: 'TARGETING_KEY_MISSING' }, reason: 'ERROR' },
  ];
  assert.deepEqual(answers(list).map(({ from, to }) => [from, to]), [[-Infinity, 2], [2, Infinity]]);
});

test('a row draws what lies on its axis, and says how much more there is', () => {
  const list = Array.from({ length: 1000 }, (_, at) => ({ from: at, to: at + 1 }));
  assert.deepEqual(drawn(list, { from: 10, to: 12.5 }), { pieces: [list[10], list[11], list[12]], end: 12.5, left: 0 });
  const { pieces, end, left } = drawn(list, { from: 10, to: 990 });
  assert.deepEqual([pieces.length, end, left], [DRAWN, 10 + DRAWN, 980 - DRAWN]);
  assert.deepEqual(drawn([], { from: 0, to: 1 }), { pieces: [], end: 1, left: 0 });
});

test('a step of a ramp holds from its instant, before the first nobody is in', () => {
  const steps = [{ at: 10, percent: 1 }, { at: 20, percent: 12.5 }];
  for (const [now, percent] of [[9, 0], [10, 1], [19, 1], [20, 12.5], [1e15, 12.5]]) assert.equal(percentAt(steps, now), percent);
});

test('labels of the axis lie on it, apart, no more than there is room for, at round instants', () => {
  const start = at('2026-11-30T07:13:00Z');
  for (const length of [HOUR, 5 * HOUR, DAY, 3 * DAY, 9 * DAY, 40 * DAY, 200 * DAY, 3 * 365 * DAY, 40 * 365 * DAY, 900 * 365 * DAY]) {
    const range = { from: start, to: start + length };
    const found = ticks(range, 9);
    assert.ok(found.length >= 2 && found.length <= 10, `${found.length} labels in ${length / DAY} days`);
    found.forEach((tick, index) => {
      assert.ok(range.from <= tick.at && tick.at <= range.to);
      assert.ok(index === 0 || tick.at > found[index - 1].at);
      assert.equal(tick.at % MINUTE, 0);
    });
    assert.match(found[0].label, /\d{4}/);
  }
  assert.deepEqual(ticks({ from: at('2026-12-30T00:00:00Z'), to: at('2027-01-02T00:00:00Z') }, 4).map(({ label }) => label), ['30 Dec 2026', '31 Dec', '1 Jan 2027', '2 Jan']);
  assert.deepEqual(ticks({ from: at('2026-12-30T22:00:00Z'), to: at('2026-12-31T07:00:00Z') }, 4).map(({ label }) => label), ['31 Dec 2026 00:00', '03:00', '06:00']);
  assert.deepEqual(ticks({ from: at('2026-11-01T00:00:00Z'), to: at('2027-03-05T00:00:00Z') }, 6).map(({ label }) => label), ['Nov 2026', 'Dec', 'Jan 2027', 'Feb', 'Mar']);
  // The ends of what a date can be.
  assert.ok(ticks(around([-8.64e15, 8.64e15]), 9).length > 1);
});

test('the axis begins a little before the first instant and ends a little after the last', () => {
  const range = around([1000 * DAY, 1100 * DAY]);
  assert.deepEqual(range, { from: 992 * DAY, to: 1108 * DAY });
  assert.equal(share(range, 1050 * DAY), 0.5);
  assert.equal(share(range, 0), 0);
  assert.deepEqual(around([5 * DAY]), { from: 4 * DAY, to: 6 * DAY });
});

test('a pointer and arrow keys move by what the axis can tell apart', () => {
  const month = { from: 0, to: 30 * DAY };
  assert.equal(stride(month), 3 * HOUR);
  assert.equal(pointed(month, 0.5), 15 * DAY);
  assert.equal(pointed(month, 0.5001) % (3 * HOUR / 4), 0);
  assert.equal(pointed(month, 7), 30 * DAY);
  assert.equal(pointed(month, -1), 0);
  assert.equal(stride({ from: 0, to: HOUR }), MINUTE);
});

test('an instant is told in UTC, and in the zone of the visitor', () => {
  for (const [now, said] of /** @type {const} */ ([[at('2026-12-02T12:00:00Z'), '2026-12-02 12:00'], [at('2026-12-02T12:00:07Z'), '2026-12-02 12:00:07'], [-Infinity, 'ever'], [8.64e15, '+275760-09-13 00:00']])) assert.equal(utc(now), said);
  assert.match(local(at('2026-12-02T12:00:00Z'), 'Pacific/Auckland'), /Thu, 3 Dec 2026, 01:00/);
  assert.equal(local(NaN), '');
  for (const [now, said] of /** @type {const} */ ([[at('2026-12-02T12:34:56Z'), '2026-12-02T12:34'], [8.64e15, ''], [-8.64e15, ''], [at('0001-01-01T00:00:00Z') - 1, ''], [at('0001-01-01T00:00:00Z'), '0001-01-01T00:00'], [at('9999-12-31T23:59:59Z'), '9999-12-31T23:59']])) assert.equal(field(now), said);
  const seconds = at('2026-12-02T12:34:56Z');
  assert.deepEqual([field(seconds, true), fromField(field(seconds, true)), fromField('')], ['2026-12-02T12:34:56', seconds, NaN]);
});
