//! An audience as JSON, for programs. The page `impact.md` describes it.

use super::{Audience, Part, Portion, Told, Weights};
use crate::release::impact::json::{moves, outcome};
use serde_json::{Map, Value, json};
use std::borrow::ToOwned;
use std::string::String;

/// The weights themselves.
pub fn json(file: &str, weights: &Weights) -> Value {
    let entries = weights.entries.iter().map(|entry| {
        let mut object = Map::new();
        if let Some(name) = &entry.name {
            object.insert("name".to_owned(), name.as_str().into());
        }
        object.insert("percent".to_owned(), percent(entry.thousandths));
        object.insert("context".to_owned(), entry.context.clone());
        Value::Object(object)
    });
    json!({ "file": file, "entries": entries.collect::<Value>() })
}

/// A percentage, without a fraction where it has none.
fn percent(thousandths: u32) -> Value {
    match thousandths % 1_000 {
        0 => (thousandths / 1_000).into(),
        _ => (f64::from(thousandths) / 1_000.0).into(),
    }
}

/// What happens to the audience of a flag.
pub fn audience(audience: &Audience) -> Value {
    let part = |Part { from, to, portion }: &Part| {
        json!({ "from": outcome(from), "to": outcome(to),
                "share": portion.float(), "exact": portion.exact() })
    };
    let rest = |portion: &Portion| json!({ "share": portion.float(), "exact": portion.exact() });
    json!({
        "moves": audience.moves.iter().map(part).collect::<Value>(),
        "untold": rest(&audience.untold),
        "undescribed": rest(&audience.undescribed),
        "entries": audience.entries.iter().map(|group| told(&group.told)).collect::<Value>(),
    })
}

fn told(told: &Told) -> Value {
    match told {
        Told::Moves(parts) => json!({ "moves": moves(parts) }),
        Told::Open(paths) => json!({ "open": paths.iter().map(String::as_str).collect::<Value>() }),
        Told::Limit(limit) => json!({ "limit": limit.name() }),
    }
}
