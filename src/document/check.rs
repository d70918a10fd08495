//! The shape rules of a flag and of a segment, with every fault reported at
//! once: the one place that says what format 1 allows.
//!
//! The check walks the tape and hands what it has found good to a [`Build`]:
//! the compiler's, or the one that makes plain data for the tools. Nothing
//! here knows another flag: references are the compiler's to resolve. Values
//! are numbers on the tape; 0, the flag itself, says "absent".
//!
//! What a function finds beside good or bad it leaves in a field of the check,
//! because one bit is all that can be handed up cheaply.

use super::stream::Diagnostics;
use super::{Kind, Operator, list, position};
use crate::compare::{address, time, version};
use crate::decision::NO_VARIANT;
use crate::diagnostic::{Code, Expected, Subject};
use crate::json::{self, ROOT, View, number};
use crate::limits;
use crate::pool::Pool;
use alloc::vec::Vec;

/// A member that is not there.
pub(crate) const ABSENT: u32 = ROOT;

/// Takes the parts of a flag or segment, each after what it consists of. If
/// the flag turns out to be broken, its parts are for nothing. `id` is the
/// object that the part is written as; variants are indices, or
/// [`NO_VARIANT`].
pub(crate) trait Build<'a> {
    /// A flag or segment begins.
    fn begin(&mut self);
    /// The flag's salt.
    fn salt(&mut self, view: &View<'_, 'a>, id: u32);
    /// A variant, by the numbers of its name and value.
    fn variant(&mut self, view: &View<'_, 'a>, name: u32, value: u32);
    /// The key and salt of the bucket, rollout or ramp that follows.
    fn line(&mut self, view: &View<'_, 'a>, line: &Line<'_>);
    /// A condition on a segment.
    fn in_segment(&mut self, view: &View<'_, 'a>, id: u32, name: u32);
    /// A condition on a flag: its key, and a name or a list of names.
    fn prerequisite(&mut self, view: &View<'_, 'a>, id: u32, key: u32, is: u32);
    /// A condition on the last line: two percentages in thousandths.
    fn bucket(&mut self, view: &View<'_, 'a>, id: u32, from: u32, to: u32);
    /// A condition on the instant.
    fn time(&mut self, view: &View<'_, 'a>, id: u32, time: &Time);
    /// A condition on an attribute.
    fn test(&mut self, view: &View<'_, 'a>, id: u32, test: &Test<'_>);
    /// A condition made of the last `count` ones.
    fn join(&mut self, view: &View<'_, 'a>, id: u32, join: Join, count: u32);
    /// The last condition is the flag's `require`.
    fn require(&mut self);
    /// A share of the rollout that follows.
    fn share(&mut self, view: &View<'_, 'a>, id: u32, variant: u16, thousandths: u32);
    /// A step of the ramp that follows: its time as written and in
    /// milliseconds.
    fn step(&mut self, view: &View<'_, 'a>, id: u32, at: u32, millis: i64, thousandths: u32);
    /// What the rule, or else the flag, that follows serves: a variant,
    fn serve(&mut self, variant: u16);
    /// or the last shares on the last line,
    fn rollout(&mut self, without_key: u16);
    /// or two variants by the last steps on the last line.
    fn ramp(&mut self, without_key: u16, variant: u16, rest: u16);
    /// A rule of the last serve and, if it has an `if`, the last condition.
    fn rule(&mut self, view: &View<'_, 'a>, id: u32, name: u32, conditional: bool);
}

/// How conditions are made one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    All,
    Any,
    Not,
}

/// A span of time: the ends as written, the object they stand in, and the
/// milliseconds.
pub(crate) struct Time {
    pub from: u32,
    pub until: u32,
    pub object: u32,
    pub start: i64,
    pub end: i64,
}

/// A test of an attribute.
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
pub(crate) struct Line<'p> {
    /// The object.
    pub id: u32,
    /// Its segments, with [`BETWEEN`] between them.
    pub path: &'p [u8],
    /// Whether `path` was written.
    pub by: bool,
    /// The salt, or [`ABSENT`].
    pub salt: u32,
}

