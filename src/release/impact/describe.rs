//! Regions in words: for each attribute, which values it may have.
//!
//! What reads best is tried first: constants by name, one test's answer, a
//! range, several tests at once, and at last one thing or another.

use super::classes::{Answer, Class, Domain, Key};
use super::phrases::{self, Part};
use super::program::Space;
use super::ranges;
use super::test::Sample;
use crate::release::order::Order;
use std::collections::{BTreeSet, HashMap};
use std::format;
use std::rc::Rc;
use std::string::{String, ToString};
use std::vec::Vec;

type Set = BTreeSet<u32>;

/// Answers times classes of one attribute beyond which tests are not
/// combined into words.
const COMBINED: usize = 2_000_000;
/// Parts that are tried as one of two.
const ALTERNATIVES: usize = 60;
/// Tests that are tried together.
const TOGETHER: usize = 48;

/// Classes that are told one by one.
const FEW: usize = 6;

/// Puts regions of one flag into words.
pub struct Describe {
    /// Of each attribute, all classes that occur.
    universe: Vec<Set>,
    /// Of each attribute, the sets that have words.
    literals: HashMap<usize, Rc<[(Set, Literal)]>>,
}

impl Describe {
    /// Among these classes.
    pub fn new(universe: Vec<Set>) -> Self {
        Self { universe, literals: HashMap::new() }
    }

    /// What holds of contexts with these classes.
    pub fn state(&mut self, space: &Space<'_>, classes: &[Rc<[u32]>]) -> Vec<String> {
        let mut found = Vec::new();
        let all = self.universe.iter().enumerate().zip(&space.domains);
        for (((number, all), domain), classes) in all.zip(classes) {
            if classes.len() == all.len() {
                continue;
            }
            let literals =
                self.literals.entry(number).or_insert_with(|| literals(domain, all).into());
            let words = Words { domain, all, literals };
            let set: Set = classes.iter().copied().collect();
            found.push(format!("{} {}", domain.name(), words.describe(&set)));
        }
        found
    }
}

/// What one test answers, or whether there is a key.
#[derive(Clone, Copy)]
enum Literal {
    Test(usize, Part),
    Key(bool),
}

struct Words<'w, 'd> {
    domain: &'w Domain<'d>,
    all: &'w Set,
    literals: &'w [(Set, Literal)],
}

impl Words<'_, '_> {
    fn describe(&self, set: &Set) -> String {
        self.plain(set)
            .or_else(|| self.conjunction(set))
            .or_else(|| self.either(set))
            .unwrap_or_else(|| self.one_by_one(set))
    }

    fn say(&self, literal: Literal) -> String {
        match literal {
            Literal::Key(true) => "is a usable key".to_string(),
            Literal::Key(false) => "is no usable key".to_string(),
            Literal::Test(test, part) => {
                self.domain.tests.get(test).map_or(String::new(), |test| phrases::part(test, part))
            }
        }
    }

    fn class(&self, number: u32) -> Option<&Class> {
        self.domain.class(number)
    }

    /// In a few words.
    fn plain(&self, set: &Set) -> Option<String> {
        if let Some(words) = self.constants(set) {
            return Some(format!("is {words}"));
        }
        for (literal, words) in self.literals {
            if literal == set {
                return Some(self.say(*words));
            }
        }
        if let Some(words) = ranges::words(self.domain, set) {
            return Some(words);
        }
        let rest: Set = self.all.difference(set).copied().collect();
        self.constants(&rest).map(|words| format!("is not {words}"))
    }

    fn constants(&self, set: &Set) -> Option<String> {
        let mut members: Vec<&Sample> = Vec::new();
        for number in set {
            let class = self.class(*number)?;
            if class.exactly? != class.members.len() {
                return None;
            }
            members.extend(&class.members);
        }
        phrases::constants_of(&members)
    }

    /// The first of many constants.
    fn many(&self, set: &Set) -> Option<String> {
        let (mut total, mut members) = (0_usize, Vec::new());
        for number in set {
            let class = self.class(*number)?;
            total = total.saturating_add(class.exactly?);
            members.extend(class.members.iter().take(3).map(phrases::value));
            members.truncate(3);
        }
        Some(format!("is {}", phrases::listed(&members, total, "or")))
    }

