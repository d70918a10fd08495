/** Break it, as a visitor does who means it: the module answers, the page stays alive, and what is counted is true. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { load } from '../entry/node.js';
import { choose, opened } from './playground.js';
import { root } from './support.js';
import { contexts } from '../../www/app/garbage/contexts.js';
import { killers, nots, random, truncated } from '../../www/app/garbage/documents.js';

const TIMEOUT = { timeout: 300_000 };

/** @param {any} page @param {string} name */
const counted = (page, name) => page.$eval(`[data-count=${name}]`, (/** @type {Element} */ element) => element.textContent);
const number = (/** @type {string} */ text) => Number(text.replaceAll(',', ''));

/** @param {any} page @param {string} name */
const press = (page, name) =>
  page.evaluate((/** @type {string} */ name) => {
    const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name);
    if (button === undefined) throw new Error(`there is no button ${name}`);
    button.click();
  }, name);

/** @param {any} page */
const done = (page) => page.waitForFunction(() => document.querySelector('.answers [role=status]')?.textContent === 'Done.', { polling: 50 });

/** The pane, in a page that is quiet so far. @param {import('node:test').TestContext} t @param {Parameters<typeof import('./playground.js').site>[0]} [instead] @param {string} [fragment] */
async function pane(t, instead, fragment = '') {
  const visited = await opened(t, { instead, fragment });
  if (visited === undefined) return undefined;
  await choose(visited.page, 'garbage');
  return visited;
}

test('every button is answered, without a trap, and the good ruleset answers as before', TIMEOUT, async (t) => {
  const visited = await pane(t);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  assert.equal(await counted(page, 'documents'), '0');
  let before = 0;
  for (const [name, least] of /** @type {const} */ ([['The file that kills others', 8], ['10,000 nested nots', 3], ['Random garbage', 5], ['Hostile contexts', 0]])) {
    await press(page, name);
    await done(page);
    const documents = number(await counted(page, 'documents'));
    assert.ok(documents - before >= least, `${name}: ${documents - before} documents`);
    before = documents;
    assert.equal(await counted(page, 'traps'), '0', name);
    assert.match(await page.$eval('.good', (/** @type {Element} */ { textContent }) => textContent), /✓.*asked [\d,]+ times for its \d+ flags and gave the same answers/, name);
    assert.equal(await page.$eval('.breaking .failed', (/** @type {Element} */ { textContent }) => textContent), '');
  }
  assert.ok(number(await counted(page, 'contexts')) > 30);
  assert.equal(number(await counted(page, 'refused')) + number(await counted(page, 'loaded')), before);
  if (process.env.SERIN_SHOTS) await page.screenshot({ path: join(process.env.SERIN_SHOTS, 'garbage-after.png') });
  await quiet();
});

test('the ruleset of the page is cut off at every byte', TIMEOUT, async (t) => {
  const ruleset = '{"format":1,"segments":{"some":{"attribute":"plan","op":"in","value":["a","\u00e9"]}},"flags":{"a":{"variants":{"on":true,"off":false},"off":"off","salt":"s","rules":[{"if":{"segment":"some"},"serve":"on"}],"serve":{"rollout":{"shares":[{"variant":"on","percent":12.5},{"variant":"off","percent":87.5}]}}}}}\n';
  const visited = await pane(t, undefined, `#1.${deflateRawSync(JSON.stringify({ ruleset })).toString('base64url')}`);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  await press(page, 'Cut off at every byte');
  await done(page);
  assert.equal(number(await counted(page, 'documents')), Buffer.from(ruleset).length + 1);
  // The last two are whole, one of them without its line end.
  assert.equal(await counted(page, 'loaded'), '2');
  assert.equal(await counted(page, 'traps'), '0');
  assert.match(await page.$eval('.good', (/** @type {Element} */ { textContent }) => textContent), /for its flag and gave the same answers/);
  await quiet();
});

test('where the page has no ruleset to ask, the example is asked, and that is said', TIMEOUT, async (t) => {
  const visited = await pane(t, undefined, `#1.${deflateRawSync(JSON.stringify({ ruleset: '{"format":1,' })).toString('base64url')}`);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  await press(page, '10,000 nested nots');
  await done(page);
  assert.match(await page.$eval('.good', (/** @type {Element} */ { textContent }) => textContent), /The example \(what this page has now is refused.*\) was asked [\d,]+ times for its 22 flags and gave the same answers/);
  await quiet();
});

