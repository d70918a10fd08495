//! What the tests hold the walk against: its boxes, as they are.

use super::classes::{Answer, Class, Domain, Key, key};
use super::regions::{Gathered, gather};
use super::side::Side;
use super::walk::{Case, Limit};
use super::walked::Walked;
use super::witness::keyed;
use super::{Circumstances, Outcome, Region};
use crate::value::Attribute;
use std::string::String;
use std::vec::Vec;

/// All boxes of one flag that both versions have.
pub struct Boxes<'s, 'd> {
    walked: Walked<'s, 'd>,
}

/// The first value from so many on that answers as this one does.
fn another(
    domain: &Domain<'_>,
    class: &Class,
    value: &Attribute<'static>,
    answers: &[Answer],
    index: u64,
) -> Option<Attribute<'static>> {
    let mut like = class.clone();
    like.sample = value.clone();
    like.answers = answers.to_vec();
    (0..200).find_map(|step| keyed(domain, &like, index.saturating_mul(200).saturating_add(step)))
}

/// A region and contexts that lie in it.
pub type Lying = (Region, Vec<Vec<Attribute<'static>>>);

impl<'s, 'd> Boxes<'s, 'd> {
    /// Walks through a flag of both versions.
    pub fn of(
        old: &'s Side<'d>,
        new: &'s Side<'d>,
        flag: &str,
        circumstances: &Circumstances<'_>,
    ) -> Option<Self> {
        let (before, after) = (old.flag(flag)?, new.flag(flag)?);
        Some(Self { walked: Walked::both((old, before), (new, after), circumstances) })
    }

    /// Walks through a flag of one version, as [`who`](super::who()) does.
    pub fn of_one(
        side: &'s Side<'d>,
        flag: &str,
        circumstances: &Circumstances<'_>,
    ) -> Option<Self> {
        let index = side.flag(flag)?;
        Some(Self { walked: Walked::one(side, index, circumstances) })
    }

    /// What the walk met.
    pub fn limit(&self) -> Option<Limit> {
        self.walked.limit
    }

    /// The regions as they are reported, each with contexts that lie in it:
    /// values in the order of [`paths`](Self::paths). `pick` chooses among so
    /// many. None: there are too many to be gathered.
    pub fn regions(&mut self, pick: &mut dyn FnMut(usize) -> usize) -> Option<Vec<Lying>> {
        let (gathered, scattered) =
            gather(&mut self.walked.space, &self.walked.sides, &self.walked.cases);
        if scattered {
            return None;
        }
        let mut found = Vec::new();
        for Gathered { region, cases } in gathered {
            let mut contexts = Vec::new();
            for _ in 0..4.min(cases.len()) {
                let Some(case) = cases.get(pick(cases.len())) else { continue };
                let mut domains = self.walked.space.domains.iter().zip(&case.state.classes);
                // A class that may be of no value has no sample.
                let unsure = domains.any(|(domain, classes)| {
                    let mut classes = classes.iter().filter_map(|class| domain.class(*class));
                    classes.any(|class| class.unsure)
                });
                if unsure {
                    continue;
                }
                let domains = self.walked.space.domains.iter().zip(&case.state.classes);
                let values = domains.map(|(domain, classes)| {
                    // Of what was not asked, nothing is there.
                    let absent = classes.first() == Some(&0) && pick(2) == 0;
                    let class = if absent { 0 } else { pick(classes.len()) };
                    let class = classes.get(class).and_then(|class| domain.class(*class));
                    class.map_or(Attribute::Absent, |class| class.sample.clone())
                });
                let mut values: Vec<Attribute<'static>> = values.collect();
                // Behind what is no object, nothing is.
                for (number, way) in self.walked.space.ways.iter().enumerate() {
                    let before = way.iter().filter_map(|before| values.get(*before));
                    let before: Vec<_> = before.cloned().collect();
                    let Some(value) = values.get_mut(number) else { continue };
                    if before.contains(&Attribute::Unreadable) {
                        *value = Attribute::Unreadable;
                    } else if before.iter().any(|before| *before != Attribute::Other) {
                        *value = Attribute::Absent;
                    }
                }
                contexts.push(values);
            }
            found.push((region, contexts));
        }
        Some(found)
    }

    /// The same context with another key wherever the key is one of many; none
    /// where it is not one of enough.
    pub fn with_key(
        &self,
        values: &[Attribute<'static>],
        index: u64,
    ) -> Option<Vec<Attribute<'static>>> {
        let mut values = values.to_vec();
        for (number, (domain, value)) in
            (0_u64..).zip(self.walked.space.domains.iter().zip(&mut values))
        {
            // Different keys for different lines, which may share a salt.
            let index = index.saturating_add(number.saturating_mul(1_000_003));
            let answers = domain.ask(value);
            let own = key(value);
            let class = domain.classes.iter().find(|class| {
                class.key == Key::Uniform
                    && class.open.is_none() == (class.answers == answers)
                    && class.answers.iter().zip(&answers).all(|(a, b)| a == b || *a == Answer::Open)
            });
            let single = domain.classes.iter().any(|class| {
                class.answers == answers
                    && matches!((&class.key, &own), (Key::Single(a), Some(b)) if a == b)
            });
            if let (Some(class), Some(_), false) = (class, own, single) {
                *value = another(domain, class, value, &answers, index)?;
            }
        }
        Some(values)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.walked.cases.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.walked.cases.is_empty()
    }

    /// Whether every value is known to have a class.
    pub fn proven(&self) -> bool {
        self.walked.unproven().is_empty()
    }

    /// Values of the classes of each attribute.
    pub fn samples(&self) -> Vec<Vec<Attribute<'static>>> {
        let samples =
            |domain: &Domain<'_>| domain.classes.iter().map(|class| class.sample.clone()).collect();
        self.walked.space.domains.iter().map(samples).collect()
    }

    /// Paths of the attributes.
    pub fn paths(&self) -> Vec<Vec<String>> {
        self.walked.space.domains.iter().map(|domain| domain.path.clone()).collect()
    }

    /// Key attribute and salt of each line.
    pub fn lines(&self) -> Vec<(Vec<String>, String)> {
        let path = |by: usize| self.walked.space.domains.get(by).map(|domain| domain.path.clone());
        self.walked
            .space
            .lines
            .iter()
            .map(|line| (path(line.by).unwrap_or_default(), line.salt.clone()))
            .collect()
    }

    /// Every place at which some box ends, by line.
    pub fn cuts(&self) -> Vec<Vec<u64>> {
        let cuts = |line: usize| {
            let points = self.walked.cases.iter().filter_map(|case| case.state.points.get(line));
            let mut cuts: Vec<u64> =
                points.flat_map(|points| points.intervals()).flat_map(|(a, b)| [*a, *b]).collect();
            cuts.sort_unstable();
            cuts.dedup();
            cuts
        };
        (0..self.walked.space.lines.len()).map(cuts).collect()
    }

    /// The points that a context really has, where its key is one that a rule
    /// names; in the order of [`lines`](Self::lines).
    pub fn named(&self, values: &[Attribute<'_>]) -> Vec<Option<u64>> {
        let point = |line: &super::program::HashLine| {
            let (domain, value) = (self.walked.space.domains.get(line.by)?, values.get(line.by)?);
            let (answers, own) = (domain.ask(value), key(value)?);
            let single = domain.classes.iter().any(|class| {
                class.answers == answers && matches!(&class.key, Key::Single(key) if *key == own)
            });
            single.then(|| u64::from(crate::bucket::point(line.seed, own.as_bytes())))
        };
        self.walked.space.lines.iter().map(point).collect()
    }

    /// What the boxes say of a context with these attributes, in the order of
    /// [`paths`](Self::paths), and points, in that of
    /// [`lines`](Self::lines): one answer of each box that it lies in.
    pub fn find(&self, values: &[Attribute<'_>], points: &[u64]) -> Vec<(Outcome, Outcome)> {
        let inside = |case: &&Case| {
            let domains = self.walked.space.domains.iter().zip(&case.state.classes).zip(values);
            let attributes = domains.into_iter().all(|((domain, classes), value)| {
                let present = domain.seen(value);
                let mut classes = classes.iter().filter_map(|class| domain.class(*class));
                classes.any(|class| domain.has(class, &present))
            });
            attributes && case.state.points.iter().zip(points).all(|(set, point)| set.has(*point))
        };
        self.walked
            .cases
            .iter()
            .filter(inside)
            .map(|case| self.walked.sides.outcomes(case))
            .collect()
    }
}
