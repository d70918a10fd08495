//! The own JSON reader against `serde_json`: for `tests/json.rs` and the fuzz target.

use serde_json::Value;
use serde_json::value::RawValue;
use serin::diagnostic::{Code, Expected};
use serin::json::{Kind, Node, SyntaxError, Tape};
use serin::limits;
use std::collections::BTreeMap;

/// Whether it is JSON: `RawValue` is checked without being read, so neither
/// depth nor surrogates nor the size of numbers count.
fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<&RawValue>(text).is_ok())
}

/// Compares one text; the difference, if there is one.
pub fn difference(tape: &mut Tape, bytes: &[u8]) -> Option<String> {
    let json = is_json(bytes);
    let value = std::str::from_utf8(bytes).ok().and_then(|text| serde_json::from_str(text).ok());
    let mut faults = Faults::default();
    match tape.read(bytes) {
        Err(_) if json => return Some("it is JSON and was refused".to_owned()),
        Err(error) => return late(tape, bytes, error),
        Ok(_) if !json => return Some("it is no JSON and was read".to_owned()),
        Ok(node) => {
            faults.depth_of(node, 0);
            if let (Some(value), false) = (&value, faults.deep) {
                if let Some(found) = unlike(node, value) {
                    return Some(found);
                }
                faults.count(node);
            }
        }
    }
    let has = |code| tape.faults().iter().any(|fault| fault.code == code);
    let unreadable = has(Code::LoneSurrogate) || has(Code::NumberOverflow) || faults.deep;
    match value {
        None if !unreadable => {
            return Some("serde_json refuses it and there is no fault".to_owned());
        }
        Some(_) if has(Code::LoneSurrogate) => return Some("no surrogate is alone".to_owned()),
        _ => {}
    }
    if faults.deep != has(Code::DepthExceeded) {
        return Some(format!("too deep is {}", faults.deep));
    }
    if !faults.deep && value.is_some() {
        let counted = |code| tape.faults().iter().filter(|fault| fault.code == code).count();
        let [integers, names] = [Code::IntegerTooLarge, Code::DuplicateMember].map(counted);
        if (integers, names) != (faults.integers, faults.names) {
            return Some(format!(
                "{} integers and {} names are faulty",
                faults.integers, faults.names
            ));
        }
    }
    None
}

/// The error must stand at the first byte that does not fit: what is before
/// it is JSON, or would be if it went on.
fn late(tape: &mut Tape, bytes: &[u8], error: SyntaxError) -> Option<String> {
    let before = bytes.get(..error.at)?;
    match tape.read(before) {
        Ok(_) => None,
        Err(cut) if (cut.at, cut.expected) == (before.len(), Expected::MoreText) => None,
        Err(earlier) => Some(format!("{error:?} comes after {earlier:?}")),
    }
}

/// What a ruleset may not contain, counted from nodes that are known to be right.
#[derive(Default)]
struct Faults {
    deep: bool,
    integers: usize,
    names: usize,
}

impl Faults {
    /// Nodes end at the greatest depth, so the text is looked at beyond.
    fn depth_of(&mut self, node: Node<'_, '_>, above: usize) {
        let (mut depth, mut string, mut escape) = (above, false, false);
        for byte in node.raw().bytes() {
            match byte {
                _ if escape => escape = false,
                b'\\' => escape = string,
                b'"' => string = !string,
                b'[' | b'{' if !string => {
                    depth += 1;
                    self.deep |= depth > limits::DEPTH;
                }
                b']' | b'}' if !string => depth -= 1,
                _ => {}
            }
        }
    }

    fn count(&mut self, node: Node<'_, '_>) {
        let digits = node.raw().trim_start_matches('-');
        if node.kind() == Kind::Number && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.integers +=
                usize::from(digits.parse().map_or(true, |n: u64| n > limits::SAFE_INTEGER));
        }
        node.items().for_each(|item| self.count(item));
        let mut names = std::collections::BTreeSet::new();
        for (name, value) in node.members() {
            self.names += usize::from(!names.insert(name.text()));
            self.count(value);
        }
    }
}

/// Where a node says something else than serde_json's value.
fn unlike(node: Node<'_, '_>, value: &Value) -> Option<String> {
    let alike = match (node.kind(), value) {
        (Kind::Null, Value::Null) => true,
        (Kind::Boolean, Value::Bool(value)) => node.raw() == if *value { "true" } else { "false" },
        (Kind::Number, Value::Number(value)) => node.raw().parse().ok() == value.as_f64(),
        (Kind::String, Value::String(value)) => node.text().as_deref() == Some(value),
        (Kind::Array, Value::Array(items)) => {
            let found = node.items().zip(items).find_map(|(node, value)| unlike(node, value));
            if found.is_some() {
                return found;
            }
            node.items().count() == items.len()
        }
        (Kind::Object, Value::Object(members)) => {
            // The last of several members of one name is the one that serde_json keeps.
            let last: BTreeMap<_, _> = node
                .members()
                .map(|(name, value)| (name.text().unwrap().into_owned(), value))
                .collect();
            let found = last.iter().find_map(|(name, node)| match members.get(name) {
                None => Some(format!("there is no member {name:?}")),
                Some(value) => unlike(*node, value),
            });
            if found.is_some() {
                return found;
            }
            last.len() == members.len()
        }
        _ => false,
    };
    (!alike).then(|| format!("{} reads as {:?}, and is {value}", node.raw(), node.kind()))
}
