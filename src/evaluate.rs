//! Evaluation: the file to read first.
//!
//! A flag's rules are a flat program of tests whose jumps only lead one way.
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
use crate::context::Context;
use crate::decision::{Decision, ErrorCode, NO_RULE, NO_VARIANT, Reason};
use crate::ruleset::program::{TRUE, division_parts, end_parts, key_parts};
use crate::ruleset::{Flag, FlagId, NONE, Ruleset};
use crate::trace::{self, Steps};

/// Decides a flag for a context.
///
/// A flag that is none answers FLAG_NOT_FOUND, a broken one PARSE_ERROR, a
/// context of another ruleset INVALID_CONTEXT. The context is borrowed
/// mutably because it keeps what shared segments and flags answered.
pub fn evaluate(ruleset: &Ruleset, flag: FlagId, context: &mut Context) -> Decision {
    telling(ruleset, flag, context, None)
}

/// The same, and tells its steps if somebody listens.
pub(crate) fn telling(
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
fn decide(ruleset: &Ruleset, flag: &Flag, context: &mut Context, mut steps: Steps<'_>) -> Decision {
    if flag.kind.is_none() {
        return Decision::error(ErrorCode::ParseError);
    }
    if flag.forced != NO_VARIANT {
        return Decision::pack(flag.forced, NO_RULE, Reason::Override);
    }
    if flag.killed || !flag.enabled {
        return flag.off;
    }
    let at = run(ruleset, flag, context, steps.as_deref_mut());
    let place = flag.outcomes.wrapping_add(!at as u32);
    let Some(&end) = ruleset.constants.get(place as usize) else {
        return Decision::error(ErrorCode::General);
    };
    let (decision, line) = end_parts(end);
    if line == NONE {
        return decision;
    }
    divide(ruleset, line, decision, context, steps)
}

/// The outcome that a flag's program ends in, by which the context knows it
/// when another flag has the same one.
#[inline(always)]
fn run(ruleset: &Ruleset, flag: &Flag, context: &mut Context, mut steps: Steps<'_>) -> i16 {
    let mut at = flag.entry;
    if at < 0 {
        return at;
    }
    let entry = ruleset.nodes().wrapping_add(flag.tests).wrapping_add(at as u32);
    if let (Some(end), None) = (context.remembered(entry), &steps) {
        return end as i16;
    }
    while at >= 0 {
        let number = flag.tests.wrapping_add(at as u32);
        let Some(test) = ruleset.tests.get(number as usize) else { break };
        let answer = answer(ruleset, test, context);
        trace::test(steps.as_deref_mut(), ruleset, (flag, at), test, context, answer);
        at = if answer == Some(true) { test.if_true } else { test.if_false };
    }
    context.remember(entry, at as u32);
    at
}

/// A segment's three-valued answer, as an index into [`FALSE_TRUE_UNKNOWN`](crate::answer::FALSE_TRUE_UNKNOWN).
///
/// A formula over tests is known to be true if it is true with every unknown
/// taken for false, and known to be false if it is false with every unknown
/// taken for true. Both runs go through the same tests in step: the one that
/// is behind moves, so each test is asked at most once.
fn segment(ruleset: &Ruleset, node: u32, context: &Context, mut steps: Steps<'_>) -> u32 {
    let index = (node as usize).wrapping_sub(ruleset.flags.len());
    let Some(segment) = ruleset.segments.get(index).filter(|segment| segment.kind.is_some()) else {
        return 2;
    };
    let (mut low, mut high) = (segment.entry, segment.entry);
    while low.max(high) >= 0 {
        let at = low.max(high);
        let number = segment.tests.wrapping_add(at as u32);
        let Some(test) = ruleset.tests.get(number as usize) else { break };
        let answer = answer(ruleset, test, context);
        trace::test(steps.as_deref_mut(), ruleset, (segment, at), test, context, answer);
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
    line: u32,
    decision: Decision,
    context: &Context,
    steps: Steps<'_>,
) -> Decision {
    let words = ruleset.constants.get(line as usize..).unwrap_or_default();
    let [seed, key, division, pairs @ ..] = words else { return decision };
    let (slot, place) = key_parts(*key);
    let key = context.key(slot);
    let point = key.map(|key| bucket::point(*seed, key));
    trace::split(steps, place, point);
    let (len, without_key, ramped, rest) = division_parts(*division);
    let pairs = pairs.get(..len).unwrap_or_default();
    let found = if ramped == NO_VARIANT {
        point.map_or(without_key, |point| slice(pairs, point))
    } else {
        let cut = cut(pairs, context.now());
        match point {
            Some(point) if u64::from(point) < cut => ramped,
            Some(_) => rest,
            None if without_key != NO_VARIANT => without_key,
            None if cut == 0 => rest,
            None if cut == LINE => ramped,
            None => NO_VARIANT,
        }
    };
    if found == NO_VARIANT {
        return Decision::error(ErrorCode::TargetingKeyMissing).at_rule_of(decision);
    }
    decision.with_variant(found)
}

/// The variant of the first slice that ends beyond the point. INVARIANT: the
/// last one ends with the line, so there is one.
fn slice(mut pairs: &[u64], point: u32) -> u16 {
    while let [end, variant, rest @ ..] = pairs {
        if u64::from(point) < *end {
            return *variant as u16;
        }
        pairs = rest;
    }
    NO_VARIANT
}

/// The cut of the last step that has come; 0 before the first.
fn cut(mut pairs: &[u64], now: i64) -> u64 {
    let mut cut = 0;
    while let [at, next, rest @ ..] = pairs
        && *at as i64 <= now
    {
        cut = *next;
        pairs = rest;
    }
    cut
}
