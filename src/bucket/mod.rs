//! Places a key on the hash line: the whole of bucketing, in integers.
//!
//! `point = xxh64(key, seed = xxh64(salt, 0)) >> 32`, so a point is one of
//! 2^32 places. A share of `m` thousandths of a percent ends at
//! `cut(m) = floor(m * 2^32 / 100000)`; a point is in if `lo <= point < hi`.
//! So 0 holds nobody and 100 percent everybody, and nothing is ever rounded
//! through a float. The test vectors stand in `format.md`.

use xxhash_rust::xxh64::xxh64;

/// The length of the line.
pub const LINE: u64 = 1 << 32;

/// The seed of a salt: `xxh64(utf8(salt), 0)`.
pub fn seed(salt: impl AsRef<[u8]>) -> u64 {
    xxh64(salt.as_ref(), 0)
}

/// The point of a key: the upper half of `xxh64(key, seed)`.
pub fn point(seed: u64, key: &[u8]) -> u32 {
    (xxh64(key, seed) >> 32) as u32
}

/// Where a share of so many thousandths of a percent (0 to 100,000) ends.
pub fn cut(thousandths: u32) -> u64 {
    u64::from(thousandths).wrapping_mul(LINE) / 100_000
}
