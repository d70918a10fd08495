//! Which flags a change can reach at all: those whose own words differ in
//! what decides, and those that depend on such a flag or segment.

use super::Side;
use crate::document::{Condition, ConditionKind, Flag, encode};
use std::collections::{HashMap, HashSet};
use std::string::String;
use std::vec::Vec;

/// A segment or a flag, by its key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Node<'n> {
    Segment(&'n str),
    Flag(&'n str),
}

/// The words of a flag that take part in its decisions.
fn decisive(flag: &Flag<'_>) -> String {
    let mut flag = flag.clone();
    flag.description = None;
    flag.owner = None;
    flag.expires = None;
    flag.metadata = None;
    flag.extra = Vec::new();
    for rule in &mut flag.rules {
        rule.name = None;
        rule.extra = Vec::new();
    }
    encode::flag(&flag)
}

/// All the words of a version, by node; of what is broken, none.
fn words<'n>(side: &'n Side<'_>) -> HashMap<Node<'n>, Option<String>> {
    let document = side.document();
    let segments = document.segments.iter().map(|entry| {
        let words = entry.item.as_ref().map(|segment| encode::condition(&segment.condition));
        (Node::Segment(&entry.key.text), words)
    });
    let flags = side.keys().enumerate().map(|(index, key)| {
        (Node::Flag(key), side.sound_flag(index).map(|(_, flag)| decisive(flag)))
    });
    segments.chain(flags).collect()
}

fn references<'n>(condition: &'n Condition<'_>, found: &mut Vec<Node<'n>>) {
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| references(part, found));
        }
        ConditionKind::Not(part) => references(part, found),
        ConditionKind::Segment(name) => found.push(Node::Segment(&name.text)),
        ConditionKind::Flag { key, .. } => found.push(Node::Flag(&key.text)),
        ConditionKind::Bucket { .. } | ConditionKind::Time { .. } | ConditionKind::Test { .. } => {}
    }
}

/// Adds, to each node, those that refer to it.
fn referrers<'n>(side: &'n Side<'_>, into: &mut HashMap<Node<'n>, Vec<Node<'n>>>) {
    let mut add = |from: Node<'n>, conditions: Vec<&'n Condition<'_>>| {
        let mut found = Vec::new();
        conditions.into_iter().for_each(|condition| references(condition, &mut found));
        for to in found {
            into.entry(to).or_default().push(from);
        }
    };
    for entry in &side.document().segments {
        if let Some(segment) = &entry.item {
            add(Node::Segment(&entry.key.text), [&segment.condition].into());
        }
    }
    for (index, key) in side.keys().enumerate() {
        if let Some((_, flag)) = side.sound_flag(index) {
            let rules = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
            add(Node::Flag(key), flag.require.iter().chain(rules).collect());
        }
    }
}

/// Keys of the flags that may decide otherwise.
pub fn reached<'n>(old: &'n Side<'_>, new: &'n Side<'_>) -> HashSet<&'n str> {
    let (before, after) = (words(old), words(new));
    let nodes = before.keys().chain(after.keys());
    let mut open: Vec<Node<'n>> =
        nodes.filter(|node| before.get(node) != after.get(node)).copied().collect();
    let mut into = HashMap::new();
    referrers(old, &mut into);
    referrers(new, &mut into);
    let mut reached: HashSet<Node<'n>> = open.iter().copied().collect();
    while let Some(node) = open.pop() {
        for from in into.get(&node).into_iter().flatten() {
            if reached.insert(*from) {
                open.push(*from);
            }
        }
    }
    let flag = |node: &Node<'n>| if let Node::Flag(key) = node { Some(*key) } else { None };
    reached.iter().filter_map(flag).collect()
}

/// All the words of a flag, names and descriptions too.
pub fn text(side: &Side<'_>, index: usize) -> Option<String> {
    side.document().flags.get(index)?.item.as_ref().map(encode::flag)
}
