/**
 * Stores: where the bytes of a ruleset outlive the page, or the isolate. A store holds what the host
 * sent, never what was decided; it may throw and may be empty, and whoever uses it goes on.
 */

/** @typedef {import('./storage.js').Store} Store */
/** @typedef {import('./storage.js').Stored} Stored */

/** @returns {Store} */
export function memoryStore() {
  /** @type {Map<string, Stored>} */
  const entries = new Map();
  return {
    get: (name) => entries.get(name),
    set: (name, entry) => void entries.set(name, entry),
    remove: (name) => void entries.delete(name),
  };
}

/**
 * An entry is one text: instant and entity tag as JSON in the first line, and then the document. So an
 * entry is whole or not there, also where two tabs write.
 * @param {{ prefix?: string, storage?: Storage }} [options]
 * @returns {Store}
 */
export function localStorageStore({ prefix = 'serin:', storage } = {}) {
  // Only naming localStorage throws where a page may store nothing, so it is named when it is used.
  const place = () => storage ?? globalThis.localStorage;
  return {
    get(name) {
      const text = place().getItem(prefix + name);
      if (text === null) return undefined;
      const line = text.indexOf('\n');
      /** @type {unknown} */
      let head;
      try {
        head = JSON.parse(text.slice(0, line));
      } catch {
        // Said below.
      }
      // Not what we wrote; the reader says so, and removes it.
      if (!Array.isArray(head)) return /** @type {any} */ ({});
      return { bytes: new TextEncoder().encode(text.slice(line + 1)), at: head[0], etag: head[1] };
    },
    set(name, { bytes, at, etag }) {
      // A document that is no UTF-8 never comes here: it was refused.
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      place().setItem(prefix + name, `${JSON.stringify([at, etag])}\n${text}`);
    },
    remove: (name) => place().removeItem(prefix + name),
  };
}

/**
 * Opened for each use and closed after it: nothing is held against another tab, and a database that
 * the browser took away is simply opened again.
 * @param {{ database?: string, indexedDB?: IDBFactory }} [options]
 * @returns {Store}
 */
export function indexedDBStore({ database = 'serin', indexedDB } = {}) {
  const STORE = 'rulesets';
  /**
   * @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} ask
   * @returns {Promise<T>}
   */
  const use = (mode, ask) => new Promise((resolve, reject) => {
    const opening = (indexedDB ?? globalThis.indexedDB).open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      // Whoever wants to delete the database need not wait for us.
      db.onversionchange = () => db.close();
      try {
        const transaction = db.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        // A full disk speaks up only when the transaction ends.
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
      } catch (error) {
        reject(error);
      }
      // It closes when the transaction has ended.
      db.close();
    };
  });
  return {
    get: (name) => use('readonly', (store) => store.get(name)),
    set: async (name, entry) => void (await use('readwrite', (store) => store.put(entry, name))),
    remove: async (name) => void (await use('readwrite', (store) => store.delete(name))),
  };
}

/** What Workers KV says of a longer name, in bytes. */
const KV_NAME = 512;

/**
 * A value put there by hand or by a deployment has no metadata: it counts as old, and is used until the
 * host was asked.
 * @param {import('./storage.js').KV} namespace @param {{ prefix?: string, expirationTtl?: number }} [options]
 * @returns {Store}
 */
export function kvStore(namespace, { prefix = '', expirationTtl } = {}) {
  /** @param {string} name */
  const key = (name) => {
    const whole = prefix + name;
    if (new TextEncoder().encode(whole).length > KV_NAME) throw new RangeError(`Workers KV takes no name of more than ${KV_NAME} bytes: ${whole}`);
    return whole;
  };
  return {
    async get(name) {
      const { value, metadata } = await namespace.getWithMetadata(key(name), 'arrayBuffer');
      if (value === null) return undefined;
      const { at, etag } = /** @type {any} */ (metadata ?? {});
      return { bytes: new Uint8Array(value), at: Number.isFinite(at) ? at : 0, etag };
    },
    set: (name, { bytes, at, etag }) =>
      // Metadata has room for a kilobyte; without the tag the whole document is fetched, no more.
      namespace.put(key(name), bytes, { metadata: { at, ...(etag !== undefined && etag.length < 256 ? { etag } : {}) }, ...(expirationTtl === undefined ? {} : { expirationTtl }) }),
    remove: (name) => namespace.delete(key(name)),
  };
}

/**
 * @param {Cache | (() => Cache | Promise<Cache>)} cache @param {{ maxAge?: number }} [options]
 * @returns {Store}
 */
export function cacheStore(cache, { maxAge = 30 * 86_400 } = {}) {
  const place = async () => (typeof cache === 'function' ? cache() : cache);
  // A name of its own: an answer of the host itself may lie in the same cache, under its address.
  /** @param {string} name */
  const key = (name) => `https://serin.invalid/${encodeURIComponent(name)}`;
  return {
    async get(name) {
      const response = await (await place()).match(key(name));
      if (response === undefined) return undefined;
      const at = Number(response.headers.get('x-serin-at') ?? NaN);
      const etag = response.headers.get('x-serin-etag') ?? undefined;
      return { bytes: new Uint8Array(await response.arrayBuffer()), at, etag };
    },
    async set(name, { bytes, at, etag }) {
      const headers = new Headers({ 'cache-control': `max-age=${maxAge}`, 'content-type': 'application/json', 'x-serin-at': String(at) });
      if (etag !== undefined) headers.set('x-serin-etag', etag);
      await (await place()).put(key(name), new Response(/** @type {any} */ (bytes), { headers }));
    },
    async remove(name) {
      await (await place()).delete(key(name));
    },
  };
}
