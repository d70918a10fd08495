//! Sets of versions, numbers and addresses as ranges.

use super::classes::Domain;
use super::test::{Constants, Test};
use super::{candidates, phrases};
use crate::compare::address::Network;
use crate::compare::version::{Bound, Range, Version};
use crate::release::order::Order;
use crate::value::{Attribute, number};
use std::collections::BTreeSet;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

type Set = BTreeSet<u32>;

/// The set as ranges, if it is of versions, of numbers or of addresses alone.
pub fn words(domain: &Domain<'_>, set: &Set) -> Option<String> {
    versions(domain, set).or_else(|| numbers(domain, set)).or_else(|| networks(domain, set))
}

/// Version ranges, if the set is of versions alone.
fn versions(domain: &Domain<'_>, set: &Set) -> Option<String> {
    let ranges = domain.tests.iter().filter_map(|test| match test {
        Test::Version(ranges) => Some(ranges.iter()),
        _ => None,
    });
    let mut places: Vec<Bound<'_>> = Vec::new();
    for range in ranges.flatten() {
        places.extend([range.low, range.high]);
    }
    if places.is_empty() || domain.keyed {
        return None;
    }
    let all = Range::default();
    places.extend([all.low, all.high]);
    places.order_by(|a, b| a.is_above(b).cmp(&b.is_above(a)));
    places.dedup_by(|a, b| a.is_above(b) == b.is_above(a));
    let pieces = places.iter().zip(places.iter().skip(1));
    let mut found: Vec<Range<'_>> = Vec::new();
    let mut seen = Set::new();
    for (low, high) in pieces {
        let Some(least) = least(low, high) else { continue };
        let class = domain.find(&Attribute::String(least.into()))?;
        if !set.contains(&class) {
            continue;
        }
        seen.insert(class);
        match found.last_mut() {
            Some(last) if last.high.is_above(low) == low.is_above(&last.high) => {
                last.high = *high;
            }
            _ => found.push(Range { low: *low, high: *high }),
        }
    }
    let words: Vec<String> = found.iter().map(phrases::range).collect();
    (seen == *set && !words.is_empty() && words.len() <= 4).then(|| phrases::any_of(&words))
}

/// Networks, if the set is of addresses alone.
fn networks(domain: &Domain<'_>, set: &Set) -> Option<String> {
    let mut named: Vec<&Network> = Vec::new();
    for test in &domain.tests {
        if let Test::Cidr(networks) = test {
            named.extend(networks);
        }
    }
    if named.is_empty() || domain.keyed {
        return None;
    }
    // Those whose addresses are all in it, without those inside of them.
    let (mut found, mut seen) = (Vec::new(), Set::new());
    for network in &named {
        let inside =
            |other: &&&Network| other.v6 == network.v6 && other.bits & network.mask == network.bits;
        let ends =
            named.iter().filter(inside).flat_map(|other| [other.bits, candidates::last(other)]);
        let near = ends.flat_map(|at| [at, at.saturating_sub(1), at.saturating_add(1)]);
        let own = near.filter(|bits| bits & network.mask == network.bits);
        let classes: Option<Set> = own
            .map(|bits| {
                let text = candidates::spelled(network.v6, bits).into_iter().next()?;
                domain.find(&Attribute::String(text.into()))
            })
            .collect();
        if let Some(classes) = classes.filter(|classes| classes.is_subset(set)) {
            seen.extend(classes);
            found.push(phrases::network(network));
        }
    }
    found.dedup();
    (seen == *set && found.len() <= 4).then(|| format!("is in {}", phrases::any_of(&found)))
}

/// Ranges of numbers, if the set is of numbers alone.
fn numbers(domain: &Domain<'_>, set: &Set) -> Option<String> {
    let mut places: Vec<f64> = Vec::new();
    for test in &domain.tests {
        match test {
            Test::Less { than, .. } => places.push(*than),
            Test::Equal { constants: Constants::Numbers(known), .. } => {
                places.extend(known.iter().map(|bits| f64::from_bits(*bits)));
            }
            Test::Before(_) | Test::After(_) => return None,
            _ => {}
        }
    }
    if places.is_empty() || domain.keyed {
        return None;
    }
    places.order_by(f64::total_cmp);
    places.dedup_by(|a, b| number(*a) == number(*b));
    // At and between the places: start and end, and whether they count.
    let mut found: Vec<(f64, bool, f64, bool)> = Vec::new();
    let mut seen = Set::new();
    let mut before = f64::NEG_INFINITY;
    let mut pieces = Vec::new();
    for place in places {
        pieces.extend([(before, false, place, false), (place, true, place, true)]);
        before = place;
    }
    pieces.push((before, false, f64::INFINITY, false));
    for piece @ (low, closed, high, _) in pieces {
        let sample = if closed { low } else { low.next_up() };
        if !closed && sample >= high {
            continue;
        }
        let class = domain.find(&Attribute::Number(sample))?;
        if !set.contains(&class) {
            continue;
        }
        seen.insert(class);
        match found.last_mut() {
            Some(last) if last.2 == low && (last.3 || closed) => {
                (last.2, last.3) = (piece.2, piece.3);
            }
            _ => found.push(piece),
        }
    }
    let words: Vec<String> = found.iter().map(|piece| interval(*piece)).collect();
    (seen == *set && !words.is_empty() && words.len() <= 4).then(|| phrases::any_of(&words))
}

fn interval((low, from, high, to): (f64, bool, f64, bool)) -> String {
    if from && to && low == high {
        return format!("is {low}");
    }
    let low = low.is_finite().then(|| format!("{} {low}", if from { ">=" } else { ">" }));
    let high = high.is_finite().then(|| format!("{} {high}", if to { "<=" } else { "<" }));
    match (low, high) {
        (None, None) => "is a number".to_string(),
        (low, high) => low.into_iter().chain(high).collect::<Vec<_>>().join(" and "),
    }
}

/// The least version from one end to below the other.
fn least(low: &Bound<'_>, high: &Bound<'_>) -> Option<String> {
    let Version { numbers: [major, minor, patch], pre } = low.version;
    let pre = std::str::from_utf8(pre).unwrap_or_default();
    let hyphen = if pre.is_empty() { "" } else { "-" };
    let text = match (low.after, pre) {
        (false, _) => format!("{major}.{minor}.{patch}{hyphen}{pre}"),
        (true, "") => format!("{major}.{minor}.{}-0", patch.saturating_add(1)),
        (true, _) => format!("{major}.{minor}.{patch}-{pre}.0"),
    };
    let version = Version::parse(text.as_bytes())?;
    high.is_above(&Bound { version, after: false }).then_some(text)
}
