//! Paths of addresses to files: what may be asked for at all.
//!
//! `pkg/bin/serve.js` has the same rules; `tests/cli/serve.json` holds both to
//! them.

use super::super::host;
use std::path::{Path, PathBuf};

/// The names on a path's way, decoded, the last one empty if it ends with a
/// slash. None if no file is served under such a path: dotfiles, ways up, and
/// what can only be meant to deceive.
pub fn names(path: &str) -> Option<Vec<String>> {
    let names: Option<Vec<String>> = path.strip_prefix('/')?.split('/').map(name).collect();
    let names = names?;
    let (_, before) = names.split_last()?;
    (!before.iter().any(String::is_empty)).then_some(names)
}

fn name(encoded: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from((high << 4) | low).ok()?
            }
            byte => byte,
        });
    }
    let name = String::from_utf8(bytes).ok()?;
    let odd = |char: char| char.is_control() || matches!(char, '/' | '\\');
    // A drive or a stream, where there are such.
    let colon = cfg!(windows) && name.contains(':');
    (!name.starts_with('.') && !name.contains(odd) && !colon).then_some(name)
}

/// Where these names lead in a folder, links followed. None if there is
/// nothing, or it lies outside of the folder or is hidden there.
///
/// `root` is where its own links lead.
pub fn inside(root: &Path, names: &[String]) -> Option<PathBuf> {
    let mut place = root.to_path_buf();
    place.extend(names.iter().filter(|name| !name.is_empty()));
    let place = host::canonical(&place).ok()?;
    let within = place.strip_prefix(root).ok()?;
    let hidden = within.iter().any(|name| name.to_string_lossy().starts_with('.'));
    (!hidden).then_some(place)
}

/// Names as the path of an address.
pub fn encoded(names: &[String]) -> String {
    let mut path = String::new();
    for name in names {
        path.push('/');
        encode(name, &mut path);
    }
    path
}

/// Appends a text, with all but letters, digits and `-._~` as in an address.
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// A member of a query, as it stands there; none if it is not there.
pub fn member(query: &str, name: &str) -> Option<String> {
    let found = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })?;
    self::name(found).or_else(|| Some(found.into()))
}
