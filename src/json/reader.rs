//! The reader: one pass over the bytes, an explicit stack, no recursion.
//!
//! Every function starts at the cursor and moves it behind what it has read.
//! Where it cannot, it answers none, the cursor stands at what does not fit,
//! and `stop` says why: so nothing is handed up but one bit.

use super::{Entry, Kind, SyntaxError, Tape, View, number, text};
use crate::compare::hex;
use crate::diagnostic::{Code, Diagnostic, Expected, Span, Subject};
use crate::limits::DEPTH;
use alloc::vec::Vec;

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
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn take(&mut self, bytes: &[u8], byte: u8) -> bool {
        let there = self.peek(bytes) == u32::from(byte);
        self.at = self.at.wrapping_add(usize::from(there));
        there
    }

    /// Moves the cursor over white space.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn skip_space(&mut self, bytes: &[u8]) {
        let mut at = self.at;
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
            at = at.wrapping_add(1);
        }
        self.at = at;
    }

    /// What stands at the cursor is not what was expected; if nothing stands
    /// there, more may come.
    pub(crate) fn unfit(&mut self, expected: Expected) -> Option<()> {
        self.stop = expected;
        None
    }

    /// Why the last reading stopped, if no more bytes come after `end`.
    pub(crate) fn syntax_error(&self, end: usize) -> SyntaxError {
        let (mut code, mut expected) = (Code::InvalidJson, self.stop);
        if self.at == end {
            expected = Expected::MoreText;
        } else if expected == Expected::Nothing {
            code = Code::InvalidUtf8;
        }
        SyntaxError { at: self.at, code, expected }
    }

    /// Reads the value at the cursor. Never looks at bytes beyond it, except
    /// after a number.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn read_value(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        // Whether the value is a member of an object.
        let mut object = false;
        'value: loop {
            self.skip_space(bytes);
            if object {
                self.name(bytes)?;
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
                    return self.unfit(brace.unwrap_or(Expected::CommaOrBracket));
                }
                self.advance();
                self.leave(bytes, open);
            }
        }
    }

    /// Reads a member name and its colon alone, and the white space after it;
    /// the tape then holds the name.
    pub(crate) fn read_name(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        self.name(bytes)
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.open.clear();
        self.faults.clear();
        self.deep = false;
        self.escape = 0;
    }

    /// A member name, its colon and the white space after it.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn name(&mut self, bytes: &[u8]) -> Option<()> {
        if self.peek(bytes) != u32::from(b'"') {
            return self.unfit(Expected::MemberName);
        }
        self.string(bytes)?;
        self.skip_space(bytes);
        if !self.take(bytes, b':') {
            return self.unfit(Expected::Colon);
        }
        self.skip_space(bytes);
        Some(())
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
                return self.unfit(Expected::Value);
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
            fault(&mut self.faults, code, start as u32, self.at as u32);
        }
        Some(())
    }

    /// One digit or more.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn digits(&mut self, bytes: &[u8]) -> Option<()> {
        let mut at = self.at;
        while let Some(b'0'..=b'9') = bytes.get(at) {
            at = at.wrapping_add(1);
        }
        let none = at == self.at;
        self.at = at;
        if none { self.unfit(Expected::Digit) } else { Some(()) }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn string(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        let mut escaped = false;
        self.unit = 0;
        self.advance();
        loop {
            // The unit of the escape that ends here, or 0.
            let (run, before) = (self.at, self.unit);
            let mut here = run;
            while let Some(b' ' | b'!' | b'#'..=b'[' | b']'..=0x7f) = bytes.get(here) {
                here = here.wrapping_add(1);
            }
            self.at = here;
            let byte = self.peek(bytes);
            self.unit = 0;
            if byte == u32::from(b'\\') {
                escaped = true;
                self.escape = here as u32;
                self.escape(bytes)?;
            } else if byte == u32::from(b'"') {
                self.advance();
            } else if byte & 0x80 != 0 {
                self.utf8(bytes, byte)?;
            } else {
                return self.unfit(Expected::StringByte);
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

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn lone_surrogate(&mut self, start: usize) {
        let start = start as u32;
        fault(&mut self.faults, Code::LoneSurrogate, start, start.wrapping_add(6));
    }

    /// An escape; leaves its UTF-16 unit in `unit` if it is written as one.
    fn escape(&mut self, bytes: &[u8]) -> Option<()> {
        self.advance();
        if self.take(bytes, b'u') {
            for _ in 0..4 {
                let digit = hex(self.peek(bytes));
                if digit > 0xf {
                    return self.unfit(Expected::Escape);
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
        self.unfit(Expected::Escape)
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
                return self.unfit(Expected::Nothing);
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
            return self.unfit(Expected::Nothing);
        }
        self.advance();
        Some(())
    }

    fn enter(&mut self, object: bool) {
        let entry = self.entries.len() as u32;
        let (start, depth) = (self.at, self.open.len());
        let mut kind = if object { Kind::Object } else { Kind::Array };
        if depth == DEPTH {
            let start = start as u32;
            fault(&mut self.faults, Code::DepthExceeded, start, start.wrapping_add(1));
            self.deep = true;
            // Something must stand for it, or names would lose their values.
            kind = Kind::Null;
        }
        self.push(kind, false, start);
        self.open.push(entry << 1 | u32::from(object));
    }

    /// Ends the innermost container.
    fn leave(&mut self, bytes: &[u8], open: u32) {
        let depth = self.open.len().wrapping_sub(1);
        self.open.truncate(depth);
        if depth >= DEPTH {
            return;
        }
        let next = self.entries.len() as u32;
        let parent = open >> 1;
        let mut plain = false;
        if let Some(entry) = self.entries.get_mut(parent as usize) {
            entry.end = self.at as u32;
            entry.next = next;
            plain = entry.start >= self.escape;
        }
        if open & 1 != 0 {
            self.find_duplicates(bytes, parent.wrapping_add(1), next, plain);
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn push(&mut self, kind: Kind, escaped: bool, start: usize) {
        // What lies too deep is checked and not kept: the flag is broken.
        if self.open.len() <= DEPTH {
            let next = self.entries.len().wrapping_add(1) as u32;
            let (start, end) = (start as u32, self.at as u32);
            self.entries.push(Entry { kind, escaped, start, end, next });
        }
    }

    /// Reports each member whose name stands earlier in the same object,
    /// whose entries are those from `first` to `end`; `plain`: there is no
    /// escape in it.
    fn find_duplicates(&mut self, bytes: &[u8], first: u32, end: u32, plain: bool) {
        let Self { entries, faults, names, scratch, .. } = self;
        let view = View { entries, bytes, base: 0 };
        let pairwise = plain && end.wrapping_sub(first) <= PAIRWISE;
        names.clear();
        let mut id = first;
        while id < end {
            let new = if pairwise {
                let mut other = first;
                while view.raw(other) != view.raw(id) {
                    other = view.next(other.wrapping_add(1));
                }
                other == id
            } else {
                names.intern(view.text(id, scratch)).1
            };
            if !new {
                let Entry { start, end, .. } = *view.entry(id);
                fault(faults, Code::DuplicateMember, start, end);
            }
            id = view.next(id.wrapping_add(1));
        }
    }
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
fn fault(faults: &mut Vec<Diagnostic>, code: Code, start: u32, end: u32) {
    if faults.len() < FAULTS {
        let (subject, span) = (Subject::Document, Span { start, end });
        faults.push(Diagnostic { code, subject, span, expected: Expected::Nothing });
    }
}

/// The bracket that ends a container.
fn close(object: bool) -> u32 {
    u32::from(if object { b'}' } else { b']' })
}
