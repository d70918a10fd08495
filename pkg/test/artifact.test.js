/**
 * What the core artifact is made of, read from its bytes: no imports, the exports the wrapper
 * knows, no prose, no more than engines of 2021 understand, within its budget.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

/** All that the module exports, sorted. */
const EXPORTS = [
  'ask', 'evaluate', 'memory', 'nextChange',
];

/** Formatting alone brings dozens of functions; passing this asks what came in, before asking for more. */
const MOST_FUNCTIONS = 200;

/** The shadow stack, in bytes: it lies at the bottom of the memory and grows down. */
const STACK = 65536;

/** Traces of panic messages, source locations and float formatting. */
const PROSE = [
  'panicked', 'src/', 'library/', '.rs', 'called `Option', 'called `Result', 'index out of bounds', 'out of range',
  'capacity overflow', 'attempt to', 'assertion', 'already borrowed', 'invalid utf-8', 'memory allocation', 'explicit panic',
  'infNaN', 'NaN', '0123456789abcdef', '00010203040506070809',
];

/** The section numbers of the binary format that the tests ask for. */
const SECTION = { custom: 0, type: 1, import: 2, function: 3, memory: 5, global: 6, export: 7, start: 8, data: 11 };

/** Reads the numbers of the binary format. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    const byte = this.bytes[this.at++];
    assert.ok(byte !== undefined, 'the section ends early');
    return byte;
  }

  /** An unsigned LEB128 number of up to 32 bits. */
  unsigned() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** A signed LEB128 number of up to 32 bits. */
  signed() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return byte & 64 ? value - scale * 128 : value;
    }
  }

  /** @param {number} length */
  take(length) {
    assert.ok(this.at + length <= this.bytes.length, 'the section ends early');
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/** @typedef {{ id: number, bytes: Uint8Array }} Section */

/** @type {Uint8Array<ArrayBuffer>} */
let file;
/** @type {WebAssembly.Module} */
let module;
/** @type {Section[]} */
let sections;

before(() => {
  file = new Uint8Array(readFileSync(new URL('../wasm/core.wasm', import.meta.url)));
  module = new WebAssembly.Module(file);
  sections = split(file);
});

test('imports nothing and starts nothing, so an empty object instantiates it', () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  assert.deepEqual(find(SECTION.start), []);
  assert.ok(new WebAssembly.Instance(module, {}));
});

test('exports what the wrapper calls and nothing else', () => {
  assert.deepEqual(WebAssembly.Module.exports(module).map(({ name }) => name).sort(), EXPORTS);
  for (const { name, kind } of WebAssembly.Module.exports(module)) {
    assert.equal(kind, name === 'memory' ? 'memory' : 'function', name);
  }
});

test('carries no prose: no panic message, no source path, no digits for floats', () => {
  for (const segment of find(SECTION.data).flatMap(({ bytes }) => dataSegments(bytes))) {
    const text = Buffer.from(segment).toString('latin1');
    for (const trace of PROSE) {
      const at = text.indexOf(trace);
      assert.equal(at, -1, `the data holds '${trace}': ${JSON.stringify(text.slice(Math.max(0, at - 40), at + 60))}`);
    }
  }
});

test('holds no custom section: no names, no producers', () => {
  assert.deepEqual(find(SECTION.custom).map(({ bytes }) => readName(bytes)), []);
});

test('passes numbers only: i32 and f64 in and out, which need neither BigInt nor references', () => {
  assert.deepEqual(exportedTypes().flat().filter((type) => type !== 'i32' && type !== 'f64'), []);
});

test('starts small: the stack at the bottom, then the data, and room to grow', () => {
  const globals = new Reader(only(SECTION.global));
  assert.equal(globals.unsigned(), 1, 'the stack pointer is the only global');
  assert.deepEqual([globals.byte(), globals.byte(), globals.byte()], [0x7f, 1, 0x41], 'a mutable i32 from a constant');
  assert.equal(globals.signed(), STACK);

  const memory = new Reader(only(SECTION.memory));
  assert.equal(memory.unsigned(), 1);
  memory.byte();
  assert.ok(memory.unsigned() <= 2 + STACK / 65536, 'pages at the start');
});

