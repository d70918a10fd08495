/** The playground as a visitor has it: what it downloads, how it stands on screens, what a link can do to it, offline. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync } from 'node:zlib';
import { NPM_CI, need } from './matrix/need.js';
import { chromium, choose, dist, ready, settled, site, visit } from './playground.js';
import { root } from './support.js';

const PANES = ['evaluate', 'change', 'time', 'garbage'];
const TIMEOUT = { timeout: 300_000 };

test('the first load is within its budget', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  t.after(host.stop);
  const { page, quiet } = await visit(browser);
  await page.goto(`${host.origin}/`, { waitUntil: 'networkidle0' });
  await ready(page);
  const files = [...new Set(host.asked)].map((path) => (path === '/' ? '/index.html' : path));
  assert.ok(files.some((path) => path.endsWith('core.wasm')) || files.length > 3, files.join());
  const sizes = files.map((path) => /** @type {const} */ ([path, brotliCompressSync(readFileSync(join(dist, path))).length]));
  const sum = sizes.reduce((sum, [, size]) => sum + size, 0);
  const { playground } = JSON.parse(readFileSync(join(root, 'pkg', 'budget.json'), 'utf8'));
  t.diagnostic(`${sum} bytes, brotli: ${sizes.map(([path, size]) => `${path} ${size}`).join(', ')}`);
  assert.ok(sum <= playground, `the first load is ${sum} bytes, and pkg/budget.json allows ${playground}`);
  await quiet();
});

test('no pane is wider than its screen or moves under the eyes, light or dark, wide or narrow', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  t.after(host.stop);
  const axe = await axeSource();
  if (!need(t, axe, 'axe-core', NPM_CI)) return;
  for (const [width, height, dark] of /** @type {const} */ ([[1280, 800, false], [1280, 800, true], [360, 740, false], [360, 740, true]])) {
    const { page, quiet, close } = await visit(browser, { width, height, dark });
    await page.goto(`${host.origin}/`, { waitUntil: 'networkidle0' });
    for (const pane of PANES) {
      if (pane !== 'evaluate') await page.click(`#tab-${pane}`);
      await settled(page, pane, 300);
      const where = `${pane}, ${width} wide, ${dark ? 'dark' : 'light'}`;
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide[0] <= wide[1], `${where}: ${wide.join(' of ')}`);
      if (process.env.SERIN_SHOTS) await page.screenshot({ path: join(process.env.SERIN_SHOTS, `${pane}-${width}-${dark ? 'dark' : 'light'}.png`) });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] }));
      const serious = violations.filter((/** @type {any} */ { impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(serious.map((/** @type {any} */ { id, nodes }) => `${where}: ${id}: ${nodes.map((/** @type {any} */ node) => `${node.target} ${node.failureSummary}`).join('; ')}`), []);
    }
    const shifts = await page.evaluate(() => /** @type {any} */ (globalThis).shifts);
    const moved = shifts.reduce((/** @type {number} */ sum, /** @type {number[]} */ [value]) => sum + value, 0);
    assert.ok(moved < 0.02, `what is shown moved by ${moved}: ${JSON.stringify(shifts)}`);
    await quiet();
    await close();
  }
});

/** @returns {Promise<string | undefined>} */
async function axeSource() {
  try {
    return readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  } catch {
    return undefined;
  }
}

test('the keyboard alone reaches every pane from the address bar', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  t.after(host.stop);
  const { page, quiet } = await visit(browser);
  await page.goto(`${host.origin}/`, { waitUntil: 'networkidle0' });
  await ready(page);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  for (let presses = 0; (await focused()) !== 'tab-evaluate'; presses++) {
    assert.ok(presses < 4, `the tabs are not among the first that have the focus: ${await focused()}`);
    await page.keyboard.press('Tab');
  }
  for (const pane of [...PANES.slice(1), PANES[0]]) {
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), `tab-${pane}`);
    await page.waitForFunction((/** @type {string} */ pane) => document.getElementById(`tab-${pane}`)?.getAttribute('aria-selected') === 'true', {}, pane);
    await page.waitForSelector(`#pane-${pane}`);
    // The focus is seen.
    const outline = await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.activeElement)).outlineStyle);
    assert.notEqual(outline, 'none');
  }
  await page.keyboard.press('End');
  assert.equal(await focused(), 'tab-garbage');
  await quiet();
});

/** A link of ours. @param {unknown} content */
const link = (content) => `1.${deflateRawSync(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url')}`;

