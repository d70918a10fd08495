//! Whether any context at all can come somewhere, at any instant.
//!
//! The same walk as for a comparison, over conditions by themselves. What
//! cannot be followed counts as possible: what other flags serve, operators
//! of the future, broken segments, and a bucket that holds nobody yet. So
//! "nobody" is a proof, and whatever else is found out changes it no more.

use super::program::{Space, conditions};
use super::side::Side;
use super::test::Test;
use super::walk::{Walk, within};
use crate::document::{Condition, ConditionKind};
use std::collections::{BTreeSet, HashSet};
use std::vec::Vec;

/// A condition, and what is asked of it.
#[derive(Clone, Copy)]
pub struct Part<'c> {
    /// The condition.
    pub condition: &'c Condition<'c>,
    /// The salt of its flag.
    pub salt: Option<&'c str>,
    /// Whether it is to be known to be true, or known to be false.
    pub truth: bool,
    /// Whether that is to be so, or not.
    pub holds: bool,
}

/// Who can come somewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Nobody, whatever the context, the instant and the key.
    Nobody,
    /// Somebody, as far as is followed.
    Somebody,
    /// A limit was met, or an attribute is compared in ways whose
    /// combinations cannot all be tried.
    CannotTell,
}

/// Instants that are looked at; with more of them, nothing is told.
const INSTANTS: usize = 200;

/// Tests that are asked about one constant in a step.
const ASKED: usize = 32;

/// Answers questions about one version, and stops when they cost too much.
pub struct Prober<'s, 'a> {
    side: &'s Side<'a>,
    /// Conditions and tests read and contexts divided that are left.
    left: usize,
}

impl<'s, 'a> Prober<'s, 'a> {
    /// Begins, with as many steps to go.
    pub fn new(side: &'s Side<'a>, steps: usize) -> Self {
        Self { side, left: steps }
    }

    /// Gives more steps, or takes them.
    pub fn allow(&mut self, steps: usize) -> usize {
        std::mem::replace(&mut self.left, steps)
    }

