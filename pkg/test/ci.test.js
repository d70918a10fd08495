/**
 * The files in `examples/ci`, played: their steps run as a runner would run them, one after the other, in a
 * git repository of the example shop with a change, and the package comes from its tarball. What is not
 * here are the services: `npm ci` finds the packages installed, `gh` and `curl` write down what they get.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'node:test';
import { inPackages, need, NPM_CI, onPath } from './matrix/need.js';
import { packed } from './matrix/packed.js';
import { root } from './support.js';

const bun = inPackages(['linux-x64', 'linux-aarch64', 'linux-x64-musl', 'darwin-aarch64', 'darwin-x64'].map((name) => `@oven/bun-${name}/bin/bun`));
const NOTE = 'https://gitlab.example/api/v4/projects/7/merge_requests/3/notes';

/** @param {string} name @returns {any} */
const yaml = (name) =>
  JSON.parse(execFileSync(/** @type {string} */ (bun), ['-e', 'console.log(JSON.stringify(Bun.YAML.parse(await Bun.file(process.argv[1]).text())))', join(root, 'examples', 'ci', name)], { encoding: 'utf8' }));

/** @typedef {{ run: string, env: Record<string, string> }} Step */

/** The steps of a file; `${{ }}` from what the service knows. @type {Record<string, (base: string) => Step[]>} */
const plays = {
  'github.yml': (base) => {
    const { env, on, jobs } = yaml('github.yml');
    assert.equal(on, 'pull_request');
    /** @type {Record<string, string>} */
    const known = { 'github.event.pull_request.base.sha': base, 'github.token': 'token', 'github.event.pull_request.html_url': 'https://github.example/o/r/pull/3' };
    const filled = (/** @type {Record<string, string>} */ values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replace(/\$\{\{ (\S+) \}\}/, (_, of) => known[of] ?? assert.fail(of))]));
    /** @type {any[]} */
    const steps = jobs.flags.steps;
    for (const step of steps) assert.ok((step.run === undefined) !== (step.uses === undefined));
    assert.ok(steps.every(({ run = '' }) => !run.includes('${{')), 'what others wrote is no part of a script');
    return steps.filter(({ run }) => run).map(({ run, env: own = {} }) => ({ run, env: { ...env, ...filled(own) } }));
  },
  'gitlab.yml': (base) => {
    const { flags } = yaml('gitlab.yml');
    const env = {
      ...flags.variables, SERIN_TOKEN: 'token', CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_API_V4_URL: 'https://gitlab.example/api/v4', CI_PROJECT_ID: '7', CI_MERGE_REQUEST_IID: '3',
    };
    return flags.script.map((/** @type {string} */ run) => ({ run, env }));
  },
};

/** A repository whose branch `main` has the shop, with the package beside it. @param {string} home */
function repository(home) {
  const folder = join(home, 'project');
  const bin = join(home, 'bin');
  mkdirSync(join(folder, 'src'), { recursive: true });
  mkdirSync(bin);
  cpSync(join(root, 'examples', 'shop'), join(folder, 'shop'), { recursive: true });
  symlinkSync(join(packed(), 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, '.gitignore'), 'node_modules\nimpact.md\n');
  writeFileSync(join(folder, 'src', 'app.js'), "export const on = (client) => client.boolean('checkout-v2', false);\n");
  execFileSync(process.execPath, [join(folder, 'node_modules', 'serin', 'bin', 'serin.js'), 'types', 'shop', '-o', 'src/flags.d.ts'], { cwd: folder });
  const said = "printf '%s\\n' \"$@\" > \"$SAID\"\ncat impact.md >> \"$SAID\"\n";
  for (const [name, text] of [['gh', said], ['curl', said], ['npm', '[ "$*" = ci ]\n']]) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}`, { mode: 0o755 });
  }
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd: folder, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'the shop');
  const base = git('rev-parse', 'HEAD');
  git('switch', '-qc', 'change');
  return { folder, bin, base, serin: join(folder, 'node_modules', 'serin', 'bin', 'serin.js') };
}

/**
 * Runs the steps until one fails.
 * @param {string} file @param {(folder: string, serin: (...args: string[]) => void) => void} change
 */
async function play(file, change) {
  const home = mkdtempSync(join(tmpdir(), 'serin-ci-'));
  try {
    const { folder, bin, base, serin } = repository(home);
    change(folder, (...args) => execFileSync(process.execPath, [serin, ...args], { cwd: folder }));
    const said = join(home, 'said');
    const summary = join(home, 'summary');
    for (const [at, { run, env }] of plays[file](base).entries()) {
      const child = spawn('bash', ['-eo', 'pipefail', '-c', run], {
        cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env, PATH: `${bin}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}`, SAID: said, GITHUB_STEP_SUMMARY: summary, NO_COLOR: '1' },
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (out += text));
      const code = await new Promise((ended) => child.once('close', ended));
      if (code !== 0) return { failed: at, code, out };
    }
    return { said: readFileSync(said, 'utf8'), summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

for (const file of Object.keys(plays)) {
  const all = async (/** @type {import('node:test').TestContext} */ t) =>
    need(t, bun, 'Bun, which reads YAML', NPM_CI) && need(t, onPath(['bash']), 'bash', 'install it') && need(t, onPath(['git']), 'git', 'install it');

  test(`${file}: a good change is told`, { timeout: 600_000 }, async (t) => {
    if (!(await all(t))) return;
    const { failed, out, said, summary } = await play(file, (_, serin) => {
      serin('ramp', 'shop', 'invoice-payment', 'on', '35', '--from', 'off', '--env', 'production');
      serin('build', 'shop', '--env', 'production', '-o', 'shop/ruleset.json');
    });
    assert.equal(failed, undefined, out);
    assert.match(said ?? '', /^### What `shop\/ruleset\.json` changes against `[0-9a-f]{40}:shop\/ruleset\.json`$/m);
    assert.match(said ?? '', /\*\*1 flag decides otherwise\.\*\*/);
    assert.match(said ?? '', /invoice-payment/);
    if (file === 'gitlab.yml') return assert.ok(said?.includes(`body@impact.md\n${NOTE}\n`), said);
    assert.ok(said?.startsWith('pr\ncomment\nhttps://github.example/o/r/pull/3\n--edit-last\n--create-if-none\n--body-file\nimpact.md\n'), said);
    assert.match(summary ?? '', /invoice-payment/);
  });

  test(`${file}: a bad change ends at its step`, { timeout: 600_000 }, async (t) => {
    if (!(await all(t))) return;
    /** @type {[number, RegExp, (folder: string, serin: (...args: string[]) => void) => void][]} */
    const bad = [
      [1, /unknown-variant/, (folder) => writeFileSync(join(folder, 'shop', 'env', 'production', 'theme.json'), '{ "serve": "drak" }\n')],
      [2, /ruleset\.json/, (_, serin) => serin('kill', 'shop', 'theme', '--env', 'production')],
      [3, /flags\.d\.ts/, (folder, serin) => {
        serin('rename', 'shop', 'wine', 'wines');
        serin('build', 'shop', '--env', 'production', '-o', 'shop/ruleset.json');
      }],
      [4, /chekout-v2/, (folder) => writeFileSync(join(folder, 'src', 'app.js'), "client.boolean('chekout-v2', false);\n")],
    ];
    for (const [step, words, change] of bad) {
      const { failed, code, out } = await play(file, change);
      assert.deepEqual([failed, code], [step, 1], out);
      assert.match(out ?? '', words);
    }
  });
}
