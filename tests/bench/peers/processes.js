/** What needs a process of its own: the first start, and memory. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapterOf } from './adapters/index.js';
import { middle, mixed } from './workload.js';

const program = fileURLToPath(new URL('child.mjs', import.meta.url));

/**
 * What the children print, by product and member, one a round; products take turns.
 * @param {'cold' | 'memory'} what @param {string[]} files @param {number} count of flags @param {number} rounds
 */
export async function processes(what, files, count, rounds) {
  const flags = mixed(count);
  const folder = mkdtempSync(join(tmpdir(), 'serin-bench-'));
  /** @type {Record<string, Record<string, number[]>>} */
  const found = {};
  try {
    const runs = await Promise.all(files.filter((file) => file !== 'floor').map(async (file) => {
      const { name, write } = await adapterOf(file);
      const path = join(folder, `${file}.json`);
      writeFileSync(path, write(flags));
      return { file, name, path };
    }));
    for (let round = 0; round < rounds; round++) {
      for (const { file, name, path } of round % 2 === 0 ? runs : runs.toReversed()) {
        const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, what, file, path, middle(flags, 'constant'), middle(flags, 'rules')], { encoding: 'utf8' });
        if (status !== 0) throw new Error(`${name}, ${what}: ${stderr.slice(-2000)}`);
        for (const [member, number] of Object.entries(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))) {
          ((found[name] ??= {})[member] ??= []).push(Number(number.toPrecision(5)));
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}
