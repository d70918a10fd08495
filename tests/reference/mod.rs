//! The oracle: a second evaluator, slow and obvious, that judges the first.
//!
//! It walks the document as `src/doc/format.md` reads, in three-valued logic, and shares nothing
//! with `src/` but the document's types and the words of an answer. What is broken by references
//! it finds out by itself ([`faults`]), so it judges the compiler too. Where it and the evaluator
//! differ, the format decides which of them is wrong.
#![allow(dead_code, reason = "each test crate uses its own part of this")]
#![allow(unreachable_pub, reason = "as above")]

pub mod context;
pub mod evaluator;
pub mod faults;
pub mod generate;
pub mod hard;
pub mod json;
mod selftest;
mod time;
mod version;

use context::Value;
use faults::Faults;
use serin::document::{
    Condition, ConditionKind, Document, Flag, Line, List, Operation, Path, Rollout, Scalar,
    Segment, Serve,
};
use serin::{ErrorCode, Reason, RuleRef};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// True, false, or not known.
pub type Truth = Option<bool>;

/// What an evaluation answers.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    pub variant: Option<String>,
    pub reason: Reason,
    pub rule: Option<RuleRef>,
    pub error: Option<ErrorCode>,
}

/// How often something happened, by its name.
pub type Counts = BTreeMap<(&'static str, Truth), u64>;

/// A document and what is broken in it.
pub struct Oracle<'a> {
    pub document: &'a Document<'a>,
    pub faults: Faults<'a>,
    /// Points that keys are given instead of those that they have, by the
    /// path of the key and the salt.
    pub points: Option<Points<'a>>,
}

pub type Points<'a> = Box<dyn Fn(&[&str], &str) -> u64 + 'a>;

/// One question to the oracle, without the flag.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    pub context: &'q Value,
    pub now: i64,
    pub killed: &'q [String],
}

impl<'a> Oracle<'a> {
    pub fn new(document: &'a Document<'a>) -> Self {
        Self { document, faults: faults::find(document), points: None }
    }

    /// The answer for a flag; `counts` takes what happened on the way.
    pub fn answer(&self, key: &str, question: Question<'_>, counts: &mut Counts) -> Answer {
        let error =
            |error| Answer { variant: None, reason: Reason::Error, rule: None, error: Some(error) };
        if !self.document.flags.iter().any(|entry| entry.key.text == key) {
            return error(ErrorCode::FlagNotFound);
        }
        if let Some(cause) = self.faults.flags.get(key) {
            *counts.entry((cause.name(), None)).or_default() += 1;
            return error(ErrorCode::ParseError);
        }
        let flag = self.flag(key);
        if !flag.enabled || question.killed.iter().any(|killed| killed == key) {
            return without_error(name_of(flag, flag.off), Reason::Disabled, None);
        }
        let mut walk = Walk { oracle: self, flag: Some(flag), question, counts };
        if let Some(require) = &flag.require
            && walk.truth(require) != Some(true)
        {
            return without_error(
                name_of(flag, flag.off),
                Reason::TargetingMatch,
                Some(RuleRef::Require),
            );
        }
        for (index, rule) in flag.rules.iter().enumerate() {
            let matches = match &rule.condition {
                Some(condition) => walk.truth(condition),
                None => Some(true),
            };
            if matches == Some(true) {
                let rule_ref = RuleRef::Index(u16::try_from(index).unwrap());
                return walk.serve(flag, &rule.serve, Reason::TargetingMatch, Some(rule_ref));
            }
        }
        let plain = if flag.require.is_none() && flag.rules.is_empty() {
            Reason::Static
        } else {
            Reason::Default
        };
        match &flag.serve {
            None => without_error(None, plain, None),
            Some(serve) => walk.serve(flag, serve, plain, None),
        }
    }

