//! The reader: one pass over the bytes, an explicit stack, no recursion.
//!
//! Every function starts at the cursor and moves it behind what it has read.
//! Where it cannot, it answers none, the cursor stands at what does not fit,
//! and `stop` says why: so nothing is handed up but one bit.

use super::{Entry, Fault, Kind, SyntaxError, Tape, View, number, text};
use crate::diagnostic::{Code, Expected, Span};
use crate::limits::DEPTH;

/// Faults kept for one value; the first already breaks the flag.
const FAULTS: usize = 10_001;

/// Objects of at most so many entries are compared name by name.
const PAIRWISE: u32 = 64;

/// What stands where the bytes have ended.
const END: u32 = 0x100;

impl Tape {
    /// The byte at the cursor, or [`END`].
    #[inline(always)]
    fn peek(&self, bytes: &[u8]) -> u32 {
        bytes.get(self.at).map_or(END, |byte| u32::from(*byte))
    }

    fn advance(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Moves the cursor over this byte if it stands there.
    #[inline(never)]
    fn take(&mut self, bytes: &[u8], byte: u8) -> bool {
        let there = self.peek(bytes) == u32::from(byte);
        self.at = self.at.wrapping_add(usize::from(there));
        there
    }

    /// Moves the cursor over white space.
    #[inline(never)]
    pub(crate) fn skip_space(&mut self, bytes: &[u8]) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.advance();
        }
    }

    /// What stands at the cursor is not what was expected; if nothing stands
    /// there, more may come.
    #[inline(never)]
    pub(crate) fn unfit(&mut self, bytes: &[u8], expected: Expected) -> Option<()> {
        let more = self.at < bytes.len();
        self.stop = if more { expected } else { Expected::MoreText };
        None
    }

    /// Why the last reading stopped, if no more bytes come.
    pub(crate) fn syntax_error(&self) -> SyntaxError {
        let utf8 = self.stop == Expected::Nothing;
        let code = if utf8 { Code::InvalidUtf8 } else { Code::InvalidJson };
        SyntaxError { at: self.at, code, expected: self.stop }
    }

    /// Reads the value at the cursor. Never looks at bytes beyond it, except
    /// after a number.
    #[inline(never)]
    pub(crate) fn read_value(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        // Whether the value is a member of an object.
        let mut object = false;
        'value: loop {
            self.skip_space(bytes);
            if object {
                self.name(bytes)?;
                self.skip_space(bytes);
            }
            match self.peek(bytes) as u8 {
                byte @ (b'{' | b'[') => {
                    object = byte == b'{';
                    self.enter(object);
                    self.advance();
                    self.skip_space(bytes);
                    if self.peek(bytes) != close(object) {
                        continue 'value;
                    }
                }
                b'"' => self.string(bytes)?,
                b'-' | b'0'..=b'9' => self.number(bytes)?,
                byte => self.word(bytes, byte)?,
            }
            // A value has ended, or a container is empty: what the container
            // wants next.
            loop {
                let Some(&open) = self.open.last() else { return Some(()) };
                object = open & 1 != 0;
                self.skip_space(bytes);
                if self.take(bytes, b',') {
                    continue 'value;
                }
                if self.peek(bytes) != close(object) {
                    let brace = object.then_some(Expected::CommaOrBrace);
                    return self.unfit(bytes, brace.unwrap_or(Expected::CommaOrBracket));
                }
                self.advance();
                self.leave(bytes);
            }
        }
    }

    /// Reads a member name and its colon alone; the tape then holds the name.
    pub(crate) fn read_name(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        self.name(bytes)
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.open.clear();
        self.faults.clear();
    }

    /// A member name and its colon.
    #[inline(never)]
    fn name(&mut self, bytes: &[u8]) -> Option<()> {
        if self.peek(bytes) != u32::from(b'"') {
            return self.unfit(bytes, Expected::MemberName);
        }
        self.string(bytes)?;
        self.skip_space(bytes);
        if self.take(bytes, b':') { Some(()) } else { self.unfit(bytes, Expected::Colon) }
    }

    /// `true`, `false` or `null`, of which the first letter is at hand.
    fn word(&mut self, bytes: &[u8], first: u8) -> Option<()> {
        let start = self.at;
        let (word, kind): (&[u8], _) = match first {
            b't' => (b"true", Kind::Boolean),
            b'f' => (b"false", Kind::Boolean),
            _ => (b"null", Kind::Null),
        };
        for &byte in word {
            if !self.take(bytes, byte) {
                return self.unfit(bytes, Expected::Value);
            }
        }
        self.push(kind, false, start);
        Some(())
    }

    /// A number that ends with the bytes may go on: the caller must ask.
    fn number(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        self.take(bytes, b'-');
        if !self.take(bytes, b'0') {
            self.digits(bytes)?;
        }
        if self.take(bytes, b'.') {
            self.digits(bytes)?;
        }
        let power = self.take(bytes, b'e') || self.take(bytes, b'E');
        if power {
            let _ = self.take(bytes, b'+') || self.take(bytes, b'-');
            self.digits(bytes)?;
        }
        self.push(Kind::Number, false, start);
        let text = bytes.get(start..self.at).unwrap_or_default();
        if (power || text.len() > 15)
            && let Some(code) = number::fault(text)
        {
            self.fault(code, start, self.at);
        }
        Some(())
    }

    /// One digit or more.
    #[inline(never)]
    fn digits(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = bytes.get(self.at) {
            self.advance();
        }
        if self.at == start { self.unfit(bytes, Expected::Digit) } else { Some(()) }
    }

    #[inline(never)]
    fn string(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        let mut escaped = false;
        self.unit = 0;
        self.advance();
        loop {
            // The unit of the escape that ends here, or 0.
            let (run, before) = (self.at, self.unit);
            while let Some(b' ' | b'!' | b'#'..=b'[' | b']'..=0x7f) = bytes.get(self.at) {
                self.advance();
            }
            let here = self.at;
            let byte = self.peek(bytes);
            self.unit = 0;
            if byte == u32::from(b'\\') {
                escaped = true;
                self.escape(bytes)?;
            } else if byte == u32::from(b'"') {
                self.advance();
            } else if byte & 0x80 != 0 {
                self.utf8(bytes, byte)?;
            } else {
                return self.unfit(bytes, Expected::StringByte);
            }
            let (high, low) = (text::high(before), text::low(self.unit));
            if !(high && low && run == here) {
                if high {
                    self.lone_surrogate(run.wrapping_sub(6));
                }
                if low {
                    self.lone_surrogate(here);
                }
            }
            if byte == u32::from(b'"') {
                self.push(Kind::String, escaped, start);
                return Some(());
            }
        }
    }

    #[inline(never)]
    fn lone_surrogate(&mut self, start: usize) {
        self.fault(Code::LoneSurrogate, start, start.wrapping_add(6));
    }

    /// An escape; leaves its UTF-16 unit in `unit` if it is written as one.
    fn escape(&mut self, bytes: &[u8]) -> Option<()> {
        self.advance();
        if self.take(bytes, b'u') {
            for _ in 0..4 {
                let digit = text::hex(self.peek(bytes));
                if digit > 0xf {
                    return self.unfit(bytes, Expected::Escape);
                }
                self.unit = self.unit << 4 | digit;
                self.advance();
            }
            return Some(());
        }
        let byte = self.peek(bytes);
        for known in b"\"\\/bfnrt" {
            if byte == u32::from(*known) {
                self.advance();
                return Some(());
            }
        }
        self.unfit(bytes, Expected::Escape)
    }

    /// A character beyond ASCII that starts with this byte (Unicode 17, table
    /// 3-7).
    fn utf8(&mut self, bytes: &[u8], lead: u32) -> Option<()> {
        let start = self.at;
        let mut first = lead << 8;
        let mut more: u32 = match lead {
            0xc2..0xe0 => 1,
            0xe0..0xf0 => 2,
            0xf0..0xf5 => 3,
            _ => 0,
        };
        let mut fits = more > 0;
        while more > 0 {
            self.advance();
            let byte = self.peek(bytes);
            if byte == END {
                return self.unfit(bytes, Expected::Nothing);
            }
            // Only the second byte is bound to the first.
            first |= byte;
            let outside =
                matches!(first, 0xe080..0xe0a0 | 0xeda0..0xedc0 | 0xf080..0xf090 | 0xf490..0xf4c0);
            first = 0;
            fits = byte & 0xc0 == 0x80 && !outside;
            more = if fits { more.wrapping_sub(1) } else { 0 };
        }
        if !fits {
            self.at = start;
            return self.unfit(bytes, Expected::Nothing);
        }
        self.advance();
        Some(())
    }

    fn enter(&mut self, object: bool) {
        let entry = self.entries.len() as u32;
        let (start, depth) = (self.at, self.open.len());
        let mut kind = if object { Kind::Object } else { Kind::Array };
        if depth == DEPTH {
            self.fault(Code::DepthExceeded, start, start.wrapping_add(1));
            // Something must stand for it, or names would lose their values.
            kind = Kind::Null;
        }
        self.push(kind, false, start);
        self.open.push(entry << 1 | u32::from(object));
    }

    fn leave(&mut self, bytes: &[u8]) {
        let open = self.open.pop().unwrap_or_default();
        if self.open.len() >= DEPTH {
            return;
        }
        let next = self.entries.len() as u32;
        let parent = open >> 1;
        if let Some(entry) = self.entries.get_mut(parent as usize) {
            entry.end = self.at as u32;
            entry.next = next;
        }
        if open & 1 != 0 {
            self.find_duplicates(bytes, parent.wrapping_add(1), next);
        }
    }

    #[inline(never)]
    fn push(&mut self, kind: Kind, escaped: bool, start: usize) {
        // What lies too deep is checked and not kept: the flag is broken.
        if self.open.len() <= DEPTH {
            let next = self.entries.len().wrapping_add(1) as u32;
            let (start, end) = (start as u32, self.at as u32);
            self.entries.push(Entry { kind, escaped, start, end, next });
        }
    }

    #[inline(never)]
    fn fault(&mut self, code: Code, start: usize, end: usize) {
        // What lies too deep is not on the tape: that must be known.
        if self.faults.len() < FAULTS || code == Code::DepthExceeded {
            let span = Span { start: start as u32, end: end as u32 };
            self.faults.push(Fault { code, span });
        }
    }

    /// Reports each member whose name stands earlier in the same object,
    /// whose entries are those from `first` to `end`.
    fn find_duplicates(&mut self, bytes: &[u8], first: u32, end: u32) {
        let mut plain = end.wrapping_sub(first) <= PAIRWISE;
        let mut id = first;
        while plain && id < end {
            plain = !self.view(bytes, 0).entry(id).escaped;
            id = self.view(bytes, 0).next(id.wrapping_add(1));
        }
        self.names.clear();
        id = first;
        while id < end {
            let view = View { entries: &self.entries, bytes, base: 0 };
            let new = if plain {
                let mut other = first;
                while view.raw(other) != view.raw(id) {
                    other = view.next(other.wrapping_add(1));
                }
                other == id
            } else {
                self.names.intern(view.text(id, &mut self.scratch)).1
            };
            let (span, next) = (view.span(id), view.next(id.wrapping_add(1)));
            if !new {
                self.fault(Code::DuplicateMember, span.start as usize, span.end as usize);
            }
            id = next;
        }
    }
}

/// The bracket that ends a container.
fn close(object: bool) -> u32 {
    u32::from(if object { b'}' } else { b']' })
}
