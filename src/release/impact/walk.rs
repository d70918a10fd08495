//! Both versions of a flag, run side by side on all contexts at once.
//!
//! A state is a set of contexts: for each attribute some of its classes, for
//! each line some of its points. It divides where a test is really asked, so
//! the states at the end are exact boxes: whatever lies in one gets the same
//! from each version. They exclude each other, and together they are all.
//!
//! Only "known to be true" and "known to be false" are told apart, as
//! evaluation does: a formula of three-valued logic is known to be true if
//! each part of an `all`, or one of an `any`, is; and under `not` if its part
//! is known to be false.

use super::classes::{Answer, Key, Way};
use super::points::Points;
use super::program::{Ask, End, Node, Program, Serve, Space};
use crate::bucket::point;
use crate::release::order::Order;
use std::rc::Rc;
use std::vec;
use std::vec::Vec;

/// Some contexts.
#[derive(Clone, Debug)]
pub struct State {
    /// Of each attribute, the classes that are possible, ascending.
    pub classes: Vec<Rc<[u32]>>,
    /// Of each line, the points that are possible.
    pub points: Vec<Points>,
}

/// What both versions answer some contexts.
#[derive(Clone, Debug)]
pub struct Case {
    pub state: State,
    pub old: End,
    pub new: End,
}

/// Why a walk did not see everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// More divisions than [`super::Circumstances::walks`].
    Walks,
    /// Conditions, segments and flags lie inside each other too deep.
    Depth,
}

/// Conditions, segments and flags inside each other that are followed: what
/// fits in the stack of a thread, several times over.
const DEPTH: usize = 1_000;

/// Attributes and lines that a state has at the limit of walks. With more of
/// them there may be fewer states, so that memory stays within bounds.
const WIDTH: usize = 32;

/// So many divisions, or fewer where a state has many attributes and lines: it
/// is as large as they are many.
pub fn within(space: &Space<'_>, walks: usize) -> usize {
    let width = space.domains.len().saturating_add(space.lines.len());
    let states = walks.saturating_mul(WIDTH).checked_div(width).unwrap_or(walks);
    walks.min(states.max(WIDTH))
}

/// A walk through two programs.
pub struct Walk<'w, 'd> {
    pub space: &'w mut Space<'d>,
    /// States that may still arise.
    pub left: usize,
    /// What was met.
    pub limit: Option<Limit>,
    depth: usize,
}

/// States for which something is known, and those for which it is not.
pub type Parted = (Vec<State>, Vec<State>);

impl<'w, 'd> Walk<'w, 'd> {
    /// Before the first step.
    pub fn new(space: &'w mut Space<'d>, walks: usize) -> Self {
        Self { space, left: walks, limit: None, depth: 0 }
    }

    /// All contexts.
    pub fn start(&self) -> State {
        let classes = self.space.domains.iter().map(|domain| domain.all().into()).collect();
        let points = self.space.lines.iter().map(|_| Points::all()).collect();
        State { classes, points }
    }

    /// All that can happen.
    pub fn run(&mut self, old: &Program, new: &Program) -> Vec<Case> {
        let start = self.start();
        self.run_from(start, old, new)
    }

    /// All that can happen to some contexts.
    pub fn run_from(&mut self, start: State, old: &Program, new: &Program) -> Vec<Case> {
        self.left = within(self.space, self.left);
        // What the first version leaves over is the second one's.
        let all = self.left;
        self.left = all / 2;
        let ends = self.flag(old, 0, vec![start]);
        let mut rest = self.left.saturating_add(all.saturating_sub(all / 2));
        let mut cases = Vec::new();
        let mut ends = ends.into_iter();
        for (state, old) in ends.by_ref() {
            self.left = rest;
            let found = self.flag(new, 0, vec![state]);
            cases.extend(found.into_iter().map(|(state, new)| Case { state, old, new }));
            rest = self.left;
            if rest == 0 {
                break;
            }
        }
        if ends.next().is_some() {
            self.limit = self.limit.or(Some(Limit::Walks));
        }
        self.consistent(cases)
    }

    /// Without contexts that have something behind what is no object: else
    /// not every combination of a box's classes would exist.
    fn consistent(&mut self, cases: Vec<Case>) -> Vec<Case> {
        let mut behind: Vec<(usize, usize)> =
            self.space.ways.iter().map(Vec::len).enumerate().filter(|(_, way)| *way > 0).collect();
        behind.order_by_key(|(_, way)| *way);
        let mut cases = cases;
        for (attribute, _) in behind {
            let mut parted = Vec::new();
            for Case { state, old, new } in cases {
                let states = self.arrive(attribute, state);
                parted.extend(states.into_iter().map(|state| Case { state, old, new }));
            }
            cases = parted;
        }
        cases
    }

