//! The example shop, and what an afternoon's work makes of it.

#![allow(dead_code, reason = "no test uses all of it")]

use serde_json::json;

/// The ruleset of the example.
pub const TEXT: &str = include_str!("../../examples/shop/ruleset.json");

/// The shop with a ramp raised from 10 to 50 percent, a network added to a
/// segment, one variant of three widened, a rule renamed.
pub fn changed() -> String {
    let mut shop: serde_json::Value = serde_json::from_str(TEXT).unwrap();
    for (place, from, to) in [
        ("/flags/checkout-v2/serve/ramp/steps/1/percent", json!(10), json!(50)),
        (
            "/segments/office/value",
            json!(["203.0.113.0/24", "2001:db8:113::/48"]),
            json!(["203.0.113.0/24", "198.51.100.0/24", "2001:db8:113::/48"]),
        ),
        ("/flags/search-ranking/serve/rollout/shares/0/percent", json!(12.5), json!(20)),
        ("/flags/search-ranking/serve/rollout/shares/1/percent", json!(37.5), json!(30)),
        ("/flags/page-size/rules/0/name", json!("narrow"), json!("phones")),
    ] {
        let value = shop.pointer_mut(place).unwrap();
        assert_eq!(*value, from, "{place}");
        *value = to;
    }
    shop.to_string()
}
