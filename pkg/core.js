/**
 * The host's half of the boundary: one instance of the module, which holds one ruleset. Knows
 * addresses and words; the other half is `src/wasm.rs`.
 */
import { ABSENT, BOOLEAN, LIST, NUMBER, OTHER, TEXT, UNREADABLE, attribute } from './attributes.js';
import {
  ALIGN, CHUNK_BYTES, CHUNK_UNITS, DECISIONS, DOCUMENT_ROOM, ELEMENTS_ROOM, END, FOLDED_OR_KEY, LONG, NONE, RAW, READ, RULESET, SHORT,
  TEXT_BYTES, TEXT_ROOM, VALUES_ROOM, VIEWS,
} from './boundary.js';
import { decoder, encoder } from './source.js';

/** Equal to no value. */
const NOTHING = Symbol('nothing');

/** @typedef {string | Uint8Array[]} Source a document as it came: text, or its bytes in chunks */
/**
 * `needs`: 1 atoms, 2 text, 3 both. `lasts`: what the module makes of a value refers to no text, so it holds until
 * another is bound.
 * @typedef {{ number: number, needs: number, lasts: boolean, names: string[] }} Path
 */
/** @typedef {Record<string, (...numbers: number[]) => number>} Exports */

/** A string without lone surrogates. @param {string} text */
function wellFormed(text) {
  // Older engines lack isWellFormed; the property of a regular expression says the same.
  return typeof text.isWellFormed === 'function' ? text.isWellFormed() : !/\p{Surrogate}/u.test(text);
}

