//! Strings and white space: escapes undone and written, values compacted.

use crate::compare::hex;
use alloc::vec::Vec;

/// Whether a UTF-16 unit is the first half of a surrogate pair.
pub(super) fn high(unit: u32) -> bool {
    unit & 0xfc00 == 0xd800
}

/// Whether a UTF-16 unit is the second half of a surrogate pair.
pub(super) fn low(unit: u32) -> bool {
    unit & 0xfc00 == 0xdc00
}

/// Appends a string as written without its quotes and escapes. The reader has
/// checked it. Half of a surrogate pair becomes U+FFFD, or, `apart`, three
/// bytes of its own, so that names which differ in it stay different.
pub(crate) fn unquote(raw: &[u8], apart: bool, out: &mut Vec<u8>) {
    let mut bytes = raw.iter();
    let mut next = || bytes.next().map_or(0, |byte| u32::from(*byte));
    // The unit of the escape that ends here, or 0.
    let mut before = 0;
    next();
    loop {
        let byte = next();
        // INVARIANT: the quote comes first; the other end keeps it total.
        if byte == u32::from(b'"') || byte == 0 {
            return;
        }
        if byte != u32::from(b'\\') {
            add(out, byte as u8);
            before = 0;
            continue;
        }
        let mut unit = next();
        match unit as u8 {
            b'b' => unit = 8,
            b'f' => unit = 12,
            b'n' => unit = 10,
            b'r' => unit = 13,
            b't' => unit = 9,
            b'u' => {
                for _ in 0..4 {
                    unit = unit << 4 | hex(next());
                }
                unit &= 0xffff;
            }
            _ => {}
        }
        let mut character = unit;
        if high(before) && low(unit) {
            // The first half was written as three bytes.
            out.truncate(out.len().wrapping_sub(3));
            character = ((before & 0x3ff) << 10 | unit & 0x3ff).wrapping_add(0x1_0000);
        }
        scalar(character, apart, out);
        before = unit;
    }
}

/// Appends a character as UTF-8.
fn scalar(scalar: u32, apart: bool, out: &mut Vec<u8>) {
    let scalar = if scalar & 0xf_f800 == 0xd800 && !apart { 0xfffd } else { scalar };
    let (lead, mut shift) = match scalar {
        0..0x80 => (0, 0_u32),
        0x80..0x800 => (0xc0, 6),
        0x800..0x1_0000 => (0xe0, 12),
        _ => (0xf0, 18),
    };
    add(out, lead | (scalar >> shift) as u8);
    while shift > 0 {
        shift = shift.wrapping_sub(6);
        add(out, 0x80 | (scalar >> shift & 0x3f) as u8);
    }
}

/// Appends a byte. `Vec::push` of bytes is compiled into the standard library
/// with a growth of its own, which the module would carry beside ours.
#[inline]
pub(crate) fn add(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(&[byte]);
}

/// Appends JSON text without insignificant white space.
pub fn compact(json: &[u8], out: &mut Vec<u8>) {
    let (mut string, mut escape, mut start) = (false, false, 0);
    for (at, &byte) in json.iter().enumerate() {
        if string {
            string = escape || byte != b'"';
            escape = !escape && byte == b'\\';
        } else if let b' ' | b'\n' | b'\r' | b'\t' = byte {
            out.extend_from_slice(json.get(start..at).unwrap_or_default());
            start = at.wrapping_add(1);
        } else {
            string = byte == b'"';
        }
    }
    out.extend_from_slice(json.get(start..).unwrap_or_default());
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
