//! Evaluation: the file to read first.
//!
//! A flag's rules are a flat program of tests whose jumps only lead forward.
//! Evaluation runs the programs of the segments and flags that the flag
//! depends on, each once, in an order in which nothing is needed before it is
//! known; then the flag's own. It is total, without recursion, and allocates
//! nothing: all that can fail has failed in loading.
//!
//! Every test answers true, false or unknown (`None`). A jump goes the true
//! way only on what is known to be true, so a rule matches only on true, and
//! a `not` around the unknown does not make it match.

use crate::answer::answer;
use crate::bucket::{self, LINE};
use crate::context::{Context, Value};
use crate::decision::{Decision, ErrorCode};
use crate::ruleset::program::{Cut, OUTCOME, Outcome, Split, TRUE};
use crate::ruleset::{Flag, FlagId, Ruleset};
use crate::trace::{self, Steps};

/// Decides a flag for a context.
///
/// A flag that is none answers FLAG_NOT_FOUND, a broken one PARSE_ERROR, a
/// context of another ruleset INVALID_CONTEXT. The context is borrowed
/// mutably because it keeps what shared segments and flags answered.
pub fn evaluate(ruleset: &Ruleset, flag: FlagId, context: &mut Context) -> Decision {
    trace(ruleset, flag, context, None)
}

/// The same, and tells its steps if somebody listens.
pub(crate) fn trace(
    ruleset: &Ruleset,
    flag: FlagId,
    context: &mut Context,
    mut steps: Steps<'_>,
) -> Decision {
    let Some(record) = ruleset.flags.get(flag.index()) else {
        return Decision::error(ErrorCode::FlagNotFound);
    };
    if !context.belongs_to(ruleset) {
        return Decision::error(ErrorCode::InvalidContext);
    }
    let start = record.needs as usize;
    let end = start.saturating_add(record.needs_len.into());
    for &node in ruleset.needs.get(start..end).unwrap_or_default() {
        if context.remembered(node).is_some() {
            continue;
        }
        trace::node(steps.as_deref_mut(), ruleset, node);
        let answer = match ruleset.flags.get(node as usize) {
            Some(flag) => decide(ruleset, flag, context, steps.as_deref_mut()).bits(),
            None => segment(ruleset, node, context, steps.as_deref_mut()),
        };
        context.remember(node, answer);
    }
    trace::node(steps.as_deref_mut(), ruleset, flag.0);
    decide(ruleset, record, context, steps)
}

/// A flag, when all it depends on is known.
fn decide(ruleset: &Ruleset, flag: &Flag, context: &Context, mut steps: Steps<'_>) -> Decision {
    if flag.kind.is_none() {
        return Decision::error(ErrorCode::ParseError);
    }
    if flag.killed || !flag.enabled {
        return flag.off;
    }
    let mut at = flag.entry;
    while at < OUTCOME {
        let place = flag.tests.wrapping_add(at.into());
        let Some(test) = ruleset.tests.get(place as usize) else { break };
        let answer = answer(ruleset, test, context);
        trace::test(steps.as_deref_mut(), ruleset, place, context, answer);
        at = if answer == Some(true) { test.if_true } else { test.if_false };
    }
    let place = flag.outcomes.wrapping_add(at.wrapping_sub(OUTCOME).into());
    match ruleset.outcomes.get(place as usize) {
        Some(Outcome::Decided(decision)) => *decision,
        Some(Outcome::Split(decision, split)) => match ruleset.splits.get(*split as usize) {
            Some(split) => divide(ruleset, split, *decision, context, steps),
            None => Decision::error(ErrorCode::General),
        },
        None => Decision::error(ErrorCode::General),
    }
}

/// A segment's three-valued answer, as an index into [`FALSE_TRUE_UNKNOWN`](crate::answer::FALSE_TRUE_UNKNOWN).
///
/// A formula over tests is known to be true if it is true with every unknown
/// taken for false, and known to be false if it is false with every unknown
/// taken for true. Both runs go through the same tests in step: the one that
/// is behind moves, so each test is asked at most once.
fn segment(ruleset: &Ruleset, node: u32, context: &Context, mut steps: Steps<'_>) -> u32 {
    let index = (node as usize).wrapping_sub(ruleset.flags.len());
    let Some(segment) = ruleset.segments.get(index).filter(|segment| !segment.broken) else {
        return 2;
    };
    let (mut low, mut high) = (segment.entry, segment.entry);
    while low.min(high) < OUTCOME {
        let at = low.min(high);
        let place = segment.tests.wrapping_add(at.into());
        let Some(test) = ruleset.tests.get(place as usize) else { break };
        let answer = answer(ruleset, test, context);
        trace::test(steps.as_deref_mut(), ruleset, place, context, answer);
        if low == at {
            low = if answer == Some(true) { test.if_true } else { test.if_false };
        }
        if high == at {
            high = if answer == Some(false) { test.if_false } else { test.if_true };
        }
    }
    match (low == TRUE, high == TRUE) {
        (true, _) => 1,
        (false, false) => 0,
        (false, true) => 2,
    }
}

/// The slice of the line that the key's point lies in.
fn divide(
    ruleset: &Ruleset,
    split: &Split,
    decision: Decision,
    context: &Context,
    steps: Steps<'_>,
) -> Decision {
    let start = split.start as usize;
    let end = start.saturating_add(split.len as usize);
    let two;
    let cuts = match split.ramp {
        None => ruleset.cuts.get(start..end).unwrap_or_default(),
        Some((variant, rest)) => {
            let steps = ruleset.steps.get(start..end).unwrap_or_default();
            let past = steps.iter().take_while(|step| step.at <= context.now()).last();
            let cut = Cut { end: past.map_or(0, |step| step.cut), variant };
            two = [cut, Cut { end: LINE, variant: rest }];
            &two[..]
        }
    };
    let Value::Text { text: key, .. } = context.value(split.slot) else {
        trace::split(steps, split, None);
        return match split.without_key.or_else(|| whole(cuts)) {
            Some(variant) => decision.with_variant(variant),
            None => Decision::error(ErrorCode::TargetingKeyMissing).at_rule_of(decision),
        };
    };
    let point = bucket::point(split.seed, context.bytes(key));
    trace::split(steps, split, Some(point));
    let found = cuts.iter().find(|cut| u64::from(point) < cut.end);
    // INVARIANT: the last cut is the end of the line, so there is a slice.
    found.map_or(decision, |cut| decision.with_variant(cut.variant))
}

/// The variant that holds the whole line, if one does.
fn whole(cuts: &[Cut]) -> Option<u16> {
    let (mut before, mut only) = (0, None);
    for cut in cuts.iter().filter(|cut| core::mem::replace(&mut before, cut.end) < cut.end) {
        if *only.get_or_insert(cut.variant) != cut.variant {
            return None;
        }
    }
    only
}