    /// What a condition that stands in a flag, or in a segment, comes to.
    #[allow(dead_code, reason = "not every test asks")]
    pub fn truth(
        &self,
        condition: &'a Condition<'a>,
        flag: Option<&'a Flag<'a>>,
        question: Question<'_>,
    ) -> Truth {
        Walk { oracle: self, flag, question, counts: &mut Counts::new() }.truth(condition)
    }

    fn flag(&self, key: &str) -> &'a Flag<'a> {
        let entry = self.document.flags.iter().find(|entry| entry.key.text == key).unwrap();
        entry.item.as_ref().unwrap()
    }

    fn segment(&self, key: &str) -> &'a Segment<'a> {
        let entry = self.document.segments.iter().find(|entry| entry.key.text == key).unwrap();
        entry.item.as_ref().unwrap()
    }
}

fn without_error(variant: Option<String>, reason: Reason, rule: Option<RuleRef>) -> Answer {
    Answer { variant, reason, rule, error: None }
}

fn name_of(flag: &Flag<'_>, variant: Option<u16>) -> Option<String> {
    variant.map(|index| flag.variants[usize::from(index)].name.text.to_string())
}

/// Where `m` thousandths of a percent end on the line of 2^32 points.
pub fn cut(m: u32) -> u64 {
    (u64::from(m) << 32) / 100_000
}

/// A key's point on the line of a salt.
pub fn point(key: &str, salt: &str) -> u64 {
    use twox_hash::XxHash64;
    XxHash64::oneshot(XxHash64::oneshot(0, salt.as_bytes()), key.as_bytes()) >> 32
}

/// A walk through the conditions of one flag or segment.
struct Walk<'w, 'a> {
    oracle: &'w Oracle<'a>,
    /// None: in a segment.
    flag: Option<&'a Flag<'a>>,
    question: Question<'w>,
    counts: &'w mut Counts,
}

impl<'a> Walk<'_, 'a> {
    fn count(&mut self, what: &'static str, truth: Truth) {
        *self.counts.entry((what, truth)).or_default() += 1;
    }

    fn serve(
        &mut self,
        flag: &Flag<'_>,
        serve: &Serve<'_>,
        plain: Reason,
        rule: Option<RuleRef>,
    ) -> Answer {
        let (line, without_key, shares) = match serve {
            Serve::Variant(variant) => {
                return without_error(name_of(flag, Some(*variant)), plain, rule);
            }
            Serve::Rollout(rollout) => (&rollout.line, rollout.without_key, shares(rollout)),
            Serve::Ramp(ramp) => {
                let passed = ramp.steps.iter().rfind(|step| step.at.millis <= self.question.now);
                let percent = passed.map_or(0, |step| step.thousandths);
                (
                    &ramp.line,
                    ramp.without_key,
                    vec![(ramp.variant, percent), (ramp.rest, 100_000 - percent)],
                )
            }
        };
        let variant = if let Some(point) = self.point(line) {
            self.count("serve with a key", None);
            let mut sum = 0;
            shares.iter().find_map(|&(variant, width)| {
                let low = cut(sum);
                sum += width;
                (low <= point && point < cut(sum)).then_some(variant)
            })
        } else if without_key.is_some() {
            self.count("serve by withoutKey", None);
            without_key
        } else {
            let holders: Vec<u16> =
                shares.iter().filter(|share| share.1 > 0).map(|share| share.0).collect();
            if holders.iter().any(|&holder| holder != holders[0]) {
                let error = Some(ErrorCode::TargetingKeyMissing);
                return Answer { variant: None, reason: Reason::Error, rule, error };
            }
            self.count("serve of the whole line", None);
            Some(holders[0])
        };
        without_error(name_of(flag, Some(variant.unwrap())), Reason::Split, rule)
    }

    fn point(&self, line: &Line<'_>) -> Option<u64> {
        let target = Path { segments: vec!["targetingKey".into()] };
        let key = match self.attribute(line.by.as_ref().unwrap_or(&target)) {
            Value::Text(text) if !text.is_empty() => text,
            Value::Number(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0 => {
                format!("{}", n as i64)
            }
            _ => return None,
        };
        let salt = line.salt.as_ref().or_else(|| self.flag?.salt.as_ref());
        let salt = salt.expect("the decoder has checked that there is a salt");
        if let Some(points) = &self.oracle.points {
            let path = &line.by.as_ref().unwrap_or(&target).segments;
            return Some(points(&path.iter().map(AsRef::as_ref).collect::<Vec<_>>(), salt));
        }
        Some(point(&key, salt))
    }

    fn attribute(&self, path: &Path<'_>) -> Value {
        let segments: Vec<&str> = path.segments.iter().map(AsRef::as_ref).collect();
        self.question.context.at(&segments).seen()
    }

    fn truth(&mut self, condition: &Condition<'a>) -> Truth {
        let (what, truth) = match &condition.kind {
            ConditionKind::All(parts) => {
                ("all", all(parts.iter().map(|part| self.truth(part)).collect()))
            }
            ConditionKind::Any(parts) => {
                ("any", any(parts.iter().map(|part| self.truth(part)).collect()))
            }
            ConditionKind::Not(part) => ("not", self.truth(part).map(|known| !known)),
            ConditionKind::Segment(name) => ("segment", {
                let segment = self.oracle.segment(&name.text);
                let Self { oracle, question, .. } = *self;
                Walk { oracle, flag: None, question, counts: self.counts }.truth(&segment.condition)
            }),
            ConditionKind::Flag { key, is, .. } => ("flag", {
                let answer = self.oracle.answer(&key.text, self.question, self.counts);
                self.count(prerequisite(&answer), None);
                answer.variant.map(|served| is.iter().any(|name| name.text == served))
            }),
            ConditionKind::Bucket { line, from, to } => {
                ("bucket", self.point(line).map(|point| cut(*from) <= point && point < cut(*to)))
            }
            ConditionKind::Time { from, until, .. } => ("time", {
                let now = self.question.now;
                Some(
                    from.is_none_or(|from| from.millis <= now)
                        && until.is_none_or(|until| now < until.millis),
                )
            }),
            ConditionKind::Test { path, ignore_case, operation } => {
                test(operation, *ignore_case, &self.attribute(path))
            }
        };
        self.count(what, truth);
        truth
    }
}

