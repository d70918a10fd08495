//! A document to the text that is published.
//!
//! The text is canonical: flags and segments in the order of their keys (by
//! code points), one a line, members in the order of the format's page,
//! defaults and insignificant space left out; lists and variants as written.
//! So equal meaning is equal text, whatever the order in which files were
//! listed, and what changed between two builds are lines.

use super::folder::quoted;
use crate::document::{Document, encode};
use alloc::{collections::BTreeMap, format, string::String};

/// The text of a document, with a line end. What is broken by itself has no
/// text and is left out: who publishes has checked before.
pub fn text(document: &Document<'_>, revision: Option<u64>) -> String {
    let segments = document.segments.iter().filter_map(|entry| {
        Some((&*entry.key.text, encode::condition(&entry.item.as_ref()?.condition)))
    });
    let flags = document
        .flags
        .iter()
        .filter_map(|entry| Some((&*entry.key.text, encode::flag(entry.item.as_ref()?))));
    let mut out = String::from("{\"format\":1");
    if let Some(revision) = revision {
        out.push_str(&format!(",\"revision\":{revision}"));
    }
    let segments: BTreeMap<_, _> = segments.collect();
    if !segments.is_empty() {
        out.push_str(",\n\"segments\":");
        entries(&mut out, segments);
    }
    out.push_str(",\n\"flags\":");
    entries(&mut out, flags.collect());
    out.push_str("}\n");
    out
}

fn entries(out: &mut String, entries: BTreeMap<&str, String>) {
    let mut before = "{\n";
    for (key, text) in &entries {
        out.push_str(&format!("{before}{}:{text}", quoted(key)));
        before = ",\n";
    }
    out.push_str(if entries.is_empty() { "{}" } else { "}" });
}

/// Whether two published texts differ in their revision alone.
pub fn same_but_revision(a: &str, b: &str) -> bool {
    let rest = |text: &str| -> String {
        // INVARIANT: `text` writes the revision into the first line alone.
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (head, number) = first.split_once(",\"revision\":").unwrap_or((first, ","));
        let after = number.trim_start_matches(|char: char| char.is_ascii_digit());
        format!("{head}{after}\n{rest}")
    };
    rest(a) == rest(b)
}
