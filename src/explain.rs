//! Why a decision is as it is: evaluation again, with a recorder.

use crate::context::{Context, Value};
use crate::decision::Decision;
use crate::evaluate::{Recorder, trace};
use crate::ruleset::program::{REQUIRE, Split};
use crate::ruleset::{FlagId, Ruleset};
use alloc::vec::Vec;

/// A decision and every step that led to it, in order.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`evaluate`](crate::evaluate()) answers.
    pub decision: Decision,
    /// First the segments and flags that the flag depends on, then the flag.
    pub steps: Vec<Step>,
}

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

struct Trace<'r> {
    ruleset: &'r Ruleset,
    steps: Vec<Step>,
}

impl Recorder for Trace<'_> {
    fn node(&mut self, node: u32) {
        let flags = self.ruleset.flags.len() as u32;
        self.steps.push(match node.checked_sub(flags) {
            None => Step::Flag(FlagId(node)),
            Some(segment) => Step::Segment(segment),
        });
    }

    fn test(&mut self, number: u32, context: &Context, answer: Option<bool>) {
        let Some(test) = self.ruleset.tests.get(number as usize) else { return };
        let found = match context.value(test.slot) {
            _ if answer.is_some() || !test.op.has_slot() => Found::Fit,
            Value::Absent => Found::Absent,
            Value::Unreadable => Found::Unreadable,
            _ => Found::Unfit,
        };
        self.steps.push(Step::Test {
            place: self.ruleset.places.get(number as usize).copied().unwrap_or(0),
            rule: (test.part != REQUIRE).then_some(test.part),
            negated: test.negate,
            answer: answer.map(|answer| answer != test.negate),
            found,
        });
    }

    fn split(&mut self, split: &Split, point: Option<u32>) {
        self.steps.push(Step::Split { place: split.place, point });
    }
}

/// Decides a flag and tells every step.
pub fn explain(ruleset: &Ruleset, flag: FlagId, context: &mut Context) -> Explanation {
    context.forget();
    let mut recorder = Trace { ruleset, steps: Vec::new() };
    let decision = trace(ruleset, flag, context, &mut recorder);
    Explanation { decision, steps: recorder.steps }
}
