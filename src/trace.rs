//! The steps of an evaluation, told while it runs.

use crate::context::{Context, Value};
use crate::pool::append;
use crate::ruleset::program::{REQUIRE, Test};
use crate::ruleset::{Flag, FlagId, Ruleset};
use alloc::vec::Vec;

/// Where steps are kept; none: nobody listens.
///
/// A step is [`STEP`] words, which hosts read as they are: 0 and a flag; 1 and
/// a segment; 2, place, rule or 0xffff, negated, and 0 false, 1 true, or what
/// was found plus 2; 3, place, 1 if there is a key, the point. The rest is 0.
pub(crate) type Steps<'s> = Option<&'s mut Vec<u32>>;

/// Words of a step.
pub(crate) const STEP: usize = 5;

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
    pub(crate) fn of(words: &[u32; STEP]) -> Self {
        match *words {
            [0, flag, ..] => Self::Flag(FlagId(flag)),
            [1, segment, ..] => Self::Segment(segment),
            [2, place, rule, negated, answer] => Self::Test {
                place,
                rule: (rule != u32::from(REQUIRE)).then_some(rule as u16),
                negated: negated != 0,
                answer: (answer < 2).then_some(answer == 1),
                found: match answer {
                    ABSENT => Found::Absent,
                    UNREADABLE => Found::Unreadable,
                    UNFIT => Found::Unfit,
                    _ => Found::Fit,
                },
            },
            [_, place, key, point, _] => Self::Split { place, point: (key != 0).then_some(point) },
        }
    }
}

const ABSENT: u32 = 2 + Found::Absent as u32;
const UNREADABLE: u32 = 2 + Found::Unreadable as u32;
const UNFIT: u32 = 2 + Found::Unfit as u32;
const FIT: u32 = 2 + Found::Fit as u32;

/// Says a step. Of its own, so that its callers need no memory for the words.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn tell(steps: &mut Vec<u32>, kind: u32, first: u32, second: u32, third: u32, fourth: u32) {
    append(steps, kind);
    append(steps, first);
    append(steps, second);
    append(steps, third);
    append(steps, fourth);
}

/// A flag's or segment's program begins.
pub(crate) fn node(steps: Steps<'_>, ruleset: &Ruleset, node: u32) {
    let Some(steps) = steps else { return };
    let flags = ruleset.flags.len() as u32;
    let segment = node >= flags;
    tell(steps, segment.into(), if segment { node.wrapping_sub(flags) } else { node }, 0, 0, 0);
}

/// A test answered, of this flag or segment by its number there.
#[inline(always)]
pub(crate) fn test(
    steps: Steps<'_>,
    ruleset: &Ruleset,
    (of, at): (&Flag, i16),
    test: &Test,
    context: &Context,
    answer: Option<bool>,
) {
    if let Some(steps) = steps {
        tell_test(steps, ruleset, of.places.wrapping_add(at as u32), test, context, answer);
    }
}

/// What a test answered. Of its own, because deciding comes here for each test.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn tell_test(
    steps: &mut Vec<u32>,
    ruleset: &Ruleset,
    place: u32,
    test: &Test,
    context: &Context,
    answer: Option<bool>,
) {
    let answer = match (answer, context.value(test.slot)) {
        (Some(answer), _) => u32::from(answer != test.negate),
        _ if !test.op.has_slot() => FIT,
        (_, Value::Unreadable) => UNREADABLE,
        (_, Value::Absent) => ABSENT,
        _ => UNFIT,
    };
    let place = ruleset.places.get(place as usize).copied().unwrap_or(0);
    tell(steps, 2, place, test.part.into(), test.negate.into(), answer);
}

/// A rollout or ramp was reached; no point: without a key.
pub(crate) fn split(steps: Steps<'_>, place: u32, point: Option<u32>) {
    if let Some(steps) = steps {
        tell(steps, 3, place, point.is_some().into(), point.unwrap_or(0), 0);
    }
}
