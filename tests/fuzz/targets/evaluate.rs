//! Any document: loaded whole and in chunks alike, and every flag decided.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use serin::{Context, Loader, Ruleset, Step, evaluate, explain};

fn in_chunks(bytes: &[u8], size: usize) -> Result<Ruleset, serin::diagnostic::Diagnostic> {
    let mut loader = Loader::new();
    for chunk in bytes.chunks(size) {
        loader.feed(chunk)?;
    }
    loader.finish()
}

fuzz_target!(|bytes: &[u8]| {
    let whole = Ruleset::load(bytes);
    let parts = in_chunks(bytes, bytes.len() % 13 + 1);
    let (mut ruleset, parts) = match (whole, parts) {
        (Ok(whole), Ok(parts)) => (whole, parts),
        (whole, parts) => return assert_eq!(whole.err(), parts.err()),
    };
    assert_eq!(ruleset.diagnostics(), parts.diagnostics());
    let attributes = json!({ "targetingKey": "k", "a": "x", "b": 5, "c": ["x", "y"], "country": "NZ",
        "email": "a@acme.example", "app": { "version": "2.10.0-rc.1" }, "request": { "ip": "203.0.113.7" } });
    let mut context = Context::bind(&ruleset, &attributes, 1_796_115_600_000);
    let mut other = Context::bind(&parts, &attributes, 1_796_115_600_000);
    for flag in ruleset.flags() {
        let decision = evaluate(&ruleset, flag, &mut context);
        assert_eq!(decision, evaluate(&parts, flag, &mut other));
        let explanation = explain(&ruleset, flag, &mut context);
        assert_eq!(decision, explanation.decision);
        let tests = explanation.steps.iter().filter(|step| matches!(step, Step::Test { .. }));
        assert!(tests.count() <= bytes.len(), "more tests than a document can hold");
    }
    let keys: Vec<String> = ruleset.flags().map(|flag| ruleset.key(flag).into()).collect();
    ruleset.kill(&keys);
    for flag in ruleset.flags() {
        let decision = evaluate(&ruleset, flag, &mut context);
        let wanted = if ruleset.kind(flag).is_some() { "DISABLED" } else { "ERROR" };
        assert_eq!(decision.reason().name(), wanted);
    }
});
