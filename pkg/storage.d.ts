/**
 * Stores, `serin/storage`: where the bytes of a ruleset outlive the page or the isolate, for a start
 * without a network.
 *
 * A store holds what the host sent, never what was decided for anyone. It may throw, be full, hang or
 * hold nonsense: who uses it says so with an `error` event and goes on.
 */

/** A ruleset as it came from its host. */
export interface Stored {
  /** The document's bytes, unchanged. */
  readonly bytes: Uint8Array;
  /** When the host last sent or confirmed it, in milliseconds since 1970; 0: not known. */
  readonly at: number;
  /** The host's entity tag of these bytes, where it could be read. */
  readonly etag?: string;
}

/** Where rulesets are kept. Write your own, or take one of those below. */
export interface Store {
  /**
   * What is kept under a name; undefined: nothing. Anything that is no {@link Stored} is taken for
   * damage, and removed.
   * @param name the ruleset's address
   */
  get(name: string): Stored | undefined | Promise<Stored | undefined>;
  /** Keeps an entry, whole or not at all, in place of an earlier one. */
  set(name: string, entry: Stored): void | Promise<void>;
  /** Forgets an entry; asked for where it proved to be of no use. */
  remove?(name: string): void | Promise<void>;
}

/** Keeps entries in a `Map`: for tests, and for what several clients of a process share. */
export function memoryStore(): Store;

/**
 * Keeps entries in `localStorage`, which most browsers limit to about five million characters for the
 * whole origin. Read at once, so the stored ruleset answers before the first network byte.
 * @param options.prefix before the names; default `serin:`
 * @param options.storage another `Storage`, such as `sessionStorage`; default `localStorage`
 */
export function localStorageStore(options?: { prefix?: string; storage?: Storage }): Store;

/**
 * Keeps entries in IndexedDB: for rulesets too large for `localStorage`, and in web workers, which
 * have none.
 * @param options.database its name; default `serin`
 * @param options.indexedDB another factory; default `indexedDB`
 */
export function indexedDBStore(options?: { database?: string; indexedDB?: IDBFactory }): Store;

/** As much of a Workers KV namespace as {@link kvStore} uses. */
export interface KV {
  getWithMetadata(name: string, type: 'arrayBuffer'): Promise<{ value: ArrayBuffer | null; metadata: unknown }>;
  put(name: string, value: Uint8Array, options: { metadata: object; expirationTtl?: number }): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * Keeps entries in a Workers KV namespace, under the ruleset's address: at most 512 bytes of name, one
 * write a second a name. A value that was put there by other means is read too, with `at` 0.
 * @param options.prefix before the names; default none
 * @param options.expirationTtl seconds after which KV forgets an entry, at least 60; default never
 */
export function kvStore(namespace: KV, options?: { prefix?: string; expirationTtl?: number }): Store;

/**
 * Keeps entries in a `Cache`: `caches.default` of a Worker, or one that `caches.open` gave.
 * @param cache the cache, or a function that gives it when it is first used
 * @param options.maxAge seconds the cache may keep an entry; default 30 days
 */
export function cacheStore(cache: Cache | (() => Cache | Promise<Cache>), options?: { maxAge?: number }): Store;
