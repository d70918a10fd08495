/** Shared by the tests: case files, built bytes, contexts that JSON cannot write. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { FALLBACKS, revive, settle } from './matrix/decide.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A ruleset that must go on answering whatever came before. */
export const GOOD = '{"format":1,"flags":{"good":{"variants":{"yes":"yes"},"serve":"yes"}}}';

/** The case files of a folder; none is a failure. @param {string} folder */
export function files(folder) {
  const names = readdirSync(join(root, 'tests', folder)).filter((name) => name.endsWith('.json')).sort();
  assert.ok(names.length > 50, `tests/${folder} has only ${names.length} files`);
  return names.map((name) => ({ name, text: readFileSync(join(root, 'tests', folder, name), 'utf8') }));
}

/** The bytes that a file's parts describe. @param {any[]} parts */
export function build(parts) {
  const chunks = parts.map((part) => {
    if (typeof part === 'string') return Buffer.from(part);
    if ('repeat' in part) return Buffer.from(part.repeat.repeat(part.times));
    if ('hex' in part) return Buffer.from(part.hex, 'hex');
    if ('join' in part) {
      const one = (/** @type {number} */ i) =>
        part.join.replaceAll('{i}', String(i)).replaceAll('{i-1}', String(i - 1)).replaceAll('{i+1}', String(i + 1));
      return Buffer.from(Array.from({ length: part.count }, (_, i) => one(i)).join(part.with ?? ''));
    }
    return part;
  });
  const cut = chunks.findIndex((chunk) => chunk.truncate === true);
  return Buffer.concat(cut === -1 ? chunks : chunks.slice(0, cut));
}

/** @param {any} value */
const plain = (value) => (value === undefined || typeof value === 'symbol' ? value : JSON.parse(JSON.stringify(value)));

const MISSING = Symbol('the fallback');

/** Compares one case in full. @param {any} ruleset @param {any} test @param {string} where */
export function compare(ruleset, test, where) {
  ruleset.kill(test.killed ?? []);
  const context = revive(test.context ?? {});
  const fallback = test.type === undefined ? null : FALLBACKS[/** @type {keyof typeof FALLBACKS} */ (test.type)];
  const bound = ruleset.context(context, { now: settle(test.now) });
  const { value, variant, reason, rule, ruleIndex, errorCode } = ruleset.details(test.flag, bound, fallback);
  const got = { value: variant === undefined ? MISSING : value, variant, reason, rule, ruleIndex, errorCode };
  const { value: wanted, ...rest } = test.expect;
  const expected = { value: wanted === undefined ? MISSING : wanted, ...rest };
  for (const name of /** @type {const} */ (['value', 'variant', 'reason', 'rule', 'ruleIndex', 'errorCode'])) {
    const want = expected[name] ?? undefined;
    // JSON writes -0 as 0.
    assert.deepEqual(plain(got[name]), plain(want), `${where}: ${name}`);
  }
  const explained = ruleset.explain(test.flag, bound);
  if (test.type === undefined) assert.equal(explained.reason, reason, `${where}: explain`);
  // A fresh context at the clock's instant takes the other way through the boundary: it must not throw.
  ruleset.details(test.flag, context, fallback);
  // Every value of a hundred thousand flags for each case would take minutes.
  if (ruleset.keys.length > 10_000) return;
  assert.deepEqual(Object.keys(ruleset.all(bound)).includes(test.flag), ruleset.details(test.flag, bound, null).variant !== undefined, `${where}: all`);
}

/** Diagnostics in the order of the document. @param {any} ruleset */
export function diagnostics(ruleset) {
  const list = [...ruleset.diagnostics].sort((a, b) => a.start - b.start);
  return list.map(({ code, flag, segment }) => ({ code, ...(flag === undefined ? {} : { flag }), ...(segment === undefined ? {} : { segment }) }));
}
