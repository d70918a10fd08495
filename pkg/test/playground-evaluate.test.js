/** What the playground's pane Evaluate says without a page: truth of trees, shares of lines, places, schema, layout. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { load } from '../entry/node.js';
import { changed } from '../../www/app/evaluate/change.js';
import { grow, join as joinTruth, leavesOf, mark, partsOf, shown } from '../../www/app/evaluate/condition.js';
import { namesOf } from '../../www/app/evaluate/names.js';
import { unitsOf } from '../../www/app/evaluate/offsets.js';
import { probeOf } from '../../www/app/evaluate/probe.js';
import { beginning, descriptionOf, domainOf, membersAt, shapesAt, snippetsAt, valuesAt } from '../../www/app/evaluate/schema.js';
import { instantOf, splitOf } from '../../www/app/evaluate/slices.js';
import { whyOf } from '../../www/app/evaluate/why.js';
import { laidOut } from '../../www/app/layout.js';
import { cut } from '../../www/app/shares.js';
import { files, root } from './support.js';

const format = readFileSync(join(root, 'src/doc/format.md'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, 'src/doc/ruleset.schema.json'), 'utf8'));

/** @param {string} text @param {any} context @param {{ key: string, now?: number, killed?: string[] }} options */
async function explained(text, context, { key, now = 0, killed = [] }) {
  const document = JSON.parse(text);
  const ruleset = await load(text);
  ruleset.kill(killed);
  const bound = ruleset.context(context, { now });
  const details = (/** @type {string} */ flag) => ruleset.details(flag, bound, undefined);
  const probe = probeOf(document, key, (flag) => details(flag).errorCode === 'PARSE_ERROR');
  const small = await load(probe.text);
  small.kill(killed);
  const smallBound = small.context(context, { now });
  const steps = ruleset.explain(key, bound).steps;
  const why = whyOf({ document, key, steps, probe, details, context, killed, now, explain: (flag) => small.explain(flag, smallBound).steps });
  return { why, steps, document };
}

test('a whole has the truth that the tables of the format page give it', () => {
  for (const kind of /** @type {const} */ (['all', 'any'])) {
    const table = format.slice(format.indexOf(`| \`${kind}\` | true |`)).split('\n\n')[0].split('\n');
    const columns = ['true', 'unknown', 'false'];
    let seen = 0;
    for (const row of table.slice(2)) {
      const [left, ...cells] = row.split('|').map((cell) => cell.replaceAll('*', '').trim()).filter(Boolean);
      cells.forEach((cell, at) => {
        assert.equal(joinTruth(kind, [/** @type {any} */ (left), /** @type {any} */ (columns[at])]), cell, `${left} ${kind} ${columns[at]}`);
        seen++;
      });
    }
    assert.equal(seen, 9);
  }
  assert.deepEqual(['true', 'false', 'unknown'].map((truth) => joinTruth('not', [/** @type {any} */ (truth)])), ['false', 'true', 'unknown']);
  // What nobody asked can still change a whole, unless another part has settled it.
  assert.equal(joinTruth('all', ['true', undefined]), undefined);
  assert.equal(joinTruth('all', ['false', undefined]), 'false');
  assert.equal(joinTruth('any', ['true', undefined]), 'true');
});

test('what is marked as asked is what the module asked, in every conformance file', async () => {
  let trees = 0;
  for (const { name, text } of files('conformance')) {
    const { ruleset, cases } = JSON.parse(text);
    if (!ruleset || typeof ruleset !== 'object' || !cases) continue;
    const document = JSON.stringify(ruleset);
    for (const { flag, context = {}, now, killed = [] } of cases) {
      if (!Object.hasOwn(ruleset.flags ?? {}, flag) || typeof context !== 'object' || Array.isArray(context)) continue;
      const instant = typeof now === 'number' ? now : typeof now === 'string' ? Date.parse(now) : 0;
      if (!Number.isFinite(instant)) continue;
      const sound = await load(document).catch(() => undefined);
      if (!sound || sound.details(flag, {}, undefined).errorCode === 'PARSE_ERROR') continue;
      const { why, steps } = await explained(document, context, { key: flag, now: instant, killed });
      const asked = steps.filter((step) => step.flag === flag && step.condition !== undefined).length;
      const told = why.flags.get(flag);
      const leaves = [told?.require?.condition, ...(told?.rules ?? []).map((rule) => rule.condition)].flatMap((node) => (node ? flat(node) : []));
      assert.equal(leaves.filter((leaf) => leaf.asked).length, asked, `${name}: ${flag}`);
      for (const leaf of leaves) assert.ok(leaf.truth, `${name}: every leaf of ${flag} has its truth`);
      for (const rule of told?.rules ?? []) {
        if (rule.matched) assert.ok(rule.condition === undefined || rule.condition.truth === 'true', `${name}: the rule that matched is true`);
        else if (rule.reached) assert.notEqual(rule.condition?.truth, 'true', `${name}: a rule that was passed is not true`);
      }
      for (const [segment, node] of why.segments) {
        const found = steps.find((step) => step.segment === undefined && /** @type {any} */ (step.condition)?.segment === segment);
        if (found) assert.equal(node.truth, found.answer, `${name}: segment ${segment}`);
      }
      // Where a rollout decides, the slice of the key's point is what was served.
      const serve = told?.decision.reason !== 'SPLIT' ? undefined : told.decision.ruleIndex === undefined ? told.otherwise.serve : told.rules[told.decision.ruleIndex].serve;
      if (serve) assert.equal(serve.split?.chosen, told?.decision.variant, `${name}: ${flag} at its point`);
      trees += leaves.length;
    }
  }
  assert.ok(trees > 300, `only ${trees} conditions were looked at`);
});