    /// Whether some context meets all of these at one instant, from `since`
    /// on or at any.
    pub fn reach(&mut self, parts: &[Part<'_>], since: Option<i64>) -> Reach {
        // Conditions that cannot all be read are not lowered either.
        let Some(instants) = self.instants(parts, since) else { return Reach::CannotTell };
        let mut reach = Reach::Nobody;
        for at in instants {
            match self.reach_at(parts, at) {
                Reach::Nobody => {}
                Reach::Somebody => return Reach::Somebody,
                Reach::CannotTell => reach = Reach::CannotTell,
            }
        }
        reach
    }

    /// Which of these conditions somebody meets who met none before it, at an
    /// instant; no condition is met by everyone. What is not told is taken
    /// for met.
    pub fn in_order(
        &mut self,
        first: Option<Part<'_>>,
        rules: &[Option<Part<'_>>],
        at: i64,
    ) -> Vec<bool> {
        if self.left == 0 {
            return rules.iter().map(|_| true).collect();
        }
        let parts: Vec<Part<'_>> =
            first.into_iter().chain(rules.iter().flatten().copied()).collect();
        let lowered: Vec<_> = parts.iter().map(|part| (part.condition, part.salt)).collect();
        let mut space = Space::default();
        let (program, asks) = conditions(&mut space, self.side, &lowered, at);
        if !self.divide(&mut space) {
            return rules.iter().map(|_| true).collect();
        }
        let allowed = within(&space, self.left);
        let mut walk = Walk::new(&mut space, allowed);
        let mut states = Vec::from([walk.start()]);
        let mut asks = asks.iter();
        if first.is_some()
            && let Some(ask) = asks.next()
        {
            states = walk.known(&program, ask, true, states).0;
        }
        let mut met = Vec::new();
        for rule in rules {
            let here = match rule.and_then(|_| asks.next()) {
                Some(ask) => {
                    let (here, rest) = walk.known(&program, ask, true, states);
                    states = rest;
                    here
                }
                None => std::mem::take(&mut states),
            };
            met.push(!here.is_empty());
        }
        if walk.limit.is_some() {
            met.fill(true);
        }
        self.left = spent(self.left, allowed, walk.left);
        met
    }

    /// Divides all attributes, as far as the steps go.
    fn divide(&mut self, space: &mut Space<'_>) -> bool {
        // Every test is asked about every constant.
        let asked = space.domains.iter().map(|domain| {
            let constants = domain.tests.iter().map(Test::constants);
            let constants = constants.fold(0, usize::saturating_add);
            domain.tests.len().saturating_mul(constants) / ASKED
        });
        let asked = asked.fold(space.read, usize::saturating_add);
        self.left = self.left.saturating_sub(asked);
        if self.left == 0 {
            return false;
        }
        space.divide();
        self.left = self.left.saturating_sub(tests(space));
        self.left > 0
    }

    fn reach_at(&mut self, parts: &[Part<'_>], at: i64) -> Reach {
        if self.left == 0 {
            return Reach::CannotTell;
        }
        let lowered: Vec<_> = parts.iter().map(|part| (part.condition, part.salt)).collect();
        let mut space = Space::default();
        let (program, asks) = conditions(&mut space, self.side, &lowered, at);
        if !self.divide(&mut space) {
            return Reach::CannotTell;
        }
        let allowed = within(&space, self.left);
        let mut walk = Walk::new(&mut space, allowed);
        let mut states = Vec::from([walk.start()]);
        for (part, ask) in parts.iter().zip(&asks) {
            let (known, rest) = walk.known(&program, ask, part.truth, states);
            states = if part.holds { known } else { rest };
        }
        let limit = walk.limit;
        self.left = spent(self.left, allowed, walk.left);
        let unproven = space.domains.iter().any(|domain| domain.unproven);
        match (states.is_empty(), limit.is_some() || unproven) {
            // What is left of a walk that stopped is somebody all the same.
            (false, _) => Reach::Somebody,
            (true, true) => Reach::CannotTell,
            (true, false) => Reach::Nobody,
        }
    }

    /// An instant in each span in which no condition changes by time; none if
    /// they are too many, or the conditions.
    pub fn instants(&mut self, parts: &[Part<'_>], since: Option<i64>) -> Option<Vec<i64>> {
        let (mut found, mut seen) = (BTreeSet::new(), HashSet::new());
        let mut open: Vec<&Condition<'_>> = parts.iter().map(|part| part.condition).collect();
        while let Some(condition) = open.pop() {
            self.left = self.left.checked_sub(1)?;
            match &condition.kind {
                ConditionKind::All(parts) | ConditionKind::Any(parts) => open.extend(parts),
                ConditionKind::Not(part) => open.push(part),
                ConditionKind::Time { from, until, .. } => {
                    found.extend(from.iter().chain(until).map(|at| at.millis));
                }
                // Each once; those that go round in a circle are broken.
                ConditionKind::Segment(name) if seen.insert(name.text.as_ref()) => {
                    let index = self.side.segment(&name.text);
                    let entry = index.and_then(|index| self.side.document().segments.get(index));
                    let segment = entry.and_then(|entry| entry.item.as_ref());
                    open.extend(segment.map(|segment| &segment.condition));
                }
                _ => {}
            }
        }
        let start = match since {
            Some(since) => since,
            None => found.first().map_or(0, |first| first.saturating_sub(1)),
        };
        let instants: Vec<i64> =
            std::iter::once(start).chain(found.into_iter().filter(|at| *at > start)).collect();
        (instants.len() <= INSTANTS).then_some(instants)
    }
}

/// The steps that are left after a walk that was allowed some of them: of wide
/// states each counts for more.
fn spent(steps: usize, allowed: usize, left: usize) -> usize {
    let each = steps.checked_div(allowed).unwrap_or(1).max(1);
    steps.saturating_sub(allowed.saturating_sub(left).saturating_mul(each))
}

/// What it costs to read the tests of a space, and the classes they make.
fn tests(space: &Space<'_>) -> usize {
    let of = space
        .domains
        .iter()
        .map(|domain| domain.tests.len().saturating_add(domain.classes.len() / 8));
    of.fold(1, usize::saturating_add)
}
