//! Constants of tests: those that stand twice, and networks that are written
//! by another address than their first.

use super::finding::{Code, Finding};
use super::plain::{conditions, each, finding, flags};
use super::words;
use crate::compare::address::Network;
use crate::diagnostic::Span;
use crate::document::{Condition, ConditionKind};
use crate::json::{Kind, Node, Tape};
use crate::release::fault::Owner;
use crate::release::impact::{Side, network as network_words};
use crate::release::text::{Edit, member, quoted, range, take_out};
use std::borrow::ToOwned;
use std::collections::HashSet;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// Constants that stand in a list twice.
pub fn constants(text: &str, side: &Side<'_>, findings: &mut Vec<Finding>) {
    let mut look = |owner: &Owner, condition: &Condition<'_>| {
        each(condition, &mut |condition| {
            let ConditionKind::Test { ignore_case, .. } = &condition.kind else { return };
            let written = words::at(text, condition.span);
            let offset = condition.span.start;
            let mut tape = Tape::new();
            let Ok(root) = tape.read(written.as_bytes()) else { return };
            let Some((_, list)) = member(root, "value") else { return };
            if list.kind() != Kind::Array {
                return;
            }
            let items: Vec<Node<'_, '_>> = list.items().collect();
            let ranges: Vec<_> = items
                .iter()
                .map(|item| {
                    let at = range(*item);
                    let start = offset as usize;
                    at.start.saturating_add(start)..at.end.saturating_add(start)
                })
                .collect();
            let mut seen: HashSet<String> = HashSet::new();
            for (index, item) in items.iter().enumerate() {
                let same = match item.text() {
                    Some(text) if *ignore_case => format!("\"{}", text.to_ascii_lowercase()),
                    Some(text) => format!("\"{text}"),
                    None => match item.raw().parse::<f64>() {
                        Ok(0.0) => 0.0_f64.to_string(),
                        Ok(number) => number.to_string(),
                        Err(_) => item.raw().to_owned(),
                    },
                };
                if !seen.insert(same) {
                    let span = item.span();
                    let span = Span {
                        start: span.start.saturating_add(offset),
                        end: span.end.saturating_add(offset),
                    };
                    let message = format!("{} stands in this list already", item.raw());
                    let mut found = finding(
                        Code::RepeatedConstant,
                        owner.clone(),
                        span,
                        message,
                        "remove it here",
                    );
                    found.fix = take_out(&ranges, index).into_iter().collect();
                    findings.push(found);
                }
            }
        });
    };
    for entry in &side.document().segments {
        if let Some(segment) = &entry.item {
            look(&Owner::Segment(entry.key.text.as_ref().to_owned()), &segment.condition);
        }
    }
    for (key, _, flag) in flags(side) {
        let owner = Owner::Flag(key.to_owned());
        conditions(flag).for_each(|condition| look(&owner, condition));
    }
}

/// The edit that writes a network by its first address; none if the text at
/// the span is none.
pub fn host_bits(text: &str, span: Span) -> Option<Edit> {
    let written = words::at(text, span);
    let mut tape = Tape::new();
    let root = tape.read(written.as_bytes()).ok()?;
    let name = root.text()?;
    let (network, bits) = Network::parse(name.as_bytes())?;
    let length = name.rsplit_once('/')?.1;
    let first = network_words(&network);
    let first = first.rsplit_once('/')?.0;
    let at = span.start as usize..span.end as usize;
    bits.then(|| Edit::new(at, quoted(&format!("{first}/{length}"))))
}
