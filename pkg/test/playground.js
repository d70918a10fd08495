/** The playground as its tests meet it: built, on a host that can stop, in a browser that a person could use. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { browsers } from './matrix/browsers.js';
import { NPM_CI, need } from './matrix/need.js';
import { root } from './support.js';

export const dist = join(root, 'www', 'dist');

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json',
});

/** Milliseconds that something may take before a test gives up: the machine may be busy. */
export const PATIENCE = 90_000;

/**
 * A static host of the playground, which tells what it was asked for, and stops.
 * @param {(path: string) => { type: string, body: string | Buffer } | undefined} [instead] other files
 */
export async function site(instead = () => undefined) {
  assert.ok(existsSync(join(dist, 'index.html')), 'www/dist is not there: `npm run build` makes it');
  /** @type {string[]} */
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
    asked.push(path);
    const other = instead(path);
    const file = join(dist, path.endsWith('/') ? `${path}index.html` : path);
    if (other === undefined && !(existsSync(file) && statSync(file).isFile())) return void response.writeHead(404).end();
    const { type, body } = other ?? { type: TYPES[extname(file)], body: readFileSync(file) };
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(body);
  });
  const listen = (/** @type {number} */ port) => new Promise((listening) => server.listen(port, '127.0.0.1', () => listening(undefined)));
  await listen(0);
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const stop = () => new Promise((stopped) => {
    server.close(() => stopped(undefined));
    server.closeAllConnections();
  });
  return { asked, port, origin: `http://127.0.0.1:${port}`, stop, start: () => listen(port) };
}

/** Chromium, driven; nothing where it or its driver is not here. @param {import('node:test').TestContext} test */
export async function chromium(test) {
  const { found, how } = browsers.Chromium;
  /** @type {any} */
  const puppeteer = await import('puppeteer-core').then((module) => module.default, () => undefined);
  if (!need(test, found, 'Chromium', how) || !need(test, puppeteer, 'puppeteer-core', NPM_CI)) return undefined;
  const browser = await puppeteer.launch({
    executablePath: found, headless: true, protocolTimeout: PATIENCE,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  });
  test.after(() => browser.close());
  return browser;
}

/**
 * A page that tells what a visitor would not see: what stands on its console, what fails, what its policy refuses.
 * @param {any} browser @param {{ width?: number, height?: number, dark?: boolean }} [how]
 */
export async function visit(browser, { width = 1280, height = 800, dark = false } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
  /** @type {string[]} */
  const heard = [];
  page.on('console', (/** @type {any} */ message) => heard.push(`${message.type()}: ${message.text()} ${message.location().url ?? ''}`.trim()));
  page.on('pageerror', (/** @type {Error} */ error) => heard.push(`error: ${error.message}`));
  page.on('dialog', (/** @type {any} */ dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.evaluateOnNewDocument(() => {
    const watched = /** @type {any} */ (globalThis);
    watched.refused = [];
    // What workers have been asked and have not answered, and since when nothing of that has changed.
    watched.open = new Set();
    watched.since = 0;
    const change = (/** @type {() => void} */ how) => {
      how();
      watched.since = performance.now();
    };
    watched.Worker = class extends Worker {
      /** @type {Set<string>} */
      #mine = new Set();
      /** @param {[string | URL, WorkerOptions?]} given */
      constructor(...given) {
        super(...given);
        const of = (/** @type {number} */ id) => `${id} of ${given[0]}`;
        const end = () => change(() => this.#mine.forEach((question) => watched.open.delete(question)));
        this.postMessage = (/** @type {any} */ question) => {
          change(() => this.#mine.add(of(question.id)) && watched.open.add(of(question.id)));
          super.postMessage(question);
        };
        this.terminate = () => {
          end();
          super.terminate();
        };
        this.addEventListener('message', ({ data }) => 'told' in data || change(() => watched.open.delete(of(data.id))));
        this.addEventListener('error', end);
      }
    };
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => watched.refused.push(`${violatedDirective} ${blockedURI}`));
    watched.shifts = [];
    // Not where the engine does not measure it.
    try {
      new PerformanceObserver((list) => {
        for (const shift of /** @type {any[]} */ (list.getEntries())) {
          if (!shift.hadRecentInput) watched.shifts.push([shift.value, ...shift.sources.map((/** @type {any} */ { node }) => node?.className ?? node?.nodeName)]);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    } catch {}
  });
  return {
    page, heard, context,
    /** Nothing was said on the console, failed or was refused. */
    quiet: async () => {
      assert.deepEqual(heard, []);
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).refused), []);
    },
    close: () => context.close(),
  };
}

/** Waits until the shell and its pane are there. @param {any} page @param {string} [pane] */
export const ready = (page, pane = 'evaluate') => page.waitForSelector(`#pane-${pane} > *`);

/**
 * Waits until a pane is there, every worker has answered what it was asked, and nothing was asked for a while.
 * @param {any} page @param {string} pane @param {number} quiet milliseconds
 */
export async function settled(page, pane, quiet) {
  await ready(page, pane);
  await page.waitForFunction((/** @type {number} */ quiet) => {
    const { open, since } = /** @type {any} */ (globalThis);
    return open.size === 0 && performance.now() - since >= quiet;
  }, { polling: 50 }, quiet).catch(async (/** @type {Error} */ { message }) => {
    assert.fail(`${pane}: ${message}; without an answer: ${await page.evaluate(() => [.../** @type {any} */ (globalThis).open])}`);
  });
}

/** @param {any} page @param {string} pane */
export async function choose(page, pane) {
  await page.click(`#tab-${pane}`);
  await ready(page, pane);
}
