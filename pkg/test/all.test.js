/** `all` copies what it told before: which may never be seen, whatever was told and done in between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'serin';

const is = (/** @type {string} */ value) => ({ attribute: 'a', op: 'eq', value });
/** Left out unless `a` is x. */
const sometimes = { variants: { on: true }, rules: [{ if: is('x'), serve: 'on' }] };
const flag = { variants: { x: { list: ['x'] }, y: { list: ['y'] }, z: { list: [] } }, off: 'z', rules: [{ if: is('x'), serve: 'x' }, { if: is('y'), serve: 'y' }], serve: 'z' };
/** `__proto__` has to be written as text. @param {number} count @param {boolean} [odd] */
const document = (count, odd = false) => {
  const flags = Object.fromEntries(Array.from({ length: count }, (_, at) => [`flag-${at}`, flag]));
  const text = JSON.stringify({ format: 1, flags: odd ? { ...flags, sometimes, 7: flag, nothing: { ...flag, iff: 1 } } : flags });
  return odd ? text.replace('"sometimes"', `"__proto__":${JSON.stringify(flag)},"sometimes"`) : text;
};

// The numbers of flags below, at and above what is copied at all.
for (const [what, text] of Object.entries({ 'one flag': document(1), 'odd keys': document(5, true), '200 flags': document(200), '201 flags': document(201) })) {
  test(`the same answers however often it is asked: ${what}`, async () => {
    const ruleset = await load(text);
    const contexts = [{ a: 'x' }, { a: 'y' }, {}, ruleset.context({ a: 'y' }), ruleset.context({ a: 'x' })];
    /** Flag by flag, in the order of the document. @param {any} context */
    const expected = (context) => ruleset.keys.flatMap((key) => {
      const { value } = ruleset.details(key, context, undefined);
      return value === undefined ? [] : [[key, value]];
    });
    for (let turn = 0; turn < 100; turn++) {
      if (turn === 60) ruleset.kill(['flag-0']);
      if (turn === 70) ruleset.override({ 'flag-0': 'y' });
      if (turn === 80) ruleset.kill([]);
      // Runs of one context, and all in turn.
      const context = contexts[turn < 40 ? turn >> 3 : turn % contexts.length];
      const values = ruleset.all(context);
      assert.equal(Object.getPrototypeOf(values), Object.prototype);
      // What is an index comes first in every object.
      const sorted = (/** @type {[string, unknown][]} */ entries) => [...entries.filter(([key]) => key === '7'), ...entries.filter(([key]) => key !== '7')];
      assert.deepEqual(Object.entries(values), sorted(/** @type {any} */ (expected(context))), `turn ${turn}`);
      // The caller may do what it likes to its own.
      for (const key of Object.keys(values)) {
        if (turn % 2) delete values[key];
        else Object.defineProperty(values, key, { value: 'changed', writable: true });
      }
      values.more = 1;
    }
  });
}
