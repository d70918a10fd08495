//! A document as text that is changed in places: every other byte stays.

use crate::json::{Node, Tape};
use crate::release::order::Order;
use std::format;
use std::ops::Range;
use std::string::String;
use std::vec::Vec;

/// Text in place of a range of bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty: the text is inserted there.
    pub at: Range<usize>,
    /// What stands there then.
    pub text: String,
}

impl Edit {
    pub(crate) fn new(at: Range<usize>, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }
}

/// The text with all edits done; they are in no order, and none touches what
/// another replaces.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.order_by_key(|edit| edit.at.start);
    let (mut out, mut done) = (String::new(), 0);
    for Edit { at, text: new } in edits {
        out.push_str(text.get(done..at.start).unwrap_or_default());
        out.push_str(new);
        done = at.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Where a value stands.
pub(super) fn range(node: Node<'_, '_>) -> Range<usize> {
    let span = node.span();
    span.start as usize..span.end as usize
}

/// Reads a text that is known to be JSON, and hands its root on.
pub(super) fn with_root<T>(text: &str, then: impl FnOnce(Node<'_, '_>) -> T) -> Option<T> {
    let mut tape = Tape::new();
    let root = tape.read(text.as_bytes()).ok()?;
    Some(then(root))
}

/// A member of an object: its name and its value.
pub(super) fn member<'t, 'a>(
    object: Node<'t, 'a>,
    name: &str,
) -> Option<(Node<'t, 'a>, Node<'t, 'a>)> {
    object.members().find(|(key, _)| key.text().as_deref() == Some(name))
}

/// The value of a member that is a string.
pub(super) fn string(object: Node<'_, '_>, name: &str) -> Option<String> {
    let (_, value) = member(object, name)?;
    Some(value.text()?.into_owned())
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    crate::json::escape(text.as_bytes(), &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Inserts a member behind another one, in the manner in which that object is
/// written: each on a line of its own, or all on one.
pub(super) fn insert_member(
    text: &str,
    object: Node<'_, '_>,
    behind: Node<'_, '_>,
    member: &str,
) -> Edit {
    let first = object.members().next().map(|(name, _)| range(name).start);
    let open = range(object).start.saturating_add(1);
    let space = text.get(open..first.unwrap_or(open)).unwrap_or_default();
    // In `{ "a": 1 }` the space behind the bracket is one; in `{"a":1}` none.
    let space =
        if space.contains('\n') { space.rsplit_once('\n').map_or(space, |_| space) } else { " " };
    let at = range(behind).end;
    Edit::new(at..at, format!(",{space}{member}"))
}

/// Adds a member at the end of an object, which may be empty.
pub(super) fn add_member(text: &str, object: Node<'_, '_>, member: &str) -> Edit {
    match object.members().last() {
        Some((_, last)) => insert_member(text, object, last, member),
        None => Edit::new(range(object), format!("{{ {member} }}")),
    }
}

/// Takes a member or an element out of its container, with its comma.
///
/// `items` are the starts and ends of all members or elements, in order.
pub(super) fn take_out(items: &[Range<usize>], index: usize) -> Option<Edit> {
    let item = items.get(index)?;
    let at = match (items.get(index.saturating_add(1)), index.checked_sub(1)) {
        (Some(next), _) => item.start..next.start,
        (None, Some(before)) => items.get(before)?.end..item.end,
        (None, None) => item.clone(),
    };
    Some(Edit::new(at, ""))
}