/** @param {import('../../www/app/evaluate/condition.js').Node} node @returns {import('../../www/app/evaluate/condition.js').Node[]} */
const flat = (node) => node.parts?.flatMap(flat) ?? [node];

test('random trees: truth and asking agree with the module', async () => {
  let seed = 7;
  const random = (/** @type {number} */ below) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % below;
  const tree = (/** @type {number} */ depth) => {
    const pick = depth === 0 ? 3 : random(5);
    if (pick === 0) return { not: tree(depth - 1) };
    if (pick < 3) return { [pick === 1 ? 'all' : 'any']: Array.from({ length: 1 + random(3) }, () => tree(depth - 1)) };
    return { attribute: 'abcd'[random(4)], op: 'eq', value: random(2) === 0 };
  };
  for (let round = 0; round < 150; round++) {
    const condition = tree(4);
    const context = Object.fromEntries([...'abcd'].flatMap((name) => (random(3) === 0 ? [] : [[name, random(2) === 0]])));
    const text = JSON.stringify({
      format: 1, segments: { s: condition },
      flags: { f: { variants: { yes: 1, no: 2 }, rules: [{ if: condition, serve: 'yes' }, { if: { segment: 's' }, serve: 'no' }], serve: 'no' } },
    });
    const { why, steps } = await explained(text, context, { key: 'f' });
    const told = why.flags.get('f');
    const node = told?.rules[0].condition;
    const segment = why.segments.get('s');
    assert.ok(node && segment);
    assert.equal(flat(node).filter((leaf) => leaf.asked).length, steps.filter((step) => step.flag === 'f' && step.ruleIndex === 0).length, text);
    assert.equal(flat(segment).filter((leaf) => leaf.asked).length, steps.filter((step) => step.segment === 's').length, text);
    assert.equal(node.truth, segment.truth);
    assert.equal(told?.rules[0].matched, node.truth === 'true');
    assert.equal(told?.rules[1].condition?.truth, segment.truth, `${text} ${JSON.stringify(context)}`);
  }
});

test('conditions fall apart into what they join', () => {
  const a = { attribute: 'a', op: 'exists' };
  assert.deepEqual(leavesOf({ all: [a, { not: { any: [a, { segment: 's' }] } }] }), [a, a, { segment: 's' }]);
  assert.equal(partsOf(a), undefined);
  const node = grow({ not: a }, { salt: undefined, answer: () => ({ answer: 'unknown', found: 'absent' }), serves: () => undefined, read: () => undefined, point: () => undefined });
  mark(node);
  assert.equal(node.truth, 'unknown');
  assert.equal(node.parts?.[0].found, 'absent');
});

test('cuts are those of the format page', () => {
  const rows = [...format.slice(format.indexOf('<!-- cuts -->')).matchAll(/^\| ([\d.]+) \| (\d+) \| (\d+) \|$/gm)];
  assert.ok(rows.length >= 8);
  for (const [, percent, , place] of rows) assert.equal(cut(Number(percent)), Number(place), percent);
});