    /// Keeps what the limit allows.
    fn count(&mut self, mut states: Vec<State>) -> Vec<State> {
        if states.len() > self.left {
            self.limit = self.limit.or(Some(Limit::Walks));
            states.truncate(self.left);
        }
        self.left = self.left.saturating_sub(states.len());
        states
    }

    fn flag(&mut self, program: &Program, node: usize, states: Vec<State>) -> Vec<(State, End)> {
        let all = |states: Vec<State>, end| states.into_iter().map(|state| (state, end)).collect();
        let (require, off, rules, serve) = match program.nodes.get(node) {
            Some(Node::Fixed(end)) => return all(states, *end),
            Some(Node::Flag { require, off, rules, serve }) => (require, *off, rules, serve),
            Some(Node::Segment(_) | Node::Named) | None => return all(states, End::Broken),
        };
        let mut found: Vec<(State, End)> = Vec::new();
        let mut states = states;
        if let Some(require) = require {
            let (met, unmet) = self.known(program, require, true, states);
            found.extend(all(unmet, off));
            states = met;
        }
        for (when, serve) in rules {
            if states.is_empty() {
                return found;
            }
            let (matched, rest) = match when {
                Some(when) => self.known(program, when, true, states),
                None => (states, Vec::new()),
            };
            found.extend(self.serve(serve, matched));
            states = rest;
        }
        found.extend(self.serve(serve, states));
        found
    }

    fn serve(&mut self, serve: &Serve, states: Vec<State>) -> Vec<(State, End)> {
        let (line, slices, without_key) = match serve {
            Serve::End(end) => return states.into_iter().map(|state| (state, *end)).collect(),
            Serve::Split { line, slices, without_key } => (*line, slices, *without_key),
        };
        let sets: Vec<&Points> = slices.iter().map(|slice| &slice.0).collect();
        let mut found = Vec::new();
        for state in states {
            let (without, within) = self.divide(line, &sets, state);
            found.extend(without.into_iter().map(|state| (state, without_key)));
            for ((_, variant), states) in slices.iter().zip(within) {
                found.extend(states.into_iter().map(|state| (state, End::Variant(*variant))));
            }
        }
        found
    }

    /// Parts states by whether a condition is known to be `want`.
    pub fn known(
        &mut self,
        program: &Program,
        ask: &Ask,
        want: bool,
        states: Vec<State>,
    ) -> Parted {
        if states.is_empty() {
            return (states, Vec::new());
        }
        if self.depth >= DEPTH {
            self.limit = Some(Limit::Depth);
            return (Vec::new(), Vec::new());
        }
        self.depth = self.depth.saturating_add(1);
        let parted = match ask {
            Ask::All(parts) => self.each(program, parts, want, want, states),
            Ask::Any(parts) => self.each(program, parts, want, !want, states),
            Ask::Not(part) => self.known(program, part, !want, states),
            Ask::Test { attribute, test } => self.test(*attribute, *test, want, states),
            Ask::Bucket { line, points } => self.bucket(*line, points, want, states),
            Ask::Known(known) if *known == want => (states, Vec::new()),
            Ask::Known(_) | Ask::Never => (Vec::new(), states),
            Ask::Free => (self.count(states.clone()), states),
            Ask::Segment(node) => match program.nodes.get(*node) {
                Some(Node::Segment(inner)) => self.known(program, inner, want, states),
                _ => (Vec::new(), states),
            },
            Ask::Flag { node, is } => {
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                for (state, end) in self.flag(program, *node, states) {
                    let known = matches!(end, End::Variant(served) if is.contains(&served) == want);
                    if known { yes.push(state) } else { no.push(state) }
                }
                (yes, no)
            }
        };
        self.depth = self.depth.saturating_sub(1);
        parted
    }

    /// Asks the parts of a list; `every` says that each has to be known.
    fn each(
        &mut self,
        program: &Program,
        parts: &[Ask],
        want: bool,
        every: bool,
        states: Vec<State>,
    ) -> Parted {
        let (mut open, mut done) = (states, Vec::new());
        for part in parts {
            let (yes, no) = self.known(program, part, want, open);
            let (go_on, ended) = if every { (yes, no) } else { (no, yes) };
            done.extend(ended);
            open = go_on;
        }
        if every { (open, done) } else { (done, open) }
    }

    fn test(&mut self, attribute: usize, test: usize, want: bool, states: Vec<State>) -> Parted {
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        let wanted: Answer = Some(want).into();
        let mut arrived = Vec::new();
        for state in states {
            arrived.extend(self.arrive(attribute, state));
        }
        for state in arrived {
            let Some(classes) = state.classes.get(attribute) else { continue };
            let Some(domain) = self.space.domains.get_mut(attribute) else { continue };
            let (mut is, mut is_not) = (Vec::new(), Vec::new());
            let mut parts = Vec::new();
            for class in classes.iter() {
                parts.extend(domain.split(*class, test));
            }
            for number in parts {
                let answer = domain.class(number).and_then(|class| class.answers.get(test));
                if answer == Some(&wanted) { is.push(number) } else { is_not.push(number) }
            }
            yes.extend(narrowed(&state, attribute, is));
            no.extend(narrowed(&state, attribute, is_not));
        }
        let yes = self.count(yes);
        (yes, self.count(no))
    }

