//! Why a decision is as it is: evaluation again, and somebody listens.

use crate::context::Context;
use crate::decision::Decision;
use crate::evaluate::telling;
use crate::ruleset::{FlagId, Ruleset};
use crate::trace::{STEP, Step};
use alloc::vec::Vec;

/// A decision and every step that led to it, in order.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What [`evaluate`](crate::evaluate()) answers.
    pub decision: Decision,
    /// First the segments and flags that the flag depends on, then the flag.
    pub steps: Vec<Step>,
}

/// Decides a flag and tells every step.
pub fn explain(ruleset: &Ruleset, flag: FlagId, context: &mut Context) -> Explanation {
    context.forget();
    let mut words = Vec::new();
    let decision = telling(ruleset, flag, context, Some(&mut words));
    Explanation { decision, steps: words.as_chunks::<STEP>().0.iter().map(Step::of).collect() }
}
