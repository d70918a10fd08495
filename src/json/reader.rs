//! The reader: one pass over the bytes, an explicit stack, no recursion.

use super::{Entry, Fault, Kind, SyntaxError, Tape, View, number};
use crate::diagnostic::{Code, Expected, Span};
use crate::limits::DEPTH;
use crate::pool::sort;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Why reading stopped short of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// All bytes fit and the value is not at its end: more may come.
    Incomplete,
    /// The byte at this offset does not fit.
    Syntax(usize, Expected),
    /// The bytes at this offset are not UTF-8.
    Utf8(usize),
}

impl Stop {
    pub(crate) fn syntax_error(self, end: usize) -> SyntaxError {
        match self {
            Self::Incomplete => {
                SyntaxError { at: end, code: Code::InvalidJson, expected: Expected::MoreText }
            }
            Self::Syntax(at, expected) => SyntaxError { at, code: Code::InvalidJson, expected },
            Self::Utf8(at) => {
                SyntaxError { at, code: Code::InvalidUtf8, expected: Expected::Nothing }
            }
        }
    }
}

/// Faults kept for one value; the first already breaks the flag.
const FAULTS: usize = 10_001;

pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at = at.wrapping_add(1);
    }
    at
}

fn expect(bytes: &[u8], at: usize, byte: u8, expected: Expected) -> Result<usize, Stop> {
    match bytes.get(at) {
        None => Err(Stop::Incomplete),
        Some(found) if *found == byte => Ok(at.wrapping_add(1)),
        Some(_) => Err(Stop::Syntax(at, expected)),
    }
}

