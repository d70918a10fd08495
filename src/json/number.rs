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
    pub exponent: i32,
    /// False: there were more significant digits than 19.
    pub exact: bool,
    /// Written without fraction and exponent.
    pub integer: bool,
}

/// Exponents are cut off here, far beyond any that a document's length can
/// make up for, and far enough from the end of an i32 to take a digit more.
const FAR: i32 = 1 << 27;
const _: () = assert!(crate::limits::DOCUMENT_BYTES < 1 << 26);

/// Nineteen digits are kept: with a twentieth they might not fit.
const NINETEEN: u64 = 1_000_000_000_000_000_000;

/// Reads the text of a JSON number.
pub fn decimal(text: &[u8]) -> Decimal {
    let mut number =
        Decimal { negative: false, digits: 0, exponent: 0, exact: true, integer: true };
    let mut bytes = text.iter();
    for &byte in bytes.by_ref() {
        match byte {
            b'-' => number.negative = true,
            b'.' => number.integer = false,
            b'0'..=b'9' => {
                let mut step: i32 = if number.integer { 0 } else { -1 };
                if number.digits < NINETEEN {
                    let digit = u64::from(byte & 0xf);
                    number.digits = number.digits.wrapping_mul(10).wrapping_add(digit);
                } else {
                    step = step.wrapping_add(1);
                    number.exact &= byte == b'0';
                }
                number.exponent = number.exponent.wrapping_add(step);
            }
            _ => {
                number.integer = false;
                break;
            }
        }
    }
    // What is left follows the `e`.
    let (mut power, mut sign) = (0_i32, 1);
    for &byte in bytes {
        match byte {
            b'-' => sign = -1,
            b'+' => {}
            _ => power = power.wrapping_mul(10).wrapping_add(i32::from(byte & 0xf)).min(FAR),
        }
    }
    number.exponent = number.exponent.wrapping_add(power.wrapping_mul(sign));
    while number.digits.is_multiple_of(10) {
        if number.digits == 0 {
            number.exponent = 0;
            break;
        }
        number.digits /= 10;
        number.exponent = number.exponent.wrapping_add(1);
    }
    number
}

/// Why a number of many digits or with an exponent may not stand in a
/// ruleset, if so.
pub(super) fn fault(text: &[u8]) -> Option<Code> {
    let number = decimal(text);
    if number.integer {
        return (number.magnitude(0) > SAFE_INTEGER).then_some(Code::IntegerTooLarge);
    }
    // With nineteen digits before the point, of which 17 are compared.
    let (mut head, mut power) = (number.digits, number.exponent);
    while head != 0 && head < NINETEEN {
        head = head.wrapping_mul(10);
        power = power.wrapping_sub(1);
    }
    let over = power > 290 || power == 290 && head >= 1_797_693_134_862_315_800;
    over.then_some(Code::NumberOverflow)
}

impl Decimal {
    /// The magnitude of the value times `10^shift`; the largest u64 if that is
    /// no integer or more than a u64 holds.
    fn magnitude(&self, shift: i32) -> u64 {
        let mut exponent = self.exponent.wrapping_add(shift);
        let mut value = self.digits;
        if exponent < 0 || !self.exact {
            return u64::MAX;
        }
        while exponent > 0 && value != 0 {
            if value > u64::MAX / 10 {
                return u64::MAX;
            }
            value = value.wrapping_mul(10);
            exponent = exponent.wrapping_sub(1);
        }
        value
    }

    /// The value times `10^shift`; the largest u64 if that is no integer,
    /// negative, or more than a u64 holds.
    pub fn natural(&self, shift: i32) -> u64 {
        let value = self.magnitude(shift);
        if self.negative && value != 0 { u64::MAX } else { value }
    }

    /// The value as an integer, by value: 5.0 is 5. None if it has a fraction
    /// or is beyond 2^63 - 1.
    #[inline(always)]
    pub fn integral(&self) -> Option<i64> {
        let magnitude = i64::try_from(self.magnitude(0)).ok()?;
        Some(if self.negative { magnitude.wrapping_neg() } else { magnitude })
    }

    /// The float of exactly this value, correctly rounded: both factors are
    /// exact (Clinger's fast path). None beyond 2^53 and powers of ten of 22.
    // Inlined, so that callers look at a float where an option would come by memory.
    #[inline(always)]
    pub fn float(&self) -> Option<f64> {
        let value = self.product();
        (!value.is_nan()).then_some(value)
    }

    /// What [`Decimal::float`] returns, NaN for none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn product(&self) -> f64 {
        let mut steps = self.exponent.unsigned_abs();
        if !self.exact || self.digits > SAFE_INTEGER.wrapping_add(1) || steps > 22 {
            return f64::NAN;
        }
        let mut power = 1.0;
        while steps > 0 {
            power *= 10.0;
            steps = steps.wrapping_sub(1);
        }
        let value = self.digits as f64;
        let value = if self.exponent < 0 { value / power } else { value * power };
        if self.negative { 0.0 - value } else { value }
    }

    /// A percentage in thousandths, 0 to 100,000; none for any other value.
    pub fn thousandths(&self) -> Option<u32> {
        let value = self.natural(3);
        (value <= 100_000).then_some(value as u32)
    }
}
