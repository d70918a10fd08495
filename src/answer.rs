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
    let value = context.value(test.slot);
    let list = ruleset.lists.get(test.operand as usize);
    let answer = match test.op {
        Op::Unknown => None,
        Op::Is => match value {
            Value::Text { atom, .. } => Some(atom == test.operand),
            _ => None,
        },
        Op::In => {
            let (tag, element) = match value {
                Value::Text { atom, .. } => (STRINGS, atom.into()),
                Value::Number(value) => (NUMBERS, number(value)),
                Value::Boolean(value) => (BOOLEANS, value.into()),
                _ => return None,
            };
            let list = list.filter(|list| list.tag == tag)?;
            Some(run(&ruleset.elements, list.start, list.len).binary_search(&element).is_ok())
        }
        Op::HasAny | Op::HasAll => {
            let (list, Value::List { tag, start, len }) = (list?, value) else { return None };
            let wanted = run(&ruleset.elements, list.start, list.len);
            let given = run(&context.elements, start, len);
            if len > 0 && tag != list.tag {
                return None;
            }
            let has = |element| given.binary_search(element).is_ok();
            let all = test.op == Op::HasAll;
            Some(if all { wanted.iter().all(has) } else { wanted.iter().any(has) })
        }
        Op::StartsWith | Op::EndsWith | Op::Contains => {
            let (list, Value::Text { text, .. }) = (list?, value) else { return None };
            let text = context.bytes(text);
            Some(run(&ruleset.elements, list.start, list.len).iter().any(|part| {
                let part = ruleset.texts.get(*part as u32);
                match test.op {
                    Op::StartsWith => text.starts_with(part),
                    Op::EndsWith => text.ends_with(part),
                    _ => text::contains(text, part),
                }
            }))
        }
        Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            let Value::Number(value) = value else { return None };
            let than = *ruleset.numbers.get(test.operand as usize)?;
            Some(match test.op {
                Op::Less => value < than,
                Op::LessOrEqual => value <= than,
                Op::Greater => value > than,
                _ => value >= than,
            })
        }
        Op::Version => {
            let (list, Value::Version { parts, pre }) = (list?, value) else { return None };
            let found = versioned(parts, context.bytes(pre));
            let bound = |bound: Bound| version::Bound {
                version: versioned(bound.parts, ruleset.texts.get(bound.pre)),
                after: bound.after,
            };
            Some(run(&ruleset.intervals, list.start, list.len).iter().any(|interval| {
                let (low, high) = (bound(interval.low), bound(interval.high));
                version::Range { low, high }.contains(&found)
            }))
        }
        Op::Before | Op::After => {
            let Value::Instant(instant) = value else { return None };
            let (than, _) = *ruleset.spans.get(test.operand as usize)?;
            Some(if test.op == Op::Before { instant < than } else { instant > than })
        }
        Op::Cidr => {
            let (list, Value::Address(address)) = (list?, value) else { return None };
            let networks = run(&ruleset.networks, list.start, list.len);
            Some(networks.iter().any(|network| network.contains(address)))
        }
        Op::Exists => match value {
            Value::Absent => Some(false),
            Value::Unreadable => None,
            _ => Some(true),
        },
        Op::Segment => {
            let node = (ruleset.flags.len() as u32).wrapping_add(test.operand);
            FALSE_TRUE_UNKNOWN.get(context.remembered(node)? as usize).copied().flatten()
        }
        Op::Flag => {
            let list = list?;
            let served = Decision::from_bits(context.remembered(list.tag)?).variant()?;
            Some(run(&ruleset.choices, list.start, list.len).contains(&served))
        }
        Op::Bucket => {
            let Value::Text { text: key, .. } = value else { return None };
            let (from, to) = *ruleset.spans.get(test.operand as usize)?;
            let (seed, _) = *ruleset.spans.get(test.operand.wrapping_add(1) as usize)?;
            let point = i64::from(bucket::point(seed as u64, context.bytes(key)));
            Some(from <= point && point < to)
        }
        Op::Time => {
            let (from, until) = *ruleset.spans.get(test.operand as usize)?;
            Some(from <= context.now() && context.now() < until)
        }
    };
    answer.map(|answer| answer != test.negate)
}

fn run<T>(pool: &[T], start: u32, len: u32) -> &[T] {
    let start = start as usize;
    pool.get(start..start.saturating_add(len as usize)).unwrap_or_default()
}

fn versioned(numbers: [u64; 3], pre: &[u8]) -> version::Version<'_> {
    version::Version { numbers, pre }
}
