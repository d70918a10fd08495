/** The playground in Firefox and WebKitGTK: it stands, every pane opens, the module answers garbage, and nothing is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browsers } from './matrix/browsers.js';
import { NPM_CI, need } from './matrix/need.js';
import { webkit, webkitDriver } from './matrix/webdriver.js';
import { PATIENCE, dist, site } from './playground.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PANES = ['evaluate', 'change', 'time', 'garbage'];
const TIMEOUT = { timeout: 300_000 };

/** What a visitor would not see, kept by the page itself: a script of the site, as its policy wants. */
const WATCH = `globalThis.heard = [];
for (const name of ['error', 'warn', 'log']) { const own = console[name]; console[name] = (...words) => { heard.push(name + ': ' + words.join(' ')); own.apply(console, words); }; }
addEventListener('error', (event) => heard.push('error: ' + event.message));
addEventListener('unhandledrejection', (event) => heard.push('rejected: ' + event.reason));
addEventListener('securitypolicyviolation', (event) => heard.push('refused: ' + event.violatedDirective + ' ' + event.blockedURI));`;

/** @param {import('node:test').TestContext} t */
async function watched(t) {
  const page = readFileSync(join(dist, 'index.html'), 'utf8').replace('<script ', '<script src="watch.js"></script><script ');
  const host = await site((path) => (path === '/' ? { type: 'text/html', body: page } : path === '/watch.js' ? { type: 'text/javascript', body: WATCH } : undefined));
  t.after(host.stop);
  return host.origin;
}

/** @param {(work: (...args: any[]) => unknown, ...args: unknown[]) => Promise<any>} run */
async function walk(run) {
  /** @param {(...args: any[]) => unknown} work @param {unknown[]} args */
  const until = async (work, ...args) => {
    for (const end = Date.now() + PATIENCE; ; ) {
      if (await run(work, ...args)) return;
      assert.ok(Date.now() < end, `never: ${work}: ${await run(() => `${document.body.innerText} ${/** @type {any} */ (globalThis).heard}`)}`);
      await new Promise((later) => setTimeout(later, 100));
    }
  };
  await until(() => document.querySelector('#tab-garbage') !== null);
  for (const pane of PANES) {
    await run((/** @type {string} */ pane) => document.getElementById(`tab-${pane}`)?.click(), pane);
    await until((/** @type {string} */ pane) => document.getElementById(`pane-${pane}`) !== null, pane);
  }
  await until(() => document.querySelector('.attacks button') !== null);
  for (const [name, documents] of [['The file that kills others', '8'], ['10,000 nested nots', '11'], ['Hostile contexts', '11']]) {
    await until((/** @type {string} */ name) => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);
      button?.click();
      return button !== undefined && !button.disabled;
    }, name);
    await until((/** @type {string} */ documents) => document.querySelector('[data-count=documents]')?.textContent === documents && document.querySelector('.answers [role=status]')?.textContent === 'Done.', documents);
  }
  const found = await run(() => ({
    traps: document.querySelector('[data-count=traps]')?.textContent, contexts: Number(document.querySelector('[data-count=contexts]')?.textContent) > 30,
    good: /gave the same answers/.test(document.querySelector('.good')?.textContent ?? ''), wide: document.documentElement.scrollWidth <= innerWidth,
    heard: /** @type {any} */ (globalThis).heard,
  }));
  assert.deepEqual(found, { traps: '0', contexts: true, good: true, wide: true, heard: [] });
}

test('in Firefox', TIMEOUT, async (t) => {
  const { found, how } = browsers.Firefox;
  /** @type {any} */
  const puppeteer = await import('puppeteer-core').then((module) => module.default, () => undefined);
  if (!need(t, found, 'Firefox', how) || !need(t, puppeteer, 'puppeteer-core', NPM_CI)) return;
  const origin = await watched(t);
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: found, headless: true, protocolTimeout: PATIENCE, timeout: PATIENCE });
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${origin}/`);
  await walk((work, ...args) => page.evaluate(work, ...args));
});

test('in WebKitGTK', TIMEOUT, async (t) => {
  const { how } = browsers.WebKitGTK;
  if (!need(t, webkitDriver, 'WebKitGTK', how)) return;
  const origin = await watched(t);
  const { open, run, close } = await webkit();
  t.after(close);
  await open(`${origin}/`);
  await walk(run);
});
