/**
 * `serin/tools` against the golden files of the command line, before hostile bytes, and after traps.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ToolsError, openTools } from '../entry/tools-node.js';
import { openTools as openInPage } from '../entry/tools.js';
import { GOOD, build, files, root } from './support.js';

const tools = await openTools();
const NOON = Date.UTC(2026, 11, 2, 10);
/** Bytes of a document beyond which the tests ask it less. */
const LARGE = 2 ** 17;
const SHOP = 'examples/shop/ruleset.json';

/** @param {string} name */
const text = (name) => readFileSync(join(root, name), 'utf8');

/** The shop after an afternoon's work, as `tests/support/shop.rs` has it. */
function changed() {
  const shop = JSON.parse(text(SHOP));
  shop.flags['checkout-v2'].serve.ramp.steps[1].percent = 50;
  shop.segments.office.value.splice(1, 0, '198.51.100.0/24');
  shop.flags['search-ranking'].serve.rollout.shares[0].percent = 20;
  shop.flags['search-ranking'].serve.rollout.shares[1].percent = 30;
  shop.flags['page-size'].rules[0].name = 'phones';
  return JSON.stringify(shop);
}

test('the impact is that of the command line', () => {
  const names = { old: SHOP, new: '<stdin>' };
  const [old, next] = [text(SHOP), changed()];
  const golden = JSON.parse(text('tests/cli/diff.expected.json'));
  assert.deepEqual(tools.impact(old, next, { at: NOON, names }), golden);
  assert.equal(tools.markdown(old, next, { at: new Date(NOON), names }), text('tests/cli/diff.md'));
  // Bytes are what text is.
  const bytes = new TextEncoder().encode(old);
  assert.deepEqual(tools.impact(bytes, new TextEncoder().encode(next).buffer, { at: NOON, names }), golden);
});

test('the impact over a span has an end for each part, and killed flags stay as they are', () => {
  const over = { from: Date.UTC(2026, 10, 30), to: Date.UTC(2026, 11, 20) };
  const { impacts } = tools.impact(text(SHOP), changed(), { over });
  assert.ok(impacts.length > 1);
  impacts.forEach(({ at, until }, index) => assert.equal(until, impacts[index + 1]?.at ?? '2026-12-20T00:00:00Z', at));
  const killed = ['checkout-v2', 'search-ranking', 'express-pay'];
  const quiet = tools.impact(text(SHOP), changed(), { at: NOON, killed });
  assert.deepEqual(quiet.killed, killed);
  assert.equal(quiet.impacts[0].flags.find(({ flag }) => flag === 'checkout-v2')?.change, 'noEffect');
});

for (const name of ['mistakes', 'findings']) {
  test(`check says what the command line says: ${name}`, () => {
    const document = text(`tests/cli/${name}.json`);
    const golden = JSON.parse(text(`tests/cli/${name}.expected.json`));
    const { remarks } = tools.check(document, { now: NOON });
    assert.ok(golden.length > 5);
    const bytes = Buffer.from(document);
    assert.deepEqual(
      remarks.map(({ start, end, ...rest }) => rest),
      golden.map((/** @type {any} */ { file, offset, length, environments, ...rest }) => rest),
    );
    remarks.forEach(({ start, end }, index) => {
      const { offset, length } = golden[index];
      assert.equal(document.slice(start, end), bytes.subarray(offset, offset + length).toString());
    });
  });
}

test('offsets count as JavaScript does, whatever stands before', () => {
  const at = (/** @type {string} */ document) => {
    const { remarks } = tools.check(document, { now: NOON });
    return remarks.map(({ code, start, end }) => [code, document.slice(start, end)]);
  };
  const flag = '"a": { "variants": { "on": true }, "serve": "of" }';
  assert.deepEqual(at(`{ "format": 1, "flags": { "\u{1f600}é\u4e2d": { "variants": { "x": "\u{1f600}" } }, ${flag} } }`), [['unknown-variant', '"of"']]);
  // Stray bytes are what a decoder makes of them.
  const bytes = Buffer.concat([Buffer.from('{ "format": 1, "x-\u{1f600}'), Buffer.from([0xff, 0xfe, 0xe4, 0xb8]), Buffer.from('": 1 }')]);
  const [{ start, column }] = tools.check(bytes).remarks;
  assert.equal(new TextDecoder().decode(bytes).slice(start, start + 1), '\ufffd');
  assert.equal(column, Buffer.from('{ "format": 1, "x-\u{1f600}').toString().length);
});

