//! Two versions of a flag, and all that they depend on, as one program each
//! over shared attributes and lines.

use super::classes::Domain;
use super::points::Points;
use super::test::Test;
use super::{Circumstances, Side};
use crate::bucket::{LINE, cut, seed};
use crate::document::{
    Condition, ConditionKind, Flag, Line, Name, Operation, Path, Ramp, Rollout, Serve as Written,
    encode,
};
use std::borrow::ToOwned;
use std::collections::HashMap;
use std::format;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

/// What the two versions share.
#[derive(Default)]
pub struct Space<'d> {
    /// Attributes.
    pub domains: Vec<Domain<'d>>,
    /// Hash lines.
    pub lines: Vec<HashLine>,
    /// Of each attribute, those on the way to it, the outermost first.
    pub ways: Vec<Vec<usize>>,
    /// Conditions that were read.
    pub read: usize,
    paths: HashMap<Vec<&'d str>, usize>,
    tests: HashMap<(usize, String), usize>,
    salts: HashMap<(usize, &'d str), usize>,
}

/// One key attribute and one salt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HashLine {
    /// The attribute.
    pub by: usize,
    /// The salt.
    pub salt: String,
    /// Its seed.
    pub seed: u64,
}

/// A condition.
pub enum Ask {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(std::boxed::Box<Self>),
    Test {
        attribute: usize,
        test: usize,
    },
    Bucket {
        line: usize,
        points: Points,
    },
    Known(bool),
    Segment(usize),
    Flag {
        node: usize,
        is: Vec<u16>,
    },
    /// Never known.
    Never,
    /// Known or not: nothing is told of it.
    Free,
}

/// How a flag ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum End {
    Variant(u16),
    /// The caller's default, and no error.
    Default,
    KeyMissing,
    Broken,
}

/// What is served.
pub enum Serve {
    End(End),
    Split { line: usize, slices: Vec<(Points, u16)>, without_key: End },
}

/// A segment or a flag.
pub enum Node {
    Segment(Ask),
    /// Always the same.
    Fixed(End),
    Flag {
        require: Option<Ask>,
        off: End,
        rules: Vec<(Option<Ask>, Serve)>,
        serve: Serve,
    },
    /// Named and not lowered yet.
    Named,
}

/// One version.
pub struct Program {
    /// The first is the flag.
    pub nodes: Vec<Node>,
}

impl Program {
    /// A flag that gives nobody anything.
    pub fn nothing() -> Self {
        Self { nodes: vec![Node::Fixed(End::Default)] }
    }
}

impl<'d> Space<'d> {
    /// The number of an attribute.
    fn attribute(&mut self, path: &[&'d str]) -> usize {
        if let Some(known) = self.paths.get(path) {
            return *known;
        }
        let number = self.domains.len();
        let names = path.iter().map(|name| (*name).to_owned()).collect();
        self.domains.push(Domain::new(names));
        self.paths.insert(path.to_vec(), number);
        number
    }

    fn path(&mut self, path: &'d Path<'_>) -> usize {
        let names: Vec<&str> = path.segments.iter().map(AsRef::as_ref).collect();
        self.attribute(&names)
    }

    fn test(&mut self, path: &'d Path<'_>, operation: &'d Operation<'_>, fold: bool) -> Ask {
        let attribute = self.path(path);
        // Two tests that say the same are one. What `ignoreCase` is false of
        // is written as where it is absent.
        let signature = (attribute, format!("{fold} {}", encode::operation(operation)));
        if let Some(test) = self.tests.get(&signature) {
            return Ask::Test { attribute, test: *test };
        }
        self.ask(attribute, signature, Test::read(operation, fold))
    }

    /// What a flag serves, as if that were an attribute.
    fn served(&mut self, key: &'d Name<'_>, is: &'d [Name<'_>]) -> Ask {
        // No path of a document has an empty name in it.
        let attribute = self.attribute(&["", &key.text]);
        let names: Vec<&str> = is.iter().map(|name| name.text.as_ref()).collect();
        let signature = (attribute, serde_json::Value::from(names.clone()).to_string());
        if let Some(test) = self.tests.get(&signature) {
            return Ask::Test { attribute, test: *test };
        }
        self.ask(attribute, signature, Test::one_of(&names))
    }

    fn ask(&mut self, attribute: usize, signature: (usize, String), test: Test<'d>) -> Ask {
        let Some(domain) = self.domains.get_mut(attribute) else { return Ask::Never };
        let number = domain.tests.len();
        domain.tests.push(test);
        self.tests.insert(signature, number);
        Ask::Test { attribute, test: number }
    }

