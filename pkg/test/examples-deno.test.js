/** The example for Deno, its files as they are, with the package from a registry as its readers have it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { host } from './matrix/host.js';
import { inPackages, need, NPM_CI } from './matrix/need.js';
import { registry } from './matrix/registry.js';
import { root } from './support.js';

const deno = inPackages(['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-arm64', 'darwin-x64'].map((name) => `@deno/${name}/deno`));

test('examples/deno answers each visitor', { timeout: 180_000 }, async (t) => {
  if (!need(t, deno, 'Deno', NPM_CI)) return;
  const folder = mkdtempSync(join(tmpdir(), 'serin-deno-'));
  const ruleset = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'));
  const flags = await host((_, response) => response.writeHead(200).end(ruleset));
  const packages = await registry();
  cpSync(join(root, 'examples', 'deno'), folder, { recursive: true });
  const child = spawn(deno, ['task', 'start'], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
    env: { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(folder, 'cache'), NPM_CONFIG_REGISTRY: packages.origin, RULESET: `${flags.origin}/ruleset.json`, PORT: '0' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const ended = new Promise((done) => child.once('close', done).once('error', done));
  try {
    let at;
    for (const late = Date.now() + 120_000; !(at = /Listening on http:\/\/\S+?:(\d+)/.exec(said)); await sleep(50)) {
      assert.ok(child.exitCode === null && Date.now() < late, said);
    }
    const ask = async (/** @type {string} */ query) => (await fetch(`http://127.0.0.1:${at[1]}/?${query}`, { signal: AbortSignal.timeout(60_000) })).json();
    // The first answer may come before the ruleset, on a busy machine.
    for (const late = Date.now() + 30_000; !(await ask('plan=family')).familySharing; await sleep(50)) assert.ok(Date.now() < late, said);
    const basket = { standard: { lines: 80, perLine: 12, slotsAhead: 3 }, plus: { lines: 120, perLine: 24, slotsAhead: 7 } };
    assert.deepEqual(pick(await ask('user=u-1&country=NZ&plan=free')), { familySharing: false, basket: basket.standard });
    assert.deepEqual(pick(await ask('user=u-1&country=NZ&plan=family')), { familySharing: true, basket: basket.plus });
    assert.equal(said.includes('flags: '), false, said);
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
    packages.close();
    flags.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

/** Without the banner, which comes and goes with the dates. @param {any} answer */
function pick({ banner, ...rest }) {
  assert.equal(typeof banner, 'string');
  return rest;
}
