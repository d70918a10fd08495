//! Parts of a flag to tests and outcomes.
//!
//! Conditions arrive each after what it consists of, and leave from the last
//! to the first: so a program is built from its end, and a jump can only lead
//! to a test that is already there. Negation is pushed down to the tests.

use super::program::{
    BOOLEANS, FALSE, LINE_WORDS, NUMBERS, Op, REQUIRE, Reference, STRINGS, TRUE, Test, VIEWS,
    View as Look, division, end, key, key_parts, list, outcome, path_needs,
};
use super::share::Shared;
use super::{Flag, NONE, Ruleset, ascending};
use crate::bucket;
use crate::compare::address::Network;
use crate::compare::version::{Bound, Range};
use crate::decision::{Decision, NO_RULE, NO_VARIANT, REQUIRED, Reason};
use crate::diagnostic::Span;
use crate::document::build::{self, ABSENT, Build, Checked, Join, Line, Time, first, instant};
use crate::document::{Kind as DocumentKind, Operator};
use crate::json::{Kind, View, compact};
use crate::pool::{append, append_long, sort};
use crate::value::number as element;
use alloc::vec::Vec;

/// Turns parts of flags and segments into parts of a ruleset.
pub(super) struct Lowering {
    pub ruleset: Ruleset,
    /// In the order of the flags and segments that refer.
    pub references: Vec<Reference>,
    /// Variant names of flag conditions, three words each: the text, and where
    /// it starts and ends.
    pub choices: Vec<u32>,
    /// Conditions of the flag at hand, each after what it consists of; a rule
    /// without a condition has one that always holds.
    items: Vec<Item>,
    /// The rule whose condition is lowered, or [`REQUIRE`].
    part: u16,
    /// What the last serve gives: a variant, or none and a division.
    served: u16,
    division: u32,
    /// The line begun last, among the constants.
    line: u32,
    /// The variant that has all of the shares on it so far.
    whole: u16,
    /// The seed of the flag at hand for lines without a salt.
    seed: u64,
    /// The flag or segment at hand, broken until it is known to be sound.
    record: Flag,
    /// Its numbers, see [`Flag::numbers`], and apart from them the paths that
    /// it asks for.
    names: Vec<u64>,
    asks: Vec<u64>,
    /// Its outcomes.
    outcomes: Vec<u64>,
    /// Where its references begin.
    referred: u32,
    shared: Shared,
    programs: Shared,
    text: Vec<u8>,
    folded: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Item {
    kind: ItemKind,
    place: u32,
    slot: u32,
    /// The operand; of a join, how many it joins.
    operand: u32,
}

#[derive(Clone, Copy)]
enum ItemKind {
    Leaf(Op),
    Join(Join),
}

fn index<T>(list: &[T]) -> u32 {
    list.len() as u32
}

impl Lowering {
    pub(super) const fn new() -> Self {
        Self {
            ruleset: Ruleset::empty(),
            references: Vec::new(),
            choices: Vec::new(),
            items: Vec::new(),
            part: REQUIRE,
            served: NO_VARIANT,
            division: NONE,
            line: 0,
            whole: NO_VARIANT,
            seed: 0,
            record: Flag::BROKEN,
            names: Vec::new(),
            asks: Vec::new(),
            outcomes: Vec::new(),
            referred: 0,
            shared: Shared::new(),
            programs: Shared::new(),
            text: Vec::new(),
            folded: Vec::new(),
        }
    }

    /// The segment of the last condition.
    pub(super) fn segment(&mut self, sound: bool) {
        if sound {
            self.record.kind = Some(DocumentKind::Boolean);
            self.record.entry = self.lower(false, TRUE, FALSE);
        }
        self.end_parts(sound, NONE);
        self.ruleset.segments.push(self.record);
    }

    /// The flag of the last parts.
    pub(super) fn flag(&mut self, view: &View<'_, '_>, flag: Option<&Checked>) {
        let metadata = flag.map_or(NONE, |flag| self.sound(view, flag));
        self.end_parts(flag.is_some(), metadata);
        self.ruleset.flags.push(self.record);
    }