test('who gets a flag, and what would flip it', () => {
  const document = JSON.stringify({ format: 1, flags: { a: {
    variants: { on: true, off: { __proto__: null, ['__proto__']: [1] } }, salt: 's', off: 'off',
    rules: [{ if: { attribute: ['__proto__', 'x.y'], op: 'eq', value: 'NZ' }, serve: 'on' }], serve: 'off',
  } } }).replace('"on":true', '"on":{"yes":true}');
  const { regions, at } = tools.who(document, 'a', { at: NOON });
  assert.equal(at, '2026-12-02T10:00:00Z');
  assert.deepEqual(regions.map(({ when, shares }) => [when, shares.map(({ outcome: { variant }, share }) => [variant, share])]), [
    [['["__proto__", "x.y"] is NZ'], [['on', 1]]],
    [['["__proto__", "x.y"] is not NZ'], [['off', 1]]],
  ]);
  const { outcome, flips } = tools.flip(document, 'a', { other: 1 }, { now: NOON });
  // What a document calls __proto__ is a member like others.
  assert.equal(JSON.stringify(outcome.value), '{"__proto__":[1]}');
  assert.deepEqual(flips.map(({ changes, outcome: { variant }, least }) => ({ changes, variant, least })), [
    { changes: [{ path: ['__proto__', 'x.y'], to: 'NZ' }], variant: 'on', least: true },
  ]);
  assert.equal(tools.flip(document, 'a', {}, { killed: ['a'] }).outcome.variant, 'off');
  assert.deepEqual(tools.flip(document, 'a', undefined, { killed: ['a'] }).flips, []);
  for (const ask of [() => tools.who(document, 'b'), () => tools.flip(document, 'b', {})]) {
    assert.throws(ask, (error) => error instanceof ToolsError && error.code === 'FLAG_NOT_FOUND' && /no flag "b"/.test(error.message));
  }
});

test('format lays out as fmt does', () => {
  assert.equal(tools.format('{"format":1,"flags":{}}'), '{\n  "format": 1,\n  "flags": {}\n}\n');
  assert.equal(tools.format(tools.format(text(SHOP))), tools.format(text(SHOP)));
  assert.deepEqual(JSON.parse(tools.format(text(SHOP))), JSON.parse(text(SHOP)));
  assert.throws(() => tools.format('{"format":'), { code: 'REFUSED', input: 'ruleset' });
});

test('the version is the package\'s', () => {
  assert.equal(tools.version, JSON.parse(text('pkg/package.json')).version);
});

test('what is no ruleset is refused by its name, and why', () => {
  const refused = (/** @type {() => unknown} */ ask) => {
    try {
      ask();
    } catch (error) {
      assert.ok(error instanceof ToolsError && error.code === 'REFUSED', String(error));
      return error;
    }
    return assert.fail('it was taken');
  };
  assert.equal(refused(() => tools.impact('[]', GOOD)).input, 'old');
  const { input, message, remarks } = refused(() => tools.markdown(GOOD, '{'));
  assert.equal(input, 'new');
  assert.match(message, /^the new ruleset is refused: .*, at line 1, column 2$/);
  assert.equal(remarks[0].code, 'invalid-json');
  assert.equal(refused(() => tools.who('', 'a')).remarks.length, 1);
  assert.equal(refused(() => tools.flip('7', 'a', {})).remarks.length, 1);
});

test('arguments that are none are said to be', () => {
  /** @type {[() => unknown, RegExp][]} */
  const cases = [
    [() => tools.check(/** @type {any} */ ({})), /the ruleset has to be the JSON text/],
    [() => tools.check(GOOD, { now: Number.NaN }), /now has to be an instant/],
    [() => tools.check(GOOD, { now: /** @type {any} */ ('2026') }), /now has to be an instant/],
    [() => tools.impact(GOOD, GOOD, { at: 9e15 }), /at has to be an instant/],
    [() => tools.impact(GOOD, GOOD, { at: 1, over: { from: 1, to: 2 } }), /exclude each other/],
    [() => tools.impact(GOOD, GOOD, { over: { from: 2, to: 2 } }), /ends before it starts/],
    [() => tools.who(GOOD, /** @type {any} */ (7)), /flag has to be a flag key/],
    [() => tools.who(GOOD, 'good', { killed: /** @type {any} */ ('good') }), /killed has to be a list/],
    [() => tools.who(GOOD, 'good', { killed: /** @type {any} */ ([1]) }), /killed has to be a list/],
  ];
  for (const [ask, message] of cases) assert.throws(ask, (error) => (error instanceof TypeError || error instanceof RangeError) && message.test(error.message));
  assert.equal(tools.who(GOOD, 'good').regions.length, 1);
});

