/**
 * The service worker: keeps the site for when there is no network. A version is a list of files, each with its hash
 * (`pkg/build/playground.mjs` writes it); it is kept whole, or not at all, and a page never gets files of two.
 */

/** @type {Record<string, string>} by path from here, '' for the page itself */
const files = /** @type {any} */ (globalThis).FILES;

const CACHE = 'serin-playground';
const worker = /** @type {any} */ (globalThis);
const here = new URL('./', worker.location.href);

/** Where a file of a version is kept. @param {string} path */
const key = (path) => `${new URL(path, here)}?${files[path]}`;

/** @param {string} path */
async function keep(path) {
  const cache = await caches.open(CACHE);
  // What has not changed since the last version is there already.
  if (await cache.match(key(path))) return;
  const response = await fetch(new URL(path, here), { cache: 'no-cache', credentials: 'omit' });
  const bytes = await response.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!response.ok || hex !== files[path]) throw new Error(`${path} is not that of this version`);
  // Made anew: a page may not come from a response that was redirected.
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  await cache.put(key(path), new Response(bytes, { headers }));
}

/** Lets go what only older versions had. */
async function tidy() {
  const cache = await caches.open(CACHE);
  const kept = new Set(Object.keys(files).map(key));
  for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
}

/** Asks again. Not with a header `refresh`, which does nothing where the address has a fragment. */
const AGAIN = '<!doctype html><link rel="icon" href="data:,"><script>setTimeout(() => location.reload(), 50)</script>';

/** @param {Request} request @param {string} path */
async function answer(request, path) {
  const { registration, clients } = worker;
  if (request.mode === 'navigate' && registration.waiting && (await clients.matchAll()).length < 2) {
    // A newer version is here whole, and no other page has files of this one: it takes over, and the page asks it.
    registration.waiting.postMessage('now');
    return new Response(AGAIN, { headers: { 'content-type': 'text/html' } });
  }
  return (await (await caches.open(CACHE)).match(key(path))) ?? fetch(request);
}

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(Promise.all(Object.keys(files).map(keep))));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(tidy()));
worker.addEventListener('message', (/** @type {any} */ event) => event.data === 'now' && worker.skipWaiting());
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || !url.href.startsWith(here.href)) return;
  const path = url.pathname.slice(here.pathname.length);
  const known = path === 'index.html' ? '' : path;
  if (Object.hasOwn(files, known)) event.respondWith(answer(event.request, known));
});
