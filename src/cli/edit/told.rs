//! What an edit did, or would do: lines that change, and who moves.

use crate::cli::diff::Brief;
use crate::cli::report::{ERROR, FAINT, GOOD, Listing, STRONG, cut, paint};
use crate::cli::source::Source;
use crate::cli::{CliError, note};
use serin::Ruleset;
use serin::diagnostic::{Severity, Span};
use serin::release::edit::Refusal;
use similar::{ChangeTag, TextDiff};

/// How many errors a document has; one that is refused has more than all.
pub fn faults(ruleset: Option<&Ruleset>) -> usize {
    ruleset.map_or(usize::MAX, |ruleset| {
        let errors =
            ruleset.diagnostics().iter().filter(|found| found.severity() == Severity::Error);
        errors.count()
    })
}

/// A refusal with the lines that it is about.
pub fn refused(source: &Source, refusal: &Refusal) -> CliError {
    let Refusal { message, help, spans } = refusal;
    let listing = Listing::new(source);
    let mut text = String::new();
    note(&mut text, true, message, help);
    for Span { start, end } in spans {
        listing.mark(Span { start: *start, end: *end }, ERROR, &mut text);
    }
    CliError::refused(text)
}

/// A unified diff of one file; none stands for a file that is not there.
pub fn difference(old: Option<(&str, &str)>, new: Option<(&str, &str)>) -> String {
    let name = |side: Option<(&str, &str)>| match side {
        Some((name, _)) => cut(name, usize::MAX),
        None => "/dev/null".into(),
    };
    let text = |side: Option<(&str, &str)>| side.map_or("", |(_, text)| text).to_owned();
    let (before, after) = (text(old), text(new));
    let diff = TextDiff::from_lines(&before, &after);
    let mut out = String::new();
    if before == after && old.map(|(name, _)| name) == new.map(|(name, _)| name) {
        return out;
    }
    for (sign, side) in [("---", old), ("+++", new)] {
        out.push_str(&paint(STRONG, &format!("{sign} {}", name(side))));
        out.push('\n');
    }
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        out.push_str(&paint(FAINT, &hunk.header().to_string()));
        out.push('\n');
        for change in hunk.iter_changes() {
            let (style, sign) = match change.tag() {
                ChangeTag::Delete => (ERROR, '-'),
                ChangeTag::Insert => (GOOD, '+'),
                ChangeTag::Equal => (FAINT, ' '),
            };
            let line = cut(change.value().trim_end_matches(['\n', '\r']), usize::MAX);
            out.push_str(&paint(style, &format!("{sign}{line}")));
            out.push('\n');
            if change.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// How it ends, for people.
pub fn end(changed: bool, written: bool) -> String {
    let words = match (changed, written) {
        (false, _) => paint(GOOD, "nothing to change: it is so already"),
        (true, true) => paint(GOOD, "done"),
        (true, false) => paint(FAINT, "nothing was changed (--dry-run)"),
    };
    format!("{words}\n")
}

/// Impacts, each after an empty line.
pub fn impacts(briefs: &[Brief]) -> String {
    briefs.iter().map(|brief| format!("\n{}", brief.text())).collect()
}