export class Core {
  // What only this file names is private, so that minifiers shorten it: 40 bytes of brotli.
  /** @type {WebAssembly.Memory} */
  #memory;
  /** Values by path that the module holds, of paths where they last. At first all are absent. @type {unknown[]} */
  #held = [];
  /** @type {Map<string, number>} */
  #atoms = new Map();
  #entriesAt = 0;
  #textAt = 0;
  #textRoom = 0;
  #textUsed = 0;
  #elementsAt = 0;
  #elementsRoom = 0;
  #elementsUsed = 0;
  #bytes = new Uint8Array();
  #words = new Uint32Array();
  #floats = new Float64Array();
  /** Views of the room for texts, from each multiple of ALIGN to its end. @type {Uint8Array[]} */
  #texts = [];

  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    const { memory, ...functions } = instance.exports;
    this.#memory = /** @type {any} */ (memory);
    /** @type {Exports} */
    this.call = /** @type {any} */ (functions);
    /** A call threw: the module may be in the middle of it for ever. */
    this.spent = false;
    /** The context whose values the module holds. @type {object | null} */
    this.bound = null;
    /** @type {Path[]} */
    this.paths = [];
    this.#fresh();
  }

  /** Makes views of the memory; growing it detaches them, which makes them empty. */
  #fresh() {
    if (this.#words.length > 0) return;
    const { buffer } = this.#memory;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#texts = [];
  }

  /** Hands over a part of the document. @param {Uint8Array} bytes @returns {boolean} false: refused */
  feed(bytes) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const part = bytes.subarray(at, at + CHUNK_BYTES);
      const address = this.call.ask(DOCUMENT_ROOM, part.length) >>> 0;
      this.#fresh();
      this.#bytes.set(part, address);
      if (this.call.ask(READ) === 0) return false;
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
    if (this.call.ask(END) === 0) return false;
    const header = this.read(RULESET);
    this.header = header;
    this.revision = header[0] === NONE && header[1] === NONE ? undefined : header[0] + header[1] * 2 ** 32;
    this.keys = this.#strings(2);
    this.#atoms = new Map(this.#strings(0).map((text, number) => [text, number]));
    this.paths = Array.from(header.subarray(22), (bits, number) => {
      const needs = bits >>> 6;
      const lasts = (bits & FOLDED_OR_KEY) === 0 && ((needs & 2) === 0 || (bits & RAW) === 0);
      return { number, needs, lasts, names: segments(this.#raw(4, number)) };
    });
    this.#entriesAt = this.call.ask(VALUES_ROOM, this.paths.length * 2) >>> 0;
    this.#makeTextRoom(4096);
    this.#makeElementsRoom(64);
    return true;
  }

  /** Words that the module wrote, copied. @param {number} what @param {number} [index] */
  read(what, index) {
    const at = (this.call.ask(what, /** @type {number} */ (index)) >>> 0) / 4;
    this.#fresh();
    return this.#words.slice(at + 1, at + 1 + this.#words[at]);
  }

  /** The packed decisions of all flags for what is bound. @param {Uint32Array} room */
  decisions(room) {
    const at = (this.call.ask(DECISIONS) >>> 0) / 4 + 1;
    this.#fresh();
    room.set(this.#words.subarray(at, at + room.length));
    return room;
  }

  /**
   * The bytes of a string of a pool: 0 atoms, 1 texts, 2 flag keys, 3 segment keys, 4 paths.
   * @param {number} pool @param {number} number
   */
  #raw(pool, number) {
    this.#fresh();
    const header = /** @type {Uint32Array} */ (this.header);
    const [bytes, ends] = header.subarray(7 + pool * 3);
    const start = number === 0 ? 0 : this.#words[ends / 4 + number - 1];
    return this.#bytes.subarray(bytes + start, bytes + this.#words[ends / 4 + number]);
  }

  /** Words of a list that the header names, copied: 4 names, 5 asks, 6 needs. @param {number} list @param {number} start @param {number} end */
  list(list, start, end) {
    return this.copy(/** @type {Uint32Array} */ (this.header)[list] / 4 + start, end - start);
  }

  /** Words, copied. @param {number} at @param {number} count */
  copy(at, count) {
    this.#fresh();
    return this.#words.slice(at, at + count);
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
    const cuts = this.#words.subarray(ends / 4, ends / 4 + count);
    const length = count === 0 ? 0 : cuts[count - 1];
    const whole = decoder.decode(this.#bytes.subarray(bytes, bytes + length));
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
    this.#textRoom = room;
    this.#textAt = this.call.ask(TEXT_ROOM, room) >>> 0;
    this.#texts = [];
    this.#fresh();
  }

  /** @param {number} room */
  #makeElementsRoom(room) {
    this.#elementsRoom = room;
    this.#elementsAt = this.call.ask(ELEMENTS_ROOM, room) >>> 0;
    this.#fresh();
  }

  /**
   * Writes values that were read from a context, but for those that the module holds already, and returns how many.
   * Runs no code but ours: what a context can throw has thrown before. The next call has to bind them.
   * @param {Path[]} paths @param {unknown[]} values
   */
  write(paths, values) {
    this.#fresh();
    this.#textUsed = 0;
    this.#elementsUsed = 0;
    const first = this.#entriesAt / 4;
    let word = first;
    for (let at = 0; at < paths.length; at++) {
      const { number, needs, lasts } = paths[at];
      const value = values[at];
      if (lasts) {
        if (value === this.#held[number]) continue;
        this.#held[number] = holds(value) ? value : NOTHING;
      }
      let kind = OTHER;
      if (typeof value === 'string') {
        kind = this.#text(value, needs, word);
      } else if (typeof value === 'number') {
        kind = NUMBER;
        this.#floats[word / 2 + 1] = value;
      } else if (typeof value === 'boolean') {
        kind = BOOLEAN;
        this.#words[word + 1] = value ? 1 : 0;
      } else if (value === undefined) {
        kind = ABSENT;
      } else if (value === UNREADABLE) {
        kind = 1;
      } else if (Array.isArray(value)) {
        kind = this.#list(value, word);
      }
      this.#words[word] = kind | (number << 3);
      word += 4;
    }
    return (word - first) / 4;
  }

  /** Writes a string; returns its kind. @param {string} text @param {number} needs @param {number} word */
  #text(text, needs, word) {
    let atom = -1;
    let length = 0;
    if (needs & 1) {
      const known = this.#atoms.get(text);
      if (known !== undefined) atom = known;
    }
    // An atom proves that the string is well-formed and not too long.
    if (needs !== 1 || atom === -1 || text.length * 3 > TEXT_BYTES) {
      if (text.length > TEXT_BYTES) return OTHER;
      if (needs & 2) length = this.#copy(text);
      else if (!wellFormed(text) || !fits(text)) return OTHER;
    }
    return this.#entry(length === -1 ? OTHER : TEXT, word, atom, this.#textUsed - length, length);
  }

  /** What describes a text or a list. @param {number} kind @param {number} word @param {number} atom @param {number} start @param {number} length */
  #entry(kind, word, atom, start, length) {
    const words = this.#words;
    words[word + 1] = atom;
    words[word + 2] = start;
    words[word + 3] = length;
    return kind;
  }

  /** Copies a string to the end of those before and returns its length in bytes, -1 if it is ill-formed or too long. @param {string} text */
  #copy(text) {
    const { length } = text;
    // As if the start had to be aligned.
    if (this.#textUsed + ALIGN + length * 3 > this.#textRoom) this.#makeTextRoom((this.#textUsed + ALIGN + length * 3) * 2);
    const bytes = this.#bytes;
    const textUsed = this.#textUsed;
    if (length < LONG) {
      const start = this.#textAt + textUsed;
      let at = 0;
      for (let code; at < length && (code = text.charCodeAt(at)) < 0x80; at++) bytes[start + at] = code;
      if (at === length) {
        this.#textUsed = textUsed + length;
        return length;
      }
    }
    const view = Math.ceil(textUsed / ALIGN);
    const start = view * ALIGN;
    const room = view < VIEWS ? (this.#texts[view] ??= this.#room(start)) : this.#room(start);
    const { written } = encoder.encodeInto(text, room);
    this.#textUsed = start + written;
    // As many bytes as units are ASCII.
    return written <= TEXT_BYTES && (written === length || wellFormed(text)) ? written : -1;
  }

  /** The room for texts from here. @param {number} start */
  #room(start) {
    return this.#bytes.subarray(this.#textAt + start, this.#textAt + this.#textRoom);
  }

  /** Writes a list; returns its kind. @param {unknown[]} list @param {number} word */
  #list(list, word) {
    const { length } = list;
    const start = this.#elementsUsed;
    if (start + length > this.#elementsRoom) this.#makeElementsRoom((start + length) * 2);
    const type = typeof list[0];
    this.#elementsUsed = start + length;
    const kind = this.#elements(list, type, this.#elementsAt / 8 + start) ? LIST : OTHER;
    return this.#entry(kind, word, type === 'number' ? 1 : type === 'boolean' ? 2 : 0, start, length);
  }

  /** Writes elements, which must be of one type. @param {unknown[]} list @param {string} type @param {number} float @returns {boolean} */
  #elements(list, type, float) {
    for (let at = 0; at < list.length; at++, float++) {
      const element = list[at];
      if (typeof element !== type) return false;
      if (typeof element === 'number') {
        if (!Number.isFinite(element)) return false;
        // Adding zero turns -0 into 0, its equal.
        this.#floats[float] = element + 0;
        continue;
      }
      let bits = NONE;
      if (typeof element === 'boolean') {
        bits = element ? 1 : 0;
      } else if (typeof element === 'string') {
        const known = this.#atoms.get(element);
        if (known !== undefined) bits = known;
        if (element.length > TEXT_BYTES || !wellFormed(element) || !fits(element)) return false;
      } else {
        return false;
      }
      this.#words[float * 2] = bits;
      this.#words[float * 2 + 1] = 0;
    }
    return true;
  }
}

/** Whether a value is small, and no version with a prerelease, of which the module keeps only the place. @param {unknown} value */
function holds(value) {
  return typeof value === 'string' ? value.length <= SHORT && !value.includes('-') : typeof value !== 'object';
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

/** Reads the values at these paths, each in a guard. @param {Path[]} paths @param {unknown} context @param {unknown[]} values */
export function readValues(paths, context, values) {
  for (let at = 0; at < paths.length; at++) {
    try {
      const { names, number } = paths[at];
      values[at] = attribute(context, names, number);
    } catch {
      values[at] = UNREADABLE;
    }
  }
}
