/** The tables of the benchmark, and what the pages say of the goals, are those of the newest record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AXES } from '../../tests/bench/peers/axes.js';
import { median, met, row, rows, slope } from '../../tests/bench/peers/figures.js';
import { filled, newest, pages, plot, standing } from '../../tests/bench/peers/render.js';
import { root } from './support.js';

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const record = newest();
assert.ok(record, 'tests/bench/results has a record');

test('the pages have the tables of the newest record', () => {
  for (const [path, blocks] of Object.entries(pages(record))) {
    assert.equal(filled(read(path), blocks), read(path), `${path}: run \`npm run bench:peers -- --render\``);
  }
  assert.equal(read('src/doc/scaling.svg'), plot(record.scaling), 'src/doc/scaling.svg');
  assert.doesNotMatch(plot(record.scaling), /\n\n/, 'Markdown would end the drawing at a blank line');
});

test('the record is whole, and all that was to be measured was', () => {
  assert.equal(record.quick, false);
  assert.deepEqual(record.network, [], 'nothing asked for a network');
  const products = Object.keys(record.products);
  assert.ok(products.length >= 10, 'serin, the bound and eight products');
  for (const [what, times] of Object.entries(record.times)) {
    for (const name of products) {
      assert.notEqual(times[name] === undefined, record.gaps[what]?.[name] === undefined, `${what}: ${name} has a time or a reason`);
      assert.equal((times[name] ?? times.floor).length, record.effort.rounds, `${what}: ${name}`);
    }
  }
  assert.deepEqual(Object.keys(record.scaling), Object.keys(AXES));
  assert.deepEqual(Object.keys(record.load), ['100', '1000', '10000']);
});

test('prose about goals names the rows that miss them, and no other', () => {
  const text = standing(record);
  for (const each of rows(record)) {
    const missed = text.split('\n').find((line) => line.startsWith('Missed:') || line === 'None is missed.') ?? '';
    assert.equal(missed.includes(`*${each.what}*`), met(each) === false, each.what);
  }
});

test('nothing grows faster than the design says', () => {
  for (const [axis, { name, unit, slope: most }] of Object.entries(AXES)) {
    const found = slope(record.scaling[axis], unit);
    assert.ok(found <= most + 0.35, `${name}: slope ${found.toFixed(2)}, at most ${most}`);
  }
});

test('ratios are made within rounds, less the floor', () => {
  // The second round was three times as slow for everyone, the floor too.
  const { ratio, fastest, values, bound } = row('work', 'ns', { floor: [10, 30, 10], serin: [20, 60, 20], slow: [110, 330, 110], quick: [50, 150, 50], 'plain closures': [12, 36, 12] });
  assert.deepEqual([fastest, ratio, values.serin, bound], ['quick', 0.25, 10, 2]);
  assert.equal(median([3, 1, 2, 10]), 2.5);
  assert.equal(slope({ 1: [1], 10: [90], 100: [100] }, 'ns'), 1);
  // Of milliseconds the least counts.
  assert.equal(slope({ 1: [1, 50, 50], 10: [90], 100: [700, 1, 900] }, 'ms'), 0);
});

test('a page without its marks is refused', () => {
  assert.throws(() => filled('<!-- a -->\nold', { a: 'new' }), /needs the marks/);
  assert.equal(filled('<!-- a -->\nold\n<!-- /a -->\nrest', { a: 'new' }), '<!-- a -->\nnew\n<!-- /a -->\nrest');
});