test('what is typed, pasted, chosen and dropped is fed', TIMEOUT, async (t) => {
  const visited = await pane(t);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  const newest = () => page.$eval('.log tbody tr', (/** @type {Element} */ row) => [...row.children].map(({ textContent }) => textContent));
  await page.type('#own', '{"format": 2}');
  await press(page, 'Feed it');
  await done(page);
  assert.match((await newest()).join(' '), /your text 13 B refused at line 1, column \d+: .*format/);
  // An address is text like any other.
  await page.$eval('#own', (/** @type {any} */ field) => (field.value = ''));
  await page.type('#own', 'https://example.com/flags.json');
  await press(page, 'Feed it');
  await page.waitForFunction(() => document.querySelector('[data-count=documents]')?.textContent === '2');
  assert.match((await newest())[2], /refused/);

  const folder = mkdtempSync(join(tmpdir(), 'serin-playground-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = ['shop.json', 'large.bin'].map((name) => join(folder, name));
  writeFileSync(files[0], readFileSync(join(root, 'examples', 'shop', 'ruleset.json')));
  writeFileSync(files[1], Buffer.alloc(40 << 20, '['));
  await (await page.$('input[type=file]')).uploadFile(...files);
  await page.waitForFunction(() => document.querySelector('[data-count=documents]')?.textContent === '4');
  const rows = await page.$$eval('.log tbody tr', (/** @type {Element[]} */ rows) => rows.slice(0, 2).map(({ textContent }) => textContent));
  assert.match(rows[1], /shop\.json.*loaded: \d+ flags/);
  assert.match(rows[0], /large\.bin40\.0 MiBrefused/);

  // Dropped on the pane.
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['\0garbage'], 'dropped.bin'));
    document.querySelector('.breaking')?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await page.waitForFunction(() => document.querySelector('[data-count=documents]')?.textContent === '5');
  assert.match((await newest()).join(' '), /dropped\.bin 8 B refused/);
  await quiet();
});

test('ten megabytes of garbage, pasted, leave the page responsive', TIMEOUT, async (t) => {
  const visited = await pane(t);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  const bytes = await page.evaluate(() => {
    // What is read to its end: each of these flags is broken in its own way.
    const flags = Array.from({ length: 90_000 }, (_, at) => `"flag ${at} \ud83d\ude00":{"variants":{"on":true,"on":1},"iff":{"all":[${at}]},"serve":{"rollout":{"shares":"half of them"}}}`);
    const garbage = `{"format":1,"flags":{${flags.join()}}}`;
    const data = new DataTransfer();
    data.setData('text', garbage);
    /** @type {any} */ (globalThis).pasting = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    return new TextEncoder().encode(garbage).length;
  });
  assert.ok(bytes > 10e6, `${bytes} bytes`);
  const session = await page.createCDPSession();
  // What the page's own thread works, not how long it waits for a processor that others hold.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find((/** @type {any} */ { name }) => name === 'TaskDuration').value * 1000;
  };
  const before = await worked();
  await page.evaluate(() => document.querySelector('#own')?.dispatchEvent(/** @type {any} */ (globalThis).pasting));
  await page.waitForFunction(() => document.querySelector('[data-count=documents]')?.textContent === '1', { polling: 500 });
  const all = (await worked()) - before;
  assert.match(await page.$eval('.log tbody', (/** @type {Element} */ { textContent }) => textContent), /loaded: 90,000 flags, [\d,]+ of them broken/);
  t.diagnostic(`the page's thread worked ${all.toFixed(0)} ms in all`);
  assert.ok(all > 0 && all < 100, `${all} ms in all, so that some turn may take as long`);
  await quiet();
});