    fn line(&mut self, line: &'d Line<'_>, salt: Option<&'d str>) -> usize {
        let by = match &line.by {
            Some(path) => self.path(path),
            None => self.attribute(&["targetingKey"]),
        };
        if let Some(domain) = self.domains.get_mut(by) {
            domain.keyed = true;
        }
        // INVARIANT: the decoder has checked that there is one.
        let salt = line.salt.as_deref().or(salt).unwrap_or_default();
        if let Some(known) = self.salts.get(&(by, salt)) {
            return *known;
        }
        let number = self.lines.len();
        self.lines.push(HashLine { by, salt: salt.to_owned(), seed: seed(salt) });
        self.salts.insert((by, salt), number);
        number
    }

    /// Divides all attributes, once both programs are lowered.
    pub fn divide(&mut self) {
        let paths: Vec<Vec<String>> =
            self.domains.iter().map(|domain| domain.path.clone()).collect();
        let numbers: HashMap<&[String], usize> = paths.iter().map(Vec::as_slice).zip(0..).collect();
        let way = |path: &Vec<String>| {
            let shorter = (0..path.len()).filter_map(|count| path.get(..count));
            shorter.filter_map(|shorter| numbers.get(shorter).copied()).collect()
        };
        self.ways = paths.iter().map(way).collect();
        for number in self.ways.iter().flatten() {
            if let Some(domain) = self.domains.get_mut(*number) {
                domain.passed = true;
            }
        }
        self.domains.iter_mut().for_each(Domain::divide);
    }
}

/// Lowers a flag of one version, at an instant.
pub fn lower<'d>(
    space: &mut Space<'d>,
    side: &'d Side<'_>,
    flag: usize,
    circumstances: &Circumstances<'_>,
) -> Program {
    let mut lowering = Lowering {
        space,
        side,
        circumstances,
        nodes: Vec::new(),
        open: Vec::new(),
        numbers: HashMap::new(),
        alone: false,
    };
    lowering.node(true, flag);
    lowering.all();
    Program { nodes: lowering.nodes }
}

/// Lowers conditions by themselves, each with the salt of its flag, at an
/// instant. What other flags serve is taken as free: any of their variants,
/// or none.
pub fn conditions<'d>(
    space: &mut Space<'d>,
    side: &'d Side<'_>,
    conditions: &[(&'d Condition<'d>, Option<&'d str>)],
    at: i64,
) -> (Program, Vec<Ask>) {
    let circumstances = Circumstances { at, ..Circumstances::default() };
    let mut lowering = Lowering {
        space,
        side,
        circumstances: &circumstances,
        nodes: Vec::new(),
        open: Vec::new(),
        numbers: HashMap::new(),
        alone: true,
    };
    let asks =
        conditions.iter().map(|(condition, salt)| lowering.condition(condition, *salt)).collect();
    lowering.all();
    (Program { nodes: lowering.nodes }, asks)
}

impl Lowering<'_, '_, '_> {
    /// Lowers what is named, and what that names.
    fn all(&mut self) {
        while let Some((number, is_flag, index)) = self.open.pop() {
            let node = if is_flag { self.flag(index) } else { self.segment(index) };
            if let Some(place) = self.nodes.get_mut(number) {
                *place = node;
            }
        }
    }
}

struct Lowering<'l, 'd, 's> {
    space: &'l mut Space<'d>,
    side: &'d Side<'s>,
    circumstances: &'l Circumstances<'l>,
    nodes: Vec<Node>,
    /// Nodes that are named and not lowered yet.
    open: Vec<(usize, bool, usize)>,
    numbers: HashMap<(bool, usize), usize>,
    /// Whether conditions are looked at without the flags that they name.
    alone: bool,
}

impl<'d> Lowering<'_, 'd, '_> {
    fn node(&mut self, is_flag: bool, index: usize) -> usize {
        if let Some(known) = self.numbers.get(&(is_flag, index)) {
            return *known;
        }
        let number = self.nodes.len();
        self.nodes.push(Node::Named);
        self.open.push((number, is_flag, index));
        self.numbers.insert((is_flag, index), number);
        number
    }

    fn segment(&mut self, index: usize) -> Node {
        let entry = self.side.document().segments.get(index);
        match entry.and_then(|entry| entry.item.as_ref()) {
            Some(segment) => Node::Segment(self.condition(&segment.condition, None)),
            None => Node::Segment(Ask::Never),
        }
    }

