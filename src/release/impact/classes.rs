//! The values of one attribute, divided into classes that no test of the two
//! versions tells apart.
//!
//! A class has a value that stands for it, and what each test answers for
//! that value is asked, not deduced: so a class is always of values that
//! exist. That every value has its class is the work of the candidates
//! ([`super::candidates`]), of the texts ([`super::texts`]) and of the lists
//! ([`super::lists`]).
//!
//! Texts that look like nothing in particular and lists are divided only as
//! far as a walk asks: such a class starts open, and splits when a test is
//! asked for which it has not decided.

use super::test::{Constants, Sample, Seen, Test, Truth};
use super::{candidates, lists, numbers, texts};
use crate::value::{Attribute, Element};
use std::borrow::ToOwned;
use std::collections::{BTreeSet, HashMap};
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

/// What a test answers for a class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    True,
    False,
    Unknown,
    /// The class is not divided by this test yet.
    Open,
}

impl From<Truth> for Answer {
    fn from(truth: Truth) -> Self {
        match truth {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }
}

/// What key the values of a class are.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// None; or nobody asks.
    None,
    /// This one, so that its points are known.
    Single(String),
    /// So many that their points are uniform.
    Uniform,
}

/// What an open class consists of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Open {
    /// Texts that equal no constant, and are no version, time or address.
    Text,
    /// Lists of texts, not empty.
    Texts,
    /// Lists of numbers, not empty.
    Numbers,
}

/// What makes a difference beside the answers where another path leads on
/// through this attribute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// Nothing lies beyond.
    Ends,
    /// An object may be there.
    Leads,
    /// What lies beyond is unreadable too.
    Fails,
}

/// Values that no test tells apart.
#[derive(Clone, Debug)]
pub struct Class {
    /// One of them.
    pub sample: Sample,
    /// Of each test.
    pub answers: Vec<Answer>,
    pub key: Key,
    pub way: Way,
    pub open: Option<Open>,
    /// Constants that are in it; the first of them.
    pub members: Vec<Sample>,
    /// How many constants are in it, if it is of nothing else.
    pub exactly: Option<usize>,
    /// Whether texts are in it, though another value may stand for it.
    pub texts: bool,
    /// It may be that no value is in it, and the sample is not.
    pub unsure: bool,
}

/// A value, and all by which its class is known.
pub struct Present<'v> {
    /// The value.
    pub value: &'v Attribute<'v>,
    /// Of each test.
    pub answers: Vec<Answer>,
    /// The key that it is, if keys matter.
    pub key: Option<String>,
    way: Way,
    /// It is a key that has a class of its own.
    single: bool,
}

/// The key that a value is.
pub fn key(value: &Attribute<'_>) -> Option<String> {
    match value {
        Attribute::String(text) if !text.is_empty() => Some(text.clone().into_owned()),
        Attribute::Number(value) => {
            let integer = *value as i64;
            let safe = integer.unsigned_abs() <= crate::limits::SAFE_INTEGER;
            (integer as f64 == *value && safe).then(|| integer.to_string())
        }
        _ => None,
    }
}

/// What tells a class from the others.
type Signature = (Vec<Answer>, Key, Way, Option<Open>);

/// Constants of a class that are kept to name it.
const NAMED: usize = 8;

/// An attribute and its classes.
pub struct Domain<'d> {
    pub path: Vec<String>,
    pub tests: Vec<Test<'d>>,
    /// Whether it is the key of a line.
    pub keyed: bool,
    /// Whether another path leads on through it.
    pub passed: bool,
    pub classes: Vec<Class>,
    /// A text that no constant contains, in whatever case.
    pub separator: String,
    /// Whether there may be values of no class here, or classes of no value,
    /// because texts are compared in ways whose combinations cannot all be
    /// tried.
    pub unproven: bool,
    /// Numbers of the classes, each of which is here once.
    known: HashMap<Signature, u32>,
    /// How many there were before anything was asked.
    whole: usize,
    children: HashMap<(u32, usize), Vec<u32>>,
}

impl<'d> Domain<'d> {
    /// An attribute without tests.
    pub fn new(path: Vec<String>) -> Self {
        Self {
            path,
            tests: Vec::new(),
            keyed: false,
            passed: false,
            classes: Vec::new(),
            separator: String::new(),
            unproven: false,
            known: HashMap::new(),
            whole: 0,
            children: HashMap::new(),
        }
    }

