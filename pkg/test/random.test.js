/**
 * A ruleset that is asked in every way, over and over, answers each time what one answers that was never asked
 * before: also where getters ask it meanwhile, change what they say or throw, where flags are killed and
 * overridden, and where calls into the module fail. `SERIN_CALLS=200000 SERIN_SEED=7` asks more, and others.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Core } from '../core.js';
import { Ruleset } from '../ruleset.js';

const module = new WebAssembly.Module(readFileSync(new URL('../wasm/core.wasm', import.meta.url)));
const CALLS = Number(process.env.SERIN_CALLS ?? 2000);
const SEED = Number(process.env.SERIN_SEED ?? 1);

/** Numbers below a limit, the same each time. */
let state = SEED >>> 0;
function below(/** @type {number} */ limit) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
  return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
}
/** @template T @param {readonly T[]} list @returns {T} */
const pick = (list) => list[below(list.length)];
/** @template T @param {number} count @param {(at: number) => T} make */
const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));

const PATHS = ['a', 'b', 'c', 'd.e', 'd.f', 'g', 'h', 'i', 'j', 'k', 'l.m.n', 'targetingKey', '__proto__', 'constructor', 'é'];
const TEXTS = [
  '', 'x', 'DE', 'de', '5', '0', 'true', '1.2.3', '1.2.3-rc.1', '1.2.3-rc.2', '2.0.0', '10.0.0.1', '10.0.1.1', '::1', '2026-06-01T00:00:00Z', 'user-1',
  'user-12345678901234567890', 'user-12345678901234567891', 'häß', '\u{1f600}', 'twelve units', 'thirteen unit', 'x'.repeat(23), 'x'.repeat(24), `${'x'.repeat(23)}é`,
];
const VALUES = [
  ...TEXTS, undefined, null, true, false, 0, -0, 1, 5, 1.5, 2 ** 53, 1.8e12, NaN, Infinity, 'x\ud800', `${'x'.repeat(30)}\ud800`, 'y'.repeat(8192), 'é'.repeat(4096), 'é'.repeat(4097), '€'.repeat(2731),
  ['DE'], ['x', 'DE'], [], [1, 5], [true], ['x', 1], Array(1000).fill('DE'), Array(1001).fill('x'), times(900, Number), {}, Symbol('s'), 10n, new Date(1.7e12), new Date(NaN),
];
/** What is asked of an attribute, each in another view. */
const TESTS = [
  { op: 'eq', value: 'DE' }, { op: 'eq', value: 5 }, { op: 'in', value: ['user-12345678901234567890', 'häß', 'x'] }, { op: 'contains', value: 'x' }, { op: 'endsWith', value: ['1', 'DE'] },
  { op: 'startsWith', value: 'D', ignoreCase: true }, { op: 'lt', value: 1.5 }, { op: 'version', value: '>=1.2.3-rc.2 <2.0.0' }, { op: 'after', value: '2026-01-01T00:00:00Z' },
  { op: 'cidr', value: '10.0.0.0/24' }, { op: 'hasAny', value: ['DE'] }, { op: 'hasAll', value: [1, 5] }, { op: 'exists' },
];
const INSTANTS = ['2019-01-01', '2026-01-01', '2085-01-01'].map(Date.parse);

