//! The top level of a document, read in chunks: finds each flag and segment,
//! decodes it and hands it on, so that no tree of the whole ever exists.

use super::check::{Build, Check, Checked, Room};
use crate::diagnostic::{Code, Diagnostic, Expected, Severity, Span, Subject};
use crate::json::{Kind, ROOT, Stop, Tape, View, number, unquote};
use crate::limits;
use crate::pool::Pool;
use alloc::vec::Vec;

/// Takes what the stream finds, in the order of the document: after the parts
/// of each flag and segment, what it is the flag or segment of.
pub(crate) trait Receiver<'a>: Build<'a> {
    /// The segment of the last condition; broken by itself if not `sound`.
    fn segment(&mut self, key: Key<'a>, sound: bool);
    /// The flag of the last parts; none if it is broken by itself.
    fn flag(&mut self, key: Key<'a>, view: &View<'_, 'a>, flag: Option<Checked>);
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
    /// Adds one, up to the number that is kept.
    #[inline(never)]
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
    #[inline(never)]
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

/// What a member of the top level is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Section(Section),
    Format,
    Revision,
    Extra,
    Unknown,
}

/// The state of reading a document.
///
/// Its functions answer none where they cannot go on: either `refused` of the
/// diagnostics is set, or the tape says why it stopped.
pub(crate) struct Stream {
    tape: Tape,
    room: Room,
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
    /// Keys of all flags; the number is the flag's index.
    pub flag_keys: Pool,
    /// Keys of all segments; the number is the segment's index.
    pub segment_keys: Pool,
    /// What there is to say so far.
    pub diagnostics: Diagnostics,
}

impl Stream {
    /// Before the first byte.
    pub const fn new() -> Self {
        Self {
            tape: Tape::new(),
            room: Room::new(),
            place: Place::Start,
            section: Section::Top,
            base: 0,
            format: false,
            flags: false,
            top: Pool::new(),
            name: Vec::new(),
            revision: None,
            flag_keys: Pool::new(),
            segment_keys: Pool::new(),
            diagnostics: Diagnostics {
                list: Vec::new(),
                refused: None,
                faulty: false,
                full: false,
            },
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

    /// What refuses the document if something was not `done`.
    pub fn verdict(&self, done: Option<()>) -> Result<(), Diagnostic> {
        match (done, self.diagnostics.refused) {
            (None, Some(diagnostic)) => Err(diagnostic),
            // INVARIANT: what is not done has been refused.
            _ => Ok(()),
        }
    }

    /// Reads what is complete in these bytes and returns how many that were;
    /// the rest has to come again with what follows it.
    pub fn walk<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<usize> {
        let limit = limits::DOCUMENT_BYTES;
        if (self.base as usize).saturating_add(bytes.len()) > limit {
            let (code, end) = (Code::DocumentTooLarge, limit as u32);
            self.diagnostics.refuse(code, end, end, Expected::Nothing)?;
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
                if self.diagnostics.refused.is_none() && self.tape.stop == Stop::Incomplete {
                    break at;
                }
                return self.syntax(bytes);
            }
        };
        self.base = self.base.wrapping_add(end as u32);
        Some(end)
    }

    /// Refuses the document for what stopped the tape, unless it is refused.
    fn syntax(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.diagnostics.refused.is_none() {
            let error = self.tape.syntax_error(bytes.len());
            let at = self.base.wrapping_add(error.at as u32);
            self.diagnostics.refuse(error.code, at, at.wrapping_add(1), error.expected)?;
        }
        None
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
        self.diagnostics.refuse(code, start, end, expected)
    }

    /// Reads one bracket, comma or member. The tape stands at a byte that is
    /// no space.
    fn step<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<()> {
        let at = self.tape.at;
        let rest = bytes.get(at..).unwrap_or_default();
        let byte = *rest.first()?;
        self.place = match (self.place, byte) {
            (Place::Start, b'{') => Place::First,
            (Place::Start, b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let start = self.base.wrapping_add(at as u32);
                let (code, end) = (Code::InvalidTopLevel, start.wrapping_add(1));
                return self.diagnostics.refuse(code, start, end, Expected::Root);
            }
            (Place::Start, 0xef) if self.base == 0 && at == 0 => {
                if rest.starts_with(b"\xef\xbb\xbf") {
                    return self.diagnostics.refuse(Code::ByteOrderMark, 0, 3, Expected::Nothing);
                }
                let cut = rest.len() < 3 && b"\xef\xbb\xbf".starts_with(rest);
                let none = if cut { &[] } else { bytes };
                return self.tape.unfit(none, Expected::Root);
            }
            (Place::Start, _) => return self.tape.unfit(bytes, Expected::Root),
            (Place::First | Place::After, b'}') if self.section == Section::Top => Place::End,
            (Place::First | Place::After, b'}') => {
                self.section = Section::Top;
                Place::After
            }
            (Place::First | Place::Next, _) => return self.member(bytes, receiver),
            (Place::After, b',') => Place::Next,
            (Place::After, _) => return self.tape.unfit(bytes, Expected::CommaOrBrace),
            (Place::End, _) => return self.tape.unfit(bytes, Expected::EndOfDocument),
        };
        self.tape.at = at.wrapping_add(1);
        Some(())
    }

    fn member<'a>(&mut self, bytes: &'a [u8], receiver: &mut impl Receiver<'a>) -> Option<()> {
        self.tape.read_name(bytes)?;
        let view = self.tape.view(bytes, self.base);
        let key = Key { raw: view.raw(ROOT), span: view.span(ROOT) };
        let unfit = !self.tape.faults().is_empty();
        self.name.clear();
        if unfit {
            // INVARIANT: no UTF-8 text starts with this byte, so a name that
            // cannot be written stands in nobody's way.
            self.name.extend_from_slice(&[0xff]);
            self.name.extend_from_slice(key.raw);
        } else {
            unquote(key.raw, &mut self.name);
        }
        self.tape.skip_space(bytes);
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
        if self.tape.at == bytes.len() {
            self.tape.unfit(bytes, Expected::Nothing)
        } else {
            Some(())
        }
    }

    fn top_level<'a>(
        &mut self,
        bytes: &'a [u8],
        key: Key<'a>,
        receiver: &mut impl Receiver<'a>,
    ) -> Option<()> {
        let (member, expected) = match self.name.as_slice() {
            b"flags" => (Member::Section(Section::Flags), Expected::Flags),
            b"segments" => (Member::Section(Section::Segments), Expected::Segments),
            b"format" => (Member::Format, Expected::Nothing),
            b"revision" => (Member::Revision, Expected::Revision),
            name if name.starts_with(b"x-") || key.raw.starts_with(b"\"x-") => {
                (Member::Extra, Expected::Nothing)
            }
            _ => (Member::Unknown, Expected::Nothing),
        };
        let mut entered = None;
        match (member, bytes.get(self.tape.at)) {
            (Member::Section(section), Some(b'{')) => {
                entered = Some(section);
                self.tape.at = self.tape.at.wrapping_add(1);
            }
            _ => self.value(bytes)?,
        }
        let (start, end) = (key.span.start, self.base.wrapping_add(self.tape.at as u32));
        if !self.top.intern(&self.name).1 {
            let (code, expected) = (Code::InvalidTopLevel, Expected::OnceEach);
            return self.diagnostics.refuse(code, start, end, expected);
        }
        if let Some(section) = entered {
            self.flags |= section == Section::Flags;
            self.section = section;
            self.place = Place::First;
            return Some(());
        }
        let view = self.tape.view(bytes, self.base);
        let number = number::decimal(view.raw(ROOT));
        let integral = number.integral().filter(|_| view.kind(ROOT) == Kind::Number);
        let good = match member {
            Member::Section(_) => false,
            Member::Format => {
                self.format = integral == Some(1);
                self.format
            }
            Member::Revision => {
                let revision = integral.filter(|_| number.integer);
                let revision = revision.and_then(|revision| u64::try_from(revision).ok());
                self.revision = revision.filter(|revision| *revision <= limits::SAFE_INTEGER);
                self.revision.is_some()
            }
            Member::Extra | Member::Unknown => {
                if member == Member::Unknown {
                    let (code, expected) = (Code::UnknownTopLevel, Expected::Nothing);
                    self.diagnostics.push(code, Subject::Document, key.span, expected);
                }
                receiver.extra(key.raw, view.raw(ROOT));
                true
            }
        };
        if !good {
            let format = member == Member::Format;
            let code = if format { Code::WrongFormat } else { Code::InvalidTopLevel };
            return self.diagnostics.refuse(code, start, end, expected);
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
        let keys = if flags { &mut self.flag_keys } else { &mut self.segment_keys };
        let (index, new) = keys.intern(&self.name);
        let subject = if flags { Subject::Flag(index) } else { Subject::Segment(index) };
        if self.flag_keys.len() > limits::FLAGS {
            let (code, Span { start, end }) = (Code::TooManyFlags, key.span);
            return self.diagnostics.refuse(code, start, end, Expected::Nothing);
        }
        let out = &mut self.diagnostics;
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
        receiver.begin(&view);
        // What lies too deep is not on the tape, so there is nothing to check.
        let deep = self.tape.faults().iter().any(|fault| fault.code == Code::DepthExceeded);
        let mut check = Check::new(view, receiver, out, subject, &mut self.room);
        if flags {
            let flag = if deep { None } else { check.flag() };
            let flag = flag.filter(|_| !self.diagnostics.faulty);
            if new {
                receiver.flag(key, &view, flag);
            }
        } else {
            if !deep {
                check.segment();
            }
            if new {
                receiver.segment(key, !self.diagnostics.faulty);
            }
        }
        if !new {
            receiver.again(subject);
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
        self.bytes.drain(..end);
        self.wait = self.bytes.len().saturating_mul(2);
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
