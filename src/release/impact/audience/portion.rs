//! A part of a whole audience: thousandths of a percent, times shares of keys.

use crate::release::impact::Share;
use num_bigint::BigUint;
use std::borrow::ToOwned;
use std::format;
use std::string::String;

/// Thousandths of a percent that are everybody: 2^5 times 5^5.
const WHOLE: u32 = 100_000;
/// How often 2, and how often 5, divides them.
const POWERS: u64 = 5;

/// A part of an audience, exactly: an integer over 100,000 times a power of
/// two.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Portion(Share);

impl Portion {
    /// Nobody.
    pub fn nobody() -> Self {
        Self(Share::nobody())
    }

    /// The share of so many thousandths of a percent of the audience.
    pub fn of(thousandths: u32, share: &Share) -> Self {
        Self(Share::integer(thousandths).times(share))
    }

    /// One or the other of two that exclude each other.
    pub fn plus(&self, other: &Self) -> Self {
        Self(self.0.plus(&other.0))
    }

    /// Whether it is nobody.
    pub fn is_nobody(&self) -> bool {
        self.0.is_nobody()
    }

    /// From 0 to 1, as near as a division of floats comes.
    pub fn float(&self) -> f64 {
        self.0.float() / f64::from(WHOLE)
    }

    /// The exact value in lowest terms: `0`, `1`, or such as `19/80`.
    pub fn exact(&self) -> String {
        let (mut numerator, mut twos) = self.0.parts();
        twos = twos.saturating_add(POWERS);
        let common = numerator.trailing_zeros().unwrap_or(0).min(twos);
        twos = twos.saturating_sub(common);
        numerator = shifted(numerator, common);
        let mut fives = 0;
        while fives < POWERS {
            let Some(fifth) = fifth(&numerator) else { break };
            numerator = fifth;
            fives = fives.saturating_add(1);
        }
        let denominator = denominator(twos, POWERS.saturating_sub(fives));
        if self.is_nobody() {
            return "0".to_owned();
        }
        if denominator == BigUint::from(1_u8) {
            return format!("{numerator}");
        }
        format!("{numerator}/{denominator}")
    }

    /// As people write it: a percentage with up to three decimals, rounded
    /// half up.
    pub fn percent(&self) -> String {
        let (numerator, bits) = self.0.parts();
        let rounded = rounded(numerator, bits);
        if rounded == 0 && !self.is_nobody() {
            return "<0.001 %".to_owned();
        }
        if rounded == u64::from(WHOLE) && *self != Self(Share::integer(WHOLE)) {
            return ">99.999 %".to_owned();
        }
        let (whole, part) = (rounded / 1_000, rounded % 1_000);
        let text = format!("{whole}.{part:03}");
        format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

// The library's integers have no bound, so that none of these can overflow;
// and what is divided by is not zero.

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn shifted(value: BigUint, bits: u64) -> BigUint {
    value >> bits
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn fifth(value: &BigUint) -> Option<BigUint> {
    (value % 5_u8 == BigUint::ZERO).then(|| value / 5_u8)
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn denominator(twos: u64, fives: u64) -> BigUint {
    (0..fives).fold(BigUint::from(1_u8) << twos, |value, _| value * 5_u8)
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn rounded(numerator: BigUint, bits: u64) -> u64 {
    let doubled: BigUint = numerator * 2_u8 + (BigUint::from(1_u8) << bits);
    let value = doubled >> (bits + 1);
    value.iter_u64_digits().next().unwrap_or(0)
}
