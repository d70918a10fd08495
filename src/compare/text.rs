//! Text in text. `startsWith` and `endsWith` are the slice methods of the same names.

/// Whether `part` occurs in `text`, byte for byte. Every text contains the empty one.
///
/// On UTF-8 this is containment of characters too: no character's bytes occur inside another's.
///
/// The time is `O(text.len() * part.len())` at worst and about `O(text.len())` on ordinary text.
///
/// ```
/// use serin::compare::text::contains;
/// assert!(contains(b"staff@acme.example", b"@acme."));
/// assert!(!contains(b"staff", b"Staff"));
/// ```
pub fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, after_first)) = part.split_first() else {
        return true;
    };
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        if byte == first && tail.starts_with(after_first) {
            return true;
        }
        rest = tail;
    }
    false
}
