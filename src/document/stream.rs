//! The top level of a document, read in chunks: finds each flag and segment,
//! decodes it and hands it on, so that no tree of the whole ever exists.

use super::build::{Build, Checked};
use super::check::Check;
use super::{list, position};
use crate::diagnostic::{Code, Diagnostic, Expected, Severity, Span, Subject};
use crate::json::{Tape, View, number, unquote};
use crate::limits;
use crate::pool::Pool;
use alloc::vec::Vec;

/// Takes what the stream finds, in the order of the document: after the parts
/// of each flag and segment, what it is the flag or segment of.
pub(crate) trait Receiver<'a> {
    /// What takes the parts.
    type Parts: Build<'a>;
    /// Takes the parts of the flag or segment that follows.
    fn parts(&mut self) -> &mut Self::Parts;
    /// The keys of all flags or of all segments; the number is the index.
    fn keys(&mut self, flags: bool) -> &mut Pool;
    /// The segment of the last condition; broken by itself if not `sound`.
    fn segment(&mut self, key: Key<'a>, sound: bool);
    /// The flag of the last parts; none if it is broken by itself.
    fn flag(&mut self, key: Key<'a>, view: &View<'_, 'a>, flag: Option<&Checked>);
    /// A flag or segment that was handed on is declared again: it is broken.
    fn again(&mut self, subject: Subject);
    /// A top-level member that the format does not know; name and value.
    fn extra(&mut self, name: &'a [u8], value: &'a [u8]);
}

/// A key as written, with its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a> {
    pub raw: &'a [u8],
    pub span: Span,
}

/// Diagnostics kept; a hostile document could ask for millions.
const DIAGNOSTICS: usize = 10_000;

/// Diagnostics of a document, in the order they were found.
pub(crate) struct Diagnostics {
    /// Those kept.
    pub list: Vec<Diagnostic>,
    /// The one that refuses the whole document.
    pub refused: Option<Diagnostic>,
    /// Whether the flag or segment at hand has an error.
    pub(crate) faulty: bool,
    full: bool,
}

impl Diagnostics {
    pub(super) const NONE: Self =
        Self { list: Vec::new(), refused: None, faulty: false, full: false };

    /// Adds one, up to the number that is kept.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn push(&mut self, code: Code, subject: Subject, span: Span, expected: Expected) {
        self.faulty |= code.severity() == Severity::Error;
        let diagnostic = if self.list.len() < DIAGNOSTICS {
            Diagnostic { code, subject, span, expected }
        } else if !self.full {
            self.full = true;
            let (code, subject) = (Code::MoreFaults, Subject::Document);
            Diagnostic { code, subject, span, expected: Expected::Nothing }
        } else {
            return;
        };
        self.list.push(diagnostic);
    }

    /// Refuses the document; none, for the caller to return.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn refuse(&mut self, code: Code, start: u32, end: u32, expected: Expected) -> Option<()> {
        let (subject, span) = (Subject::Document, Span { start, end });
        self.refused = Some(Diagnostic { code, subject, span, expected });
        None
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    First,
    Next,
    After,
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Top,
    Flags,
    Segments,
}

/// The members of the top level that the format knows.
const MEMBERS: &[u8] = list!("flags segments format revision ");
/// Places in [`MEMBERS`].
const FLAGS: usize = 0;
const SEGMENTS: usize = 1;
const FORMAT: usize = 2;
const REVISION: usize = 3;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The state of reading a document.
///
/// Its functions answer none where they cannot go on: either `refused` of the
/// diagnostics is set, or the tape says why it stopped.
pub(crate) struct Stream {
    tape: Tape,
    place: Place,
    section: Section,
    /// Bytes before those at hand.
    base: u32,
    format: bool,
    flags: bool,
    top: Pool,
    /// The name read last, without escapes.
    name: Vec<u8>,
    /// The publisher's number of this version.
    pub revision: Option<u64>,
    /// The check, and what there is to say so far.
    pub check: Check,
}