    fn bucket(&mut self, line: usize, points: &Points, want: bool, states: Vec<State>) -> Parted {
        let outside = points.not();
        let sets = if want { [points, &outside] } else { [&outside, points] };
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for state in states {
            let (without, within) = self.divide(line, &sets, state);
            no.extend(without);
            let mut within = within.into_iter();
            yes.extend(within.next().into_iter().flatten());
            no.extend(within.flatten());
        }
        (yes, no)
    }

    /// Parts a state by what an attribute's way allows: through an object it
    /// may be anything, behind what is unreadable it is that, else absent.
    fn arrive(&mut self, attribute: usize, state: State) -> Vec<State> {
        let mut states = vec![state];
        let way = self.space.ways.get(attribute).cloned().unwrap_or_default();
        for before in way {
            let mut parted = Vec::new();
            for state in states {
                for way in [Way::Leads, Way::Fails, Way::Ends] {
                    let Some(state) = self.on_way(&state, before, way) else { continue };
                    let state = match way {
                        Way::Leads => Some(state),
                        _ => self.behind(&state, attribute, way == Way::Fails),
                    };
                    parted.extend(state);
                }
            }
            states = parted;
        }
        states
    }

    /// The part of a state in which an attribute is on the way like this.
    fn on_way(&self, state: &State, attribute: usize, way: Way) -> Option<State> {
        let domain = self.space.domains.get(attribute)?;
        let is = |number: &u32| domain.class(*number).is_some_and(|class| class.way == way);
        let classes = state.classes.get(attribute)?.iter().copied().filter(is).collect();
        narrowed(state, attribute, classes)
    }

    /// The part in which an attribute is absent, or unreadable.
    fn behind(&self, state: &State, attribute: usize, unreadable: bool) -> Option<State> {
        use crate::value::Attribute;
        let domain = self.space.domains.get(attribute)?;
        let value = if unreadable { Attribute::Unreadable } else { Attribute::Absent };
        let answers = domain.ask(&value);
        let way = if unreadable && domain.passed { Way::Fails } else { Way::Ends };
        let is = |number: &u32| {
            domain.class(*number).is_some_and(|class| {
                class.answers == answers && class.way == way && class.key == Key::None
            })
        };
        let classes = state.classes.get(attribute)?.iter().copied().filter(is).collect();
        narrowed(state, attribute, classes)
    }

    /// Parts a state by a line: what has no key, and what lies in each set.
    /// The sets are the whole line.
    fn divide(
        &mut self,
        line: usize,
        sets: &[&Points],
        state: State,
    ) -> (Vec<State>, Vec<Vec<State>>) {
        let mut without = Vec::new();
        let mut within: Vec<Vec<State>> = sets.iter().map(|_| Vec::new()).collect();
        let Some(hash) = self.space.lines.get(line) else { return (without, within) };
        let (by, seed) = (hash.by, hash.seed);
        for state in self.arrive(by, state) {
            let Some(domain) = self.space.domains.get(by) else { continue };
            let Some(classes) = state.classes.get(by) else { continue };
            let (mut none, mut uniform) = (Vec::new(), Vec::new());
            let mut single: Vec<Vec<u32>> = sets.iter().map(|_| Vec::new()).collect();
            for number in classes.iter().copied() {
                match domain.class(number).map(|class| &class.key) {
                    None | Some(Key::None) => none.push(number),
                    Some(Key::Uniform) => uniform.push(number),
                    Some(Key::Single(key)) => {
                        let point = point(seed, key.as_bytes()).into();
                        let set = sets.iter().position(|points| points.has(point));
                        if let Some(single) = set.and_then(|set| single.get_mut(set)) {
                            single.push(number);
                        }
                    }
                }
            }
            without.extend(narrowed(&state, by, none));
            let uniform = narrowed(&state, by, uniform);
            for ((points, single), within) in sets.iter().zip(single).zip(&mut within) {
                within.extend(narrowed(&state, by, single));
                if let Some(mut state) = uniform.clone()
                    && let Some(place) = state.points.get_mut(line)
                {
                    *place = place.and(points);
                    if !place.is_empty() {
                        within.push(state);
                    }
                }
            }
        }
        (self.count(without), within.into_iter().map(|states| self.count(states)).collect())
    }
}

/// The state with fewer classes of an attribute; none if it has none left.
fn narrowed(state: &State, attribute: usize, classes: Vec<u32>) -> Option<State> {
    if classes.is_empty() {
        return None;
    }
    let mut state = state.clone();
    let place = state.classes.get_mut(attribute)?;
    if **place != *classes {
        *place = classes.into();
    }
    Some(state)
}
