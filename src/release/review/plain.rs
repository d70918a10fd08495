//! What is seen by reading: who owns a flag and for how long, which variants,
//! segments and constants nothing needs, and which salts two flags have.

use super::finding::{Code, Finding};
use crate::diagnostic::Span;
use crate::document::{Condition, ConditionKind, Flag, Line, Serve};
use crate::json::{Kind, Node, Tape};
use crate::release::expiry::expired;
use crate::release::fault::Owner;
use crate::release::impact::{Side, time};
use crate::release::text::{member, quoted, range, take_out};
use std::borrow::ToOwned;
use std::collections::{HashMap, HashSet};
use std::format;
use std::string::String;
use std::vec::Vec;

pub(super) fn finding(
    code: Code,
    owner: Owner,
    span: Span,
    message: String,
    help: &str,
) -> Finding {
    let help = help.to_owned();
    let inside = span;
    Finding { code, span, inside, owner, message, help, related: None, fix: Vec::new() }
}

/// Flags that decode, with their keys and where those stand.
pub(super) fn flags<'s>(side: &'s Side<'_>) -> impl Iterator<Item = (&'s str, Span, &'s Flag<'s>)> {
    let entries = side.document().flags.iter();
    entries
        .filter_map(|entry| Some((entry.key.text.as_ref(), entry.key.span, entry.item.as_ref()?)))
}

/// Flags that have expired, or say so in a way that is no time.
pub fn expiries(side: &Side<'_>, now: i64, findings: &mut Vec<Finding>) {
    for (key, span, flag) in flags(side) {
        let Some(expires) = &flag.expires else { continue };
        let (owner, said) = (Owner::Flag(key.to_owned()), quoted(expires));
        findings.extend(match expired(expires, now) {
            Some(false) => None,
            Some(true) => {
                let message = format!("this flag has expired: its `expires` is {said}");
                let help = "take the flag out of your code and then out of the ruleset, or give it a later `expires`";
                Some(finding(Code::ExpiredFlag, owner, span, message, help))
            }
            None => {
                let message = format!("`expires` {said} is no time, so this flag never expires");
                let help = "write a date such as \"2027-03-01\", or an instant with an offset such as \"2027-03-01T09:00:00Z\"";
                Some(finding(Code::UnclearExpiry, owner, span, message, help))
            }
        });
    }
}

/// Flags without an owner.
pub fn owners(side: &Side<'_>, findings: &mut Vec<Finding>) {
    for (key, span, flag) in flags(side) {
        if flag.owner.as_ref().is_none_or(|owner| owner.trim().is_empty()) {
            let message =
                "this flag has no owner: nobody is asked when it is in the way".to_owned();
            let help = "add `owner` with a team or a person's role";
            findings.push(finding(Code::NoOwner, Owner::Flag(key.to_owned()), span, message, help));
        }
    }
}

/// The serves of a flag.
fn serves<'f>(flag: &'f Flag<'_>) -> impl Iterator<Item = &'f Serve<'f>> {
    flag.rules.iter().map(|rule| &rule.serve).chain(&flag.serve)
}

/// All conditions in a condition, itself too.
pub(super) fn each<'c>(condition: &'c Condition<'c>, then: &mut dyn FnMut(&'c Condition<'c>)) {
    then(condition);
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| each(part, then));
        }
        ConditionKind::Not(part) => each(part, then),
        _ => {}
    }
}

/// The conditions that stand in a flag itself.
pub(super) fn conditions<'f>(flag: &'f Flag<'_>) -> impl Iterator<Item = &'f Condition<'f>> {
    flag.require.iter().chain(flag.rules.iter().filter_map(|rule| rule.condition.as_ref()))
}

/// Flags whose shares move together because their salts are one. A salt that
/// is written at the share itself is shared on purpose.
pub fn salts(side: &Side<'_>, findings: &mut Vec<Finding>) {
    let mut first: HashMap<(&str, Vec<&str>), (&str, Span)> = HashMap::new();
    for (key, span, flag) in flags(side) {
        let Some(salt) = flag.salt.as_deref() else { continue };
        let mut lines: Vec<&Line<'_>> = Vec::new();
        for serve in serves(flag) {
            match serve {
                Serve::Variant(_) => {}
                Serve::Rollout(rollout) => lines.push(&rollout.line),
                Serve::Ramp(ramp) => lines.push(&ramp.line),
            }
        }
        for condition in conditions(flag) {
            each(condition, &mut |condition| {
                if let ConditionKind::Bucket { line, .. } = &condition.kind {
                    lines.push(line);
                }
            });
        }
        let mut told = false;
        for line in lines.into_iter().filter(|line| line.salt.is_none()) {
            let by: Vec<&str> = match &line.by {
                Some(by) => by.segments.iter().map(AsRef::as_ref).collect(),
                None => ["targetingKey"].into(),
            };
            let (other, at) = *first.entry((salt, by)).or_insert((key, span));
            if other == key || told {
                continue;
            }
            told = true;
            let message = format!(
                "the salt {} is also that of the flag {}: a key has one point in both, so their shares hold the same people",
                quoted(salt),
                quoted(other)
            );
            let help = "give a flag that is not live yet a salt of its own; a new salt moves everybody. If it is meant, write the salt at the rollouts, ramps and buckets themselves";
            let mut found =
                finding(Code::SharedSalt, Owner::Flag(key.to_owned()), span, message, help);
            found.related = Some((format!("the flag {}", quoted(other)), at));
            findings.push(found);
        }
    }
}

