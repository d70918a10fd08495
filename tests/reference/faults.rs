//! Which flags and segments are broken, by sets and repetition.

use serin::document::{Condition, ConditionKind, Document, Entry};
use std::collections::{BTreeMap, BTreeSet};

/// Keys of what does not compile, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Faults<'a> {
    pub segments: BTreeMap<&'a str, Cause>,
    pub flags: BTreeMap<&'a str, Cause>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    Itself,
    Undeclared,
    SegmentCycle,
    BrokenSegment,
    FlagCycle,
    TooManyNodes,
}

impl Cause {
    /// For the counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Itself => "broken by itself",
            Self::Undeclared => "broken by an undeclared name",
            Self::SegmentCycle => "broken by a cycle of segments",
            Self::BrokenSegment => "broken by a broken segment",
            Self::FlagCycle => "broken by a cycle of flags",
            Self::TooManyNodes => "broken by too many nodes",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Node<'a> {
    Segment(&'a str),
    Flag(&'a str),
}

/// A reference from a condition; to a flag with the variants it names.
pub type References<'a> = Vec<(Node<'a>, Vec<&'a str>)>;

/// Every condition written in a flag or segment, by its node.
fn conditions<'a>(document: &'a Document<'a>) -> BTreeMap<Node<'a>, Vec<&'a Condition<'a>>> {
    let segments = document.segments.iter().map(|entry| {
        let condition = entry.item.iter().map(|segment| &segment.condition).collect();
        (Node::Segment(entry.key.text.as_ref()), condition)
    });
    let flags = document.flags.iter().map(|entry| {
        let of_flag = entry.item.iter().flat_map(|flag| {
            let of_rules = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
            flag.require.iter().chain(of_rules)
        });
        (Node::Flag(entry.key.text.as_ref()), of_flag.collect())
    });
    segments.chain(flags).collect()
}

fn add_references<'a>(condition: &'a Condition<'a>, found: &mut References<'a>) {
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            for part in parts {
                add_references(part, found);
            }
        }
        ConditionKind::Not(part) => add_references(part, found),
        ConditionKind::Segment(name) => found.push((Node::Segment(&name.text), Vec::new())),
        ConditionKind::Flag { key, is, .. } => {
            found.push((Node::Flag(&key.text), is.iter().map(|name| name.text.as_ref()).collect()));
        }
        ConditionKind::Bucket { .. } | ConditionKind::Time { .. } | ConditionKind::Test { .. } => {}
    }
}

/// Every node and what it refers to.
pub fn references<'a>(document: &'a Document<'a>) -> BTreeMap<Node<'a>, References<'a>> {
    let of_node = |(node, conditions): (Node<'a>, Vec<&'a Condition<'a>>)| {
        let mut found = Vec::new();
        for condition in conditions {
            add_references(condition, &mut found);
        }
        (node, found)
    };
    conditions(document).into_iter().map(of_node).collect()
}

/// Keys that stand twice or whose item did not decode.
fn broken_by_themselves<'a, T>(entries: &'a [Entry<'a, T>]) -> BTreeSet<&'a str> {
    let key = |entry: &'a Entry<'a, T>| entry.key.text.as_ref();
    let twice = |entry: &Entry<'a, T>| {
        entries.iter().filter(|other| other.key.text == entry.key.text).count() > 1
    };
    entries.iter().filter(|entry| entry.item.is_none() || twice(entry)).map(key).collect()
}

struct Search<'a> {
    references: BTreeMap<Node<'a>, References<'a>>,
    broken: BTreeMap<Node<'a>, Cause>,
}

impl<'a> Search<'a> {
    /// What a node reaches; what is broken has no references.
    fn reach(&self, from: Node<'a>, through: fn(Node<'_>) -> bool) -> BTreeSet<Node<'a>> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            if self.broken.contains_key(&node) {
                continue;
            }
            for &(next, _) in &self.references[&node] {
                if through(next) && reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// Breaks, at one stroke, every whole node of which this is true.
    fn break_all(&mut self, cause: Cause, wrong: impl Fn(&Self, Node<'a>) -> bool) {
        let wrong = |node: &Node<'a>| !self.broken.contains_key(node) && wrong(self, *node);
        let found: Vec<_> = self.references.keys().copied().filter(wrong).collect();
        self.broken.extend(found.into_iter().map(|node| (node, cause)));
    }

    /// Breaks all that refer to a broken segment, directly or not.
    fn spread(&mut self) {
        loop {
            let before = self.broken.len();
            self.break_all(Cause::BrokenSegment, |search, node| {
                let broken = |next: Node<'_>| is_segment(next) && search.broken.contains_key(&next);
                search.references[&node].iter().any(|&(next, _)| broken(next))
            });
            if self.broken.len() == before {
                return;
            }
        }
    }
}

fn is_segment(node: Node<'_>) -> bool {
    matches!(node, Node::Segment(_))
}

pub fn find<'a>(document: &'a Document<'a>) -> Faults<'a> {
    let segments = broken_by_themselves(&document.segments).into_iter().map(Node::Segment);
    let flags = broken_by_themselves(&document.flags);
    let broken = segments.chain(flags.iter().copied().map(Node::Flag));
    let mut search = Search {
        references: references(document),
        broken: broken.map(|node| (node, Cause::Itself)).collect(),
    };

    let mut variants: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for entry in &document.flags {
        if let (key, Some(flag)) = (entry.key.text.as_ref(), &entry.item)
            && !flags.contains(key)
        {
            variants.insert(
                key,
                flag.variants.iter().map(|variant| variant.name.text.as_ref()).collect(),
            );
        }
    }
    search.break_all(Cause::Undeclared, |search, node| {
        search.references[&node].iter().any(|(next, is)| {
            let undeclared = !search.references.contains_key(next);
            let names = if let Node::Flag(key) = next { variants.get(key) } else { None };
            undeclared || names.is_some_and(|names| !is.iter().all(|name| names.contains(name)))
        })
    });

    search.break_all(Cause::SegmentCycle, |search, node| {
        is_segment(node) && search.reach(node, is_segment).contains(&node)
    });
    search.spread();
    // A cycle of flags breaks themselves alone.
    search.break_all(Cause::FlagCycle, |search, node| {
        !is_segment(node) && search.reach(node, |_| true).contains(&node)
    });

    // Without cycles there is an order, and a flag is counted after all that it reaches.
    let sound = |node: &&Node<'_>| !is_segment(**node) && !search.broken.contains_key(node);
    let mut open: BTreeSet<Node<'a>> = search.references.keys().filter(sound).copied().collect();
    while let Some(&flag) =
        open.iter().find(|&&flag| search.reach(flag, |_| true).is_disjoint(&open))
    {
        if search.reach(flag, |_| true).len() > 256 {
            search.broken.insert(flag, Cause::TooManyNodes);
        }
        open.remove(&flag);
    }

    let mut faults = Faults { segments: BTreeMap::new(), flags: BTreeMap::new() };
    for (node, cause) in search.broken {
        match node {
            Node::Segment(key) => faults.segments.insert(key, cause),
            Node::Flag(key) => faults.flags.insert(key, cause),
        };
    }
    faults
}
