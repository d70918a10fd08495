/** What the conformance files expect, held against what some environment decided. */
import assert from 'node:assert/strict';
import { files as read } from '../support.js';

export const files = read('conformance');

/** Fails unless every file was decided as it expects. @param {any} got what `decide` gave, perhaps as JSON since */
export function decided(got) {
  assert.deepEqual(got?.map?.((/** @type {any} */ file) => file.name), files.map(({ name }) => name), 'every file, in order');
  let cases = 0;
  for (const [at, { name, text }] of files.entries()) {
    const file = JSON.parse(text);
    assert.deepEqual(plain(got[at].diagnostics), file.diagnostics ?? [], name);
    assert.equal(got[at].cases.length, file.cases.length, name);
    for (const [index, { all, ...one }] of got[at].cases.entries()) {
      const { flag, expect } = file.cases[index];
      assert.deepEqual(plain(one), withoutNulls(expect), `${name}: case ${index}`);
      if ('value' in one) assert.deepEqual(JSON.parse(all)[flag], one.value, `${name}: case ${index}: all`);
      cases++;
    }
  }
  assert.ok(cases > 1500, `${cases} cases`);
}

/** As JSON has it: without what is undefined, and -0 as 0. @param {unknown} value */
const plain = (value) => JSON.parse(JSON.stringify(value));

/** Null says that a member is absent. @param {object} expect */
const withoutNulls = (expect) => Object.fromEntries(Object.entries(plain(expect)).filter(([, value]) => value !== null));
