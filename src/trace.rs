//! The steps of an evaluation, told while it runs.

use crate::context::{Context, Value};
use crate::ruleset::program::{REQUIRE, Split};
use crate::ruleset::{FlagId, Ruleset};
use alloc::vec::Vec;

/// Where steps are kept; none: nobody listens.
///
/// A step is six words, which hosts read as they are: 0 and a flag; 1 and a
/// segment; 2, place, rule or 0xffff, negated, 0 false 1 true 2 unknown, what
/// was found; 3, place, 1 if there is a key, the point. What is left is 0.
pub(crate) type Steps<'s> = Option<&'s mut Vec<u32>>;

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

impl Step {
    /// A step from its words.
    pub(crate) fn of(words: &[u32; 6]) -> Self {
        match *words {
            [0, flag, ..] => Self::Flag(FlagId(flag)),
            [1, segment, ..] => Self::Segment(segment),
            [2, place, rule, negated, answer, found] => Self::Test {
                place,
                rule: (rule != REQUIRE.into()).then_some(rule as u16),
                negated: negated != 0,
                answer: (answer < 2).then_some(answer == 1),
                found: match found {
                    0 => Found::Absent,
                    1 => Found::Unreadable,
                    2 => Found::Unfit,
                    _ => Found::Fit,
                },
            },
            [_, place, key, point, ..] => Self::Split { place, point: (key != 0).then_some(point) },
        }
    }
}

/// A flag's or segment's program begins.
pub(crate) fn node(steps: Steps<'_>, ruleset: &Ruleset, node: u32) {
    let Some(steps) = steps else { return };
    let flags = ruleset.flags.len() as u32;
    let segment = node >= flags;
    let index = if segment { node.wrapping_sub(flags) } else { node };
    steps.extend_from_slice(&[segment.into(), index, 0, 0, 0, 0]);
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
    let found = match context.values.get(test.slot as usize) {
        _ if answer.is_some() || !test.op.has_slot() => Found::Fit,
        Some(Value::Unreadable) => Found::Unreadable,
        Some(Value::Absent) | None => Found::Absent,
        _ => Found::Unfit,
    };
    let place = ruleset.places.get(number as usize).copied().unwrap_or(0);
    let answer = answer.map_or(2, |answer| u32::from(answer != test.negate));
    let (part, negate) = (test.part.into(), test.negate.into());
    steps.extend_from_slice(&[2, place, part, negate, answer, found as u32]);
}

/// A rollout or ramp was reached; no point: without a key.
pub(crate) fn split(steps: Steps<'_>, split: &Split, point: Option<u32>) {
    if let Some(steps) = steps {
        let (key, point) = (point.is_some().into(), point.unwrap_or(0));
        steps.extend_from_slice(&[3, split.place, key, point, 0, 0]);
    }
}
