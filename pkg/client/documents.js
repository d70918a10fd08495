/** Documents as bytes: told apart, and handed to the loader. */

/**
 * The bytes of a document that the caller has. May throw what an object throws that is turned into JSON.
 * @param {unknown} given @returns {Uint8Array}
 */
export function bytesOf(given) {
  // A copy: the caller may write into its own.
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength).slice();
  if (Object.prototype.toString.call(given) === '[object ArrayBuffer]') return new Uint8Array(/** @type {ArrayBuffer} */ (given)).slice();
  return new TextEncoder().encode(typeof given === 'string' ? given : String(JSON.stringify(given)));
}

/**
 * Chunks as the stream that `load` takes. Unlike bytes they are not copied.
 * @param {Uint8Array[]} chunks those that are there; those that come are added
 * @param {{ read(): Promise<Uint8Array | undefined>, cancel(): Promise<void> }} [rest] what follows
 */
export function stream(chunks, rest) {
  let at = 0;
  const reader = {
    async read() {
      if (at === chunks.length) {
        const bytes = await rest?.read();
        if (bytes === undefined) return { done: true };
        chunks.push(bytes);
      }
      return { done: false, value: chunks[at++] };
    },
    cancel: async () => rest?.cancel(),
  };
  return { getReader: () => reader };
}

/** Whether bytes that come are those of a document. @param {readonly Uint8Array[]} chunks the document */
export function follow(chunks) {
  let at = 0;
  let offset = 0;
  return {
    /** So far they are, with these. @param {Uint8Array} bytes */
    same(bytes) {
      for (let from = 0; from < bytes.length; ) {
        if (at === chunks.length) return false;
        const chunk = chunks[at];
        const end = Math.min(from + chunk.length - offset, bytes.length);
        while (from < end && chunk[offset] === bytes[from]) {
          offset++;
          from++;
        }
        if (from < end) return false;
        if (offset === chunk.length) {
          at++;
          offset = 0;
        }
      }
      return true;
    },
    /** None is missing. */
    whole() {
      // An empty chunk may be left.
      return chunks.slice(at).every(({ length }) => length === 0);
    },
  };
}
