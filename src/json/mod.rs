//! JSON text as a tape of spans: bytes in, [`Node`]s out.
//!
//! The reader validates RFC 8259 without recursion and without copying; a
//! node knows where it stands and undoes escapes only when asked. What is
//! legal JSON and still unfit for a ruleset (depth, surrogates, numbers that
//! lose digits, duplicate members) is a [`Fault`] beside the tape, because it
//! breaks one flag and not the document.

pub mod number;
mod reader;
mod text;

use crate::diagnostic::{Code, Expected, Span};
use alloc::{borrow::Cow, vec::Vec};
pub(crate) use reader::{skip_space, Stop};
pub use text::{compact, escape, integer};

/// The type of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// Why a text is not JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// Offset of the first byte that does not fit.
    pub at: usize,
    /// [`Code::InvalidJson`] or [`Code::InvalidUtf8`].
    pub code: Code,
    /// What would have fitted.
    pub expected: Expected,
}

/// Legal JSON that a ruleset may not contain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What it is.
    pub code: Code,
    /// Where, from the start of the text read.
    pub span: Span,
}

#[derive(Clone, Copy)]
struct Entry {
    kind: Kind,
    escaped: bool,
    start: u32,
    end: u32,
    /// Index after this value and all that it contains.
    next: u32,
}

/// A value read from JSON text, reused from one value to the next.
#[derive(Default)]
pub struct Tape {
    entries: Vec<Entry>,
    /// Open containers: true for objects.
    open: Vec<bool>,
    /// Entries of the open containers, as deep as entries are kept.
    parents: Vec<u32>,
    faults: Vec<Fault>,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one complete JSON text.
    ///
    /// # Errors
    /// The first byte that makes it no JSON text.
    pub fn read<'t, 'a>(&'t mut self, bytes: &'a [u8]) -> Result<Node<'t, 'a>, SyntaxError> {
        let stop = match self.read_value(bytes, 0) {
            Ok(end) => match skip_space(bytes, end) {
                end if end == bytes.len() => return Ok(self.root(bytes, 0)),
                at => Stop::Syntax(at, Expected::EndOfDocument),
            },
            Err(stop) => stop,
        };
        Err(stop.syntax_error(bytes.len()))
    }

    /// What the last text had that a ruleset may not contain.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The value read last; spans are moved by `base`.
    pub(crate) fn root<'t, 'a>(&'t self, bytes: &'a [u8], base: u32) -> Node<'t, 'a> {
        Node { tape: &self.entries, bytes, base, index: 0 }
    }
}

/// A JSON value on a tape.
#[derive(Clone, Copy)]
pub struct Node<'t, 'a> {
    tape: &'t [Entry],
    bytes: &'a [u8],
    base: u32,
    index: u32,
}

impl<'t, 'a> Node<'t, 'a> {
    // INVARIANT: an index that a Node carries is on its tape; the fallback is
    // never taken and keeps the function total.
    fn entry(self) -> Entry {
        self.tape.get(self.index as usize).copied().unwrap_or(Entry {
            kind: Kind::Null,
            escaped: false,
            start: 0,
            end: 0,
            next: u32::MAX,
        })
    }

    /// Its type.
    pub fn kind(self) -> Kind {
        self.entry().kind
    }

    /// Where it stands in the document, quotes and brackets included.
    pub fn span(self) -> Span {
        let entry = self.entry();
        Span { start: entry.start.wrapping_add(self.base), end: entry.end.wrapping_add(self.base) }
    }

    /// Where the name of this member stands, for a value from
    /// [`Node::members`].
    pub fn name_span(self) -> Span {
        Node { index: self.index.wrapping_sub(1), ..self }.span()
    }

    /// Its JSON text as bytes.
    pub fn bytes(self) -> &'a [u8] {
        let entry = self.entry();
        self.bytes.get(entry.start as usize..entry.end as usize).unwrap_or_default()
    }

    /// Its JSON text, as written.
    pub fn raw(self) -> &'a str {
        // INVARIANT: the reader has checked every string to be UTF-8, and
        // outside strings JSON is ASCII.
        core::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// A string without its quotes and escapes; none for other types. An
    /// escape that is half of a surrogate pair reads as U+FFFD.
    pub fn text(self) -> Option<Cow<'a, str>> {
        let entry = self.entry();
        if entry.kind != Kind::String {
            return None;
        }
        let (start, end) = (entry.start.wrapping_add(1), entry.end.wrapping_sub(1));
        let inner = self.bytes.get(start as usize..end as usize).unwrap_or_default();
        let inner = core::str::from_utf8(inner).unwrap_or_default();
        Some(if entry.escaped { Cow::Owned(text::unescape(inner)) } else { Cow::Borrowed(inner) })
    }

    /// The value of `true` or `false`; none for other types.
    pub fn boolean(self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.bytes().first() == Some(&b't'))
    }

    /// The elements of an array; nothing for other types.
    pub fn items(self) -> Children<'t, 'a> {
        self.children(Kind::Array)
    }

    /// Names and values of an object in the order of the text; nothing for
    /// other types.
    pub fn members(self) -> Members<'t, 'a> {
        Members(self.children(Kind::Object))
    }

    fn children(self, kind: Kind) -> Children<'t, 'a> {
        let entry = self.entry();
        let first = self.index.wrapping_add(1);
        let end = if entry.kind == kind { entry.next } else { first };
        Children { node: Node { index: first, ..self }, end }
    }
}

/// The elements of an array.
#[derive(Clone)]
pub struct Children<'t, 'a> {
    node: Node<'t, 'a>,
    end: u32,
}

impl<'t, 'a> Iterator for Children<'t, 'a> {
    type Item = Node<'t, 'a>;
    fn next(&mut self) -> Option<Node<'t, 'a>> {
        let node = self.node;
        if node.index >= self.end {
            return None;
        }
        self.node.index = node.entry().next;
        Some(node)
    }
}

/// The members of an object.
#[derive(Clone)]
pub struct Members<'t, 'a>(Children<'t, 'a>);

impl<'t, 'a> Iterator for Members<'t, 'a> {
    type Item = (Node<'t, 'a>, Node<'t, 'a>);
    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}
