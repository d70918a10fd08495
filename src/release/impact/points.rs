//! Sets of points on a hash line, and the shares of it that they are.

use crate::bucket::LINE;
use num_bigint::BigUint;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

/// A set of points: half-open intervals, ascending, that do not touch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Points(Vec<(u64, u64)>);

impl Points {
    /// The whole line.
    pub fn all() -> Self {
        Self(vec![(0, LINE)])
    }

    /// From a point to below another; empty if there is nothing between.
    pub fn between(from: u64, to: u64) -> Self {
        Self(if from < to { vec![(from, to)] } else { Vec::new() })
    }

    /// Adds what lies behind all that it holds, or touches its end.
    pub fn push(&mut self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => self.0.push((from, to)),
        }
    }

    /// Whether it holds no point.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds every point.
    pub fn is_all(&self) -> bool {
        self.0 == [(0, LINE)]
    }

    /// Whether it holds this point.
    pub fn has(&self, point: u64) -> bool {
        let next = self.0.partition_point(|(_, to)| *to <= point);
        self.0.get(next).is_some_and(|(from, _)| *from <= point)
    }

    /// The points in both.
    pub fn and(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        let (mut own, mut others) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((from, to)), Some((start, end))) = (own.peek(), others.peek()) {
            let both = (*from.max(start), *to.min(end));
            if both.0 < both.1 {
                found.push(both);
            }
            // The one that ends first has nothing in common with what follows.
            if to < end {
                own.next()
            } else {
                others.next()
            };
        }
        Self(found)
    }

    /// The points that are not in it.
    pub fn not(&self) -> Self {
        let (mut found, mut at) = (Vec::new(), 0);
        for (from, to) in &self.0 {
            if at < *from {
                found.push((at, *from));
            }
            at = *to;
        }
        if at < LINE {
            found.push((at, LINE));
        }
        Self(found)
    }

    /// The points in one of the two.
    pub fn or(&self, other: &Self) -> Self {
        self.not().and(&other.not()).not()
    }

    /// How many points it holds.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(from, to)| to.saturating_sub(*from)).sum()
    }

    /// The intervals.
    pub fn intervals(&self) -> &[(u64, u64)] {
        &self.0
    }
}

/// A part of all keys: an integer over a power of 2^32, exactly.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Share {
    /// Over 2^`bits`, in lowest terms; zero has no bits.
    numerator: BigUint,
    bits: u64,
}

impl Share {
    /// Nobody.
    pub fn nobody() -> Self {
        Self { numerator: BigUint::ZERO, bits: 0 }
    }

    /// Everybody.
    pub fn everybody() -> Self {
        Self { numerator: BigUint::from(1_u8), bits: 0 }
    }

    /// A whole number, to weigh shares with.
    pub(super) fn integer(value: u32) -> Self {
        Self { numerator: BigUint::from(value), bits: 0 }
    }

    /// The numerator, and the power of two under it.
    pub(super) fn parts(&self) -> (BigUint, u64) {
        (self.numerator.clone(), self.bits)
    }

    /// The share of a line that a set of points is.
    pub fn of(points: &Points) -> Self {
        Self::reduced(BigUint::from(points.count()), 32)
    }

    fn reduced(numerator: BigUint, bits: u64) -> Self {
        let Some(zeros) = numerator.trailing_zeros() else { return Self::nobody() };
        let cut = zeros.min(bits);
        Self { numerator: shift_right(numerator, cut), bits: bits.saturating_sub(cut) }
    }

    /// The share of both of two independent things.
    pub fn times(&self, other: &Self) -> Self {
        let numerator = product(&self.numerator, &other.numerator);
        Self::reduced(numerator, self.bits.saturating_add(other.bits))
    }

    /// The share of one or the other of two things that exclude each other.
    pub fn plus(&self, other: &Self) -> Self {
        let bits = self.bits.max(other.bits);
        let [a, b] = [self, other]
            .map(|share| shift_left(share.numerator.clone(), bits.saturating_sub(share.bits)));
        Self::reduced(sum(&a, &b), bits)
    }

    /// Whether it is nobody.
    pub fn is_nobody(&self) -> bool {
        self.numerator == BigUint::ZERO
    }

    /// Whether it is everybody.
    pub fn is_everybody(&self) -> bool {
        *self == Self::everybody()
    }

    /// The nearest float, from 0 to 1; exact for shares of one line.
    pub fn float(&self) -> f64 {
        // The upper 64 bits are more than a float has.
        let excess = self.numerator.bits().saturating_sub(64);
        let head = shift_right(self.numerator.clone(), excess);
        let head = head.iter_u64_digits().next().unwrap_or(0) as f64;
        let exponent = i64::try_from(excess).unwrap_or(i64::MAX);
        let exponent = exponent.saturating_sub(i64::try_from(self.bits).unwrap_or(i64::MAX));
        scaled(head, exponent)
    }

    /// The exact value: `1`, or such as `429496729/2^32`.
    pub fn exact(&self) -> String {
        match self.bits {
            0 => self.numerator.to_string(),
            bits => format!("{}/2^{bits}", self.numerator),
        }
    }
}

/// A float times a power of two. Halving is exact until the least floats.
fn scaled(mut value: f64, mut exponent: i64) -> f64 {
    while exponent < 0 && value > 0.0 {
        let step = exponent.max(-64);
        value *= 2.0_f64.powi(i32::try_from(step).unwrap_or(-64));
        exponent = exponent.saturating_sub(step);
    }
    if exponent > 0 {
        value *= 2.0_f64.powi(i32::try_from(exponent).unwrap_or(1_000));
    }
    value
}

// The library's integers have no bound, so that none of these can overflow.

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn product(a: &BigUint, b: &BigUint) -> BigUint {
    a * b
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn sum(a: &BigUint, b: &BigUint) -> BigUint {
    a + b
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn shift_left(a: BigUint, bits: u64) -> BigUint {
    a << bits
}

#[expect(clippy::arithmetic_side_effects, reason = "integers without bound")]
fn shift_right(a: BigUint, bits: u64) -> BigUint {
    a >> bits
}