test('stays within its budget', () => {
  /** @type {Record<string, number>} */
  const budget = JSON.parse(readFileSync(new URL('../budget.json', import.meta.url), 'utf8'));
  const brotli = brotliCompressSync(file, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: file.length },
  }).length;
  assert.ok(budget['core.wasm'] !== undefined && brotli <= budget['core.wasm'], `${brotli} bytes of brotli`);

  const functions = new Reader(only(SECTION.function)).unsigned();
  assert.ok(functions <= MOST_FUNCTIONS, `${functions} functions`);
});

/**
 * @param {Uint8Array} bytes
 * @returns {Section[]}
 */
function split(bytes) {
  const reader = new Reader(bytes);
  assert.deepEqual([...reader.take(8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], 'magic and version');
  const found = [];
  while (reader.at < bytes.length) found.push({ id: reader.byte(), bytes: reader.take(reader.unsigned()) });
  return found;
}

/** @param {number} id */
function find(id) {
  return sections.filter((section) => section.id === id);
}

/** @param {number} id */
function only(id) {
  const [first, ...more] = find(id);
  assert.ok(first && more.length === 0, `one section ${id}`);
  return first.bytes;
}

/**
 * The types of what every exported function takes and gives.
 * @returns {string[][]}
 */
function exportedTypes() {
  const names = new Map([[0x7f, 'i32'], [0x7e, 'i64'], [0x7d, 'f32'], [0x7c, 'f64']]);
  const types = new Reader(only(SECTION.type));
  const signatures = list(types, () => {
    assert.equal(types.byte(), 0x60, 'a function type');
    const value = () => names.get(types.byte()) ?? 'other';
    return [...list(types, value), ...list(types, value)];
  });
  const functions = new Reader(only(SECTION.function));
  const typeOf = list(functions, () => functions.unsigned());
  const exported = new Reader(only(SECTION.export));
  const indices = list(exported, () => {
    exported.take(exported.unsigned());
    const isFunction = exported.byte() === 0;
    const index = exported.unsigned();
    return isFunction ? [index] : [];
  });
  return indices.flat().map((index) => signatures[typeOf[index] ?? -1] ?? ['other']);
}

/**
 * A vector of the binary format: its length, then its elements.
 * @template T
 * @param {Reader} reader
 * @param {() => T} element
 * @returns {T[]}
 */
function list(reader, element) {
  return Array.from({ length: reader.unsigned() }, element);
}

/** @param {Uint8Array} custom */
function readName(custom) {
  const reader = new Reader(custom);
  return Buffer.from(reader.take(reader.unsigned())).toString();
}

/**
 * The contents of the data section, one a segment.
 * @param {Uint8Array} data
 */
function dataSegments(data) {
  const reader = new Reader(data);
  const segments = list(reader, () => {
    const isPassive = reader.unsigned() === 1;
    if (!isPassive) {
      assert.equal(reader.byte(), 0x41, 'a segment starts at a constant');
      reader.signed();
      assert.equal(reader.byte(), 0x0b, 'the constant ends');
    }
    return reader.take(reader.unsigned());
  });
  assert.equal(reader.at, data.length, 'the whole section is read');
  return segments;
}

test('no module names a folder of the machine that built it', () => {
  const folders = [`${homedir()}/`, process.env.CARGO_HOME, fileURLToPath(new URL('../..', import.meta.url))];
  const named = ['core.wasm', 'cli.wasm', 'tools_bg.wasm'].flatMap((name) => {
    const bytes = readFileSync(new URL(`../wasm/${name}`, import.meta.url));
    return folders.filter((folder) => folder !== undefined && bytes.includes(folder)).map((folder) => `${name}: ${folder}`);
  });
  assert.deepEqual(named, []);
});
