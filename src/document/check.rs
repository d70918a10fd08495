//! The shape rules of a flag and of a segment, with every fault reported at
//! once: the one place that says what format 1 allows.
//!
//! The check walks the tape and hands what it has found good to a [`Build`]:
//! the compiler's, or the one that makes plain data for the tools. Nothing
//! here knows another flag: references are the compiler's to resolve. Values
//! are numbers on the tape; 0, the flag itself, says "absent".

use super::stream::Diagnostics;
use super::{Kind, Operator};
use crate::compare::{address, time, version};
use crate::diagnostic::{Code, Expected, Span, Subject};
use crate::json::{self, ROOT, View, number};
use crate::limits;
use crate::pool::Pool;
use alloc::vec::Vec;

/// A member that is not there.
pub(crate) const ABSENT: u32 = ROOT;

/// Takes the parts of a flag or segment, each after what it consists of. If
/// the flag turns out to be broken, its parts are for nothing.
pub(crate) trait Build<'a> {
    /// A flag or segment begins.
    fn begin(&mut self, view: &View<'_, 'a>);
    /// The flag's salt.
    fn salt(&mut self, view: &View<'_, 'a>, id: u32);
    /// A variant, by the numbers of its name and value.
    fn variant(&mut self, view: &View<'_, 'a>, name: u32, value: u32);
    /// A condition that consists of no others.
    fn leaf(&mut self, view: &View<'_, 'a>, id: u32, leaf: Leaf<'_>);
    /// A condition made of the last ones.
    fn join(&mut self, view: &View<'_, 'a>, id: u32, join: Join);
    /// The last condition is the flag's `require`.
    fn require(&mut self);
    /// A share of the rollout that follows.
    fn share(&mut self, view: &View<'_, 'a>, id: u32, variant: u16, thousandths: u32);
    /// A step of the ramp that follows.
    fn step(&mut self, view: &View<'_, 'a>, id: u32, at: u32, thousandths: u32);
    /// What the rule, or else the flag, that follows serves.
    fn serve(&mut self, view: &View<'_, 'a>, serve: Serving<'_>);
    /// A rule of the last serve and, if it has an `if`, the last condition.
    fn rule(&mut self, view: &View<'_, 'a>, id: u32, name: u32, conditional: bool);
}

/// How conditions are made one.
#[derive(Clone, Copy)]
pub(crate) enum Join {
    All(u32),
    Any(u32),
    Not,
}

/// A condition that consists of no others.
#[derive(Clone, Copy)]
pub(crate) enum Leaf<'p> {
    /// The name.
    Segment(u32),
    /// The key, and a name or a list of names.
    Flag(u32, u32),
    /// Two percentages in thousandths.
    Bucket(Line<'p>, u32, u32),
    /// Two times, or [`ABSENT`]; the inner object.
    Time(u32, u32, u32),
    Test(Test<'p>),
}

/// A test of an attribute.
#[derive(Clone, Copy)]
pub(crate) struct Test<'p> {
    /// See [`Line::path`].
    pub path: &'p [u8],
    pub op: Operator,
    /// The operator's name, for one that is unknown.
    pub name: u32,
    pub value: u32,
    pub ignore_case: u32,
}

/// Which key is hashed with which salt.
#[derive(Clone, Copy)]
pub(crate) struct Line<'p> {
    /// The object.
    pub id: u32,
    /// Of each segment the length, four bytes little-endian, and the bytes.
    pub path: &'p [u8],
    /// Whether `path` was written.
    pub by: bool,
    /// The salt, or [`ABSENT`].
    pub salt: u32,
}