/// What the check of a flag leaves beside its parts.
#[derive(Clone, Copy)]
pub(crate) struct Checked {
    pub kind: Kind,
    pub enabled: bool,
    pub require: bool,
    pub serve: bool,
    pub off: u16,
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
    /// What [`Check::flag`] found.
    pub checked: Checked,
}

impl Room {
    pub const fn new() -> Self {
        let checked = Checked {
            kind: Kind::Boolean,
            enabled: false,
            require: false,
            serve: false,
            off: NO_VARIANT,
            description: ABSENT,
            owner: ABSENT,
            expires: ABSENT,
            metadata: ABSENT,
        };
        Self { variants: Pool::new(), path: Vec::new(), text: Vec::new(), checked }
    }
}

/// The check of one flag or segment.
pub(super) struct Check<'c, 't, 'a, B> {
    view: View<'t, 'a>,
    build: &'c mut B,
    out: &'c mut Diagnostics,
    subject: Subject,
    room: &'c mut Room,
    /// The members of the object looked at last, in the order of its shape.
    slots: [u32; 12],
    /// How many of the first slots hold one, see [`FIRST`].
    first: u32,
    /// Whether the flag has a salt for those who have none.
    salted: bool,
    /// Leaf conditions so far.
    tests: u32,
    /// Thousandths of the shares of the rollout at hand.
    sum: u64,
    /// Elements of the list checked last.
    count: u32,
    /// The percentage checked last, in thousandths.
    thousandths: u32,
    /// The time checked last, in milliseconds.
    millis: i64,
    /// The variant checked last.
    variant: u16,
}

/// An object of the format.
#[derive(Clone, Copy)]
enum Shape {
    Flag,
    Rule,
    Serve,
    Rollout,
    Share,
    Ramp,
    Step,
    Condition,
    Bucket,
    Time,
}

impl Shape {
    /// The names of its members, and how to tell which they are.
    const fn members(self) -> (&'static [u8], Expected) {
        match self {
            Self::Flag => (
                list!(
                    "variants enabled off salt require rules serve description owner expires metadata "
                ),
                Expected::FlagMembers,
            ),
            Self::Rule => (list!("name if serve "), Expected::RuleMembers),
            Self::Serve => (list!("rollout ramp "), Expected::ServeMembers),
            Self::Rollout => (list!("by salt withoutKey shares "), Expected::RolloutMembers),
            Self::Share => (list!("variant percent "), Expected::ShareMembers),
            Self::Ramp => (list!("by salt withoutKey steps variant rest "), Expected::RampMembers),
            Self::Step => (list!("at percent "), Expected::StepMembers),
            // The first eight say what the condition is; the rest go with one.
            Self::Condition => (
                list!("all any not segment flag bucket time attribute is op value ignoreCase "),
                Expected::ConditionMembers,
            ),
            Self::Bucket => (list!("by salt from to "), Expected::BucketMembers),
            Self::Time => (list!("from until "), Expected::TimeMembers),
        }
    }
}

/// So many members say which kind of condition one is.
const FIRST: usize = 8;

/// What [`Check::path`] makes of `targetingKey`.
const TARGETING_KEY: &[u8] = b"targetingKey";

