/** The document as it came: handed to a module, kept, and handed over again to the next. */

/** @typedef {import('./core.js').Core} Core */
/** @typedef {import('./core.js').Source} Source */

/** Makes sure that the document is read again the same way. @param {Core} core @param {Source} source */
export function feedAll(core, source) {
  const fed = typeof source === 'string' ? core.feedText(source) : source.every((chunk) => core.feed(chunk));
  return fed && core.finish();
}

/** @param {Source} source */
export function bytesOf(source) {
  if (typeof source === 'string') return new TextEncoder().encode(source);
  const whole = new Uint8Array(source.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of source) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * Hands a source over as it arrives and keeps it.
 * @param {Core} core @param {any} source @returns {Promise<{ source: Source, refused: boolean }>}
 */
export async function read(core, source) {
  if (typeof source === 'string') {
    if (/^\s*([a-z][a-z0-9+.-]*:\/\/|\.{0,2}\/)\S*\s*$/i.test(source)) {
      throw new TypeError(`load() takes a ruleset, not its address: write load(await fetch(${JSON.stringify(source.trim())}))`);
    }
    return { source, refused: !core.feedText(source) };
  }
  if (source instanceof ArrayBuffer) source = new Uint8Array(source);
  if (ArrayBuffer.isView(source)) {
    // A copy: the caller may write into its own.
    const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
    return { source: [bytes], refused: !core.feed(bytes) };
  }
  if (typeof source?.arrayBuffer === 'function' && 'body' in source) {
    if (source.ok === false) throw new TypeError(`the host answered ${source.status} for ${source.url || 'the ruleset'}: no ruleset was loaded`);
    if (source.body === null) return { source: [], refused: false };
    source = source.body;
  }
  if (typeof source?.getReader !== 'function') {
    throw new TypeError('load() takes the JSON text of a ruleset, its bytes, a Response, or a stream of bytes');
  }
  /** @type {Uint8Array[]} */
  const chunks = [];
  const reader = source.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { source: chunks, refused: false };
    chunks.push(value);
    if (!core.feed(value)) {
      await reader.cancel().catch(() => {});
      return { source: chunks, refused: true };
    }
  }
}
