/**
 * `node tests/bench/node.mjs`: what the package costs in Node, on the rulesets of the native benches.
 * Medians of many rounds; nanoseconds unless said otherwise. Run `npm run build` first.
 */
import { load } from '../../pkg/entry/node.js';

const countries = ['US', 'CA', 'MX', 'BR', 'AR', 'CL', 'CO', 'PE', 'UY', 'PY'];
const is = (/** @type {string} */ attribute, /** @type {string} */ op, /** @type {unknown} */ value) => ({ attribute, op, value });
const rules = [
  { if: is('country', 'in', countries), serve: 'r1' },
  { if: is('email', 'endsWith', '@corp.example'), serve: 'r2' },
  { if: is('age', 'lt', 18), serve: 'r3' },
  { if: { all: [is('appVersion', 'version', '<2.0.0'), is('device', 'eq', 'android')] }, serve: 'r4' },
  { if: { all: [is('plan', 'eq', 'pro'), is('appVersion', 'version', '>=2.10.0'), is('country', 'in', ['DE', 'FR', 'IT', 'ES', 'NL'])] }, serve: 'r5' },
];
const kinds = [
  () => ({ variants: { on: true, off: false }, serve: 'on' }),
  () => ({ variants: { off: 'off', r1: 'r1', r2: 'r2', r3: 'r3', r4: 'r4', r5: 'r5' }, rules, serve: 'off' }),
  (/** @type {number} */ at) => ({ variants: { on: 'on', off: 'off' }, salt: `salt-${at}`, serve: { rollout: { shares: [{ variant: 'on', percent: 10 }, { variant: 'off', percent: 90 }] } } }),
];
const names = ['simple', 'targeting', 'rollout'];
const key = (/** @type {number} */ at) => `${names[at % 3]}-flag-${String(at).padStart(5, '0')}`;
const text = (/** @type {number} */ count) =>
  JSON.stringify({ format: 1, flags: Object.fromEntries(Array.from({ length: count }, (_, at) => [key(at), kinds[at % 3](at)])) });
const context = (/** @type {number} */ at) => ({
  targetingKey: `user-${((at * 2654435761) >>> 0).toString(36)}-${at}`, email: `u${at}@example.com`, country: 'DE', plan: 'pro', age: 34, appVersion: '2.13.4', device: 'ios', logins: 120,
});

/** @param {() => void} action @param {number} times */
function time(action, times) {
  for (let at = 0; at < times; at++) action();
  const rounds = Array.from({ length: 15 }, () => {
    const start = process.hrtime.bigint();
    for (let at = 0; at < times; at++) action();
    return Number(process.hrtime.bigint() - start) / times;
  });
  return rounds.sort((a, b) => a - b)[7];
}

const ruleset = await load(text(100));
const contexts = Array.from({ length: 4096 }, (_, at) => context(at));
const [key50, key51, key52] = [50, 51, 52].map(key);
let turn = 0;
const fresh = () => contexts[turn++ & 4095];
if (ruleset.string(key(52), fresh(), '') !== 'r5' || ruleset.boolean(key(51), fresh(), false) !== true) throw new Error('wrong answers');
const bound = ruleset.context(contexts[1], { now: 0 });
/** @type {[string, number][]} */
const rows = [
  ['simple flag, new context a call', time(() => ruleset.boolean(key51, fresh(), false), 200_000)],
  ['five rules, two versions, new context', time(() => ruleset.string(key52, fresh(), ''), 50_000)],
  ['10 % rollout, new key a call', time(() => ruleset.string(key50, fresh(), ''), 100_000)],
  ['all of 100 flags, new context', time(() => ruleset.all(fresh()), 2_000)],
  ['simple flag, one context kept', time(() => ruleset.boolean(key51, bound, false), 200_000)],
  ['five rules, two versions, context kept', time(() => ruleset.string(key52, bound, ''), 200_000)],
  ['10 % rollout, context kept', time(() => ruleset.string(key50, bound, ''), 200_000)],
  ['all of 100 flags, context kept', time(() => ruleset.all(bound), 2_000)],
];
for (const [what, nanoseconds] of rows) console.log(`${what.padEnd(40)} ${nanoseconds.toFixed(0).padStart(9)} ns`);
for (const count of [100, 1_000, 10_000]) {
  const source = text(count);
  const times = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    (await load(source)).boolean(key51, null, false);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  console.log(`${`${count} flags, text to ready (${(source.length / 1024).toFixed(0)} KiB)`.padEnd(40)} ${times[4].toFixed(2).padStart(9)} ms`);
}