const SCRIPT = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'`${alert(3)}';

test('no link runs a script or breaks the page', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  t.after(host.stop);
  const ruleset = (/** @type {string} */ name) => JSON.stringify({
    format: 1, segments: { [name]: { attribute: [name], op: 'exists' } },
    flags: { [name]: { description: name, owner: name, variants: { [name]: { [name]: name }, off: {} }, off: 'off', salt: name, rules: [{ name, if: { segment: name }, serve: name }], serve: { rollout: { shares: [{ variant: name, percent: 50 }, { variant: 'off', percent: 50 }] } }, metadata: { [name]: name } } },
  });
  const links = /** @type {Record<string, string>} */ ({
    'script tags': link({ ruleset: ruleset(SCRIPT), proposed: ruleset(`${SCRIPT}2`), context: JSON.stringify({ targetingKey: SCRIPT, [SCRIPT]: SCRIPT }), flag: SCRIPT, killed: [SCRIPT], pane: SCRIPT }),
    'javascript: as an address': `from=${encodeURIComponent('javascript:alert(1)')}`,
    'javascript: in disguise': `from=${encodeURIComponent(' jAvAsCrIpT\n:alert(1)//')}`,
    'data: as an address': `from=${encodeURIComponent('data:text/html,<script>alert(1)</script>')}`,
    'an address elsewhere': `from=${encodeURIComponent('https://evil.example/a.json')}`,
    'names of prototypes': link(`{"__proto__":{"ruleset":"x"},"constructor":{"prototype":{"polluted":1}},"pane":"__proto__","flag":"constructor","killed":["__proto__"],"ruleset":${JSON.stringify(ruleset('__proto__'))}}`),
    'a pane that is a prototype': 'pane=constructor&flag=__proto__',
    'other types': link({ ruleset: 5, proposed: ['a'], context: {}, instant: 'soon', flag: null, killed: 'all', pane: 7 }),
    'an instant at the end of time': link({ instant: 8.64e15, pane: 'time' }),
    'an instant before all calendars': link({ instant: -8.64e15, pane: 'time' }),
    'the last instant that a field can show': link({ instant: 253402300799999, pane: 'time' }),
    'broken compression': '1.AAAA____',
    'no base64': '1.%%%%',
    'cut off': link({ ruleset: ruleset('a') }).slice(0, 60),
    'no JSON': link('{"ruleset":'),
    'a bomb': link(`{"ruleset":"${'a'.repeat(60 << 20)}"}`),
    '5 MB': link({ ruleset: Array.from({ length: 5 << 17 }, (_, at) => ((at * 2654435761) >>> 0).toString(16)).join(' ') }).slice(0, 1_900_000),
    'not JSON, for an editor': link({ ruleset: '{"format":1,"flags":{'.repeat(1000), context: '[[[[' }),
  });
  for (const [name, fragment] of Object.entries(links)) {
    const { page, heard, close } = await visit(browser);
    await page.goto(`${host.origin}/#${fragment}`, { waitUntil: 'load' });
    await page.waitForSelector('#tab-garbage');
    for (const pane of PANES) {
      await page.click(`#tab-${pane}`);
      await page.waitForFunction((/** @type {string} */ pane) => document.getElementById(`tab-${pane}`)?.getAttribute('aria-selected') === 'true', {}, pane);
      await settled(page, pane, 100);
    }
    const found = await page.evaluate(() => ({
      refused: /** @type {any} */ (globalThis).refused, polluted: /** @type {any} */ ({}).polluted ?? /** @type {any} */ ({}).ruleset,
      elements: document.querySelectorAll('#app img, #app script, #app iframe, #app object').length,
      links: [...document.querySelectorAll('a')].map(({ protocol }) => protocol).filter((protocol) => !/^https?:$/.test(protocol)),
    }));
    assert.deepEqual(found, { refused: [], elements: 0, links: [] }, name);
    assert.deepEqual(heard, [], name);
    await close();
  }
});

