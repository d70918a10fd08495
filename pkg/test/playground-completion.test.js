/** What the playground's editors offer at a place: the cursor in the text is `|`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { placeAt } from '../../www/app/evaluate/place.js';
import { domainOf, membersAt, shapesAt, valuesAt } from '../../www/app/evaluate/schema.js';
import { root } from './support.js';

const schema = JSON.parse(readFileSync(join(root, 'src/doc/ruleset.schema.json'), 'utf8'));

/** @param {string} marked */
function at(marked) {
  const pos = marked.indexOf('|');
  const text = marked.replace('|', '');
  const state = EditorState.create({ doc: text, extensions: [json()] });
  const place = placeAt(state, pos);
  if (!place) return null;
  const path = place.steps.map((step) => ('member' in step ? step.member : 0));
  const shapes = shapesAt(schema, place.steps);
  const offered = place.kind === 'name' ? membersAt(schema, shapes, place.members()).map(({ name }) => name) : valuesAt(schema, shapes).map((value) => value.text);
  return { kind: place.kind, path, written: text.slice(place.from, place.to), named: place.named, offered, domain: domainOf(schema, shapes), members: place.members() };
}

/** Text, and what is known of the cursor's place in it; null: nothing can stand there. @type {[string, null | { kind: string, path: (string | number)[], written?: string, named?: boolean, offers?: string[], lacks?: string[], domain?: string }][]} */
const CASES = [
  ['{ | }', { kind: 'name', path: [], offers: ['format', 'flags'] }],
  ['{ "fo|" }', { kind: 'name', path: [], written: '"fo"', offers: ['format'] }],
  ['{ "format": | }', { kind: 'value', path: ['format'], offers: ['1'] }],
  ['{ "format": 1, | }', { kind: 'name', path: [], lacks: ['format'], offers: ['flags'] }],
  ['{ "fl|ags": {} }', { kind: 'name', path: [], written: '"flags"', named: true }],
  ['{ "flags": { "a": { "variants": {}, "en|" } } }', { kind: 'name', path: ['flags', 'a'], offers: ['enabled', 'serve'], lacks: ['variants'] }],
  ['{ "flags": { "a": { "enabled": | } } }', { kind: 'value', path: ['flags', 'a', 'enabled'], offers: ['true', 'false'] }],
  ['{ "flags": { "a": { "enabled": tr| } } }', { kind: 'value', path: ['flags', 'a', 'enabled'], written: 'tr', offers: ['true'] }],
  ['{ "flags": { "a": { "serve": "|" } } }', { kind: 'value', path: ['flags', 'a', 'serve'], written: '""', domain: 'variant' }],
  ['{ "flags": { "a": { "rules": [ { "if": { "attribute": "x", "op": "|" } } ] } } }', { kind: 'value', path: ['flags', 'a', 'rules', 0, 'if', 'op'], offers: ['"startsWith"', '"cidr"'] }],
  ['{ "flags": { "a": { "rules": [ { "if": { "attribute": "x", | } } ] } } }', { kind: 'name', path: ['flags', 'a', 'rules', 0, 'if'], offers: ['op'], lacks: ['segment', 'all', 'value'] }],
  ['{ "flags": { "a": { "rules": [ { "if": { "attribute": "x", "op": "lt", | } } ] } } }', { kind: 'name', path: ['flags', 'a', 'rules', 0, 'if'], offers: ['value'], lacks: ['ignoreCase'] }],
  ['{ "flags": { "a": { "require": { "all": [ { "segment": "|" } ] } } } }', { kind: 'value', path: ['flags', 'a', 'require', 'all', 0, 'segment'], domain: 'segment' }],
  ['{ "flags": { "a": { "require": { "attribute": "x", "op": "in", "value": [ "NZ", | ] } } } }', { kind: 'value', path: ['flags', 'a', 'require', 'value', 0], domain: 'value' }],
  ['{ "flags": { "a": { "require": { "flag": "b", "is": "|" } } } }', { kind: 'value', path: ['flags', 'a', 'require', 'is'], domain: 'is' }],
  ['{ "flags": { "a": { "serve": { "rollout": { "shares": [ { "variant": "|" } ] } } } } }', { kind: 'value', path: ['flags', 'a', 'serve', 'rollout', 'shares', 0, 'variant'], domain: 'variant' }],
  // A document is rarely whole while it is written.
  ['{ "flags": { "a": { "serve": "on", "ru|', { kind: 'name', path: ['flags', 'a'], offers: ['rules'], lacks: ['serve'] }],
  ['{ "flags": { "a": { "serve": |', { kind: 'value', path: ['flags', 'a', 'serve'], domain: 'variant' }],
  ['{ "format": 1 | }', null],
  ['{ "flags": { "a": { "description": "done"| } } }', null],
  ['|', null],
  ['[[[[|]]]]', { kind: 'value', path: [0, 0, 0, 0] }],
  ['\u0000"|{{{', null],
];

test('a place is told from the tree, also where the text is not JSON yet', () => {
  for (const [text, expected] of CASES) {
    const found = at(text);
    if (expected === null) {
      assert.equal(found, null, text);
      continue;
    }
    assert.ok(found, `${text}: nothing`);
    const { offers = [], lacks = [], ...rest } = expected;
    for (const [name, value] of Object.entries(rest)) assert.deepEqual(found[/** @type {'kind'} */ (name)], value, `${text}: ${name}`);
    for (const name of offers) assert.ok(found.offered.includes(name), `${text} offers ${name}: ${found.offered}`);
    for (const name of lacks) assert.ok(!found.offered.includes(name), `${text} does not offer ${name}`);
  }
});

test('a test knows the attribute beside it', () => {
  const found = at('{ "flags": { "a": { "require": { "attribute": "country", "op": "eq", "value": | } } } }');
  assert.deepEqual(found?.members, { attribute: 'country', op: 'eq', value: true });
});

test('every place of the example can be asked', () => {
  const text = readFileSync(join(root, 'examples/shop/ruleset.json'), 'utf8');
  const state = EditorState.create({ doc: text, extensions: [json()] });
  let places = 0;
  for (let pos = 0; pos <= text.length; pos += 3) {
    const place = placeAt(state, pos);
    if (!place) continue;
    shapesAt(schema, place.steps);
    places++;
  }
  assert.ok(places > 1000, `only ${places} places`);
});
