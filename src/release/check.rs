//! All that `serin check` has to say of one document.

use super::client;
use super::impact::Side;
use super::lint::{self, Finding};
use super::remark::{self, Remark, Text};
use super::review::{self, review};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::document::decode;
use crate::ruleset::Ruleset;
use std::collections::BTreeSet;
use std::vec::Vec;

/// Flags, segments and broken flags.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// All flags.
    pub flags: usize,
    /// All segments.
    pub segments: usize,
    /// Flags that are broken.
    pub broken: usize,
}

/// All remarks about one file, in its order, as `serin check` tells them
/// unless it is asked otherwise; `now` is in milliseconds since
/// 1970-01-01T00:00:00Z.
pub fn plain(bytes: &[u8], now: i64) -> Vec<Remark> {
    let (found, _) = remarks(&Text::plain(bytes), false, Some(now));
    let mut found = remark::merge(Vec::from([(None, found)]));
    found.retain(|remark| remark.error || told(remark.code));
    found
}

/// Whether a warning is told unless asked otherwise.
pub fn told(code: &str) -> bool {
    let known = review::Code::ALL.iter().find(|known| known.name() == code);
    known.is_none_or(|known| known.told())
}

/// All remarks about a document, and what is in it unless it is refused as a
/// whole. `client` asks for what a browser should not see, too; `wise`, an
/// instant, for what is legal and probably not meant.
pub fn remarks(text: &Text<'_>, client: bool, wise: Option<i64>) -> (Vec<Remark>, Option<Counts>) {
    let loaded = Ruleset::load(text.bytes);
    let mut findings: Vec<Finding> = match &loaded {
        Err(fault) => Vec::from([(*fault).into()]),
        Ok(ruleset) => {
            ruleset.diagnostics().iter().map(|diagnostic| (*diagnostic).into()).collect()
        }
    };
    if wise.is_none() {
        findings.retain(|finding| {
            let Diagnostic { code, .. } = finding.diagnostic;
            code.severity() != Severity::Warning || code == Code::UnknownOperator
        });
    }
    let (mut counts, mut faults, mut reviewed) = (None, Vec::new(), Vec::new());
    if let Ok(ruleset) = &loaded
        && let Ok(document) = decode::document(text.bytes)
    {
        if let Some(now) = wise {
            findings.extend(lint::lint(&document));
            reviewed = review_at(text.bytes, now, &findings);
        }
        if client {
            let marked = text.sources.map(|(assembly, _)| &assembly.client);
            faults = client::check(&document, marked);
        }
        let broken = ruleset.flags().filter(|flag| ruleset.kind(*flag).is_none()).count();
        let (flags, segments) = (document.flags.len(), document.segments.len());
        counts = Some(Counts { flags, segments, broken });
    }
    let mut remarks = remark::remarks(text, loaded.as_ref().ok(), &findings);
    remarks.extend(remark::faults(text, &faults));
    remarks.extend(remark::findings(text, &reviewed));
    (remarks, counts)
}

/// What a review finds, without what the lints have told better.
fn review_at(bytes: &[u8], now: i64, told: &[Finding]) -> Vec<review::Finding> {
    let (Ok(text), Ok(side)) = (std::str::from_utf8(bytes), Side::read(bytes)) else {
        return Vec::new();
    };
    let hidden: BTreeSet<_> = told
        .iter()
        .filter(|finding| finding.diagnostic.code == Code::HiddenRollout)
        .filter_map(|finding| finding.related)
        .collect();
    let mut found = review(text, &side, now);
    found.retain(|finding| {
        finding.code != review::Code::UnreachableRule || !hidden.contains(&finding.span)
    });
    found
}