/// What is served.
#[derive(Clone, Copy)]
pub(crate) enum Serving<'p> {
    Variant(u16),
    /// The shares before it, and the variant without a key.
    Rollout(Line<'p>, Option<u16>),
    /// The steps before it, the variant without a key, variant and rest.
    Ramp(Line<'p>, Option<u16>, u16, u16),
}

/// What the check of a flag leaves beside its parts.
#[derive(Clone, Copy)]
pub(crate) struct Checked {
    pub kind: Kind,
    pub enabled: bool,
    pub off: Option<u16>,
    pub require: bool,
    pub serve: bool,
    pub description: u32,
    pub owner: u32,
    pub expires: u32,
    pub metadata: u32,
}

/// What is kept from one flag to the next only for its room.
pub(super) struct Room {
    /// Variant names of the flag at hand.
    variants: Pool,
    path: Vec<u8>,
    text: Vec<u8>,
}

impl Room {
    pub const fn new() -> Self {
        Self { variants: Pool::new(), path: Vec::new(), text: Vec::new() }
    }
}

/// The check of one flag or segment.
pub(super) struct Check<'c, 't, 'a, B> {
    pub view: View<'t, 'a>,
    pub build: &'c mut B,
    pub out: &'c mut Diagnostics,
    pub subject: Subject,
    pub room: &'c mut Room,
    /// Whether the flag has a salt for those who have none.
    salted: bool,
    /// Leaf conditions so far.
    tests: u32,
    /// Thousandths of the shares of the rollout at hand.
    sum: u64,
    /// Instant of the step checked last.
    before: i64,
    /// Elements of the list checked last.
    count: u32,
}

const CONDITION: [&str; 12] = [
    "all",
    "any",
    "not",
    "segment",
    "flag",
    "bucket",
    "time",
    "attribute",
    "is",
    "op",
    "value",
    "ignoreCase",
];
const FLAG: [&str; 11] = [
    "variants",
    "enabled",
    "off",
    "salt",
    "require",
    "rules",
    "serve",
    "description",
    "owner",
    "expires",
    "metadata",
];
/// What [`Check::path`] makes of `targetingKey`.
const TARGETING_KEY: &[u8] = b"\x0c\0\0\0targetingKey";

