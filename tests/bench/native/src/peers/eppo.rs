use super::Evaluator;
use crate::logic::{AMERICAS, EUROPE, User, key};
use chrono::{DateTime, Utc};
use eppo_core::eval::get_assignment;
use eppo_core::ufc::{AssignmentValue, UniversalFlagConfig};
use eppo_core::{AttributeValue, Attributes, Configuration, SdkMetadata, Str};
use serde_json::{Map, Value, json};
use std::hint::black_box;
use std::sync::Arc;

/// `get_assignment`, with allocations that are not logged.
pub struct Eppo {
    configuration: Configuration,
    now: DateTime<Utc>,
}

fn allocation(key: &str, conditions: Vec<Value>, splits: Vec<Value>) -> Value {
    let rules =
        if conditions.is_empty() { json!([]) } else { json!([{ "conditions": conditions }]) };
    json!({ "key": key, "rules": rules, "splits": splits, "doLog": false })
}

fn flag(number: usize) -> Value {
    let is = |attribute: &str, operator: &str, value: Value| json!({ "attribute": attribute, "operator": operator, "value": value });
    let whole = |variation: &str| json!({ "variationKey": variation, "shards": [] });
    let rule =
        |variation: &str, conditions| allocation(variation, conditions, vec![whole(variation)]);
    let (names, allocations): (&[&str], _) = match number % 3 {
        0 => (&["on", "off"], vec![rule("on", vec![])]),
        1 => (
            &["off", "r1", "r2", "r3", "r4", "r5"],
            vec![
                rule("r1", vec![is("country", "ONE_OF", json!(AMERICAS))]),
                // There is no "ends with".
                rule("r2", vec![is("email", "MATCHES", json!("@corp\\.example$"))]),
                rule("r3", vec![is("age", "LT", json!(18))]),
                rule(
                    "r4",
                    vec![
                        is("appVersion", "LT", json!("2.0.0")),
                        is("device", "ONE_OF", json!(["android"])),
                    ],
                ),
                rule(
                    "r5",
                    vec![
                        is("plan", "ONE_OF", json!(["pro"])),
                        is("appVersion", "GTE", json!("2.10.0")),
                        is("country", "ONE_OF", json!(EUROPE)),
                    ],
                ),
                rule("off", vec![]),
            ],
        ),
        _ => {
            let slice = |variation: &str, start: u32, end: u32| {
                json!({ "variationKey": variation,
                "shards": [{ "salt": format!("salt-{number}"), "ranges": [{ "start": start, "end": end }] }] })
            };
            (
                &["on", "off"],
                vec![allocation(
                    "rollout",
                    vec![],
                    vec![slice("on", 0, 1_000), slice("off", 1_000, 10_000)],
                )],
            )
        }
    };
    let variations: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "key": name, "value": name })))
        .collect();
    json!({ "key": key(number), "enabled": true, "variationType": "STRING", "variations": variations,
        "allocations": allocations, "totalShards": 10_000 })
}

impl Eppo {
    fn assign(
        &self,
        key: &str,
        (subject, attributes): &(Str, Arc<Attributes>),
    ) -> eppo_core::ufc::Assignment {
        get_assignment(Some(&self.configuration), key, subject, attributes, None, self.now)
            .unwrap()
            .unwrap()
    }
}

impl Evaluator for Eppo {
    const NAME: &'static str = "eppo_core 10.0.0";
    type Context = (Str, Arc<Attributes>);

    fn load(flags: usize) -> Self {
        let map: Map<String, Value> =
            (0..flags).map(|number| (key(number), flag(number))).collect();
        let document = json!({ "createdAt": "2026-01-01T00:00:00Z", "format": "SERVER",
            "environment": { "name": "bench" }, "flags": map });
        let metadata = SdkMetadata { name: "bench", version: "0" };
        let flags =
            UniversalFlagConfig::from_json(metadata, document.to_string().into_bytes()).unwrap();
        Self { configuration: Configuration::from_server_response(flags, None), now: Utc::now() }
    }
    fn context(&self, user: &User) -> Self::Context {
        let attributes = Attributes::from([
            (Str::from("email"), AttributeValue::categorical(user.email.as_str())),
            (Str::from("country"), AttributeValue::categorical(user.country)),
            (Str::from("plan"), AttributeValue::categorical(user.plan)),
            (Str::from("age"), AttributeValue::numeric(f64::from(user.age))),
            (Str::from("appVersion"), AttributeValue::categorical(user.version.as_str())),
            (Str::from("device"), AttributeValue::categorical(user.device)),
        ]);
        (user.key.as_str().into(), Arc::new(attributes))
    }
    fn decide(&mut self, flag: &str, context: &mut Self::Context) {
        black_box(self.assign(flag, context));
    }
    fn variant(&mut self, flag: &str, context: &mut Self::Context) -> String {
        match self.assign(flag, context).value {
            AssignmentValue::String(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }
}
