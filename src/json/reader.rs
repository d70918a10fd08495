//! The reader: one pass over the bytes, an explicit stack, no recursion.
//!
//! Every function starts at the cursor and moves it behind what it has read.
//! Where it cannot, it answers none, the cursor stands at what does not fit,
//! and `stop` says why: so nothing is handed up but one bit.

use super::{Entry, Fault, Kind, SyntaxError, Tape, View, number};
use crate::diagnostic::{Code, Expected, Span};
use crate::limits::DEPTH;

/// Why reading stopped short of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// All bytes fit and the value is not at its end: more may come.
    Incomplete,
    /// The byte at the cursor does not fit.
    Syntax(Expected),
    /// The bytes at the cursor are not UTF-8.
    Utf8,
}

/// Faults kept for one value; the first already breaks the flag.
const FAULTS: usize = 10_001;

/// Objects of at most so many members are compared name by name.
const PAIRWISE: u32 = 16;

impl Tape {
    /// The byte at the cursor.
    fn peek(&self, bytes: &[u8]) -> Option<u8> {
        bytes.get(self.at).copied()
    }

    fn advance(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    /// Moves the cursor over white space.
    #[inline(never)]
    pub(crate) fn skip_space(&mut self, bytes: &[u8]) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek(bytes) {
            self.advance();
        }
    }

    /// What stands at the cursor is not what was expected.
    #[inline(never)]
    pub(crate) fn unfit(&mut self, bytes: &[u8], expected: Expected) -> Option<()> {
        let more = self.at < bytes.len();
        self.stop = if more { Stop::Syntax(expected) } else { Stop::Incomplete };
        None
    }

    /// Why the last reading stopped, if no more bytes come.
    pub(crate) fn syntax_error(&self, end: usize) -> SyntaxError {
        let (at, code, expected) = match self.stop {
            Stop::Incomplete => (end, Code::InvalidJson, Expected::MoreText),
            Stop::Syntax(expected) => (self.at, Code::InvalidJson, expected),
            Stop::Utf8 => (self.at, Code::InvalidUtf8, Expected::Nothing),
        };
        SyntaxError { at, code, expected }
    }

    /// Reads the value at the cursor. Never looks at bytes beyond it, except
    /// after a number.
    #[inline(never)]
    pub(crate) fn read_value(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        'value: loop {
            self.skip_space(bytes);
            match self.peek(bytes) {
                Some(byte @ (b'{' | b'[')) => {
                    let object = byte == b'{';
                    self.enter(object);
                    self.advance();
                    self.skip_space(bytes);
                    // Both brackets close two after they open.
                    if self.peek(bytes) != Some(byte.wrapping_add(2)) {
                        if object {
                            self.name(bytes)?;
                        }
                        continue 'value;
                    }
                }
                Some(b'"') => self.string(bytes)?,
                Some(b'-' | b'0'..=b'9') => self.number(bytes)?,
                Some(b't') => self.word(bytes, b"true", Kind::Boolean)?,
                Some(b'f') => self.word(bytes, b"false", Kind::Boolean)?,
                Some(b'n') => self.word(bytes, b"null", Kind::Null)?,
                _ => return self.unfit(bytes, Expected::Value),
            }
            // A value has ended, or a container is empty: what the container
            // wants next.
            loop {
                let Some(&open) = self.open.last() else { return Some(()) };
                let object = open & 1 != 0;
                self.skip_space(bytes);
                match self.peek(bytes) {
                    Some(b',') => {
                        self.advance();
                        if object {
                            self.skip_space(bytes);
                            self.name(bytes)?;
                        }
                        continue 'value;
                    }
                    Some(byte) if byte == if object { b'}' } else { b']' } => {
                        self.advance();
                        self.leave(bytes);
                    }
                    _ if object => return self.unfit(bytes, Expected::CommaOrBrace),
                    _ => return self.unfit(bytes, Expected::CommaOrBracket),
                }
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
        if self.peek(bytes) != Some(b'"') {
            return self.unfit(bytes, Expected::MemberName);
        }
        self.string(bytes)?;
        self.skip_space(bytes);
        if self.peek(bytes) != Some(b':') {
            return self.unfit(bytes, Expected::Colon);
        }
        self.advance();
        Some(())
    }

    #[inline(never)]
    fn word(&mut self, bytes: &[u8], word: &[u8], kind: Kind) -> Option<()> {
        let start = self.at;
        for &byte in word {
            if self.peek(bytes) != Some(byte) {
                return self.unfit(bytes, Expected::Value);
            }
            self.advance();
        }
        self.push(kind, false, start);
        Some(())
    }

    /// A number that ends with the bytes may go on: the caller must ask.
    fn number(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        if self.peek(bytes) == Some(b'-') {
            self.advance();
        }
        if self.peek(bytes) == Some(b'0') {
            self.advance();
        } else {
            self.digits(bytes)?;
        }
        if self.peek(bytes) == Some(b'.') {
            self.advance();
            self.digits(bytes)?;
        }
        if let Some(b'e' | b'E') = self.peek(bytes) {
            self.advance();
            if let Some(b'+' | b'-') = self.peek(bytes) {
                self.advance();
            }
            self.digits(bytes)?;
        }
        self.push(Kind::Number, false, start);
        if let Some(code) = number::fault(bytes.get(start..self.at).unwrap_or_default()) {
            self.fault(code, start, self.at);
        }
        Some(())
    }

    /// One digit or more.
    #[inline(never)]
    fn digits(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek(bytes) {
            self.advance();
        }
        if self.at == start { self.unfit(bytes, Expected::Digit) } else { Some(()) }
    }

    #[inline(never)]
    fn string(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        self.advance();
        let mut escaped = false;
        // The first half of a surrogate pair that waits for the second; 0:
        // there is none.
        let mut high = 0;
        loop {
            let run = self.at;
            while let Some(b' ' | b'!' | b'#'..=b'[' | b']'..=0x7f) = self.peek(bytes) {
                self.advance();
            }
            let here = self.at;
            self.unit = 0;
            let quote = self.peek(bytes) == Some(b'"');
            match self.peek(bytes) {
                Some(b'"') => self.advance(),
                Some(b'\\') => {
                    escaped = true;
                    self.escape(bytes)?;
                }
                Some(0x80..) => self.utf8(bytes)?,
                _ => return self.unfit(bytes, Expected::StringByte),
            }
            let low = self.unit & 0xfc00 == 0xdc00;
            if high != 0 && (here > run || !low) {
                self.fault(Code::LoneSurrogate, high, high.wrapping_add(6));
                high = 0;
            }
            if low && high == 0 {
                self.fault(Code::LoneSurrogate, here, self.at);
            }
            high = if self.unit & 0xfc00 == 0xd800 { here } else { 0 };
            if quote {
                self.push(Kind::String, escaped, start);
                return Some(());
            }
        }
    }

    /// An escape; leaves its UTF-16 unit in `unit` if it is written as one.
    fn escape(&mut self, bytes: &[u8]) -> Option<()> {
        self.advance();
        match self.peek(bytes) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {}
            Some(b'u') => {
                for _ in 0..4 {
                    self.advance();
                    let digit = super::text::hex(self.peek(bytes).unwrap_or(0));
                    if digit > 0xf {
                        return self.unfit(bytes, Expected::Escape);
                    }
                    self.unit = self.unit << 4 | digit;
                }
            }
            _ => return self.unfit(bytes, Expected::Escape),
        }
        self.advance();
        Some(())
    }

