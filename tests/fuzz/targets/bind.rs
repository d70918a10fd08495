//! Any context for a ruleset that names every operator.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serin::{Context, Ruleset, evaluate, explain};

fuzz_target!(|bytes: &[u8]| {
    let ruleset = Ruleset::load(include_bytes!("../../../examples/shop/ruleset.json")).expect("the example loads");
    let Ok(attributes) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    let now = i64::from_le_bytes(*bytes.first_chunk().unwrap_or(&[0; 8]));
    let mut context = Context::bind(&ruleset, &attributes, now);
    for flag in ruleset.flags() {
        let decision = evaluate(&ruleset, flag, &mut context);
        assert_eq!(decision, explain(&ruleset, flag, &mut context).decision);
    }
});
