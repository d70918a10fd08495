/**
 * Puts the functions of a module into an order that compresses well: from the shortest to the longest. Short
 * ones hold little but the phrases of all code, so the compressor has learnt these when the long ones come. What
 * the module does is the same: only the numbers of functions change.
 *
 * It knows the sections and instructions that our modules have, and refuses any other.
 */

const FUNCTION = 3;
const EXPORT = 7;
const ELEMENT = 9;
const CODE = 10;
const CALL = 0x10;
/** Sections that name no function. Imports, which would come before all functions, are not among them. */
const PLAIN = [1, 4, 5, 6, 11, 12];

/** Bytes and a place in them. */
class Reader {
  /** @param {Uint8Array} bytes @param {number} at @param {number} end */
  constructor(bytes, at, end) {
    if (end > bytes.length) throw new Error(`the module ends at byte ${bytes.length}, within a part`);
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte() {
    if (this.at >= this.end) throw new Error(`the module ends at byte ${this.at}, within a part`);
    return /** @type {number} */ (this.bytes[this.at++]);
  }

  /** An unsigned number of up to 32 bits. */
  number() {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.byte();
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  }

  /** So many elements. @template T @param {() => T} element @returns {T[]} */
  list(element) {
    return Array.from({ length: this.number() }, element);
  }

  /** The bytes from a place to here. @param {number} start */
  since(start) {
    return [...this.bytes.subarray(start, this.at)];
  }

  /** Goes over a signed number of any length. */
  skip() {
    while (this.byte() >= 128);
  }
}

/** An unsigned number. @param {number} value */
function number(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** A list. @param {number[][]} elements */
const list = (elements) => [...number(elements.length), ...elements.flat()];

/**
 * The module with its functions from the shortest to the longest.
 * @param {Uint8Array} module
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function order(module) {
  /** @type {{ id: number, reader: Reader }[]} */
  const sections = [];
  for (const reader = new Reader(module, 8, module.length); reader.at < module.length; ) {
    const id = reader.byte();
    const length = reader.number();
    sections.push({ id, reader: new Reader(module, reader.at, reader.at + length) });
    reader.at += length;
  }
  /** @param {number} id */
  const at = (id) => {
    const found = sections.find((section) => section.id === id)?.reader;
    if (found === undefined) throw new Error(`the module has no section ${id}`);
    return new Reader(module, found.at, found.end);
  };

  const functions = at(FUNCTION);
  const code = at(CODE);
  const types = functions.list(() => functions.number());
  const bodies = code.list(() => {
    const length = code.number();
    return new Reader(module, code.at, (code.at += length));
  });
  // What the functions were, in their new order; and what number each has now.
  const olds = bodies
    .map((reader, old) => ({ old, length: reader.end - reader.at, type: number(/** @type {number} */ (types[old])), reader }))
    .sort((one, other) => one.length - other.length || one.old - other.old);
  const news = new Map(olds.map(({ old }, now) => [old, number(now)]));
  /** @param {number} old */
  const renumbered = (old) => {
    const now = news.get(old);
    if (now === undefined) throw new Error(`the module has no function ${old}`);
    return now;
  };

  const written = sections.map(({ id, reader }) => {
    const bytes = rewrite(id, reader);
    return [id, ...number(bytes.length), ...bytes];
  });
  return Uint8Array.from([...module.subarray(0, 8), ...written.flat()]);

  /** @param {number} id @param {Reader} reader */
  function rewrite(id, reader) {
    switch (id) {
      case FUNCTION:
        return list(olds.map(({ type }) => type));
      case EXPORT:
        return exports(reader, renumbered);
      case ELEMENT:
        return elements(reader, renumbered);
      case CODE:
        return list(olds.map((old) => {
          const bytes = body(old.reader, renumbered);
          return [...number(bytes.length), ...bytes];
        }));
      default:
        if (!PLAIN.includes(id)) throw new Error(`the module has a section ${id}, which is not known here`);
        return [...module.subarray(reader.at, reader.end)];
    }
  }
}

/** @param {Reader} reader @param {(old: number) => number[]} renumbered */
function exports(reader, renumbered) {
  return list(reader.list(() => {
    const start = reader.at;
    reader.list(() => reader.byte());
    const kind = reader.byte();
    const head = reader.since(start);
    const index = reader.number();
    return [...head, ...(kind === 0 ? renumbered(index) : number(index))];
  }));
}

/** The functions that are called by address. @param {Reader} reader @param {(old: number) => number[]} renumbered */
function elements(reader, renumbered) {
  return list(reader.list(() => {
    const start = reader.at;
    const [flags, constant] = [reader.byte(), reader.byte()];
    if (flags !== 0 || constant !== 0x41) throw new Error('elements are not functions of the first table');
    reader.skip();
    reader.byte();
    return [...reader.since(start), ...list(reader.list(() => renumbered(reader.number())))];
  }));
}

/** A function's locals and instructions. @param {Reader} reader @param {(old: number) => number[]} renumbered */
function body(reader, renumbered) {
  const locals = reader.at;
  reader.list(() => [reader.number(), reader.byte()]);
  const out = reader.since(locals);
  while (reader.at < reader.end) {
    const start = reader.at;
    const code = reader.byte();
    if (code === CALL) {
      out.push(code, ...renumbered(reader.number()));
    } else {
      immediates(reader, code);
      out.push(...reader.since(start));
    }
  }
  return out;
}

/** Goes over what follows an instruction's first byte. @param {Reader} reader @param {number} code */
function immediates(reader, code) {
  const numbers = (/** @type {number} */ count) => {
    for (let k = 0; k < count; k++) reader.skip();
  };
  if (code <= 0x05 || code === 0x0b || code === 0x0f || code === 0x1a || code === 0x1b || (code >= 0x45 && code <= 0xc4)) {
    // Operators have nothing; the type of a block is one number.
    if (code >= 0x02 && code <= 0x04) numbers(1);
  } else if (code === 0x0e) {
    // A table of labels, and one more.
    numbers(reader.number() + 1);
  } else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) {
    // Calls by address, loads and stores.
    numbers(2);
  } else if (code === 0x0c || code === 0x0d || (code >= 0x20 && code <= 0x24) || (code >= 0x3f && code <= 0x42)) {
    // Labels, locals, globals, the memory, whole constants.
    numbers(1);
  } else if (code === 0x43 || code === 0x44) {
    reader.at += code === 0x43 ? 4 : 8;
  } else if (code === 0xfc) {
    const more = reader.number();
    if (![0, 1, 2, 3, 4, 5, 6, 7, 10, 11].includes(more)) throw new Error(`instruction 0xfc ${more} is not known here`);
    // Truncations have nothing, copying and filling memory the memories.
    numbers(more < 8 ? 0 : more === 10 ? 2 : 1);
  } else {
    throw new Error(`instruction ${code} is not known here`);
  }
}
