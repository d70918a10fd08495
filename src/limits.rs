//! Every limit of format 1, as a constant with its meaning.
//!
//! Passing a limit is a [diagnostic](crate::diagnostic), never a crash. The
//! numbers that shape the packed decision or a jump are checked against their
//! encodings by the assertions at the end.

/// Bytes of UTF-8 in a whole document (16 MiB).
pub const DOCUMENT_BYTES: usize = 16 * 1024 * 1024;
/// Flags in a document.
pub const FLAGS: usize = 100_000;
/// Rules in a flag.
pub const RULES: usize = 4_094;
/// Variants of a flag.
pub const VARIANTS: usize = 4_095;
/// Leaf conditions (test, segment, flag, bucket, time) written in one flag or
/// in one segment.
pub const TESTS: usize = 16_384;
/// Distinct segments and flags that a flag depends on, directly or not.
pub const NODES: usize = 256;
/// Elements of the list of an `in` test.
pub const IN_LIST: usize = 100_000;
/// Elements of a list of texts, version ranges, networks, or of the list of
/// `hasAny` and `hasAll`.
pub const LIST: usize = 1_000;
/// Arrays and objects inside each other, the flag's or segment's own object
/// being the first.
pub const DEPTH: usize = 64;
/// Segments of an attribute path.
pub const PATH: usize = 8;
/// Bytes of UTF-8 of a string attribute; a longer one is no value.
pub const TEXT_BYTES: usize = 8_192;
/// Elements of a list attribute; a longer one is no value.
pub const LIST_ATTRIBUTE: usize = 1_000;
/// The largest integer that every JSON reader keeps exactly (2^53 - 1).
pub const SAFE_INTEGER: u64 = 9_007_199_254_740_991;

// INVARIANT: a decision has 12 bits for a variant and 12 for a rule; the
// largest values say "none" (both) and "require" (rule).
const _: () = assert!(VARIANTS <= 0xfff && RULES <= 0xffe);
// INVARIANT: a jump has 16 bits; tests lie below 0x8000, outcomes above.
const _: () = assert!(TESTS <= 0x8000 && RULES + 2 < 0x8000);
