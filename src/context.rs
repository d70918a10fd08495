//! Attribute values bound to the slots of one ruleset, at one instant.
//!
//! Binding reads each attribute once and prepares every view that some test
//! takes of it (version, time, address, folded text, key), so that evaluation
//! only compares. What cannot be read is a state, never a failure.

mod once;

use crate::compare::{address, time, version};
use crate::document::check::BETWEEN;
use crate::pool::sort;
use crate::ruleset::program::{BOOLEANS, NUMBERS, STRINGS, VIEWS, View};
use crate::ruleset::{NONE, Ruleset};
use crate::value::{Attribute, Attributes, Element, number};
use crate::{json, limits};
use alloc::vec::Vec;

/// The value of a slot.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Absent,
    Unreadable,
    /// There, and nothing that this view can compare.
    Other,
    Boolean(bool),
    Number(f64),
    /// The atom, or [`NONE`] where it is not known or not asked for.
    Text {
        atom: u32,
        text: Range,
    },
    /// Elements of one type, ascending.
    List {
        tag: u32,
        start: u32,
        len: u32,
    },
    Version {
        parts: [u64; 3],
        pre: Range,
    },
    Instant(i64),
    Address(address::Address),
}

/// A range of the context's bytes.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    /// With [`DERIVED`] set: in the bytes that binding made.
    pub start: u32,
    pub len: u32,
}

const DERIVED: u32 = 1 << 31;

/// Of what a path needs, the bits that name views. INVARIANT: of none, more
/// zeros trail than there are views.
const VIEW_BITS: u32 = (1 << VIEWS) - 1;

/// An evaluation context, bound to a ruleset and an instant. It owns the
/// scratch of evaluation, which is why evaluation allocates nothing.
pub struct Context {
    ruleset: usize,
    now: i64,
    values: Vec<Value>,
    /// Texts as the host gave them.
    pub(crate) text: Vec<u8>,
    /// Texts that binding made: folded ones, and numbers as keys.
    derived: Vec<u8>,
    /// Elements of list attributes.
    pub(crate) elements: Vec<u64>,
    /// What nodes answered, then where programs ended by their entries, each
    /// below the stamp of that answer: it holds if that is the current one.
    memo: Vec<u64>,
    stamp: u32,
    epoch: u32,
}