impl Tape {
    /// Reads the value that starts at or after `at`; returns the offset after
    /// it. Never looks at bytes beyond the value, except after a number.
    pub(crate) fn read_value(&mut self, bytes: &[u8], mut at: usize) -> Result<usize, Stop> {
        self.entries.clear();
        self.open.clear();
        self.parents.clear();
        self.faults.clear();
        'value: loop {
            at = skip_space(bytes, at);
            let start = at;
            match bytes.get(at) {
                None => return Err(Stop::Incomplete),
                Some(b'{') => {
                    self.enter(Kind::Object, start);
                    at = skip_space(bytes, start.wrapping_add(1));
                    if bytes.get(at) != Some(&b'}') {
                        at = self.name(bytes, at)?;
                        continue 'value;
                    }
                    at = at.wrapping_add(1);
                    self.leave(bytes, at);
                }
                Some(b'[') => {
                    self.enter(Kind::Array, start);
                    at = skip_space(bytes, start.wrapping_add(1));
                    if bytes.get(at) != Some(&b']') {
                        continue 'value;
                    }
                    at = at.wrapping_add(1);
                    self.leave(bytes, at);
                }
                Some(b'"') => at = self.string(bytes, at)?,
                Some(b'-' | b'0'..=b'9') => {
                    at = number::scan(bytes, at)?;
                    self.push(Kind::Number, start, at);
                    if let Some(code) = number::fault(bytes.get(start..at).unwrap_or_default()) {
                        self.fault(code, start, at);
                    }
                }
                Some(b't') => at = self.word(bytes, at, b"true", Kind::Boolean)?,
                Some(b'f') => at = self.word(bytes, at, b"false", Kind::Boolean)?,
                Some(b'n') => at = self.word(bytes, at, b"null", Kind::Null)?,
                Some(_) => return Err(Stop::Syntax(at, Expected::Value)),
            }
            // A value has ended: what the container around it wants next.
            loop {
                let Some(&object) = self.open.last() else { return Ok(at) };
                at = skip_space(bytes, at);
                let close = if object { b'}' } else { b']' };
                match bytes.get(at) {
                    None => return Err(Stop::Incomplete),
                    Some(b',') => {
                        at = at.wrapping_add(1);
                        if object {
                            at = self.name(bytes, skip_space(bytes, at))?;
                        }
                        continue 'value;
                    }
                    Some(byte) if *byte == close => {
                        at = at.wrapping_add(1);
                        self.leave(bytes, at);
                    }
                    Some(_) if object => return Err(Stop::Syntax(at, Expected::CommaOrBrace)),
                    Some(_) => return Err(Stop::Syntax(at, Expected::CommaOrBracket)),
                }
            }
        }
    }

    /// A member name and its colon.
    fn name(&mut self, bytes: &[u8], at: usize) -> Result<usize, Stop> {
        match bytes.get(at) {
            None => Err(Stop::Incomplete),
            Some(b'"') => {
                let at = self.string(bytes, at)?;
                expect(bytes, skip_space(bytes, at), b':', Expected::Colon)
            }
            Some(_) => Err(Stop::Syntax(at, Expected::MemberName)),
        }
    }

    /// Reads a member name and its colon alone; the tape then holds the name.
    pub(crate) fn read_name(&mut self, bytes: &[u8], at: usize) -> Result<usize, Stop> {
        self.entries.clear();
        self.open.clear();
        self.parents.clear();
        self.faults.clear();
        self.name(bytes, at)
    }

    fn word(&mut self, bytes: &[u8], at: usize, word: &[u8], kind: Kind) -> Result<usize, Stop> {
        let mut end = at;
        for byte in word {
            end = expect(bytes, end, *byte, Expected::Value)?;
        }
        self.push(kind, at, end);
        Ok(end)
    }

    fn string(&mut self, bytes: &[u8], start: usize) -> Result<usize, Stop> {
        let result = self.scan_string(bytes, start);
        if let Err(stop) = result {
            // Bytes that can never become UTF-8 come before what follows them.
            let end = if let Stop::Syntax(at, _) = stop { at } else { bytes.len() };
            utf8(bytes, start.wrapping_add(1), end, stop == Stop::Incomplete)?;
        }
        result
    }

    fn scan_string(&mut self, bytes: &[u8], start: usize) -> Result<usize, Stop> {
        let mut at = start.wrapping_add(1);
        let (mut escaped, mut ascii) = (false, true);
        // The first half of a surrogate pair that waits for the second.
        let mut high: Option<usize> = None;
        let end = loop {
            let byte = *bytes.get(at).ok_or(Stop::Incomplete)?;
            if byte == b'\\' {
                escaped = true;
                let escape = at;
                let unit;
                (at, unit) = escape_unit(bytes, at)?;
                match (unit, high.take()) {
                    (0xdc00..=0xdfff, Some(_)) => {}
                    (0xdc00..=0xdfff, None) => self.fault(Code::LoneSurrogate, escape, at),
                    (unit, waiting) => {
                        if let Some(from) = waiting {
                            self.fault(Code::LoneSurrogate, from, from.wrapping_add(6));
                        }
                        if let 0xd800..=0xdbff = unit {
                            high = Some(escape);
                        }
                    }
                }
                continue;
            }
            if let Some(from) = high.take() {
                self.fault(Code::LoneSurrogate, from, from.wrapping_add(6));
            }
            if byte == b'"' {
                break at;
            }
            if byte < 0x20 {
                return Err(Stop::Syntax(at, Expected::StringByte));
            }
            ascii &= byte < 0x80;
            at = at.wrapping_add(1);
        };
        if !ascii {
            utf8(bytes, start.wrapping_add(1), end, false)?;
        }
        let end = end.wrapping_add(1);
        self.push(Kind::String, start, end);
        if let Some(entry) = self.entries.last_mut() {
            entry.escaped = escaped;
        }
        Ok(end)
    }

    fn enter(&mut self, kind: Kind, start: usize) {
        self.open.push(kind == Kind::Object);
        if self.open.len() <= DEPTH {
            self.parents.push(self.entries.len() as u32);
            self.push(kind, start, start);
        } else if self.open.len() == DEPTH.wrapping_add(1) {
            self.fault(Code::DepthExceeded, start, start.wrapping_add(1));
            // Something must stand for it, or names would lose their values.
            let (start, next) = (start as u32, self.entries.len().wrapping_add(1) as u32);
            let end = start.wrapping_add(1);
            self.entries.push(Entry { kind: Kind::Null, escaped: false, start, end, next });
        }
    }

    fn leave(&mut self, bytes: &[u8], end: usize) {
        self.open.pop();
        if self.open.len() >= DEPTH {
            return;
        }
        let next = self.entries.len() as u32;
        let Some(parent) = self.parents.pop() else { return };
        if let Some(entry) = self.entries.get_mut(parent as usize) {
            entry.end = end as u32;
            entry.next = next;
            if entry.kind == Kind::Object {
                self.find_duplicates(bytes, parent);
            }
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        // What lies too deep is checked and not kept: the flag is broken.
        if self.open.len() <= DEPTH {
            let next = self.entries.len().wrapping_add(1) as u32;
            let entry = Entry { kind, escaped: false, start: start as u32, end: end as u32, next };
            self.entries.push(entry);
        }
    }

    fn fault(&mut self, code: Code, start: usize, end: usize) {
        // What lies too deep is not on the tape: that must be known.
        if self.faults.len() < FAULTS || code == Code::DepthExceeded {
            let span = Span { start: start as u32, end: end as u32 };
            self.faults.push(Fault { code, span });
        }
    }

    /// Reports each member whose name stands earlier in the same object.
    fn find_duplicates(&mut self, bytes: &[u8], parent: u32) {
        let view = self.view(bytes, 0);
        let (mut id, end) = view.children(parent);
        let mut names: Vec<u64> = Vec::new();
        while id < end {
            names.push(id.into());
            id = view.next(id.wrapping_add(1));
        }
        let (mut one, mut two) = (Vec::new(), Vec::new());
        let mut duplicates: Vec<u64> = Vec::new();
        if names.len() <= PAIRWISE {
            for (at, name) in names.iter().enumerate() {
                if names.iter().take(at).any(|other| view.same_name(*other as u32, *name as u32)) {
                    duplicates.push(*name);
                }
            }
        } else {
            sort(&mut names, |a, b| order(&view, a, b, &mut one, &mut two).then(a.cmp(&b)).is_lt());
            for (before, name) in names.iter().zip(names.iter().skip(1)) {
                if order(&view, *before, *name, &mut one, &mut two).is_eq() {
                    duplicates.push(*name);
                }
            }
        }
        for name in duplicates {
            let Span { start, end } = self.view(bytes, 0).span(name as u32);
            self.fault(Code::DuplicateMember, start as usize, end as usize);
        }
    }
}

