use super::Evaluator;
use crate::logic::{AMERICAS, EUROPE, User, key};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hint::black_box;
use unleash_yggdrasil::{ClientFeatures, Context, EngineState};

/// `is_enabled` for flags of two variants, `get_variant` for the others.
pub struct Unleash {
    engine: EngineState,
}

fn strategy(variant: &str, constraints: Value) -> Value {
    json!({ "name": "default", "constraints": constraints,
        "variants": [{ "name": variant, "weight": 1000, "stickiness": "default" }] })
}

fn feature(number: usize) -> Value {
    let one = |name: &str, operator: &str, value: &str, inverted: bool| json!({ "contextName": name, "operator": operator, "value": value, "inverted": inverted });
    let of = |name: &str, operator: &str, values: &[&str]| json!({ "contextName": name, "operator": operator, "values": values });
    let strategies = match number % 3 {
        0 => vec![json!({ "name": "default" })],
        1 => vec![
            strategy("r1", json!([of("country", "IN", &AMERICAS)])),
            strategy("r2", json!([of("email", "STR_ENDS_WITH", &["@corp.example"])])),
            strategy("r3", json!([one("age", "NUM_LT", "18", false)])),
            strategy(
                "r4",
                json!([
                    one("appVersion", "SEMVER_LT", "2.0.0", false),
                    of("device", "IN", &["android"])
                ]),
            ),
            strategy(
                "r5",
                json!([
                    of("plan", "IN", &["pro"]),
                    one("appVersion", "SEMVER_LT", "2.10.0", true),
                    of("country", "IN", &EUROPE)
                ]),
            ),
        ],
        _ => vec![json!({ "name": "flexibleRollout",
            "parameters": { "rollout": "10", "stickiness": "userId", "groupId": format!("salt-{number}") } })],
    };
    json!({ "name": key(number), "enabled": true, "strategies": strategies })
}

impl Evaluator for Unleash {
    const NAME: &'static str = "unleash-yggdrasil 0.21.7";
    type Context = Context;

    fn load(flags: usize) -> Self {
        let features: Vec<Value> = (0..flags).map(feature).collect();
        let document: ClientFeatures =
            serde_json::from_value(json!({ "version": 2, "features": features })).unwrap();
        let engine = EngineState::default();
        assert!(engine.apply_client_features(document).is_none_or(|warnings| warnings.is_empty()));
        Self { engine }
    }
    fn context(&self, user: &User) -> Context {
        let properties = [
            ("email", user.email.clone()),
            ("country", user.country.into()),
            ("plan", user.plan.into()),
            ("age", user.age.to_string()),
            ("appVersion", user.version.clone()),
            ("device", user.device.into()),
        ];
        Context {
            user_id: Some(user.key.clone()),
            session_id: None,
            environment: None,
            app_name: None,
            current_time: None,
            remote_address: None,
            properties: Some(HashMap::from(
                properties.map(|(name, value)| (name.to_owned(), value)),
            )),
        }
    }
    fn decide(&mut self, flag: &str, context: &mut Context) {
        if flag.starts_with("targeting") {
            black_box(self.engine.get_variant(flag, context, &None));
        } else {
            black_box(self.engine.is_enabled(flag, context, &None));
        }
    }
    fn variant(&mut self, flag: &str, context: &mut Context) -> String {
        if !flag.starts_with("targeting") {
            return if self.engine.is_enabled(flag, context, &None) { "on" } else { "off" }.into();
        }
        let found = self.engine.get_variant(flag, context, &None);
        if found.feature_enabled { found.name } else { "off".into() }
    }
}