impl Context {
    /// Reads the attributes that the ruleset names, once each, and binds them
    /// with `now`, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn bind(ruleset: &Ruleset, attributes: &impl Attributes, now: i64) -> Self {
        let mut context = Self::blank();
        context.rebind(ruleset, attributes, now);
        context
    }

    /// Binds other attributes, to the same ruleset or another, in the room of
    /// those bound before: for a thread that decides for one context after the
    /// other.
    pub fn rebind(&mut self, ruleset: &Ruleset, attributes: &impl Attributes, now: i64) {
        self.fit(ruleset);
        self.text.clear();
        self.elements.clear();
        self.renew(now);
        for path in 0..ruleset.paths.len() as u32 {
            let mut names = [""; limits::PATH];
            let count = ruleset.path(path, &mut names);
            let names = names.get(..count).unwrap_or_default();
            let value = self.value_of(ruleset, attributes.attribute(names));
            self.set(ruleset, path, value);
        }
    }

    /// A context of no ruleset.
    pub(crate) const fn blank() -> Self {
        Self {
            ruleset: 0,
            now: 0,
            values: Vec::new(),
            text: Vec::new(),
            derived: Vec::new(),
            elements: Vec::new(),
            memo: Vec::new(),
            stamp: 1,
            epoch: 0,
        }
    }

    /// Makes room for what a ruleset asks.
    pub(crate) fn fit(&mut self, ruleset: &Ruleset) {
        // Where no flag depends on a node, and no two have the same program,
        // nothing is ever remembered.
        let shared = ruleset.places.len() > ruleset.tests.len();
        let room = if shared || !ruleset.needs.is_empty() {
            (ruleset.nodes() as usize).saturating_add(ruleset.tests.len())
        } else {
            0
        };
        self.memo.resize(room, 0);
        let slots = ruleset.paths.len().saturating_mul(VIEWS as usize);
        self.values.resize(slots, Value::Absent);
        self.ruleset = ruleset.id;
        self.epoch = ruleset.epoch;
    }

    /// Forgets what was derived and remembered, for new values and a new
    /// instant; the slots keep theirs until they are set.
    pub(crate) fn renew(&mut self, now: i64) {
        // The end of all spans without an end lies just behind.
        self.now = now.min(i64::MAX - 1);
        self.derived.clear();
        self.forget();
    }

    /// Forgets what shared segments and flags answered.
    pub(crate) fn forget(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.memo.fill(0);
            self.stamp = 1;
        }
    }

    /// Whether the context was bound to this ruleset. What it remembers of
    /// another killed set is forgotten.
    pub(crate) fn belongs_to(&mut self, ruleset: &Ruleset) -> bool {
        if self.epoch != ruleset.epoch {
            self.epoch = ruleset.epoch;
            self.forget();
        }
        self.ruleset == ruleset.id
    }

    /// The instant, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn now(&self) -> i64 {
        self.now
    }

    pub(crate) fn value(&self, slot: u32) -> &Value {
        self.values.get(slot as usize).unwrap_or(&Value::Absent)
    }

    /// The bytes of a key, in the slot of one.
    pub(crate) fn key(&self, slot: u32) -> Option<&[u8]> {
        let Value::Text { text, .. } = self.value(slot) else { return None };
        Some(self.bytes(*text))
    }

    /// The elements of a list.
    pub(crate) fn elements(&self, start: u32, len: u32) -> &[u64] {
        let start = start as usize;
        self.elements.get(start..start.saturating_add(len as usize)).unwrap_or_default()
    }

    /// The bytes of a text, a prerelease or a key.
    pub(crate) fn bytes(&self, range: Range) -> &[u8] {
        let start = (range.start & !DERIVED) as usize;
        let from = if range.start & DERIVED == 0 { &self.text } else { &self.derived };
        from.get(start..start.saturating_add(range.len as usize)).unwrap_or_default()
    }

    pub(crate) fn remembered(&self, node: u32) -> Option<u32> {
        let memo = *self.memo.get(node as usize)?;
        ((memo >> 32) as u32 == self.stamp).then_some(memo as u32)
    }

    pub(crate) fn remember(&mut self, node: u32, answer: u32) {
        if let Some(entry) = self.memo.get_mut(node as usize) {
            *entry = u64::from(self.stamp) << 32 | u64::from(answer);
        }
    }

    fn value_of(&mut self, ruleset: &Ruleset, attribute: Attribute<'_>) -> Value {
        match attribute {
            Attribute::Absent => Value::Absent,
            Attribute::Unreadable => Value::Unreadable,
            Attribute::Boolean(value) => Value::Boolean(value),
            Attribute::Number(value) if value.is_finite() => Value::Number(value),
            Attribute::String(text) if text.len() <= limits::TEXT_BYTES => {
                let start = self.text.len() as u32;
                self.text.extend_from_slice(text.as_bytes());
                let atom = ruleset.atoms.find(text.as_bytes()).unwrap_or(NONE);
                Value::Text { atom, text: Range { start, len: text.len() as u32 } }
            }
            Attribute::List(items) => self.list(ruleset, &items),
            Attribute::Other | Attribute::Number(_) | Attribute::String(_) => Value::Other,
        }
    }

    fn list(&mut self, ruleset: &Ruleset, items: &[Element<'_>]) -> Value {
        let start = self.elements.len();
        let mut tag = None;
        if items.len() > limits::LIST_ATTRIBUTE {
            return Value::Other;
        }
        for item in items {
            let (of, element) = match item {
                Element::Boolean(value) => (BOOLEANS, u64::from(*value)),
                Element::Number(value) if value.is_finite() => (NUMBERS, number(*value)),
                Element::String(text) if text.len() <= limits::TEXT_BYTES => {
                    (STRINGS, ruleset.atoms.find(text.as_bytes()).unwrap_or(NONE).into())
                }
                Element::Other | Element::Number(_) | Element::String(_) => return Value::Other,
            };
            if *tag.get_or_insert(of) != of {
                return Value::Other;
            }
            self.elements.push(element);
        }
        Value::List { tag: tag.unwrap_or(STRINGS), start: start as u32, len: items.len() as u32 }
    }

    /// Binds a path's value to all its slots.
    pub(crate) fn set(&mut self, ruleset: &Ruleset, path: u32, value: Value) {
        let Some(views) = ruleset.paths.get(path as usize) else { return };
        if let Value::List { start, len, .. } = value {
            let end = start.saturating_add(len) as usize;
            sort(self.elements.get_mut(start as usize..end).unwrap_or_default());
        }
        let first = path.wrapping_mul(VIEWS);
        let mut left = views & VIEW_BITS;
        while let Some(view) = View::ALL.get(left.trailing_zeros() as usize) {
            left &= left.wrapping_sub(1);
            let seen = self.view(ruleset, *view, value);
            let slot = first.wrapping_add(*view as u32);
            if let Some(place) = self.values.get_mut(slot as usize) {
                *place = seen;
            }
        }
    }

    fn view(&mut self, ruleset: &Ruleset, view: View, value: Value) -> Value {
        if let (View::Raw, _) | (_, Value::Absent | Value::Unreadable) = (view, value) {
            return value;
        }
        if let Value::Number(number) = value {
            return match view {
                View::Key => self.number_key(number),
                View::Instant => time::from_number(number).map_or(Value::Other, Value::Instant),
                _ => Value::Other,
            };
        }
        let Value::Text { text, .. } = value else { return Value::Other };
        let bytes = self.bytes(text);
        match view {
            View::Raw => value,
            View::Key if text.len == 0 => Value::Other,
            View::Key => value,
            View::Folded => {
                // INVARIANT: what is given to a view is as the host gave it.
                let end = text.start.saturating_add(text.len) as usize;
                let bytes = self.text.get(text.start as usize..end).unwrap_or_default();
                let start = self.derived.len();
                self.derived.extend_from_slice(bytes);
                let folded = self.derived.get_mut(start..).unwrap_or_default();
                folded.make_ascii_lowercase();
                let atom = ruleset.atoms.find(folded).unwrap_or(NONE);
                Value::Text { atom, text: Range { start: start as u32 | DERIVED, len: text.len } }
            }
            View::Version => match version::Version::parse(bytes) {
                None => Value::Other,
                Some(found) => {
                    // A prerelease stands in the text it was read from.
                    let start = text.start.wrapping_add(offset(bytes, found.pre));
                    let pre = Range { start, len: found.pre.len() as u32 };
                    Value::Version { parts: found.numbers, pre }
                }
            },
            View::Instant => time::parse(bytes).map_or(Value::Other, Value::Instant),
            View::Address => address::Address::parse(bytes).map_or(Value::Other, Value::Address),
        }
    }

    /// An integral number up to 2^53 - 1 as decimal text.
    fn number_key(&mut self, number: f64) -> Value {
        let integer = number as i64;
        if integer as f64 != number || integer.unsigned_abs() > limits::SAFE_INTEGER {
            return Value::Other;
        }
        let start = self.derived.len();
        if integer < 0 {
            self.derived.extend_from_slice(b"-");
        }
        json::integer(integer.unsigned_abs(), &mut self.derived);
        let len = self.derived.len().wrapping_sub(start) as u32;
        Value::Text { atom: NONE, text: Range { start: start as u32 | DERIVED, len } }
    }
}

/// Where a part that was cut out of a text begins in it.
fn offset(text: &[u8], part: &[u8]) -> u32 {
    (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize) as u32
}

impl Ruleset {
    /// Writes the segments of a path into `names` and returns their number.
    pub(crate) fn path<'a>(&'a self, path: u32, names: &mut [&'a str; limits::PATH]) -> usize {
        let mut count = 0;
        let segments = self.path_names.get(path).split(|byte| *byte == BETWEEN);
        for (name, segment) in names.iter_mut().zip(segments) {
            *name = core::str::from_utf8(segment).unwrap_or_default();
            count = usize::wrapping_add(count, 1);
        }
        count
    }
}