    /// Keeps the numbers of the flag or segment at hand; of a broken one,
    /// nothing.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn end_parts(&mut self, sound: bool, metadata: u32) {
        if sound {
            self.note(metadata, NONE);
            let head = self.here();
            self.ruleset.constants.extend_from_slice(&self.names);
            self.ruleset.constants.extend_from_slice(&self.asks);
            // INVARIANT: 16,384 tests and 4,095 serves ask for no more than 16 bits can count.
            self.record.asks = self.asks.len() as u16;
            self.record.names = self.shared.share(&mut self.ruleset.constants, head);
        } else {
            self.record = Flag::BROKEN;
            self.references.truncate(self.referred as usize);
        }
    }

    /// Fills the record of a sound flag; returns the text of its metadata.
    fn sound(&mut self, view: &View<'_, '_>, flag: &Checked) -> u32 {
        // INVARIANT: the outcomes of the rules are there; the default serve is
        // the next, and `require` the last.
        if !flag.serve() {
            self.serve(NO_VARIANT);
        }
        let rules = self.record.rules;
        let fixed = rules == 0 && !flag.require();
        self.end(NO_RULE, if fixed { Reason::Static } else { Reason::Default });
        self.serve(flag.off());
        self.end(REQUIRED, Reason::TargetingMatch);
        let mut entry = outcome(rules);
        self.part = rules;
        while self.part > 0 {
            self.part = self.part.wrapping_sub(1);
            entry = self.lower(false, outcome(self.part), entry);
        }
        if flag.require() {
            self.part = REQUIRE;
            entry = self.lower(false, entry, outcome(rules.wrapping_add(1)));
        }
        if self.referred == index(&self.references) {
            self.record.tests =
                self.programs.share_tests(&mut self.ruleset.tests, self.record.tests);
        }
        self.record.kind = Some(flag.kind());
        self.record.enabled = flag.enabled();
        self.record.off = Decision::pack(flag.off(), NO_RULE, Reason::Disabled);
        self.record.entry = entry;
        self.record.variants = index(&self.names).wrapping_sub(rules.into()) as u16;
        let outcomes = self.here();
        self.ruleset.constants.extend_from_slice(&self.outcomes);
        self.record.outcomes = self.shared.share(&mut self.ruleset.constants, outcomes);
        if flag.metadata() == ABSENT { NONE } else { self.value(view, flag.metadata()) }
    }

    /// Adds two numbers of the flag at hand.
    fn note(&mut self, low: u32, high: u32) {
        append_long(&mut self.names, list(high, low as usize));
    }

    /// An outcome from the last serve; `reason` is that of a variant.
    fn end(&mut self, rule: u16, reason: Reason) {
        let reason = if self.division == NONE { reason } else { Reason::Split };
        let decision = Decision::pack(self.served, rule, reason);
        append_long(&mut self.outcomes, end(decision, self.division));
    }

