/**
 * `npx serin` from the tarball against the native tool: the same standard output, standard error, exit code
 * and files, byte for byte.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { need, onPath } from './matrix/need.js';
import { packed } from './matrix/packed.js';
import { root } from './support.js';

const script = join(packed(), 'node_modules', 'serin', 'bin', 'serin.js');
const cargo = onPath(['cargo']);
const AT = ['--at', '2026-12-02T10:00:00Z'];
const NOW = ['--now', '2026-12-02T10:00:00Z'];
const WHO = ['--context', '{ "targetingKey": "u-14", "country": "NZ", "app": { "name": "ios", "version": "2.12.0" } }'];

/** @typedef {{ args: string[], stdin?: string, env?: Record<string, string> }} Line */

/** The native tool. @type {string | undefined} */
let native;
/** A host of rulesets. */
const server = createServer((request, response) => {
  const shop = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'));
  const answers = /** @type {Record<string, () => void>} */ ({
    '/shop.json': () => response.end(shop),
    '/moved.json': () => response.writeHead(302, { location: '/shop.json' }).end(),
    '/round.json': () => response.writeHead(302, { location: '/round.json' }).end(),
    '/empty.json': () => response.end(''),
    '/page.json': () => response.end('<!doctype html>'),
    '/secret.json': () => response.writeHead(403).end(),
    '/busy.json': () => response.writeHead(503).end(),
    '/odd.json': () => response.writeHead(499).end(),
    '/cut.json': () => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      setTimeout(() => response.destroy(), 50);
    },
  });
  (answers[request.url?.split('?')[0] ?? ''] ?? (() => response.writeHead(404).end()))();
});
let host = '';

before(async () => {
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  host = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  if (cargo === undefined) return;
  // As the golden files have it below: built once for both.
  const { status, stdout, stderr } = spawnSync(cargo, ['test', '--locked', '--test', 'cli', '--no-run', '--message-format', 'json'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, stderr);
  const messages = stdout.trim().split('\n').map((line) => JSON.parse(line));
  native = messages.find((message) => message.executable && message.target.name === 'serin').executable;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

/** @param {string} program @param {string[]} first @param {Line} line @param {string} cwd */
async function run(program, first, { args, stdin = '', env = {} }, cwd) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|NODE_.*)$/.test(name)));
  const child = spawn(program, [...first, ...args], { cwd, env: { ...clean, NO_PROXY: '*', no_proxy: '*', ...env } });
  /** @type {Buffer[][]} */
  const texts = [[], []];
  [child.stdout, child.stderr].forEach((stream, at) => stream.on('data', (part) => texts[at].push(part)));
  // A run that refuses its arguments never reads.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const code = await new Promise((ended) => child.once('close', (code, signal) => ended(code ?? signal)));
  clearTimeout(late);
  const [out, err] = texts.map((parts) => Buffer.concat(parts).toString('latin1'));
  return { out, err, code };
}

/** What a folder has: names, rights, texts. @param {string} folder @returns {string[]} */
function listed(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes('/.git/'))
    .map((file) => `${file.slice(folder.length)} ${statSync(file).mode.toString(8)} ${readFileSync(file, 'latin1')}`)
    .sort();
}

/**
 * Runs a line with both, each in a copy of the same folder and both under the same name.
 * @param {Line} line @param {(folder: string) => void} [prepare]
 */