/// For the counts: on what a prerequisite looked.
fn prerequisite(answer: &Answer) -> &'static str {
    match (answer.error, answer.reason, &answer.variant) {
        (Some(ErrorCode::ParseError), ..) => "prerequisite broken",
        (Some(_), ..) => "prerequisite in error",
        (None, _, None) => "prerequisite without variant",
        (None, Reason::Disabled, _) => "prerequisite disabled",
        _ => "prerequisite serving",
    }
}

/// Variants and widths in the order of the line.
fn shares(rollout: &Rollout<'_>) -> Vec<(u16, u32)> {
    rollout.shares.iter().map(|share| (share.variant, share.thousandths)).collect()
}

fn all(truths: Vec<Truth>) -> Truth {
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn any(truths: Vec<Truth>) -> Truth {
    if truths.contains(&Some(true)) {
        Some(true)
    } else if truths.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// A test's name and truth for what stands at its path.
fn test(operation: &Operation<'_>, ignore_case: bool, value: &Value) -> (&'static str, Truth) {
    let number = if let Value::Number(n) = value { Some(*n) } else { None };
    let text = if let Value::Text(text) = value { Some(text.as_str()) } else { None };
    let list = if let Value::List(list) = value { Some(list.as_slice()) } else { None };
    let fold = |text: &str| if ignore_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let folded = text.map(fold);
    let any_of = |texts: &[std::borrow::Cow<'_, str>], holds: fn(&str, &str) -> bool| {
        folded.as_ref().map(|text| texts.iter().any(|part| holds(text, &fold(part))))
    };
    let equal = |constant: &Scalar<'_>| match (constant, value) {
        (Scalar::String(constant), Value::Text(text)) => Some(fold(constant) == fold(text)),
        (Scalar::Number(constant), Value::Number(n)) => Some(constant == n),
        (Scalar::Boolean(constant), Value::Boolean(known)) => Some(constant == known),
        _ => None,
    };
    match operation {
        Operation::Exists => {
            let truth = match value {
                Value::Absent => Some(false),
                Value::Unreadable => None,
                _ => Some(true),
            };
            ("exists", truth)
        }
        Operation::Eq(constant) => ("eq", equal(constant)),
        Operation::In(constants) => ("in", any(scalars(constants).iter().map(equal).collect())),
        Operation::StartsWith(texts) => {
            ("startsWith", any_of(&texts.texts, |text, part| text.starts_with(part)))
        }
        Operation::EndsWith(texts) => {
            ("endsWith", any_of(&texts.texts, |text, part| text.ends_with(part)))
        }
        Operation::Contains(texts) => {
            ("contains", any_of(&texts.texts, |text, part| text.contains(part)))
        }
        Operation::Lt(constant) => ("lt", number.map(|n| n < *constant)),
        Operation::Le(constant) => ("le", number.map(|n| n <= *constant)),
        Operation::Gt(constant) => ("gt", number.map(|n| n > *constant)),
        Operation::Ge(constant) => ("ge", number.map(|n| n >= *constant)),
        Operation::Version(ranges) => {
            let version = text.and_then(version::of_attribute);
            let truth = version
                .map(|version| ranges.texts.iter().any(|range| version::within(&version, range)));
            ("version", truth)
        }
        Operation::Before(constant) => {
            ("before", instant(value).map(|millis| millis < constant.millis))
        }
        Operation::After(constant) => {
            ("after", instant(value).map(|millis| millis > constant.millis))
        }
        Operation::Cidr(networks) => {
            let address = text.and_then(|text| text.parse::<IpAddr>().ok());
            let truth = address
                .map(|address| networks.texts.iter().any(|network| in_network(address, network)));
            ("cidr", truth)
        }
        Operation::HasAny(constants) => {
            ("hasAny", has(list, constants, |held, of| held > 0 && of > 0))
        }
        Operation::HasAll(constants) => ("hasAll", has(list, constants, |held, of| held == of)),
        Operation::Unknown { .. } => ("unknown operator", None),
    }
}

fn scalars<'a>(list: &List<'a>) -> Vec<Scalar<'a>> {
    match list {
        List::Strings(texts) => texts.iter().cloned().map(Scalar::String).collect(),
        List::Numbers(numbers) => numbers.iter().copied().map(Scalar::Number).collect(),
        List::Booleans(booleans) => booleans.iter().copied().map(Scalar::Boolean).collect(),
    }
}