/// Ramps whose last step is past.
pub fn ramps(side: &Side<'_>, now: i64, findings: &mut Vec<Finding>) {
    for (key, _, flag) in flags(side) {
        for serve in serves(flag) {
            let Serve::Ramp(ramp) = serve else { continue };
            let Some(last) = ramp.steps.last().filter(|last| last.at.millis <= now) else {
                continue;
            };
            let name = flag.variants.get(usize::from(ramp.variant));
            let name = name.map_or_else(String::new, |variant| quoted(&variant.name.text));
            let percent = f64::from(last.thousandths) / 1_000.0;
            let message = format!(
                "this ramp came to its last step at {}: {name} stays at {percent} %",
                time(last.at.millis)
            );
            let help = if last.thousandths == 100_000 {
                "serve the variant itself, once no context lacks the key; or leave the ramp as a record"
            } else {
                "add a step, or write a rollout"
            };
            let owner = Owner::Flag(key.to_owned());
            findings.push(finding(Code::FinishedRamp, owner, ramp.line.span, message, help));
        }
    }
}

/// Variants that nothing names, of flags that serve at least two others.
/// A flag that serves one variant to everyone waits for something.
pub fn variants(side: &Side<'_>, findings: &mut Vec<Finding>) {
    for (key, _, flag) in flags(side) {
        let mut served: HashSet<u16> = HashSet::new();
        let mut named: HashSet<u16> = flag.off.into_iter().collect();
        for serve in serves(flag) {
            match serve {
                Serve::Variant(variant) => {
                    served.insert(*variant);
                }
                Serve::Rollout(rollout) => {
                    named.extend(rollout.without_key);
                    served.extend(rollout.shares.iter().map(|share| share.variant));
                }
                Serve::Ramp(ramp) => {
                    named.extend(ramp.without_key);
                    served.extend([ramp.variant, ramp.rest]);
                }
            }
        }
        if served.len() < 2 {
            continue;
        }
        named.extend(served);
        for (index, variant) in (0_u16..).zip(&flag.variants) {
            if !named.contains(&index) {
                let name = quoted(&variant.name.text);
                let message = format!(
                    "the variant {name} is served to nobody: no rule, share or default names it"
                );
                let help = "serve it, or remove it";
                let owner = Owner::Flag(key.to_owned());
                findings.push(finding(
                    Code::UnusedVariant,
                    owner,
                    variant.name.span,
                    message,
                    help,
                ));
            }
        }
    }
}

/// Every string of a value.
fn strings(node: Node<'_, '_>, found: &mut HashSet<String>) {
    let mut open = Vec::from([node]);
    while let Some(node) = open.pop() {
        match node.kind() {
            Kind::Object => open.extend(node.members().map(|(_, value)| value)),
            Kind::Array => open.extend(node.items()),
            _ => found.extend(node.text().map(|text| text.into_owned())),
        }
    }
}

fn referred<'c>(condition: &'c Condition<'c>, found: &mut Vec<&'c str>) {
    each(condition, &mut |condition| {
        if let ConditionKind::Segment(name) = &condition.kind {
            found.push(&name.text);
        }
    });
}

/// Segments that no flag comes to.
pub fn segments(text: &str, side: &Side<'_>, findings: &mut Vec<Finding>) {
    let document = side.document();
    let declared: HashMap<&str, Option<&Condition<'_>>> = document
        .segments
        .iter()
        .map(|entry| (entry.key.text.as_ref(), entry.item.as_ref().map(|item| &item.condition)))
        .collect();
    let mut open: Vec<&str> = Vec::new();
    for (_, _, flag) in flags(side) {
        conditions(flag).for_each(|condition| referred(condition, &mut open));
    }
    let mut tape = Tape::new();
    let Ok(root) = tape.read(text.as_bytes()) else { return };
    // What is broken may refer to whatever it names.
    let mut maybe = HashSet::new();
    for (list, broken) in [
        (
            "flags",
            document
                .flags
                .iter()
                .map(|entry| (&entry.key, entry.item.is_none()))
                .collect::<Vec<_>>(),
        ),
        (
            "segments",
            document.segments.iter().map(|entry| (&entry.key, entry.item.is_none())).collect(),
        ),
    ] {
        let Some((_, entries)) = member(root, list) else { continue };
        for ((_, value), (_, broken)) in entries.members().zip(broken) {
            if broken {
                strings(value, &mut maybe);
            }
        }
    }
    open.extend(declared.keys().copied().filter(|name| maybe.contains(*name)));
    let mut used: HashSet<&str> = HashSet::new();
    // A name that is none is most likely another one, misspelt.
    if open.iter().any(|name| !declared.contains_key(name)) {
        return;
    }
    while let Some(name) = open.pop() {
        if used.insert(name)
            && let Some(Some(condition)) = declared.get(name)
        {
            referred(condition, &mut open);
        }
    }
    let Some((_, entries)) = member(root, "segments") else { return };
    let ranges: Vec<_> =
        entries.members().map(|(name, value)| range(name).start..range(value).end).collect();
    for (index, entry) in document.segments.iter().enumerate() {
        let key = entry.key.text.as_ref();
        if used.contains(key) || entry.item.is_none() {
            continue;
        }
        let message = "no flag uses this segment".to_owned();
        let help = "remove it, or refer to it from a condition as { \"segment\": ... }";
        let owner = Owner::Segment(key.to_owned());
        let mut found = finding(Code::UnusedSegment, owner, entry.key.span, message, help);
        found.fix = take_out(&ranges, index).into_iter().collect();
        found.inside = entry.item.as_ref().map_or(found.inside, |item| item.condition.span);
        findings.push(found);
    }
}
