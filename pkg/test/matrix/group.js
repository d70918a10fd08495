/** Programs that start others: each in a process group of its own, which ends whole. */
import { spawn } from 'node:child_process';

/**
 * Starts a program, which ends with all that it started when it is closed, or this process ends.
 * @param {string} program @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stdout?: boolean }} options stdout: what it writes there is kept too
 */
export function started(program, args, { cwd, env, stdout = false }) {
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', stdout ? 'pipe' : 'ignore', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-8000)));
  const ended = new Promise((done) => child.once('close', done).once('error', done));
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', end);
  return {
    /** Whether it has ended by itself. */
    ended: () => child.exitCode !== null,
    /** The last of what it wrote. */
    said: () => said,
    close: async () => {
      end();
      await ended;
      process.removeListener('exit', end);
    },
  };
}