async function same(line, prepare = () => {}) {
  const home = mkdtempSync(join(tmpdir(), 'serin-npx-'));
  const runs = [];
  try {
    for (const [program, ...first] of [[/** @type {string} */ (native)], [process.execPath, script]]) {
      const folder = join(home, 'work');
      mkdirSync(folder);
      prepare(folder);
      const ran = await run(program, first, line, folder);
      runs.push({ ...ran, files: listed(folder) });
      rmSync(folder, { recursive: true, force: true });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const [wanted, found] = runs;
  assert.deepEqual(found, wanted, line.args.join(' '));
  return wanted;
}

/** The example, and files of the tests. @param {string} folder */
function shop(folder) {
  cpSync(join(root, 'examples', 'shop'), join(folder, 'shop'), { recursive: true });
  for (const name of ['mistakes.json', 'warnings.json', 'edits.json']) cpSync(join(root, 'tests', 'cli', name), join(folder, name));
  cpSync(join(root, 'tests', 'cli', 'folder'), join(folder, 'faults'), { recursive: true });
  writeFileSync(join(folder, 'app.js'), "client.boolean('checkout-v2', false);\nclient.boolean('chekout-v2', false);\n");
  writeFileSync(join(folder, 'people.jsonl'), '{"targetingKey":"a"}\n{"targetingKey":"b"}\n');
  writeFileSync(join(folder, 'rights.json'), '{"format":1,"flags":{"a":{"variants":{"on":true},"serve":"on"}}}\n', { mode: 0o640 });
  symlinkSync('edits.json', join(folder, 'link.json'));
}

const text = () => readFileSync(join(root, 'examples', 'shop', 'ruleset.json'), 'utf8');
const FILE = 'shop/ruleset.json';

/** @type {() => Record<string, Line[]>} */
const groups = () => ({
  'reading': [
    { args: ['--help'] }, { args: ['--version'] }, { args: ['diff', '--help'] }, { args: [] }, { args: ['evil'] }, { args: ['check'] },
    { args: ['check', FILE] }, { args: ['check', './shop/../shop/ruleset.json'] }, { args: ['check', join(root, 'examples/shop/ruleset.json')] },
    { args: ['check', 'mistakes.json'] }, { args: ['check', 'mistakes.json', '--format', 'json'] }, { args: ['check', 'warnings.json'] },
    { args: ['check', 'faults'] }, { args: ['check', 'shop', '--env', 'production'] }, { args: ['check', 'shop'] },
    { args: ['check', 'nowhere.json'] }, { args: ['check', 'shop/flags/theme.json'] }, { args: ['check', 'shop/flags'] },
    { args: ['check', 'mistakes.json'], env: { CLICOLOR_FORCE: '1' } }, { args: ['check', 'mistakes.json'], env: { NO_COLOR: '1' } },
    { args: ['eval', FILE, ...WHO, ...NOW] }, { args: ['eval', FILE, ...WHO, ...NOW, '--format', 'json'] }, { args: ['eval', FILE, '--context', '{'] },
    { args: ['explain', FILE, 'checkout-v2', ...WHO, ...NOW] }, { args: ['explain', FILE, 'chekout', ...WHO, ...NOW] },
    { args: ['types', 'shop', '-o', '-', ...NOW] }, { args: ['refs', 'app.js', '--ruleset', FILE, ...NOW] }, { args: ['refs', '.', '--ruleset', 'shop', '--format', 'json', ...NOW] },
  ],
  'standard input': [
    { args: ['check', '-'], stdin: text() }, { args: ['check', '-'], stdin: '' }, { args: ['check', '-'], stdin: '{"format":1,\xff' },
    { args: ['eval', '-', ...WHO, ...NOW], stdin: text() }, { args: ['diff', FILE, '-', ...AT], stdin: text().replace('"percent": 20', '"percent": 35') },
    { args: ['kill', '-', 'theme', ...AT], stdin: text() }, { args: ['check', '-'], stdin: ' '.repeat((16 << 20) + 10) },
    { args: ['diff', '-', `${host}/shop.json`, ...AT], stdin: text() },
  ],
  'addresses': [
    ...['shop', 'moved', 'round', 'empty', 'page', 'secret', 'busy', 'odd', 'none', 'cut'].map((name) => ({ args: ['check', `${host}/${name}.json?token=secret`] })),
    { args: ['check', 'http://127.0.0.1:1/'] }, { args: ['check', 'http://serin.invalid/'] }, { args: ['check', 'http://'] }, { args: ['check', 'HTTP://[/'] },
    { args: ['diff', `${host}/shop.json`, FILE, ...AT] }, { args: ['eval', `${host}/shop.json`, ...WHO, ...NOW, '--flag', 'theme'] },
  ],
  'writing': [
    { args: ['build', 'shop', '--revision', '7', '--env', 'production', '-o', 'out.json'] }, { args: ['build', 'shop', '--revision', '7', '--env', 'staging', '-o', '-'] },
    { args: ['build', 'shop', '--revision', '7', '--env', 'production', '-o', 'no/where.json'] }, { args: ['build', 'shop', '--revision', '7', '--env', 'production', '-o', 'shop'] },
    { args: ['build', 'shop', '--revision', '7', '--env', 'production', '--for', 'client', '-o', FILE] },
    { args: ['types', 'shop', '-o', 'flags.d.ts', ...NOW] }, { args: ['promote', 'shop', 'checkout-v2', 'staging', 'production', ...AT] },
    { args: ['promote', 'shop', 'loyalty-points', 'staging', 'production', '--format', 'json', ...AT] },
    { args: ['kill', 'link.json', 'payments', ...AT] }, { args: ['kill', 'rights.json', 'a', ...AT, '--format', 'json'] },
    { args: ['ramp', 'edits.json', 'invoice-payment', 'on', '35.5%', '--from', 'off', ...AT] },
    { args: ['rename', 'shop', 'payments-v3', 'payments/4', ...AT] }, { args: ['remove', 'shop', 'meal-planner', ...AT] },
    { args: ['kill', 'shop', 'theme', '--env', 'production', ...AT, '--dry-run'] }, { args: ['remove', 'shop', 'payments'] },
  ],
});

const CARGO = 'install Rust with rustup (https://rustup.rs)';

for (const name of ['reading', 'standard input', 'addresses', 'writing']) {
  test(`the same as the native tool: ${name}`, async (t) => {
    if (!need(t, native, 'the native tool', CARGO)) return;
    const lines = groups()[name];
    assert.ok(lines.length > 7);
    const codes = new Set();
    for (const line of lines) codes.add((await same(line, shop)).code);
    assert.ok(codes.has(0) && codes.size > 1, 'good ends and bad ones');
  });
}

test('the same as the native tool: git', async (t) => {
  if (!need(t, native, 'the native tool', CARGO) || !need(t, onPath(['git']), 'git', 'install git')) return;
  /** @param {string} folder */
  const repository = (folder) => {
    shop(folder);
    for (const args of [['init', '-q', '-b', 'main'], ['add', '.'], ['-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'a']]) {
      assert.equal(spawnSync('git', args, { cwd: folder }).status, 0);
    }
    writeFileSync(join(folder, FILE), text().replace('"percent": 20', '"percent": 35'));
  };
  for (const format of ['text', 'json', 'markdown']) {
    for (const args of [[`main:${FILE}`, FILE], [FILE, `main:${FILE}`], [`nowhere:${FILE}`, FILE], ['main:none.json', FILE]]) {
      const line = { args: ['diff', ...args, ...AT, '--format', format], env: { GIT_CEILING_DIRECTORIES: tmpdir() } };
      const wanted = await same(line, repository);
      assert.equal(wanted.code, args.some((name) => /nowhere|none/.test(name)) ? 3 : 0, wanted.err);
    }
  }
  // Without git.
  await same({ args: ['diff', `main:${FILE}`, FILE, ...AT], env: { PATH: '' } }, shop);
});

test('the golden files of the native tool', { timeout: 3_600_000 }, async (t) => {
  if (!need(t, cargo, 'cargo', CARGO)) return;
  // The conformance files ask the evaluator two thousand things, which the module for pages is asked too.
  const args = ['test', '--locked', '--test', 'cli', '--', '--skip', 'conformance'];
  const child = spawn(cargo, args, { cwd: root, env: { ...process.env, SERIN_SCRIPT: script, SERIN_BLESS: undefined }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (out += part));
  const code = await new Promise((ended) => child.once('close', ended));
  assert.equal(code, 0, out.slice(-5000));
  assert.match(out, /test result: ok\. (?:[4-9]\d|\d{3}) passed/);
});

test('nobody hears of what is experimental in Node, nor finds folders of ours', async () => {
  const home = mkdtempSync(join(tmpdir(), 'serin-npx-'));
  try {
    const line = { args: ['check', '-'], stdin: text(), env: { TMPDIR: home } };
    const { out, err, code } = await run(process.execPath, [script], line, root);
    assert.deepEqual([code, err, readdirSync(home)], [0, '', []]);
    assert.match(out, /^<stdin>: no errors/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test('a signal ends it while it waits for standard input, and the folder goes', async () => {
  const home = mkdtempSync(join(tmpdir(), 'serin-npx-'));
  try {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      const child = spawn(process.execPath, [script, 'check', '-'], { env: { ...process.env, TMPDIR: home }, stdio: ['pipe', 'ignore', 'inherit'] });
      const asked = () => readdirSync(home, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.question'));
      while (!asked()) await new Promise((later) => setTimeout(later, 20));
      // From the question to the read is a moment.
      await new Promise((later) => setTimeout(later, 500));
      const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
      child.kill(signal);
      assert.equal(await new Promise((ended) => child.once('close', (_, by) => ended(by))), signal);
      clearTimeout(late);
      assert.deepEqual(readdirSync(home), []);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test('memory pressure in the midst of a call of the system is no crash, run after run', async () => {
  const home = mkdtempSync(join(tmpdir(), 'serin-npx-'));
  try {
    for (const size of [12, 14, 16].map((size) => size << 20)) {
      const file = join(home, 'large.json');
      writeFileSync(file, ' '.repeat(size + 10));
      for (const line of [{ args: ['check', file] }, { args: ['check', '-'], stdin: ' '.repeat(size + 10) }, { args: ['diff', file, file] }]) {
        const { out, err, code } = await run(process.execPath, [script], line, root);
        assert.ok(code === 1 || code === 3, `${code}: ${err}`);
        assert.match(out + err, /error\[/);
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test('the library never loads the tool', () => {
  for (const name of readdirSync(join(root, 'pkg'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js') || /^(bin|build|test|wasm)\b/.test(name)) continue;
    assert.ok(!/cli\.wasm|\bbin\//.test(readFileSync(join(root, 'pkg', name), 'utf8')), name);
  }
});