    /// A character beyond ASCII (Unicode 17, table 3-7).
    fn utf8(&mut self, bytes: &[u8]) -> Option<()> {
        let start = self.at;
        let lead = self.peek(bytes).unwrap_or(0);
        let (count, mut low, mut high) = match lead {
            0xc2..=0xdf => (1, 0x80, 0xbf),
            0xe0 => (2, 0xa0, 0xbf),
            0xed => (2, 0x80, 0x9f),
            0xe1..=0xef => (2, 0x80, 0xbf),
            0xf0 => (3, 0x90, 0xbf),
            0xf1..=0xf3 => (3, 0x80, 0xbf),
            0xf4 => (3, 0x80, 0x8f),
            // No byte fits.
            _ => (0, 0, 0),
        };
        for _ in 0..count {
            self.advance();
            let Some(byte) = self.peek(bytes) else { return self.unfit(bytes, Expected::Nothing) };
            if byte < low || byte > high {
                return self.no_utf8(start);
            }
            (low, high) = (0x80, 0xbf);
        }
        if count == 0 {
            return self.no_utf8(start);
        }
        self.advance();
        Some(())
    }

    #[inline(never)]
    fn no_utf8(&mut self, start: usize) -> Option<()> {
        self.at = start;
        self.stop = Stop::Utf8;
        None
    }

    fn enter(&mut self, object: bool) {
        let entry = self.entries.len() as u32;
        let start = self.at;
        if self.open.len() < DEPTH {
            self.push(if object { Kind::Object } else { Kind::Array }, false, start);
        } else if self.open.len() == DEPTH {
            self.fault(Code::DepthExceeded, start, start.wrapping_add(1));
            // Something must stand for it, or names would lose their values.
            self.push(Kind::Null, false, start);
        }
        self.open.push(entry << 1 | u32::from(object));
    }

    fn leave(&mut self, bytes: &[u8]) {
        let Some(open) = self.open.pop().filter(|_| self.open.len() < DEPTH) else { return };
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
        let view = View { entries: &self.entries, bytes, base: 0 };
        let (mut id, mut count, mut plain) = (first, 0_u32, true);
        while id < end {
            plain &= !view.entry(id).escaped;
            count = count.wrapping_add(1);
            id = view.next(id.wrapping_add(1));
        }
        let plain = plain && count <= PAIRWISE;
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
            let (entry, next) = (view.entry(id), view.next(id.wrapping_add(1)));
            if !new {
                self.fault(Code::DuplicateMember, entry.start as usize, entry.end as usize);
            }
            id = next;
        }
    }
}
