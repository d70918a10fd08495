//! The evaluator's answers, in the oracle's words.

use super::Answer;
use super::context::Value;
use serin::{Context, ErrorCode, Reason, Ruleset, evaluate};

/// Binds through `serde_json` what JSON can write.
pub fn bind(ruleset: &Ruleset, context: &Value, now: i64) -> Context {
    match context.json() {
        Some(json) => Context::bind(ruleset, &json, now),
        None => Context::bind(ruleset, context, now),
    }
}

pub fn answer(ruleset: &Ruleset, key: &str, context: &mut Context) -> Answer {
    let Some(flag) = ruleset.flag(key) else {
        let error = Some(ErrorCode::FlagNotFound);
        return Answer { variant: None, reason: Reason::Error, rule: None, error };
    };
    let decision = evaluate(ruleset, flag, context);
    let name = |variant| ruleset.variant_name(flag, variant).unwrap().to_owned();
    Answer {
        variant: decision.variant().map(name),
        reason: decision.reason(),
        rule: decision.rule(),
        error: decision.error_code(),
    }
}