    /// JSON text without insignificant space, interned.
    fn value(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        self.text.clear();
        compact(view.raw(id), &mut self.text);
        self.ruleset.texts.number(&self.text)
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn name(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        self.ruleset.texts.number(view.text(id, &mut self.text))
    }

    /// The program of the last condition not yet lowered. It goes on to
    /// `if_true` when the condition is known to be true (under `negate`: known
    /// to be false), else to `if_false`. Recursion is bounded by the depth
    /// that the reader allows.
    fn lower(&mut self, negate: bool, if_true: i16, if_false: i16) -> i16 {
        let Some(Item { kind, place, slot, operand }) = self.items.pop() else { return if_false };
        let all = match kind {
            ItemKind::Join(Join::Not) => return self.lower(!negate, if_true, if_false),
            ItemKind::Join(join) => (join == Join::All) != negate,
            ItemKind::Leaf(op) => {
                if let Op::Segment | Op::Flag = op
                    && let Some(reference) = self.references.get_mut(operand as usize)
                {
                    reference.test = index(&self.ruleset.tests);
                }
                let part = self.part;
                let test = Test { slot, operand, if_true, if_false, part, op, negate };
                let number = index(&self.ruleset.tests).wrapping_sub(self.record.tests) as i16;
                // INVARIANT: so every evaluation ends.
                debug_assert!(if_true < number && if_false < number, "a jump leads back");
                self.ruleset.tests.push(test);
                append(&mut self.ruleset.places, place);
                return number;
            }
        };
        let mut next = if all { if_true } else { if_false };
        for _ in 0..operand {
            let (if_true, if_false) = if all { (next, if_false) } else { (if_true, next) };
            next = self.lower(negate, if_true, if_false);
        }
        next
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn leaf(&mut self, view: &View<'_, '_>, id: u32, op: Op, slot: u32, operand: u32) {
        let place = view.start(id);
        self.items.push(Item { kind: ItemKind::Leaf(op), place, slot, operand });
    }

    fn refer(&mut self, view: &View<'_, '_>, id: u32, is: (u32, u32)) -> u32 {
        let target = self.name(view, id);
        let span = view.span(id);
        self.references.push(Reference { test: 0, target, span, is });
        index(&self.references).wrapping_sub(1)
    }

    fn constant(&mut self, word: u64) {
        constant(&mut self.ruleset, word);
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn cut(&mut self, thousandths: u32) {
        self.constant(bucket::cut(thousandths));
    }

    /// Where the next constant will stand.
    fn here(&self) -> u32 {
        index(&self.ruleset.constants)
    }

    fn set_constant(&mut self, at: u32, word: u64) {
        if let Some(place) = self.ruleset.constants.get_mut(at as usize) {
            *place = word;
        }
    }

    /// An end of a span of time.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn moment(&mut self, written: u32, millis: i64) {
        self.constant(millis as u64);
        if written != ABSENT {
            append_long(&mut self.ruleset.instants, ascending(millis));
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn seed_of(&mut self, view: &View<'_, '_>, id: u32) -> u64 {
        bucket::seed(view.text(id, &mut self.text))
    }

    /// The slot of a path in a view.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn slot(&mut self, path: &[u8], look: Look, atoms: bool, text: bool) -> u32 {
        let ruleset = &mut self.ruleset;
        let (path, new) = ruleset.path_names.intern(path);
        if new {
            append(&mut ruleset.paths, 0);
        }
        append_long(&mut self.asks, list(path, path as usize));
        let text = text || look != Look::Raw;
        if let Some(entry) = ruleset.paths.get_mut(path as usize) {
            *entry |= 1 << look as u32 | path_needs(atoms, text);
        }
        path.wrapping_mul(VIEWS).wrapping_add(look as u32)
    }

    /// A constant or a list of them, as the operator has them.
    fn constants(&mut self, view: &View<'_, '_>, id: u32, op: Op, fold: bool) -> u32 {
        let head = self.here();
        self.constant(0);
        let (one, end) = (first(view, id), view.next(id));
        let mut item = one;
        while item < end {
            self.words(view, item, op, fold);
            item = view.next(item);
        }
        let start = head.wrapping_add(1) as usize;
        let words = self.ruleset.constants.get_mut(start..).unwrap_or_default();
        let len = words.len();
        if let Op::In | Op::HasAny | Op::HasAll = op {
            sort(words);
        }
        let tag = match view.kind(one) {
            Kind::Number => NUMBERS,
            Kind::Boolean => BOOLEANS,
            _ => STRINGS,
        };
        self.set_constant(head, list(tag, len));
        self.shared.share(&mut self.ruleset.constants, head)
    }

    /// Adds the words of a constant.
    ///
    /// INVARIANT: the check has read what is read here; what could not be would match nothing, or
    /// be 0.
    fn words(&mut self, view: &View<'_, '_>, id: u32, op: Op, fold: bool) {
        if let Op::Before | Op::After = op {
            let millis = instant(view, id, &mut self.text);
            return self.constant(millis.unwrap_or_default() as u64);
        }
        let text = match view.kind(id) {
            Kind::Number => {
                let value = view.decimal(id).float();
                return self.constant(element(value.unwrap_or_default()));
            }
            Kind::Boolean => return self.constant((view.len(id) == 4).into()),
            _ => view.text(id, &mut self.text),
        };
        let ruleset = &mut self.ruleset;
        let pool = match op {
            Op::Version => {
                if let Ok(Range { low, high }) = &Range::parse(text) {
                    add_end(ruleset, low);
                    add_end(ruleset, high);
                }
                return;
            }
            Op::Cidr => {
                if let Some((Network { v6, bits, mask }, _)) = &Network::parse(text) {
                    let high = |wide: u128| (wide >> 64) as u64;
                    constant(ruleset, u64::from(*v6));
                    constant(ruleset, high(*bits));
                    constant(ruleset, *bits as u64);
                    constant(ruleset, high(*mask));
                    constant(ruleset, *mask as u64);
                }
                return;
            }
            Op::StartsWith | Op::EndsWith | Op::Contains => &mut ruleset.texts,
            _ => &mut ruleset.atoms,
        };
        let mut text = text;
        if fold {
            self.folded.clear();
            self.folded.extend_from_slice(text);
            self.folded.make_ascii_lowercase();
            text = &self.folded;
        }
        let word = pool.number(text).into();
        self.constant(word);
    }
}

/// How an operator is asked, and how it looks at the attribute.
fn meaning(operator: Operator) -> (Op, Look) {
    const fn of(operator: Operator) -> (Op, Look) {
        match operator {
            Operator::Unknown => (Op::Unknown, Look::Raw),
            Operator::Exists => (Op::Exists, Look::Raw),
            Operator::Eq | Operator::In => (Op::In, Look::Raw),
            Operator::HasAny => (Op::HasAny, Look::Raw),
            Operator::HasAll => (Op::HasAll, Look::Raw),
            Operator::Lt => (Op::Less, Look::Raw),
            Operator::Le => (Op::LessOrEqual, Look::Raw),
            Operator::Gt => (Op::Greater, Look::Raw),
            Operator::Ge => (Op::GreaterOrEqual, Look::Raw),
            Operator::Before => (Op::Before, Look::Instant),
            Operator::After => (Op::After, Look::Instant),
            Operator::StartsWith => (Op::StartsWith, Look::Raw),
            Operator::EndsWith => (Op::EndsWith, Look::Raw),
            Operator::Contains => (Op::Contains, Look::Raw),
            Operator::Version => (Op::Version, Look::Version),
            Operator::Cidr => (Op::Cidr, Look::Address),
        }
    }
    /// By the operator's number; the last is of one that is unknown.
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "compiling runs it"
    )]
    static TABLE: [(Op, Look); Operator::ALL.len() + 1] = {
        let mut table = [of(Operator::Unknown); Operator::ALL.len() + 1];
        let mut at = 0;
        while at < Operator::ALL.len() {
            table[Operator::ALL[at] as usize] = of(Operator::ALL[at]);
            at += 1;
        }
        table
    };
    TABLE.get(operator as usize).copied().unwrap_or(of(Operator::Unknown))
}

/// Adds a constant.
pub(super) fn constant(ruleset: &mut Ruleset, word: u64) {
    append_long(&mut ruleset.constants, word);
}

/// Adds an end of a version interval, as [`INTERVAL`](super::program::INTERVAL) has it.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn add_end(ruleset: &mut Ruleset, end: &Bound<'_>) {
    let [major, minor, patch] = end.version.numbers;
    let pre = ruleset.texts.number(end.version.pre);
    let pre = u64::from(end.after) << 32 | u64::from(pre);
    constant(ruleset, major);
    constant(ruleset, minor);
    constant(ruleset, patch);
    constant(ruleset, pre);
}