test('a link keeps the clock, and the status line speaks of the pane that is shown', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  t.after(host.stop);
  const { page, quiet, close } = await visit(browser);
  await page.goto(`${host.origin}/`, { waitUntil: 'networkidle0' });
  await ready(page);
  const byClock = (/** @type {any} */ { page }) => page.$$eval('.instant [type=radio]', (/** @type {HTMLInputElement[]} */ [clock, set]) => [clock.checked, set.checked]);
  assert.deepEqual(await byClock({ page }), [false, true]);
  await page.click('.instant [type=radio]');
  await page.click('.share');
  await page.waitForFunction(() => location.hash.startsWith('#1.'));
  const said = () => page.$eval('.status', (/** @type {Element} */ { textContent }) => textContent);
  await choose(page, 'change');
  assert.match(await said(), /^What a proposed ruleset would do/);
  await page.click('.try button');
  assert.match(await said(), /^Raise a ramp/);
  await choose(page, 'evaluate');
  assert.match(await said(), /^What each flag decides/);
  const link = await page.evaluate(() => location.href);
  const other = await visit(browser);
  await other.page.goto(link, { waitUntil: 'networkidle0' });
  await ready(other.page);
  assert.deepEqual(await byClock(other), [true, false]);
  // The name begins anew, also where the address says nothing already.
  for (let press = 0; press < 2; press++) {
    await page.click('.kill');
    await page.waitForSelector('.kill[aria-pressed=true]');
    await page.click('.name a');
    await page.waitForFunction(() => document.querySelector('.kill') && !document.querySelector('.kill[aria-pressed=true]'));
  }
  await quiet();
  await other.quiet();
  await close();
});

test('an address elsewhere is asked only if the visitor says so', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  const host = await site();
  const other = await site();
  t.after(host.stop);
  t.after(other.stop);
  const { page, quiet } = await visit(browser);
  await page.goto(`${host.origin}/#from=${encodeURIComponent(`${other.origin}/examples/shop.json`)}`, { waitUntil: 'networkidle0' });
  await page.waitForSelector('.offer');
  assert.deepEqual(other.asked, []);
  await quiet();
});

test('without a host it is there all the same, and a newer version replaces it whole', TIMEOUT, async (t) => {
  const browser = await chromium(t);
  if (browser === undefined) return;
  /** Of the second version. @type {Record<string, string>} */
  let newer = {};
  const host = await site((path) => (newer[path] === undefined ? undefined : { type: path.endsWith('.js') ? 'text/javascript' : 'text/css', body: newer[path] }));
  t.after(() => host.stop().catch(() => {}));
  const { page, heard } = await visit(browser);
  // By a name below localhost, which browsers trust, and which is not this machine to the page.
  const address = `http://playground.localhost:${host.port}/`;
  await page.goto(address, { waitUntil: 'networkidle0' });
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await host.stop();
  for (const pane of PANES) {
    await page.goto(`${address}#pane=${pane}`);
    await page.reload();
    await page.waitForSelector(`#pane-${pane}`);
  }
  await choose(page, 'garbage');
  // Also what the first load did not ask for: a module in a worker.
  await page.evaluate(() => [...document.querySelectorAll('button')].find((button) => button.textContent === '10,000 nested nots')?.click());
  await page.waitForFunction(() => document.querySelector('[data-count=documents]')?.textContent === '3');
  // What the browser asks for by itself: a newer version, and its icon.
  assert.deepEqual(heard.filter((line) => !/\/(offline\.js|icon\.svg)$/.test(line)), []);

  await host.start();
  const style = `${readFileSync(join(dist, 'style.css'), 'utf8')}:root{--version:two}`;
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('hex').slice(0, 16);
  const worker = readFileSync(join(dist, 'offline.js'), 'utf8');
  const [, old] = /** @type {RegExpExecArray} */ (/"style\.css":"([0-9a-f]+)"/.exec(worker));
  newer = { '/offline.js': worker.replace(old, hash) };
  const version = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--version'));
  const updated = () => page.evaluate(async () => { await (await navigator.serviceWorker.getRegistration())?.update(); });
  // A host in the midst of being deployed: the list is new, the file is not. Nobody gets half of it.
  await page.reload();
  await updated().catch(() => {});
  await page.reload();
  assert.equal(await version(), '');
  newer['/style.css'] = style;
  host.asked.length = 0;
  await page.reload();
  await updated();
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.waiting, { polling: 200 });
  // Of a new version only that is fetched which is new.
  assert.deepEqual([...new Set(host.asked)].sort(), ['/offline.js', '/style.css']);
  await page.reload();
  await page.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--version') === 'two', { polling: 200 });
  await host.stop();
  await page.reload();
  await ready(page, 'garbage');
  assert.equal(await version(), 'two');
  await host.start();
});

test('the site asks for no file that it has not, and has no file that nobody asks for', () => {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  assert.ok(names.length > 10);
  assert.ok(!names.some((name) => /\.map$|package\.json|node_modules/.test(name)), names.join());
});