    /// Divides all values, once the tests are known.
    pub fn divide(&mut self) {
        self.separator = texts::separator(&self.tests);
        // What stands first stands for a class, and people read it.
        self.add(Attribute::Absent, Key::None, false);
        for known in [true, false] {
            self.add(Attribute::Boolean(known), Key::None, true);
        }
        numbers::numbers(self);
        candidates::texts(self);
        let booleans = [vec![], vec![true], vec![false], vec![true, false]];
        for list in booleans {
            let list = list.into_iter().map(Element::Boolean).collect();
            self.add(Attribute::List(list), Key::None, false);
        }
        for open in [Open::Text, Open::Texts, Open::Numbers] {
            self.open(open);
        }
        self.add(Attribute::Other, Key::None, false);
        self.add(Attribute::Unreadable, Key::None, false);
        let patterns = self.tests.iter().any(Test::is_pattern);
        let views = self.tests.iter().any(|test| {
            matches!(test, Test::Version(_) | Test::Before(_) | Test::After(_) | Test::Cidr(_))
        });
        self.unproven |= patterns && views;
        self.whole = self.classes.len();
    }

    /// The classes as they are before anything is asked.
    pub fn all(&self) -> Vec<u32> {
        let count = u32::try_from(self.whole).unwrap_or(u32::MAX);
        (0..count).collect()
    }

    /// The class of a number.
    pub fn class(&self, class: u32) -> Option<&Class> {
        self.classes.get(usize::try_from(class).ok()?)
    }

    fn way(&self, sample: &Sample) -> Way {
        match sample {
            Attribute::Unreadable if self.passed => Way::Fails,
            Attribute::Other if self.passed => Way::Leads,
            _ => Way::Ends,
        }
    }

    /// What every test answers for a value.
    pub fn ask(&self, value: &Attribute<'_>) -> Vec<Answer> {
        let seen = Seen::new(value);
        self.tests.iter().map(|test| test.answer(&seen).into()).collect()
    }

    /// A value, and all by which its class is known.
    pub fn seen<'v>(&self, value: &'v Attribute<'v>) -> Present<'v> {
        let answers = self.ask(value);
        let key = if self.keyed { key(value) } else { None };
        let way = match value {
            Attribute::Unreadable if self.passed => Way::Fails,
            Attribute::Other if self.passed => Way::Leads,
            _ => Way::Ends,
        };
        let single = self.classes.iter().any(|class| {
            class.answers == answers
                && matches!((&class.key, &key), (Key::Single(a), Some(b)) if a == b)
        });
        Present { value, answers, key, way, single }
    }

    /// Whether a value is of a class.
    pub fn has(&self, class: &Class, present: &Present<'_>) -> bool {
        let open = class.open.is_some_and(|open| {
            matches!(
                (open, present.value),
                (Open::Text, Attribute::String(_))
                    | (Open::Texts | Open::Numbers, Attribute::List(_))
            )
        });
        let mut decided = class.answers.iter().zip(&present.answers);
        decided.all(|(a, b)| a == b || open && *a == Answer::Open)
            && class.way == present.way
            && match (&class.key, &present.key) {
                (Key::None, own) => own.is_none() || !self.keyed,
                (Key::Single(a), Some(b)) => a == b,
                (Key::Uniform, Some(_)) => !present.single,
                (Key::Single(_) | Key::Uniform, None) => false,
            }
    }

    /// The class of a value that is no key, if it is of one that is not open.
    pub fn find(&self, value: &Sample) -> Option<u32> {
        self.known.get(&(self.ask(value), Key::None, self.way(value), None)).copied()
    }

    /// The class in which a value is alone, or with values that no test and
    /// no line tells from it.
    pub fn alone(&mut self, sample: Sample, key: Key) -> u32 {
        let (answers, way) = (self.ask(&sample), self.way(&sample));
        let key = if self.keyed { key } else { Key::None };
        let (members, exactly) = (Vec::new(), None);
        let (open, unsure) = (None, false);
        let texts = matches!(sample, Attribute::String(_));
        self.push(Class { sample, answers, key, way, open, members, exactly, texts, unsure })
    }

    /// Puts a value into its class, which may be new. `constant` says that a
    /// class of such values alone is not wider than them.
    pub fn add(&mut self, sample: Sample, key: Key, constant: bool) {
        let answers = self.ask(&sample);
        let way = self.way(&sample);
        let key = if self.keyed { key } else { Key::None };
        let texts = matches!(sample, Attribute::String(_));
        let whole = (answers, key, way, None);
        if let Some(class) = self.known.get(&whole)
            && let Some(class) = self.classes.get_mut(usize::try_from(*class).unwrap_or(usize::MAX))
        {
            class.texts |= texts;
            class.exactly = class.exactly.filter(|_| constant).map(|count| count.saturating_add(1));
            if constant && class.members.len() < NAMED {
                class.members.push(sample);
            }
            return;
        }
        let members = if constant { vec![sample.clone()] } else { Vec::new() };
        let exactly = constant.then_some(1);
        let (answers, key, way, open) = whole;
        self.push(Class {
            sample,
            answers,
            key,
            way,
            open,
            members,
            exactly,
            texts,
            unsure: false,
        });
    }

