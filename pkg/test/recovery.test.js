/**
 * A module that fails: traps, ends of the stack and of the memory, at every call that is made into it.
 * The call is answered by a new instance, and if that fails too by the caller's default; no call throws,
 * and the next one finds a living instance.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RulesetError } from '../diagnose.js';
import { Instance as Renewing } from '../instance.js';
import { loader } from '../load.js';

const bytes = readFileSync(new URL('../wasm/core-trap.wasm', import.meta.url));
const module = new WebAssembly.Module(bytes);
const load = loader(() => module);

const on = { variants: { on: true, off: false }, off: 'off', serve: 'off' };
const exists = { attribute: 'a', op: 'exists' };
const document = JSON.stringify({
  format: 1,
  revision: 7,
  segments: { some: { attribute: 'list', op: 'hasAny', value: ['x'] } },
  flags: {
    fine: { ...on, rules: [{ name: 'has a', if: exists, serve: 'on' }] },
    other: { ...on, rules: [{ if: { segment: 'some' }, serve: 'on' }] },
    top: { ...on, rules: [{ if: { flag: 'fine', is: 'on' }, serve: 'on' }] },
    text: { variants: { a: 'a', b: 'b' }, salt: 's', serve: { rollout: { shares: [{ variant: 'a', percent: 50 }, { variant: 'b', percent: 50 }] } } },
    size: { variants: { n: 5 }, serve: { ramp: { variant: 'n', rest: 'n', steps: [{ at: '2020-01-01T00:00:00Z', percent: 100 }] } }, salt: 't' },
    theme: { variants: { dark: { colors: ['#000'] } }, rules: [{ if: exists, serve: 'dark' }], serve: 'dark', metadata: { ticket: 'X-1' } },
    broken: { variants: { on: true }, iff: 1, serve: 'on' },
    alone: { ...on, rules: [{ if: { attribute: 'only', op: 'exists' }, serve: 'on' }] },
  },
});
const trapping = JSON.stringify({ format: 1, flags: { trap: { ...on, rules: [{ if: exists, serve: 'on' }] }, fine: { ...on, rules: [{ if: exists, serve: 'on' }] } } });

/** What the n-th call into any instance does, from 1: undefined lets it through. @type {(call: number) => 'trap' | 'range' | undefined} */
let calling = () => undefined;
/** Whether the n-th instance fails to be made. @type {(made: number) => boolean} */
let making = () => false;
let calls = 0;
let made = 0;
/** Calls into instances that had failed before: their state is locked for ever. */
let callsOfSpent = 0;

/** Begins to count, and says what is to fail. @param {typeof calling} call @param {typeof making} [make] */
function fail(call, make = () => false) {
  calls = made = callsOfSpent = 0;
  calling = call;
  making = make;
}
const well = () => fail(() => undefined);

const { Instance } = WebAssembly;
WebAssembly.Instance = /** @type {any} */ (class {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
  constructor(module, imports) {
    if (refusing && !inTime) throw new RangeError('WebAssembly.Instance is disallowed on the main thread, if the buffer size is larger than 4KB.');
    if (making(++made)) throw new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance');
    const { memory, ...functions } = /** @type {Record<string, any>} */ (new Instance(module, imports).exports);
    let spent = false;
    /** @type {Record<string, any>} */
    this.exports = { memory };
    for (const [name, real] of Object.entries(functions)) {
      this.exports[name] = (/** @type {number[]} */ ...numbers) => {
        if (spent) callsOfSpent++;
        const what = calling(++calls);
        if (what === undefined) {
          try {
            return real(...numbers);
          } catch (error) {
            spent = true;
            throw error;
          }
        }
        spent = true;
        if (what === 'range') throw new RangeError('Maximum call stack size exceeded');
        // A real trap, in the middle of a call: the state stays locked.
        functions.trap();
        functions.evaluate(-1, -1, 0);
        throw new Error('the trap build does not trap');
      };
    }
  }
});
/** Whether instances are made only in the engine's own time. */
let refusing = false;
let inTime = false;
WebAssembly.instantiate = /** @type {any} */ (async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => {
  inTime = true;
  try {
    return new WebAssembly.Instance(module, imports);
  } finally {
    inTime = false;
  }
});

const context = { targetingKey: 'user-1', a: 1, list: ['y', 'x'] };
const LOST = { reason: 'ERROR', errorCode: 'GENERAL' };

/**
 * Every question there is, each with its answer and with what may stand for it where the module fails twice.
 * @param {any} ruleset
 * @returns {{ name: string, answer: unknown, lost: unknown }[]}
 */
