//! Conditions and serves to tests and outcomes, one flag at a time.
//!
//! Boolean structure becomes jumps: a program is built from its last
//! condition backwards, so that a jump can only lead to what stands behind
//! it. Negation is pushed down to the tests.

use super::program::{
    Bound, Cut, Interval, List, Op, Outcome, Path, Reference, Slot, Split, Step, Test, View,
    BOOLEANS, FALSE, NUMBERS, OUTCOME, REQUIRE, STRINGS, TRUE, VIEWS,
};
use super::{program, Flag, Ruleset, NONE};
use crate::bucket;
use crate::compare::{address::Network, version};
use crate::decision::{Decision, Reason, RuleRef};
use crate::diagnostic::Span;
use crate::document::{self, Condition, ConditionKind, Line, Operation, Scalar, Serve};
use crate::json::compact;
use crate::value::number;
use crate::pool::sort;
use alloc::vec::Vec;

/// Turns flags and segments into parts of a ruleset.
pub(super) struct Lowering {
    pub ruleset: Ruleset,
    /// In the order of the flags and segments that refer.
    pub references: Vec<Reference>,
    /// Variant names of flag conditions: text and place.
    pub choices: Vec<(u32, Span)>,
    /// The program at hand, last test first.
    program: Vec<(Test, u32)>,
    /// The rule at hand, or [`REQUIRE`].
    part: u16,
    /// The seed of the flag at hand for lines without a salt.
    seed: u64,
    scratch: Vec<u8>,
}

fn index<T>(list: &[T]) -> u32 {
    list.len() as u32
}

impl Lowering {
    pub(super) fn new(ruleset: Ruleset) -> Self {
        Self {
            ruleset,
            references: Vec::new(),
            choices: Vec::new(),
            program: Vec::new(),
            part: REQUIRE,
            seed: 0,
            scratch: Vec::new(),
        }
    }

    pub(super) fn segment(&mut self, condition: &Condition<'_>) -> program::Segment {
        self.part = REQUIRE;
        let entry = self.condition(condition, false, TRUE, FALSE);
        let tests = index(&self.ruleset.tests);
        let tests_len = self.program.len() as u16;
        let entry = self.place(entry);
        program::Segment { tests, tests_len, entry: entry.unwrap_or(FALSE), broken: entry.is_none() }
    }

    pub(super) fn flag(&mut self, flag: &document::Flag<'_>) -> Flag {
        self.seed = flag.salt.as_deref().map_or(0, bucket::seed);
        let fixed = flag.require.is_none() && flag.rules.is_empty();
        let outcomes = index(&self.ruleset.outcomes);
        let reason = if fixed { Reason::Static } else { Reason::Default };
        // INVARIANT: outcome 0 is the default serve, 1 `require`, 2 and on
        // the rules; the jumps below say so.
        let default = match &flag.serve {
            Some(serve) => self.serve(serve, None, reason),
            None => Outcome::Decided(Decision::new(None, None, reason)),
        };
        let mut list = Vec::with_capacity(flag.rules.len().saturating_add(2));
        let required = Decision::new(flag.off, Some(RuleRef::Require), Reason::TargetingMatch);
        list.extend([default, Outcome::Decided(required)]);
        for (rule, number) in flag.rules.iter().zip(0_u16..) {
            list.push(self.serve(&rule.serve, Some(RuleRef::Index(number)), Reason::TargetingMatch));
        }
        let mut entry = OUTCOME;
        let rules = flag.rules.len() as u16;
        for (rule, number) in flag.rules.iter().rev().zip((0..rules).rev()) {
            let target = OUTCOME.wrapping_add(2).wrapping_add(number);
            self.part = number;
            entry = match &rule.condition {
                Some(condition) => self.condition(condition, false, target, entry),
                None => target,
            };
        }
        if let Some(condition) = &flag.require {
            self.part = REQUIRE;
            entry = self.condition(condition, false, entry, OUTCOME.wrapping_add(1));
        }
        let tests = index(&self.ruleset.tests);
        let tests_len = self.program.len() as u16;
        let entry = self.place(entry);
        self.ruleset.outcomes.extend(list);
        let names = index(&self.ruleset.names);
        for variant in &flag.variants {
            let (name, _) = self.ruleset.texts.intern(variant.name.text.as_bytes());
            let value = self.value(variant.value);
            self.ruleset.names.extend([name, value]);
        }
        for rule in &flag.rules {
            let name = rule.name.as_ref().map(|name| self.ruleset.texts.intern(name.as_bytes()).0);
            self.ruleset.names.push(name.unwrap_or(NONE));
        }
        Flag {
            kind: entry.map(|_| flag.kind),
            enabled: flag.enabled,
            killed: false,
            off: Decision::new(flag.off, None, Reason::Disabled),
            entry: entry.unwrap_or(OUTCOME),
            rules: flag.rules.len() as u16,
            variants: flag.variants.len() as u16,
            tests,
            tests_len,
            outcomes,
            needs: 0,
            needs_len: 0,
            names,
            metadata: flag.metadata.map_or(NONE, |json| self.value(json)),
        }
    }