/** Some flags over some paths, most of which are looked at in one way. */
function document() {
  const paths = PATHS.slice(0, 2 + below(PATHS.length - 1));
  const looks = new Map(paths.map((path) => [path, below(3) ? [pick(TESTS)] : TESTS]));
  const segments = times(below(3), (at) => `segment-${at}`);
  /** @param {string[]} flags that stand before @param {number} depth @returns {object} */
  const condition = (flags, depth) => {
    const path = pick(paths);
    switch (below(8)) {
      case 0: return depth === 0 ? { not: { attribute: path, op: 'exists' } } : { [pick(['all', 'any'])]: [condition(flags, depth - 1), condition(flags, depth - 1)] };
      case 1: return flags.length === 0 ? { attribute: path, op: 'exists' } : { flag: pick(flags), is: ['v0', 'v1'] };
      case 2: return flags.length === 0 || segments.length === 0 ? { attribute: path, op: 'exists' } : { segment: pick(segments) };
      case 3: return { bucket: { from: 0, to: 50, by: path, salt: 'b' } };
      default: return { attribute: path, ...pick(/** @type {object[]} */ (looks.get(path))) };
    }
  };
  const line = () => (below(2) ? { by: pick(paths) } : {});
  const serve = () => pick([
    'v0', 'v1', { rollout: { ...line(), shares: [{ variant: 'v0', percent: 50 }, { variant: 'v1', percent: 50 }] } },
    { ramp: { ...line(), variant: 'v0', rest: 'v1', withoutKey: 'v1', steps: [{ at: '2021-01-01T00:00:00Z', percent: 30 }, { at: '2080-01-01T00:00:00Z', percent: 100 }] } },
  ]);
  const keys = [...times(pick([1, 3, 6, 12, 205]), (at) => `flag-${at}`), ...(below(3) ? [] : ['__proto__', '7', 'toString'])];
  const flags = keys.map((key, at) => {
    const values = pick([[true, false], ['text', 'other'], [0, 1], [{ a: [1] }, {}]]);
    const before = keys.slice(0, at);
    return [key, {
      variants: { v0: values[0], v1: values[1] }, salt: 's', enabled: below(8) > 0, ...(below(3) ? { off: 'v0' } : {}), ...(below(3) ? { serve: serve() } : {}), ...(below(4) ? {} : { require: condition(before, 1) }),
      rules: times(below(4), () => ({ ...(below(6) ? { if: condition(before, 2) } : {}), serve: serve() })), ...(below(15) ? {} : { iff: 1 }),
    }];
  });
  const named = (/** @type {any[]} */ list) => `{${list.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;
  return { keys, paths, text: `{"format":1,"segments":${named(segments.map((key) => [key, condition([], 1)]))},"flags":${named(flags)}}` };
}

/** Calls into any module until one fails; negative: none does. */
let left = -1;
/** @param {string} text @returns {any} */
function open(text) {
  const core = new Core(new WebAssembly.Instance(module, {}));
  assert.ok(core.feedText(text) && core.finish());
  return new Ruleset(module, core, text);
}
const { finish } = Core.prototype;
Core.prototype.finish = function () {
  const done = finish.call(this);
  for (const [name, real] of Object.entries(this.call)) {
    this.call[name] = (...numbers) => {
      if (left-- === 0) throw new WebAssembly.RuntimeError('unreachable');
      return real(...numbers);
    };
  }
  return done;
};

/** @typedef {{ path: string, how: 'value' | 'throws' | 'changes' | 'asks', value: unknown, other: unknown, key: string, mode: number }} Member */

/** A context anew from its plan, whose getters begin anew. @param {Member[]} plan @param {any} ruleset */
function context(plan, ruleset) {
  const whole = {};
  for (const { path, how, value, other, key, mode } of plan) {
    const names = path.split('.');
    /** @type {any} */
    let at = whole;
    for (const name of names.slice(0, -1)) at = at[name] ??= {};
    let turn = 0;
    const meanwhile = () => {
      const inner = { [pick(PATHS)]: other, [path]: other };
      if (mode === 0) ruleset.all(inner);
      else if (mode === 1) ruleset.explain(key, inner);
      else ruleset.details(key, mode === 2 ? inner : ruleset.context(inner), null);
      return value;
    };
    const get = { value: undefined, throws: () => assert.fail('read'), changes: () => (turn++ % 2 ? value : other), asks: meanwhile }[how];
    Object.defineProperty(at, /** @type {string} */ (names.at(-1)), { enumerable: true, ...(get === undefined ? { value } : { get }) });
  }
  return whole;
}

/** Most of it as before. @param {Member[]} plan @param {ReturnType<typeof document>} of */
function changed(plan, { paths, keys }) {
  const fresh = times(1 + below(3), () => pick(paths));
  const how = () => pick(/** @type {const} */ (['throws', 'changes', 'asks', 'asks', ...times(9, () => 'value')]));
  const members = [...new Set(fresh)].map((path) => ({ path, how: /** @type {any} */ (how()), value: pick(below(2) ? VALUES : TEXTS), other: pick(VALUES), key: pick(keys), mode: below(4) }));
  return [...plan.filter(({ path }) => !fresh.includes(path)), ...members];
}

/** One way to ask. @param {any} ruleset @param {number} mode @param {string} key @param {any} given @param {any} bound @param {number} now */
function answer(ruleset, mode, key, given, bound, now) {
  switch (mode) {
    case 0: return [ruleset.boolean(key, given(), false), ruleset.string(key, given(), 'x'), ruleset.number(key, given(), 9), ruleset.object(key, given(), {})];
    case 1: return [ruleset.details(key, given(), null), ruleset.details(key, given(), true)];
    case 2: return Object.entries(ruleset.all(given()));
    case 3: return ruleset.explain(key, given());
    case 4: return ruleset.details(key, bound(), null);
    case 5: return Object.entries(ruleset.all(bound()));
    case 6: return [ruleset.explain(key, bound()), ruleset.boolean(key, bound(), true)];
    default: return JSON.stringify(ruleset.snapshot(given(), { now }));
  }
}

for (const failing of [false, true]) {
  test(`every answer is that of a ruleset that was never asked, ${failing ? 'where calls fail' : 'where all is well'}`, () => {
    for (let calls = 0; calls < CALLS / 2; ) {
      const made = document();
      const asked = open(made.text);
      /** @type {Member[]} */
      let plan = [];
      /** @type {{ bound: any, plan: Member[], now: number }[]} */
      const kept = [];
      /** @type {string[]} */
      let killed = [];
      /** @type {Record<string, string>} */
      let overrides = {};
      for (let turn = 0; turn < (made.keys.length > 100 ? 30 : 150); turn++, calls++) {
        plan = below(25) ? changed(plan, made) : [];
        if (below(30) === 0) asked.kill((killed = below(3) ? [pick(made.keys), 'nobody'] : []));
        if (below(30) === 0) asked.override((overrides = below(2) ? { [pick(made.keys)]: pick(['v0', 'v1', 'nothing']) } : {}));
        const fresh = open(made.text);
        fresh.kill(killed);
        fresh.override(overrides);
        const mode = below(8);
        const key = pick([...made.keys, 'nothing']);
        const old = below(2) && kept.length > 0 ? pick(kept) : undefined;
        const now = old?.now ?? pick(INSTANTS);
        const of = old?.plan ?? plan;
        let bound = old?.bound;
        let other;
        const before = state;
        left = failing ? below(12) : -1;
        const got = answer(asked, mode, key, () => context(plan, asked), () => (bound ??= asked.context(context(of, asked), { now })), now);
        left = -1;
        // The getters choose alike.
        const after = state;
        state = before;
        if (failing) below(12);
        const wanted = answer(fresh, mode, key, () => context(plan, fresh), () => (other ??= fresh.context(context(of, fresh), { now })), now);
        state = after;
        assert.deepEqual(got, wanted, `SERIN_SEED=${SEED}, call ${calls}: way ${mode}, flag ${key}, of ${made.text}`);
        if (bound !== undefined && old === undefined) kept.unshift({ bound, plan, now });
        kept.length = Math.min(kept.length, 4);
      }
    }
  });
}
