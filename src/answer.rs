//! The answer of one test: a slot of the context against an operand of the
//! ruleset. One arm an operator; true, false, or unknown (`None`).

use crate::bucket;
use crate::compare::{text, version};
use crate::context::{Context, Value};
use crate::decision::Decision;
use crate::ruleset::Ruleset;
use crate::ruleset::program::{BOOLEANS, Bound, NUMBERS, Op, STRINGS, Test};
use crate::value::number;

/// What the answer of a segment is kept as: an index into this.
pub(crate) const FALSE_TRUE_UNKNOWN: [Option<bool>; 3] = [Some(false), Some(true), None];

/// The answer of one test, its negation included. Anything but a value of
/// the operator's type is unknown.
pub(crate) fn answer(ruleset: &Ruleset, test: &Test, context: &Context) -> Option<bool> {
    let answer = plain(ruleset, test, context)?;
    Some(answer != test.negate)
}

fn plain(ruleset: &Ruleset, test: &Test, context: &Context) -> Option<bool> {
    let value = context.value(test.slot);
    let (tag, list) = ruleset.list(test.operand);
    let first = list.first().copied();
    Some(match (test.op, value) {
        (Op::Unknown, _) | (Op::Exists, Value::Unreadable) => return None,
        (Op::Exists, value) => !matches!(value, Value::Absent),
        (Op::Is, Value::Text { atom, .. }) => *atom == test.operand,
        (Op::In, Value::Text { atom, .. }) if tag == STRINGS => has(list, (*atom).into()),
        (Op::In, Value::Number(value)) if tag == NUMBERS => has(list, number(*value)),
        (Op::In, Value::Boolean(value)) if tag == BOOLEANS => has(list, (*value).into()),
        (Op::HasAny | Op::HasAll, Value::List { tag: of, start, len }) => {
            if *len > 0 && *of != tag {
                return None;
            }
            let given = context.elements(*start, *len);
            let all = test.op == Op::HasAll;
            list.iter().all(|wanted| has(given, *wanted) == all) == all
        }
        (Op::StartsWith | Op::EndsWith | Op::Contains, Value::Text { text, .. }) => {
            let text = context.bytes(*text);
            list.iter().any(|part| {
                let part = ruleset.texts.get(*part as u32);
                match test.op {
                    Op::StartsWith => text.starts_with(part),
                    Op::EndsWith => text.ends_with(part),
                    _ => text::contains(text, part),
                }
            })
        }
        (Op::Less, Value::Number(value)) => *value < f64::from_bits(first?),
        (Op::LessOrEqual, Value::Number(value)) => *value <= f64::from_bits(first?),
        (Op::Greater, Value::Number(value)) => *value > f64::from_bits(first?),
        (Op::GreaterOrEqual, Value::Number(value)) => *value >= f64::from_bits(first?),
        (Op::Version, Value::Version { parts, pre }) => {
            let found = versioned(*parts, context.bytes(*pre));
            let bound = |bound: Bound| version::Bound {
                version: versioned(bound.parts, ruleset.texts.get(bound.pre)),
                inclusive: bound.inclusive,
            };
            list.iter().any(|number| {
                let Some(interval) = ruleset.intervals.get(*number as usize) else { return false };
                let (low, high) = (interval.low.map(bound), interval.high.map(bound));
                version::Range { low, high }.contains(&found)
            })
        }
        (Op::Before, Value::Instant(instant)) => *instant < first? as i64,
        (Op::After, Value::Instant(instant)) => *instant > first? as i64,
        (Op::Cidr, Value::Address(address)) => {
            let network = |number: &u64| ruleset.networks.get(*number as usize);
            list.iter().filter_map(network).any(|network| network.contains(*address))
        }
        (Op::Segment, _) => {
            let node = (ruleset.flags.len() as u32).wrapping_add(test.operand);
            return *FALSE_TRUE_UNKNOWN.get(context.remembered(node)? as usize)?;
        }
        (Op::Flag, _) => {
            let served = Decision::from_bits(context.remembered(tag)?).variant()?;
            list.contains(&served.into())
        }
        (Op::Bucket, _) => {
            let line = ruleset.constants.get(test.operand as usize..)?;
            let [seed, _, _, from, to, ..] = line else { return None };
            let point = u64::from(bucket::point(*seed, context.key(test.slot)?));
            *from <= point && point < *to
        }
        (Op::Time, _) => {
            let [from, until] = list else { return None };
            *from as i64 <= context.now() && context.now() < *until as i64
        }
        _ => return None,
    })
}

/// Whether an ascending list has this element.
#[inline(never)]
fn has(list: &[u64], element: u64) -> bool {
    list.binary_search(&element).is_ok()
}

fn versioned(parts: [u64; 3], pre: &[u8]) -> version::Version<'_> {
    let [major, minor, patch] = parts;
    version::Version { major, minor, patch, pre }
}
