//! The answer of one test: a slot of the context against an operand of the
//! ruleset. One arm an operator; true, false, or unknown (`None`).

use crate::bucket;
use crate::compare::address::{Address, Network};
use crate::compare::{text, version};
use crate::context::{Context, Range, Value};
use crate::decision::Decision;
use crate::pool::below;
use crate::ruleset::Ruleset;
use crate::ruleset::program::{BOOLEANS, INTERVAL, NETWORK, NUMBERS, Op, STRINGS, Test};
use crate::value::number;

/// What the answer of a segment is kept as: an index into this.
pub(crate) const FALSE_TRUE_UNKNOWN: [Option<bool>; 3] = [Some(false), Some(true), None];

/// The answer of one test, its negation included. Anything but a value of
/// the operator's type is unknown.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(crate) fn answer(ruleset: &Ruleset, test: &Test, context: &Context) -> Option<bool> {
    let answer = plain(ruleset, test, context)?;
    Some(answer != test.negate)
}

#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn plain(ruleset: &Ruleset, test: &Test, context: &Context) -> Option<bool> {
    let value = context.value(test.slot);
    let (tag, list) = ruleset.list(test.operand);
    Some(match test.op {
        Op::Unknown => return None,
        Op::Is => {
            let Value::Text { atom, .. } = value else { return None };
            *atom == test.operand
        }
        Op::In => {
            let (of, element) = match value {
                Value::Text { atom, .. } => (STRINGS, (*atom).into()),
                Value::Number(value) => (NUMBERS, number(*value)),
                Value::Boolean(value) => (BOOLEANS, (*value).into()),
                _ => return None,
            };
            if tag != of {
                return None;
            }
            has(list, element)
        }
        Op::HasAny | Op::HasAll => {
            let Value::List { tag: of, start, len } = value else { return None };
            if *len > 0 && *of != tag {
                return None;
            }
            shares(list, context.elements(*start, *len), test.op == Op::HasAll)
        }
        Op::StartsWith | Op::EndsWith | Op::Contains => {
            let Value::Text { text, .. } = value else { return None };
            finds(ruleset, test.op, list, context.bytes(*text))
        }
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            let Value::Number(value) = value else { return None };
            let than = f64::from_bits(*list.first()?);
            match test.op {
                Op::Less => *value < than,
                Op::LessOrEqual => *value <= than,
                Op::Greater => *value > than,
                _ => *value >= than,
            }
        }
        Op::Version => {
            let Value::Version { parts, pre } = value else { return None };
            within(ruleset, context, list, parts, *pre)
        }
        Op::Before | Op::After => {
            let Value::Instant(instant) = value else { return None };
            let than = *list.first()? as i64;
            if test.op == Op::Before { *instant < than } else { *instant > than }
        }
        Op::Cidr => {
            let Value::Address(address) = value else { return None };
            covers(list, *address)
        }
        Op::Exists => match value {
            Value::Unreadable => return None,
            value => !matches!(value, Value::Absent),
        },
        Op::Segment => {
            let node = (ruleset.flags.len() as u32).wrapping_add(test.operand);
            return *FALSE_TRUE_UNKNOWN.get(context.remembered(node)? as usize)?;
        }
        Op::Flag => {
            let served = Decision::from_bits(context.remembered(tag)?).variant()?;
            has(list, served.into())
        }
        Op::Bucket => return bucketed(ruleset, test, context),
        Op::Time => {
            let [from, until] = list else { return None };
            *from as i64 <= context.now() && context.now() < *until as i64
        }
    })
}

// What takes more than a few registers is apart in native code, so that the
// operators that take none do not save them.

/// Whether a list shares an element with another, or has all of its elements.
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn shares(list: &[u64], given: &[u64], all: bool) -> bool {
    // Of any the first that is there decides, of all the first that is not.
    list.iter().any(|wanted| has(given, *wanted) != all) != all
}

/// Whether one of the texts with these numbers is found in a text.
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn finds(ruleset: &Ruleset, op: Op, list: &[u64], text: &[u8]) -> bool {
    list.iter().any(|part| {
        let part = ruleset.texts.get(*part as u32);
        match op {
            Op::StartsWith => text.starts_with(part),
            Op::EndsWith => text.ends_with(part),
            _ => text::contains(text, part),
        }
    })
}

/// Whether an address lies in one of the networks.
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn covers(list: &[u64], address: Address) -> bool {
    let wide = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
    list.chunks_exact(NETWORK).any(|words| {
        let &[v6, high, low, mask_high, mask_low] = words else { return false };
        let (bits, mask) = (wide(high, low), wide(mask_high, mask_low));
        Network { v6: v6 != 0, bits, mask }.contains(address)
    })
}

/// Whether the point of the key lies between the cuts.
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn bucketed(ruleset: &Ruleset, test: &Test, context: &Context) -> Option<bool> {
    let line = ruleset.constants.get(test.operand as usize..)?;
    let [seed, _, _, from, to, ..] = line else { return None };
    let point = u64::from(bucket::point(*seed, context.key(test.slot)?));
    Some(*from <= point && point < *to)
}

/// Whether a version lies in one of the intervals.
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn within(
    ruleset: &Ruleset,
    context: &Context,
    list: &[u64],
    parts: &[u64; 3],
    pre: Range,
) -> bool {
    let above = |end: &[u64]| ends_above(ruleset, context, end, parts, pre);
    list.chunks_exact(INTERVAL).any(|words| {
        let (low, high) = words.split_at(INTERVAL / 2);
        !above(low) && above(high)
    })
}

/// Whether the end of an interval, see [`INTERVAL`], lies above a version. Mostly the numbers tell.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn ends_above(
    ruleset: &Ruleset,
    context: &Context,
    words: &[u64],
    parts: &[u64; 3],
    pre: Range,
) -> bool {
    let [numbers @ .., last] = words else { return false };
    for (number, than) in numbers.iter().zip(parts) {
        if number != than {
            return number > than;
        }
    }
    let bound =
        |pre, after| version::Bound { version: version::Version { numbers: *parts, pre }, after };
    let end = bound(ruleset.texts.get(*last as u32), last >> 32 != 0);
    end.is_above(&bound(context.bytes(pre), false))
}

const SHORT: usize = 16;

/// Whether an ascending list has this element.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn has(list: &[u64], element: u64) -> bool {
    // In a short list, steps that do not wait for each other are faster.
    if cfg!(not(target_arch = "wasm32")) && list.len() <= SHORT {
        return list.contains(&element);
    }
    list.get(below(list, element)) == Some(&element)
}
