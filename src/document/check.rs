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
use super::shape::{SLOTS, Shape, What};
use super::{Kind, Operator};
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
    /// A share of the rollout that follows; `sum` is where it ends.
    fn share(&mut self, view: &View<'_, 'a>, id: u32, variant: u16, thousandths: u32, sum: u32);
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

/// What the check of a flag leaves beside its parts: the slots of its members.
pub(crate) struct Checked([u32; SLOTS]);

impl Checked {
    /// The type of its variants.
    pub fn kind(&self) -> Kind {
        let [_, kind, ..] = self.0;
        match json::Kind::of(kind) {
            json::Kind::Number => Kind::Number,
            json::Kind::String => Kind::String,
            json::Kind::Object => Kind::Object,
            _ => Kind::Boolean,
        }
    }

    pub fn enabled(&self) -> bool {
        let [_, _, enabled, ..] = self.0;
        enabled != NO
    }

    pub fn off(&self) -> u16 {
        let [_, _, _, off, ..] = self.0;
        index(off)
    }

    pub fn require(&self) -> bool {
        let [_, _, _, _, require, ..] = self.0;
        require != ABSENT
    }

    pub fn serve(&self) -> bool {
        let [_, _, _, _, _, _, serve, ..] = self.0;
        serve != ABSENT
    }

    /// `description`, `owner` and `expires`.
    pub fn texts(&self) -> [u32; 3] {
        let [.., description, owner, expires, _, _] = self.0;
        [description, owner, expires]
    }

    pub fn metadata(&self) -> u32 {
        let [.., metadata, _] = self.0;
        metadata
    }
}

/// What is kept from one flag to the next only for its room.
pub(super) struct Room {
    /// Variant names of the flag at hand.
    variants: Pool,
    path: Vec<u8>,
    text: Vec<u8>,
    /// What the check of a flag found.
    pub checked: Checked,
}

