//! Any context for a ruleset that names every operator, decided as the oracle does.
#![no_main]

#[allow(unused, reason = "the tests use the rest")]
#[path = "../../reference/mod.rs"]
mod reference;

use libfuzzer_sys::fuzz_target;
use reference::{Counts, Oracle, Question, context, evaluator};
use serde_json::{Value, json};
use serin::document::{Document, decode};
use serin::{Ruleset, evaluate, explain};
use std::sync::LazyLock;

/// Every operator asks about `a`, so that any value of it meets them all.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let tests = [
        json!({ "op": "eq", "value": true }),
        json!({ "op": "eq", "value": 5 }),
        json!({ "op": "eq", "value": "Straße x", "ignoreCase": true }),
        json!({ "op": "in", "value": ["x", "y", "", "nz"] }),
        json!({ "op": "in", "value": ["X", "NZ"], "ignoreCase": true }),
        json!({ "op": "in", "value": [0, -1.5, 0.1, 9007199254740991u64] }),
        json!({ "op": "startsWith", "value": ["x", "ab"] }),
        json!({ "op": "endsWith", "value": ["@X.example", "0"], "ignoreCase": true }),
        json!({ "op": "contains", "value": ["aab", "1."] }),
        json!({ "op": "lt", "value": 5 }),
        json!({ "op": "le", "value": -0.5 }),
        json!({ "op": "gt", "value": 1e15 }),
        json!({ "op": "ge", "value": 5 }),
        json!({ "op": "version", "value": [">=2.1.0-rc.1 <3", "^0.1.0", "~1.2", "=1.0.0-a.1"] }),
        json!({ "op": "before", "value": "2026-06-01T00:00:00+12:00" }),
        json!({ "op": "after", "value": "1969-12-31T23:59:59.999Z" }),
        json!({ "op": "cidr", "value": ["203.0.113.0/24", "2001:db8::/33", "::/128"] }),
        json!({ "op": "hasAny", "value": ["x", "y"] }),
        json!({ "op": "hasAny", "value": [1, 2] }),
        json!({ "op": "hasAll", "value": ["x", "y"] }),
        json!({ "op": "hasAll", "value": [1, 2.5] }),
        json!({ "op": "exists" }),
    ];
    let mut flags = serde_json::Map::new();
    for (at, mut test) in tests.into_iter().enumerate() {
        test["attribute"] = "a".into();
        flags.insert(
            format!("test-{at}"),
            flag(json!([
                { "if": test.clone(), "serve": "on" },
                { "if": { "not": test }, "serve": "off" },
            ])),
        );
    }
    for (key, by) in [("key", "targetingKey"), ("a", "a"), ("path", "b.c")] {
        let shares =
            json!([{ "variant": "on", "percent": 50 }, { "variant": "off", "percent": 50 }]);
        let steps = json!([{ "at": "2026-06-01T00:00:00Z", "percent": 10 }, { "at": "2027-06-01T00:00:00Z", "percent": 100 }]);
        flags.insert(format!("by-{key}"), flag(json!([
            { "if": { "time": { "from": "2026-12-01T00:00:00Z", "until": "2026-12-02T00:00:00Z" } }, "serve": "off" },
            { "if": { "bucket": { "by": by, "salt": "one", "from": 0, "to": 30 } }, "serve": "on" },
            { "if": { "attribute": by, "op": "exists" }, "serve": { "rollout": { "by": by, "withoutKey": "off", "shares": shares } } },
            { "serve": { "ramp": { "by": by, "variant": "on", "rest": "off", "steps": steps } } },
        ])));
    }
    json!({ "format": 1, "flags": flags }).to_string()
});

fn flag(rules: Value) -> Value {
    json!({ "variants": { "on": true, "off": false }, "salt": "s", "rules": rules })
}

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| {
    let ruleset = Ruleset::load(TEXT.as_bytes()).expect("the ruleset loads");
    assert_eq!(ruleset.diagnostics(), [], "{}", *TEXT);
    ruleset
});

static DOCUMENT: LazyLock<Document<'static>> =
    LazyLock::new(|| decode::document(TEXT.as_bytes()).expect("the ruleset is a document"));

thread_local! {
    static ORACLE: Oracle<'static> = Oracle::new(&DOCUMENT);
}

/// The oracle's form of it. `{"$": "unreadable"}` is what JSON cannot write: reading it throws.
fn plain(value: &Value) -> context::Value {
    match value {
        Value::Object(members) if members.get("$") == Some(&json!("unreadable")) => {
            context::Value::Unreadable
        }
        Value::Array(items) => context::Value::List(items.iter().map(plain).collect()),
        Value::Object(members) => context::Value::Object(
            members.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        ),
        other => other.into(),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(attributes) = serde_json::from_slice::<Value>(bytes) else { return };
    let now = attributes["now"].as_i64().unwrap_or(1_796_115_600_000);
    let known = plain(&attributes);
    let question = Question { context: &known, now, killed: &[] };
    let mut context = evaluator::bind(&RULESET, &known, now);
    for flag in RULESET.flags() {
        let decision = evaluate(&RULESET, flag, &mut context);
        assert_eq!(decision, explain(&RULESET, flag, &mut context).decision);
        let key = RULESET.key(flag);
        let found = evaluator::answer(&RULESET, key, &mut context);
        let expected = ORACLE.with(|oracle| oracle.answer(key, question, &mut Counts::new()));
        assert_eq!(found, expected, "{key}");
    }
});