test('random garbage goes on until it is stopped', TIMEOUT, async (t) => {
  const visited = await pane(t);
  if (visited === undefined) return;
  const { page, quiet } = visited;
  await page.click('input[type=checkbox]');
  await page.waitForFunction(() => Number(document.querySelector('[data-count=documents]')?.textContent?.replaceAll(',', '')) > 200, { polling: 100 });
  // Longer than without the switch.
  await new Promise((later) => setTimeout(later, 4000));
  const once = number(await counted(page, 'documents'));
  await page.waitForFunction((/** @type {number} */ once) => Number(document.querySelector('[data-count=documents]')?.textContent?.replaceAll(',', '')) > once, {}, once);
  await page.click('input[type=checkbox]');
  await done(page);
  const twice = await counted(page, 'documents');
  await new Promise((later) => setTimeout(later, 500));
  assert.equal(await counted(page, 'documents'), twice);
  await quiet();
});

test('a module that traps is counted as one', TIMEOUT, async (t) => {
  const trapping = readFileSync(new URL('../wasm/core-trap.wasm', import.meta.url));
  const visited = await pane(t, (path) => (path === '/wasm/core.wasm' ? { type: 'application/wasm', body: trapping } : undefined));
  if (visited === undefined) return;
  const { page } = visited;
  // A flag of this name traps in this build.
  await page.type('#own', '{"format":1,"flags":{"trap":{"variants":{"on":true},"rules":[{"if":{"attribute":"a","op":"exists"},"serve":"on"}],"serve":"on"}}}', { delay: 0 });
  await press(page, 'Feed it');
  await done(page);
  assert.ok(number(await counted(page, 'traps')) >= 1);
  assert.match(await page.$eval('.breaking .failed', (/** @type {Element} */ { textContent }) => textContent), /RuntimeError/);
  assert.match(await page.$eval('.log tbody tr', (/** @type {Element} */ { textContent, className }) => `${className} ${textContent}`), /lose.*trapped/);
  // And the good ruleset is none the worse for it.
  assert.match(await page.$eval('.good', (/** @type {Element} */ { textContent }) => textContent), /gave the same answers/);
});

test('the same seed gives the same garbage, and sizes grow to a mebibyte', () => {
  const real = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'));
  /** @param {number} seed @param {number} count */
  const some = (seed, count) => Array.from({ length: count }, ((made) => () => /** @type {any} */ (made.next().value))(random(seed, real)));
  const [one, two, three] = [some(7, 60), some(7, 60), some(8, 60)];
  assert.deepEqual(one, two);
  assert.notDeepEqual(one, three);
  const sizes = some(1, 300).filter(({ name }) => name === 'random bytes').map(({ bytes }) => bytes.length);
  assert.ok(sizes[0] < 10 && Math.max(...sizes) > 500_000);
  assert.ok(sizes.indexOf(Math.max(...sizes)) < sizes.length - 1, 'and begin anew');
});

test('what is said of the documents is so', async () => {
  const real = readFileSync(join(root, 'examples', 'shop', 'ruleset.json'));
  /** @type {Record<string, string>} */
  const found = {};
  for (const { name, bytes } of [...killers(), ...nots()]) {
    found[name] = await load(bytes).then(
      (ruleset) => `${ruleset.keys.length} loaded: ${ruleset.diagnostics.map(({ code }) => code).join()}`,
      ({ diagnostics }) => `refused: ${diagnostics[0].code}`,
    );
  }
  assert.deepEqual(found, {
    '46 nested nots in JSON Logic': 'refused: wrong-format',
    '46 nested nots as a ruleset': '2 loaded: ',
    'a chain of 51 rules': '1 loaded: ',
    'a list of 500 names': '1 loaded: ',
    '400 terms of an all': '1 loaded: ',
    '16,385 terms of an any': '1 loaded: too-many',
    'a flag that requires itself': '1 loaded: cycle',
    'segments that would be 2^60 tests': '1 loaded: ',
    '10,000 nested nots': '2 loaded: depth-exceeded',
    '10,000 nested nots, never closed': 'refused: invalid-json',
    '10,000 opening brackets': 'refused: invalid-top-level',
  });
  const [{ bytes }] = killers();
  assert.ok(Math.abs(bytes.length - 505) < 25, `some 500 bytes: ${bytes.length}`);
  assert.equal([...truncated(real)].length, real.length + 1);
  assert.ok([...contexts(['a'], () => {})].length > 35);
});
