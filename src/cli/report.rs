//! Remarks about a document, rendered as a good compiler would.

use super::lint::Finding;
use super::source::Source;
use super::suggest::{Advice, Names};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::{Code, Expected, Severity, Span, Subject};
use serin::json::Tape;
use std::cell::Cell;
use std::ops::Range;

/// The style of errors.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The style of warnings.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The style of what is right.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// The style of what matters.
pub const STRONG: Style = Style::new().bold();
/// The style of what matters less.
pub const FAINT: Style = Style::new().dimmed();
/// The style of advice.
pub const HELP: Style = AnsiColor::Cyan.on_default().bold();
/// The style of line numbers and frames.
const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Characters of a quoted text in a message.
const QUOTED: usize = 60;
/// Characters of a source line that are shown.
const WIDTH: usize = 100;
/// Characters that stay visible after a long line's fault, and of the fault.
const AFTER: usize = 20;
const FAULT: usize = 60;

/// The text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The character if a terminal can be given it: no controls, and none of the
/// marks that turn the direction of text or take no room.
fn safe(char: char) -> char {
    match char {
        '\0'..='\x1f' => char::from_u32(0x2400 | u32::from(char)).unwrap_or(' '),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        _ => char,
    }
}

/// At most so many characters, with an ellipsis for the rest.
pub fn cut(text: &str, max: usize) -> String {
    let mut chars = text.chars().map(safe);
    let mut short: String = chars.by_ref().take(max).collect();
    if chars.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// A name in quotes, cut and safe for a terminal.
pub fn quoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let short: String = text.chars().take(QUOTED).collect();
    serin::json::escape(
        if short.len() < text.len() { &short } else { text }.as_bytes(),
        &mut bytes,
    );
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", cut(&String::from_utf8_lossy(&bytes), usize::MAX))
}

/// JSON text on one line: white space between tokens becomes one space.
pub fn one_line(json: &[u8], max: usize) -> String {
    let (mut line, mut string, mut escape) = (Vec::new(), false, false);
    // What is cut off need not be read; a character has at most four bytes.
    for &byte in json.iter().take(max.saturating_mul(16)) {
        if string {
            string = escape || byte != b'"';
            escape = !escape && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            if line.last() != Some(&b' ') {
                line.push(b' ');
            }
            continue;
        } else {
            string = byte == b'"';
        }
        line.push(byte);
    }
    cut(&String::from_utf8_lossy(&line), max)
}

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

/// A document with its lines found.
pub struct Listing<'s> {
    source: &'s Source,
    /// Offset of the first byte of each line; the first is 0.
    starts: Vec<usize>,
    /// An offset asked for and the characters before it in its line: remarks
    /// come in order, and a document may be one long line.
    last: Cell<(usize, usize)>,
}

fn slice(bytes: &[u8], range: Range<usize>) -> &[u8] {
    let end = range.end.min(bytes.len());
    bytes.get(range.start.min(end)..end).unwrap_or_default()
}

/// Characters in UTF-8; stray bytes count as they fall.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl<'s> Listing<'s> {
    /// Finds the lines of a document.
    pub fn new(source: &'s Source) -> Self {
        let after = (1..).zip(&source.bytes).filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(after.map(|(next, _)| next)).collect();
        Self { source, starts, last: Cell::new((0, 0)) }
    }

    /// The offset of a place, as far as the document has it.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        start.saturating_add(column.saturating_sub(1)).min(self.source.bytes.len())
    }

    /// Number of a line, from 0, its first byte, and the byte after its last.
    fn line(&self, offset: usize) -> (usize, Range<usize>) {
        let number = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(number).copied().unwrap_or(0);
        let next = self.starts.get(number.saturating_add(1));
        let end = next.map_or(self.source.bytes.len(), |next| next.saturating_sub(1));
        let line = slice(&self.source.bytes, start..end);
        let end = if line.ends_with(b"\r") { end.saturating_sub(1) } else { end };
        (number, start..end)
    }

    /// Where a span begins and ends.
    pub fn positions(&self, start: usize, end: usize) -> (Position, Position) {
        let bytes = &self.source.bytes;
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
        format!("{}:{line}:{column}", cut(&self.source.name, usize::MAX))
    }

    /// Appends the place and its line with the span marked; of a long line,
    /// what is around the span.
    pub fn snippet(&self, start: usize, end: usize, style: Style, out: &mut String) {
        let (number, line) = self.line(start);
        let start = start.clamp(line.start, line.end);
        let end = end.clamp(start, line.end);
        let (before, fault, after) = window(&self.source.bytes, line, start..end);
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

/// Whose fault a remark is about.
enum Owner {
    Document,
    Flag(String),
    Segment(String),
}

/// A remark with its words.
pub struct Remark {
    /// Whether `check` refuses the document for it.
    pub error: bool,
    code: Code,
    message: String,
    help: String,
    suggestion: Option<String>,
    owner: Owner,
    start: usize,
    end: usize,
    /// What the remark is also about: words and offset.
    related: Option<(String, usize)>,
}

/// Fills the placeholders of a message or help.
fn fill(template: &str, text: &str, expected: Expected) -> String {
    let parts = template.split("{text}").map(|part| part.replace("{expected}", expected.phrase()));
    parts.collect::<Vec<_>>().join(text)
}

/// Puts findings into words, in the order of the document.
pub fn remarks(source: &Source, ruleset: Option<&Ruleset>, findings: &[Finding]) -> Vec<Remark> {
    let mut tape = Tape::new();
    let mut names =
        Names::new(&mut tape, source, findings.iter().map(|finding| finding.diagnostic));
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.diagnostic.span);
    sorted.into_iter().map(|finding| remark(source, ruleset, finding, &mut names)).collect()
}