impl<'c, 't, 'a, B: Build<'a>> Check<'c, 't, 'a, B> {
    pub fn new(
        view: View<'t, 'a>,
        build: &'c mut B,
        out: &'c mut Diagnostics,
        subject: Subject,
        room: &'c mut Room,
    ) -> Self {
        room.variants.clear();
        Self {
            view,
            build,
            out,
            subject,
            room,
            salted: false,
            tests: 0,
            sum: 0,
            before: 0,
            count: 0,
        }
    }

    /// A segment.
    pub fn segment(&mut self) {
        self.condition(ROOT);
        self.count_tests();
    }

    /// A flag; none if its variants are unfit. Other faults are in `out`.
    pub fn flag(&mut self) -> Option<Checked> {
        let mut slots = [ABSENT; 11];
        self.members(ROOT, &FLAG, &mut slots, Expected::FlagMembers)?;
        let [
            variants,
            enabled,
            off,
            salt,
            require,
            rules,
            serve,
            description,
            owner,
            expires,
            metadata,
        ] = slots;
        self.salt(salt);
        // A salt that is faulty is reported once, where it stands.
        self.salted = salt != ABSENT;
        if self.salted {
            self.build.salt(&self.view, salt);
        }
        let found = self.required(variants, ROOT, Expected::NeedsVariants);
        let kind = found.and_then(|()| self.variants(variants));
        let enabled = self.boolean(enabled) != Some(false);
        let off = self.optional_variant(off);
        if require != ABSENT {
            self.condition(require);
            self.build.require();
        }
        if rules != ABSENT {
            self.each(rules, limits::RULES, Expected::Max4094Rules, true, Self::rule);
        }
        if serve != ABSENT {
            self.serve(serve);
        }
        for id in [description, owner, expires] {
            if id != ABSENT {
                self.is(id, json::Kind::String, Expected::String);
            }
        }
        if metadata != ABSENT {
            self.is(metadata, json::Kind::Object, Expected::Object);
        }
        self.count_tests();
        let (require, serve) = (require != ABSENT, serve != ABSENT);
        Some(Checked {
            kind: kind?,
            enabled,
            off,
            require,
            serve,
            description,
            owner,
            expires,
            metadata,
        })
    }

    fn count_tests(&mut self) {
        if self.tests as usize > limits::TESTS {
            self.fault(Code::TooMany, ROOT, Expected::Max16384Tests);
        }
    }

    fn report(&mut self, code: Code, span: Span, expected: Expected) {
        self.out.push(code, self.subject, span, expected);
    }

    /// Reports a fault at a value; none, for the caller to return.
    #[inline(never)]
    fn fault(&mut self, code: Code, id: u32, expected: Expected) -> Option<()> {
        self.report(code, self.view.span(id), expected);
        None
    }

    /// The value itself if it is of this type.
    #[inline(never)]
    fn is(&mut self, id: u32, kind: json::Kind, expected: Expected) -> Option<()> {
        if self.view.kind(id) == kind {
            return Some(());
        }
        self.fault(Code::WrongType, id, expected)
    }

    /// The value itself if it is there.
    #[inline(never)]
    fn required(&mut self, id: u32, of: u32, expected: Expected) -> Option<()> {
        if id != ABSENT {
            return Some(());
        }
        self.fault(Code::MissingMember, of, expected)
    }

    /// Sorts an object's members into `slots` by their names.
    #[inline(never)]
    fn members(
        &mut self,
        id: u32,
        names: &[&str],
        slots: &mut [u32],
        expected: Expected,
    ) -> Option<()> {
        self.is(id, json::Kind::Object, Expected::Object)?;
        let (mut name, end) = self.view.children(id);
        while name < end {
            let value = name.wrapping_add(1);
            let text = self.view.text(name, &mut self.room.text);
            let known = names.iter().position(|known| known.as_bytes() == text);
            match known.and_then(|at| slots.get_mut(at)) {
                Some(slot) => *slot = value,
                None if text.starts_with(b"x-") => {}
                None => {
                    self.fault(Code::UnknownMember, name, expected);
                }
            }
            name = self.view.next(value);
        }
        Some(())
    }

    /// Checks each element of an array; the number of elements if all of them
    /// were good. `none` says that there may be none.
    #[inline(never)]
    fn each(
        &mut self,
        id: u32,
        max: usize,
        expected: Expected,
        none: bool,
        check: fn(&mut Self, u32) -> Option<()>,
    ) -> Option<()> {
        self.is(id, json::Kind::Array, Expected::Array)?;
        let (first, end) = self.view.children(id);
        if first == end && !none {
            return self.fault(Code::Empty, id, Expected::Array);
        }
        let (mut item, mut count) = (first, 0_u32);
        while item < end {
            count = count.wrapping_add(1);
            item = self.view.next(item);
        }
        if count as usize > max {
            return self.fault(Code::TooMany, id, expected);
        }
        let (mut item, mut good) = (first, 0_u32);
        while item < end {
            good = good.wrapping_add(check(self, item).is_some().into());
            item = self.view.next(item);
        }
        self.count = count;
        (good == count).then_some(())
    }

    #[inline(never)]
    fn string(&mut self, id: u32) -> Option<()> {
        self.is(id, json::Kind::String, Expected::String)
    }

    #[inline(never)]
    fn salt(&mut self, id: u32) -> Option<()> {
        if id == ABSENT {
            return None;
        }
        self.is(id, json::Kind::String, Expected::NonEmptyString)?;
        if self.view.raw(id).len() == 2 {
            return self.fault(Code::Empty, id, Expected::NonEmptyString);
        }
        Some(())
    }

    #[inline(never)]
    fn boolean(&mut self, id: u32) -> Option<bool> {
        if id == ABSENT {
            return None;
        }
        self.is(id, json::Kind::Boolean, Expected::Boolean)?;
        Some(self.view.raw(id).len() == 4)
    }

    fn variants(&mut self, id: u32) -> Option<Kind> {
        self.is(id, json::Kind::Object, Expected::Object)?;
        let mut kind = None;
        let (mut name, end) = self.view.children(id);
        if name == end {
            self.fault(Code::Empty, id, Expected::VariantName);
        }
        while name < end {
            let value = name.wrapping_add(1);
            let of = match self.view.kind(value) {
                json::Kind::Null => None,
                json::Kind::Boolean => Some(Kind::Boolean),
                json::Kind::Number => Some(Kind::Number),
                json::Kind::String => Some(Kind::String),
                json::Kind::Array | json::Kind::Object => Some(Kind::Object),
            };
            if of.is_none() {
                self.fault(Code::WrongType, value, Expected::VariantValue);
            } else if *kind.get_or_insert(of) != of {
                self.fault(Code::MixedTypes, value, Expected::VariantValue);
            }
            let text = self.view.text(name, &mut self.room.text);
            self.room.variants.intern(text);
            self.build.variant(&self.view, name, value);
            name = self.view.next(value);
        }
        if self.room.variants.len() > limits::VARIANTS {
            self.fault(Code::TooMany, id, Expected::Max4095Variants);
        }
        kind.flatten()
    }

    fn variant(&mut self, id: u32) -> Option<u16> {
        self.is(id, json::Kind::String, Expected::VariantName)?;
        let text = self.view.text(id, &mut self.room.text);
        let found = self.room.variants.find(text);
        if found.is_none() {
            self.fault(Code::UnknownVariant, id, Expected::Nothing);
        }
        found.map(|index| index as u16)
    }

    fn optional_variant(&mut self, id: u32) -> Option<u16> {
        if id == ABSENT { None } else { self.variant(id) }
    }

    #[inline(never)]
    fn required_variant(&mut self, id: u32, of: u32, expected: Expected) -> Option<u16> {
        self.required(id, of, expected)?;
        self.variant(id)
    }

    fn rule(&mut self, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 3];
        self.members(id, &["name", "if", "serve"], &mut slots, Expected::RuleMembers)?;
        let [name, condition, serve] = slots;
        if name != ABSENT {
            self.string(name);
        }
        if condition != ABSENT {
            self.condition(condition);
        }
        self.required(serve, id, Expected::NeedsServe)?;
        self.serve(serve);
        self.build.rule(&self.view, id, name, condition != ABSENT);
        Some(())
    }

    fn serve(&mut self, id: u32) -> Option<()> {
        if self.view.kind(id) == json::Kind::String {
            let variant = self.variant(id)?;
            self.build.serve(&self.view, Serving::Variant(variant));
            return Some(());
        }
        if self.view.kind(id) != json::Kind::Object {
            return self.fault(Code::WrongType, id, Expected::Serve);
        }
        let mut slots = [ABSENT; 2];
        self.members(id, &["rollout", "ramp"], &mut slots, Expected::ServeMembers)?;
        match slots {
            [rollout, ABSENT] if rollout != ABSENT => self.rollout(rollout),
            [ABSENT, ramp] if ramp != ABSENT => self.ramp(ramp),
            _ => self.fault(Code::Ambiguous, id, Expected::ServeMembers),
        }
    }

    /// Key and salt of a rollout, ramp or bucket; the path is left in the
    /// room.
    #[inline(never)]
    fn line(&mut self, id: u32, by: u32, salt: u32) {
        if salt == ABSENT && !self.salted {
            self.fault(Code::MissingSalt, id, Expected::Nothing);
        }
        self.salt(salt);
        if by != ABSENT {
            self.path(by);
        }
    }

    #[inline(never)]
    fn percent(&mut self, id: u32, of: u32, expected: Expected) -> Option<u32> {
        self.required(id, of, expected)?;
        self.is(id, json::Kind::Number, Expected::Number)?;
        let percent = number::decimal(self.view.raw(id)).thousandths();
        if percent.is_none() {
            self.fault(Code::InvalidPercent, id, Expected::Nothing);
        }
        percent
    }

    fn rollout(&mut self, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 4];
        let names = ["shares", "by", "salt", "withoutKey"];
        self.members(id, &names, &mut slots, Expected::RolloutMembers)?;
        let [shares, by, salt, without_key] = slots;
        self.line(id, by, salt);
        let without_key = self.optional_variant(without_key);
        self.required(shares, id, Expected::NeedsShares)?;
        self.sum = 0;
        self.each(shares, usize::MAX, Expected::Nothing, false, Self::share)?;
        if self.sum != 100_000 {
            return self.fault(Code::ShareSum, shares, Expected::Nothing);
        }
        let path = if by == ABSENT { TARGETING_KEY } else { &self.room.path };
        let line = Line { id, path, by: by != ABSENT, salt };
        self.build.serve(&self.view, Serving::Rollout(line, without_key));
        Some(())
    }

    fn share(&mut self, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 2];
        self.members(id, &["variant", "percent"], &mut slots, Expected::ShareMembers)?;
        let [variant, percent] = slots;
        let thousandths = self.percent(percent, id, Expected::NeedsPercent);
        self.sum = self.sum.wrapping_add(thousandths.unwrap_or(0).into());
        let variant = self.required_variant(variant, id, Expected::NeedsVariant)?;
        self.build.share(&self.view, id, variant, thousandths?);
        Some(())
    }

    fn ramp(&mut self, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 6];
        let names = ["variant", "rest", "steps", "by", "salt", "withoutKey"];
        self.members(id, &names, &mut slots, Expected::RampMembers)?;
        let [variant, rest, steps, by, salt, without_key] = slots;
        self.line(id, by, salt);
        let without_key = self.optional_variant(without_key);
        let variant = self.required_variant(variant, id, Expected::NeedsVariant);
        let rest = self.required_variant(rest, id, Expected::NeedsRest);
        self.required(steps, id, Expected::NeedsSteps)?;
        self.before = i64::MIN;
        self.each(steps, usize::MAX, Expected::Nothing, false, Self::step)?;
        let path = if by == ABSENT { TARGETING_KEY } else { &self.room.path };
        let line = Line { id, path, by: by != ABSENT, salt };
        self.build.serve(&self.view, Serving::Ramp(line, without_key, variant?, rest?));
        Some(())
    }

    fn step(&mut self, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 2];
        self.members(id, &["at", "percent"], &mut slots, Expected::StepMembers)?;
        let [at, percent] = slots;
        let thousandths = self.percent(percent, id, Expected::NeedsPercent);
        self.required(at, id, Expected::NeedsAt)?;
        let millis = self.instant(at)?;
        if core::mem::replace(&mut self.before, millis) >= millis {
            self.fault(Code::Order, id, Expected::Ascending);
        }
        self.build.step(&self.view, id, at, thousandths?);
        Some(())
    }

    #[inline(never)]
    fn instant(&mut self, id: u32) -> Option<i64> {
        if !matches!(self.view.kind(id), json::Kind::String | json::Kind::Number) {
            self.fault(Code::WrongType, id, Expected::Time);
            return None;
        }
        let millis = instant(&self.view, id, &mut self.room.text);
        if millis.is_none() {
            self.fault(Code::InvalidTime, id, Expected::Nothing);
        }
        millis
    }

    /// Leaves the path in the room, as [`Line::path`] says.
    #[inline(never)]
    fn path(&mut self, id: u32) -> Option<()> {
        self.room.path.clear();
        let mut segments = 0_u32;
        if self.view.kind(id) == json::Kind::String {
            let text = self.view.text(id, &mut self.room.text);
            for segment in text.split(|byte| *byte == b'.') {
                add_segment(&mut self.room.path, segment);
                segments = segments.wrapping_add(1);
            }
        } else {
            self.is(id, json::Kind::Array, Expected::Path)?;
            let (mut item, end) = self.view.children(id);
            while item < end {
                self.string(item)?;
                let text = self.view.text(item, &mut self.room.text);
                add_segment(&mut self.room.path, text);
                segments = segments.wrapping_add(1);
                item = self.view.next(item);
            }
        }
        let mut rest = self.room.path.as_slice();
        while let Some((segment, tail)) = split_segment(rest) {
            if segment.is_empty() {
                break;
            }
            rest = tail;
        }
        if segments == 0 || !rest.is_empty() {
            return self.fault(Code::Empty, id, Expected::Path);
        }
        if segments as usize > limits::PATH {
            return self.fault(Code::TooMany, id, Expected::Max8Segments);
        }
        Some(())
    }

    /// Recursion is bounded by the depth that the reader allows.
    fn condition(&mut self, id: u32) -> Option<()> {
        // The first eight say what the condition is; the rest go with one.
        let mut slots = [ABSENT; 12];
        self.members(id, &CONDITION, &mut slots, Expected::ConditionMembers)?;
        let kinds = slots.iter().take(8).filter(|slot| **slot != ABSENT).count();
        if kinds != 1 {
            return self.fault(Code::Ambiguous, id, Expected::ConditionMembers);
        }
        let [all, any, not, segment, flag, bucket, time, attribute, is, op, value, ignore_case] =
            slots;
        if flag == ABSENT {
            self.misplaced(is, Expected::ConditionMembers);
        }
        if attribute == ABSENT {
            for member in [op, value, ignore_case] {
                self.misplaced(member, Expected::ConditionMembers);
            }
        }
        let list = if all == ABSENT { any } else { all };
        if list != ABSENT {
            self.each(list, usize::MAX, Expected::Nothing, false, Self::condition)?;
            let count = self.count;
            let join = if all == ABSENT { Join::Any(count) } else { Join::All(count) };
            self.build.join(&self.view, id, join);
            return Some(());
        }
        if not != ABSENT {
            self.condition(not)?;
            self.build.join(&self.view, id, Join::Not);
            return Some(());
        }
        self.tests = self.tests.saturating_add(1);
        if segment != ABSENT {
            self.string(segment)?;
            self.build.leaf(&self.view, id, Leaf::Segment(segment));
        } else if flag != ABSENT {
            let good = self.string(flag);
            self.required(is, id, Expected::NeedsIs)?;
            if self.view.kind(is) == json::Kind::Array {
                self.each(is, usize::MAX, Expected::Nothing, false, |this, name| {
                    this.is(name, json::Kind::String, Expected::VariantOrList)
                })?;
            } else {
                self.is(is, json::Kind::String, Expected::VariantOrList)?;
            }
            good?;
            self.build.leaf(&self.view, id, Leaf::Flag(flag, is));
        } else if bucket != ABSENT {
            self.bucket(id, bucket)?;
        } else if time != ABSENT {
            self.time(id, time)?;
        } else {
            self.test(id, attribute, op, value, ignore_case)?;
        }
        Some(())
    }

    /// A member that stands beside the wrong kind of condition.
    #[inline(never)]
    fn misplaced(&mut self, id: u32, expected: Expected) {
        if id != ABSENT {
            self.fault(Code::UnknownMember, id.wrapping_sub(1), expected);
        }
    }

    fn bucket(&mut self, condition: u32, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 4];
        let names = ["from", "to", "by", "salt"];
        self.members(id, &names, &mut slots, Expected::BucketMembers)?;
        let [from, to, by, salt] = slots;
        self.line(id, by, salt);
        let from = self.percent(from, id, Expected::NeedsFromTo);
        let to = self.percent(to, id, Expected::NeedsFromTo);
        let (from, to) = (from?, to?);
        if from > to {
            return self.fault(Code::Order, id, Expected::FromUpTo);
        }
        let path = if by == ABSENT { TARGETING_KEY } else { &self.room.path };
        let line = Line { id, path, by: by != ABSENT, salt };
        self.build.leaf(&self.view, condition, Leaf::Bucket(line, from, to));
        Some(())
    }

    fn time(&mut self, condition: u32, id: u32) -> Option<()> {
        let mut slots = [ABSENT; 2];
        self.members(id, &["from", "until"], &mut slots, Expected::TimeMembers)?;
        let [from, until] = slots;
        if from == until {
            return self.fault(Code::MissingMember, id, Expected::NeedsFromOrUntil);
        }
        let start = if from == ABSENT { Some(i64::MIN) } else { self.instant(from) };
        let end = if until == ABSENT { Some(i64::MAX) } else { self.instant(until) };
        if start? >= end? {
            return self.fault(Code::Order, id, Expected::FromBefore);
        }
        self.build.leaf(&self.view, condition, Leaf::Time(from, until, id));
        Some(())
    }

    fn test(
        &mut self,
        id: u32,
        attribute: u32,
        op: u32,
        value: u32,
        ignore_case: u32,
    ) -> Option<()> {
        let path = self.path(attribute);
        let folded = self.boolean(ignore_case);
        self.required(op, id, Expected::NeedsOp)?;
        self.string(op)?;
        let name = op;
        let op = Operator::named(self.view.text(op, &mut self.room.text));
        if op == Operator::Unknown {
            self.fault(Code::UnknownOperator, name, Expected::Operators);
        } else {
            if !op.takes_ignore_case() {
                self.misplaced(ignore_case, Expected::TextOperands);
            }
            if op == Operator::Exists {
                self.misplaced(value, Expected::NoValue);
            } else {
                self.required(value, id, Expected::NeedsValue)?;
                let strings = self.operand(op, value)?;
                if folded == Some(true) && !strings && op.takes_ignore_case() {
                    self.fault(Code::WrongType, value, Expected::TextOperands);
                }
            }
        }
        path?;
        let ignore_case =
            if folded == Some(true) || op == Operator::Unknown { ignore_case } else { ABSENT };
        let path = &self.room.path;
        let test = Test { path, op, name, value, ignore_case };
        self.build.leaf(&self.view, id, Leaf::Test(test));
        Some(())
    }

    /// Checks the operand of a known operator that takes one; whether it is
    /// text.
    fn operand(&mut self, op: Operator, id: u32) -> Option<bool> {
        let kind = self.view.kind(id);
        match op {
            Operator::Eq => {
                self.scalar(id, kind, Expected::Scalar)?;
                Some(kind == json::Kind::String)
            }
            Operator::In | Operator::HasAny | Operator::HasAll => {
                let (max, expected) = match op {
                    Operator::In => (limits::IN_LIST, Expected::Max100000),
                    _ => (limits::LIST, Expected::Max1000),
                };
                self.each(id, max, expected, false, |_, _| Some(()))?;
                let (first, end) = self.view.children(id);
                let kind = self.view.kind(first);
                let mut item = first;
                while item < end {
                    if self.view.kind(item) != kind {
                        self.fault(Code::MixedTypes, item, Expected::ScalarList);
                        return None;
                    }
                    self.scalar(item, kind, Expected::ScalarList)?;
                    item = self.view.next(item);
                }
                Some(kind == json::Kind::String)
            }
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                self.is(id, json::Kind::Number, Expected::Number)?;
                self.scalar(id, kind, Expected::Number)?;
                Some(false)
            }
            Operator::Before | Operator::After => self.instant(id).map(|_| false),
            Operator::Unknown | Operator::Exists => Some(false),
            Operator::StartsWith
            | Operator::EndsWith
            | Operator::Contains
            | Operator::Version
            | Operator::Cidr => {
                let check = match op {
                    Operator::Version => Self::range,
                    Operator::Cidr => Self::network,
                    _ => Self::text,
                };
                if kind == json::Kind::Array {
                    self.each(id, limits::LIST, Expected::Max1000, false, check)?;
                } else {
                    check(self, id)?;
                }
                Some(true)
            }
        }
    }

    #[inline(never)]
    fn scalar(&mut self, id: u32, kind: json::Kind, expected: Expected) -> Option<()> {
        match kind {
            json::Kind::String | json::Kind::Boolean => Some(()),
            json::Kind::Number if number::decimal(self.view.raw(id)).float().is_some() => Some(()),
            json::Kind::Number => self.fault(Code::InexactNumber, id, Expected::Nothing),
            _ => self.fault(Code::WrongType, id, expected),
        }
    }

    #[inline(never)]
    fn text(&mut self, id: u32) -> Option<()> {
        self.is(id, json::Kind::String, Expected::TextOrList)
    }

    fn range(&mut self, id: u32) -> Option<()> {
        self.text(id)?;
        let text = self.view.text(id, &mut self.room.text);
        let code = match version::Range::parse(text) {
            Ok(_) => return Some(()),
            Err(error) if error.kind == version::RangeErrorKind::BarePartial => {
                Code::PartialVersion
            }
            Err(_) => Code::InvalidVersion,
        };
        self.fault(code, id, Expected::Nothing)
    }

    fn network(&mut self, id: u32) -> Option<()> {
        self.text(id)?;
        match address::Network::parse(self.view.text(id, &mut self.room.text)) {
            Some((_, false)) => {}
            Some((_, true)) => {
                self.fault(Code::HostBits, id, Expected::Nothing);
            }
            None => return self.fault(Code::InvalidNetwork, id, Expected::Nothing),
        }
        Some(())
    }
}

/// The milliseconds of a time that was found good.
pub(crate) fn instant(view: &View<'_, '_>, id: u32, text: &mut Vec<u8>) -> Option<i64> {
    if view.kind(id) == json::Kind::String {
        return time::parse(view.text(id, text));
    }
    let number = number::decimal(view.raw(id));
    let millis = number.integral().filter(|_| number.integer)?;
    let range = time::MIN_MILLIS.unsigned_abs()..=time::MAX_MILLIS.unsigned_abs();
    range.contains(&millis.unsigned_abs()).then_some(millis)
}

fn add_segment(path: &mut Vec<u8>, segment: &[u8]) {
    path.extend_from_slice(&(segment.len() as u32).to_le_bytes());
    path.extend_from_slice(segment);
}

/// The first segment of a path, as [`Line::path`] has it, and the rest.
pub(crate) fn split_segment(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = path.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*len) as usize)
}
