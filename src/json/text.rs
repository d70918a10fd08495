//! Strings and white space: escapes undone and written, values compacted.

use alloc::vec::Vec;

/// The value of a hexadecimal digit; more than 15 for any other byte.
#[inline(never)]
pub(super) fn hex(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte & 0xf),
        b'a'..=b'f' | b'A'..=b'F' => u32::from(byte & 0x7).wrapping_add(9),
        _ => u32::MAX,
    }
}

/// Appends a string as written without its quotes and escapes.
pub(crate) fn unquote(raw: &[u8], out: &mut Vec<u8>) {
    if let [b'"', inner @ .., b'"'] = raw {
        unescape(inner, true, out);
    }
}

/// Appends the text inside the quotes without its escapes. The reader has
/// checked it. Half of a surrogate pair becomes U+FFFD, or, `apart`, three
/// bytes of its own, so that names which differ in it stay different.
pub(super) fn unescape(mut inner: &[u8], apart: bool, out: &mut Vec<u8>) {
    let mut high = 0;
    while let [byte, rest @ ..] = inner {
        inner = rest;
        let mut unit = u32::from(*byte);
        let raw = *byte != b'\\';
        if let (false, [escape, rest @ ..]) = (raw, rest) {
            inner = rest;
            unit = match escape {
                b'b' => 8,
                b'f' => 12,
                b'n' => 10,
                b'r' => 13,
                b't' => 9,
                b'u' => {
                    let (digits, rest) = rest.split_at_checked(4).unwrap_or_default();
                    inner = rest;
                    digits.iter().fold(0, |unit, digit| unit << 4 | hex(*digit))
                }
                other => u32::from(*other),
            };
        }
        if high != 0 {
            if unit & 0xfc00 == 0xdc00 {
                let pair = (high & 0x3ff) << 10 | unit & 0x3ff;
                scalar(pair.wrapping_add(0x1_0000), apart, out);
                high = 0;
                continue;
            }
            scalar(high, apart, out);
            high = 0;
        }
        if raw {
            out.extend_from_slice(&[*byte]);
        } else if unit & 0xfc00 == 0xd800 {
            high = unit;
        } else {
            scalar(unit, apart, out);
        }
    }
    if high != 0 {
        scalar(high, apart, out);
    }
}

/// Appends a character as UTF-8.
fn scalar(scalar: u32, apart: bool, out: &mut Vec<u8>) {
    let scalar = if scalar & 0xf_f800 == 0xd800 && !apart { 0xfffd } else { scalar };
    let tail = |shift: u32| 0x80 | (scalar >> shift & 0x3f) as u8;
    match scalar {
        0..0x80 => out.extend_from_slice(&[scalar as u8]),
        0x80..0x800 => out.extend_from_slice(&[0xc0 | (scalar >> 6) as u8, tail(0)]),
        0x800..0x1_0000 => {
            out.extend_from_slice(&[0xe0 | (scalar >> 12) as u8, tail(6), tail(0)]);
        }
        _ => {
            let lead = 0xf0 | (scalar >> 18) as u8;
            out.extend_from_slice(&[lead, tail(12), tail(6), tail(0)]);
        }
    }
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
        out.extend_from_slice(&[byte]);
    }
}

/// Appends a text as a JSON string, with quotes.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"");
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..=0x1f => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[b'0' | byte >> 4]);
                let low = byte & 0xf;
                out.extend_from_slice(&[if low < 10 {
                    b'0' | low
                } else {
                    low.wrapping_add(b'a' - 10)
                }]);
            }
            _ => out.extend_from_slice(&[byte]),
        }
    }
    out.extend_from_slice(b"\"");
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
