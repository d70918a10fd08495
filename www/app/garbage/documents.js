/** Documents that mean harm, one after the other. The same seed gives the same ones. */

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer> }} Document */

const encoder = new TextEncoder();

/** Numbers from 0 up to below 1 (mulberry32). @param {number} seed */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a ruleset is made of, and what it must not be made of. */
const PARTS = [
  '{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', ' ', '\n', '\0', '\u00e9', '\ufeff', '"format"', '1', '"flags"', '"segments"', '"variants"', '"serve"',
  '"rules"', '"if"', '"all"', '"any"', '"not"', '"segment"', '"flag"', '"is"', '"attribute"', '"op"', '"in"', '"version"', '"value"', '"rollout"', '"shares"', '"percent"',
  '"ramp"', '"steps"', '"at"', '"bucket"', '"__proto__"', '"constructor"', 'true', 'false', 'null', '-0', '1e999', '1e-999', '0.1', '100', '9007199254740993', 'NaN',
  '{"format":1,"flags":{', '"a":{"variants":{"on":true,"off":false},"serve":"on"}',
];

/** The longest that random garbage becomes. */
const LONGEST = 1 << 20;

/**
 * Random garbage without end: bytes, parts of rulesets in no order, and a real ruleset that was damaged. Sizes grow
 * from a byte to a mebibyte, then begin anew.
 * @param {number} seed @param {Uint8Array} real @returns {Generator<Document>}
 */
export function* random(seed, real) {
  const next = numbers(seed);
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  for (let size = 1; ; size = size >= LONGEST ? 1 : Math.ceil(size * 1.05)) {
    const kind = below(3);
    if (kind === 0) {
      yield { name: 'random bytes', bytes: Uint8Array.from({ length: size }, () => below(256)) };
    } else if (kind === 1) {
      let text = '';
      while (text.length < size) text += PARTS[below(PARTS.length)];
      yield { name: 'parts in no order', bytes: encoder.encode(text) };
    } else {
      yield { name: 'a damaged ruleset', bytes: damaged(real, 1 + below(8), below) };
    }
  }
}

/** @param {Uint8Array} real @param {number} times @param {(limit: number) => number} below */
function damaged(real, times, below) {
  let bytes = Uint8Array.from(real);
  for (let time = 0; time < times && bytes.length > 0; time++) {
    const at = below(bytes.length);
    const to = Math.min(bytes.length, at + 1 + below(40));
    const way = below(4);
    if (way === 0) bytes[at] ^= 1 << below(8);
    else if (way === 1) bytes = joined(bytes.subarray(0, at), bytes.subarray(to));
    else if (way === 2) bytes = joined(bytes.subarray(0, to), bytes.subarray(at));
    else bytes = joined(bytes.subarray(0, at), encoder.encode(PARTS[below(PARTS.length)]), bytes.subarray(at));
  }
  return bytes;
}

/** @param {Uint8Array[]} parts */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const nested = (/** @type {number} */ depth) =>
  `{"format":1,"flags":{"nested":{"variants":{"on":true,"off":false},"rules":[{"if":${'{"not":'.repeat(depth)}{"attribute":"x","op":"exists"}${'}'.repeat(depth)},"serve":"on"}],"serve":"off"},"neighbour":{"variants":{"on":true},"serve":"on"}}}`;

/**
 * The file that ended an evaluator compiled from Rust to WebAssembly, for good: valid JSON Logic, 46 times not. Then
 * the same condition in serin's own words, and other shapes that have ended evaluators.
 * @returns {Generator<Document>}
 */
export function* killers() {
  const text = (/** @type {string} */ name, /** @type {string} */ document) => ({ name, bytes: encoder.encode(document) });
  yield text(
    '46 nested nots in JSON Logic',
    `{"flags":{"nested":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":${'{"!":['.repeat(46)}{"var":"x"}${']}'.repeat(46)}}}}`,
  );
  yield text('46 nested nots as a ruleset', nested(46));
  const flag = (/** @type {string} */ rules) => `{"format":1,"flags":{"a":{"variants":{"on":true,"off":false},"rules":[${rules}],"serve":"off"}}}`;
  const test = (/** @type {number} */ value) => `{"attribute":"n","op":"eq","value":${value}}`;
  const many = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => test(at)).join();
  yield text('a chain of 51 rules', flag(Array.from({ length: 51 }, (_, at) => `{"if":${test(at)},"serve":"on"}`).join()));
  yield text('a list of 500 names', flag(`{"if":{"attribute":"name","op":"in","value":[${Array.from({ length: 500 }, (_, at) => `"name-${at}"`).join()}]},"serve":"on"}`));
  yield text('400 terms of an all', flag(`{"if":{"all":[${many(400)}]},"serve":"on"}`));
  yield text('16,385 terms of an any', flag(`{"if":{"any":[${many(16_385)}]},"serve":"on"}`));
  yield text('a flag that requires itself', '{"format":1,"flags":{"a":{"variants":{"on":true,"off":false},"off":"off","require":{"flag":"a","is":"on"},"serve":"on"}}}');
  const chain = Array.from({ length: 60 }, (_, at) => `"s${at + 1}":{"all":[{"segment":"s${at}"},{"not":{"segment":"s${at}"}}]}`).join();
  yield text('segments that would be 2^60 tests', `{"format":1,"segments":{"s0":${test(1)},${chain}},"flags":{"a":{"variants":{"on":true,"off":false},"rules":[{"if":{"segment":"s60"},"serve":"on"}],"serve":"off"}}}`);
}

/** @returns {Generator<Document>} */
export function* nots() {
  yield { name: '10,000 nested nots', bytes: encoder.encode(nested(10_000)) };
  yield { name: '10,000 nested nots, never closed', bytes: encoder.encode(nested(10_000).slice(0, 75_000)) };
  yield { name: '10,000 opening brackets', bytes: encoder.encode('['.repeat(10_000)) };
}

/** A real ruleset, cut off at every byte. @param {Uint8Array} real @returns {Generator<Document>} */
export function* truncated(real) {
  for (let length = 0; length <= real.length; length++) yield { name: `the ruleset, cut off after ${length} bytes`, bytes: real.slice(0, length) };
}
