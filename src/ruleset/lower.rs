//! Parts of a flag to tests and outcomes.
//!
//! Conditions arrive each after what it consists of, and leave from the last
//! to the first: so a program is built from its end, and a jump can only lead
//! to what stands behind it. Negation is pushed down to the tests.

use super::program::{
    BOOLEANS, Bound, Cut, FALSE, Interval, List, NUMBERS, OUTCOME, Op, Outcome, Path, REQUIRE,
    Reference, STRINGS, Segment, Slot, Split, Step, TRUE, Test, VIEWS, View as Look,
};
use super::{Flag, NONE, Ruleset, ascending};
use crate::bucket;
use crate::compare::{address::Network, version};
use crate::decision::{Decision, Reason, RuleRef};
use crate::diagnostic::Span;
use crate::document::Operator;
use crate::document::check::{self, ABSENT, Build, Checked, Join, Leaf, Line, Serving, instant};
use crate::json::{Kind, View, compact, number};
use crate::pool::sort;
use crate::value::number as element;
use alloc::vec::Vec;

/// Turns parts of flags and segments into parts of a ruleset.
pub(super) struct Lowering {
    pub ruleset: Ruleset,
    /// In the order of the flags and segments that refer.
    pub references: Vec<Reference>,
    /// Variant names of flag conditions: text and place.
    pub choices: Vec<(u32, Span)>,
    /// Conditions of the flag at hand, each after what it consists of.
    items: Vec<(Item, u32)>,
    /// For each rule of the flag at hand, whether it has a condition.
    rules: Vec<bool>,
    /// What the last serve gives: a variant, or none and a split.
    served: (Option<u16>, u32),
    /// The program at hand, last test first.
    program: Vec<(Test, u32)>,
    /// The rule whose condition is lowered, or [`REQUIRE`].
    part: u16,
    /// The seed of the flag at hand for lines without a salt.
    seed: u64,
    /// Where the parts of the flag at hand begin in the ruleset's pools.
    start: Start,
    text: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Start {
    names: u32,
    asks: u32,
    outcomes: u32,
    references: u32,
    /// Of the rollout or ramp at hand.
    cuts: u32,
    steps: u32,
    /// Thousandths of the shares so far.
    sum: u32,
}

#[derive(Clone, Copy)]
enum Item {
    Leaf(Op, u32, u32),
    Join(Join),
}

fn index<T>(list: &[T]) -> u32 {
    list.len() as u32
}

fn last<T>(list: &[T]) -> u32 {
    index(list).wrapping_sub(1)
}

impl Lowering {
    pub(super) const fn new() -> Self {
        Self {
            ruleset: Ruleset::empty(),
            references: Vec::new(),
            choices: Vec::new(),
            items: Vec::new(),
            rules: Vec::new(),
            served: (None, NONE),
            program: Vec::new(),
            part: REQUIRE,
            seed: 0,
            start: Start {
                names: 0,
                asks: 0,
                outcomes: 0,
                references: 0,
                cuts: 0,
                steps: 0,
                sum: 0,
            },
            text: Vec::new(),
        }
    }

    /// The segment of the last condition.
    pub(super) fn segment(&mut self, sound: bool) -> Segment {
        let tests = index(&self.ruleset.tests);
        let mut entry = None;
        if sound {
            let first = self.lower(false, TRUE, FALSE);
            entry = self.place(first);
        } else {
            self.references.truncate(self.start.references as usize);
        }
        let asks = [self.start.asks, index(&self.ruleset.asks)];
        Segment { tests, asks, entry: entry.unwrap_or(FALSE), broken: entry.is_none() }
    }

