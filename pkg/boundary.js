/**
 * The numbers of the boundary. A file of numbers alone: bundlers put these where they are used, which they do
 * not where code stands before them (55 bytes of brotli, 2026-11-23).
 */

// What the module is asked for, as `ask` in `src/wasm.rs` numbers it: room to write in,
export const DOCUMENT_ROOM = 0;
export const TEXT_ROOM = 1;
export const ELEMENTS_ROOM = 2;
export const VALUES_ROOM = 3;
// things to do,
export const READ = 4;
export const END = 5;
export const RELEASE = 6;
export const KILL = 7;
export const OVERRIDE = 8;
// and words to read.
export const RULESET = 9;
export const NODE = 10;
export const STEPS = 11;
export const DECISIONS = 12;

/** Says "none" where the module has a number of a text. */
export const NONE = 0xffffffff;

/** Bytes of UTF-8 of a string attribute; a longer one is no value. */
export const TEXT_BYTES = 8192;
/** UTF-16 units of a text that is remembered: of a longer one, engines may keep the text that it was cut from. */
export const SHORT = 12;
/** Views of a path, as `View` in `src/ruleset/program.rs` numbers them. */
export const RAW = 1;
export const FOLDED_OR_KEY = 34;
/** UTF-16 units from which a text is copied by the engine: below, its call costs more than our loop. */
export const LONG = 24;
/** Texts that the engine copies begin at a multiple of so many bytes, so that a few views of the room serve all. */
export const ALIGN = 64;
export const VIEWS = 64;
/** UTF-16 units, of at most three bytes each, handed over at once. */
export const CHUNK_UNITS = 21_000;
export const CHUNK_BYTES = 65_536;
