//! What the tests hold the walk against: its boxes, as they are.

use super::classes::{Answer, Key, Way};
use super::program::{Space, lower};
use super::regions::Sides;
use super::side::Side;
use super::walk::{Case, Limit, Walk};
use super::{Circumstances, Outcome};
use crate::value::Attribute;
use std::string::{String, ToString};
use std::vec::Vec;

/// All boxes of one flag that both versions have.
pub struct Boxes<'s, 'd> {
    space: Space<'s>,
    cases: Vec<Case>,
    sides: Sides<'s, 'd>,
    /// What was met.
    pub limit: Option<Limit>,
}

/// A value as the format sees it, and the key that it is.
fn key(value: &Attribute<'_>) -> Option<String> {
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

impl<'s, 'd> Boxes<'s, 'd> {
    /// Walks through a flag of both versions.
    pub fn of(
        old: &'s Side<'d>,
        new: &'s Side<'d>,
        flag: &str,
        circumstances: &Circumstances<'_>,
    ) -> Option<Self> {
        let (before, after) = (old.flag(flag)?, new.flag(flag)?);
        let mut space = Space::default();
        let first = lower(&mut space, old, before, circumstances);
        let second = lower(&mut space, new, after, circumstances);
        space.divide();
        let mut walk = Walk::new(&mut space, circumstances.walks);
        let cases = walk.run(&first, &second);
        let limit = walk.limit;
        Some(Self { space, cases, sides: Sides { old, before, new, after }, limit })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Whether every value is known to have a class.
    pub fn proven(&self) -> bool {
        !self.space.domains.iter().any(|domain| domain.unproven)
    }

    /// Paths of the attributes.
    pub fn paths(&self) -> Vec<Vec<String>> {
        self.space.domains.iter().map(|domain| domain.path.clone()).collect()
    }

    /// Key attribute and salt of each line.
    pub fn lines(&self) -> Vec<(Vec<String>, String)> {
        let path = |by: usize| self.space.domains.get(by).map(|domain| domain.path.clone());
        self.space
            .lines
            .iter()
            .map(|line| (path(line.by).unwrap_or_default(), line.salt.clone()))
            .collect()
    }

    /// Every place at which some box ends, by line.
    pub fn cuts(&self) -> Vec<Vec<u64>> {
        let cuts = |line: usize| {
            let points = self.cases.iter().filter_map(|case| case.state.points.get(line));
            let mut cuts: Vec<u64> =
                points.flat_map(|points| points.intervals()).flat_map(|(a, b)| [*a, *b]).collect();
            cuts.sort_unstable();
            cuts.dedup();
            cuts
        };
        (0..self.space.lines.len()).map(cuts).collect()
    }

    /// The points that a context really has, where its key is one that a rule
    /// names; in the order of [`lines`](Self::lines).
    pub fn named(&self, values: &[Attribute<'_>]) -> Vec<Option<u64>> {
        let point = |line: &super::program::HashLine| {
            let (domain, value) = (self.space.domains.get(line.by)?, values.get(line.by)?);
            let (answers, own) = (domain.ask(value), key(value)?);
            let single = domain.classes.iter().any(|class| {
                class.answers == answers && matches!(&class.key, Key::Single(key) if *key == own)
            });
            single.then(|| u64::from(crate::bucket::point(line.seed, own.as_bytes())))
        };
        self.space.lines.iter().map(point).collect()
    }

    /// What the boxes say of a context with these attributes, in the order of
    /// [`paths`](Self::paths), and points, in that of
    /// [`lines`](Self::lines): one answer of each box that it lies in.
    pub fn find(&self, values: &[Attribute<'_>], points: &[u64]) -> Vec<(Outcome, Outcome)> {
        let inside = |case: &&Case| {
            let domains = self.space.domains.iter().zip(&case.state.classes).zip(values);
            let attributes = domains.into_iter().all(|((domain, classes), value)| {
                let answers = domain.ask(value);
                let own = if domain.keyed { key(value) } else { None };
                let way = match value {
                    Attribute::Unreadable if domain.passed => Way::Fails,
                    Attribute::Other if domain.passed => Way::Leads,
                    _ => Way::Ends,
                };
                let single = domain.classes.iter().any(|class| {
                    class.answers == answers
                        && matches!((&class.key, &own), (Key::Single(a), Some(b)) if a == b)
                });
                classes.iter().filter_map(|class| domain.class(*class)).any(|class| {
                    let decided = class.answers.iter().zip(&answers);
                    let open = class.open.is_some_and(|open| {
                        use super::classes::Open;
                        matches!(
                            (open, value),
                            (Open::Text, Attribute::String(_))
                                | (Open::Texts | Open::Numbers, Attribute::List(_))
                        )
                    });
                    decided.into_iter().all(|(a, b)| a == b || open && *a == Answer::Open)
                        && class.way == way
                        && match (&class.key, &own) {
                            (Key::None, own) => own.is_none() || !domain.keyed,
                            (Key::Single(a), Some(b)) => a == b,
                            (Key::Uniform, Some(_)) => !single,
                            (Key::Single(_) | Key::Uniform, None) => false,
                        }
                })
            });
            attributes && case.state.points.iter().zip(points).all(|(set, point)| set.has(*point))
        };
        self.cases.iter().filter(inside).map(|case| self.sides.outcomes(case)).collect()
    }
}
