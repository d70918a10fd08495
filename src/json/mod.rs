//! JSON text as a tape of spans: bytes in, [`Node`]s out.
//!
//! The reader validates RFC 8259 without recursion and without copying; a
//! node knows where it stands and undoes escapes only when asked. What is
//! legal JSON and still unfit for a ruleset (depth, surrogates, numbers that
//! lose digits, duplicate members) is a fault beside the tape, because it
//! breaks one flag and not the document.

pub mod number;
mod reader;
mod text;

use crate::diagnostic::{Code, Diagnostic, Expected, Span};
use crate::pool::Pool;
use alloc::{borrow::Cow, string::String, vec::Vec};
pub(crate) use text::{add, unquote};
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

#[derive(Clone, Copy)]
struct Entry {
    kind: Kind,
    escaped: bool,
    start: u32,
    end: u32,
    /// Index after this value and all that it contains.
    next: u32,
}

/// What stands where a tape has nothing.
const NONE: Entry = Entry { kind: Kind::Null, escaped: false, start: 0, end: 0, next: u32::MAX };

/// A value read from JSON text, reused from one value to the next.
pub struct Tape {
    entries: Vec<Entry>,
    /// Open containers: the entry, doubled, and one more for an object.
    open: Vec<u32>,
    faults: Vec<Diagnostic>,
    /// Whether something lies so deep that it is not on the tape.
    pub(crate) deep: bool,
    /// The offset in the bytes where reading goes on.
    pub(crate) at: usize,
    /// Why reading stopped last: what was expected at the cursor, or nothing
    /// if the bytes there are not UTF-8. If the cursor stands at the end of
    /// the bytes, all of them fit, and more may come.
    pub(crate) stop: Expected,
    /// Where the last string with an escape has its last one.
    escape: u32,
    /// The UTF-16 unit of the escape read last.
    unit: u32,
    /// Names of an object of many members.
    names: Pool,
    scratch: Vec<u8>,
}

impl Default for Tape {
    fn default() -> Self {
        Self::new()
    }
}

impl Tape {
    /// An empty tape.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            open: Vec::new(),
            faults: Vec::new(),
            deep: false,
            at: 0,
            stop: Expected::Value,
            escape: 0,
            unit: 0,
            names: Pool::new(),
            scratch: Vec::new(),
        }
    }

    /// Reads one complete JSON text.
    ///
    /// # Errors
    /// The first byte that makes it no JSON text.
    pub fn read<'t, 'a>(&'t mut self, bytes: &'a [u8]) -> Result<Node<'t, 'a>, SyntaxError> {
        self.at = 0;
        if self.read_value(bytes).is_some() {
            self.skip_space(bytes);
            if self.at == bytes.len() {
                return Ok(self.root(bytes));
            }
            self.unfit(Expected::EndOfDocument);
        }
        Err(self.syntax_error(bytes.len()))
    }

    /// What the last text had that a ruleset may not contain, from the start
    /// of the text read; whose fault it is, the tape does not know.
    pub fn faults(&self) -> &[Diagnostic] {
        &self.faults
    }

    /// The value read last; spans are moved by `base`.
    pub(crate) fn view<'t, 'a>(&'t self, bytes: &'a [u8], base: u32) -> View<'t, 'a> {
        View { entries: &self.entries, bytes, base }
    }

    /// The text read last, from where it started to where it ended.
    pub(crate) fn end(&self) -> usize {
        self.entries.first().unwrap_or(&NONE).end as usize
    }

    fn root<'t, 'a>(&'t self, bytes: &'a [u8]) -> Node<'t, 'a> {
        Node { view: self.view(bytes, 0), id: ROOT }
    }
}

/// The number of the outermost value on a tape.
pub(crate) const ROOT: u32 = 0;

/// A tape and the bytes it was read from; values are numbers on it.
///
/// The compiler works on these numbers, because a number fits a register and
/// needs no drop; [`Node`] is the friendlier form for everyone else.
#[derive(Clone, Copy)]
pub(crate) struct View<'t, 'a> {
    entries: &'t [Entry],
    bytes: &'a [u8],
    base: u32,
}