function ask(ruleset) {
  /** @type {{ name: string, answer: unknown, lost: unknown }[]} */
  const list = [];
  const note = (/** @type {string} */ name, /** @type {unknown} */ answer, /** @type {unknown} */ lost) => list.push({ name, answer, lost });
  /** @param {string} when */
  const everything = (when) => {
    const bound = ruleset.context(context, { now: 1e12 });
    // First of all: a flag that nothing has asked for yet.
    for (const key of ['alone', 'fine']) {
      const { flags, paths, digest } = ruleset.snapshot(bound, { flags: [key] });
      // A decision never goes without what it depends on.
      note(`${when}: snapshot of ${key}`, flags[key].errorCode === 'GENERAL' ? flags[key] : [flags[key], paths, digest], LOST);
    }
    const asking = { ...context };
    Object.defineProperty(asking, 'a', { enumerable: true, get: () => ruleset.boolean('fine', context, false) && ruleset.all(bound).text === 'a' });
    for (const [what, given] of [['fresh', context], ['bound', bound], ['asking', asking]]) {
      const name = `${when}, ${what}`;
      note(`${name}: boolean`, ruleset.boolean('fine', given, false), false);
      note(`${name}: string`, ruleset.string('text', given, 'c'), 'c');
      note(`${name}: number`, ruleset.number('size', given, 0), 0);
      note(`${name}: object`, ruleset.object('theme', given, context), context);
      for (const key of ['fine', 'other', 'top', 'text', 'broken']) note(`${name}: details of ${key}`, ruleset.details(key, given, null), { value: null, ...LOST });
      note(`${name}: all`, ruleset.all(given), {});
      note(`${name}: explain`, ruleset.explain('top', given), { flag: 'top', value: undefined, ...LOST, steps: [] });
    }
    note(`${when}: nextChange`, ruleset.nextChange(0), Infinity);
    note(`${when}: diagnostics`, ruleset.diagnostics, []);
  };
  everything('first');
  ruleset.kill(['other', 'unknown']);
  everything('killed');
  note('override', ruleset.override({ fine: 'off', text: 'b', nope: 'on', top: 'nope' }), ['nope']);
  everything('overridden');
  ruleset.kill([]);
  ruleset.override({});
  everything('last');
  return list;
}

well();
const expected = ask(await load(document));
const loadCalls = await (async () => {
  well();
  await load(document);
  return calls;
})();
const allCalls = await (async () => {
  well();
  ask(await load(document));
  return calls;
})();

test('the questions reach the module often, and answer what is right', () => {
  assert.ok(allCalls - loadCalls > 100, `${allCalls} calls`);
  const answers = new Map(expected.map(({ name, answer }) => [name, /** @type {any} */ (answer)]));
  for (const { name, answer, lost } of expected.slice(0, 30)) assert.notDeepEqual(answer, lost, `${name} could not be told from a failure`);
  assert.equal(answers.get('first, bound: details of fine').rule, 'has a');
  assert.equal(answers.get('killed, fresh: details of other').reason, 'DISABLED');
  assert.equal(answers.get('overridden, asking: details of fine').reason, 'OVERRIDE');
  assert.equal(answers.get('overridden, bound: details of top').value, false);
});

