/** Runs a program to its end. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

/**
 * What it prints, which is JSON; fails unless it ends well and in time.
 * @param {string} program @param {string[]} args @param {string} cwd
 */
export async function run(program, args, cwd) {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' } });
  const texts = ['', ''];
  [child.stdout, child.stderr].forEach((stream, at) => stream.setEncoding('utf8').on('data', (text) => (texts[at] += text)));
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const [code, signal] = await new Promise((ended) => child.once('close', (...how) => ended(how)).once('error', (error) => ended([error.message])));
  clearTimeout(late);
  assert.equal(code, 0, `${program} ${args.join(' ')} ended with ${signal ?? code}: ${texts[1].slice(-3000)}`);
  return JSON.parse(texts[0]);
}