    /// The flag of the last parts.
    pub(super) fn flag(&mut self, view: &View<'_, '_>, flag: Option<Checked>) -> Flag {
        let Some(flag) = flag else {
            self.references.truncate(self.start.references as usize);
            return Flag::broken();
        };
        let rules = self.rules.len() as u16;
        let fixed = rules == 0 && !flag.require;
        if !flag.serve {
            self.served = (None, NONE);
        }
        let default = self.outcome(None, if fixed { Reason::Static } else { Reason::Default });
        let required = Decision::new(flag.off, Some(RuleRef::Require), Reason::TargetingMatch);
        // INVARIANT: outcome 0 is the default serve, 1 `require`, 2 and on
        // the rules.
        let outcomes = self.start.outcomes;
        for (at, outcome) in [(0, default), (1, Outcome::Decided(required))] {
            let place = outcomes.wrapping_add(at) as usize;
            if let Some(place) = self.ruleset.outcomes.get_mut(place) {
                *place = outcome;
            }
        }
        let mut entry = OUTCOME;
        self.part = rules;
        while let Some(conditional) = self.rules.pop() {
            self.part = self.part.wrapping_sub(1);
            let target = OUTCOME.wrapping_add(2).wrapping_add(self.part);
            entry = if conditional { self.lower(false, target, entry) } else { target };
        }
        if flag.require {
            self.part = REQUIRE;
            entry = self.lower(false, entry, OUTCOME.wrapping_add(1));
        }
        let tests = index(&self.ruleset.tests);
        let entry = self.place(entry);
        let metadata = if flag.metadata == ABSENT { NONE } else { self.value(view, flag.metadata) };
        let names = self.start.names;
        let pairs = index(&self.ruleset.names).wrapping_sub(names).wrapping_sub(rules.into());
        Flag {
            kind: entry.map(|_| flag.kind),
            enabled: flag.enabled,
            killed: false,
            off: Decision::new(flag.off, None, Reason::Disabled),
            entry: entry.unwrap_or(OUTCOME),
            rules,
            variants: (pairs / 2) as u16,
            tests,
            asks: [self.start.asks, index(&self.ruleset.asks)],
            outcomes,
            needs: 0,
            needs_len: 0,
            names,
            metadata,
        }
    }

    /// What the last serve comes to; `reason` is that of a variant.
    fn outcome(&self, rule: Option<RuleRef>, reason: Reason) -> Outcome {
        match self.served {
            (variant, NONE) => Outcome::Decided(Decision::new(variant, rule, reason)),
            (_, split) => Outcome::Split(Decision::new(None, rule, Reason::Split), split),
        }
    }

    /// JSON text without insignificant space, interned.
    fn value(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        self.text.clear();
        compact(view.raw(id), &mut self.text);
        self.ruleset.texts.intern(&self.text).0
    }

    fn name(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        self.ruleset.texts.intern(view.text(id, &mut self.text)).0
    }

    /// The program of the last condition not yet lowered. It goes on to
    /// `if_true` when the condition is known to be true (under `negate`: known
    /// to be false), else to `if_false`. Recursion is bounded by the depth
    /// that the reader allows.
    fn lower(&mut self, negate: bool, if_true: u16, if_false: u16) -> u16 {
        let (count, all) = match self.items.pop() {
            None => return if_false,
            Some((Item::Join(Join::Not), _)) => return self.lower(!negate, if_true, if_false),
            Some((Item::Join(Join::All(count)), _)) => (count, !negate),
            Some((Item::Join(Join::Any(count)), _)) => (count, negate),
            Some((Item::Leaf(op, slot, operand), place)) => {
                if let Op::Segment | Op::Flag = op
                    && let Some(reference) = self.references.get_mut(operand as usize)
                {
                    reference.test = index(&self.program);
                }
                let part = self.part;
                let test = Test { slot, operand, if_true, if_false, part, op, negate };
                self.program.push((test, place));
                return last(&self.program) as u16;
            }
        };
        let mut next = if all { if_true } else { if_false };
        for _ in 0..count {
            next = if all {
                self.lower(negate, next, if_false)
            } else {
                self.lower(negate, if_true, next)
            };
        }
        next
    }

