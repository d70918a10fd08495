//! Strings and white space: escapes undone and written, values compacted.

use alloc::{string::String, vec::Vec};

/// The value of a hexadecimal digit.
pub(super) fn hex(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte & 0xf)),
        b'a'..=b'f' | b'A'..=b'F' => Some(u32::from(byte & 0x7).wrapping_add(9)),
        _ => None,
    }
}

/// The text inside the quotes without its escapes. The reader has checked it.
pub(super) fn unescape(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    let mut high: Option<u32> = None;
    while let Some(char) = chars.next() {
        let unit = if char == '\\' {
            match chars.next() {
                Some('u') => {
                    let digits = chars.by_ref().take(4);
                    digits.fold(0, |unit, digit| unit << 4 | hex(digit as u8).unwrap_or(0))
                }
                Some('b') => 8,
                Some('f') => 12,
                Some('n') => 10,
                Some('r') => 13,
                Some('t') => 9,
                Some(other) => other as u32,
                None => 0,
            }
        } else {
            char as u32
        };
        match (unit, high.take()) {
            (0xdc00..=0xdfff, Some(first)) => {
                let low = unit & 0x3ff;
                let pair = (first & 0x3ff) << 10 | low;
                push(&mut text, pair.wrapping_add(0x1_0000));
            }
            (_, waiting) => {
                if let Some(first) = waiting {
                    push(&mut text, first);
                }
                if let 0xd800..=0xdbff = unit {
                    high = Some(unit);
                } else {
                    push(&mut text, unit);
                }
            }
        }
    }
    if let Some(first) = high {
        push(&mut text, first);
    }
    text
}

fn push(text: &mut String, scalar: u32) {
    text.push(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// Appends JSON text without insignificant white space.
pub fn compact(json: &[u8], out: &mut Vec<u8>) {
    let (mut string, mut escape) = (false, false);
    for &byte in json {
        if string {
            string = escape || byte != b'"';
            escape = !escape && byte == b'\\';
        } else if let b' ' | b'\n' | b'\r' | b'\t' = byte {
            continue;
        } else {
            string = byte == b'"';
        }
        out.push(byte);
    }
}

/// Appends a text as a JSON string, with quotes.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..=0x1f => {
                out.extend_from_slice(b"\\u00");
                out.push(b'0' | byte >> 4);
                let low = byte & 0xf;
                out.push(if low < 10 { b'0' | low } else { low.wrapping_add(b'a' - 10) });
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Appends an integer in decimal.
pub fn integer(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' | (value % 10) as u8;
        value /= 10;
        first = first.wrapping_sub(1);
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(first..).unwrap_or_default());
}
