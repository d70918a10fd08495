//! What is remarked about a document, in words.

use super::assemble::Assembly;
use super::fault::{At, Fault, Owner};
use super::lines::slice;
use super::lint::Finding;
use super::quote::{QUOTED, cut, one_line};
use super::review;
use super::suggest::{Advice, Names};
use crate::diagnostic::{Code, Diagnostic, Expected, Severity, Span, Subject};
use crate::json::Tape;
use crate::release::order::Order;
use crate::ruleset::{FlagId, Ruleset};
use std::borrow::ToOwned;
use std::collections::HashMap;
use std::string::String;
use std::vec::Vec;

/// A remark with its words.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Whether `check` refuses the document for it.
    pub error: bool,
    /// The stable name of what it is about.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// What to write instead, if it is a name that is not known.
    pub suggestion: Option<String>,
    /// Whose it is.
    pub owner: Owner,
    /// The file it stands in, by its number.
    pub file: usize,
    /// Its first byte there.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// Whether it is about the file, and no place in it.
    pub whole: bool,
    /// What the remark is also about: words, file and offset.
    pub related: Option<(String, usize, usize)>,
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

/// A document as text, and the source folder that it was made of.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    /// The text.
    pub bytes: &'t [u8],
    /// What was made of the files, and how many there are.
    pub sources: Option<(&'t Assembly, usize)>,
}

impl<'t> Text<'t> {
    /// Of one file.
    pub fn plain(bytes: &'t [u8]) -> Self {
        Self { bytes, sources: None }
    }

    /// The file that a span of the document stands in, by its number, and the
    /// span there.
    pub fn locate(&self, span: Span) -> (usize, Span) {
        match self.sources {
            None => (0, span),
            // What is in no file is shown in the document itself.
            Some((assembly, files)) => assembly.place(span).unwrap_or((files, span)),
        }
    }
}

/// Puts findings into words, in the order of the document.
pub fn remarks(text: &Text<'_>, ruleset: Option<&Ruleset>, findings: &[Finding]) -> Vec<Remark> {
    let mut tape = Tape::new();
    let mut names =
        Names::new(&mut tape, text.bytes, findings.iter().map(|finding| finding.diagnostic));
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.order_by_key(|finding| finding.diagnostic.span);
    if let Some((assembly, _)) = text.sources {
        sorted.retain(|finding| !assembly.follows(finding.diagnostic.span));
    }
    let remarks = sorted.into_iter().map(|finding| {
        let diagnostic = &finding.diagnostic;
        let owner = match (diagnostic.subject, ruleset) {
            (Subject::Flag(index), Some(ruleset)) => {
                Owner::Flag(ruleset.key(FlagId::at(index)).into())
            }
            (Subject::Segment(index), Some(ruleset)) => {
                Owner::Segment(ruleset.segment_key(index).into())
            }
            _ => Owner::Files,
        };
        let mut span = diagnostic.span;
        if diagnostic.expected == Expected::MoreText {
            span = stops(text.bytes, span);
        }
        let advice = names.advice(diagnostic);
        let mut remark = word(text.sources.is_some(), text.bytes, finding, span, advice, owner);
        let (file, span) = text.locate(span);
        (remark.file, remark.start, remark.end) = (file, span.start as usize, span.end as usize);
        if let Some((_, file, offset)) = &mut remark.related
            && let Some(span) = finding.related
        {
            let (in_file, span) = text.locate(span);
            (*file, *offset) = (in_file, span.start as usize);
        }
        remark
    });
    let mut remarks: Vec<Remark> = remarks.collect();
    // Of a plain document, that is the order there is.
    remarks.order_by_key(|remark| (remark.file, remark.start, remark.end));
    remarks
}

/// Where the text stops, not where the file does, if more of it is expected.
pub fn stops(bytes: &[u8], span: Span) -> Span {
    let rest = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace());
    let end = u32::try_from(bytes.len().saturating_sub(rest.count())).unwrap_or(u32::MAX);
    let start = end.min(span.start);
    Span { start, end: start }
}

/// Puts a finding into words; the bytes are those that the span is of.
pub fn word(
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
pub fn faults(text: &Text<'_>, faults: &[Fault]) -> Vec<Remark> {
    let remarks = faults.iter().map(|fault| {
        let (file, span) = match fault.at {
            At::Document(span) => text.locate(span),
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
pub fn findings(text: &Text<'_>, findings: &[review::Finding]) -> Vec<Remark> {
    let remarks = findings.iter().map(|finding| {
        let (file, span) = text.locate(finding.span);
        let related = finding.related.as_ref().map(|(words, span)| {
            let (file, span) = text.locate(*span);
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
    merged.order_by_key(|remark| (remark.file, remark.start, remark.end));
    merged
}