    /// Moves the program at hand into the ruleset, first test first, and
    /// returns the entry's new number; none if a jump led backwards.
    fn place(&mut self, entry: u16) -> Option<u16> {
        let end = last(&self.program) as u16;
        let turn = |to: u16| if to < OUTCOME { end.wrapping_sub(to) } else { to };
        let base = index(&self.ruleset.tests);
        for reference in self.references.iter_mut().skip(self.start.references as usize) {
            reference.test = base.wrapping_add(turn(reference.test as u16).into());
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

    fn refer(&mut self, view: &View<'_, '_>, id: u32, is: Option<(u32, u32)>) -> u32 {
        let name = self.name(view, id);
        let span = view.span(id);
        self.references.push(Reference { test: 0, name, span, is, target: NONE });
        last(&self.references)
    }

    fn span(&mut self, span: (i64, i64)) -> u32 {
        self.ruleset.spans.push(span);
        last(&self.ruleset.spans)
    }

    /// The slot of a line's key, and the seed of its salt.
    fn line(&mut self, view: &View<'_, '_>, line: &Line<'_>) -> (u32, u64) {
        let seed = if line.salt == ABSENT { self.seed } else { self.seed_of(view, line.salt) };
        (self.slot(line.path, Look::Key, false), seed)
    }

    fn seed_of(&mut self, view: &View<'_, '_>, id: u32) -> u64 {
        bucket::seed(view.text(id, &mut self.text))
    }

    /// The slot of a path in a view; made when it is first needed.
    fn slot(&mut self, path: &[u8], look: Look, atoms: bool) -> u32 {
        let ruleset = &mut self.ruleset;
        let (path, new) = ruleset.path_names.intern(path);
        if new {
            ruleset.paths.push(Path { slots: [NONE; VIEWS], atoms: false, text: false });
        }
        ruleset.asks.push(path);
        let Some(entry) = ruleset.paths.get_mut(path as usize) else { return NONE };
        entry.atoms |= atoms;
        entry.text |= look != Look::Raw;
        let Some(slot) = entry.slots.get_mut(look as usize) else { return NONE };
        if *slot == NONE {
            *slot = index(&ruleset.slots);
            ruleset.slots.push(Slot { view: look });
        }
        *slot
    }

    fn test(&mut self, view: &View<'_, '_>, test: &check::Test<'_>) -> Item {
        let (op, id) = (test.op, test.value);
        let fold = test.ignore_case != ABSENT;
        let look = match op {
            Operator::Version => Look::Version,
            Operator::Before | Operator::After => Look::Instant,
            Operator::Cidr => Look::Address,
            _ if fold && op != Operator::Unknown => Look::Folded,
            _ => Look::Raw,
        };
        let sets = matches!(op, Operator::Eq | Operator::In | Operator::HasAny | Operator::HasAll);
        let slot = self.slot(test.path, look, sets);
        let (op, operand) = match op {
            Operator::Unknown => (Op::Unknown, 0),
            Operator::Exists => (Op::Exists, 0),
            Operator::Eq if view.kind(id) == Kind::String => {
                (Op::Is, self.element(view, id, fold) as u32)
            }
            Operator::Eq | Operator::In => (Op::In, self.set(view, id, fold)),
            Operator::HasAny => (Op::HasAny, self.set(view, id, fold)),
            Operator::HasAll => (Op::HasAll, self.set(view, id, fold)),
            Operator::Lt => (Op::Less, self.float(view, id)),
            Operator::Le => (Op::LessOrEqual, self.float(view, id)),
            Operator::Gt => (Op::Greater, self.float(view, id)),
            Operator::Ge => (Op::GreaterOrEqual, self.float(view, id)),
            Operator::Before | Operator::After => {
                let millis = instant(view, id, &mut self.text).unwrap_or_default();
                let op = if op == Operator::Before { Op::Before } else { Op::After };
                (op, self.span((millis, 0)))
            }
            Operator::StartsWith
            | Operator::EndsWith
            | Operator::Contains
            | Operator::Version
            | Operator::Cidr => self.texts(view, id, test.path, op, fold),
        };
        Item::Leaf(op, slot, operand)
    }

    fn float(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        let value = number::decimal(view.raw(id)).float().unwrap_or_default();
        self.ruleset.numbers.push(value);
        last(&self.ruleset.numbers)
    }

    /// A run of elements in the operator's pool, as a list.
    fn run(&mut self, tag: u32, start: u32, len: u32) -> u32 {
        self.ruleset.lists.push(List { tag, start, len });
        last(&self.ruleset.lists)
    }

    /// A constant as an element of a set.
    fn element(&mut self, view: &View<'_, '_>, id: u32, fold: bool) -> u64 {
        match view.kind(id) {
            Kind::Number => element(number::decimal(view.raw(id)).float().unwrap_or_default()),
            Kind::Boolean => u64::from(view.raw(id) == b"true"),
            _ => {
                let text = self.folded(view, id, fold);
                self.ruleset.atoms.intern(&text).0.into()
            }
        }
    }

    /// A text in the case in which it is compared.
    fn folded(&mut self, view: &View<'_, '_>, id: u32, fold: bool) -> Vec<u8> {
        let mut text = view.text(id, &mut self.text).to_vec();
        if fold {
            text.make_ascii_lowercase();
        }
        text
    }

    /// A constant or a list of them as a set.
    fn set(&mut self, view: &View<'_, '_>, id: u32, fold: bool) -> u32 {
        let start = self.ruleset.elements.len();
        let (mut item, end, first) = span_of(view, id);
        while item < end {
            let element = self.element(view, item, fold);
            self.ruleset.elements.push(element);
            item = view.next(item);
        }
        let list = self.ruleset.elements.get_mut(start..).unwrap_or_default();
        let len = index(list);
        sort(list);
        let tag = match view.kind(first) {
            Kind::Number => NUMBERS,
            Kind::Boolean => BOOLEANS,
            _ => STRINGS,
        };
        self.run(tag, start as u32, len)
    }

    /// A text or a list of them: parts of texts, version ranges or networks.
    fn texts(
        &mut self,
        view: &View<'_, '_>,
        id: u32,
        path: &[u8],
        op: Operator,
        fold: bool,
    ) -> (Op, u32) {
        let (op, start) = match op {
            Operator::Version => (Op::Version, index(&self.ruleset.intervals)),
            Operator::Cidr => (Op::Cidr, index(&self.ruleset.networks)),
            Operator::StartsWith => (Op::StartsWith, index(&self.ruleset.elements)),
            Operator::EndsWith => (Op::EndsWith, index(&self.ruleset.elements)),
            _ => (Op::Contains, index(&self.ruleset.elements)),
        };
        let (mut item, end, _) = span_of(view, id);
        let mut len = 0_u32;
        while item < end {
            let text = self.folded(view, item, fold);
            match op {
                Op::Version => {
                    // The check has parsed it; were it refused here, it would
                    // match nothing.
                    if let Ok(range) = version::Range::parse(&text) {
                        let (low, high) = (self.bound(range.low), self.bound(range.high));
                        self.ruleset.intervals.push(Interval { low, high });
                    }
                }
                Op::Cidr => {
                    let network = Network::parse(&text).map(|(network, _)| network);
                    self.ruleset.networks.extend(network);
                }
                _ => {
                    let (text, _) = self.ruleset.texts.intern(&text);
                    self.ruleset.elements.push(text.into());
                }
            }
            len = len.wrapping_add(1);
            item = view.next(item);
        }
        if let Op::StartsWith | Op::EndsWith | Op::Contains = op {
            let path = self.ruleset.path_names.find(path).unwrap_or(NONE);
            if let Some(path) = self.ruleset.paths.get_mut(path as usize) {
                path.text = true;
            }
        }
        let len = match op {
            Op::Version => index(&self.ruleset.intervals).wrapping_sub(start),
            Op::Cidr => index(&self.ruleset.networks).wrapping_sub(start),
            _ => len,
        };
        (op, self.run(STRINGS, start, len))
    }

    fn bound(&mut self, bound: Option<version::Bound<'_>>) -> Option<Bound> {
        let version::Bound { version, inclusive } = bound?;
        let (pre, _) = self.ruleset.texts.intern(version.pre);
        Some(Bound { parts: [version.major, version.minor, version.patch], pre, inclusive })
    }
}

/// The values of a list, or a single one: first, end, and the first again.
fn span_of(view: &View<'_, '_>, id: u32) -> (u32, u32, u32) {
    if view.kind(id) == Kind::Array {
        let (first, end) = view.children(id);
        (first, end, first)
    } else {
        (id, view.next(id), id)
    }
}

impl<'a> Build<'a> for Lowering {
    fn salt(&mut self, view: &View<'_, 'a>, id: u32) {
        self.seed = self.seed_of(view, id);
    }

    fn begin(&mut self, _: &View<'_, 'a>) {
        self.items.clear();
        self.rules.clear();
        self.program.clear();
        self.seed = 0;
        let ruleset = &mut self.ruleset;
        self.start = Start {
            names: index(&ruleset.names),
            asks: index(&ruleset.asks),
            outcomes: index(&ruleset.outcomes),
            references: index(&self.references),
            cuts: index(&ruleset.cuts),
            steps: index(&ruleset.steps),
            sum: 0,
        };
        let none = Outcome::Decided(Decision::from_bits(0));
        ruleset.outcomes.extend_from_slice(&[none, none]);
        self.part = REQUIRE;
    }

    fn variant(&mut self, view: &View<'_, 'a>, name: u32, value: u32) {
        let name = self.name(view, name);
        let value = self.value(view, value);
        self.ruleset.names.extend_from_slice(&[name, value]);
    }

    fn leaf(&mut self, view: &View<'_, 'a>, id: u32, leaf: Leaf<'_>) {
        let item = match leaf {
            Leaf::Segment(name) => Item::Leaf(Op::Segment, 0, self.refer(view, name, None)),
            Leaf::Flag(key, is) => {
                let start = index(&self.choices);
                let (mut item, end, _) = span_of(view, is);
                while item < end {
                    let text = self.name(view, item);
                    self.choices.push((text, view.span(item)));
                    item = view.next(item);
                }
                let count = index(&self.choices).wrapping_sub(start);
                Item::Leaf(Op::Flag, 0, self.refer(view, key, Some((start, count))))
            }
            Leaf::Bucket(line, from, to) => {
                let (slot, seed) = self.line(view, &line);
                let operand = self.span((bucket::cut(from) as i64, bucket::cut(to) as i64));
                self.span((seed as i64, 0));
                Item::Leaf(Op::Bucket, slot, operand)
            }
            Leaf::Time(from, until, _) => {
                let mut ends = [i64::MIN, i64::MAX];
                for (id, end) in [from, until].into_iter().zip(&mut ends) {
                    if id != ABSENT {
                        *end = instant(view, id, &mut self.text).unwrap_or_default();
                        self.ruleset.instants.push(ascending(*end));
                    }
                }
                Item::Leaf(Op::Time, 0, self.span(ends.into()))
            }
            Leaf::Test(test) => self.test(view, &test),
        };
        self.items.push((item, view.span(id).start));
    }

    fn join(&mut self, _: &View<'_, 'a>, _: u32, join: Join) {
        self.items.push((Item::Join(join), 0));
    }

    fn require(&mut self) {}

    fn share(&mut self, _: &View<'_, 'a>, _: u32, variant: u16, thousandths: u32) {
        self.start.sum = self.start.sum.saturating_add(thousandths);
        let end = bucket::cut(self.start.sum);
        self.ruleset.cuts.push(Cut { end, variant });
    }

    fn step(&mut self, view: &View<'_, 'a>, _: u32, at: u32, thousandths: u32) {
        let at = instant(view, at, &mut self.text).unwrap_or_default();
        self.ruleset.instants.push(ascending(at));
        self.ruleset.steps.push(Step { at, cut: bucket::cut(thousandths) });
    }

    fn serve(&mut self, view: &View<'_, 'a>, serve: Serving<'_>) {
        let (line, without_key, ramp) = match serve {
            Serving::Variant(variant) => {
                self.served = (Some(variant), NONE);
                return;
            }
            Serving::Rollout(line, without_key) => (line, without_key, None),
            Serving::Ramp(line, without_key, variant, rest) => {
                (line, without_key, Some((variant, rest)))
            }
        };
        let (slot, seed) = self.line(view, &line);
        let place = view.span(line.id).start;
        let (cuts, steps) = (index(&self.ruleset.cuts), index(&self.ruleset.steps));
        let (start, end) = match ramp {
            None => (self.start.cuts, cuts),
            Some(_) => (self.start.steps, steps),
        };
        (self.start.cuts, self.start.steps, self.start.sum) = (cuts, steps, 0);
        let len = end.wrapping_sub(start);
        self.ruleset.splits.push(Split { slot, place, seed, start, len, without_key, ramp });
        self.served = (None, last(&self.ruleset.splits));
    }

    fn rule(&mut self, view: &View<'_, 'a>, _: u32, name: u32, conditional: bool) {
        let rule = RuleRef::Index(self.rules.len() as u16);
        let outcome = self.outcome(Some(rule), Reason::TargetingMatch);
        self.ruleset.outcomes.push(outcome);
        let name = if name == ABSENT { NONE } else { self.name(view, name) };
        self.ruleset.names.push(name);
        self.rules.push(conditional);
    }
}
