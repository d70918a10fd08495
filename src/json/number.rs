//! Decimal text as exact integers: no float parser, nothing rounded.

use crate::diagnostic::Code;
use crate::limits::SAFE_INTEGER;

/// The value of a JSON number: `digits * 10^exponent`, negated if `negative`.
#[derive(Clone, Copy)]
pub struct Decimal {
    /// A minus sign was written; the value may still be zero.
    pub negative: bool,
    /// All significant digits without trailing zeros, or the first 19 of them.
    pub digits: u64,
    /// Power of ten. Zero for the value zero.
    pub exponent: i64,
    /// False: there were more significant digits than 19.
    pub exact: bool,
    /// Written without fraction and exponent.
    pub integer: bool,
}

/// Exponents are cut off here, far beyond any that fits a document's length.
const FAR: i64 = 1 << 40;

/// Reads the text of a JSON number.
pub fn decimal(text: &[u8]) -> Decimal {
    let mut number =
        Decimal { negative: false, digits: 0, exponent: 0, exact: true, integer: true };
    // Zeros that are significant only if a digit follows, and the digits kept.
    let (mut zeros, mut kept) = (0_i64, 0_i64);
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'-' => number.negative = true,
            b'.' => number.integer = false,
            b'0'..=b'9' => {
                if !number.integer {
                    number.exponent = number.exponent.wrapping_sub(1);
                }
                if byte == b'0' {
                    zeros = zeros.wrapping_add(1);
                    continue;
                }
                if number.digits == 0 {
                    zeros = 0;
                }
                if kept.wrapping_add(zeros) >= 19 {
                    number.exact = false;
                    // The digit is dropped: it and the zeros become exponent.
                    zeros = zeros.wrapping_add(1);
                    continue;
                }
                kept = kept.wrapping_add(zeros).wrapping_add(1);
                while zeros > 0 {
                    number.digits = number.digits.wrapping_mul(10);
                    zeros = zeros.wrapping_sub(1);
                }
                number.digits = number.digits.wrapping_mul(10).wrapping_add(u64::from(byte & 0xf));
            }
            _ => {
                number.integer = false;
                number.exponent = number.exponent.wrapping_add(exponent(bytes.as_slice()));
                break;
            }
        }
    }
    number.exponent = if number.digits == 0 { 0 } else { number.exponent.wrapping_add(zeros) };
    number
}

fn exponent(text: &[u8]) -> i64 {
    let mut value = 0_i64;
    for byte in text {
        if let b'0'..=b'9' = byte {
            value = value.wrapping_mul(10).wrapping_add(i64::from(byte & 0xf)).min(FAR);
        }
    }
    if text.first() == Some(&b'-') { value.wrapping_neg() } else { value }
}

/// Why a number may not stand in a ruleset, if so.
pub(super) fn fault(text: &[u8]) -> Option<Code> {
    if text.len() <= 15 && !text.iter().any(|byte| matches!(byte, b'e' | b'E')) {
        return None;
    }
    let number = decimal(text);
    if number.integer {
        return (number.unsigned()? > SAFE_INTEGER).then_some(Code::IntegerTooLarge);
    }
    // In scientific notation d.ddd * 10^power, compared by 17 digits.
    let (mut head, mut power) = (number.digits, number.exponent.wrapping_add(16));
    while head != 0 && head < 10_000_000_000_000_000 {
        head = head.wrapping_mul(10);
        power = power.wrapping_sub(1);
    }
    while head >= 100_000_000_000_000_000 {
        head /= 10;
        power = power.wrapping_add(1);
    }
    (power > 308 || power == 308 && head > 17_976_931_348_623_157).then_some(Code::NumberOverflow)
}

impl Decimal {
    /// The magnitude of an integral value, cut off at the largest u64; none
    /// if the value has a fraction.
    fn unsigned(&self) -> Option<u64> {
        if self.exponent < 0 {
            return None;
        }
        let mut value = self.digits;
        for _ in 0..self.exponent.min(20) {
            value = value.saturating_mul(10);
        }
        Some(if self.exact { value } else { u64::MAX })
    }

    /// The value as an integer, by value: 5.0 is 5. None if it has a fraction
    /// or is beyond 2^63 - 1.
    pub fn integral(&self) -> Option<i64> {
        let magnitude = i64::try_from(self.unsigned()?).ok()?;
        Some(if self.negative { magnitude.wrapping_neg() } else { magnitude })
    }

    /// The float of exactly this value, correctly rounded: both factors are
    /// exact (Clinger's fast path). None beyond 2^53 and powers of ten of 22.
    pub fn float(&self) -> Option<f64> {
        if !self.exact || self.digits > SAFE_INTEGER.wrapping_add(1) {
            return None;
        }
        let mut power = 1.0;
        for _ in 0..u8::try_from(self.exponent.unsigned_abs()).ok().filter(|e| *e <= 22)? {
            power *= 10.0;
        }
        let value = self.digits as f64;
        let value = if self.exponent < 0 { value / power } else { value * power };
        Some(if self.negative { 0.0 - value } else { value })
    }

    /// A percentage in thousandths, 0 to 100,000; none for any other value.
    pub fn thousandths(&self) -> Option<u32> {
        let shifted = Self { exponent: self.exponent.wrapping_add(3), ..*self };
        match u32::try_from(shifted.unsigned()?) {
            Ok(0) => Some(0),
            Ok(value) if value <= 100_000 && !self.negative => Some(value),
            _ => None,
        }
    }
}
