//! Conditions and rules in a few words, as they are written.

use crate::diagnostic::Span;
use crate::document::{Condition, ConditionKind, Rule};
use crate::json::{Tape, compact};
use crate::release::text::{member, quoted};
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Characters of a value that are shown.
const SHOWN: usize = 40;

/// The text at a place.
pub fn at(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}

fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// JSON on one line.
fn plain(json: &str) -> String {
    let mut out = Vec::new();
    compact(json.as_bytes(), &mut out);
    cut(&String::from_utf8_lossy(&out))
}

/// A condition as it would be said.
pub fn condition(text: &str, condition: &Condition<'_>) -> String {
    let written = at(text, condition.span);
    let mut tape = Tape::new();
    let Ok(root) = tape.read(written.as_bytes()) else { return plain(written) };
    let of = |name: &str| member(root, name).map(|(_, value)| plain(value.raw()));
    match &condition.kind {
        ConditionKind::All(parts) => format!("`all` of {}", parts.len()),
        ConditionKind::Any(parts) => format!("`any` of {}", parts.len()),
        ConditionKind::Not(part) => match &part.kind {
            ConditionKind::All(_) | ConditionKind::Any(_) => "a `not`".to_owned(),
            _ => format!("not {}", self::condition(text, part)),
        },
        ConditionKind::Segment(name) => format!("`segment` {}", cut(&quoted(&name.text))),
        ConditionKind::Flag { key, .. } => {
            format!("`flag` {} is {}", cut(&quoted(&key.text)), of("is").unwrap_or_default())
        }
        ConditionKind::Bucket { .. } => {
            format!("`bucket` {}", of("bucket").unwrap_or_default())
        }
        ConditionKind::Time { .. } => format!("`time` {}", of("time").unwrap_or_default()),
        ConditionKind::Test { path, .. } => {
            let name = path.segments.join(".");
            let op = member(root, "op").and_then(|(_, op)| op.text()).unwrap_or_default();
            let value = of("value").map(|value| format!(" {value}")).unwrap_or_default();
            format!("`{} {op}{value}`", cut(&name))
        }
    }
}

/// A rule by its name, or by its place.
pub fn rule(index: usize, rule: &Rule<'_>) -> String {
    match &rule.name {
        Some(name) => cut(&quoted(name)),
        None => format!("`rules[{index}]`"),
    }
}

/// Words with `and` before the last; of many, the first.
pub fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] if rest.len() < 4 => format!("{} and {last}", rest.join(", ")),
        [first, second, rest @ ..] => {
            format!("{first}, {second} and {} more", rest.len())
        }
    }
}