fn remark(
    source: &Source,
    ruleset: Option<&Ruleset>,
    finding: &Finding,
    names: &mut Names<'_, '_>,
) -> Remark {
    let diagnostic = &finding.diagnostic;
    let (code, expected) = (diagnostic.code, diagnostic.expected);
    let Span { start, end } = diagnostic.span;
    let (mut start, mut end) = (start as usize, end as usize);
    if expected == Expected::MoreText {
        // Where the text stops, not where the file does.
        let rest = source.bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace());
        start = source.bytes.len().saturating_sub(rest.count()).min(start);
        end = start;
    }
    let text = match &finding.name {
        Some(name) => name.clone(),
        None => one_line(slice(&source.bytes, start..end), QUOTED),
    };
    let mut help = fill(code.help(), &text, expected);
    let mut suggestion = None;
    if let Some(Advice { help: better, suggestion: name }) = names.advice(diagnostic) {
        (help, suggestion) = (better, name);
    }
    let utf16 = source.bytes.starts_with(b"\xff\xfe") || source.bytes.starts_with(b"\xfe\xff");
    if code == Code::InvalidJson && utf16 {
        help = "the file is UTF-16; save it as UTF-8 without a byte order mark".into();
    }
    let owner = match (diagnostic.subject, ruleset) {
        (Subject::Flag(index), Some(ruleset)) => {
            Owner::Flag(ruleset.key(serin::FlagId::at(index)).into())
        }
        (Subject::Segment(index), Some(ruleset)) => {
            Owner::Segment(ruleset.segment_key(index).into())
        }
        _ => Owner::Document,
    };
    Remark {
        // At run time the test is only unknown, so that operators can be
        // added; who checks a document wants to hear of it.
        error: code.severity() != Severity::Warning || code == Code::UnknownOperator,
        code,
        message: fill(code.message(), &text, expected),
        help,
        suggestion,
        owner,
        start,
        end,
        related: finding.related.map(|span| (text, span.start as usize)),
    }
}

/// Remarks as text, each with its place and line.
pub fn text(listing: &Listing<'_>, remarks: &[Remark]) -> String {
    let mut out = String::new();
    for remark in remarks {
        let (style, word) = if remark.error { (ERROR, "error") } else { (WARNING, "warning") };
        let word = paint(style, &format!("{word}[{}]", remark.code.name()));
        out.push_str(&format!("{word}{}\n", paint(STRONG, &format!(": {}", remark.message))));
        listing.snippet(remark.start, remark.end, style, &mut out);
        if let Some((name, offset)) = &remark.related {
            out.push_str(&format!("  = {name} is at {}\n", listing.place(*offset)));
        }
        match &remark.owner {
            Owner::Document => {}
            Owner::Flag(key) => out.push_str(&format!("  = in flag {}\n", quoted(key))),
            Owner::Segment(key) => out.push_str(&format!("  = in segment {}\n", quoted(key))),
        }
        out.push_str(&format!("  = {}: {}\n\n", paint(HELP, "help"), remark.help));
    }
    out
}

/// A remark for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'r> {
    severity: &'static str,
    code: &'static str,
    message: &'r str,
    help: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'r str>,
    file: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    offset: usize,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'r str>,
}

/// Remarks as a JSON array.
pub fn json(listing: &Listing<'_>, remarks: &[Remark]) -> String {
    let entries: Vec<Entry<'_>> = remarks
        .iter()
        .map(|remark| {
            let (start, end) = listing.positions(remark.start, remark.end);
            let (flag, segment) = match &remark.owner {
                Owner::Document => (None, None),
                Owner::Flag(key) => (Some(key.as_str()), None),
                Owner::Segment(key) => (None, Some(key.as_str())),
            };
            Entry {
                severity: if remark.error { "error" } else { "warning" },
                code: remark.code.name(),
                message: &remark.message,
                help: &remark.help,
                suggestion: remark.suggestion.as_deref(),
                file: &listing.source.name,
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                offset: remark.start,
                length: remark.end.saturating_sub(remark.start),
                flag,
                segment,
            }
        })
        .collect();
    super::json(&entries)
}