impl<'a> Build<'a> for Lowering {
    fn begin(&mut self) {
        self.items.clear();
        self.part = REQUIRE;
        self.names.clear();
        self.asks.clear();
        self.outcomes.clear();
        let Ruleset { tests, places, .. } = &self.ruleset;
        self.record = Flag { tests: index(tests), places: index(places), ..Flag::BROKEN };
        self.referred = index(&self.references);
    }

    fn salt(&mut self, view: &View<'_, 'a>, id: u32) {
        self.seed = self.seed_of(view, id);
    }

    fn variant(&mut self, view: &View<'_, 'a>, name: u32, value: u32) {
        let name = self.name(view, name);
        let value = self.value(view, value);
        self.note(name, value);
    }

    fn line(&mut self, view: &View<'_, 'a>, line: &Line<'_>) {
        let seed = if line.salt == ABSENT { self.seed } else { self.seed_of(view, line.salt) };
        let slot = self.slot(line.path, Look::Key, false, true);
        self.line = self.here();
        self.constant(seed);
        self.constant(key(slot, view.start(line.id)));
        self.constant(0);
    }

    fn in_segment(&mut self, view: &View<'_, 'a>, id: u32, name: u32) {
        let reference = self.refer(view, name, (NONE, 0));
        self.leaf(view, id, Op::Segment, 0, reference);
    }

