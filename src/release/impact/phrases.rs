//! Tests and their answers in words.

use super::test::{Constants, Sample, Test, Where};
use crate::compare::address::Network;
use crate::compare::version::{Bound, Range};
use crate::release::instant::rfc3339;
use crate::release::order::Order;
use crate::value::{Attribute, Element};
use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{borrow::ToOwned, format};

/// Constants that are written out.
const NAMED: usize = 6;

/// A part of an attribute's classes, by the answer to one test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    True,
    NotTrue,
    Unknown,
    Known,
    False,
    NotFalse,
}

impl Part {
    /// Those that read easily first.
    pub const ALL: [Self; 6] =
        [Self::True, Self::NotTrue, Self::Unknown, Self::Known, Self::False, Self::NotFalse];
}

/// A text as it is if it reads as one word, else in quotes.
pub fn word(text: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "_-.@/:+#&".contains(char);
    if !text.is_empty() && text.chars().all(plain) && text != "or" && text != "and" {
        return text.to_owned();
    }
    let mut bytes = Vec::new();
    crate::json::escape(text.as_bytes(), &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Words with `or` before the last; of many, the first.
pub fn any_of(words: &[String]) -> String {
    listed(words, words.len(), "or")
}

/// The same of `total` words, of which only the first are at hand.
pub fn listed(words: &[String], total: usize, between: &str) -> String {
    match words {
        [] => String::new(),
        [one] if total == 1 => one.clone(),
        [rest @ .., last] if total == words.len() && total <= NAMED => {
            format!("{} {between} {last}", rest.join(", "))
        }
        _ => {
            let few: Vec<&str> = words.iter().take(3).map(String::as_str).collect();
            format!("one of {total} ({}, …)", few.join(", "))
        }
    }
}

fn constants(constants: &Constants, between: &str) -> String {
    let mut words: Vec<String> = match constants {
        Constants::Texts(texts) => texts.iter().map(|text| word(text)).collect(),
        Constants::Numbers(numbers) => {
            let mut numbers: Vec<f64> = numbers.iter().map(|bits| f64::from_bits(*bits)).collect();
            numbers.order_by(f64::total_cmp);
            return listed(
                &numbers.iter().map(f64::to_string).collect::<Vec<_>>(),
                numbers.len(),
                between,
            );
        }
        Constants::Booleans(known) => known.iter().map(bool::to_string).collect(),
    };
    words.order();
    listed(&words, words.len(), between)
}

/// A value as it reads in a sentence.
pub fn value(sample: &Sample) -> String {
    match sample {
        Attribute::Absent => "missing".to_owned(),
        Attribute::Unreadable => "unreadable".to_owned(),
        Attribute::Other => "an object".to_owned(),
        Attribute::Boolean(known) => known.to_string(),
        Attribute::Number(number) => number.to_string(),
        Attribute::String(text) => word(text),
        Attribute::List(list) => {
            let words: Vec<String> = list
                .iter()
                .map(|element| match element {
                    Element::Boolean(known) => known.to_string(),
                    Element::Number(number) => number.to_string(),
                    Element::String(text) => word(text),
                    Element::Other => "…".to_owned(),
                })
                .collect();
            format!("[{}]", words.join(", "))
        }
    }
}

/// An end of a range, without what it says of prereleases where a shorter
/// spelling says the same.
fn end(bound: &Bound<'_>) -> String {
    let [major, minor, patch] = bound.version.numbers;
    match (bound.version.pre, minor, patch) {
        (b"0", 0, 0) if !bound.after => format!("{major}"),
        (b"0", _, 0) if !bound.after => format!("{major}.{minor}"),
        (b"", ..) => format!("{major}.{minor}.{patch}"),
        (pre, ..) => format!("{major}.{minor}.{patch}-{}", String::from_utf8_lossy(pre)),
    }
}

/// A range as a document would write it.
pub fn range(range: &Range<'_>) -> String {
    let (low, high) = (&range.low, &range.high);
    if !low.after && high.after && low.version == high.version {
        return format!("={}", end(low));
    }
    let lowest = low.version.numbers == [0; 3] && low.version.pre == b"0" && !low.after;
    let mut words = Vec::new();
    if !lowest {
        words.push(format!("{}{}", if low.after { ">" } else { ">=" }, end(low)));
    }
    if high.version.numbers != [u64::MAX, 0, 0] {
        words.push(format!("{}{}", if high.after { "<=" } else { "<" }, end(high)));
    }
    if words.is_empty() { "any".to_owned() } else { words.join(" ") }
}

/// A network in CIDR notation.
pub fn network(network: &Network) -> String {
    let length = network.mask.count_ones();
    if network.v6 {
        return format!("{}/{length}", Ipv6Addr::from_bits(network.bits));
    }
    let bits = u32::try_from(network.bits).unwrap_or_default();
    format!("{}/{}", Ipv4Addr::from_bits(bits), length.saturating_sub(96))
}

/// An instant as RFC 3339 where it can be.
pub fn time(millis: i64) -> String {
    rfc3339(millis).unwrap_or_else(|| format!("{millis} ms"))
}

/// What a test says when it is true, when it is not, and of which type it is.
fn sentence(test: &Test<'_>) -> (String, String, &'static str) {
    let is = |what: String| (format!("is {what}"), format!("is not {what}"));
    let noun = |known: &Constants| match known {
        Constants::Texts(_) => "text",
        Constants::Numbers(_) => "number",
        Constants::Booleans(_) => "boolean",
    };
    let ((yes, no), noun) = match test {
        Test::Equal { constants: known, fold } => {
            let case = if *fold { " in any case" } else { "" };
            (is(format!("{}{case}", constants(known, "or"))), noun(known))
        }
        Test::Pattern { place, parts, fold } => {
            let words: Vec<String> = parts.iter().map(|part| word(part)).collect();
            let case = if *fold { " in any case" } else { "" };
            let words = format!("{}{case}", any_of(&words));
            let (yes, no) = match place {
                Where::Start => ("starts with", "does not start with"),
                Where::End => ("ends with", "does not end with"),
                Where::Anywhere => ("contains", "does not contain"),
            };
            ((format!("{yes} {words}"), format!("{no} {words}")), "text")
        }
        Test::Less { than, or_equal, negate } => {
            let (yes, no) = match (or_equal, negate) {
                (false, false) => ("<", "is not <"),
                (true, false) => ("<=", "is not <="),
                (true, true) => (">", "is not >"),
                (false, true) => (">=", "is not >="),
            };
            ((format!("{yes} {than}"), format!("{no} {than}")), "number")
        }
        Test::Version(ranges) => {
            let words: Vec<String> = ranges.iter().map(range).collect();
            let words = any_of(&words);
            ((words.clone(), format!("is not {words}")), "version")
        }
        Test::Before(than) => (is(format!("before {}", time(*than))), "time"),
        Test::After(than) => (is(format!("after {}", time(*than))), "time"),
        Test::Cidr(networks) => {
            let words: Vec<String> = networks.iter().map(network).collect();
            (is(format!("in {}", any_of(&words))), "address")
        }
        Test::HasAny(known) => {
            let words = constants(known, "or");
            ((format!("has {words}"), format!("does not have {words}")), "list of that type")
        }
        Test::HasAll(known) => {
            let words = constants(known, "and");
            ((format!("has {words}"), format!("does not have {words}")), "list of that type")
        }
        Test::Exists => (("is there".to_owned(), "is missing".to_owned()), "readable value"),
        Test::Unknown => (is("known".to_owned()), "value"),
    };
    (yes, no, noun)
}

/// A part of an attribute's values in words, without its name.
pub fn part(test: &Test<'_>, part: Part) -> String {
    let (yes, no, noun) = sentence(test);
    let a = if noun.starts_with('a') { "an" } else { "a" };
    if matches!(test, Test::Exists) {
        return match part {
            Part::True => yes,
            Part::False => no,
            Part::NotTrue => "is missing or unreadable".to_owned(),
            Part::NotFalse => "is there or unreadable".to_owned(),
            Part::Unknown => "is unreadable".to_owned(),
            Part::Known => "is readable".to_owned(),
        };
    }
    match part {
        Part::True => yes,
        Part::NotTrue => no,
        Part::False => format!("is {a} {noun} and {no}"),
        Part::NotFalse => format!("{yes} or is no {noun}"),
        Part::Unknown => format!("is no {noun}"),
        Part::Known => format!("is {a} {noun}"),
    }
}

/// Constants that make up all of some classes, in words; none if there are
/// others, or too many.
pub fn constants_of(members: &[&Sample]) -> Option<String> {
    if members.is_empty() || members.len() > NAMED {
        return None;
    }
    let mut seen = HashSet::new();
    let mut words: Vec<String> = members
        .iter()
        .map(|sample| value(sample))
        .filter(|word| seen.insert(word.clone()))
        .collect();
    words.order();
    Some(any_of(&words))
}