    /// JSON text without insignificant space, interned.
    fn value(&mut self, json: &str) -> u32 {
        self.scratch.clear();
        compact(json.as_bytes(), &mut self.scratch);
        self.ruleset.texts.intern(&self.scratch).0
    }

    /// Moves the program at hand into the ruleset, first test first, and
    /// returns the entry's new number; none if a jump led backwards.
    fn place(&mut self, entry: u16) -> Option<u16> {
        let last = self.program.len().wrapping_sub(1) as u16;
        let turn = |to: u16| if to < OUTCOME { last.wrapping_sub(to) } else { to };
        let base = index(&self.ruleset.tests);
        // References were noted by their place in the program at hand.
        for reference in self.references.iter_mut().rev().take_while(|r| r.test >= PENDING) {
            reference.test = base.wrapping_add(turn((reference.test & !PENDING) as u16).into());
        }
        // INVARIANT: jumps lead forward, so every evaluation ends. None is
        // built otherwise; a program that were would break its flag here.
        let mut forward = true;
        for ((test, place), at) in self.program.drain(..).rev().zip(0_u16..) {
            let (if_true, if_false) = (turn(test.if_true), turn(test.if_false));
            forward &= if_true > at && if_false > at;
            self.ruleset.tests.push(Test { if_true, if_false, ..test });
            self.ruleset.places.push(place);
        }
        forward.then(|| turn(entry))
    }

    /// The program for a condition that goes on to `if_true` when it is known
    /// to be true (under `negate`: known to be false), else to `if_false`.
    /// Recursion is bounded by the depth that the reader allows.
    fn condition(&mut self, c: &Condition<'_>, negate: bool, if_true: u16, if_false: u16) -> u16 {
        match &c.kind {
            ConditionKind::Not(inner) => self.condition(inner, !negate, if_true, if_false),
            ConditionKind::All(list) if !negate => self.each(list, negate, if_true, if_false, true),
            ConditionKind::Any(list) if negate => self.each(list, negate, if_true, if_false, true),
            ConditionKind::All(list) | ConditionKind::Any(list) => {
                self.each(list, negate, if_true, if_false, false)
            }
            leaf => {
                let (op, slot, operand) = self.leaf(leaf);
                let part = self.part;
                let test = Test { slot, operand, if_true, if_false, part, op, negate };
                self.program.push((test, c.span.start));
                self.program.len().wrapping_sub(1) as u16
            }
        }
    }

