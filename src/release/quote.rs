//! Foreign text inside of messages: names, values, lines of a document.

use std::format;
use std::string::String;
use std::vec::Vec;

/// Characters of a quoted text in a message.
pub const QUOTED: usize = 60;

/// The character if a terminal can be given it: no controls, and none of the
/// marks that turn the direction of text or take no room.
pub fn safe(char: char) -> char {
    match char {
        '\0'..='\x1f' => char::from_u32(0x2400 | u32::from(char)).unwrap_or(' '),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => char,
    }
}

/// At most so many characters, with an ellipsis for the rest.
pub fn cut(text: &str, max: usize) -> String {
    let mut chars = text.chars().map(safe);
    let mut short: String = chars.by_ref().take(max).collect();
    if chars.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// A name in quotes, cut and safe for a terminal.
pub fn quoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let short: String = text.chars().take(QUOTED).collect();
    crate::json::escape(
        if short.len() < text.len() { &short } else { text }.as_bytes(),
        &mut bytes,
    );
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", cut(&String::from_utf8_lossy(&bytes), usize::MAX))
}

/// JSON text on one line: white space between tokens becomes one space.
pub fn one_line(json: &[u8], max: usize) -> String {
    let (mut line, mut string, mut escape) = (Vec::new(), false, false);
    // What is cut off need not be read; a character has at most four bytes.
    for &byte in json.iter().take(max.saturating_mul(16)) {
        if string {
            string = escape || byte != b'"';
            escape = !escape && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            if line.last() != Some(&b' ') {
                line.push(b' ');
            }
            continue;
        } else {
            string = byte == b'"';
        }
        line.push(byte);
    }
    cut(&String::from_utf8_lossy(&line), max)
}
