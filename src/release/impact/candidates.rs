//! Values of which every class has one: at every place where an answer can
//! change, that place, and what lies directly before and behind it.
//!
//! - Numbers: answers change at constants, at the ends of what counts as an
//!   instant or a key, and between integral numbers and others.
//! - Versions: every version has a next one (`1.2.3-rc` has `1.2.3-rc.0`,
//!   `1.2.3` has `1.2.4-0`), so the least of each class is 0.0.0-0, an end of
//!   a range, or the next after one.
//! - Times and addresses are integers: the least of each class is a constant,
//!   the one behind it, or the least of all.
//! - Texts that are compared without case: all casings, or as many as there
//!   can be constants that part them.

use super::classes::{Answer, Domain, Key};
use super::numbers;
use super::test::{Constants, Sample, Test};
use crate::compare::address::{Address, Network};
use crate::compare::version::{Bound, Version};
use crate::limits::TEXT_BYTES;
use crate::release::instant::rfc3339;
use crate::release::order::Order;
use crate::value::Attribute;
use std::borrow::ToOwned;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

/// Keys that are told one by one where a class has no more of them.
pub const FEW: i64 = 64;

fn text(text: impl Into<String>) -> Sample {
    Attribute::String(text.into().into())
}

/// Values on both sides of every place where an answer can change, as far as
/// they have an order: numbers, versions, times and addresses.
pub fn near(domain: &Domain<'_>) -> Vec<Sample> {
    let none = BTreeSet::new();
    let mut found: Vec<Sample> = Vec::new();
    for list in [versions(domain, &none), times(domain), addresses(domain, &none)] {
        found.extend(list.into_iter().map(|(found, _)| text(found)));
    }
    let mut seen = HashSet::new();
    for test in &domain.tests {
        let places: Vec<f64> = match test {
            Test::Less { than, .. } => Vec::from([*than]),
            Test::Before(than) | Test::After(than) => Vec::from([*than as f64]),
            _ => continue,
        };
        for place in places.into_iter().flat_map(numbers::around) {
            if place.is_finite() && seen.insert(place.to_bits()) {
                found.push(Attribute::Number(place));
            }
        }
    }
    found
}

/// Adds texts that equal a constant, or are a version, a time or an address.
pub fn texts(domain: &mut Domain<'_>) {
    let mut raw: BTreeSet<String> = BTreeSet::new();
    let mut folded: BTreeSet<String> = BTreeSet::new();
    let mut found: Vec<(String, Key)> = Vec::new();
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for test in &domain.tests {
        match test {
            Test::Equal { constants: Constants::Texts(known), fold } => {
                let set = if *fold { &mut folded } else { &mut raw };
                set.extend(known.iter().filter(|text| text.len() <= TEXT_BYTES).cloned());
            }
            Test::Pattern { parts: known, .. } => parts.extend(known.iter().cloned()),
            _ => {}
        }
    }
    let single = |text: &str| {
        if text.is_empty() { Key::None } else { Key::Single(text.to_owned()) }
    };
    for constant in &raw {
        domain.add(text(constant), single(constant), true);
    }
    for constant in &folded {
        let casings = casings(constant);
        let all = u32::try_from(casings.len()).unwrap_or(u32::MAX);
        let letters = constant.bytes().filter(u8::is_ascii_alphabetic).count();
        let complete = u32::try_from(letters).is_ok_and(|n| 1_u32.checked_shl(n) == Some(all));
        let partly = domain
            .tests
            .iter()
            .any(|test| matches!(test, Test::Pattern { fold: false, .. }) || raw_in(test));
        domain.unproven |= !complete && partly;
        for casing in casings {
            let key = if complete { single(&casing) } else { Key::Uniform };
            if !raw.contains(&casing) {
                domain.add(text(casing), key, false);
            }
        }
    }
    if domain.keyed {
        found.push((String::new(), Key::None));
    }
    found.extend(versions(domain, &parts));
    found.extend(times(domain));
    found.extend(addresses(domain, &raw));
    let mut seen: HashSet<String> = HashSet::new();
    for (found, key) in found {
        if seen.insert(found.clone()) && found.len() <= TEXT_BYTES && !raw.contains(&found) {
            domain.add(text(found), key, false);
        }
    }
}

fn raw_in(test: &Test<'_>) -> bool {
    matches!(test, Test::Equal { constants: Constants::Texts(known), fold: false } if known.len() > FEW as usize)
}

/// Texts that differ in the case of ASCII letters: all, if they are few.
fn casings(folded: &str) -> Vec<String> {
    let letters = folded.bytes().filter(u8::is_ascii_alphabetic).count();
    let count = 1_u64.checked_shl(u32::try_from(letters.min(6)).unwrap_or(6)).unwrap_or(64);
    let mut found: Vec<String> = Vec::new();
    for bits in 0..count {
        let mut letter: u32 = 0;
        let casing = folded.chars().map(|char| {
            if !char.is_ascii_alphabetic() {
                return char;
            }
            let upper = bits.checked_shr(letter).unwrap_or(0) & 1 == 1;
            letter = letter.saturating_add(1);
            if upper { char.to_ascii_uppercase() } else { char }
        });
        found.push(casing.collect());
    }
    if letters > 6 {
        found.push(folded.to_ascii_uppercase());
    }
    found
}

/// A version as text, if an attribute can be it.
fn written(numbers: [u64; 3], pre: &str) -> String {
    let [major, minor, patch] = numbers;
    let hyphen = if pre.is_empty() { "" } else { "-" };
    format!("{major}.{minor}.{patch}{hyphen}{pre}")
}

