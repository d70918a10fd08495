//! Regions in words: for each attribute, which values it may have.
//!
//! What reads best is tried first: constants by name, one test's answer, a
//! range, several tests at once, and at last one thing or another.

use super::candidates;
use super::classes::{Answer, Class, Domain, Key};
use super::phrases::{self, Part};
use super::program::Space;
use super::test::{Constants, Sample, Test};
use crate::compare::address::Network;
use crate::compare::version::{Bound, Range, Version};
use crate::value::{Attribute, number};
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
        if let Some(words) =
            self.versions(set).or_else(|| self.numbers(set)).or_else(|| self.networks(set))
        {
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
        wider.sort_by_key(|(literal, _)| literal.len());
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
        chosen.sort_by_key(|index| match wider.get(*index).map(|(_, literal)| literal) {
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

    /// Version ranges, if the set is of versions alone.
    fn versions(&self, set: &Set) -> Option<String> {
        let ranges = self.domain.tests.iter().filter_map(|test| match test {
            Test::Version(ranges) => Some(ranges.iter()),
            _ => None,
        });
        let mut places: Vec<Bound<'_>> = Vec::new();
        for range in ranges.flatten() {
            places.extend([range.low, range.high]);
        }
        if places.is_empty() || self.domain.keyed {
            return None;
        }
        let all = Range::default();
        places.extend([all.low, all.high]);
        places.sort_by(|a, b| a.is_above(b).cmp(&b.is_above(a)));
        places.dedup_by(|a, b| a.is_above(b) == b.is_above(a));
        let pieces = places.iter().zip(places.iter().skip(1));
        let mut found: Vec<Range<'_>> = Vec::new();
        let mut seen = Set::new();
        for (low, high) in pieces {
            let Some(least) = least(low, high) else { continue };
            let class = self.domain.find(&Attribute::String(least.into()))?;
            if !set.contains(&class) {
                continue;
            }
            seen.insert(class);
            match found.last_mut() {
                Some(last) if last.high.is_above(low) == low.is_above(&last.high) => {
                    last.high = *high;
                }
                _ => found.push(Range { low: *low, high: *high }),
            }
        }
        let words: Vec<String> = found.iter().map(phrases::range).collect();
        (seen == *set && !words.is_empty() && words.len() <= 4).then(|| phrases::any_of(&words))
    }

    /// Networks, if the set is of addresses alone.
    fn networks(&self, set: &Set) -> Option<String> {
        let mut named: Vec<&Network> = Vec::new();
        for test in &self.domain.tests {
            if let Test::Cidr(networks) = test {
                named.extend(networks);
            }
        }
        if named.is_empty() || self.domain.keyed {
            return None;
        }
        // Those whose addresses are all in it, without those inside of them.
        let (mut found, mut seen) = (Vec::new(), Set::new());
        for network in &named {
            let inside = |other: &&&Network| {
                other.v6 == network.v6 && other.bits & network.mask == network.bits
            };
            let ends =
                named.iter().filter(inside).flat_map(|other| [other.bits, candidates::last(other)]);
            let near = ends.flat_map(|at| [at, at.saturating_sub(1), at.saturating_add(1)]);
            let own = near.filter(|bits| bits & network.mask == network.bits);
            let classes: Option<Set> = own
                .map(|bits| {
                    let text = candidates::spelled(network.v6, bits).into_iter().next()?;
                    self.domain.find(&Attribute::String(text.into()))
                })
                .collect();
            if let Some(classes) = classes.filter(|classes| classes.is_subset(set)) {
                seen.extend(classes);
                found.push(phrases::network(network));
            }
        }
        found.dedup();
        (seen == *set && found.len() <= 4).then(|| format!("is in {}", phrases::any_of(&found)))
    }

    /// Ranges of numbers, if the set is of numbers alone.
    fn numbers(&self, set: &Set) -> Option<String> {
        let mut places: Vec<f64> = Vec::new();
        for test in &self.domain.tests {
            match test {
                Test::Less { than, .. } => places.push(*than),
                Test::Equal { constants: Constants::Numbers(known), .. } => {
                    places.extend(known.iter().map(|bits| f64::from_bits(*bits)));
                }
                Test::Before(_) | Test::After(_) => return None,
                _ => {}
            }
        }
        if places.is_empty() || self.domain.keyed {
            return None;
        }
        places.sort_by(f64::total_cmp);
        places.dedup_by(|a, b| number(*a) == number(*b));
        // At and between the places: start and end, and whether they count.
        let mut found: Vec<(f64, bool, f64, bool)> = Vec::new();
        let mut seen = Set::new();
        let mut before = f64::NEG_INFINITY;
        let mut pieces = Vec::new();
        for place in places {
            pieces.extend([(before, false, place, false), (place, true, place, true)]);
            before = place;
        }
        pieces.push((before, false, f64::INFINITY, false));
        for piece @ (low, closed, high, _) in pieces {
            let sample = if closed { low } else { low.next_up() };
            if !closed && sample >= high {
                continue;
            }
            let class = self.domain.find(&Attribute::Number(sample))?;
            if !set.contains(&class) {
                continue;
            }
            seen.insert(class);
            match found.last_mut() {
                Some(last) if last.2 == low && (last.3 || closed) => {
                    (last.2, last.3) = (piece.2, piece.3);
                }
                _ => found.push(piece),
            }
        }
        let words: Vec<String> = found.iter().map(|piece| interval(*piece)).collect();
        (seen == *set && !words.is_empty() && words.len() <= 4).then(|| phrases::any_of(&words))
    }
}

fn interval((low, from, high, to): (f64, bool, f64, bool)) -> String {
    if from && to && low == high {
        return format!("is {low}");
    }
    let low = low.is_finite().then(|| format!("{} {low}", if from { ">=" } else { ">" }));
    let high = high.is_finite().then(|| format!("{} {high}", if to { "<=" } else { "<" }));
    match (low, high) {
        (None, None) => "is a number".to_string(),
        (low, high) => low.into_iter().chain(high).collect::<Vec<_>>().join(" and "),
    }
}

/// The least version from one end to below the other.
fn least(low: &Bound<'_>, high: &Bound<'_>) -> Option<String> {
    let Version { numbers: [major, minor, patch], pre } = low.version;
    let pre = std::str::from_utf8(pre).unwrap_or_default();
    let hyphen = if pre.is_empty() { "" } else { "-" };
    let text = match (low.after, pre) {
        (false, _) => format!("{major}.{minor}.{patch}{hyphen}{pre}"),
        (true, "") => format!("{major}.{minor}.{}-0", patch.saturating_add(1)),
        (true, _) => format!("{major}.{minor}.{patch}-{pre}.0"),
    };
    let version = Version::parse(text.as_bytes())?;
    high.is_above(&Bound { version, after: false }).then_some(text)
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
