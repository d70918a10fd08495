//! Remarks about a document, rendered as a good compiler would.

use super::lint::Finding;
use super::listing::slice;
pub use super::listing::{Listing, Position};
use super::source::Source;
use super::suggest::{Advice, Names};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::{Code, Diagnostic, Expected, Severity, Span, Subject};
use serin::json::Tape;
use serin::release::fault::{At, Fault, Owner};
use serin::release::review;
use std::collections::HashMap;

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
pub const FRAME: Style = AnsiColor::Blue.on_default().bold();

/// Characters of a quoted text in a message.
const QUOTED: usize = 60;

/// The text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The character if a terminal can be given it: no controls, and none of the
/// marks that turn the direction of text or take no room.
pub fn safe(char: char) -> char {
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

/// A remark with its words.
pub struct Remark {
    /// Whether `check` refuses the document for it.
    pub error: bool,
    /// The stable name of what it is about.
    pub code: &'static str,
    message: String,
    help: String,
    suggestion: Option<String>,
    owner: Owner,
    /// The file it stands in, by its number, and where there.
    file: usize,
    start: usize,
    end: usize,
    /// Whether it is about the file, and no place in it.
    whole: bool,
    /// What the remark is also about: words, file and offset.
    related: Option<(String, usize, usize)>,
    /// The environments that it is about, if not all of them.
    pub environments: Vec<String>,
}

impl Remark {
    /// Whether it is about the flag of this key.
    pub fn is_about(&self, flag: &str) -> bool {
        matches!(&self.owner, Owner::Flag(key) if key == flag)
    }
}

/// Fills the placeholders of a message or help.
fn fill(template: &str, text: &str, expected: &str) -> String {
    let parts = template.split("{text}").map(|part| part.replace("{expected}", expected));
    parts.collect::<Vec<_>>().join(text)
}

/// Puts findings into words, in the order of the document.
pub fn remarks(source: &Source, ruleset: Option<&Ruleset>, findings: &[Finding]) -> Vec<Remark> {
    let mut tape = Tape::new();
    let mut names =
        Names::new(&mut tape, source, findings.iter().map(|finding| finding.diagnostic));
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.diagnostic.span);
    if let Some(folder) = &source.folder {
        sorted.retain(|finding| !folder.assembly.follows(finding.diagnostic.span));
    }
    let remarks = sorted.into_iter().map(|finding| {
        let diagnostic = &finding.diagnostic;
        let owner = match (diagnostic.subject, ruleset) {
            (Subject::Flag(index), Some(ruleset)) => {
                Owner::Flag(ruleset.key(serin::FlagId::at(index)).into())
            }
            (Subject::Segment(index), Some(ruleset)) => {
                Owner::Segment(ruleset.segment_key(index).into())
            }
            _ => Owner::Files,
        };
        let mut span = diagnostic.span;
        if diagnostic.expected == Expected::MoreText {
            span = stops(&source.bytes, span);
        }
        let advice = names.advice(diagnostic);
        let mut remark = word(source.folder.is_some(), &source.bytes, finding, span, advice, owner);
        let (file, span) = source.locate(span);
        (remark.file, remark.start, remark.end) = (file, span.start as usize, span.end as usize);
        if let Some((_, file, offset)) = &mut remark.related
            && let Some(span) = finding.related
        {
            let (in_file, span) = source.locate(span);
            (*file, *offset) = (in_file, span.start as usize);
        }
        remark
    });
    let mut remarks: Vec<Remark> = remarks.collect();
    // Of a plain document, that is the order there is.
    remarks.sort_by_key(|remark| (remark.file, remark.start, remark.end));
    remarks
}

/// Where the text stops, not where the file does.
fn stops(bytes: &[u8], span: Span) -> Span {
    let rest = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace());
    let end = u32::try_from(bytes.len().saturating_sub(rest.count())).unwrap_or(u32::MAX);
    let start = end.min(span.start);
    Span { start, end: start }
}

/// Puts a finding into words; the bytes are those that the span is of.
fn word(
    folder: bool,
    bytes: &[u8],
    finding: &Finding,
    Span { start, end }: Span,
    advice: Option<Advice>,
    owner: Owner,
) -> Remark {
    let Diagnostic { code, expected, .. } = finding.diagnostic;
    let (start, end) = (start as usize, end as usize);
    let text = match &finding.name {
        Some(name) => name.clone(),
        None => one_line(slice(bytes, start..end), QUOTED),
    };
    let mut phrase = expected.phrase().to_owned();
    if folder && expected == Expected::FlagMembers {
        phrase.push_str(", client");
    }
    let mut help = fill(code.help(), &text, &phrase);
    let mut suggestion = None;
    if let Some(Advice { help: better, suggestion: name }) = advice {
        (help, suggestion) = (better, name);
    }
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if code == Code::InvalidJson && utf16 {
        help = "the file is UTF-16; save it as UTF-8 without a byte order mark".into();
    }
    Remark {
        // At run time the test is only unknown, so that operators can be
        // added; who checks a document wants to hear of it.
        error: code.severity() != Severity::Warning || code == Code::UnknownOperator,
        code: code.name(),
        message: fill(code.message(), &text, &phrase),
        help,
        suggestion,
        owner,
        file: 0,
        start,
        end,
        whole: false,
        related: finding.related.map(|_| (text, 0, 0)),
        environments: Vec::new(),
    }
}

/// Puts the remarks of the tools into words.
pub fn faults(source: &Source, faults: &[Fault]) -> Vec<Remark> {
    let remarks = faults.iter().map(|fault| {
        let (file, span) = match fault.at {
            At::Document(span) => source.locate(span),
            At::File(file, span) => (file, span),
        };
        Remark {
            error: fault.code.error(),
            code: fault.code.name(),
            message: cut(&fault.message, usize::MAX),
            help: cut(&fault.help, usize::MAX),
            suggestion: None,
            owner: fault.owner.clone(),
            file,
            start: span.start as usize,
            end: span.end as usize,
            whole: fault.owner == Owner::Files,
            related: None,
            environments: Vec::new(),
        }
    });
    remarks.collect()
}