    fn prerequisite(&mut self, view: &View<'_, 'a>, id: u32, key: u32, is: u32) {
        let start = index(&self.choices);
        let (mut item, end) = (first(view, is), view.next(is));
        while item < end {
            let text = self.name(view, item);
            let Span { start, end } = view.span(item);
            append(&mut self.choices, text);
            append(&mut self.choices, start);
            append(&mut self.choices, end);
            item = view.next(item);
        }
        let count = index(&self.choices).wrapping_sub(start) / 3;
        let reference = self.refer(view, key, (start, count));
        self.leaf(view, id, Op::Flag, 0, reference);
    }

    fn bucket(&mut self, view: &View<'_, 'a>, id: u32, from: u32, to: u32) {
        self.cut(from);
        self.cut(to);
        let line = self.ruleset.constants.get(self.line.wrapping_add(1) as usize);
        let (slot, _) = key_parts(line.copied().unwrap_or_default());
        self.leaf(view, id, Op::Bucket, slot, self.line);
    }

    fn time(&mut self, view: &View<'_, 'a>, id: u32, time: &Time) {
        let head = self.here();
        self.constant(list(0, 2));
        self.moment(time.from, time.start);
        self.moment(time.until, time.end);
        self.leaf(view, id, Op::Time, 0, head);
    }

    fn test(&mut self, view: &View<'_, 'a>, id: u32, test: &build::Test<'_>) {
        let value = test.value;
        let fold = test.ignore_case != ABSENT;
        let (mut op, mut look) = meaning(test.op);
        if op == Op::In && test.op == Operator::Eq && view.kind(value) == Kind::String {
            op = Op::Is;
        }
        if fold && look == Look::Raw && op != Op::Unknown {
            look = Look::Folded;
        }
        let atoms = matches!(op, Op::Is | Op::In | Op::HasAny | Op::HasAll);
        let text = matches!(op, Op::StartsWith | Op::EndsWith | Op::Contains);
        let slot = self.slot(test.path, look, atoms, text);
        let operand = match op {
            Op::Unknown | Op::Exists => 0,
            Op::Is => {
                self.words(view, value, op, fold);
                self.ruleset.constants.pop().unwrap_or_default() as u32
            }
            _ => self.constants(view, value, op, fold),
        };
        self.leaf(view, id, op, slot, operand);
    }

    fn join(&mut self, _: &View<'_, 'a>, _: u32, join: Join, count: u32) {
        let kind = ItemKind::Join(join);
        self.items.push(Item { kind, place: 0, slot: 0, operand: count });
    }

    fn share(&mut self, _: &View<'_, 'a>, _: u32, variant: u16, thousandths: u32, sum: u32) {
        if thousandths == sum {
            self.whole = variant;
        } else if thousandths > 0 && self.whole != variant {
            self.whole = NO_VARIANT;
        }
        self.cut(sum);
        self.constant(variant.into());
    }

    fn step(&mut self, _: &View<'_, 'a>, _: u32, _: u32, millis: i64, thousandths: u32) {
        append_long(&mut self.ruleset.instants, ascending(millis));
        self.constant(millis as u64);
        self.cut(thousandths);
    }

    fn serve(&mut self, variant: u16) {
        (self.served, self.division) = (variant, NONE);
    }

    fn rollout(&mut self, without_key: u16) {
        let without_key = if without_key == NO_VARIANT { self.whole } else { without_key };
        self.ramp(without_key, NO_VARIANT, NO_VARIANT);
    }

    fn ramp(&mut self, without_key: u16, variant: u16, rest: u16) {
        let pairs = self.here().wrapping_sub(self.line).wrapping_sub(LINE_WORDS) / 2;
        // Two names for one variant: it has the whole line at any time.
        let whole = without_key == NO_VARIANT && variant == rest;
        let without_key = if whole { variant } else { without_key };
        let head = division(pairs, without_key, variant, rest);
        self.set_constant(self.line.wrapping_add(2), head);
        (self.served, self.division) = (NO_VARIANT, self.line);
    }

    fn rule(&mut self, view: &View<'_, 'a>, _: u32, name: u32, conditional: bool) {
        if !conditional {
            // All of none holds.
            self.join(view, ABSENT, Join::All, 0);
        }
        self.end(self.record.rules, Reason::TargetingMatch);
        self.record.rules = self.record.rules.wrapping_add(1);
        let name = if name == ABSENT { NONE } else { self.name(view, name) };
        self.note(name, NONE);
    }
}
