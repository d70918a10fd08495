//! The top level of a document, read in chunks: finds each flag and segment,
//! decodes it and hands it on, so that no tree of the whole ever exists.

use super::check::{Build, Check, Checked, Room};
use crate::diagnostic::{Code, Diagnostic, Expected, Severity, Span, Subject};
use crate::json::{Kind, ROOT, Stop, SyntaxError, Tape, View, number, skip_space};
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
#[derive(Default)]
pub(crate) struct Diagnostics {
    /// Those kept.
    pub list: Vec<Diagnostic>,
    /// Whether the flag or segment at hand has an error.
    pub(crate) faulty: bool,
    full: bool,
}

impl Diagnostics {
    /// Adds one, up to the number that is kept.
    pub fn push(&mut self, code: Code, subject: Subject, span: Span, expected: Expected) {
        self.faulty |= code.severity() == Severity::Error;
        if self.list.len() < DIAGNOSTICS {
            self.list.push(Diagnostic { code, subject, span, expected });
        } else if !self.full {
            self.full = true;
            let (code, subject) = (Code::MoreFaults, Subject::Document);
            self.list.push(Diagnostic { code, subject, span, expected: Expected::Nothing });
        }
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
    Flags,
    Segments,
}

/// Why the document is refused, or that more of it is needed.
enum Halt {
    Stop(Stop),
    Refused(Diagnostic),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// The state of reading a document.
pub(crate) struct Stream {
    tape: Tape,
    room: Room,
    place: Place,
    section: Option<Section>,
    /// Bytes before those at hand.
    base: u32,
    format: bool,
    flags: bool,
    top: Pool,
    /// The publisher's number of this version.
    pub revision: Option<u64>,
    /// Keys of all flags; the number is the flag's index.
    pub flag_keys: Pool,
    /// Keys of all segments; the number is the segment's index.
    pub segment_keys: Pool,
    /// What there is to say so far.
    pub diagnostics: Diagnostics,
}

impl Default for Stream {
    fn default() -> Self {
        Self::new()
    }
}

fn refuse(code: Code, start: usize, end: usize, expected: Expected) -> Diagnostic {
    let span = Span { start: start as u32, end: end as u32 };
    Diagnostic { code, subject: Subject::Document, span, expected }
}

impl Stream {
    /// Before the first byte.
    pub fn new() -> Self {
        Self {
            tape: Tape::new(),
            room: Room::default(),
            place: Place::Start,
            section: None,
            base: 0,
            format: false,
            flags: false,
            top: Pool::new(),
            revision: None,
            flag_keys: Pool::new(),
            segment_keys: Pool::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Reads what is complete in these bytes and returns how many that were;
    /// the rest has to come again with what follows it.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn walk<'a>(
        &mut self,
        bytes: &'a [u8],
        receiver: &mut impl Receiver<'a>,
    ) -> Result<usize, Diagnostic> {
        let mut at = 0;
        if (self.base as usize).saturating_add(bytes.len()) > limits::DOCUMENT_BYTES {
            let end = limits::DOCUMENT_BYTES;
            return Err(refuse(Code::DocumentTooLarge, end, end, Expected::Nothing));
        }
        let end = loop {
            match self.step(bytes, at, receiver) {
                Ok(next) => at = next,
                // White space is consumed, so that it need not come again.
                Err(Halt::Stop(Stop::Incomplete)) => {
                    let space = skip_space(bytes, at);
                    break if space == bytes.len() { space } else { at };
                }
                Err(Halt::Stop(stop)) => {
                    let SyntaxError { at, code, expected } = stop.syntax_error(bytes.len());
                    let at = at.wrapping_add(self.base as usize);
                    return Err(refuse(code, at, at.wrapping_add(1), expected));
                }
                Err(Halt::Refused(diagnostic)) => return Err(diagnostic),
            }
        };
        self.base = self.base.wrapping_add(end as u32);
        Ok(end)
    }

    /// After the last byte, of which `rest` could not be read.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn finish(&mut self, rest: &[u8]) -> Result<(), Diagnostic> {
        let end = (self.base as usize).wrapping_add(rest.len());
        if self.place != Place::End || !rest.is_empty() {
            return Err(refuse(Code::InvalidJson, end, end, Expected::MoreText));
        }
        if !self.format {
            return Err(refuse(Code::WrongFormat, 0, 1, Expected::Nothing));
        }
        if !self.flags {
            return Err(refuse(Code::InvalidTopLevel, 0, 1, Expected::Flags));
        }
        Ok(())
    }

