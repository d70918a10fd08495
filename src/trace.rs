//! The steps of an evaluation, told while it runs.

use crate::context::{Context, Value};
use crate::ruleset::program::REQUIRE;
use crate::ruleset::{FlagId, Ruleset};
use alloc::vec::Vec;

/// Where steps are kept; none: nobody listens.
pub(crate) type Steps<'s> = Option<&'s mut Vec<Step>>;

/// One step of an evaluation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    /// What follows is about this flag.
    Flag(FlagId),
    /// What follows is about the segment of this index.
    Segment(u32),
    /// A test, segment, flag, bucket or time condition was asked.
    Test {
        /// Offset of the condition's first byte in the document.
        place: u32,
        /// The rule it stands in; none: in `require`, or in a segment.
        rule: Option<u16>,
        /// Under an odd number of `not`: the answer is turned round.
        negated: bool,
        /// What the condition itself said, before any `not`.
        answer: Option<bool>,
        /// What was there to compare.
        found: Found,
    },
    /// A rollout or ramp was reached.
    Split {
        /// Offset of its first byte in the document.
        place: u32,
        /// The key's place on the line of 2^32 points; none: there is no key.
        point: Option<u32>,
    },
}

/// What a test found in the context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Found {
    /// The attribute is not there.
    Absent = 0,
    /// Reading it failed.
    Unreadable = 1,
    /// A value that the operator cannot compare.
    Unfit = 2,
    /// A value that was compared, or a condition without an attribute.
    Fit = 3,
}

/// A flag's or segment's program begins.
pub(crate) fn node(steps: Steps<'_>, ruleset: &Ruleset, node: u32) {
    let Some(steps) = steps else { return };
    steps.push(match node.checked_sub(ruleset.flags.len() as u32) {
        None => Step::Flag(FlagId(node)),
        Some(segment) => Step::Segment(segment),
    });
}

/// A test, by its number in the ruleset, answered.
pub(crate) fn test(
    steps: Steps<'_>,
    ruleset: &Ruleset,
    number: u32,
    context: &Context,
    answer: Option<bool>,
) {
    let Some(steps) = steps else { return };
    let Some(test) = ruleset.tests.get(number as usize) else { return };
    let found = match context.value(test.slot) {
        _ if answer.is_some() || !test.op.has_slot() => Found::Fit,
        Value::Absent => Found::Absent,
        Value::Unreadable => Found::Unreadable,
        _ => Found::Unfit,
    };
    steps.push(Step::Test {
        place: ruleset.places.get(number as usize).copied().unwrap_or(0),
        rule: (test.part != REQUIRE).then_some(test.part),
        negated: test.negate,
        answer: answer.map(|answer| answer != test.negate),
        found,
    });
}

/// A rollout or ramp was reached; no point: without a key.
pub(crate) fn split(steps: Steps<'_>, place: u32, point: Option<u32>) {
    if let Some(steps) = steps {
        steps.push(Step::Split { place, point });
    }
}
