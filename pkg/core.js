/**
 * The host's half of the boundary: one instance of the module, which holds one ruleset. Knows
 * addresses and words; the other half is `src/wasm.rs`.
 */
import { ABSENT, LIST, NUMBER, OTHER, TEXT, UNREADABLE, attribute } from './attributes.js';

/** Says "none" where the module has a number of a text. */
export const NONE = 0xffffffff;

/** Bytes of UTF-8 of a string attribute; a longer one is no value. */
const TEXT_BYTES = 8192;
/** UTF-16 units, of at most three bytes each, handed over at once. */
const CHUNK_UNITS = 21_000;
const CHUNK_BYTES = 65_536;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @typedef {string | Uint8Array[]} Source a document as it came: text, or its bytes in chunks */
/** @typedef {{ needs: number, names: string[] }} Path needs: 1 atoms, 2 text, 3 both */
/** @typedef {Record<string, (...numbers: number[]) => number>} Exports */

/** A string without lone surrogates. @param {string} text */
function wellFormed(text) {
  // Older engines lack isWellFormed; the property of a regular expression says the same.
  return typeof text.isWellFormed === 'function' ? text.isWellFormed() : !/\p{Surrogate}/u.test(text);
}

export class Core {
  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    const { memory, ...functions } = instance.exports;
    /** @type {WebAssembly.Memory} */
    this.memory = /** @type {any} */ (memory);
    /** @type {Exports} */
    this.call = /** @type {any} */ (functions);
    /** A call threw: the module may be in the middle of it for ever. */
    this.spent = false;
    /** The context whose values the module holds. @type {object | null} */
    this.bound = null;
    /** @type {Path[]} */
    this.paths = [];
    /** @type {Map<string, number>} */
    this.atoms = new Map();
    this.entriesAt = 0;
    this.textAt = 0;
    this.textRoom = 0;
    this.elementsAt = 0;
    this.elementsRoom = 0;
    // Views of the memory; growing the memory detaches them.
    const { buffer } = this.memory;
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.floats = new Float64Array(buffer);
  }

  #fresh() {
    const { buffer } = this.memory;
    if (this.buffer === buffer) return;
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.floats = new Float64Array(buffer);
  }

  /** Hands over a part of the document. @param {Uint8Array} bytes @returns {boolean} false: refused */
  feed(bytes) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const part = bytes.subarray(at, at + CHUNK_BYTES);
      const address = this.call.room(0, part.length) >>> 0;
      this.#fresh();
      this.bytes.set(part, address);
      if (this.call.feed(0) !== 0) return false;
    }
    return true;
  }

  /** Hands over a text. @param {string} text @returns {boolean} false: refused */
  feedText(text) {
    const room = new Uint8Array(CHUNK_UNITS * 3);
    for (let at = 0; at < text.length; ) {
      let end = Math.min(at + CHUNK_UNITS, text.length);
      // The halves of a surrogate pair stay together.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      const { written } = encoder.encodeInto(text.slice(at, end), room);
      if (!this.feed(room.subarray(0, written))) return false;
      at = end;
    }
    return true;
  }

  /** Ends the document. @returns {boolean} false: refused */
  finish() {
    if (this.call.feed(1) !== 0) return false;
    const header = this.read(0, 0);
    this.header = header;
    this.revision = header[0] === NONE && header[1] === NONE ? undefined : header[0] + header[1] * 2 ** 32;
    this.keys = this.#strings(2);
    this.atoms = new Map(this.#strings(0).map((text, number) => [text, number]));
    this.paths = Array.from(header.subarray(22), (needs, path) => ({ needs: needs >>> 6, names: segments(this.#raw(4, path)) }));
    this.entriesAt = this.call.room(3, this.paths.length * 2) >>> 0;
    this.#makeTextRoom(4096);
    this.#makeElementsRoom(64);
    return true;
  }

  /** Words that the module wrote, copied. @param {number} what @param {number} index */
  read(what, index) {
    const at = (this.call.words(what, index) >>> 0) / 4;
    this.#fresh();
    return this.words.slice(at + 1, at + 1 + this.words[at]);
  }

  /**
   * The bytes of a string of a pool: 0 atoms, 1 texts, 2 flag keys, 3 segment keys, 4 paths.
   * @param {number} pool @param {number} number
   */
  #raw(pool, number) {
    this.#fresh();
    const header = /** @type {Uint32Array} */ (this.header);
    const [bytes, ends] = header.subarray(7 + pool * 3);
    const start = number === 0 ? 0 : this.words[ends / 4 + number - 1];
    return this.bytes.subarray(bytes + start, bytes + this.words[ends / 4 + number]);
  }

  /** Words of a list that the header names, copied: 4 names, 5 asks, 6 needs. @param {number} list @param {number} start @param {number} end */
  list(list, start, end) {
    return this.copy(/** @type {Uint32Array} */ (this.header)[list] / 4 + start, end - start);
  }

  /** Words, copied. @param {number} at @param {number} count */
  copy(at, count) {
    this.#fresh();
    return this.words.slice(at, at + count);
  }

  /** @param {number} pool @param {number} number */
  string(pool, number) {
    const bytes = this.#raw(pool, number);
    // A key that is no Unicode is kept as written, after a byte that starts no text.
    return decoder.decode(bytes[0] === 0xff ? bytes.subarray(1) : bytes);
  }

  /** All strings of a pool. @param {number} pool */
  #strings(pool) {
    this.#fresh();
    const header = /** @type {Uint32Array} */ (this.header);
    const [bytes, ends, count] = header.subarray(7 + pool * 3);
    const cuts = this.words.subarray(ends / 4, ends / 4 + count);
    const length = count === 0 ? 0 : cuts[count - 1];
    const whole = decoder.decode(this.bytes.subarray(bytes, bytes + length));
    // Where bytes and characters are as many, all is ASCII and cut at once.
    const ascii = whole.length === length;
    let start = 0;
    return Array.from(cuts, (end, number) => {
      const text = ascii && whole[start] !== '\ufffd' ? whole.slice(start, end) : this.string(pool, number);
      start = end;
      return text;
    });
  }

  /** @param {number} room */
  #makeTextRoom(room) {
    this.textRoom = room;
    this.textAt = this.call.room(1, room) >>> 0;
    this.#fresh();
  }

  /** @param {number} room */
  #makeElementsRoom(room) {
    this.elementsRoom = room;
    this.elementsAt = this.call.room(2, room) >>> 0;
    this.#fresh();
  }

  /**
   * Writes values that were read from a context and returns how many. Runs no code but ours: what
   * a context can throw has thrown before.
   * @param {ArrayLike<number>} paths @param {unknown[]} values
   */
  write(paths, values) {
    this.#fresh();
    this.textUsed = 0;
    this.elementsUsed = 0;
    const count = paths.length;
    for (let at = 0; at < count; at++) {
      const path = paths[at];
      const value = values[at];
      let word = this.entriesAt / 4 + at * 4;
      const head = path << 3;
      if (typeof value === 'string') {
        const kind = this.#text(value, this.paths[path].needs);
        const { words } = this;
        words[word] = kind | head;
        words[++word] = this.atom;
        words[++word] = this.start;
        words[++word] = this.length;
      } else if (typeof value === 'number') {
        this.words[word] = NUMBER | head;
        this.floats[word / 2 + 1] = value;
      } else if (typeof value === 'boolean') {
        this.words[word] = 3 | head;
        this.words[word + 1] = value ? 1 : 0;
      } else if (value === undefined) {
        this.words[word] = ABSENT | head;
      } else if (value === UNREADABLE) {
        this.words[word] = 1 | head;
      } else if (Array.isArray(value)) {
        const kind = this.#list(value);
        const { words } = this;
        words[word] = kind | head;
        words[++word] = this.atom;
        words[++word] = this.start;
        words[++word] = this.length;
      } else {
        this.words[word] = OTHER | head;
      }
    }
    return count;
  }

  /** What was written last. */
  atom = NONE;
  start = 0;
  length = 0;
  textUsed = 0;
  elementsUsed = 0;

  /** The kind of a string, which is then described by atom, start and length. @param {string} text @param {number} needs */
  #text(text, needs) {
    let known;
    this.start = this.length = 0;
    this.atom = NONE;
    if (needs & 1) {
      known = this.atoms.get(text);
      // A hit proves that the string is well-formed and not too long.
      if (known !== undefined) this.atom = known;
      if (known !== undefined && needs === 1 && text.length * 3 <= TEXT_BYTES) return TEXT;
    }
    if (text.length > TEXT_BYTES) return OTHER;
    if (needs & 2) return this.#copy(text) ? TEXT : OTHER;
    return wellFormed(text) && fits(text) ? TEXT : OTHER;
  }

  /** Copies a string; false if it is ill-formed or too long. @param {string} text */
  #copy(text) {
    const { length } = text;
    if (this.textUsed + length * 3 > this.textRoom) this.#makeTextRoom((this.textUsed + length * 3) * 2);
    const { bytes } = this;
    const start = this.textAt + this.textUsed;
    this.start = this.textUsed;
    this.length = length;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) {
        if (!wellFormed(text)) return false;
        this.length = encoder.encodeInto(text, bytes.subarray(start)).written;
        break;
      }
      bytes[start + at] = code;
    }
    this.textUsed += this.length;
    return this.length <= TEXT_BYTES;
  }

  /** The kind of a list, which is then described by atom (its type), start and length. @param {unknown[]} list */
  #list(list) {
    const { length } = list;
    const kind = typeof list[0];
    this.atom = kind === 'number' ? 1 : kind === 'boolean' ? 2 : 0;
    this.start = this.elementsUsed;
    this.length = length;
    if (this.elementsUsed + length > this.elementsRoom) this.#makeElementsRoom((this.elementsUsed + length) * 2);
    for (let at = 0; at < length; at++) {
      const element = list[at];
      if (typeof element !== kind) return OTHER;
      const float = this.elementsAt / 8 + this.elementsUsed++;
      if (typeof element === 'number') {
        if (!Number.isFinite(element)) return OTHER;
        // Adding zero turns -0 into 0, its equal.
        this.floats[float] = element + 0;
        continue;
      }
      let bits = NONE;
      if (typeof element === 'boolean') {
        bits = element ? 1 : 0;
      } else if (typeof element === 'string') {
        const known = this.atoms.get(element);
        if (known !== undefined) bits = known;
        if (element.length > TEXT_BYTES || !wellFormed(element) || !fits(element)) return OTHER;
      } else {
        return OTHER;
      }
      this.words[float * 2] = bits;
      this.words[float * 2 + 1] = 0;
    }
    return LIST;
  }
}

/** Whether a well-formed string is no longer than a value may be. @param {string} text */
function fits(text) {
  return text.length * 3 <= TEXT_BYTES || encoder.encode(text).length <= TEXT_BYTES;
}

/** A path's segments, which stand with a byte that no UTF-8 has between them. @param {Uint8Array} bytes */
function segments(bytes) {
  const names = [];
  for (let start = 0; start <= bytes.length; ) {
    const between = bytes.indexOf(255, start);
    const end = between === -1 ? bytes.length : between;
    names.push(decoder.decode(bytes.subarray(start, end)));
    start = end + 1;
  }
  return names;
}

/** Reads the values at these paths, each in a guard. @param {Path[]} all @param {ArrayLike<number>} paths @param {unknown} context @param {unknown[]} values */
export function readValues(all, paths, context, values) {
  for (let at = 0; at < paths.length; at++) {
    try {
      values[at] = attribute(context, all[paths[at]].names);
    } catch {
      values[at] = UNREADABLE;
    }
  }
}