    /// Reads one bracket, comma or member.
    fn step<'a>(
        &mut self,
        bytes: &'a [u8],
        at: usize,
        receiver: &mut impl Receiver<'a>,
    ) -> Result<usize, Halt> {
        let at = skip_space(bytes, at);
        let byte = *bytes.get(at).ok_or(Stop::Incomplete)?;
        let next = at.wrapping_add(1);
        match self.place {
            Place::Start => {
                let mark = [0xef, 0xbb, 0xbf];
                let found = bytes.get(at..at.wrapping_add(3).min(bytes.len())).unwrap_or_default();
                if self.base == 0 && at == 0 && mark.starts_with(found) {
                    return Err(if found.len() < mark.len() {
                        Halt::Stop(Stop::Incomplete)
                    } else {
                        Halt::Refused(refuse(Code::ByteOrderMark, 0, 3, Expected::Nothing))
                    });
                }
                if let b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n' = byte {
                    let start = at.wrapping_add(self.base as usize);
                    let end = start.wrapping_add(1);
                    return Err(Halt::Refused(refuse(
                        Code::InvalidTopLevel,
                        start,
                        end,
                        Expected::Root,
                    )));
                }
                if byte != b'{' {
                    return Err(Stop::Syntax(at, Expected::Root).into());
                }
                self.place = Place::First;
                Ok(next)
            }
            Place::First if byte == b'}' => {
                self.close();
                Ok(next)
            }
            Place::First | Place::Next => {
                let end = self.member(bytes, at, receiver)?;
                Ok(end)
            }
            Place::After if byte == b',' => {
                self.place = Place::Next;
                Ok(next)
            }
            Place::After if byte == b'}' => {
                self.close();
                Ok(next)
            }
            Place::After => Err(Stop::Syntax(at, Expected::CommaOrBrace).into()),
            Place::End => Err(Stop::Syntax(at, Expected::EndOfDocument).into()),
        }
    }

    fn close(&mut self) {
        self.place = if self.section.take().is_some() { Place::After } else { Place::End };
    }