test('times are those of the format page', () => {
  const rows = [...format.slice(format.indexOf('<!-- times -->')).matchAll(/^\| `([^`]+)` \| (-?\d+) \|$/gm)];
  assert.ok(rows.length >= 5);
  for (const [, written, milliseconds] of rows) assert.equal(instantOf(JSON.parse(written)), Number(milliseconds), written);
});

test('a ramp divides by the step that holds', () => {
  const serve = { ramp: { variant: 'on', rest: 'off', by: ['company', 'id'], steps: [{ at: '2026-12-01T09:00:00Z', percent: 1 }, { at: 1796202000000, percent: 12.5 }] } };
  const at = (/** @type {number} */ now) => splitOf(serve, 'salt', now);
  assert.deepEqual([at(0).current, at(0).slices[0].to, at(0).by], [-1, 0, 'company.id']);
  assert.deepEqual([at(1796115600000).current, at(1796115600000).slices[0].to], [0, cut(1)]);
  assert.deepEqual([at(1796202000000).current, at(1796202000000).slices.map(({ from, to }) => [from, to])], [1, [[0, cut(12.5)], [cut(12.5), 4294967296]]]);
});

test('a rollout adds thousandths, not floats', () => {
  const shares = Array.from({ length: 3 }, (_, at) => ({ variant: `v${at}`, percent: [33.333, 33.333, 33.334][at] }));
  const { slices } = splitOf({ rollout: { shares } }, 's', 0);
  assert.deepEqual(slices.map(({ from, to }) => [from, to]), [[0, 1431641448], [1431641448, cut(66.666)], [cut(66.666), 4294967296]]);
});

test('offsets in bytes become places in the text', () => {
  const text = 'aé€🐤\u{d800}z';
  const bytes = new TextEncoder().encode(text);
  const units = unitsOf(text, [0, 1, 3, 6, 10, 13, 14, 99]);
  assert.equal(bytes.length, 14);
  assert.deepEqual([0, 1, 3, 6, 10, 13, 14, 99].map(units), [0, 1, 2, 3, 5, 6, 7, 7]);
});

test('long values are cut, and it is told by how much', () => {
  assert.deepEqual(shown('a'.repeat(10), 5), { text: '"aaaa…', more: 7 });
  assert.deepEqual(shown([1, 22, 333], 4), { text: '[1, 22, …]', more: 1 });
  assert.deepEqual(shown([]), { text: '[]', more: 0 });
  assert.equal(shown(null), undefined);
  assert.deepEqual(shown('🐤🐤', 2)?.text, '"…');
});

/** @param {...(string | { [member: string]: unknown })} path members; an object stands for siblings of the next one */
function steps(...path) {
  /** @type {import('../../www/app/evaluate/schema.js').Step[]} */
  const list = [];
  let siblings = {};
  for (const part of path) {
    if (typeof part === 'object') siblings = part;
    else {
      const own = siblings;
      list.push(part === '[]' ? { item: true } : { member: part, siblings: () => own });
      siblings = {};
    }
  }
  return list;
}

const members = (/** @type {any[]} */ path, present = {}) => membersAt(schema, shapesAt(schema, steps(...path)), present).map(({ name }) => name);
const values = (/** @type {any[]} */ path) => valuesAt(schema, shapesAt(schema, steps(...path))).map(({ text }) => text);
const domain = (/** @type {any[]} */ path) => domainOf(schema, shapesAt(schema, steps(...path)));

test('members are those that may still come', () => {
  assert.deepEqual(members([]), ['$schema', 'format', 'revision', 'segments', 'flags']);
  const flag = members(['flags', 'any key'], { variants: true });
  assert.ok(flag.includes('require') && flag.includes('serve') && !flag.includes('variants'));
  const condition = ['flags', 'f', 'rules', '[]', 'if', 'all', '[]'];
  assert.deepEqual(members(condition).sort(), ['all', 'any', 'attribute', 'bucket', 'flag', 'not', 'segment', 'time']);
  assert.deepEqual(members(condition, { flag: 'a' }), ['is']);
  assert.deepEqual(members(condition, { attribute: 'a' }), ['op']);
  assert.deepEqual(members(condition, { attribute: 'a', op: 'in' }).sort(), ['ignoreCase', 'value']);
  assert.deepEqual(members(condition, { attribute: 'a', op: 'ge' }), ['value']);
  assert.deepEqual(members(condition, { attribute: 'a', op: 'exists' }), []);
  assert.deepEqual(members(['flags', 'f', 'serve', 'ramp'], { variant: 'on' }), ['rest', 'steps', 'by', 'salt', 'withoutKey']);
  assert.deepEqual(members(['flags', 'f', 'nonsense', 'deeper']), []);
});

test('values and names have their places', () => {
  const test = ['flags', 'f', 'rules', '[]', 'if', { attribute: 'a' }];
  assert.ok(values([...test, 'op']).includes('"startsWith"'));
  assert.deepEqual(values(['flags', 'f', 'enabled']), ['true', 'false']);
  assert.deepEqual(values(['format']), ['1']);
  assert.equal(domain(['flags', 'f', 'serve']), 'variant');
  assert.equal(domain(['flags', 'f', 'off']), 'variant');
  assert.equal(domain(['flags', 'f', 'serve', 'rollout', 'shares', '[]', 'variant']), 'variant');
  assert.equal(domain(['flags', 'f', 'require', 'segment']), 'segment');
  assert.equal(domain(['segments', 's', 'any', '[]', 'flag']), 'flag');
  assert.equal(domain(['segments', 's', 'is', '[]']), 'is');
  assert.equal(domain(['flags', 'f', 'salt']), 'salt');
  assert.equal(domain(['flags', 'f', 'serve', 'ramp', 'by']), 'path');
  assert.equal(domain([...test, 'value']), 'value');
  assert.equal(domain(['flags', 'f', 'description']), undefined);
});

test('places are described, and begun as they have to be', () => {
  assert.match(descriptionOf(shapesAt(schema, steps('flags', 'f', 'off'))), /not enabled or is killed/);
  const begun = Object.fromEntries(membersAt(schema, shapesAt(schema, steps('flags', 'f')), {}).map(({ name, schema: of }) => [name, beginning(schema, of)]));
  assert.equal(begun.rules, '[\n\t{ #{} }\n]');
  assert.equal(begun.serve, '"#{}"');
  assert.equal(begun.require, '{ #{} }');
  assert.ok(snippetsAt(schema, shapesAt(schema, steps('flags', 'f', 'serve'))).some(({ label }) => label === 'rollout'));
});

test('names are those that the document has', () => {
  const document = JSON.parse(readFileSync(join(root, 'examples/shop/ruleset.json'), 'utf8'));
  const { flags, segments, salts, attributes } = namesOf(document);
  assert.deepEqual(flags['checkout-v2'], ['on', 'off']);
  assert.ok(segments.includes('pacific') && salts.includes('holdout-2026-h2'));
  assert.ok(attributes.country.values.includes('NZ'));
  assert.ok(attributes.roles.list);
  assert.ok(attributes['app.version'].values.every((value) => /^\d/.test(String(value))));
  // A document is anybody's.
  assert.deepEqual(Object.keys(namesOf(JSON.parse('{"flags":{"__proto__":{"variants":{"__proto__":1},"rules":[null,{"if":7}],"serve":[]}}}')).flags), ['__proto__']);
});

test('a change reaches into a context, and nothing else', () => {
  const context = { a: { b: 1, c: 2 }, list: [1], text: 'x' };
  assert.deepEqual(changed(context, [{ path: ['a', 'b'], from: 1, to: 3 }, { path: ['text'], from: 'x' }]), { a: { b: 3, c: 2 }, list: [1] });
  assert.deepEqual(changed(context, [{ path: ['new', 'deep'], to: true }, { path: ['list', 'x'], to: 0 }]), { ...context, new: { deep: true }, list: { x: 0 } });
  assert.deepEqual(context, { a: { b: 1, c: 2 }, list: [1], text: 'x' });
  const proto = changed({}, [{ path: ['__proto__', 'polluted'], to: true }]);
  assert.deepEqual(Object.keys(proto), ['__proto__']);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

test('the part of a ruleset that a flag needs answers as the whole', async () => {
  const text = readFileSync(join(root, 'examples/shop/ruleset.json'), 'utf8');
  const contexts = JSON.parse(readFileSync(join(root, 'examples/shop/contexts.json'), 'utf8'));
  const document = JSON.parse(text);
  const whole = await load(text);
  const now = Date.parse('2026-12-02T12:00:00Z');
  for (const key of whole.keys) {
    const { part } = probeOf(document, key, () => false);
    assert.ok(part.length < text.length);
    const small = await load(part);
    assert.deepEqual(small.diagnostics, []);
    for (const { context } of contexts) {
      assert.deepEqual(small.details(key, small.context(context, { now }), null), whole.details(key, whole.context(context, { now }), null), key);
    }
  }
});

test('a context is written for people, and means the same', () => {
  for (const { context } of JSON.parse(readFileSync(join(root, 'examples/shop/contexts.json'), 'utf8'))) {
    assert.deepEqual(JSON.parse(laidOut(context)), context);
  }
  assert.equal(laidOut({ roles: ['a b', ' ]'], empty: {} }), '{\n  "roles": ["a b", " ]"],\n  "empty": {}\n}');
});
