/** The example's page in browsers, its files as they are, under its own policy; only its ruleset has another hour. */
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { browsers, reported } from './matrix/browsers.js';
import { bodyOf, host } from './matrix/host.js';
import { installed } from './matrix/installed.js';
import { need } from './matrix/need.js';

const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm' });

/** Watches the example in a frame: what it shows, one after the other, and what its policy refuses. */
const WATCH = `<!doctype html><meta charset="utf-8"><title>watching</title>
<iframe src="/index.html"></iframe>
<script type="module">
  const frame = document.querySelector('iframe');
  const seen = [];
  const refused = [];
  await new Promise((loaded) => frame.addEventListener('load', loaded, { once: true }));
  const page = frame.contentDocument;
  page.addEventListener('securitypolicyviolation', ({ violatedDirective }) => refused.push(violatedDirective));
  const state = () => [page.getElementById('banner').textContent, page.body.dataset.snow].join('|');
  for (const end = Date.now() + 50_000; Date.now() < end && !seen.includes('Order now|true'); await new Promise((next) => setTimeout(next, 5))) {
    if (seen.at(-1) !== state()) seen.push(state());
  }
  await fetch('/report', { method: 'POST', body: JSON.stringify({ seen, refused, stored: Object.keys(localStorage).length }) });
</script>`;

for (const name of Object.keys(browsers)) {
  test(`examples/page in ${name}: shows what the flags say, and what an hour changes`, { timeout: 180_000 }, async (t) => {
    if (!need(t, browsers[name].found, name, browsers[name].how)) return;
    const folder = await installed(t, 'page');
    if (folder === undefined) return;
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.ok(policy);
    const document = JSON.parse(readFileSync(join(folder, 'ruleset.json'), 'utf8'));
    /** @type {(report: any) => void} */
    let tell = () => {};
    const report = new Promise((resolve) => (tell = resolve));
    const { origin, close } = await host(async (request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://host').pathname);
      if (request.method === 'POST') {
        tell(JSON.parse(await bodyOf(request)));
        return response.writeHead(204).end();
      }
      if (path === '/watch.html') return response.writeHead(200, { 'content-type': 'text/html' }).end(WATCH);
      if (path === '/ruleset.json') {
        // Christmas, and snow with it, begins in a moment.
        const from = new Date(Date.now() + 6000).toISOString();
        const { banner, snow } = structuredClone(document.flags);
        banner.variants = { none: 'Soon', christmas: 'Order now', weihnachten: 'Order now' };
        banner.require.time = snow.rules[0].if.time = { from };
        return response.writeHead(200, { 'content-type': TYPES['.json'] }).end(JSON.stringify({ ...document, flags: { ...document.flags, banner, snow } }));
      }
      const file = join(folder, path);
      if (TYPES[extname(file)] === undefined || !existsSync(file)) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(file)] });
      createReadStream(file).pipe(response);
    });
    const { seen, refused, stored } = await reported(name, 90, { origin, close, report }, '/watch.html');
    assert.deepEqual(refused, []);
    // The first moment is missed where a machine is quick.
    const shown = seen.filter((/** @type {string} */ state) => state !== '|' && state !== '|false');
    assert.deepEqual(shown, ['Soon|false', 'Order now|true']);
    assert.equal(stored, 2, 'the visitor and the ruleset');
  });
}

test('examples/page answers with its own ruleset', async (t) => {
  const folder = await installed(t, 'page');
  if (folder === undefined) return;
  const { load } = await import(`${folder}/node_modules/serin/node/index.js`);
  const ruleset = await load(readFileSync(join(folder, 'ruleset.json')), { strict: true });
  const at = (/** @type {string} */ now, /** @type {string} */ language) => ruleset.context({ targetingKey: 'u-1', language }, { now: Date.parse(now) });
  assert.deepEqual(['2026-11-22T00:00Z', '2026-12-10T00:00Z'].map((now) => ruleset.string('banner', at(now, 'en-NZ'), '?')), ['', 'Order by 21 December for Christmas']);
  assert.match(ruleset.string('banner', at('2026-12-10T00:00Z', 'de-DE'), '?'), /^Bestellschluss/);
  assert.equal(ruleset.boolean('snow', at('2026-12-31T00:00Z', 'en'), false), true);
});