fn versions(domain: &Domain<'_>, parts: &BTreeSet<String>) -> Vec<(String, Key)> {
    let mut found: Vec<String> = Vec::new();
    let mut any = false;
    for test in &domain.tests {
        let Test::Version(ranges) = test else { continue };
        any = true;
        for range in ranges {
            for Bound { version: Version { numbers, pre }, .. } in [range.low, range.high] {
                let pre = std::str::from_utf8(pre).unwrap_or_default();
                let [major, minor, patch] = numbers;
                let next = [major, minor, patch.saturating_add(1)];
                found.extend([written(numbers, ""), written(next, ""), written(numbers, pre)]);
                found.push(if pre.is_empty() {
                    written(next, "0")
                } else {
                    written(numbers, &format!("{pre}.0"))
                });
                found.push(written([major, minor.saturating_add(1), 0], "0"));
                found.push(written([major.saturating_add(1), 0, 0], "0"));
            }
        }
    }
    if !any {
        return Vec::new();
    }
    found.extend(["0.0.0", "0.0.0-0"].map(ToOwned::to_owned));
    // Another spelling of each, which equals no constant.
    let spelled: Vec<String> =
        found.iter().map(|found| format!("{found}+{}", build(&domain.separator))).collect();
    found.extend(spelled);
    // What may begin, end or be in a version as well.
    for part in parts {
        found.extend([part.clone(), format!("{part}.0"), format!("{part}.0.0")]);
        found.extend([format!("{part}0"), format!("{part}999"), format!("1.0.0+{part}")]);
    }
    let good = |text: &String| Version::parse(text.as_bytes()).is_some();
    found.into_iter().filter(good).map(|text| (text, Key::Uniform)).collect()
}

/// A build that no constant has, as far as one can be made of letters.
fn build(separator: &str) -> String {
    if separator.chars().all(|char| char.is_ascii_alphanumeric()) {
        separator.to_owned()
    } else {
        "other-build".to_owned()
    }
}

fn times(domain: &Domain<'_>) -> Vec<(String, Key)> {
    let mut found = Vec::new();
    for test in &domain.tests {
        let (Test::Before(than) | Test::After(than)) = test else { continue };
        for millis in [*than, than.saturating_sub(1), than.saturating_add(1)] {
            if let Some(text) = rfc3339(millis) {
                let (head, _) = text.split_at_checked(19).unwrap_or_default();
                let part = millis.rem_euclid(1_000);
                found.push(text.clone());
                // Digits behind the third do not count.
                found.push(format!("{head}.{part:03}000001Z"));
            }
        }
        found.push("0000-01-01T00:00:00.0001+23:59".to_owned());
        found.push("9999-12-31T23:59:59.9991-23:59".to_owned());
    }
    found.into_iter().map(|text| (text, Key::Uniform)).collect()
}

/// The last address of a network.
pub fn last(network: &Network) -> u128 {
    network.bits | !network.mask
}

/// An address as text, in one spelling or two.
pub fn spelled(v6: bool, bits: u128) -> Vec<String> {
    if !v6 {
        let Ok(bits) = u32::try_from(bits) else { return Vec::new() };
        return vec![Ipv4Addr::from_bits(bits).to_string()];
    }
    let address = Ipv6Addr::from_bits(bits);
    let full: Vec<String> = address.segments().map(|group| format!("{group:04x}")).into();
    vec![address.to_string(), full.join(":")]
}

fn addresses(domain: &Domain<'_>, raw: &BTreeSet<String>) -> Vec<(String, Key)> {
    let mut places: [BTreeSet<u128>; 2] = [[0].into(), [0].into()];
    let most = |v6: bool| if v6 { u128::MAX } else { u128::from(u32::MAX) };
    let mut any = false;
    for test in &domain.tests {
        let Test::Cidr(networks) = test else { continue };
        any = true;
        for network in networks {
            if let Some(places) = places.get_mut(usize::from(network.v6)) {
                places.insert(network.bits);
                places.insert(last(network).saturating_add(1));
            }
        }
    }
    if !any {
        return Vec::new();
    }
    for address in raw.iter().filter_map(|text| Address::parse(text.as_bytes())) {
        if let Some(places) = places.get_mut(usize::from(address.v6)) {
            places.insert(address.bits);
            places.insert(address.bits.saturating_add(1));
        }
    }
    let mut found: Vec<(String, Key)> = Vec::new();
    for (v6, places) in [false, true].into_iter().zip(places) {
        let starts: Vec<u128> = places.into_iter().filter(|at| *at <= most(v6)).collect();
        let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1)).chain([most(v6)]);
        let mut alike: HashMap<Vec<Answer>, Vec<(u128, u128)>> = HashMap::new();
        for (low, high) in starts.iter().copied().zip(ends) {
            for spelled in spelled(v6, low).into_iter().take(1) {
                let answers = domain.ask(&text(spelled));
                alike.entry(answers).or_default().push((low, high));
            }
        }
        let mut groups: Vec<Vec<(u128, u128)>> = alike.into_values().collect();
        groups.order();
        for group in groups {
            let sizes = group.iter().map(|(low, high)| high.saturating_sub(*low));
            let total = sizes.fold(0_u128, |sum, size| sum.saturating_add(size).saturating_add(1));
            if !v6 && total <= FEW.unsigned_abs().into() {
                for bits in group.iter().flat_map(|(low, high)| *low..=*high) {
                    let only = spelled(v6, bits).into_iter();
                    found.extend(only.map(|text| (text.clone(), Key::Single(text))));
                }
            } else {
                let both = group.iter().flat_map(|(low, high)| {
                    spelled(v6, *low).into_iter().chain(spelled(v6, *high))
                });
                found.extend(both.map(|text| (text, Key::Uniform)));
            }
        }
    }
    found
}
