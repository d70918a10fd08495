//! Offsets of a text to places as people and editors count them.

use crate::release::order::Order;
use std::cell::{Cell, OnceCell};
use std::ops::Range;
use std::vec::Vec;

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// A text with its lines found, when they are asked for.
pub struct Lines<'t> {
    bytes: &'t [u8],
    /// Offset of the first byte of each line; the first is 0.
    starts: OnceCell<Vec<usize>>,
    /// An offset asked for and the characters before it in its line: remarks
    /// come in order, and a document may be one long line.
    last: Cell<(usize, usize)>,
}

/// The bytes that are there of a range.
pub fn slice(bytes: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(bytes.len());
    bytes.get(range.start.min(end)..end).unwrap_or_default()
}

/// Characters in UTF-8; stray bytes count as they fall.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl<'t> Lines<'t> {
    /// Of a text.
    pub fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, starts: OnceCell::new(), last: Cell::new((0, 0)) }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let after = (1..).zip(self.bytes).filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(after.map(|(next, _)| next)).collect()
        })
    }

    /// Number of a line, from 0, its first byte, and the byte after its last.
    pub fn line(&self, offset: usize) -> (usize, Range<usize>) {
        let starts = self.starts();
        let number = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = starts.get(number).copied().unwrap_or(0);
        let next = starts.get(number.saturating_add(1));
        let end = next.map_or(self.bytes.len(), |next| next.saturating_sub(1));
        let line = slice(self.bytes, start..end);
        let end = if line.ends_with(b"\r") { end.saturating_sub(1) } else { end };
        (number, start..end)
    }

    /// Where a span begins and ends.
    pub fn positions(&self, start: usize, end: usize) -> (Position, Position) {
        let bytes = self.bytes;
        let (line, range) = self.line(start);
        let (from, before) = match self.last.get() {
            last @ (offset, _) if range.start <= offset && offset <= start => last,
            _ => (range.start, 0),
        };
        let column = before.saturating_add(characters(slice(bytes, from..start)));
        self.last.set((start, column));
        let (last_line, range) = self.line(end);
        let (from, before) = if last_line == line { (start, column) } else { (range.start, 0) };
        let last_column = before.saturating_add(characters(slice(bytes, from..end)));
        let position = |line: usize, column: usize| Position {
            line: line.saturating_add(1),
            column: column.saturating_add(1),
        };
        (position(line, column), position(last_line, last_column))
    }

    /// The byte of a place, as far as there is one.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.starts().get(line.saturating_sub(1)).copied().unwrap_or(0);
        start.saturating_add(column.saturating_sub(1)).min(self.bytes.len())
    }
}

/// Offsets in bytes as offsets in UTF-16, which JavaScript and editors count
/// in; stray bytes count as the replacement that a decoder makes of them.
pub fn utf16(bytes: &[u8], offsets: &mut [usize]) {
    let mut order: Vec<&mut usize> = offsets.iter_mut().collect();
    order.order();
    let mut order = order.into_iter().peekable();
    let (mut at, mut units) = (0_usize, 0_usize);
    let mut pass = |length: usize, wide: usize| {
        while let Some(offset) = order.next_if(|offset| **offset <= at) {
            *offset = units;
        }
        at = at.saturating_add(length);
        units = units.saturating_add(wide);
    };
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|char| pass(char.len_utf8(), char.len_utf16()));
        if !chunk.invalid().is_empty() {
            pass(chunk.invalid().len(), 1);
        }
    }
    pass(usize::MAX, 0);
    pass(0, 0);
}