impl Stream {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self {
            tape: Tape::new(),
            place: Place::Start,
            section: Section::Top,
            base: 0,
            format: false,
            flags: false,
            top: Pool::new(),
            name: Vec::new(),
            revision: None,
            check: Check::new(),
        }
    }

    /// Reads a whole document.
    ///
    /// # Errors
    /// The diagnostic that refuses it.
    pub fn read<'a>(
        &mut self,
        bytes: &'a [u8],
        receiver: &mut impl Receiver<'a>,
    ) -> Result<(), Diagnostic> {
        let end = self.walk(bytes, receiver);
        let done = end.and_then(|end| self.finish(bytes.get(end..).unwrap_or_default()));
        self.verdict(done)
    }

    /// What refuses the document; `done` says that the last step was.
    pub fn verdict(&self, done: Option<()>) -> Result<(), Diagnostic> {
        match (done, self.check.out.refused) {
            (_, Some(diagnostic)) => Err(diagnostic),
            (Some(()), None) => Ok(()),
            // INVARIANT: what is not done has been refused. If that were ever
            // wrong, nothing would load.
            (None, None) => {
                let (code, subject) = (Code::InvalidJson, Subject::Document);
                let span = Span { start: self.base, end: self.base };
                Err(Diagnostic { code, subject, span, expected: Expected::MoreText })
            }
        }
    }

    /// Reads what is complete in these bytes and returns how many that were;
    /// the rest has to come again with what follows it. None: the document is
    /// refused, once and for all.
    pub fn walk<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<usize> {
        let limit = limits::DOCUMENT_BYTES;
        if self.check.out.refused.is_some() {
            return None;
        }
        if (self.base as usize).saturating_add(bytes.len()) > limit {
            let (code, end) = (Code::DocumentTooLarge, limit as u32);
            self.check.out.refuse(code, end, end, Expected::Nothing)?;
        }
        self.tape.at = 0;
        let end = loop {
            // White space is consumed, so that it need not come again.
            self.tape.skip_space(bytes);
            let at = self.tape.at;
            if at == bytes.len() {
                break at;
            }
            if self.step(bytes, receiver).is_none() {
                if self.check.out.refused.is_some() {
                    return None;
                }
                if self.tape.at == bytes.len() {
                    break at;
                }
                self.syntax(bytes);
                return None;
            }
        };
        self.base = self.base.wrapping_add(end as u32);
        Some(end)
    }

    /// Refuses the document for what stopped the tape.
    fn syntax(&mut self, bytes: &[u8]) -> Option<()> {
        let error = self.tape.syntax_error(bytes.len());
        let at = self.base.wrapping_add(error.at as u32);
        self.check.out.refuse(error.code, at, at.wrapping_add(1), error.expected)
    }

    /// After the last byte, of which `rest` could not be read.
    pub fn finish(&mut self, rest: &[u8]) -> Option<()> {
        let end = self.base.wrapping_add(rest.len() as u32);
        let (code, start, end, expected) = if self.place != Place::End || !rest.is_empty() {
            (Code::InvalidJson, end, end, Expected::MoreText)
        } else if !self.format {
            (Code::WrongFormat, 0, 1, Expected::Nothing)
        } else if !self.flags {
            (Code::InvalidTopLevel, 0, 1, Expected::Flags)
        } else {
            return Some(());
        };
        self.check.out.refuse(code, start, end, expected)
    }

    /// Reads one bracket, comma or member. The tape stands at a byte that is
    /// no space.
    fn step<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<()> {
        let byte = *bytes.get(self.tape.at)?;
        self.place = match self.place {
            Place::Start if byte == b'{' => Place::First,
            Place::Start => return self.no_root(bytes),
            Place::First | Place::After if byte == b'}' => {
                let top = self.section == Section::Top;
                self.section = Section::Top;
                if top { Place::End } else { Place::After }
            }
            Place::First | Place::Next => return self.member(bytes, receiver),
            Place::After if byte == b',' => Place::Next,
            Place::After => return self.tape.unfit(Expected::CommaOrBrace),
            Place::End => return self.tape.unfit(Expected::EndOfDocument),
        };
        self.tape.at = self.tape.at.wrapping_add(1);
        Some(())
    }

    /// No object stands at the start of the document.
    fn no_root(&mut self, bytes: &[u8]) -> Option<()> {
        let rest = bytes.get(self.tape.at..).unwrap_or_default();
        let start = self.base.wrapping_add(self.tape.at as u32);
        let head = rest.get(..3).unwrap_or(rest);
        if start == 0 && BYTE_ORDER_MARK.starts_with(head) {
            if head.len() == 3 {
                return self.check.out.refuse(Code::ByteOrderMark, 0, 3, Expected::Nothing);
            }
            // A part of the mark: more may come.
            self.tape.at = bytes.len();
            return None;
        }
        if let Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') = rest.first() {
            let (code, end) = (Code::InvalidTopLevel, start.wrapping_add(1));
            return self.check.out.refuse(code, start, end, Expected::Root);
        }
        self.tape.unfit(Expected::Root)
    }

    fn member<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<()> {
        let start = self.tape.at;
        self.tape.read_name(bytes)?;
        let end = self.tape.end();
        let raw = bytes.get(start..end).unwrap_or_default();
        let (start, end) =
            (self.base.wrapping_add(start as u32), self.base.wrapping_add(end as u32));
        let key = Key { raw, span: Span { start, end } };
        let unfit = !self.tape.faults().is_empty();
        self.name.clear();
        if unfit {
            // INVARIANT: no UTF-8 text starts with this byte, so a name that
            // cannot be written stands in nobody's way.
            self.name.extend_from_slice(&[0xff]);
            self.name.extend_from_slice(key.raw);
        } else {
            unquote(key.raw, true, &mut self.name);
        }
        if self.section == Section::Top {
            return self.top_level(bytes, key, receiver);
        }
        self.value(bytes)?;
        self.declare(bytes, key, unfit, receiver)?;
        self.place = Place::After;
        Some(())
    }

    /// Reads a value; something must follow it, and a number might go on.
    fn value(&mut self, bytes: &[u8]) -> Option<()> {
        self.tape.read_value(bytes)?;
        (self.tape.at < bytes.len()).then_some(())
    }

    fn top_level<'a>(
        &mut self,
        bytes: &'a [u8],
        key: Key<'a>,
        receiver: &mut impl Receiver<'a>,
    ) -> Option<()> {
        let member = position(MEMBERS, &self.name);
        let mut expected = match member {
            FLAGS => Expected::Flags,
            SEGMENTS => Expected::Segments,
            REVISION => Expected::Revision,
            _ => Expected::Nothing,
        };
        let start = self.tape.at;
        let entered = member <= SEGMENTS && bytes.get(self.tape.at) == Some(&b'{');
        if entered {
            self.tape.at = self.tape.at.wrapping_add(1);
        } else {
            self.value(bytes)?;
        }
        let raw = bytes.get(start..self.tape.at).unwrap_or_default();
        let (start, end) = (key.span.start, self.base.wrapping_add(self.tape.at as u32));
        let mut code = Code::InvalidTopLevel;
        let mut good = self.top.intern(&self.name).1;
        if !good {
            expected = Expected::OnceEach;
        } else if entered {
            self.flags |= member == FLAGS;
            self.section = if member == FLAGS { Section::Flags } else { Section::Segments };
            self.place = Place::First;
            return Some(());
        } else {
            // What is no number reads as 0 that is no integer.
            let number = number::decimal(raw);
            let value = number.natural(0);
            match member {
                FLAGS | SEGMENTS => good = false,
                FORMAT => {
                    code = Code::WrongFormat;
                    good = value == 1;
                    self.format = good;
                }
                REVISION => {
                    good = number.integer && value <= limits::SAFE_INTEGER;
                    self.revision = good.then_some(value);
                }
                _ => {
                    if !self.name.starts_with(b"x-") && !key.raw.starts_with(b"\"x-") {
                        let code = Code::UnknownTopLevel;
                        self.check.out.push(code, Subject::Document, key.span, expected);
                    }
                    receiver.extra(key.raw, raw);
                }
            }
        }
        if !good {
            return self.check.out.refuse(code, start, end, expected);
        }
        self.place = Place::After;
        Some(())
    }

    /// A flag or segment whose value lies on the tape; `unfit` says that half
    /// of a surrogate pair stands in its key.
    fn declare<'a>(
        &mut self,
        bytes: &'a [u8],
        key: Key<'a>,
        unfit: bool,
        receiver: &mut impl Receiver<'a>,
    ) -> Option<()> {
        let flags = self.section == Section::Flags;
        let keys = receiver.keys(flags);
        let (index, new) = keys.intern(&self.name);
        let full = flags && keys.len() > limits::FLAGS;
        let subject = if flags { Subject::Flag(index) } else { Subject::Segment(index) };
        if full {
            let (code, Span { start, end }) = (Code::TooManyFlags, key.span);
            return self.check.out.refuse(code, start, end, Expected::Nothing);
        }
        let out = &mut self.check.out;
        out.faulty = false;
        if unfit {
            out.push(Code::LoneSurrogate, subject, key.span, Expected::Nothing);
        }
        if !new {
            out.push(Code::DuplicateKey, subject, key.span, Expected::Nothing);
        }
        for fault in self.tape.faults() {
            let Span { start, end } = fault.span;
            let (start, end) = (start.wrapping_add(self.base), end.wrapping_add(self.base));
            out.push(fault.code, subject, Span { start, end }, Expected::Nothing);
        }
        let view = self.tape.view(bytes, self.base);
        let parts = receiver.parts();
        parts.begin();
        // What lies too deep is not on the tape, so there is nothing to check.
        if !self.tape.deep {
            self.check.whole(&view, parts, subject, flags);
        }
        let good = !self.check.out.faulty;
        match (new, flags) {
            (false, _) => receiver.again(subject),
            (true, true) => receiver.flag(key, &view, good.then_some(&self.check.checked)),
            (true, false) => receiver.segment(key, good),
        }
        Some(())
    }
}