    fn flag(&mut self, index: usize) -> Node {
        let side = self.side;
        let Some((key, flag)) = side.sound_flag(index) else { return Node::Fixed(End::Broken) };
        let off = flag.off.map_or(End::Default, End::Variant);
        if !flag.enabled || self.circumstances.killed.iter().any(|killed| killed == key) {
            return Node::Fixed(off);
        }
        let salt = flag.salt.as_deref();
        let require = flag.require.as_ref().map(|require| self.condition(require, salt));
        let mut rules = Vec::new();
        for rule in &flag.rules {
            let when = rule.condition.as_ref().map(|when| self.condition(when, salt));
            rules.push((when, self.serve(flag, &rule.serve)));
        }
        let serve = match &flag.serve {
            Some(serve) => self.serve(flag, serve),
            None => Serve::End(End::Default),
        };
        Node::Flag { require, off, rules, serve }
    }

    fn serve(&mut self, flag: &'d Flag<'_>, serve: &'d Written<'_>) -> Serve {
        let (line, without_key, shares) = match serve {
            Written::Variant(variant) => return Serve::End(End::Variant(*variant)),
            Written::Rollout(Rollout { line, without_key, shares }) => {
                let mut shares = shares.iter().map(|share| (share.variant, share.thousandths));
                (line, *without_key, shares.by_ref().collect::<Vec<_>>())
            }
            Written::Ramp(Ramp { line, without_key, variant, rest, steps }) => {
                let now = self.circumstances.at;
                let passed = steps.iter().rfind(|step| step.at.millis <= now);
                let percent = passed.map_or(0, |step| step.thousandths);
                let left = 100_000_u32.saturating_sub(percent);
                (line, *without_key, vec![(*variant, percent), (*rest, left)])
            }
        };
        let mut slices: Vec<(Points, u16)> = Vec::new();
        let mut places: HashMap<u16, usize> = HashMap::new();
        let mut sum = 0_u32;
        for (variant, width) in shares {
            let low = cut(sum);
            sum = sum.saturating_add(width);
            let place = *places.entry(variant).or_insert(slices.len());
            if place == slices.len() {
                slices.push((Points::between(0, 0), variant));
            }
            if let Some((points, _)) = slices.get_mut(place) {
                points.push(low, cut(sum));
            }
        }
        slices.retain(|slice| !slice.0.is_empty());
        let whole = slices.iter().find(|slice| slice.0.is_all());
        let without_key = match (without_key, whole) {
            (Some(variant), _) => End::Variant(variant),
            (None, Some((_, variant))) => End::Variant(*variant),
            (None, None) => End::KeyMissing,
        };
        let line = self.space.line(line, flag.salt.as_deref());
        Serve::Split { line, slices, without_key }
    }

    fn condition(&mut self, condition: &'d Condition<'_>, salt: Option<&'d str>) -> Ask {
        self.space.read = self.space.read.saturating_add(1);
        match &condition.kind {
            ConditionKind::All(parts) => {
                Ask::All(parts.iter().map(|part| self.condition(part, salt)).collect())
            }
            ConditionKind::Any(parts) => {
                Ask::Any(parts.iter().map(|part| self.condition(part, salt)).collect())
            }
            ConditionKind::Not(part) => Ask::Not(std::boxed::Box::new(self.condition(part, salt))),
            ConditionKind::Segment(name) => match self.side.segment(&name.text) {
                Some(index) => Ask::Segment(self.node(false, index)),
                None if self.alone => Ask::Free,
                None => Ask::Never,
            },
            ConditionKind::Flag { key, is, .. } if self.alone => self.space.served(key, is),
            ConditionKind::Flag { key, is, .. } => {
                let Some(index) = self.side.flag(&key.text) else { return Ask::Never };
                let Some((_, flag)) = self.side.sound_flag(index) else { return Ask::Never };
                let named = |name: &str| {
                    (0..).zip(&flag.variants).find(|(_, variant)| variant.name.text == name)
                };
                let is = is.iter().filter_map(|name| Some(named(&name.text)?.0)).collect();
                Ask::Flag { node: self.node(true, index), is }
            }
            // A share of nobody is one that waits to be raised.
            ConditionKind::Bucket { from, to, .. } if self.alone && from == to => Ask::Free,
            ConditionKind::Bucket { line, from, to } => {
                let points = Points::between(cut(*from), cut(*to).min(LINE));
                Ask::Bucket { line: self.space.line(line, salt), points }
            }
            ConditionKind::Time { from, until, .. } => {
                let now = self.circumstances.at;
                Ask::Known(
                    from.is_none_or(|from| from.millis <= now)
                        && until.is_none_or(|until| now < until.millis),
                )
            }
            ConditionKind::Test { operation: Operation::Unknown { .. }, .. } if self.alone => {
                Ask::Free
            }
            ConditionKind::Test { operation: Operation::Unknown { .. }, .. } => Ask::Never,
            ConditionKind::Test { path, ignore_case, operation } => {
                self.space.test(path, operation, *ignore_case)
            }
        }
    }
}
