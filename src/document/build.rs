//! What the check hands over: the parts of a flag or segment, each after what it consists of.
//!
//! Values are numbers on the tape; 0, the flag itself, says "absent".

use super::shape::SLOTS;
use super::{Kind, Operator};
use crate::compare::time;
use crate::decision::NO_VARIANT;
use crate::json::{self, ROOT, View};
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

/// What the check of a flag leaves beside its parts: the slots of its members, in the order of
/// their table. Nothing in it means anything unless the flag is sound.
pub(crate) struct Checked(pub(super) [u32; SLOTS]);

impl Checked {
    /// The type of its variants.
    pub fn kind(&self) -> Kind {
        const NUMBER: u32 = json::Kind::Number as u32;
        const STRING: u32 = json::Kind::String as u32;
        const OBJECT: u32 = json::Kind::Object as u32;
        let [_, kind, ..] = self.0;
        match kind {
            NUMBER => Kind::Number,
            STRING => Kind::String,
            OBJECT => Kind::Object,
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

/// The index of a variant in a slot, which holds one more; what is absent is [`NO_VARIANT`].
pub(super) fn index(slot: u32) -> u16 {
    slot.wrapping_sub(1) as u16 & NO_VARIANT
}

/// What the slot of a boolean holds: the length of `true`, or of `false`.
pub(super) const YES: u32 = 4;
const NO: u32 = 5;

/// The first of a list of values, or a single value itself; the number after
/// the last is the next after `id` in both cases.
pub(crate) fn first(view: &View<'_, '_>, id: u32) -> u32 {
    if view.kind(id) == json::Kind::Array { id.wrapping_add(1) } else { id }
}

/// The milliseconds of a time; none if it is none.
// Inlined, so that callers compare a number where an option would come by memory.
#[inline(always)]
pub(crate) fn instant(view: &View<'_, '_>, id: u32, text: &mut Vec<u8>) -> Option<i64> {
    let millis = millis(view, id, text);
    (millis != i64::MIN).then_some(millis)
}

/// What [`instant`] returns, the least number for none: no time is as early.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn millis(view: &View<'_, '_>, id: u32, text: &mut Vec<u8>) -> i64 {
    if view.kind(id) == json::Kind::String {
        return time::parse(view.text(id, text)).unwrap_or(i64::MIN);
    }
    let number = view.decimal(id);
    let millis = number.integral().unwrap_or(i64::MIN);
    let range = time::MIN_MILLIS.unsigned_abs()..=time::MAX_MILLIS.unsigned_abs();
    let good = number.integer && range.contains(&millis.unsigned_abs());
    if good { millis } else { i64::MIN }
}
