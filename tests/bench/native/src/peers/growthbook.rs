use super::Evaluator;
use crate::logic::{AMERICAS, EUROPE, User, key};
use growthbook_rust::dto::GrowthBookFeature;
use growthbook_rust::growthbook::GrowthBook;
use growthbook_rust::model_public::GrowthBookAttribute;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::hint::black_box;

/// `GrowthBook::check`; the crate's client clones all features before it.
pub struct Growth {
    features: GrowthBook,
}

fn feature(number: usize) -> Value {
    match number % 3 {
        0 => json!({ "defaultValue": "on" }),
        1 => json!({ "defaultValue": "off", "rules": [
            { "condition": { "country": { "$in": AMERICAS } }, "force": "r1" },
            // There is no "ends with".
            { "condition": { "email": { "$regex": "@corp\\.example$" } }, "force": "r2" },
            { "condition": { "age": { "$lt": 18 } }, "force": "r3" },
            { "condition": { "appVersion": { "$vlt": "2.0.0" }, "device": "android" }, "force": "r4" },
            { "condition": { "plan": "pro", "appVersion": { "$vgte": "2.10.0" }, "country": { "$in": EUROPE } }, "force": "r5" },
        ] }),
        _ => json!({ "defaultValue": "off", "rules": [
            { "force": "on", "coverage": 0.1, "hashAttribute": "id", "seed": format!("salt-{number}"), "hashVersion": 2 }] }),
    }
}

impl Evaluator for Growth {
    const NAME: &'static str = "growthbook-rust 0.4.0";
    type Context = Option<Vec<GrowthBookAttribute>>;

    fn load(flags: usize) -> Self {
        let map: Map<String, Value> =
            (0..flags).map(|number| (key(number), feature(number))).collect();
        let features: HashMap<String, GrowthBookFeature> =
            serde_json::from_value(Value::Object(map)).unwrap();
        Self {
            features: GrowthBook {
                forced_variations: None,
                features,
                attributes: None,
                sticky_bucket_service: None,
                saved_groups: HashMap::new(),
            },
        }
    }
    fn context(&self, user: &User) -> Self::Context {
        let attributes = json!({ "id": user.key, "email": user.email, "country": user.country, "plan": user.plan,
            "age": user.age, "appVersion": user.version, "device": user.device });
        Some(GrowthBookAttribute::from(attributes).unwrap())
    }
    fn decide(&mut self, flag: &str, context: &mut Self::Context) {
        black_box(self.features.check(flag, context));
    }
    fn variant(&mut self, flag: &str, context: &mut Self::Context) -> String {
        self.features.check(flag, context).value.as_str().unwrap().to_owned()
    }
}