    fn member<'a>(
        &mut self,
        bytes: &'a [u8],
        at: usize,
        receiver: &mut impl Receiver<'a>,
    ) -> Result<usize, Halt> {
        let value = skip_space(bytes, self.tape.read_name(bytes, at)?);
        let view = self.tape.view(bytes, self.base);
        let key = Key { raw: view.raw(ROOT), span: view.span(ROOT) };
        let mut scratch = Vec::new();
        let mut name = view.text(ROOT, &mut scratch);
        let unfit = !self.tape.faults().is_empty();
        let mut unique: Vec<u8> = Vec::new();
        if unfit {
            // INVARIANT: no UTF-8 text starts with this byte, so a name that
            // cannot be written stands in nobody's way.
            unique.push(0xff);
            unique.extend_from_slice(key.raw);
            name = &unique;
        }
        if self.section.is_none() {
            return self.top_level(bytes, value, key, name, receiver);
        }
        let end = self.tape.read_value(bytes, value)?;
        if end == bytes.len() {
            // Something must follow, and a number might go on.
            return Err(Stop::Incomplete.into());
        }
        self.declare(bytes, key, name, unfit, receiver)?;
        self.place = Place::After;
        Ok(end)
    }

    fn top_level<'a>(
        &mut self,
        bytes: &'a [u8],
        at: usize,
        key: Key<'a>,
        name: &[u8],
        receiver: &mut impl Receiver<'a>,
    ) -> Result<usize, Halt> {
        let (section, expected) = match name {
            b"flags" => (Some(Section::Flags), Expected::Flags),
            b"segments" => (Some(Section::Segments), Expected::Segments),
            _ => (None, Expected::Revision),
        };
        let found = bytes.get(at).ok_or(Stop::Incomplete)?;
        let entered = section.is_some() && *found == b'{';
        let end = if entered { at.wrapping_add(1) } else { self.tape.read_value(bytes, at)? };
        if end == bytes.len() && !entered {
            // Something must follow, and a number might go on.
            return Err(Stop::Incomplete.into());
        }
        let span = Span { end: (end as u32).wrapping_add(self.base), ..key.span };
        let refused = |code, expected| {
            Halt::Refused(Diagnostic { code, subject: Subject::Document, span, expected })
        };
        if !self.top.intern(name).1 {
            return Err(refused(Code::InvalidTopLevel, Expected::OnceEach));
        }
        if section.is_some() {
            if !entered {
                return Err(refused(Code::InvalidTopLevel, expected));
            }
            self.flags |= section == Some(Section::Flags);
            self.section = section;
            self.place = Place::First;
            return Ok(end);
        }
        let view = self.tape.view(bytes, self.base);
        let number = number::decimal(view.raw(ROOT));
        let integral = number.integral().filter(|_| view.kind(ROOT) == Kind::Number);
        match name {
            b"format" => {
                if integral != Some(1) {
                    return Err(refused(Code::WrongFormat, Expected::Nothing));
                }
                self.format = true;
            }
            b"revision" => {
                let revision = integral.filter(|_| number.integer);
                let revision = revision.and_then(|revision| u64::try_from(revision).ok());
                self.revision = revision.filter(|revision| *revision <= limits::SAFE_INTEGER);
                if self.revision.is_none() {
                    return Err(refused(Code::InvalidTopLevel, expected));
                }
            }
            _ => {
                if !name.starts_with(b"x-") && !key.raw.starts_with(b"\"x-") {
                    let (code, expected) = (Code::UnknownTopLevel, Expected::Nothing);
                    self.diagnostics.push(code, Subject::Document, key.span, expected);
                }
                receiver.extra(key.raw, view.raw(ROOT));
            }
        }
        self.place = Place::After;
        Ok(end)
    }

    /// A flag or segment whose value lies on the tape; `unfit` says that half
    /// of a surrogate pair stands in its key.
    fn declare<'a>(
        &mut self,
        bytes: &'a [u8],
        key: Key<'a>,
        name: &[u8],
        unfit: bool,
        receiver: &mut impl Receiver<'a>,
    ) -> Result<(), Halt> {
        let flags = self.section == Some(Section::Flags);
        let keys = if flags { &mut self.flag_keys } else { &mut self.segment_keys };
        let (index, new) = keys.intern(name);
        let subject = if flags { Subject::Flag(index) } else { Subject::Segment(index) };
        if self.flag_keys.len() > limits::FLAGS {
            let (code, expected) = (Code::TooManyFlags, Expected::Nothing);
            let (subject, span) = (Subject::Document, key.span);
            return Err(Halt::Refused(Diagnostic { code, subject, span, expected }));
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
        Ok(())
    }
}

/// Bytes in chunks of any size, for [`Stream::walk`].
#[derive(Default)]
pub(crate) struct Pending {
    bytes: Vec<u8>,
    /// No walk is worth while below so many bytes.
    wait: usize,
}

impl Pending {
    /// Makes room for a chunk after the bytes at hand and returns the room.
    pub fn room(&mut self, len: usize) -> &mut [u8] {
        let start = self.bytes.len();
        self.bytes.resize(start.saturating_add(len), 0);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    /// Walks over what has arrived and keeps what is not complete.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn walk(
        &mut self,
        stream: &mut Stream,
        receiver: &mut impl for<'a> Receiver<'a>,
    ) -> Result<(), Diagnostic> {
        // A value longer than the chunks is read again only after as many
        // bytes again have come, so that all reading stays linear.
        if self.bytes.len() < self.wait && self.bytes.len() < limits::DOCUMENT_BYTES {
            return Ok(());
        }
        let end = stream.walk(&self.bytes, receiver)?;
        let rest = self.bytes.get(end..).unwrap_or_default();
        self.wait = rest.len().saturating_mul(2);
        self.bytes = rest.to_vec();
        Ok(())
    }

    /// Walks over all that has arrived; nothing follows.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn finish(
        &mut self,
        stream: &mut Stream,
        receiver: &mut impl for<'a> Receiver<'a>,
    ) -> Result<(), Diagnostic> {
        self.wait = 0;
        self.walk(stream, receiver)?;
        stream.finish(&self.bytes)
    }
}