    /// Tests that hold at once.
    fn conjunction(&self, set: &Set) -> Option<String> {
        let mut wider: Vec<&(Set, Literal)> =
            self.literals.iter().filter(|(literal, _)| set.is_subset(literal)).collect();
        // Those that leave out most, of each set the one that reads best.
        wider.order_by_key(|(literal, _)| literal.len());
        wider.dedup_by(|a, b| a.0 == b.0);
        wider.truncate(TOGETHER);
        let meet = |chosen: &[usize]| {
            let mut meet = self.all.clone();
            for (literal, _) in chosen.iter().filter_map(|index| wider.get(*index)) {
                meet = meet.intersection(literal).copied().collect();
            }
            meet
        };
        let mut chosen: Vec<usize> = (0..wider.len()).collect();
        if meet(&chosen) != *set {
            return None;
        }
        // What is true reads better than what is not.
        chosen.order_by_key(|index| match wider.get(*index).map(|(_, literal)| literal) {
            Some(Literal::Test(_, part)) => (*part as u8).saturating_mul(2),
            Some(Literal::Key(_)) | None => 1,
        });
        // The last literals read worst, and go first.
        for index in chosen.clone().into_iter().rev() {
            let fewer: Vec<usize> = chosen.iter().copied().filter(|at| *at != index).collect();
            if meet(&fewer) == *set {
                chosen = fewer;
            }
        }
        let words: Vec<String> = chosen
            .iter()
            .filter_map(|index| wider.get(*index))
            .map(|(_, words)| self.say(*words))
            .collect();
        Some(words.join(" and "))
    }

    /// One thing or another.
    fn either(&self, set: &Set) -> Option<String> {
        for (literal, _) in self.literals.iter().take(ALTERNATIVES) {
            let within: Set = set.intersection(literal).copied().collect();
            let rest: Set = set.difference(literal).copied().collect();
            if within.is_empty() || rest.is_empty() {
                continue;
            }
            let say = |set: &Set| self.plain(set).or_else(|| self.conjunction(set));
            if let (Some(a), Some(b)) = (say(&within), say(&rest)) {
                return Some(format!("{a}, or {b}"));
            }
        }
        None
    }

    fn one_by_one(&self, set: &Set) -> String {
        if let Some(words) = self.many(set) {
            return words;
        }
        let words = set.iter().map(|class| {
            let one: Set = [*class].into();
            let like = self.class(*class).map(|class| phrases::value(&class.sample));
            self.plain(&one)
                .or_else(|| self.conjunction(&one))
                .unwrap_or_else(|| format!("is like {}", like.unwrap_or_default()))
        });
        let few: Vec<String> = words.take(FEW).collect();
        let more = set.len().saturating_sub(few.len());
        let more = if more > 0 { format!(", or {more} more of that kind") } else { String::new() };
        format!("{}{more}", few.join(", or "))
    }
}

/// Sets that one test, or the key, names.
fn literals(domain: &Domain<'_>, all: &Set) -> Vec<(Set, Literal)> {
    let mut found: Vec<(Set, Literal)> = Vec::new();
    if domain.tests.len().saturating_mul(all.len()) > COMBINED {
        return found;
    }
    for number in 0..domain.tests.len() {
        for part in Part::ALL {
            let holds = |class: &u32| {
                let answer = domain.class(*class).and_then(|class| class.answers.get(number));
                let answer = answer.copied().unwrap_or(Answer::Open);
                match part {
                    Part::True => answer == Answer::True,
                    Part::NotTrue => answer != Answer::True && answer != Answer::Open,
                    Part::False => answer == Answer::False,
                    Part::NotFalse => answer != Answer::False && answer != Answer::Open,
                    Part::Unknown => answer == Answer::Unknown,
                    Part::Known => answer != Answer::Unknown,
                }
            };
            let set = all.iter().copied().filter(holds).collect();
            found.push((set, Literal::Test(number, part)));
        }
    }
    if domain.keyed {
        let keyless = |class: &u32| domain.class(*class).is_some_and(|c| c.key == Key::None);
        let (none, some): (Set, Set) = all.iter().copied().partition(keyless);
        found.push((some, Literal::Key(true)));
        found.push((none, Literal::Key(false)));
    }
    found.retain(|(set, _)| !set.is_empty());
    found
}
