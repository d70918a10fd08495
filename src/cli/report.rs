//! Remarks about a document, rendered as a good compiler would.

pub use super::listing::{Listing, Position};
use super::source::Source;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::Expected;
use serin::release::fault::Owner;
use serin::release::lint::Finding;
pub use serin::release::quote::{cut, one_line, quoted, safe};
use serin::release::remark;
pub use serin::release::remark::{Remark, findings, merge};

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

/// The text in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Puts findings into words, in the order of the document.
pub fn remarks(source: &Source, ruleset: Option<&Ruleset>, findings: &[Finding]) -> Vec<Remark> {
    remark::remarks(&source.text(), ruleset, findings)
}

/// What is wrong with the files of a source folder, each by itself.
pub fn files(source: &Source) -> Vec<Remark> {
    let Some(folder) = &source.folder else { return Vec::new() };
    let mut remarks = remark::faults(&source.text(), &folder.assembly.faults);
    for (number, owner, diagnostic) in &folder.assembly.diagnostics {
        let bytes = folder.tree.files.get(*number).map_or(&[][..], |file| &file.bytes);
        let mut span = diagnostic.span;
        if diagnostic.expected == Expected::MoreText {
            span = remark::stops(bytes, span);
        }
        let mut remark =
            remark::word(true, bytes, &(*diagnostic).into(), span, None, owner.clone());
        remark.file = *number;
        remarks.push(remark);
    }
    remarks.sort_by_key(|remark| (remark.file, remark.start, remark.end));
    remarks
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
        let (flag, segment) = remark.owner.names();
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
