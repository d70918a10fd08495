/** The document as it came: handed to a module, kept, and handed over again to the next. */

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./core.js').Source} Source */

export const encoder = /*#__PURE__*/ new TextEncoder();
export const decoder = /*#__PURE__*/ new TextDecoder('utf-8', { ignoreBOM: true });

/** Hands over what was kept. @param {Core} core @param {Source} source @returns {boolean} false: refused */
export function feedAll(core, source) {
  return typeof source === 'string' ? core.feedText(source) : source.every((chunk) => core.feed(chunk));
}

/** Chunks as one. @param {Uint8Array[]} chunks */
export function join(chunks) {
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** @param {Source} source */
export function bytesOf(source) {
  return typeof source === 'string' ? encoder.encode(source) : join(source);
}

/**
 * Hands a source over as it arrives, and keeps it, whole or up to where it is refused.
 * @param {any} source what the caller of `load` gave
 * @param {(part: string | Uint8Array) => boolean} hand false: refused
 * @returns {Promise<{ source: Source, fed: boolean }>}
 */
export async function read(source, hand) {
  if (typeof source === 'string') {
    if (/^\s*([a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/)\S*\s*$/i.test(source)) {
      throw new TypeError(`load() takes a ruleset, not its address: write load(await fetch(${JSON.stringify(source.trim())}))`);
    }
    return { source, fed: hand(source) };
  }
  // Unlike instanceof this knows the buffers of other realms.
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) source = new Uint8Array(source);
  if (ArrayBuffer.isView(source)) {
    // A copy: the caller may write into its own.
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
    return { source: [bytes], fed: hand(bytes) };
  }
  if (typeof source?.arrayBuffer === 'function' && 'body' in source) {
    if (source.ok === false) throw new TypeError(`the host answered ${source.status} for ${source.url || 'the ruleset'}: no ruleset was loaded`);
    if (source.body === null) return { source: [], fed: true };
    source = source.body;
  }
  if (typeof source?.getReader !== 'function') {
    throw new TypeError('load() takes the JSON text of a ruleset, its bytes, a Response, or a stream of bytes');
  }
  /** @type {Uint8Array[]} */
  const chunks = [];
  const reader = source.getReader();
  // Not waited for: the other end may never answer.
  const cancel = () => void reader.cancel().catch(() => {});
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { source: chunks, fed: true };
    if (!ArrayBuffer.isView(value)) {
      cancel();
      throw new TypeError('load() takes a stream of bytes: its chunks have to be Uint8Array');
    }
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    chunks.push(bytes);
    if (!hand(bytes)) {
      cancel();
      return { source: chunks, fed: false };
    }
  }
}