impl Room {
    pub const fn new() -> Self {
        let checked = Checked([ABSENT; SLOTS]);
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
    /// Whether the flag has a salt for those who have none.
    salted: bool,
    /// Faults so far that leave a value without a meaning.
    faults: u32,
    /// Leaf conditions so far.
    tests: u32,
    /// Thousandths of the shares of the rollout at hand.
    sum: u32,
    /// Elements of the list checked last.
    count: u32,
    /// The time checked last, in milliseconds.
    millis: i64,
}

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
            salted: false,
            faults: 0,
            tests: 0,
            sum: 0,
            count: 0,
            millis: 0,
        }
    }

    /// A flag, left in the room, or a segment; faults are in `out`.
    pub fn whole(&mut self, flag: bool) {
        self.value(if flag { What::Flag } else { What::Condition }, ROOT, ROOT);
        if self.tests as usize > limits::TESTS {
            self.fault(Code::TooMany, ROOT, Expected::Max16384Tests);
        }
    }

    /// Reports a fault that leaves a value without a meaning.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn fault(&mut self, code: Code, id: u32, expected: Expected) {
        self.faults = self.faults.wrapping_add(1);
        self.remark(code, id, expected);
    }

    /// Reports what is wrong at a value and leaves it its meaning, so that more is found.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn remark(&mut self, code: Code, id: u32, expected: Expected) {
        let span = self.view.span(id);
        self.out.push(code, self.subject, span, expected);
    }

    /// A member that stands beside the wrong kind of condition.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn misplaced(&mut self, id: u32, expected: Expected) {
        if id != ABSENT {
            self.remark(Code::UnknownMember, id.wrapping_sub(1), expected);
        }
    }

    /// An object: its members go into slots by their names, and each is checked as the table has
    /// it; then the whole.
    fn object(&mut self, what: What, id: u32, of: u32) {
        let Some(shape) = Shape::of(what) else { return };
        let mut slots = [ABSENT; SLOTS];
        let mut alternatives = 0_u32;
        let (mut name, end) = self.view.children(id);
        while name < end {
            let value = name.wrapping_add(1);
            let text = self.view.text(name, &mut self.room.text);
            let at = shape.place(text);
            match slots.get_mut(at) {
                Some(slot) => {
                    // One that stands there twice is one.
                    let first = at >= shape.first && *slot == ABSENT;
                    alternatives = alternatives.wrapping_add(first.into());
                    *slot = value;
                }
                None if text.starts_with(b"x-") => {}
                None => self.remark(Code::UnknownMember, name, shape.expected),
            }
            name = self.view.next(value);
        }
        if shape.first < SLOTS && alternatives != 1 {
            return self.fault(Code::Ambiguous, id, shape.expected);
        }
        let faults = self.faults;
        match what {
            What::Flag => {
                let [salt, ..] = slots;
                // A salt that is faulty is reported once, where it stands.
                self.salted = salt != ABSENT;
                if self.salted {
                    self.build.salt(&self.view, salt);
                }
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, all, any, not, ..] = slots;
                if flag == ABSENT {
                    self.misplaced(is, Expected::ConditionMembers);
                }
                if attribute == ABSENT {
                    self.misplaced(op, Expected::ConditionMembers);
                    self.misplaced(value, Expected::ConditionMembers);
                    self.misplaced(ignore_case, Expected::ConditionMembers);
                }
                if all | any | not == ABSENT {
                    self.tests = self.tests.wrapping_add(1);
                }
            }
            What::Rollout | What::Ramp | What::Bucket => self.line(id, &slots),
            _ => {}
        }
        for (at, rule) in shape.rules.iter().enumerate() {
            let (what, missing) = What::rule(*rule);
            let Some(&value) = slots.get(at) else { break };
            let mut found = value;
            if value != ABSENT {
                found = self.value(what, value, id);
            } else if missing != Expected::Nothing {
                self.fault(Code::MissingMember, id, missing);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = found;
            }
        }
        if self.faults != faults {
            return;
        }
        match what {
            What::Flag => self.room.checked = Checked(slots),
            What::Rule => {
                let [name, condition, ..] = slots;
                self.build.rule(&self.view, id, name, condition != ABSENT);
            }
            What::Rollout => {
                let [_, _, without_key, ..] = slots;
                self.build.rollout(index(without_key));
            }
            What::Share => {
                let [thousandths, variant, ..] = slots;
                self.sum = self.sum.saturating_add(thousandths);
                self.build.share(&self.view, id, index(variant), thousandths, self.sum);
            }
            What::Ramp => {
                let [_, _, without_key, variant, rest, ..] = slots;
                self.build.ramp(index(without_key), index(variant), index(rest));
            }
            What::Step => {
                let [thousandths, at, ..] = slots;
                self.build.step(&self.view, id, at, self.millis, thousandths);
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, ..] = slots;
                if attribute != ABSENT {
                    self.test(id, [attribute, op, value, ignore_case]);
                }
                if flag != ABSENT {
                    self.prerequisite(id, flag, is);
                }
            }
            What::Bucket => {
                let [_, _, from, to, ..] = slots;
                if from > to {
                    return self.fault(Code::Order, id, Expected::FromUpTo);
                }
                self.build.bucket(&self.view, of, from, to);
            }
            What::Time => {
                let [from, until, ..] = slots;
                self.time(id, of, from, until);
            }
            _ => {}
        }
    }

    /// Checks each element of an array.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn each(&mut self, id: u32, what: What) {
        let (max, expected) = match what {
            What::Rule => (limits::RULES, Expected::Max4094Rules),
            What::InElement => (limits::IN_LIST, Expected::Max100000),
            What::Element | What::TextElement | What::Range | What::Network => {
                (limits::LIST, Expected::Max1000)
            }
            _ => (usize::MAX, Expected::Nothing),
        };
        let (first, end) = self.view.children(id);
        if first == end && what != What::Rule {
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
        let mut item = first;
        while item < end {
            self.value(what, item, id);
            item = self.view.next(item);
        }
        self.count = count;
    }

    /// Checks a single value or each of a list.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn one_or_each(&mut self, id: u32, what: What) {
        if self.view.kind(id) == json::Kind::Array {
            self.each(id, what);
        } else {
            self.value(what, id, id);
        }
    }

    /// A value of the object or array `of`. Returns what its slot is to have.
    ///
    /// Recursion is bounded by the depth that the reader allows.
    fn value(&mut self, what: What, id: u32, of: u32) -> u32 {
        let (kind, expected) = what.fits();
        let here = self.view.kind(id);
        if kind != 0 && here as u8 != kind {
            self.fault(Code::WrongType, id, expected);
            return id;
        }
        let faults = self.faults;
        match what {
            What::Any | What::Path | What::Text | What::TextElement | What::Name | What::Object => {}
            What::InElement | What::Element => {}
            What::Flag
            | What::Rule
            | What::ServeObject
            | What::Rollout
            | What::Share
            | What::Ramp
            | What::Step
            | What::Condition
            | What::Bucket
            | What::Time => self.object(what, id, of),
            What::Salt => {
                if self.view.len(id) == 2 {
                    self.remark(Code::Empty, id, Expected::NonEmptyString);
                }
            }
            What::Boolean => return self.view.len(id),
            What::Variants => return self.variants(id) as u32,
            What::Variant => return self.variant(id),
            What::Serve => {
                if here != json::Kind::String {
                    return self.value(What::ServeObject, id, of);
                }
                let variant = self.variant(id);
                self.build.serve(index(variant));
            }
            What::Percent => {
                let found = number::decimal(self.view.raw(id)).thousandths();
                if found.is_none() {
                    self.fault(Code::InvalidPercent, id, Expected::Nothing);
                }
                return found.unwrap_or_default();
            }
            What::At => {
                let before = self.millis;
                if self.instant(id) && before >= self.millis {
                    self.fault(Code::Order, of, Expected::Ascending);
                }
            }
            What::Instant => {
                self.instant(id);
            }
            What::Rules => self.each(id, What::Rule),
            What::Shares => {
                self.sum = 0;
                self.each(id, What::Share);
                if self.faults == faults && self.sum != 100_000 {
                    self.fault(Code::ShareSum, id, Expected::Nothing);
                }
            }
            What::Steps => {
                self.millis = i64::MIN;
                self.each(id, What::Step);
            }
            What::All | What::AnyOf => {
                self.each(id, What::Condition);
                let join = if what == What::All { Join::All } else { Join::Any };
                self.join(of, faults, join, self.count);
            }
            What::Not => {
                self.value(What::Condition, id, of);
                self.join(of, faults, Join::Not, 1);
            }
            What::Segment => self.build.in_segment(&self.view, of, id),
            What::Scalar | What::Number | What::SetScalar => match here {
                json::Kind::String | json::Kind::Boolean => {}
                json::Kind::Number => {
                    if number::decimal(self.view.raw(id)).float().is_none() {
                        self.fault(Code::InexactNumber, id, Expected::Nothing);
                    }
                }
                _ => {
                    let single = what == What::Scalar;
                    let expected = if single { Expected::Scalar } else { Expected::ScalarList };
                    self.fault(Code::WrongType, id, expected);
                }
            },
            What::In => self.set(id, What::InElement),
            What::Has => self.set(id, What::Element),
            What::Range => {
                let text = self.view.text(id, &mut self.room.text);
                let code = match version::Range::parse(text) {
                    Ok(_) => return id,
                    Err(error) if error.kind == version::RangeErrorKind::BarePartial => {
                        Code::PartialVersion
                    }
                    Err(_) => Code::InvalidVersion,
                };
                self.fault(code, id, Expected::Nothing);
            }
            What::Network => {
                match address::Network::parse(self.view.text(id, &mut self.room.text)) {
                    Some((_, false)) => {}
                    Some((_, true)) => self.remark(Code::HostBits, id, Expected::Nothing),
                    None => self.fault(Code::InvalidNetwork, id, Expected::Nothing),
                }
            }
        }
        id
    }

    fn join(&mut self, id: u32, faults: u32, join: Join, count: u32) {
        if self.faults == faults {
            self.build.join(&self.view, id, join, count);
        }
    }

    fn variants(&mut self, id: u32) -> json::Kind {
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
        kind
    }

    /// The variant's index, and one more.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn variant(&mut self, id: u32) -> u32 {
        let text = self.view.text(id, &mut self.room.text);
        let found = self.room.variants.lookup(text);
        if found == u32::MAX {
            self.fault(Code::UnknownVariant, id, Expected::Nothing);
        }
        found.wrapping_add(1)
    }

    /// The first two slots: key and salt of a rollout, ramp or bucket.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn line(&mut self, id: u32, slots: &[u32; SLOTS]) {
        let [by, salt, ..] = *slots;
        if salt != ABSENT {
            let faults = self.faults;
            self.value(What::Salt, salt, id);
            // It is a salt all the same.
            self.faults = faults;
        } else if !self.salted {
            self.remark(Code::MissingSalt, id, Expected::Nothing);
        }
        self.room.path.clear();
        if by == ABSENT {
            self.room.path.extend_from_slice(TARGETING_KEY);
        } else if !self.path(by) {
            return;
        }
        let line = Line { id, path: &self.room.path, by: by != ABSENT, salt };
        self.build.line(&self.view, &line);
    }

    fn time(&mut self, id: u32, of: u32, from: u32, until: u32) {
        if from == until {
            return self.fault(Code::MissingMember, id, Expected::NeedsFromOrUntil);
        }
        let faults = self.faults;
        self.millis = i64::MIN;
        if from != ABSENT {
            self.instant(from);
        }
        let start = self.millis;
        self.millis = i64::MAX;
        if until != ABSENT {
            self.instant(until);
        }
        let end = self.millis;
        if self.faults != faults {
            return;
        }
        if start >= end {
            return self.fault(Code::Order, id, Expected::FromBefore);
        }
        let time = Time { from, until, object: id, start, end };
        self.build.time(&self.view, of, &time);
    }

    /// Leaves the milliseconds; false if there are none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn instant(&mut self, id: u32) -> bool {
        let millis = match self.view.kind(id) {
            json::Kind::String => time::parse(self.view.text(id, &mut self.room.text)),
            json::Kind::Number => {
                let number = number::decimal(self.view.raw(id));
                let millis = number.integral().filter(|_| number.integer);
                let range = time::MIN_MILLIS.unsigned_abs()..=time::MAX_MILLIS.unsigned_abs();
                millis.filter(|millis| range.contains(&millis.unsigned_abs()))
            }
            _ => {
                self.fault(Code::WrongType, id, Expected::Time);
                return false;
            }
        };
        match millis {
            Some(millis) => self.millis = millis,
            None => self.fault(Code::InvalidTime, id, Expected::Nothing),
        }
        millis.is_some()
    }

    /// Adds a path to the room, which is empty, as [`Line::path`] says; false if it is none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn path(&mut self, id: u32) -> bool {
        let faults = self.faults;
        if self.view.kind(id) == json::Kind::String {
            let text = self.view.text(id, &mut self.room.text);
            self.room.path.extend_from_slice(text);
            for byte in &mut self.room.path {
                if *byte == b'.' {
                    *byte = BETWEEN;
                }
            }
        } else {
            self.value(What::Path, id, id);
            let (mut item, end) = self.view.children(id);
            while item < end && self.faults == faults {
                self.value(What::Text, item, id);
                let text = self.view.text(item, &mut self.room.text);
                self.room.path.extend_from_slice(text);
                json::add(&mut self.room.path, BETWEEN);
                item = self.view.next(item);
            }
            self.room.path.pop();
        }
        if self.faults != faults {
            return false;
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
            self.fault(Code::Empty, id, Expected::Path);
        } else if segments > limits::PATH {
            self.fault(Code::TooMany, id, Expected::Max8Segments);
        }
        self.faults == faults
    }

    fn prerequisite(&mut self, id: u32, flag: u32, is: u32) {
        let faults = self.faults;
        self.value(What::Text, flag, id);
        if is == ABSENT {
            return self.fault(Code::MissingMember, id, Expected::NeedsIs);
        }
        self.one_or_each(is, What::Name);
        if self.faults == faults {
            self.build.prerequisite(&self.view, id, flag, is);
        }
    }

    fn test(&mut self, id: u32, [attribute, name, value, ignore_case]: [u32; 4]) {
        let before = self.faults;
        self.room.path.clear();
        self.path(attribute);
        let folded =
            ignore_case != ABSENT && self.value(What::Boolean, ignore_case, id) == YES;
        if name == ABSENT {
            return self.fault(Code::MissingMember, id, Expected::NeedsOp);
        }
        let faults = self.faults;
        self.value(What::Text, name, id);
        if self.faults != faults {
            return;
        }
        let op = Operator::named(self.view.text(name, &mut self.room.text));
        match op {
            Operator::Unknown => self.remark(Code::UnknownOperator, name, Expected::Operators),
            Operator::Exists => {
                self.misplaced(ignore_case, Expected::TextOperands);
                self.misplaced(value, Expected::NoValue);
            }
            _ => {
                if !op.takes_ignore_case() {
                    self.misplaced(ignore_case, Expected::TextOperands);
                }
                if value == ABSENT {
                    return self.fault(Code::MissingMember, id, Expected::NeedsValue);
                }
                let what = operand(op);
                if let What::TextElement | What::Range | What::Network = what {
                    self.one_or_each(value, what);
                } else {
                    self.value(what, value, id);
                }
                let text = self.view.kind(first(&self.view, value)) == json::Kind::String;
                if self.faults == faults && folded && !text && op.takes_ignore_case() {
                    self.fault(Code::WrongType, value, Expected::TextOperands);
                }
            }
        }
        if self.faults != before {
            return;
        }
        let ignore_case = if folded || op == Operator::Unknown { ignore_case } else { ABSENT };
        let test = Test { path: &self.room.path, op, name, value, ignore_case };
        self.build.test(&self.view, id, &test);
    }

    /// A list of scalars of one type; of several faults, the first.
    fn set(&mut self, id: u32, what: What) {
        let faults = self.faults;
        self.each(id, what);
        let (first, end) = self.view.children(id);
        let kind = self.view.kind(first);
        let mut item = first;
        while item < end && self.faults == faults {
            if self.view.kind(item) != kind {
                return self.fault(Code::MixedTypes, item, Expected::ScalarList);
            }
            self.value(What::SetScalar, item, id);
            item = self.view.next(item);
        }
    }
}

/// The index of a variant in a slot; what is absent is [`NO_VARIANT`].
fn index(slot: u32) -> u16 {
    slot.wrapping_sub(1) as u16 & NO_VARIANT
}

/// What a slot has for `true` and `false`: their lengths.
const YES: u32 = 4;
const NO: u32 = 5;

/// What the operand of an operator is.
fn operand(op: Operator) -> What {
    match op {
        Operator::Unknown | Operator::Exists => What::Any,
        Operator::Before | Operator::After => What::Instant,
        Operator::Eq => What::Scalar,
        Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => What::Number,
        Operator::In => What::In,
        Operator::HasAny | Operator::HasAll => What::Has,
        Operator::StartsWith | Operator::EndsWith | Operator::Contains => What::TextElement,
        Operator::Version => What::Range,
        Operator::Cidr => What::Network,
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