impl<'t, 'a> View<'t, 'a> {
    fn entry(&self, id: u32) -> &'t Entry {
        // INVARIANT: numbers come from this tape; the other arm keeps the
        // function total.
        self.entries.get(id as usize).unwrap_or(&NONE)
    }

    pub fn kind(&self, id: u32) -> Kind {
        self.entry(id).kind
    }

    /// Where a value stands in the document, quotes and brackets included.
    #[inline(always)]
    pub fn span(&self, id: u32) -> Span {
        Span { start: self.start(id), end: self.end(id) }
    }

    /// Where it starts: an integer, as the two of a span would come by memory.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn start(&self, id: u32) -> u32 {
        self.entry(id).start.wrapping_add(self.base)
    }

    /// Where it ends.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn end(&self, id: u32) -> u32 {
        self.entry(id).end.wrapping_add(self.base)
    }

    /// Bytes of the JSON text, as written.
    pub fn len(&self, id: u32) -> u32 {
        self.end(id).wrapping_sub(self.start(id))
    }

    /// JSON text, as written.
    pub fn raw(&self, id: u32) -> &'a [u8] {
        let Entry { start, end, .. } = *self.entry(id);
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The value of a number; of other types, of no use.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn decimal(&self, id: u32) -> number::Decimal {
        number::decimal(self.raw(id))
    }

    /// A string without quotes and escapes; empty for other types. It is
    /// UTF-8 unless an escape is half of a surrogate pair, which is a fault.
    pub fn text<'s>(&self, id: u32, scratch: &'s mut Vec<u8>) -> &'s [u8]
    where
        'a: 's,
    {
        let Some(inner) = self.inner(id) else { return &[] };
        if !self.entry(id).escaped {
            return inner;
        }
        scratch.clear();
        unquote(self.raw(id), true, scratch);
        scratch
    }

    /// What stands between the quotes of a string.
    fn inner(&self, id: u32) -> Option<&'a [u8]> {
        let [b'"', inner @ .., b'"'] = self.raw(id) else { return None };
        Some(inner)
    }

    /// The first child of a container and the number at which they end.
    pub fn children(&self, id: u32) -> (u32, u32) {
        (id.wrapping_add(1), self.entry(id).next)
    }

    /// A value in its friendlier form.
    pub fn node(self, id: u32) -> Node<'t, 'a> {
        Node { view: self, id }
    }

    /// The number after a value and all that it contains.
    pub fn next(&self, id: u32) -> u32 {
        self.entry(id).next
    }
}

/// A JSON value on a tape.
#[derive(Clone, Copy)]
pub struct Node<'t, 'a> {
    view: View<'t, 'a>,
    id: u32,
}

impl<'t, 'a> Node<'t, 'a> {
    /// Its type.
    pub fn kind(self) -> Kind {
        self.view.kind(self.id)
    }

    /// Where it stands in the text, quotes and brackets included.
    pub fn span(self) -> Span {
        self.view.span(self.id)
    }

    /// Its JSON text, as written.
    pub fn raw(self) -> &'a str {
        // INVARIANT: the reader has checked every string to be UTF-8, and
        // outside strings JSON is ASCII.
        core::str::from_utf8(self.view.raw(self.id)).unwrap_or_default()
    }

    /// A string without its quotes and escapes; none for other types. An
    /// escape that is half of a surrogate pair reads as U+FFFD.
    pub fn text(self) -> Option<Cow<'a, str>> {
        let inner = self.view.inner(self.id)?;
        if !self.view.entry(self.id).escaped {
            return core::str::from_utf8(inner).ok().map(Cow::Borrowed);
        }
        let mut text = Vec::new();
        unquote(self.view.raw(self.id), false, &mut text);
        String::from_utf8(text).ok().map(Cow::Owned)
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
        let (first, end) = self.view.children(self.id);
        let end = if self.kind() == kind { end } else { first };
        Children { node: Node { id: first, ..self }, end }
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
        if node.id >= self.end {
            return None;
        }
        self.node.id = node.view.next(node.id);
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
