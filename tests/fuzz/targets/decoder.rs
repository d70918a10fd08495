//! Any document as plain data: what is written back reads and decides as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serin::diagnostic::Severity;
use serin::document::{decode, encode};
use serin::{Context, Decision, Ruleset, evaluate};
use std::collections::BTreeMap;

fn decisions(ruleset: &Ruleset) -> BTreeMap<&str, Decision> {
    let mut context = Context::bind(ruleset, &(), 1_796_115_600_000);
    let flags = ruleset.flags();
    flags.map(|flag| (ruleset.key(flag), evaluate(ruleset, flag, &mut context))).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let (document, ruleset) = match (decode::document(bytes), Ruleset::load(bytes)) {
        (Ok(document), Ok(ruleset)) => (document, ruleset),
        (document, ruleset) => return assert_eq!(document.err(), ruleset.err()),
    };
    let text = encode::encode(&document);
    let again = decode::document(text.as_bytes()).expect("canonical text is a document");
    assert_eq!(encode::encode(&again), text);
    if ruleset.diagnostics().iter().all(|found| found.severity() != Severity::Error) {
        let written = Ruleset::load(text.as_bytes()).expect("canonical text loads");
        assert_eq!(decisions(&written), decisions(&ruleset));
    }
});
