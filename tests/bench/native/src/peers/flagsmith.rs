use super::Evaluator;
use crate::logic::{AMERICAS, EUROPE, User, key};
use flagsmith_flag_engine::engine::get_evaluation_result;
use flagsmith_flag_engine::engine_eval::context::{EngineEvaluationContext, IdentityContext};
use serde_json::{Map, Value, json};
use std::hint::black_box;

/// `get_evaluation_result`, which decides all flags at once and no single one.
pub struct Flagsmith {
    environment: EngineEvaluationContext,
}

fn condition(property: &str, operator: &str, value: Value) -> Value {
    json!({ "property": property, "operator": operator, "value": value })
}

/// Five segments that override a flag: the first that matches has the first priority.
fn segments(flag: &str) -> Vec<(String, Value)> {
    let rules = [
        vec![condition("country", "IN", json!(AMERICAS))],
        // There is no "ends with".
        vec![condition("email", "REGEX", json!("@corp\\.example$"))],
        vec![condition("age", "LESS_THAN", json!("18"))],
        vec![
            condition("appVersion", "LESS_THAN", json!("2.0.0:semver")),
            condition("device", "EQUAL", json!("android")),
        ],
        vec![
            condition("plan", "EQUAL", json!("pro")),
            condition("appVersion", "GREATER_THAN_INCLUSIVE", json!("2.10.0:semver")),
            condition("country", "IN", json!(EUROPE)),
        ],
    ];
    let segment = |(at, conditions): (usize, Vec<Value>)| {
        let name = format!("{flag}-{}", at + 1);
        let part = json!({ "key": name, "name": name, "rules": [{ "type": "ALL", "conditions": conditions, "rules": [] }],
            "overrides": [{ "key": flag, "name": flag, "enabled": true, "value": format!("r{}", at + 1), "priority": at }] });
        (name, part)
    };
    rules.into_iter().enumerate().map(segment).collect()
}

impl Evaluator for Flagsmith {
    const NAME: &'static str = "flagsmith-flag-engine 0.7.0";
    const SINGLE: bool = false;
    type Context = IdentityContext;

    fn load(flags: usize) -> Self {
        let (mut features, mut parts) = (Map::new(), Map::new());
        for number in 0..flags {
            let key = key(number);
            let mut feature = json!({ "key": key, "name": key, "enabled": true, "value": if number % 3 == 0 { "on" } else { "off" } });
            match number % 3 {
                1 => parts.extend(segments(&key)),
                2 => {
                    feature["variants"] =
                        json!([{ "key": "on", "value": "on", "weight": 10.0, "priority": 1.0 }])
                }
                _ => {}
            }
            features.insert(key, feature);
        }
        let document = json!({ "environment": { "key": "bench", "name": "bench" }, "features": features, "segments": parts });
        Self { environment: serde_json::from_value(document).unwrap() }
    }
    fn context(&self, user: &User) -> IdentityContext {
        serde_json::from_value(
            json!({ "identifier": user.key, "key": format!("bench_{}", user.key), "traits": {
            "email": user.email, "country": user.country, "plan": user.plan, "age": user.age,
            "appVersion": user.version, "device": user.device } }),
        )
        .unwrap()
    }
    fn decide(&mut self, _: &str, context: &mut IdentityContext) {
        self.all(&[], context);
    }
    fn variant(&mut self, flag: &str, context: &mut IdentityContext) -> String {
        self.environment.identity = Some(context.clone());
        get_evaluation_result(&self.environment).flags[flag].value.value.clone()
    }
    fn all(&mut self, _: &[String], context: &mut IdentityContext) {
        self.environment.identity = Some(context.clone());
        black_box(get_evaluation_result(&self.environment));
    }
}