    /// A list of which every one (`all`) or any one has to hold.
    fn each(
        &mut self,
        list: &[Condition<'_>],
        negate: bool,
        if_true: u16,
        if_false: u16,
        all: bool,
    ) -> u16 {
        let mut next = if all { if_true } else { if_false };
        for condition in list.iter().rev() {
            next = if all {
                self.condition(condition, negate, next, if_false)
            } else {
                self.condition(condition, negate, if_true, next)
            };
        }
        next
    }

    /// Operator, slot and operand of a leaf condition.
    fn leaf(&mut self, kind: &ConditionKind<'_>) -> (Op, u32, u32) {
        match kind {
            // INVARIANT: `condition` handles these three before.
            ConditionKind::All(_) | ConditionKind::Any(_) | ConditionKind::Not(_) => {
                (Op::Unknown, 0, 0)
            }
            ConditionKind::Segment(name) => {
                self.refer(name, None);
                (Op::Segment, 0, NONE)
            }
            ConditionKind::Flag { key, is, .. } => {
                let start = index(&self.choices);
                for name in is {
                    let (text, _) = self.ruleset.texts.intern(name.text.as_bytes());
                    self.choices.push((text, name.span));
                }
                self.refer(key, Some((start, is.len() as u32)));
                (Op::Flag, 0, NONE)
            }
            ConditionKind::Bucket { line, from, to } => {
                let (slot, seed) = self.line(line);
                let span = (bucket::cut(*from) as i64, bucket::cut(*to) as i64);
                let operand = self.span(span);
                self.span((seed as i64, 0));
                (Op::Bucket, slot, operand)
            }
            ConditionKind::Time { from, until, .. } => {
                let from = from.map(|instant| instant.millis);
                let until = until.map(|instant| instant.millis);
                self.ruleset.instants.extend(from);
                self.ruleset.instants.extend(until);
                let span = (from.unwrap_or(i64::MIN), until.unwrap_or(i64::MAX));
                (Op::Time, 0, self.span(span))
            }
            ConditionKind::Test { path, ignore_case, operation } => {
                self.test(path, *ignore_case, operation)
            }
        }
    }

    fn span(&mut self, span: (i64, i64)) -> u32 {
        self.ruleset.spans.push(span);
        index(&self.ruleset.spans).wrapping_sub(1)
    }

    fn refer(&mut self, name: &document::Name<'_>, is: Option<(u32, u32)>) {
        let test = index(&self.program) | PENDING;
        let (text, _) = self.ruleset.texts.intern(name.text.as_bytes());
        self.references.push(Reference { test, name: text, span: name.span, is, target: NONE });
    }

    /// The slot of a line's key, and the seed of its salt.
    fn line(&mut self, line: &Line<'_>) -> (u32, u64) {
        let slot = match &line.by {
            Some(path) => self.slot(path, View::Key),
            None => self.slot_of(&["targetingKey"], View::Key),
        };
        (slot, line.salt.as_deref().map_or(self.seed, bucket::seed))
    }

    fn slot(&mut self, path: &document::Path<'_>, view: View) -> u32 {
        self.slot_of(&path.segments, view)
    }

    /// The slot of a path in a view; made when it is first needed.
    fn slot_of<T: AsRef<str>>(&mut self, segments: &[T], view: View) -> u32 {
        // Lengths keep paths apart whose segments contain anything at all.
        self.scratch.clear();
        for segment in segments {
            let bytes = segment.as_ref().as_bytes();
            self.scratch.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            self.scratch.extend_from_slice(bytes);
        }
        let ruleset = &mut self.ruleset;
        let (path, new) = ruleset.path_names.intern(&self.scratch);
        if new {
            ruleset.paths.push(Path { slots: [NONE; VIEWS], atoms: false, text: false });
        }
        let Some(entry) = ruleset.paths.get_mut(path as usize) else { return NONE };
        entry.text |= view != View::Raw;
        let Some(slot) = entry.slots.get_mut(view as usize) else { return NONE };
        if *slot == NONE {
            *slot = index(&ruleset.slots);
            ruleset.slots.push(Slot { path, view });
        }
        *slot
    }

    fn test(
        &mut self,
        path: &document::Path<'_>,
        ignore_case: bool,
        operation: &Operation<'_>,
    ) -> (Op, u32, u32) {
        let fold = ignore_case;
        let view = match operation {
            Operation::Version(_) => View::Version,
            Operation::Before(_) | Operation::After(_) => View::Instant,
            Operation::Cidr(_) => View::Address,
            _ if fold => View::Folded,
            _ => View::Raw,
        };
        let slot = self.slot(path, view);
        let ruleset = &mut self.ruleset;
        let (mut atoms, mut text) = (false, false);
        let (op, operand) = match operation {
            Operation::Unknown { .. } => (Op::Unknown, 0),
            Operation::Exists => (Op::Exists, 0),
            Operation::Eq(Scalar::String(string)) => {
                atoms = true;
                (Op::Is, self.atom(string, fold) as u32)
            }
            Operation::Eq(Scalar::Number(value)) => (Op::In, self.set(NUMBERS, [number(*value)])),
            Operation::Eq(Scalar::Boolean(value)) => (Op::In, self.set(BOOLEANS, [(*value).into()])),
            Operation::In(list) | Operation::HasAny(list) | Operation::HasAll(list) => {
                atoms = true;
                let op = match operation {
                    Operation::In(_) => Op::In,
                    Operation::HasAny(_) => Op::HasAny,
                    _ => Op::HasAll,
                };
                (op, self.list(list, fold))
            }
            Operation::StartsWith(list) => (Op::StartsWith, self.texts(list, fold)),
            Operation::EndsWith(list) => (Op::EndsWith, self.texts(list, fold)),
            Operation::Contains(list) => (Op::Contains, self.texts(list, fold)),
            Operation::Lt(value) => (Op::Less, Self::float(ruleset, *value)),
            Operation::Le(value) => (Op::LessOrEqual, Self::float(ruleset, *value)),
            Operation::Gt(value) => (Op::Greater, Self::float(ruleset, *value)),
            Operation::Ge(value) => (Op::GreaterOrEqual, Self::float(ruleset, *value)),
            Operation::Before(instant) => (Op::Before, self.span((instant.millis, 0))),
            Operation::After(instant) => (Op::After, self.span((instant.millis, 0))),
            Operation::Version(list) => {
                let start = index(&ruleset.intervals);
                for text in &list.texts {
                    let range = version::Range::parse(text.as_bytes()).unwrap_or_default();
                    let low = self.bound(range.low);
                    let high = self.bound(range.high);
                    self.ruleset.intervals.push(Interval { low, high });
                }
                (Op::Version, self.run(0, start, list.texts.len()))
            }
            Operation::Cidr(list) => {
                let start = index(&ruleset.networks);
                let networks = list.texts.iter().map(|text| Network::parse(text.as_bytes()));
                ruleset.networks.extend(networks.flatten().map(|(network, _)| network));
                (Op::Cidr, self.run(0, start, list.texts.len()))
            }
        };
        if let Op::StartsWith | Op::EndsWith | Op::Contains = op {
            text = true;
        }
        let path = self.ruleset.slots.get(slot as usize).map_or(NONE, |slot| slot.path);
        if let Some(path) = self.ruleset.paths.get_mut(path as usize) {
            path.atoms |= atoms;
            path.text |= text;
        }
        (op, slot, operand)
    }

    fn float(ruleset: &mut Ruleset, value: f64) -> u32 {
        ruleset.numbers.push(value);
        index(&ruleset.numbers).wrapping_sub(1)
    }

    /// A run of elements in the operator's pool, as a list.
    fn run(&mut self, tag: u32, start: u32, len: usize) -> u32 {
        self.ruleset.lists.push(List { tag, start, len: len as u32 });
        index(&self.ruleset.lists).wrapping_sub(1)
    }

    /// The text in the case in which it is compared.
    fn folded(&mut self, text: &str, fold: bool) -> &[u8] {
        self.scratch.clear();
        self.scratch.extend_from_slice(text.as_bytes());
        if fold {
            self.scratch.make_ascii_lowercase();
        }
        &self.scratch
    }

    fn atom(&mut self, text: &str, fold: bool) -> u64 {
        self.folded(text, fold);
        self.ruleset.atoms.intern(&self.scratch).0.into()
    }

    fn set(&mut self, tag: u32, elements: impl IntoIterator<Item = u64>) -> u32 {
        let pool = &mut self.ruleset.elements;
        let start = pool.len();
        pool.extend(elements);
        let len = pool.len().wrapping_sub(start);
        sort(pool.get_mut(start..).unwrap_or_default(), |a, b| a < b);
        self.run(tag, start as u32, len)
    }

    fn list(&mut self, list: &document::List<'_>, fold: bool) -> u32 {
        match list {
            document::List::Strings(texts) => {
                let atoms: Vec<u64> = texts.iter().map(|text| self.atom(text, fold)).collect();
                self.set(STRINGS, atoms)
            }
            document::List::Numbers(values) => self.set(NUMBERS, values.iter().map(|v| number(*v))),
            document::List::Booleans(values) => {
                self.set(BOOLEANS, values.iter().map(|v| u64::from(*v)))
            }
        }
    }

    fn texts(&mut self, list: &document::Texts<'_>, fold: bool) -> u32 {
        let start = index(&self.ruleset.elements);
        for text in &list.texts {
            self.folded(text, fold);
            let (text, _) = self.ruleset.texts.intern(&self.scratch);
            self.ruleset.elements.push(text.into());
        }
        self.run(STRINGS, start, list.texts.len())
    }

    fn bound(&mut self, bound: Option<version::Bound<'_>>) -> Option<Bound> {
        let version::Bound { version, inclusive } = bound?;
        let (pre, _) = self.ruleset.texts.intern(version.pre);
        Some(Bound { parts: [version.major, version.minor, version.patch], pre, inclusive })
    }

    /// What a serve comes to when it is reached; `reason` is that of a variant.
    fn serve(&mut self, serve: &Serve<'_>, rule: Option<RuleRef>, reason: Reason) -> Outcome {
        let (line, without_key, start, len, ramp) = match serve {
            Serve::Variant(variant) => {
                return Outcome::Decided(Decision::new(Some(*variant), rule, reason));
            }
            Serve::Rollout(rollout) => {
                let start = index(&self.ruleset.cuts);
                let mut sum = 0_u32;
                for share in &rollout.shares {
                    sum = sum.saturating_add(share.thousandths);
                    let cut = Cut { end: bucket::cut(sum), variant: share.variant };
                    self.ruleset.cuts.push(cut);
                }
                (&rollout.line, rollout.without_key, start, rollout.shares.len(), None)
            }
            Serve::Ramp(ramp) => {
                let start = index(&self.ruleset.steps);
                for step in &ramp.steps {
                    let at = step.at.millis;
                    self.ruleset.instants.push(at);
                    self.ruleset.steps.push(Step { at, cut: bucket::cut(step.thousandths) });
                }
                let pair = Some((ramp.variant, ramp.rest));
                (&ramp.line, ramp.without_key, start, ramp.steps.len(), pair)
            }
        };
        let (slot, seed) = self.line(line);
        let place = line.span.start;
        let len = len as u32;
        self.ruleset.splits.push(Split { slot, place, seed, start, len, without_key, ramp });
        let split = index(&self.ruleset.splits).wrapping_sub(1);
        Outcome::Split(Decision::new(None, rule, Reason::Split), split)
    }
}

/// Marks a reference whose test is still in the program at hand.
const PENDING: u32 = 1 << 31;
