//! Texts with their lines found: offsets to places as people count them, and
//! lines shown with a part of them marked.

use super::report::{FRAME, cut, paint, safe};
use super::source::Source;
use anstyle::Style;
use serin::diagnostic::Span;
pub use serin::release::lines::Position;
use serin::release::lines::{self, slice};
use std::ops::Range;

/// Characters of a source line that are shown.
const WIDTH: usize = 100;
/// Characters that stay visible after a long line's fault, and of the fault.
const AFTER: usize = 20;
const FAULT: usize = 60;

/// An input with its lines found: a document, or the files of a folder and
/// the document that they make.
pub struct Listing<'s> {
    source: &'s Source,
    files: Vec<Lines<'s>>,
    /// What is in no file; of a plain document, everything.
    whole: Lines<'s>,
}

/// A text with its lines found, and its name.
pub struct Lines<'s> {
    /// What messages call it.
    pub name: &'s str,
    bytes: &'s [u8],
    lines: lines::Lines<'s>,
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
        self.lines(0).lines.offset(line, column)
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
        Self { name, bytes, lines: lines::Lines::new(bytes) }
    }

    /// Where a span begins and ends.
    pub fn positions(&self, start: usize, end: usize) -> (Position, Position) {
        self.lines.positions(start, end)
    }

    /// A place as editors and terminals know it: `file:line:column`.
    pub fn place(&self, offset: usize) -> String {
        let (Position { line, column }, _) = self.positions(offset, offset);
        format!("{}:{line}:{column}", cut(self.name, usize::MAX))
    }

    /// Appends the place and its line with the span marked; of a long line,
    /// what is around the span.
    pub fn snippet(&self, start: usize, end: usize, style: Style, out: &mut String) {
        let (number, line) = self.lines.line(start);
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
