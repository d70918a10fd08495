/** The playground as a person uses it: typing, completing, choosing, dragging, comparing. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { choose, opened, withControl } from './playground.js';

const TIMEOUT = { timeout: 300_000 };
const POLLING = { polling: 200 };

/** @param {import('node:test').TestContext} t */
async function begun(t) {
  const visited = await opened(t);
  if (visited === undefined) return undefined;
  const { page } = visited;
  const shown = (/** @type {string} */ text, within = 'body') =>
    page.waitForFunction((/** @type {string} */ text, /** @type {string} */ within) => /** @type {HTMLElement | null} */ (document.querySelector(within))?.innerText.includes(text), POLLING, text, within);
  const shot = async (/** @type {string} */ name) => {
    if (process.env.SERIN_SHOTS) await page.screenshot({ path: join(process.env.SERIN_SHOTS, `${name}.png`) });
  };
  return { ...visited, shown, shot };
}

test('a newcomer sees what each flag is, and reads why', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shown, shot } = begin;
  await shown('22 flags', '.decisions');
  // Every flag that is on the screen has its name in full, and nothing lies on top of it.
  const names = await page.$$eval('.decisions .key', (/** @type {HTMLElement[]} */ keys) => keys.filter((key) => {
    const list = /** @type {Element} */ (document.querySelector('.decisions .flags')).getBoundingClientRect();
    return key.getBoundingClientRect().bottom < list.bottom;
  }).map((key) => {
    const { left, top, width, height } = key.getBoundingClientRect();
    const on = document.elementFromPoint(left + width / 2, top + height / 2);
    return { name: key.innerText, whole: key.scrollWidth <= key.clientWidth + 1, free: on === null || key.contains(on) || on.contains(key) };
  }));
  assert.ok(names.length >= 8);
  assert.deepEqual(names.filter((/** @type {any} */ { whole, free }) => !whole || !free), []);
  await page.evaluate(() => {
    const key = [...document.querySelectorAll('.decisions .key')].find(({ textContent }) => textContent === 'express-pay');
    key?.closest('button')?.click();
  });
  await shown('express-pay', '.why h2');
  await shown('TARGETING_MATCH', '.why .answer');
  const before = await page.$eval('.why .answer', (/** @type {HTMLElement} */ answer) => answer.innerText);
  // Somebody else: another answer.
  await page.select('.context select', '0');
  await page.waitForFunction((/** @type {string} */ before) => /** @type {HTMLElement} */ (document.querySelector('.why .answer')).innerText !== before, POLLING, before);
  await shot('person-why');
  await quiet();
});

test('what is typed is completed, checked and decided', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shown, shot } = begin;
  await shown('22 flags', '.decisions');
  const editor = await page.$('.document >>> .cm-content');
  await editor.click();
  await withControl(page, 'a');
  await page.keyboard.type('{"format":1,"flags":{"hello":{"variants":{"yes":true,"no":false},"serve":"yes"');
  // What was opened is closed by itself.
  await shown('hello', '.decisions');
  await shown('true', '.decisions .value');
  // Completion, from the schema: within a flag, and only what it has not yet.
  await page.keyboard.type(',"rul');
  await withControl(page, ' ');
  await page.waitForFunction(() => document.querySelector('.document .editor')?.shadowRoot?.querySelector('.cm-tooltip-autocomplete')?.textContent?.includes('rules'), POLLING);
  await shot('person-complete');
  await page.keyboard.press('Escape');
  for (let back = 0; back < 5; back++) await page.keyboard.press('Backspace');
  // A variant that is not there is said at once, where it stands.
  for (let back = 0; back < 6; back++) await page.keyboard.press('Backspace');
  await page.waitForFunction(() => !/nothing to remark/.test(/** @type {HTMLElement} */ (document.querySelector('.document')).innerText), POLLING);
  await page.waitForFunction(() => document.querySelector('.document .editor')?.shadowRoot?.querySelector('.cm-lintRange, .cm-lint-marker, .cm-lintPoint'), POLLING);
  await shot('person-diagnostic');
  await quiet();
});

