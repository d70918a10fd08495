//! What the tests of the impact share: rulesets that both the oracle and the
//! evaluator read, points that are given, and shares put together.

#![allow(dead_code, reason = "no test uses all of it")]

use crate::reference::context::Value;
use crate::reference::{self, Answer, Oracle};
use serin::document::Document;
use serin::release::impact::{Outcome, Region, Share, Side};
use serin::{Attribute, ErrorCode};
use std::cell::RefCell;
use std::collections::BTreeMap;

pub fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The points that lines are given: the path and the salt of each.
pub type Given = RefCell<Vec<(Vec<String>, String, u64)>>;

/// An oracle whose points are the given ones.
pub fn oracle_of<'a>(document: &'a Document<'a>, given: &'a Given) -> Oracle<'a> {
    let mut oracle = Oracle::new(document);
    oracle.points = Some(Box::new(|path: &[&str], salt: &str| {
        let given = given.borrow();
        let line = given.iter().find(|(by, own, _)| {
            own == salt && by.iter().map(String::as_str).eq(path.iter().copied())
        });
        line.expect("a line that no box knows").2
    }));
    oracle
}

pub fn read(text: &str) -> Side<'_> {
    Side::read(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"))
}

pub fn attribute(value: &Value) -> Attribute<'static> {
    use serin::Element;
    match value.seen() {
        Value::Absent => Attribute::Absent,
        Value::Unreadable => Attribute::Unreadable,
        Value::Boolean(known) => Attribute::Boolean(known),
        Value::Number(number) => Attribute::Number(number),
        Value::Text(text) => Attribute::String(text.into()),
        Value::List(list) => Attribute::List(
            list.into_iter()
                .map(|element| match element {
                    Value::Boolean(known) => Element::Boolean(known),
                    Value::Number(number) => Element::Number(number),
                    Value::Text(text) => Element::String(text.into()),
                    other => panic!("{other:?} in a list"),
                })
                .collect(),
        ),
        Value::Other | Value::Date(_) | Value::Object(_) => Attribute::Other,
    }
}

/// What a context has at these paths.
pub fn values_at(context: &Value, paths: &[Vec<String>]) -> Vec<Attribute<'static>> {
    let at = |path: &Vec<String>| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        attribute(context.at(&path))
    };
    paths.iter().map(at).collect()
}

pub fn outcome(side: &Side<'_>, key: &str, answer: &Answer) -> Outcome {
    match (&answer.variant, answer.error) {
        (Some(name), _) => {
            let ruleset = side.ruleset();
            let flag = ruleset.flag(key).unwrap();
            let variant =
                (0..).find(|index| ruleset.variant_name(flag, *index) == Some(name)).unwrap();
            Outcome::Variant(name.clone(), ruleset.variant_value(flag, variant).unwrap().to_owned())
        }
        (None, None) => Outcome::Default,
        (None, Some(ErrorCode::TargetingKeyMissing)) => Outcome::KeyMissing,
        (None, Some(_)) => Outcome::Broken,
    }
}

/// Every place at which some share of these documents begins or ends.
pub fn all_cuts(documents: &[serin::document::Document<'_>]) -> Vec<u64> {
    use serin::document::{Condition, ConditionKind, Serve};
    fn of_condition(condition: &Condition<'_>, found: &mut Vec<u32>) {
        match &condition.kind {
            ConditionKind::All(parts) | ConditionKind::Any(parts) => {
                parts.iter().for_each(|part| of_condition(part, found));
            }
            ConditionKind::Not(part) => of_condition(part, found),
            ConditionKind::Bucket { from, to, .. } => found.extend([*from, *to]),
            _ => {}
        }
    }
    let mut found = vec![0, 100_000];
    for document in documents {
        for segment in document.segments.iter().filter_map(|entry| entry.item.as_ref()) {
            of_condition(&segment.condition, &mut found);
        }
        for flag in document.flags.iter().filter_map(|entry| entry.item.as_ref()) {
            let conditions = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
            flag.require.iter().chain(conditions).for_each(|c| of_condition(c, &mut found));
            for serve in flag.rules.iter().map(|rule| &rule.serve).chain(&flag.serve) {
                match serve {
                    Serve::Variant(_) => {}
                    Serve::Rollout(rollout) => {
                        let mut sum = 0;
                        for share in &rollout.shares {
                            sum += share.thousandths;
                            found.push(sum);
                        }
                    }
                    Serve::Ramp(ramp) => found.extend(ramp.steps.iter().map(|s| s.thousandths)),
                }
            }
        }
    }
    let mut cuts: Vec<u64> = found.into_iter().map(reference::cut).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

pub fn context_of(paths: &[Vec<String>], values: &[Attribute<'_>]) -> Value {
    use serin::Element;
    let mut context = Value::Object(Vec::new());
    let mut parts: Vec<_> = paths.iter().zip(values).collect();
    parts.sort_by_key(|(path, _)| path.len());
    for (path, value) in parts {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let value = match value {
            Attribute::Absent => continue,
            Attribute::Unreadable => Value::Unreadable,
            Attribute::Other => Value::Object(Vec::new()),
            Attribute::Boolean(known) => Value::Boolean(*known),
            Attribute::Number(number) => Value::Number(*number),
            Attribute::String(text) => Value::Text(text.clone().into_owned()),
            Attribute::List(list) => Value::List(
                list.iter()
                    .map(|element| match element {
                        Element::Boolean(known) => Value::Boolean(*known),
                        Element::Number(number) => Value::Number(*number),
                        Element::String(text) => Value::Text(text.clone().into_owned()),
                        Element::Other => Value::Other,
                    })
                    .collect(),
            ),
        };
        // What lies behind something that is no object is not put there.
        let leads =
            |length: usize| matches!(context.at(&path[..length]), Value::Object(_) | Value::Absent);
        if (1..path.len()).all(leads) {
            context.put(&path, value);
        }
    }
    context
}

pub type Shares = BTreeMap<(Outcome, Outcome), Share>;

pub fn add(shares: &mut Shares, outcomes: (Outcome, Outcome), share: &Share) {
    let sum = shares.entry(outcomes).or_insert_with(Share::nobody);
    *sum = sum.plus(share);
}

pub fn shares(region: &Region) -> Shares {
    let mut shares = Shares::new();
    for part in &region.moves {
        add(&mut shares, (part.from.clone(), part.to.clone()), &part.share);
    }
    shares
}
