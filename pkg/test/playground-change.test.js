/** What the pane Change shows of an impact: the reports are those of the command-line tool's golden files, and of the schema's shapes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from '../entry/node.js';
import { CHANGES, changed } from '../../www/app/change/examples.js';
import { GROUPS, fates, group, grouped, picture, sentence } from '../../www/app/change/impact.js';
import { parsed, variants } from '../../www/app/outline.js';
import { LINE, parts } from '../../www/app/shares.js';

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const shop = read('examples/shop/ruleset.json');

/** @type {import('../../www/app/change/impact.js').Impact[]} */
const golden = JSON.parse(read('tests/cli/diff.expected.json')).impacts;

test('every flag of a report is in one group, and counted in the sentence', () => {
  for (const impact of golden) {
    const shown = grouped(impact).flatMap(({ flags }) => flags);
    assert.deepEqual(shown.map(({ flag }) => flag).sort(), impact.flags.map(({ flag }) => flag).sort());
    assert.ok(shown.length > 0);
    const counted = [...sentence(impact).matchAll(/\d+/g)].reduce((sum, [digits]) => sum + Number(digits), 0);
    assert.equal(counted, impact.flags.length + impact.untouched);
  }
});

test('a flag that breaks is told first, one that was broken and is not is like others', () => {
  assert.equal(GROUPS[0].name, 'broken');
  for (const [flag, name] of /** @type {const} */ ([
    [{ flag: 'a', change: 'effect', newBroken: true }, 'broken'], [{ flag: 'a', change: 'noEffect', newBroken: true }, 'broken'],
    [{ flag: 'a', change: 'effect', oldBroken: true }, 'moves'], [{ flag: 'a', change: 'removed' }, 'removed'], [{ flag: 'a', change: 'described' }, 'described'],
  ])) assert.equal(group(flag), name);
  assert.equal(sentence({ at: '', untouched: 1, flags: [] }), 'Nobody moves, 1 stays as it is.');
  assert.equal(sentence({ at: '', untouched: 3, flags: [{ flag: 'a', change: 'effect' }, { flag: 'b', change: 'described' }] }), '1 flag changes what somebody gets, 1 described otherwise, 3 stay as they are.');
});

test('a region is rows that fill the line, whose widths are the shares', () => {
  const regions = golden.flatMap(({ flags }) => flags).flatMap((flag) => flag.regions ?? []);
  assert.ok(regions.some(({ slices }) => slices.length > 0) && regions.some(({ slices }) => slices.length === 0));
  for (const region of regions) {
    const { before, between, after, ordered } = picture(region, {});
    assert.equal(ordered, region.slices.length > 0);
    for (const row of [before, between, after]) {
      assert.equal(row[0].from, 0);
      assert.equal(row.at(-1)?.to, LINE);
      row.slice(1).forEach((slice, at) => assert.equal(slice.from, row[at].to));
    }
    if (ordered) continue;
    for (const [row, side] of /** @type {const} */ ([[before, 'from'], [after, 'to']])) {
      for (const label of new Set(row.map((slice) => slice.label))) {
        const drawn = row.filter((slice) => slice.label === label).reduce((sum, { from, to }) => sum + to - from, 0) / LINE;
        const told = region.moves.filter((move) => (move[side].variant ?? '') === label).reduce((sum, { share }) => sum + share, 0);
        if (told > 0) assert.ok(Math.abs(drawn - told) < 1e-9, `${label}: ${drawn}, ${told}`);
      }
    }
  }
});

test('who loses is told before who gains', () => {
  const [on, off] = [{ variant: 'on' }, { variant: 'off' }];
  const moves = [{ from: off, to: on, share: 0.5, exact: '1/2^1' }, { from: on, to: off, share: 0.5, exact: '1/2^1' }];
  const region = { when: [], either: [], lines: [], along: null, inside: [], slices: [], moves };
  const flag = { variants: ['on', 'off'], off: 'off' };
  assert.deepEqual(fates({ flag: 'a', change: 'effect', regions: [region] }, { before: flag, after: flag }), ['lose', 'gain']);
  assert.equal(parts([[214748364, LINE]]), '5 % to 100 %');
});

test('each change of the example is one, in its text and laid out, and loads', async () => {
  const broken = [];
  for (const text of [shop, JSON.stringify(JSON.parse(shop), null, 2)]) {
    for (const example of CHANGES) {
      const edited = changed(text, example);
      assert.ok(edited !== null && edited !== text, example.name);
      assert.equal(changed(edited, example), null, `${example.name} is offered once`);
      const ruleset = await load(edited);
      assert.ok(ruleset.keys.includes(example.flag));
      if (ruleset.diagnostics.some(({ severity }) => severity !== 'warning')) broken.push(example.name);
    }
  }
  assert.deepEqual(new Set(broken), new Set(['A typo']));
  assert.equal(changed('{}', CHANGES[0]), null);
});

test('variants are found in rulesets, and nothing in other text', () => {
  assert.deepEqual(variants(parsed(shop), ['wine', 'nowhere', 'constructor']), new Map([['wine', { variants: ['on', 'off'], off: 'off' }]]));
  for (const text of ['', '[', 'null', '7', '{"flags":7}', '{"flags":{"a":7}}', '{"flags":{"a":{"variants":[1],"off":{}}}}', '{"flags":{"__proto__":{}}}']) {
    for (const [, found] of variants(parsed(text), ['a', '__proto__'])) assert.deepEqual(found, { variants: [] });
  }
});
