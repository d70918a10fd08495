/** Memory does not grow with use. A smaller version of `tests/bench/memory.mjs`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEdge, load } from 'serin';
import { grown, work } from './memory.js';

/** The heap's own noise (code that is compiled and dropped again) is half of it; two words left of each context are as much. */
const MOST = 512 * 1024;

test('evaluations, contexts and reloads leave nothing behind', { timeout: 120_000 }, async (t) => {
  const phases = await work({ load, createEdge }, { evaluations: 500_000, contexts: 40_000, reloads: 100, tenths: 5 });
  for (const [phase, rows] of Object.entries(phases)) {
    const { heap, buffers, wasm, instances } = grown(rows);
    t.diagnostic(`${phase}: heap ${heap}, buffers ${buffers}, wasm ${wasm} bytes, ${instances} instances more than after the warm-up`);
    assert.ok(heap < MOST, `${phase}: the heap grew by ${heap} bytes`);
    assert.ok(buffers < MOST, `${phase}: buffers grew by ${buffers} bytes`);
    assert.ok(wasm <= 0, `${phase}: the module's memory grew by ${wasm} bytes`);
    assert.ok(instances <= 0, `${phase}: ${instances} instances are left`);
  }
});
