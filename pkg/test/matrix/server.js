/** The tests of one server runtime: the package as installed, and as a bundle that left the package behind. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { GOOD, root } from '../support.js';
import { decided } from './expect.js';
import { host } from './host.js';
import { project } from './packed.js';
import { run } from './run.js';

/** A project with the programs in it. @param {string} name */
export function programs(name) {
  const folder = project(name);
  cpSync(join(root, 'pkg', 'test', 'matrix', 'programs'), folder, { recursive: true });
  return folder;
}

/** All decisions of a run of `programs/server.js`. @param {any} got */
function allDecided({ refused, message, client, edge, ...decisions }) {
  assert.deepEqual(Object.keys(decisions), ['main', 'worker', 'inline', 'slim']);
  for (const each of Object.values(decisions)) decided(each);
  assert.equal(refused, true, 'RulesetError is one class, whichever entry it comes from');
  assert.match(message, /format/);
  assert.deepEqual(client, ['network', 'yes', 'yes']);
  assert.equal(edge, 'yes');
}

/** @param {string} folder @param {string} program @param {string[]} args before the program */
export async function installed(folder, program, args = []) {
  const { origin, close } = await host((_, response) => response.writeHead(200).end(GOOD));
  try {
    allDecided(await run(program, [...args, 'server.js', '.', `${origin}/ruleset.json`], folder));
  } finally {
    close();
  }
}

/**
 * Bundled, moved away, and run where no package is: no file of the package is beside it.
 * @param {string} folder @param {string[]} conditions @param {string} program @param {string[]} args
 */
export async function bundled(folder, conditions, program, args = []) {
  const away = join(folder, 'away', 'dist');
  mkdirSync(away, { recursive: true });
  await build({
    entryPoints: [join(folder, 'alone.js')], outfile: join(away, 'bundle.mjs'), bundle: true, format: 'esm', platform: 'node', target: 'es2022', minify: true,
    conditions, logLevel: 'error',
  });
  assert.equal(await run(program, [...args, 'bundle.mjs'], away), 'yes');
  rmSync(away, { recursive: true });
}