/// Objects of at most so many members are compared name by name.
const PAIRWISE: usize = 16;

/// The order of two names without their escapes.
fn order(view: &View<'_, '_>, a: u64, b: u64, one: &mut Vec<u8>, two: &mut Vec<u8>) -> Ordering {
    view.text(a as u32, one).cmp(view.text(b as u32, two))
}

/// The UTF-16 unit of the escape at `at` and the offset after it; characters
/// other than `\u` escapes count as unit 0.
fn escape_unit(bytes: &[u8], at: usize) -> Result<(usize, u32), Stop> {
    let at = at.wrapping_add(1);
    match bytes.get(at) {
        None => Err(Stop::Incomplete),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok((at.wrapping_add(1), 0)),
        Some(b'u') => {
            let (mut at, mut unit) = (at.wrapping_add(1), 0);
            for _ in 0..4 {
                let Some(byte) = bytes.get(at) else { return Err(Stop::Incomplete) };
                let Some(digit) = super::text::hex(*byte) else {
                    return Err(Stop::Syntax(at, Expected::Escape));
                };
                unit = unit << 4 | digit;
                at = at.wrapping_add(1);
            }
            Ok((at, unit))
        }
        Some(_) => Err(Stop::Syntax(at, Expected::Escape)),
    }
}

/// Checks the bytes of a string; `cut` says that more bytes may follow.
fn utf8(bytes: &[u8], start: usize, end: usize, cut: bool) -> Result<(), Stop> {
    match core::str::from_utf8(bytes.get(start..end).unwrap_or_default()) {
        Err(error) if !(cut && error.error_len().is_none()) => {
            Err(Stop::Utf8(start.wrapping_add(error.valid_up_to())))
        }
        _ => Ok(()),
    }
}