/// What stands between the segments of a path: a byte that no UTF-8 has.
pub(crate) const BETWEEN: u8 = 0xff;

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
            slots: [ABSENT; 12],
            first: 0,
            salted: false,
            tests: 0,
            sum: 0,
            count: 0,
            thousandths: 0,
            millis: 0,
            variant: NO_VARIANT,
        }
    }

    /// A segment.
    pub fn segment(&mut self) -> Option<()> {
        self.condition(ROOT);
        self.count_tests();
        Some(())
    }

    /// A flag, left in the room; none if its variants are unfit. Other faults
    /// are in `out`.
    pub fn flag(&mut self) -> Option<()> {
        self.members(ROOT, Shape::Flag)?;
        let [variants, enabled, off, salt, require, rules, serve, ..] = self.slots;
        let [.., description, owner, expires, metadata, _] = self.slots;
        // A salt that is faulty is reported once, where it stands.
        self.salted = self.salt(salt).is_some();
        if self.salted {
            self.build.salt(&self.view, salt);
        }
        let found = self.required(variants, ROOT, Expected::NeedsVariants);
        let kind = found.and_then(|()| self.variants(variants));
        let enabled = self.boolean(enabled) != Some(false);
        self.optional_variant(off);
        let off = self.variant;
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
        self.optional_string(description);
        self.optional_string(owner);
        self.optional_string(expires);
        if metadata != ABSENT {
            self.is(metadata, json::Kind::Object, Expected::Object);
        }
        self.count_tests();
        let (require, serve) = (require != ABSENT, serve != ABSENT);
        let kind = kind?;
        self.room.checked =
            Checked { kind, enabled, require, serve, off, description, owner, expires, metadata };
        Some(())
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn count_tests(&mut self) {
        if self.tests as usize > limits::TESTS {
            self.fault(Code::TooMany, ROOT, Expected::Max16384Tests);
        }
    }

    /// Reports a fault at a value; none, for the caller to return.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn fault(&mut self, code: Code, id: u32, expected: Expected) -> Option<()> {
        let span = self.view.span(id);
        self.out.push(code, self.subject, span, expected);
        None
    }

    /// The value itself if it is of this type.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn is(&mut self, id: u32, kind: json::Kind, expected: Expected) -> Option<()> {
        if self.view.kind(id) == kind {
            return Some(());
        }
        self.fault(Code::WrongType, id, expected)
    }

    /// The value itself if it is there.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn required(&mut self, id: u32, of: u32, expected: Expected) -> Option<()> {
        if id != ABSENT {
            return Some(());
        }
        self.fault(Code::MissingMember, of, expected)
    }

    /// Sorts an object's members into the slots by their names.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn members(&mut self, id: u32, shape: Shape) -> Option<()> {
        self.is(id, json::Kind::Object, Expected::Object)?;
        self.slots = [ABSENT; 12];
        self.first = 0;
        let (names, expected) = shape.members();
        let (mut name, end) = self.view.children(id);
        while name < end {
            let value = name.wrapping_add(1);
            let text = self.view.text(name, &mut self.room.text);
            let at = position(names, text);
            match self.slots.get_mut(at) {
                Some(slot) => {
                    // One that stands there twice is one.
                    let first = at < FIRST && *slot == ABSENT;
                    self.first = self.first.wrapping_add(first.into());
                    *slot = value;
                }
                None if text.starts_with(b"x-") => {}
                None => {
                    self.fault(Code::UnknownMember, name, expected);
                }
            }
            name = self.view.next(value);
        }
        Some(())
    }

    /// Checks each element of an array; good if all of them were. `none` says
    /// that there may be none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
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
        let (mut item, mut good) = (first, Some(()));
        while item < end {
            good = check(self, item).and(good);
            item = self.view.next(item);
        }
        self.count = count;
        good
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn string(&mut self, id: u32) -> Option<()> {
        self.is(id, json::Kind::String, Expected::String)
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn optional_string(&mut self, id: u32) {
        if id != ABSENT {
            self.string(id);
        }
    }

    /// None without a salt, too; a faulty one is a salt.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn salt(&mut self, id: u32) -> Option<()> {
        if id == ABSENT {
            return None;
        }
        if self.is(id, json::Kind::String, Expected::NonEmptyString).is_some()
            && self.view.len(id) == 2
        {
            self.fault(Code::Empty, id, Expected::NonEmptyString);
        }
        Some(())
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn boolean(&mut self, id: u32) -> Option<bool> {
        if id == ABSENT {
            return None;
        }
        self.is(id, json::Kind::Boolean, Expected::Boolean)?;
        Some(self.view.len(id) == 4)
    }

    fn variants(&mut self, id: u32) -> Option<Kind> {
        self.is(id, json::Kind::Object, Expected::Object)?;
        // The type of the first that is not null.
        let mut kind = json::Kind::Null;
        let (mut name, end) = self.view.children(id);
        if name == end {
            self.fault(Code::Empty, id, Expected::VariantName);
        }
        while name < end {
            let value = name.wrapping_add(1);
            let mut of = self.view.kind(value);
            if of == json::Kind::Array {
                of = json::Kind::Object;
            }
            if of == json::Kind::Null {
                self.fault(Code::WrongType, value, Expected::VariantValue);
            } else if kind == json::Kind::Null {
                kind = of;
            } else if kind != of {
                self.fault(Code::MixedTypes, value, Expected::VariantValue);
            }
            let text = self.view.text(name, &mut self.room.text);
            self.room.variants.number(text);
            self.build.variant(&self.view, name, value);
            name = self.view.next(value);
        }
        if self.room.variants.len() > limits::VARIANTS {
            self.fault(Code::TooMany, id, Expected::Max4095Variants);
        }
        match kind {
            json::Kind::Null => None,
            json::Kind::Boolean => Some(Kind::Boolean),
            json::Kind::Number => Some(Kind::Number),
            json::Kind::String => Some(Kind::String),
            json::Kind::Array | json::Kind::Object => Some(Kind::Object),
        }
    }

    /// Leaves the variant's index.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn variant(&mut self, id: u32) -> Option<()> {
        self.is(id, json::Kind::String, Expected::VariantName)?;
        let text = self.view.text(id, &mut self.room.text);
        let Some(found) = self.room.variants.find(text) else {
            return self.fault(Code::UnknownVariant, id, Expected::Nothing);
        };
        self.variant = found as u16;
        Some(())
    }

    /// Leaves no variant without one.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn optional_variant(&mut self, id: u32) {
        self.variant = NO_VARIANT;
        if id != ABSENT {
            self.variant(id);
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn required_variant(&mut self, id: u32, of: u32, expected: Expected) -> Option<()> {
        self.required(id, of, expected)?;
        self.variant(id)
    }

    fn rule(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Rule)?;
        let [name, condition, serve, ..] = self.slots;
        self.optional_string(name);
        if condition != ABSENT {
            self.condition(condition);
        }
        self.required(serve, id, Expected::NeedsServe)?;
        self.serve(serve);
        self.build.rule(&self.view, id, name, condition != ABSENT);
        Some(())
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn serve(&mut self, id: u32) -> Option<()> {
        if self.view.kind(id) == json::Kind::String {
            self.variant(id)?;
            self.build.serve(self.variant);
            return Some(());
        }
        self.is(id, json::Kind::Object, Expected::Serve)?;
        self.members(id, Shape::Serve)?;
        match self.slots {
            [rollout, ABSENT, ..] if rollout != ABSENT => self.rollout(rollout),
            [ABSENT, ramp, ..] if ramp != ABSENT => self.ramp(ramp),
            _ => self.fault(Code::Ambiguous, id, Expected::ServeMembers),
        }
    }

    /// The first two slots: key and salt of a rollout, ramp or bucket.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn line(&mut self, id: u32) -> Option<()> {
        let [by, salt, ..] = self.slots;
        if self.salt(salt).is_none() && !self.salted {
            self.fault(Code::MissingSalt, id, Expected::Nothing);
        }
        self.room.path.clear();
        if by == ABSENT {
            self.room.path.extend_from_slice(TARGETING_KEY);
        } else {
            self.path(by)?;
        }
        let line = Line { id, path: &self.room.path, by: by != ABSENT, salt };
        self.build.line(&self.view, &line);
        Some(())
    }

    /// Leaves the thousandths.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn percent(&mut self, id: u32, of: u32, expected: Expected) -> Option<()> {
        self.thousandths = 0;
        self.required(id, of, expected)?;
        self.is(id, json::Kind::Number, Expected::Number)?;
        let Some(thousandths) = number::decimal(self.view.raw(id)).thousandths() else {
            return self.fault(Code::InvalidPercent, id, Expected::Nothing);
        };
        self.thousandths = thousandths;
        Some(())
    }

    fn rollout(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Rollout)?;
        let [_, _, without_key, shares, ..] = self.slots;
        let good = self.line(id);
        self.optional_variant(without_key);
        let without_key = self.variant;
        self.required(shares, id, Expected::NeedsShares)?;
        self.sum = 0;
        self.each(shares, usize::MAX, Expected::Nothing, false, Self::share)?;
        if self.sum != 100_000 {
            return self.fault(Code::ShareSum, shares, Expected::Nothing);
        }
        good?;
        self.build.rollout(without_key);
        Some(())
    }

    fn share(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Share)?;
        let [variant, percent, ..] = self.slots;
        let good = self.percent(percent, id, Expected::NeedsPercent);
        self.sum = self.sum.wrapping_add(self.thousandths.into());
        self.required_variant(variant, id, Expected::NeedsVariant).and(good)?;
        self.build.share(&self.view, id, self.variant, self.thousandths);
        Some(())
    }

    fn ramp(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Ramp)?;
        let [_, _, without_key, steps, variant, rest, ..] = self.slots;
        let good = self.line(id);
        self.optional_variant(without_key);
        let without_key = self.variant;
        let good = self.required_variant(variant, id, Expected::NeedsVariant).and(good);
        let variant = self.variant;
        let good = self.required_variant(rest, id, Expected::NeedsRest).and(good);
        let rest = self.variant;
        self.required(steps, id, Expected::NeedsSteps)?;
        self.millis = i64::MIN;
        self.each(steps, usize::MAX, Expected::Nothing, false, Self::step).and(good)?;
        self.build.ramp(without_key, variant, rest);
        Some(())
    }

    fn step(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Step)?;
        let [at, percent, ..] = self.slots;
        let good = self.percent(percent, id, Expected::NeedsPercent);
        self.required(at, id, Expected::NeedsAt)?;
        let before = self.millis;
        self.instant(at)?;
        if before >= self.millis {
            self.fault(Code::Order, id, Expected::Ascending);
        }
        good?;
        self.build.step(&self.view, id, at, self.millis, self.thousandths);
        Some(())
    }

    /// Leaves the milliseconds.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn instant(&mut self, id: u32) -> Option<()> {
        let millis = match self.view.kind(id) {
            json::Kind::String => time::parse(self.view.text(id, &mut self.room.text)),
            json::Kind::Number => {
                let number = number::decimal(self.view.raw(id));
                let millis = number.integral().filter(|_| number.integer);
                let range = time::MIN_MILLIS.unsigned_abs()..=time::MAX_MILLIS.unsigned_abs();
                millis.filter(|millis| range.contains(&millis.unsigned_abs()))
            }
            _ => return self.fault(Code::WrongType, id, Expected::Time),
        };
        let Some(millis) = millis else {
            return self.fault(Code::InvalidTime, id, Expected::Nothing);
        };
        self.millis = millis;
        Some(())
    }

    /// Leaves the path in the room, as [`Line::path`] says.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn path(&mut self, id: u32) -> Option<()> {
        self.room.path.clear();
        if self.view.kind(id) == json::Kind::String {
            let text = self.view.text(id, &mut self.room.text);
            self.room.path.extend_from_slice(text);
            for byte in &mut self.room.path {
                if *byte == b'.' {
                    *byte = BETWEEN;
                }
            }
        } else {
            self.is(id, json::Kind::Array, Expected::Path)?;
            let (mut item, end) = self.view.children(id);
            while item < end {
                self.string(item)?;
                let text = self.view.text(item, &mut self.room.text);
                self.room.path.extend_from_slice(text);
                json::add(&mut self.room.path, BETWEEN);
                item = self.view.next(item);
            }
            self.room.path.pop();
        }
        let (mut segments, mut empty, mut before) = (1_usize, false, BETWEEN);
        for &byte in &self.room.path {
            if byte == BETWEEN {
                empty |= before == BETWEEN;
                segments = segments.wrapping_add(1);
            }
            before = byte;
        }
        if empty || before == BETWEEN {
            return self.fault(Code::Empty, id, Expected::Path);
        }
        if segments > limits::PATH {
            return self.fault(Code::TooMany, id, Expected::Max8Segments);
        }
        Some(())
    }

    /// Recursion is bounded by the depth that the reader allows.
    fn condition(&mut self, id: u32) -> Option<()> {
        self.members(id, Shape::Condition)?;
        let [all, any, not, segment, flag, bucket, time, attribute, is, op, value, ignore_case] =
            self.slots;
        if self.first != 1 {
            return self.fault(Code::Ambiguous, id, Expected::ConditionMembers);
        }
        if flag == ABSENT {
            self.misplaced(is, Expected::ConditionMembers);
        }
        if attribute == ABSENT {
            self.misplaced(op, Expected::ConditionMembers);
            self.misplaced(value, Expected::ConditionMembers);
            self.misplaced(ignore_case, Expected::ConditionMembers);
        }
        if all != ABSENT || any != ABSENT {
            let join = if all == ABSENT { Join::Any } else { Join::All };
            self.each(all | any, usize::MAX, Expected::Nothing, false, Self::condition)?;
            self.build.join(&self.view, id, join, self.count);
            return Some(());
        }
        if not != ABSENT {
            self.condition(not)?;
            self.build.join(&self.view, id, Join::Not, 1);
            return Some(());
        }
        self.tests = self.tests.saturating_add(1);
        if segment != ABSENT {
            self.string(segment)?;
            self.build.in_segment(&self.view, id, segment);
            Some(())
        } else if flag != ABSENT {
            self.prerequisite(id, flag, is)
        } else if bucket != ABSENT {
            self.bucket(id, bucket)
        } else if time != ABSENT {
            self.time(id, time)
        } else {
            self.test(id, attribute, op, value, ignore_case)
        }
    }

    /// A member that stands beside the wrong kind of condition.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn misplaced(&mut self, id: u32, expected: Expected) {
        if id != ABSENT {
            self.fault(Code::UnknownMember, id.wrapping_sub(1), expected);
        }
    }

    fn prerequisite(&mut self, id: u32, flag: u32, is: u32) -> Option<()> {
        let good = self.string(flag);
        self.required(is, id, Expected::NeedsIs)?;
        self.one_or_each(is, usize::MAX, Expected::Nothing, Self::variant_name).and(good)?;
        self.build.prerequisite(&self.view, id, flag, is);
        Some(())
    }

    fn variant_name(&mut self, id: u32) -> Option<()> {
        self.is(id, json::Kind::String, Expected::VariantOrList)
    }

    /// Checks a single value or each of a list.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn one_or_each(
        &mut self,
        id: u32,
        max: usize,
        expected: Expected,
        check: fn(&mut Self, u32) -> Option<()>,
    ) -> Option<()> {
        if self.view.kind(id) == json::Kind::Array {
            self.each(id, max, expected, false, check)
        } else {
            check(self, id)
        }
    }

    fn bucket(&mut self, condition: u32, id: u32) -> Option<()> {
        self.members(id, Shape::Bucket)?;
        let [_, _, from, to, ..] = self.slots;
        let good = self.line(id);
        let good = self.percent(from, id, Expected::NeedsFromTo).and(good);
        let from = self.thousandths;
        self.percent(to, id, Expected::NeedsFromTo).and(good)?;
        let to = self.thousandths;
        if from > to {
            return self.fault(Code::Order, id, Expected::FromUpTo);
        }
        self.build.bucket(&self.view, condition, from, to);
        Some(())
    }

    fn time(&mut self, condition: u32, id: u32) -> Option<()> {
        self.members(id, Shape::Time)?;
        let [from, until, ..] = self.slots;
        if from == until {
            return self.fault(Code::MissingMember, id, Expected::NeedsFromOrUntil);
        }
        self.millis = i64::MIN;
        let good = if from == ABSENT { Some(()) } else { self.instant(from) };
        let start = self.millis;
        self.millis = i64::MAX;
        if until != ABSENT {
            self.instant(until)?;
        }
        let end = self.millis;
        good?;
        if start >= end {
            return self.fault(Code::Order, id, Expected::FromBefore);
        }
        let time = Time { from, until, object: id, start, end };
        self.build.time(&self.view, condition, &time);
        Some(())
    }

    fn test(
        &mut self,
        id: u32,
        attribute: u32,
        name: u32,
        value: u32,
        ignore_case: u32,
    ) -> Option<()> {
        let good = self.path(attribute);
        let folded = self.boolean(ignore_case) == Some(true);
        self.required(name, id, Expected::NeedsOp)?;
        self.string(name)?;
        let op = Operator::named(self.view.text(name, &mut self.room.text));
        match op {
            Operator::Unknown => {
                self.fault(Code::UnknownOperator, name, Expected::Operators);
            }
            Operator::Exists => {
                self.misplaced(ignore_case, Expected::TextOperands);
                self.misplaced(value, Expected::NoValue);
            }
            _ => {
                if !op.takes_ignore_case() {
                    self.misplaced(ignore_case, Expected::TextOperands);
                }
                self.required(value, id, Expected::NeedsValue)?;
                self.operand(op, value)?;
                let text = self.view.kind(first(&self.view, value)) == json::Kind::String;
                if folded && !text && op.takes_ignore_case() {
                    self.fault(Code::WrongType, value, Expected::TextOperands);
                }
            }
        }
        good?;
        let ignore_case = if folded || op == Operator::Unknown { ignore_case } else { ABSENT };
        let test = Test { path: &self.room.path, op, name, value, ignore_case };
        self.build.test(&self.view, id, &test);
        Some(())
    }

    /// Checks the operand of a known operator that takes one.
    fn operand(&mut self, op: Operator, id: u32) -> Option<()> {
        let list = (limits::LIST, Expected::Max1000);
        let ((max, expected), check): (_, fn(&mut Self, u32) -> Option<()>) = match op {
            Operator::Unknown | Operator::Exists => return Some(()),
            Operator::Before | Operator::After => return self.instant(id),
            Operator::Eq => return self.scalar(id, Expected::Scalar),
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => {
                self.is(id, json::Kind::Number, Expected::Number)?;
                return self.scalar(id, Expected::Number);
            }
            Operator::In => return self.set(id, limits::IN_LIST, Expected::Max100000),
            Operator::HasAny | Operator::HasAll => {
                return self.set(id, limits::LIST, Expected::Max1000);
            }
            Operator::StartsWith | Operator::EndsWith | Operator::Contains => (list, Self::text),
            Operator::Version => (list, Self::range),
            Operator::Cidr => (list, Self::network),
        };
        self.one_or_each(id, max, expected, check)
    }

    /// A list of scalars of one type; of several faults, the first.
    fn set(&mut self, id: u32, max: usize, expected: Expected) -> Option<()> {
        self.each(id, max, expected, false, |_, _| Some(()))?;
        let (first, end) = self.view.children(id);
        let kind = self.view.kind(first);
        let mut item = first;
        while item < end {
            if self.view.kind(item) != kind {
                return self.fault(Code::MixedTypes, item, Expected::ScalarList);
            }
            self.scalar(item, Expected::ScalarList)?;
            item = self.view.next(item);
        }
        Some(())
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn scalar(&mut self, id: u32, expected: Expected) -> Option<()> {
        match self.view.kind(id) {
            json::Kind::String | json::Kind::Boolean => Some(()),
            json::Kind::Number if number::decimal(self.view.raw(id)).float().is_some() => Some(()),
            json::Kind::Number => self.fault(Code::InexactNumber, id, Expected::Nothing),
            _ => self.fault(Code::WrongType, id, expected),
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
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

/// The first of a list of values, or a single value itself; the number after
/// the last is the next after `id` in both cases.
pub(crate) fn first(view: &View<'_, '_>, id: u32) -> u32 {
    if view.kind(id) == json::Kind::Array { id.wrapping_add(1) } else { id }
}

/// The milliseconds of a time that was found good.
pub(crate) fn instant(view: &View<'_, '_>, id: u32, text: &mut Vec<u8>) -> Option<i64> {
    if view.kind(id) == json::Kind::String {
        return time::parse(view.text(id, text));
    }
    number::decimal(view.raw(id)).integral()
}