/// Puts what a review found into words.
pub fn findings(source: &Source, findings: &[review::Finding]) -> Vec<Remark> {
    let remarks = findings.iter().map(|finding| {
        let (file, span) = source.locate(finding.span);
        let related = finding.related.as_ref().map(|(words, span)| {
            let (file, span) = source.locate(*span);
            (cut(words, usize::MAX), file, span.start as usize)
        });
        Remark {
            error: finding.code.error(),
            code: finding.code.name(),
            message: cut(&finding.message, usize::MAX),
            help: cut(&finding.help, usize::MAX),
            suggestion: None,
            owner: finding.owner.clone(),
            file,
            start: span.start as usize,
            end: span.end as usize,
            whole: false,
            related,
            environments: Vec::new(),
        }
    });
    remarks.collect()
}

/// What is wrong with the files of a source folder, each by itself.
pub fn files(source: &Source) -> Vec<Remark> {
    let Some(folder) = &source.folder else { return Vec::new() };
    let mut remarks = faults(source, &folder.assembly.faults);
    for (number, owner, diagnostic) in &folder.assembly.diagnostics {
        let bytes = folder.tree.files.get(*number).map_or(&[][..], |file| &file.bytes);
        let mut span = diagnostic.span;
        if diagnostic.expected == Expected::MoreText {
            span = stops(bytes, span);
        }
        let mut remark = word(true, bytes, &(*diagnostic).into(), span, None, owner.clone());
        remark.file = *number;
        remarks.push(remark);
    }
    remarks.sort_by_key(|remark| (remark.file, remark.start, remark.end));
    remarks
}

/// One list of the remarks about each environment of a folder. A remark that
/// is not about all of them says which.
pub fn merge(lists: Vec<(Option<String>, Vec<Remark>)>) -> Vec<Remark> {
    let named = lists.iter().filter(|(name, _)| name.is_some()).count();
    let mut merged: Vec<Remark> = Vec::new();
    let mut places: HashMap<(usize, usize, usize, &'static str, String), usize> = HashMap::new();
    for (environment, remarks) in lists {
        for mut remark in remarks {
            let Remark { file, start, end, code, .. } = remark;
            let identity = (file, start, end, code, remark.message.clone());
            let at = *places.entry(identity).or_insert(merged.len());
            match merged.get_mut(at) {
                Some(known) if known.environments.last() == environment.as_ref() => {}
                Some(known) => known.environments.extend(environment.clone()),
                None => {
                    remark.environments.extend(environment.clone());
                    merged.push(remark);
                }
            }
        }
    }
    for remark in &mut merged {
        if remark.environments.len() == named {
            remark.environments.clear();
        }
    }
    merged.sort_by_key(|remark| (remark.file, remark.start, remark.end));
    merged
}

/// Remarks as text, each with its place and line.
pub fn text(listing: &Listing<'_>, remarks: &[Remark]) -> String {
    let mut out = String::new();
    for remark in remarks {
        let (style, word) = if remark.error { (ERROR, "error") } else { (WARNING, "warning") };
        let word = paint(style, &format!("{word}[{}]", remark.code));
        out.push_str(&format!("{word}{}\n", paint(STRONG, &format!(": {}", remark.message))));
        let lines = listing.lines(remark.file);
        if remark.whole {
            let name = cut(lines.name.trim_end_matches('/'), usize::MAX);
            out.push_str(&format!(" {} {name}\n", paint(FRAME, "-->")));
        } else {
            lines.snippet(remark.start, remark.end, style, &mut out);
        }
        if let Some((name, file, offset)) = &remark.related {
            out.push_str(&format!("  = {name} is at {}\n", listing.lines(*file).place(*offset)));
        }
        match &remark.owner {
            Owner::Files => {}
            Owner::Flag(key) => out.push_str(&format!("  = in flag {}\n", quoted(key))),
            Owner::Segment(key) => out.push_str(&format!("  = in segment {}\n", quoted(key))),
        }
        if !remark.environments.is_empty() {
            out.push_str(&format!("  = in {} alone\n", remark.environments.join(" and ")));
        }
        out.push_str(&format!("  = {}: {}\n\n", paint(HELP, "help"), remark.help));
    }
    out
}

/// A remark for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry<'r> {
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
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    environments: &'r [String],
}

/// Remarks for programs.
pub fn entries<'r>(listing: &'r Listing<'_>, remarks: &'r [Remark]) -> Vec<Entry<'r>> {
    let entry = |remark: &'r Remark| {
        let lines = listing.lines(remark.file);
        let (start, end) = lines.positions(remark.start, remark.end);
        let (flag, segment) = match &remark.owner {
            Owner::Files => (None, None),
            Owner::Flag(key) => (Some(key.as_str()), None),
            Owner::Segment(key) => (None, Some(key.as_str())),
        };
        Entry {
            severity: if remark.error { "error" } else { "warning" },
            code: remark.code,
            message: &remark.message,
            help: &remark.help,
            suggestion: remark.suggestion.as_deref(),
            file: lines.name,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            offset: remark.start,
            length: remark.end.saturating_sub(remark.start),
            flag,
            segment,
            environments: &remark.environments,
        }
    };
    remarks.iter().map(entry).collect()
}

/// Remarks as a JSON array.
pub fn json(listing: &Listing<'_>, remarks: &[Remark]) -> String {
    super::json(&entries(listing, remarks))
}
