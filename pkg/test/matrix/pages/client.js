/** The client in a page: its stores across loads, a host that misbehaves, and the clock. Reports at its end. */
import { createClient } from './node_modules/serin/entry/browser.js';
import { indexedDBStore, localStorageStore } from './node_modules/serin/storage.js';

const { host, failures } = Object.fromEntries(new URL(location.href).searchParams);
const url = `${host}/ruleset.json`;
/** What earlier loads of this page found. @type {Record<string, any>} */
const report = JSON.parse(sessionStorage.getItem('report') ?? '{"load":0}');
const become = (/** @type {string} */ mode) => fetch(`${host}/become/${mode}`);
const stores = { localStorage: localStorageStore(), indexedDB: indexedDBStore() };
const HOW = { interval: Infinity, timeout: 10_000 };

/** @param {object} options */
function open(options) {
  const client = createClient({ url, ...HOW, ...options });
  /** @type {string[]} */
  const codes = [];
  client.on('error', ({ code }) => codes.push(code));
  return { client, codes };
}
/** @param {() => unknown} condition */
async function until(condition) {
  for (const end = Date.now() + 20_000; !(await condition()); await new Promise((next) => setTimeout(next, 10))) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
  }
}
/** Puts something into the database that no store would. @param {any} poison */
const poison = (poison) => new Promise((done, failed) => {
  const opening = indexedDB.open('serin', 1);
  opening.onerror = failed;
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('rulesets', 'readwrite');
    transaction.objectStore('rulesets').put(poison, url);
    transaction.oncomplete = done;
    transaction.onabort = failed;
    opening.result.close();
  };
});

/** Each is one load of the page. @type {(() => Promise<void>)[]} */
const loads = [
  async () => {
    for (const [name, store] of Object.entries(stores)) {
      const { client } = open({ store });
      report[`${name}, first`] = [(await client.ready).source, client.string('colour', '')];
      await until(() => store.get(url));
      client.close();
    }
    await become('reset');
  },
  async () => {
    for (const [name, store] of Object.entries(stores)) {
      const { client } = open({ store });
      report[`${name}, offline`] = [(await client.ready).source, client.string('colour', ''), client.stale];
      client.close();
    }
    localStorage.setItem(`serin:${url}`, 'poison');
    await poison({ bytes: 'poison' });
  },
  async () => {
    for (const [name, store] of Object.entries(stores)) {
      const { client, codes } = open({ store, readyTimeout: 200 });
      const { source } = await client.ready;
      await until(() => codes.includes('storage'));
      await until(async () => (await store.get(url)) === undefined);
      report[`${name}, poisoned`] = source;
      client.close();
    }
    await poison({ bytes: new TextEncoder().encode('{"format":1,'), at: Date.now() });
    const { client, codes } = open({ store: stores.indexedDB, readyTimeout: 200 });
    await until(() => codes.includes('storage'));
    client.close();

    // Full: more than any localStorage holds.
    const large = { bytes: new Uint8Array(12_000_000).fill(0x20), at: 1 };
    localStorageStore().set('small', { bytes: new Uint8Array([0x20]), at: 1 });
    try {
      localStorageStore().set('small', large);
      report.full = 'it fitted';
    } catch (error) {
      report.full = [/** @type {any} */ (error).name, (await localStorageStore().get('small'))?.bytes.length];
    }
    // Another tab may want the database gone.
    await stores.indexedDB.get(url);
    report.deleted = await new Promise((done) => {
      const deleting = indexedDB.deleteDatabase('serin');
      // Not told when it is blocked: an engine may still be closing what was closed.
      deleting.onsuccess = () => done('yes');
      setTimeout(done, 10_000, 'no');
      deleting.onerror = () => done('failed');
    });
    await stores.indexedDB.set(url, { bytes: new Uint8Array(3), at: 5, etag: 'x' });
    const { bytes, at, etag } = /** @type {any} */ (await stores.indexedDB.get(url));
    report.anew = [bytes.length, at, etag];
    await stores.indexedDB.remove?.(url);
    await become('good');
  },
  async () => {
    const { client, codes } = open({});
    await client.ready;
    /** @type {string[]} */
    const wrong = [];
    for (const mode of failures.split(',')) {
      codes.splice(0);
      await become(mode);
      await client.refresh();
      if (client.string('colour', '') !== 'blue' || codes.length !== 1 || !client.stale) wrong.push(`${mode}: ${codes}`);
      await become('good');
      await client.refresh();
      if (client.stale) wrong.push(`${mode}: no recovery`);
    }
    report.failures = wrong;
    client.close();
    // Time: a window that opens in a moment.
    const from = Date.now() + 300;
    const rules = [{ if: { time: { from: new Date(from).toISOString() } }, serve: 'on' }];
    const timed = createClient({ ruleset: { format: 1, flags: { sale: { variants: { on: true, off: false }, rules, serve: 'off' } } } });
    await timed.ready;
    await new Promise((changed) => timed.subscribe('sale', () => changed(undefined)));
    report.time = [timed.boolean('sale', false), Date.now() >= from];
    timed.close();
  },
];

try {
  await loads[report.load]();
} catch (error) {
  report.failed = `load ${report.load}: ${error}`;
}
report.load++;
sessionStorage.setItem('report', JSON.stringify(report));
if (report.load < loads.length && report.failed === undefined) location.reload();
else await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
