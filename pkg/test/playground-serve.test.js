/** The playground as `serin serve` serves it: it opens with a ruleset of the folder, and follows it as it is edited. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium, dist, ready, visit, withControl } from './playground.js';
import { root } from './support.js';

test('a ruleset made of sources is followed, and what is wrong with it is said', { timeout: 300_000 }, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const home = mkdtempSync(join(tmpdir(), 'serin-serve-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  for (const name of ['flags', 'segments', 'env']) cpSync(join(root, 'examples', 'shop', name), join(home, 'shop', name), { recursive: true });
  const child = spawn(process.execPath, [join(root, 'pkg', 'bin', 'serin.js'), 'serve', '--port', '0', '--playground', dist, '--', home], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  let greeting = '';
  for await (const part of child.stdout.setEncoding('utf8')) {
    greeting += part;
    if (greeting.includes('/.serin/events')) break;
  }
  const [address] = /** @type {RegExpExecArray} */ (/http:\S+\/playground\/\S*/.exec(greeting));
  assert.match(address, /#from=%2Fshop%2Fruleset\.json%3Fenv%3Ddevelopment$/);

  const { page, heard } = await visit(browser);
  await page.goto(address.replace('development', 'production'));
  await ready(page);
  const shown = (/** @type {string} */ text) => page.waitForFunction((/** @type {string} */ text) => document.body.innerText.includes(text), { polling: 200 }, text);
  await shown('express-pay');
  const file = join(home, 'shop', 'flags', 'express-pay.json');
  const before = readFileSync(file, 'utf8');
  // A flag that was not there.
  writeFileSync(join(home, 'shop', 'flags', 'brand-new.json'), before);
  await shown('brand-new');
  await shown('The ruleset has changed at its address');
  assert.deepEqual(heard, []);
  // A mistake in a file: the file is named, and what was there before goes on.
  writeFileSync(file, before.replace('"variants"', '"varants"'));
  await shown('express-pay.json, line ');
  await shown('what was there before stays');
  await shown('brand-new');
  // The browser itself says that a request has failed.
  assert.ok(heard.every((line) => /status of 422/.test(line)), heard.join('\n'));
  writeFileSync(file, before);
  rmSync(join(home, 'shop', 'flags', 'brand-new.json'));
  await page.waitForFunction(() => !document.body.innerText.includes('brand-new'), { polling: 200 });

  // What the visitor has written is nowhere else, and stays. Its layout is no edit.
  const button = (/** @type {string} */ name) => page.evaluate((/** @type {string} */ name) => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click(), name);
  const written = () => page.evaluate(() => document.querySelector('.document .editor')?.shadowRoot?.querySelector('.cm-content')?.textContent);
  await button('Format');
  writeFileSync(join(home, 'shop', 'flags', 'brand-new.json'), before);
  await shown('brand-new');
  const editor = await page.$('.document >>> .cm-content');
  await editor.focus();
  await withControl(page, 'Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('"x-mine": "own words", ');
  rmSync(join(home, 'shop', 'flags', 'brand-new.json'));
  await shown('Your edits stay');
  assert.match(String(await written()), /own words/);
  await shown('brand-new');
});