/// Bytes in chunks of any size, for [`Stream::walk`].
pub(crate) struct Pending {
    bytes: Vec<u8>,
    /// No walk is worth while below so many bytes.
    wait: usize,
}

impl Pending {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), wait: 0 }
    }

    /// Makes room for a chunk after the bytes at hand and returns the room.
    pub fn room(&mut self, len: usize) -> &mut [u8] {
        let start = self.bytes.len();
        self.bytes.resize(start.saturating_add(len), 0);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    /// Walks over what has arrived and keeps what is not complete; none: the
    /// document is refused.
    pub fn walk(
        &mut self,
        stream: &mut Stream,
        receiver: &mut impl for<'a> Receiver<'a>,
    ) -> Option<()> {
        // A value longer than the chunks is read again only after as many
        // bytes again have come, so that all reading stays linear.
        if self.bytes.len() < self.wait && self.bytes.len() < limits::DOCUMENT_BYTES {
            return Some(());
        }
        let end = stream.walk(&self.bytes, receiver)?;
        // Byte by byte: what is left is a part of one value as a rule.
        let mut kept = 0_usize;
        while let Some(&byte) = self.bytes.get(end.saturating_add(kept)) {
            if let Some(place) = self.bytes.get_mut(kept) {
                *place = byte;
            }
            kept = kept.wrapping_add(1);
        }
        self.bytes.truncate(kept);
        self.wait = kept.saturating_mul(2);
        Some(())
    }

    /// Walks over all that has arrived; nothing follows.
    pub fn finish(
        &mut self,
        stream: &mut Stream,
        receiver: &mut impl for<'a> Receiver<'a>,
    ) -> Option<()> {
        self.wait = 0;
        self.walk(stream, receiver)?;
        stream.finish(&self.bytes)
    }
}
