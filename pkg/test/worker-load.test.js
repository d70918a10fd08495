/** A Worker in workerd under load, whose origin does everything that an origin can do wrong, and whose visitors leave early. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILURES, MODES } from './host.js';
import { host } from './matrix/host.js';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { programs } from './matrix/server.js';
import { workerd } from './matrix/workers.js';
import { GOOD } from './support.js';

const VISITORS = 20;
const TIMEOUT = 200;
/** What a request may take on a busy machine beyond the time-out; a request that hangs takes longer than any. */
const SLACK = 10_000;
/** These take the ten seconds that a host has; they recover after this test. */
const HANGING = ['hanging', 'stalled', 'endless'];
const found = inPackages(['miniflare/package.json']);
const document = (/** @type {number} */ revision) => GOOD.replace('{', `{"revision":${revision},`);

/** @type {(() => unknown)[]} */
const ends = [];
after(async () => {
  for (const end of ends) await end();
});

test('a Worker under load keeps answering, whatever its origins do', { timeout: 120_000 }, async (t) => {
  if (!need(t, found, 'workerd', NPM_CI)) return;
  let well = false;
  /** How often an origin was asked until it was well again, by what it does wrong. @type {Map<string, number>} */
  const asked = new Map();
  // Each has one good answer, then goes wrong in its way, and in the end is well again. The last was never well.
  const origins = [...FAILURES, 'hanging from the first'];
  const { origin, close } = await host((request, response) => {
    const mode = decodeURIComponent(String(request.url).slice(1));
    const times = asked.get(mode) ?? 0;
    if (!well) asked.set(mode, times + 1);
    MODES[well || (times === 0 && mode in MODES) ? 'good' : mode in MODES ? mode : 'hanging'](response, document(well ? 2 : 1), request);
  });
  ends.push(close);
  const worker = await workerd(programs('load'), 'worker.js');
  ends.push(() => worker.dispose());
  const base = await worker.ready;

  const seen = { good: 0, fallback: 0, left: 0, slowest: 0 };
  /** Origins that have answered once, and those that are seen to be well again. @type {Set<string>[]} */
  const [ready, recovered] = [new Set(), new Set()];
  let going = true;
  const visit = async (/** @type {string} */ mode, /** @type {boolean} */ leaves) => {
    const began = performance.now();
    const hadAnswered = ready.has(mode);
    const signal = AbortSignal.timeout(leaves ? 5 : TIMEOUT + SLACK);
    try {
      const response = await fetch(new URL(`/at?url=${encodeURIComponent(`${origin}/${mode}`)}&maxAge=20&maxStale=20&timeout=${TIMEOUT}`, base), { signal });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      const { revision, good, errorCode } = JSON.parse(text);
      seen.slowest = Math.max(seen.slowest, performance.now() - began);
      if (good === 'yes') {
        seen.good++;
        ready.add(mode);
        if (revision === 2) recovered.add(mode);
      } else {
        assert.equal(errorCode, 'PROVIDER_NOT_READY');
        assert.equal(hadAnswered, false, `${mode}: no fallback after the first answer`);
        seen.fallback++;
      }
    } catch (error) {
      if (!leaves || !signal.aborted) throw error;
      seen.left++;
    }
  };
  const all = Promise.all(Array.from({ length: VISITORS }, async (_, visitor) => {
    for (let turn = visitor; going; turn++) await visit(origins[turn % origins.length], visitor % 4 === 0 && turn % 2 === 0);
  })).finally(() => (going = false));
  // Whoever fails is heard below.
  all.catch(() => {});
  try {
    while (going && !FAILURES.every((mode) => Number(asked.get(mode)) >= 2)) await sleep(20);
    await sleep(2_000);
    well = true;
    const able = FAILURES.filter((mode) => !HANGING.includes(mode));
    while (going && !able.every((mode) => recovered.has(mode))) await sleep(20);
  } finally {
    going = false;
  }
  await all;
  const total = [...asked.values()].reduce((sum, times) => sum + times, 0);
  t.diagnostic(`${seen.good} answers, ${seen.fallback} fallbacks, ${seen.left} who left, the slowest ${seen.slowest.toFixed(0)} ms; the origins were asked ${total} times`);
  assert.ok(FAILURES.every((mode) => ready.has(mode)) && seen.fallback > 0);
  assert.ok(seen.good > 50 && seen.left > 5, 'it was load');
  assert.ok(seen.slowest < TIMEOUT + SLACK);
  // A 304 confirms what is there, and a loop is many requests in one. Of the others, a pause follows each failure.
  const spared = FAILURES.filter((mode) => mode !== '304' && mode !== 'loop').map((mode) => [mode, asked.get(mode)]);
  assert.deepEqual(spared.filter(([, times]) => Number(times) > 8), [], 'the origins are spared');
});
