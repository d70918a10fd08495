//! Text in text. `startsWith` and `endsWith` are the slice methods of the same names.

/// Whether `part` occurs in `text`, byte for byte. Every text contains the empty one.
///
/// On UTF-8 this is containment of characters too: no character's bytes occur inside another's.
///
/// Windows of the text are compared by a rolling hash first (Karp and Rabin 1987, modulo the prime
/// 2^31 - 1), so that the time is linear where a search that starts anew at every byte would be
/// quadratic; a window of the same hash is compared byte for byte.
///
/// ```
/// use serin::compare::text::contains;
/// assert!(contains(b"staff@acme.example", b"@acme."));
/// assert!(!contains(b"staff", b"Staff"));
/// ```
pub fn contains(text: &[u8], part: &[u8]) -> bool {
    let (Some(window), Some(last)) = (text.get(..part.len()), part.len().checked_sub(1)) else {
        return part.is_empty();
    };
    let wanted = hash(part);
    let mut found = hash(window);
    // What the oldest byte of a window has been multiplied by.
    let weight = (0..last).fold(1, |weight, _| reduce(u64::wrapping_mul(weight, BASE)));
    let mut rest = text;
    let mut coming = text.iter().skip(part.len());
    loop {
        if found == wanted && rest.starts_with(part) {
            return true;
        }
        let (Some((oldest, tail)), Some(next)) = (rest.split_first(), coming.next()) else {
            return false;
        };
        let gone = reduce(weight.wrapping_mul(u64::from(*oldest)));
        found = roll(found.wrapping_add(PRIME).wrapping_sub(gone), *next);
        rest = tail;
    }
}

const PRIME: u64 = (1 << 31) - 1;
/// Any base above the largest byte serves.
const BASE: u64 = 0x1_0f4b;

#[cfg_attr(target_arch = "wasm32", inline(never))]
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0;
    for byte in bytes {
        hash = roll(hash, *byte);
    }
    hash
}

fn roll(hash: u64, byte: u8) -> u64 {
    reduce(hash.wrapping_mul(BASE).wrapping_add(u64::from(byte)))
}

/// A number below 2^62 modulo the prime.
fn reduce(number: u64) -> u64 {
    let folded = (number & PRIME).wrapping_add(number >> 31);
    let folded = (folded & PRIME).wrapping_add(folded >> 31);
    if folded == PRIME { 0 } else { folded }
}
