//! The attributes that are keys, and what an entry's context says of one: its
//! value, or that each in it has one of their own.

use crate::document::{Condition, ConditionKind, Document, Line, Serve};
use crate::limits::{LIST_ATTRIBUTE, SAFE_INTEGER, TEXT_BYTES};
use crate::release::impact::test::Sample;
use crate::value::{Attribute, Attributes, Element};
use serde_json::Value;
use std::borrow::ToOwned;
use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

/// Paths of attributes by which a version hashes anywhere, and the targeting
/// key. It does not depend on the flag what a context leaves open.
pub type Keys = BTreeSet<Vec<String>>;

/// The keys of some versions.
pub fn keys(documents: [&Document<'_>; 2]) -> Keys {
    let mut keys = Keys::from([vec!["targetingKey".to_owned()]]);
    for document in documents {
        for segment in document.segments.iter().filter_map(|entry| entry.item.as_ref()) {
            within(&segment.condition, &mut keys);
        }
        for flag in document.flags.iter().filter_map(|entry| entry.item.as_ref()) {
            let rules = flag.rules.iter();
            let conditions = rules.clone().filter_map(|rule| rule.condition.as_ref());
            flag.require.iter().chain(conditions).for_each(|when| within(when, &mut keys));
            for serve in rules.map(|rule| &rule.serve).chain(&flag.serve) {
                match serve {
                    Serve::Variant(_) => {}
                    Serve::Rollout(rollout) => add(&rollout.line, &mut keys),
                    Serve::Ramp(ramp) => add(&ramp.line, &mut keys),
                }
            }
        }
    }
    keys
}

fn add(line: &Line<'_>, keys: &mut Keys) {
    if let Some(path) = &line.by {
        keys.insert(path.segments.iter().map(|name| name.as_ref().to_owned()).collect());
    }
}

fn within(condition: &Condition<'_>, keys: &mut Keys) {
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| within(part, keys));
        }
        ConditionKind::Not(part) => within(part, keys),
        ConditionKind::Bucket { line, .. } => add(line, keys),
        ConditionKind::Segment(_)
        | ConditionKind::Flag { .. }
        | ConditionKind::Time { .. }
        | ConditionKind::Test { .. } => {}
    }
}

/// What an entry's context says of an attribute.
pub enum Said {
    /// All in it have this.
    Value(Sample),
    /// Each has a key of their own.
    Open,
}

/// What a context says of the attribute at a path. A key that it leaves out
/// is open; `null` says that there is none.
pub fn said(context: &Value, keys: &Keys, path: &[String]) -> Said {
    let mut place = Some(context);
    for (depth, name) in (1..).zip(path) {
        let Some(members) = place.and_then(Value::as_object) else { break };
        place = members.get(name);
        if place.is_some() {
            continue;
        }
        // From here on nothing is said. Behind a key, which is a text, there
        // is nothing.
        let key = |length: &usize| path.get(..*length).is_some_and(|path| keys.contains(path));
        return match (depth..=path.len()).find(key) {
            Some(length) if length == path.len() => Said::Open,
            Some(_) => Said::Value(Attribute::Absent),
            // What has an open key in it is there.
            None if leads(keys, path) => Said::Value(Attribute::Other),
            None => Said::Value(Attribute::Absent),
        };
    }
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    Said::Value(sample(context.attribute(&names)))
}

fn leads(keys: &Keys, path: &[String]) -> bool {
    keys.iter().any(|key| key.len() > path.len() && key.starts_with(path))
}

/// The value as tests see it.
fn sample(value: Attribute<'_>) -> Sample {
    match value {
        Attribute::Absent => Attribute::Absent,
        Attribute::Boolean(known) => Attribute::Boolean(known),
        Attribute::Number(number) if number.is_finite() => Attribute::Number(number),
        Attribute::String(text) if text.len() <= TEXT_BYTES => {
            Attribute::String(text.into_owned().into())
        }
        Attribute::List(items) if items.len() <= LIST_ATTRIBUTE => list(items),
        Attribute::Unreadable => Attribute::Unreadable,
        Attribute::Other | Attribute::Number(_) | Attribute::String(_) | Attribute::List(_) => {
            Attribute::Other
        }
    }
}

/// A list of one type; other lists are no values.
fn list(items: Vec<Element<'_>>) -> Sample {
    let mut found: Vec<Element<'static>> = Vec::new();
    for item in items {
        let element = match item {
            Element::Boolean(known) => Element::Boolean(known),
            Element::Number(number) if number.is_finite() => Element::Number(number),
            Element::String(text) if text.len() <= TEXT_BYTES => {
                Element::String(text.into_owned().into())
            }
            Element::Other | Element::Number(_) | Element::String(_) => return Attribute::Other,
        };
        let of = std::mem::discriminant(&element);
        if found.first().is_some_and(|first| std::mem::discriminant(first) != of) {
            return Attribute::Other;
        }
        found.push(element);
    }
    Attribute::List(found)
}

/// The key that a value is.
pub fn key(value: &Sample) -> Option<String> {
    match value {
        Attribute::String(text) if !text.is_empty() => Some(text.clone().into_owned()),
        Attribute::Number(number) => {
            let integer = *number as i64;
            let safe = integer.unsigned_abs() <= SAFE_INTEGER;
            (integer as f64 == *number && safe).then(|| integer.to_string())
        }
        _ => None,
    }
}
