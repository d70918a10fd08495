//! Any document: loaded whole and in chunks alike, and every flag decided as the oracle does.
#![no_main]

#[allow(unused, reason = "the tests use the rest")]
#[path = "../../reference/mod.rs"]
mod reference;
#[path = "../../support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use reference::{Counts, Oracle, Question, evaluator, faults};
use serde_json::{Value, json};
use serin::diagnostic::Code;
use serin::document::decode;
use serin::{Context, Ruleset, Step, evaluate, explain};

/// Beyond these the oracle, which remembers nothing, would not end.
const REFERENCES: usize = 24;
const ENTRIES: usize = 64;
const NOW: i64 = 1_796_115_600_000;

/// The oracle's answers against the ruleset's, to a context that JSON can write.
fn judge(bytes: &[u8], ruleset: &Ruleset, attributes: &Value, killed: &[String]) {
    // A document's texts cannot tell one half of a surrogate pair from another, or from U+FFFD.
    if ruleset.diagnostics().iter().any(|found| found.code == Code::LoneSurrogate) {
        return;
    }
    let document = decode::document(bytes).expect("what loads is a document");
    let references: usize = faults::references(&document).values().map(Vec::len).sum();
    if references > REFERENCES || document.flags.len() + document.segments.len() > ENTRIES {
        return;
    }
    let oracle = Oracle::new(&document);
    let context = attributes.into();
    let question = Question { context: &context, now: NOW, killed };
    let mut bound = Context::bind(ruleset, attributes, NOW);
    for flag in ruleset.flags() {
        let key = ruleset.key(flag);
        let found = evaluator::answer(ruleset, key, &mut bound);
        assert_eq!(found, oracle.answer(key, question, &mut Counts::new()), "{key}");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let whole = Ruleset::load(bytes);
    let parts = support::load_in_chunks(bytes, bytes.len() % 13 + 1);
    let (mut ruleset, parts) = match (whole, parts) {
        (Ok(whole), Ok(parts)) => (whole, parts),
        (whole, parts) => return assert_eq!(whole.err(), parts.err()),
    };
    assert_eq!(ruleset.diagnostics(), parts.diagnostics());
    assert_eq!(ruleset.revision(), parts.revision());
    assert_eq!(ruleset.next_change(NOW), parts.next_change(NOW));
    assert!(ruleset.next_change(NOW).is_none_or(|next| next > NOW));
    for flag in ruleset.flags() {
        assert_eq!(ruleset.metadata(flag), parts.metadata(flag));
        for index in 0..=u16::MAX {
            let value = ruleset.variant_value(flag, index);
            assert_eq!(value, parts.variant_value(flag, index));
            assert_eq!(value.is_some(), ruleset.variant_name(flag, index).is_some());
            assert_eq!(ruleset.rule_name(flag, index), parts.rule_name(flag, index));
            if value.is_none() {
                break;
            }
        }
    }
    let attributes = json!({ "targetingKey": "k", "a": "x", "b": 5, "c": ["x", "y"], "country": "NZ",
        "email": "a@acme.example", "app": { "version": "2.10.0-rc.1" }, "request": { "ip": "203.0.113.7" } });
    let mut context = Context::bind(&ruleset, &attributes, NOW);
    let mut other = Context::bind(&parts, &attributes, NOW);
    for flag in ruleset.flags() {
        let decision = evaluate(&ruleset, flag, &mut context);
        assert_eq!(decision, evaluate(&parts, flag, &mut other));
        let explanation = explain(&ruleset, flag, &mut context);
        assert_eq!(decision, explanation.decision);
        let tests = explanation.steps.iter().filter(|step| matches!(step, Step::Test { .. }));
        assert!(tests.count() <= bytes.len(), "more tests than a document can hold");
    }
    judge(bytes, &ruleset, &attributes, &[]);
    judge(bytes, &ruleset, &json!({}), &[]);
    let mut keys: Vec<String> = ruleset.flags().map(|flag| ruleset.key(flag).into()).collect();
    ruleset.kill(&keys);
    for flag in ruleset.flags() {
        let decision = evaluate(&ruleset, flag, &mut context);
        let wanted = if ruleset.kind(flag).is_some() { "DISABLED" } else { "ERROR" };
        assert_eq!(decision.reason().name(), wanted);
    }
    keys.truncate(1);
    ruleset.kill(&keys);
    judge(bytes, &ruleset, &attributes, &keys);
});