test('an instant is dragged, and moved by keys', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shot } = begin;
  await choose(page, 'time');
  const slider = await page.waitForSelector('[role=slider], input[type=range]');
  const instant = () => page.$eval('.clock input[type=datetime-local]', (/** @type {HTMLInputElement} */ { value }) => value);
  const first = await instant();
  const box = await slider.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 10)];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction((/** @type {string} */ first) => /** @type {HTMLInputElement} */ (document.querySelector('.clock input[type=datetime-local]')).value !== first, POLLING, first);
  const second = await instant();
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((/** @type {string} */ second) => /** @type {HTMLInputElement} */ (document.querySelector('.clock input[type=datetime-local]')).value < second, POLLING, second);
  await shot('person-time');
  await quiet();
});

test('an instant is told in UTC in every pane, and beside it where the visitor is', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shown, shot } = begin;
  await page.emulateTimezone('Pacific/Auckland');
  await page.reload({ waitUntil: 'networkidle0' });
  for (const pane of ['evaluate', 'change', 'time']) {
    if (pane !== 'evaluate') await choose(page, pane);
    await shown('UTC; Thu, 3 Dec 2026, 01:00 GMT+13 where you are', `#pane-${pane}`);
    const { value, label } = await page.$eval(`#pane-${pane} input[type=datetime-local]`, (/** @type {HTMLInputElement} */ field) => ({ value: field.value, label: field.getAttribute('aria-label') }));
    assert.deepEqual({ value, label }, { value: '2026-12-02T12:00', label: 'Instant, in UTC' }, pane);
    await shot(`person-zone-${pane}`);
  }
  await choose(page, 'evaluate');
  await shown('50 % from 2026-12-06 20:00 UTC', '.why');
  await quiet();
});

test('on a narrow screen both versions are edited, one at a time', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shown, shot } = begin;
  await page.setViewport({ width: 360, height: 740 });
  await choose(page, 'change');
  await page.waitForSelector('.views button');
  await page.evaluate(() => [...document.querySelectorAll('.views button')].find(({ textContent }) => textContent === 'Present')?.click());
  // What comes into a shadow root, waitForSelector is not told.
  const within = (/** @type {string} */ selector) =>
    page.waitForFunction((/** @type {string} */ selector) => document.querySelector('.versions .editor')?.shadowRoot?.querySelector(selector), {}, selector);
  const editor = await within('[aria-label="Present version"]');
  await editor.focus();
  await page.waitForFunction((/** @type {Element} */ editor) => /** @type {ShadowRoot} */ (editor.getRootNode()).activeElement === editor, {}, editor);
  await withControl(page, 'Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('"x-present": 1, ');
  await page.waitForFunction((/** @type {Element} */ editor) => editor.isConnected && editor.textContent?.includes('{"x-present": 1, '), {}, editor);
  await shown('Nobody moves', '.impact');
  await shot('person-narrow');
  await page.evaluate(() => [...document.querySelectorAll('.views button')].find(({ textContent }) => textContent === 'Proposed')?.click());
  await within('.cm-deletedChunk');
  await quiet();
});

test('a proposed change says who moves, and as Markdown', TIMEOUT, async (t) => {
  const begin = await begun(t);
  if (begin === undefined) return;
  const { page, quiet, shown, shot } = begin;
  await choose(page, 'change');
  await page.evaluate(() => [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.startsWith('Raise a ramp'))?.click());
  await shown('checkout-v2', '.sides > :last-child');
  await shot('person-change');
  await page.evaluate(() => [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Markdown')?.click());
  await shown('checkout-v2', '.markdown pre');
  assert.match(await page.$eval('.markdown pre', (/** @type {HTMLElement} */ { innerText }) => innerText), /^\| .* \|$/m);
  await quiet();
});