test('every hostile document is answered, and the next call as well', { timeout: 1_200_000 }, () => {
  let [answered, refused] = [0, 0];
  /** @type {[number, string][]} */
  const slow = [];
  for (const { name, text: written } of files('regression')) {
    const file = JSON.parse(written);
    const bytes = 'parts' in file ? build(file.parts) : Buffer.from(JSON.stringify(file.ruleset));
    const started = performance.now();
    const { remarks } = tools.check(bytes, { now: NOON });
    if (file.refused) assert.equal(remarks[0].code, file.refused, name);
    // What is large takes its time with each of them.
    const cases = bytes.length > LARGE ? [] : (file.cases ?? []).slice(0, 2);
    for (const ask of [
      () => tools.impact(GOOD, bytes, { at: NOON }),
      ...(bytes.length > LARGE ? [] : [() => tools.impact(bytes, GOOD, { at: NOON }), () => tools.format(bytes)]),
      ...cases.flatMap((/** @type {any} */ { flag, context }) => [
        () => tools.who(bytes, flag, { at: NOON }),
        () => tools.flip(bytes, flag, context, { now: NOON }),
      ]),
    ]) {
      try {
        ask();
        answered++;
      } catch (error) {
        assert.ok(error instanceof ToolsError && error.code !== 'GAVE_UP', `${name}: ${error}`);
        refused++;
      }
    }
    slow.push([Math.round(performance.now() - started), name]);
    assert.equal(tools.who(GOOD, 'good').regions[0].shares[0].outcome.value, 'yes', name);
  }
  slow.sort(([a], [b]) => b - a);
  console.log(`${answered} answers, ${refused} refusals; the slowest in ms: ${JSON.stringify(slow.slice(0, 5))}`);
  assert.ok(answered > 300 && refused > 100, `${answered} answers, ${refused} refusals`);
});

test('ten thousand attributes are told of in part, a hundred thousand shares whole, and both soon', { timeout: 300_000 }, () => {
  const { parts } = JSON.parse(text('tests/regression/10000-attribute-paths.json'));
  const wide = build(parts);
  const edited = JSON.stringify(JSON.parse(wide.toString()), (key, value) => (key === 'serve' && value === 'off' ? 'on' : value));
  const started = performance.now();
  const who = tools.who(wide, 'a', { at: NOON });
  assert.equal(who.limit, 'walks');
  assert.ok(who.regions.length > 0);
  assert.equal(tools.flip(wide, 'a', {}, { now: NOON }).limit, 'walks');
  const [{ flags: [{ limit, change }] }] = tools.impact(wide, edited, { at: NOON }).impacts;
  assert.deepEqual([limit, change], ['walks', 'effect']);
  assert.deepEqual(tools.check(wide, { now: NOON }).remarks, []);
  const shares = build(JSON.parse(text('tests/regression/100000-shares-of-a-thousandth.json')).parts);
  const told = tools.who(shares, 'a', { at: NOON });
  assert.deepEqual([told.limit, told.scattered, told.regions.length], [undefined, undefined, 2]);
  // Seconds here; each was minutes, or did not end.
  const took = performance.now() - started;
  assert.ok(took < 120_000, `${took} ms`);
});

test('a stack that ends anywhere inside ends one call, and the next one answers', () => {
  const document = text(SHOP);
  const wanted = tools.check(document, { now: NOON });
  let [failed, depth] = [0, 0];
  /** Asks where the stack is nearly full, every so often on the way out of it. @returns {boolean} whether it still was */
  const dive = () => {
    const level = ++depth;
    let full = true;
    try {
      full = dive();
    } catch {
      // Here the stack ended.
    }
    if (!full || level % 10 > 0) return full;
    try {
      tools.check(document, { now: NOON });
      return false;
    } catch {
      failed++;
      return true;
    }
  };
  dive();
  assert.ok(failed > 0, `${failed} of ${depth}`);
  assert.deepEqual(tools.check(document, { now: NOON }), wanted);
});

test('a call that traps is said to have, and another instance answers the next', async () => {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(readFileSync(join(root, 'pkg', 'wasm', 'tools_bg.wasm')));
  const value = Object.fromEntries(Array.from({ length: module.getNumExports() }, (_, index) => {
    const { name, value } = binaryen.getExportInfo(module.getExportByIndex(index));
    return [name, value];
  }));
  // Where `check` began it now traps; all else is as it was.
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(value.check));
  module.removeFunction(value.check);
  module.addFunction(value.check, params, results, [], module.unreachable());
  const worker = new Worker(new URL('./tools-trap.js', import.meta.url), { workerData: { bytes: module.emitBinary(), document: text(SHOP) } });
  const said = await new Promise((done, fail) => worker.once('message', done).once('error', fail));
  await worker.terminate();
  const layout = tools.format(text(SHOP)).length;
  assert.deepEqual(said, [layout, 'GAVE_UP', layout, 'GAVE_UP', 'GAVE_UP', layout]);
});

test('a page\'s host that has no module is named, and asked again', async (t) => {
  const bytes = readFileSync(join(root, 'pkg', 'wasm', 'tools_bg.wasm'));
  const answers = [new Response('no', { status: 404 }), new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }), new Response(bytes, { headers: { 'content-type': 'text/plain' } })];
  t.mock.method(globalThis, 'fetch', async () => answers.shift());
  await assert.rejects(openInPage(), /the host answered 404 for file:.*tools_bg\.wasm, and not with the module/);
  await assert.rejects(openInPage(), /the host answered 200/);
  assert.equal((await openInPage()).version, tools.version);
});
