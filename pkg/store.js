/**
 * What the client and the edge ask of a store. Nothing that a store does, and nothing that it holds,
 * makes either of these throw.
 */

/** @typedef {import('./storage.js').Store} Store */
/** @typedef {import('./storage.js').Stored} Stored */

/** Refuses what is no store, at once. @param {any} store @param {string} where */
export function checkStore(store, where) {
  if (store === undefined || (typeof store?.get === 'function' && typeof store.set === 'function')) return;
  throw new TypeError(`${where} must be a store, such as localStorageStore() of 'serin/storage', or an object with get(name) and set(name, entry)`);
}

/**
 * Reads an entry. One that is none is removed.
 * @param {Store} store @param {string} name
 * @param {(error: unknown) => void} failed told what the store threw, or what is wrong with its entry
 * @returns {Promise<Stored | undefined>} never rejects; may never end, if the store does not
 */
export async function readStored(store, name, failed) {
  try {
    const entry = await store.get(name);
    if (entry === undefined || entry === null) return undefined;
    const { bytes, at, etag } = entry;
    if (ArrayBuffer.isView(bytes) && Number.isFinite(at)) {
      const copied = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { bytes: copied, at, ...(typeof etag === 'string' ? { etag } : {}) };
    }
    failed(new TypeError(`what is stored as ${name} is no ruleset`));
    await removeStored(store, name);
  } catch (error) {
    failed(error);
  }
  return undefined;
}

/**
 * Writes an entry.
 * @param {Store} store @param {string} name @param {Stored} entry
 * @param {(error: unknown) => void} failed
 * @returns {Promise<boolean>} false: it failed; never rejects
 */
export async function writeStored(store, name, entry, failed) {
  try {
    await store.set(name, entry);
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

/** Removes an entry that is of no use, if the store can. @param {Store} store @param {string} name */
export async function removeStored(store, name) {
  try {
    await store.remove?.(name);
  } catch {
    // It is read again next time, and found to be of no use again.
  }
}

/**
 * Whether an entry is young enough. One from the future tells of a clock that was set, so its age is
 * not known, and counts as the distance.
 * @param {Stored} entry @param {number | undefined} maxAge milliseconds @param {number} now
 */
export function young(entry, maxAge, now) {
  return maxAge === undefined || Math.abs(now - entry.at) <= maxAge;
}