for (const what of /** @type {const} */ (['trap', 'range'])) {
  test(`one failure at any call changes no answer: ${what}`, async () => {
    for (let at = 1; at <= allCalls; at++) {
      fail((call) => (call === at ? what : undefined));
      assert.deepEqual(ask(await load(document)), expected, `call ${at} of ${allCalls}`);
      assert.equal(callsOfSpent, 0, `call ${at}`);
      assert.equal(made, 2, `one more instance for call ${at}`);
    }
  });

  test(`a failure that comes again at once costs one answer at most: ${what}`, async () => {
    for (let at = loadCalls + 1; at < allCalls; at++) {
      fail((call) => (call === at || call === at + 1 ? what : undefined));
      const answers = ask(await load(document));
      const wrong = answers.filter(({ answer }, index) => !same(answer, expected[index].answer));
      // A getter that asks has its own lost answer for an attribute: nobody can tell it from another value.
      assert.ok(wrong.every(({ name, answer, lost }) => same(answer, lost) || name.includes('asking')), `call ${at}: ${JSON.stringify(wrong)}`);
      assert.ok(wrong.length <= 1, `call ${at}: ${JSON.stringify(wrong)}`);
      assert.equal(callsOfSpent, 0, `call ${at}`);
    }
  });

  test(`failures from any call on: defaults, and right answers when they end: ${what}`, async () => {
    for (let at = loadCalls + 1; at <= allCalls; at += 7) {
      fail((call) => (call >= at ? what : undefined));
      const ruleset = await load(document);
      for (const [index, { name, answer, lost }] of ask(ruleset).entries()) {
        assert.ok(same(answer, expected[index].answer) || same(answer, lost) || name.includes('asking'), `from call ${at}: ${name}: ${JSON.stringify(answer)}`);
      }
      assert.equal(callsOfSpent, 0, `from call ${at}`);
      well();
      assert.deepEqual(ask(ruleset), expected, `after failures from call ${at}`);
    }
  });

  test(`loading: one failure is not seen, a second is an error that is no RulesetError: ${what}`, async () => {
    const chunks = () => new ReadableStream({
      start(controller) {
        for (let at = 0; at < document.length; at += 200) controller.enqueue(new TextEncoder().encode(document.slice(at, at + 200)));
        controller.close();
      },
    });
    const refused = '{"format":1,"flags":{]}';
    for (const source of [() => document, chunks]) {
      well();
      await load(source());
      const last = calls;
      for (let at = 1; at <= last; at++) {
        fail((call) => (call === at ? what : undefined));
        assert.equal((await load(source(), { strict: false })).revision, 7);
        fail((call) => (call === at || call === at + 1 ? what : undefined));
        await assert.rejects(load(source()), (error) => {
          assert.ok(error instanceof Error && !(error instanceof RulesetError));
          assert.match(error.message, /module of serin does not run here.*wasm-unsafe-eval/);
          assert.ok(error.cause instanceof (what === 'trap' ? WebAssembly.RuntimeError : RangeError));
          return true;
        });
        assert.equal(callsOfSpent, 0);
      }
    }
    // A document that is refused stays refused, with its reasons, and so does a strict one.
    for (const [text, options, code] of /** @type {const} */ ([[refused, {}, 'invalid-json'], [document, { strict: true }, 'unknown-member']])) {
      for (let at = 1; at <= 12; at++) {
        fail((call) => (call === at ? what : undefined));
        await assert.rejects(load(text, options), (error) => error instanceof RulesetError && error.diagnostics[0].code === code, `call ${at}`);
      }
    }
  });
}

test('no memory for an instance: once is not seen, twice at load is an error, later a default', async () => {
  fail(() => undefined, (instance) => instance === 1);
  const ruleset = await load(document);
  assert.deepEqual(ask(ruleset), expected);
  fail(() => undefined, () => true);
  await assert.rejects(load(document), /does not run here, and no ruleset was loaded: RangeError.*Out of memory/);
  // The instance is spent, and there is none to take its place.
  fail((call) => (call === 1 ? 'trap' : undefined), () => true);
  for (const { name, answer, lost } of ask(ruleset)) {
    assert.ok(same(answer, lost) || same(answer, expected.find((one) => one.name === name)?.answer) || name.includes('asking'), name);
  }
  assert.ok(made > 10, 'it was tried');
  assert.equal(callsOfSpent, 0);
  well();
  assert.deepEqual(ask(ruleset), expected);
});

test('what is killed and overridden while there is no instance holds as soon as there is one', async () => {
  well();
  const ruleset = await load(document);
  fail(() => 'trap', () => true);
  ruleset.kill(['other']);
  assert.deepEqual(ruleset.override({ text: 'b', nope: 'on' }), ['nope']);
  assert.equal(ruleset.details('other', context, null).errorCode, 'GENERAL');
  well();
  assert.equal(ruleset.details('other', context, null).reason, 'DISABLED');
  assert.deepEqual([ruleset.details('text', context, '').reason, ruleset.string('text', context, '')], ['OVERRIDE', 'b']);
});

test('a failure is not remembered for a bound context', async () => {
  well();
  const ruleset = await load(document);
  const bound = ruleset.context(context);
  fail(() => 'trap');
  assert.equal(ruleset.details('fine', bound, null).errorCode, 'GENERAL');
  well();
  assert.equal(ruleset.details('fine', bound, null).value, true);
});

test('a module that cannot be had is an error with its cause', async () => {
  well();
  const cause = new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
  await assert.rejects(loader(() => { throw cause; })(document), (error) => error instanceof Error && error.cause === cause && /disallowed by embedder/.test(error.message));
  await assert.rejects(loader(() => Promise.reject(cause))(document), { cause });
});

