//! Numbers of which every class has one; see [`candidates`](super::candidates).

use super::candidates::FEW;
use super::classes::{Answer, Domain, Key};
use super::test::{Constants, Test};
use crate::compare::time::{MAX_MILLIS, MIN_MILLIS};
use crate::limits::SAFE_INTEGER;
use crate::release::order::Order;
use crate::value::{Attribute, number};
use std::collections::{BTreeSet, HashMap};
use std::string::ToString;
use std::vec;
use std::vec::Vec;

/// The greatest integer that is a key.
const SAFE: i64 = SAFE_INTEGER as i64;

/// Adds numbers of every class.
pub fn numbers(domain: &mut Domain<'_>) {
    let mut constants: Vec<f64> = Vec::new();
    let mut ends: Vec<f64> = vec![0.0, 1.0, f64::MAX, f64::MIN];
    for test in &domain.tests {
        match test {
            Test::Equal { constants: Constants::Numbers(known), .. } => {
                constants.extend(known.iter().map(|bits| f64::from_bits(*bits)));
            }
            Test::Less { than, .. } => ends.push(*than),
            Test::Before(than) | Test::After(than) => {
                let least = [MIN_MILLIS, MAX_MILLIS].map(|end| end as f64);
                ends.extend(least);
                ends.extend(least.map(|end| -end));
                ends.push(*than as f64);
            }
            _ => {}
        }
    }
    // Those of sets come in no order.
    constants.order_by(f64::total_cmp);
    if domain.keyed {
        ends.extend([SAFE as f64, -SAFE as f64]);
    }
    for constant in &constants {
        // Keys among them come with the other keys.
        if !domain.keyed || integral(*constant).is_none() {
            domain.add(Attribute::Number(number_of(*constant)), Key::None, true);
        }
    }
    let mut places: Vec<f64> = constants.iter().chain(&ends).copied().collect();
    places.order_by(f64::total_cmp);
    places.dedup();
    if domain.keyed {
        integers(domain, &places);
    }
    let known: BTreeSet<u64> = constants.iter().map(|value| number(*value)).collect();
    let mut all: Vec<f64> = places.into_iter().flat_map(around).collect();
    // People read integers near zero most easily.
    all.order_by(|a, b| {
        let order = |value: &f64| (value.fract() != 0.0, value.abs());
        let ((a, x), (b, y)) = (order(a), order(b));
        a.cmp(&b).then(x.total_cmp(&y))
    });
    all.dedup();
    for near in all.into_iter().filter(|near| !known.contains(&number(*near))) {
        if near.is_finite() && (!domain.keyed || integral(near).is_none()) {
            domain.add(Attribute::Number(number_of(near)), Key::None, false);
        }
    }
}

/// Without the sign of zero, which no test sees.
fn number_of(value: f64) -> f64 {
    f64::from_bits(number(value))
}

/// The place, integral and other numbers beside it.
pub fn around(place: f64) -> [f64; 11] {
    let (up, down) = (place.next_up(), place.next_down());
    let [floor, ceil] = [place.floor(), place.ceil()];
    [
        place,
        ceil - 1.0,
        floor + 1.0,
        floor + 0.5,
        ceil - 0.5,
        up,
        down,
        up.next_up(),
        down.next_down(),
        floor,
        ceil,
    ]
}

/// The integer that a number is as a key.
fn integral(value: f64) -> Option<i64> {
    let integer = value as i64;
    (integer as f64 == value && (-SAFE..=SAFE).contains(&integer)).then_some(integer)
}

/// Adds the numbers that are keys: one by one where few behave alike.
fn integers(domain: &mut Domain<'_>, places: &[f64]) {
    let mut starts: BTreeSet<i64> = [-SAFE].into();
    for place in places.iter().filter(|place| place.abs() <= SAFE as f64) {
        let [floor, ceil] = [place.floor() as i64, place.ceil() as i64];
        starts.extend([floor.saturating_add(1), ceil]);
    }
    let starts: Vec<i64> = starts.into_iter().filter(|at| *at <= SAFE).collect();
    let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1)).chain([SAFE]);
    let pieces: Vec<(i64, i64)> = starts.iter().copied().zip(ends).collect();
    let mut alike: HashMap<Vec<Answer>, Vec<(i64, i64)>> = HashMap::new();
    for (low, high) in pieces {
        let answers = domain.ask(&Attribute::Number(low as f64));
        alike.entry(answers).or_default().push((low, high));
    }
    let mut groups: Vec<Vec<(i64, i64)>> = alike.into_values().collect();
    groups.order();
    for group in groups {
        let total = group
            .iter()
            .map(|(low, high)| high.saturating_sub(*low).saturating_add(1))
            .sum::<i64>();
        let points = group.iter().all(|(low, high)| low == high);
        if points || total <= FEW {
            for value in group.iter().flat_map(|(low, high)| *low..=*high) {
                let key = Key::Single(value.to_string());
                domain.add(Attribute::Number(value as f64), key, true);
            }
        } else if let Some((low, high)) =
            group.iter().max_by_key(|(low, high)| high.saturating_sub(*low))
        {
            let (low, high) = (*low, *high);
            let near = if low <= 0 && 0 <= high {
                0
            } else if high < 0 {
                high
            } else {
                low
            };
            domain.add(Attribute::Number(near as f64), Key::Uniform, false);
        }
    }
}
