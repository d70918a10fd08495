//! The rulesets and contexts of the measurements: a third simple flags, a third
//! with five rules (one of them two version ranges), a third 10 percent
//! rollouts, as in most comparisons of evaluators.

use serde_json::{Value, json};

/// A ruleset of so many flags, as JSON text.
pub fn ruleset(flags: usize) -> Vec<u8> {
    let countries = ["US", "CA", "MX", "BR", "AR", "CL", "CO", "PE", "UY", "PY"];
    let is = |attribute: &str, op: &str, value: Value| json!({ "attribute": attribute, "op": op, "value": value });
    let rules = json!([
        { "if": is("country", "in", json!(countries)), "serve": "r1" },
        { "if": is("email", "endsWith", json!("@corp.example")), "serve": "r2" },
        { "if": is("age", "lt", json!(18)), "serve": "r3" },
        { "if": { "all": [is("appVersion", "version", json!("<2.0.0")), is("device", "eq", json!("android"))] }, "serve": "r4" },
        { "if": { "all": [is("plan", "eq", json!("pro")), is("appVersion", "version", json!(">=2.10.0")),
            is("country", "in", json!(["DE", "FR", "IT", "ES", "NL"]))] }, "serve": "r5" },
    ]);
    let mut map = serde_json::Map::new();
    for number in 0..flags {
        let (kind, flag) = match number % 3 {
            0 => ("simple", json!({ "variants": { "on": true, "off": false }, "serve": "on" })),
            1 => (
                "targeting",
                json!({ "variants": { "off": "off", "r1": "r1", "r2": "r2", "r3": "r3", "r4": "r4", "r5": "r5" },
                    "rules": rules, "serve": "off" }),
            ),
            _ => (
                "rollout",
                json!({ "variants": { "on": "on", "off": "off" }, "salt": format!("salt-{number}"), "serve": { "rollout": {
                    "shares": [{ "variant": "on", "percent": 10 }, { "variant": "off", "percent": 90 }] } } }),
            ),
        };
        map.insert(format!("{kind}-flag-{number:05}"), flag);
    }
    json!({ "format": 1, "flags": map }).to_string().into_bytes()
}

/// A context that falls through to the last rule.
pub fn context(number: usize) -> Value {
    json!({ "targetingKey": format!("user-{number:08}"), "email": format!("u{number}@example.com"), "country": "DE",
        "plan": "pro", "age": 34, "appVersion": "2.13.4", "device": "ios", "logins": 120 })
}
