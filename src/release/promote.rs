//! What of a flag changes when an environment takes over what another has.

use super::assemble::REPLACED;
use crate::json::{Kind, Tape, compact};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

/// A member of an environment's file, before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its name.
    pub member: String,
    /// Its value as JSON text without insignificant space; none: the flag's
    /// own, as in `flags`, holds.
    pub before: Option<String>,
    /// The same afterwards.
    pub after: Option<String>,
}

/// The members in which two files of an environment differ, in the order
/// `enabled`, `require`, `rules`, `serve`, and then others by their names. A
/// file that is not there has no members.
pub fn changes(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<Change> {
    let (mut before, mut after) = (members(before), members(after));
    let others = before.keys().chain(after.keys()).cloned().collect::<Vec<_>>();
    let mut names: Vec<String> = REPLACED.iter().map(|name| (*name).to_string()).collect();
    names.extend(others);
    let changes = names.into_iter().filter_map(|member| {
        let (before, after) = (before.remove(&member), after.remove(&member));
        (before != after).then_some(Change { member, before, after })
    });
    changes.collect()
}

/// The members of a file that mean something.
fn members(file: Option<&[u8]>) -> BTreeMap<String, String> {
    let mut tape = Tape::new();
    let Some(root) = file.and_then(|bytes| tape.read(bytes).ok()) else { return BTreeMap::new() };
    if root.kind() != Kind::Object {
        return BTreeMap::new();
    }
    let members = root.members().filter_map(|(name, value)| {
        let name = name.text().filter(|name| name != "$schema")?.into_owned();
        let mut text = Vec::new();
        compact(value.raw().as_bytes(), &mut text);
        Some((name, String::from_utf8(text).ok()?))
    });
    members.collect()
}