    /// The number of a class, which may be new.
    fn push(&mut self, class: Class) -> u32 {
        let number = u32::try_from(self.classes.len()).unwrap_or(u32::MAX);
        let signature = (class.answers.clone(), class.key.clone(), class.way, class.open);
        let known = *self.known.entry(signature).or_insert(number);
        if known == number {
            self.classes.push(class);
        }
        known
    }

    fn open(&mut self, open: Open) {
        let decided = |test: &Test<'_>| match (test, open) {
            (Test::Pattern { .. }, Open::Text)
            | (
                Test::HasAny(Constants::Texts(_)) | Test::HasAll(Constants::Texts(_)),
                Open::Texts,
            )
            | (
                Test::HasAny(Constants::Numbers(_)) | Test::HasAll(Constants::Numbers(_)),
                Open::Numbers,
            ) => Answer::Open,
            (Test::Equal { constants: Constants::Texts(_), .. }, Open::Text) => Answer::False,
            (Test::Exists, _) => Answer::True,
            _ => Answer::Unknown,
        };
        let answers: Vec<Answer> = self.tests.iter().map(decided).collect();
        let sample = match open {
            Open::Text => Attribute::String(self.separator.clone().into()),
            Open::Texts => Attribute::List(vec![Element::String(self.separator.clone().into())]),
            Open::Numbers => Attribute::List(vec![Element::Number(lists::stranger(&self.tests))]),
        };
        let key = if open == Open::Text { Key::Uniform } else { Key::None };
        if answers.contains(&Answer::Open) {
            let key = if self.keyed { key } else { Key::None };
            let way = Way::Ends;
            let open = Some(open);
            let class = Class {
                sample,
                answers,
                key,
                way,
                open,
                members: Vec::new(),
                exactly: None,
                texts: open == Some(Open::Text),
                unsure: false,
            };
            self.push(class);
        } else {
            self.add(sample, key, false);
        }
    }

    /// The classes that a class is divided into by a test: itself, if it is
    /// decided.
    pub fn split(&mut self, number: u32, test: usize) -> Vec<u32> {
        let Some(class) = self.class(number) else { return Vec::new() };
        let (Some(open), Some(Answer::Open)) = (class.open, class.answers.get(test)) else {
            return vec![number];
        };
        if let Some(children) = self.children.get(&(number, test)) {
            return children.clone();
        }
        let class = class.clone();
        let mut children = Vec::new();
        for answer in [Answer::True, Answer::False] {
            let mut child = class.clone();
            if let Some(place) = child.answers.get_mut(test) {
                *place = answer;
            }
            let solved = match open {
                Open::Text => texts::solve(self, &child.answers),
                Open::Texts | Open::Numbers => lists::solve(&self.tests, &child.answers, open),
            };
            match solved {
                Solved::Found(sample) => {
                    child.sample = sample;
                    child.unsure = false;
                    children.push(self.push(child));
                }
                Solved::Impossible => {}
                // It stays, so that the classes are all values; it may be of
                // none.
                Solved::Unproven => {
                    self.unproven = true;
                    child.unsure = true;
                    children.push(self.push(child));
                }
            }
        }
        self.children.insert((number, test), children.clone());
        children
    }

    /// Whether the class of such values starts undecided by a test.
    pub fn divides(&self, open: Open, test: usize) -> bool {
        let start = self.classes.iter().find(|class| class.open == Some(open));
        start.is_some_and(|class| class.answers.get(test) == Some(&Answer::Open))
    }

    /// The classes of a class that all of these tests have decided; none if
    /// they are more than `limit`.
    pub fn refine(
        &mut self,
        number: u32,
        tests: &BTreeSet<usize>,
        limit: usize,
    ) -> Option<Vec<u32>> {
        let mut classes = vec![number];
        if self.class(number).is_none_or(|class| class.open.is_none()) {
            return Some(classes);
        }
        for test in tests {
            let mut divided = Vec::new();
            for class in classes {
                divided.extend(self.split(class, *test));
                if divided.len() > limit {
                    return None;
                }
            }
            classes = divided;
        }
        Some(classes)
    }

    /// The name of the attribute as a document would write it.
    pub fn name(&self) -> String {
        if self.path.iter().any(|segment| segment.contains('.')) {
            let mut bytes = Vec::new();
            for segment in &self.path {
                bytes.extend_from_slice(if bytes.is_empty() { b"[" } else { b", " });
                crate::json::escape(segment.as_bytes(), &mut bytes);
            }
            bytes.push(b']');
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        self.path.join(".").to_owned()
    }
}

/// Whether there is a value of some answers.
pub enum Solved {
    /// There is this one.
    Found(Sample),
    /// There is none.
    Impossible,
    /// None was found, and there may be one.
    Unproven,
}