/// Asks `enough` whether it is enough that the attribute holds so many of so many constants.
fn has(list: Option<&[Value]>, constants: &List<'_>, enough: fn(usize, usize) -> bool) -> Truth {
    let list = list?;
    let constants = scalars(constants);
    let comparable =
        |element: &Value| test(&Operation::Eq(constants[0].clone()), false, element).1.is_some();
    if !list.iter().all(comparable) {
        return None;
    }
    let held = |constant: &&Scalar<'_>| {
        list.iter().any(|element| {
            test(&Operation::Eq((*constant).clone()), false, element).1 == Some(true)
        })
    };
    Some(enough(constants.iter().filter(held).count(), constants.len()))
}

fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::Text(text) => time::rfc3339(text),
        Value::Number(n) if n.fract() == 0.0 && (1e11..=8.64e15).contains(&n.abs()) => {
            Some(*n as i64)
        }
        _ => None,
    }
}

fn in_network(address: IpAddr, network: &str) -> bool {
    let (base, length) = network.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    match (address, base.parse().unwrap()) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let kept = |ip: std::net::Ipv4Addr| u64::from(u32::from(ip)) >> (32 - length);
            kept(address) == kept(base)
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let kept = |ip: std::net::Ipv6Addr| u128::from(ip).checked_shr(128 - length);
            kept(address) == kept(base)
        }
        _ => false,
    }
}