test('a flag that always traps answers the fallback a thousand times, and its neighbour goes on', async () => {
  well();
  const ruleset = await load(trapping);
  for (let turn = 0; turn < 1000; turn++) {
    assert.equal(ruleset.boolean('trap', { a: 1 }, true), true);
    assert.equal(ruleset.boolean('fine', { a: 1 }, false), true);
  }
  assert.deepEqual(ruleset.details('trap', { a: 1 }, true), { value: true, ...LOST });
  assert.equal(ruleset.details('trap', ruleset.context({ a: 1 }), true).errorCode, 'GENERAL');
  assert.equal(ruleset.boolean('fine', { a: 1 }, false), true);
  assert.equal(callsOfSpent, 0);
});

test('at the end of the stack, whatever is asked: the next answers are right', async () => {
  well();
  const ruleset = /** @type {any} */ (await load(document));
  const bound = ruleset.context(context, { now: 1e12 });
  const questions = {
    boolean: () => ruleset.boolean('fine', context, false), bound: () => ruleset.boolean('top', ruleset.context(context), false), details: () => ruleset.details('other', context, null),
    all: () => ruleset.all(bound), explain: () => ruleset.explain('top', bound), nextChange: () => ruleset.nextChange(0), diagnostics: () => ruleset.diagnostics,
    snapshot: () => ruleset.snapshot(context), kill: () => ruleset.kill([]), override: () => ruleset.override({}), context: () => ruleset.context(context),
  };
  for (const [name, question] of Object.entries(questions)) {
    const dive = () => {
      try {
        dive();
      } finally {
        question();
      }
    };
    assert.throws(dive, RangeError, name);
    assert.deepEqual(ask(ruleset), expected, `after ${name}`);
  }
});

test('a stack that ends between a failure and the next instance leaves no dead one', async () => {
  well();
  const ruleset = /** @type {any} */ (await load(document));
  const { again } = Renewing.prototype;
  const questions = [() => ruleset.boolean('fine', context, false), () => ruleset.boolean('fine', ruleset.context(context), false), () => ruleset.all(context), () => ruleset.kill([])];
  for (const question of questions) {
    fail((call) => (call === 1 ? 'trap' : undefined));
    Renewing.prototype.again = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    try {
      question();
    } catch (error) {
      assert.ok(error instanceof RangeError);
    } finally {
      Renewing.prototype.again = again;
    }
    assert.deepEqual(ask(ruleset), expected, String(question));
    assert.equal(callsOfSpent, 0, String(question));
  }
});

test('at the end of the stack no attribute is taken for absent, nor for that of the context before', async () => {
  well();
  const lacks = { ...on, rules: [{ if: { not: exists }, serve: 'on' }] };
  const is = { ...on, rules: [{ if: { attribute: 'who', op: 'eq', value: 'other' }, serve: 'on' }] };
  const ruleset = await load(JSON.stringify({ format: 1, flags: { lacks, is } }));
  /** @type {any[]} */
  const bounds = [];
  /** @type {boolean[]} */
  const values = [];
  const dive = () => {
    try {
      dive();
    } finally {
      bounds.push(ruleset.context({ a: 1 }));
      values.push(ruleset.boolean('lacks', { a: 1 }, false), ruleset.boolean('is', { who: 'me' }, false));
    }
  };
  for (let turn = 0; turn < 20; turn++) {
    // Another frame begins elsewhere on the stack.
    ruleset.boolean('is', { who: 'other' }, false);
    const deeper = (/** @type {number} */ more, /** @type {number[]} */ ...rest) => (more === 0 ? dive() : deeper(more - 1, ...rest, more));
    assert.throws(() => deeper(turn % 10), RangeError);
  }
  assert.ok(bounds.length > 100);
  assert.ok(bounds.every((bound) => ruleset.boolean('lacks', bound, false) === false));
  assert.ok(values.every((value) => value === false));
});

/** @param {unknown} one @param {unknown} other */
function same(one, other) {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}

test('an engine that makes no instance at once, as Chrome did on the main thread: defaults for a moment, and then answers', async () => {
  refusing = true;
  try {
    well();
    const ruleset = await load(document);
    assert.deepEqual(ask(ruleset), expected);
    ruleset.kill(['other']);
    fail((call) => (call === 1 ? 'trap' : undefined));
    for (let turn = 0; turn < 3; turn++) assert.deepEqual(ruleset.details('fine', { a: 1 }, true), { value: true, ...LOST });
    await new Promise(setImmediate);
    assert.equal(made, 1, 'one instance, however often it was asked for meanwhile');
    assert.equal(ruleset.details('other', context, true).reason, 'DISABLED', 'the killed set is kept');
    ruleset.kill([]);
    assert.deepEqual(ask(ruleset), expected);
    assert.equal(callsOfSpent, 0);
  } finally {
    refusing = false;
  }
});
