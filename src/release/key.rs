//! Flag keys and segment names as file names, and back.
//!
//! A file name must mean the same key on every file system: those that fold
//! case, those that normalise Unicode, and those that reserve names. So few
//! characters stand for themselves, all others are written as `%` and two
//! hexadecimal digits for each byte of UTF-8.

use alloc::string::String;
use core::fmt::Write;

/// What every source file's name ends in.
pub const SUFFIX: &str = ".json";

/// Names that Windows keeps for devices, whatever follows a dot.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Why a file name is no key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAKey {
    /// It does not end in `.json`.
    Suffix,
    /// Nothing stands before `.json`: the empty key has no file.
    Empty,
    /// A character that has to be written as `%XX`.
    Character(char),
    /// A `%` without two hexadecimal digits.
    Escape,
    /// The escapes give no UTF-8.
    Utf8,
    /// It starts with a dot.
    Dot,
    /// Windows keeps it for a device.
    Reserved,
}

/// Whether a character stands for itself.
fn plain(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.')
}

/// Whether Windows keeps this name, with any extension, for a device.
fn reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let port = |rest: &str| matches!(rest.as_bytes(), [b'0'..=b'9']);
    RESERVED.contains(&stem.as_str())
        || stem.strip_prefix("com").is_some_and(port)
        || stem.strip_prefix("lpt").is_some_and(port)
}

/// The key that a file name stands for.
///
/// # Errors
/// Why it stands for none.
pub fn key(file: &str) -> Result<String, NotAKey> {
    let name = file.strip_suffix(SUFFIX).ok_or(NotAKey::Suffix)?;
    if name.is_empty() {
        return Err(NotAKey::Empty);
    }
    if name.starts_with('.') {
        return Err(NotAKey::Dot);
    }
    if reserved(name) {
        return Err(NotAKey::Reserved);
    }
    let mut bytes = alloc::vec::Vec::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        if char == '%' {
            let mut digit = || chars.next()?.to_digit(16);
            let (Some(high), Some(low)) = (digit(), digit()) else { return Err(NotAKey::Escape) };
            bytes.push((high << 4 | low) as u8);
        } else if plain(char) {
            bytes.push(char as u8);
        } else {
            return Err(NotAKey::Character(char));
        }
    }
    String::from_utf8(bytes).map_err(|_| NotAKey::Utf8)
}

/// The file name of a key; none for the empty one.
pub fn file(key: &str) -> Option<String> {
    let mut name = String::with_capacity(key.len().saturating_add(SUFFIX.len()));
    let whole = reserved(key);
    for (at, char) in key.char_indices() {
        if plain(char) && !(at == 0 && (char == '.' || whole)) {
            name.push(char);
            continue;
        }
        for byte in char.encode_utf8(&mut [0; 4]).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(name, "%{byte:02X}");
        }
    }
    if name.is_empty() {
        return None;
    }
    name.push_str(SUFFIX);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_but_the_empty_one_has_a_file_and_comes_back() {
        let keys = [
            "new-checkout",
            "newCheckout",
            "a.b",
            "team/flag",
            "..",
            ".",
            "con",
            "CON.x",
            "Com1",
            "com12",
            "lpt0",
            "a b",
            "50%",
            "%",
            "Größe",
            "ユーザー🐤",
            "\u{0}\n",
            "x.json",
            "-",
            "a\\b",
            "__proto__",
            "nul",
            "con-1",
            "trailing.",
        ];
        for key in keys {
            let name = file(key).unwrap();
            assert!(name.is_ascii() && !name.starts_with('.') && !name.contains(['/', '\\', ' ']));
            assert_eq!(super::key(&name).as_deref(), Ok(key), "{name}");
        }
        assert_eq!(file(""), None);
        assert_eq!(file("new-checkout").as_deref(), Some("new-checkout.json"));
        assert_eq!(file("team/flag").as_deref(), Some("team%2Fflag.json"));
        assert_eq!(file("..").as_deref(), Some("%2E..json"));
        assert_eq!(file("nul").as_deref(), Some("%6Eul.json"));
    }

    #[test]
    fn a_name_that_means_different_things_elsewhere_is_no_key() {
        let refused = [
            ("flag.jsonc", NotAKey::Suffix),
            ("flag.JSON", NotAKey::Suffix),
            (".json", NotAKey::Empty),
            ("..json", NotAKey::Dot),
            ("a b.json", NotAKey::Character(' ')),
            ("größe.json", NotAKey::Character('ö')),
            ("a%2.json", NotAKey::Escape),
            ("a%+1.json", NotAKey::Escape),
            ("a%FF.json", NotAKey::Utf8),
            ("aux.json", NotAKey::Reserved),
            ("Com7.old.json", NotAKey::Reserved),
        ];
        for (name, why) in refused {
            assert_eq!(key(name), Err(why), "{name}");
        }
    }
}
