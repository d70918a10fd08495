//! Texts with their lines found: offsets to places as people count them, and
//! lines shown with a part of them marked.

use super::report::{FRAME, cut, paint, safe};
use super::source::Source;
use anstyle::Style;
use serin::diagnostic::Span;
use std::cell::{Cell, OnceCell};
use std::ops::Range;

/// Characters of a source line that are shown.
const WIDTH: usize = 100;
/// Characters that stay visible after a long line's fault, and of the fault.
const AFTER: usize = 20;
const FAULT: usize = 60;

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// An input with its lines found: a document, or the files of a folder and
/// the document that they make.
pub struct Listing<'s> {
    source: &'s Source,
    files: Vec<Lines<'s>>,
    /// What is in no file; of a plain document, everything.
    whole: Lines<'s>,
}

/// A text with its lines found.
pub struct Lines<'s> {
    /// What messages call it.
    pub name: &'s str,
    bytes: &'s [u8],
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

impl<'s> Listing<'s> {
    /// Finds the lines of an input, when they are asked for.
    pub fn new(source: &'s Source) -> Self {
        let files = source.folder.iter().flat_map(|folder| {
            let tree = &folder.tree;
            tree.files.iter().zip(&tree.names).map(|(file, name)| Lines::new(name, &file.bytes))
        });
        Self { source, files: files.collect(), whole: Lines::new(&source.name, &source.bytes) }
    }

    /// The offset of a place, as far as a plain document has it.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines(0).starts().get(line.saturating_sub(1)).copied().unwrap_or(0);
        start.saturating_add(column.saturating_sub(1)).min(self.source.bytes.len())
    }

    /// Where a span of the document begins.
    pub fn position(&self, span: Span) -> Position {
        let (file, span) = self.source.locate(span);
        let start = span.start as usize;
        self.lines(file).positions(start, start).0
    }

    /// The file that a span of the document stands in.
    pub fn file(&self, span: Span) -> &'s str {
        self.lines(self.source.locate(span).0).name
    }

    /// Appends the place of a span of the document and its line with the span
    /// marked.
    pub fn mark(&self, span: Span, style: Style, out: &mut String) {
        let (file, span) = self.source.locate(span);
        self.lines(file).snippet(span.start as usize, span.end as usize, style, out);
    }

    /// Appends the place in a plain document and its line with the span
    /// marked.
    pub fn snippet(&self, start: usize, end: usize, style: Style, out: &mut String) {
        self.lines(0).snippet(start, end, style, out);
    }

    /// A file, by its number; else the document itself.
    pub fn lines(&self, file: usize) -> &Lines<'s> {
        self.files.get(file).unwrap_or(&self.whole)
    }
}

impl<'s> Lines<'s> {
    /// Finds the lines of a text, when they are asked for.
    pub fn new(name: &'s str, bytes: &'s [u8]) -> Self {
        Self { name, bytes, starts: OnceCell::new(), last: Cell::new((0, 0)) }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let after = (1..).zip(self.bytes).filter(|(_, byte)| **byte == b'\n');
            std::iter::once(0).chain(after.map(|(next, _)| next)).collect()
        })
    }

    /// Number of a line, from 0, its first byte, and the byte after its last.
    fn line(&self, offset: usize) -> (usize, Range<usize>) {
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

    /// A place as editors and terminals know it: `file:line:column`.
    pub fn place(&self, offset: usize) -> String {
        let (Position { line, column }, _) = self.positions(offset, offset);
        format!("{}:{line}:{column}", cut(self.name, usize::MAX))
    }

    /// Appends the place and its line with the span marked; of a long line,
    /// what is around the span.
    pub fn snippet(&self, start: usize, end: usize, style: Style, out: &mut String) {
        let (number, line) = self.line(start);
        let start = start.clamp(line.start, line.end);
        let end = end.clamp(start, line.end);
        let (before, fault, after) = window(self.bytes, line, start..end);
        let number = number.saturating_add(1).to_string();
        let space = " ".repeat(number.len());
        let bar = paint(FRAME, "|");
        let marks = paint(style, &"^".repeat(fault.chars().count().max(1)));
        let lead = " ".repeat(before.chars().count());
        out.push_str(&format!(
            "{space}{} {}\n{space} {bar}\n",
            paint(FRAME, "-->"),
            self.place(start)
        ));
        let shown = format!("{} {bar} {before}{fault}{after}", paint(FRAME, &number));
        out.push_str(&format!("{}\n{space} {bar} {lead}{marks}\n", shown.trim_end()));
    }
}

/// A part of a line as it is shown.
fn shown(bytes: &[u8]) -> Vec<char> {
    let text = String::from_utf8_lossy(bytes);
    let mut chars = Vec::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\t' => chars.extend([' '; 4]),
            _ => chars.push(safe(char)),
        }
    }
    chars
}

/// The line before, in and after the span, shortened to what fits.
fn window(bytes: &[u8], line: Range<usize>, span: Range<usize>) -> (String, String, String) {
    // More bytes than are shown, and not more: a line may have millions.
    let reach = WIDTH.saturating_mul(5);
    let first = line.start.max(span.start.saturating_sub(reach));
    let mut before = slice(bytes, first..span.start);
    while let [0x80..=0xbf, rest @ ..] = before {
        before = rest;
    }
    let mut before = shown(before);
    let mut fault = shown(slice(bytes, span.start..span.end.min(span.start.saturating_add(reach))));
    let mut after = shown(slice(bytes, span.end..line.end.min(span.end.saturating_add(reach))));
    let all = before.len().saturating_add(fault.len()).saturating_add(after.len());
    if all > WIDTH {
        if fault.len() > FAULT {
            fault.truncate(FAULT.saturating_sub(1));
            fault.push('…');
            after.clear();
        }
        let room = WIDTH.saturating_sub(fault.len());
        let behind = room.saturating_sub(before.len()).max(AFTER);
        if after.len() > behind {
            after.truncate(behind.saturating_sub(1));
            after.push('…');
        }
        let ahead = room.saturating_sub(after.len());
        if let Some(too_many) = before.len().checked_sub(ahead).filter(|count| *count > 0) {
            before.drain(..=too_many);
            before.insert(0, '…');
        }
    }
    (before.iter().collect(), fault.iter().collect(), after.iter().collect())
}
