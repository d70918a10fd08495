use super::Evaluator;
use crate::logic::{AMERICAS, EUROPE, User, key};
use launchdarkly_server_sdk_evaluation::{
    AttributeValue, Context, ContextBuilder, Flag, FlagValue, Segment, Store, evaluate,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hint::black_box;

/// `evaluate`, with flags borrowed from a map; the SDK's store clones them.
pub struct LaunchDarkly {
    flags: HashMap<String, Flag>,
}

/// No flag here has prerequisites or segments.
struct Nothing;

impl Store for Nothing {
    fn flag(&self, _: &str) -> Option<Flag> {
        None
    }
    fn segment(&self, _: &str) -> Option<Segment> {
        None
    }
}

fn clause(attribute: &str, op: &str, values: Value, negate: bool) -> Value {
    json!({ "contextKind": "user", "attribute": attribute, "op": op, "values": values, "negate": negate })
}

fn flag(number: usize) -> Value {
    let rule = |variation: usize, clauses: Vec<Value>| json!({ "id": format!("r{variation}"), "clauses": clauses, "variation": variation, "trackEvents": false });
    let (variations, rules, fallthrough) = match number % 3 {
        0 => (json!([true, false]), vec![], json!({ "variation": 0 })),
        1 => (
            json!(["off", "r1", "r2", "r3", "r4", "r5"]),
            vec![
                rule(1, vec![clause("country", "in", json!(AMERICAS), false)]),
                rule(2, vec![clause("email", "endsWith", json!(["@corp.example"]), false)]),
                rule(3, vec![clause("age", "lessThan", json!([18]), false)]),
                rule(
                    4,
                    vec![
                        clause("appVersion", "semVerLessThan", json!(["2.0.0"]), false),
                        clause("device", "in", json!(["android"]), false),
                    ],
                ),
                rule(
                    5,
                    vec![
                        clause("plan", "in", json!(["pro"]), false),
                        // There is no "greater or equal".
                        clause("appVersion", "semVerLessThan", json!(["2.10.0"]), true),
                        clause("country", "in", json!(EUROPE), false),
                    ],
                ),
            ],
            json!({ "variation": 0 }),
        ),
        _ => (
            json!(["on", "off"]),
            vec![],
            json!({ "rollout": { "contextKind": "user", "variations": [
                { "variation": 0, "weight": 10_000 }, { "variation": 1, "weight": 90_000 }] } }),
        ),
    };
    json!({ "key": key(number), "version": 1, "on": true, "targets": [], "rules": rules, "prerequisites": [],
        "fallthrough": fallthrough, "offVariation": 0, "variations": variations,
        "salt": format!("salt-{number}"), "clientSide": false })
}

impl Evaluator for LaunchDarkly {
    const NAME: &'static str = "launchdarkly-server-sdk-evaluation 2.2.1";
    type Context = Context;

    fn load(flags: usize) -> Self {
        let flags =
            (0..flags).map(|number| (key(number), serde_json::from_value(flag(number)).unwrap()));
        Self { flags: flags.collect() }
    }
    fn context(&self, user: &User) -> Context {
        ContextBuilder::new(user.key.as_str())
            .set_string("email", user.email.as_str())
            .set_string("country", user.country)
            .set_string("plan", user.plan)
            .set_value("age", AttributeValue::Number(user.age.into()))
            .set_string("appVersion", user.version.as_str())
            .set_string("device", user.device)
            .build()
            .unwrap()
    }
    fn decide(&mut self, flag: &str, context: &mut Context) {
        black_box(evaluate(&Nothing, &self.flags[flag], context, None));
    }
    fn variant(&mut self, flag: &str, context: &mut Context) -> String {
        match evaluate(&Nothing, &self.flags[flag], context, None).value.unwrap() {
            FlagValue::Bool(true) => "on".into(),
            FlagValue::Bool(false) => "off".into(),
            FlagValue::Str(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }
}
