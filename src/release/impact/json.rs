//! An impact as JSON, for programs. The page `impact.md` describes it.

use super::phrases::time;
use super::{Change, Effect, FlagImpact, Impact, Loss, Move, Outcome, Region, Verdict};
use crate::release::impact::Limit;
use serde_json::{Map, Value, json};
use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

/// What two versions are called, and what each instant brings.
pub fn json(old: &str, new: &str, killed: &[String], impacts: &[(Impact, Option<i64>)]) -> Value {
    let impacts: Vec<Value> = impacts.iter().map(|(impact, until)| one(impact, *until)).collect();
    json!({ "old": old, "new": new, "killed": killed, "impacts": impacts })
}

fn one(impact: &Impact, until: Option<i64>) -> Value {
    let mut object = Map::new();
    object.insert("at".to_owned(), time(impact.at).into());
    if let Some(until) = until {
        object.insert("until".to_owned(), time(until).into());
    }
    object.insert("untouched".to_owned(), impact.untouched.into());
    object.insert("flags".to_owned(), impact.flags.iter().map(flag).collect());
    Value::Object(object)
}

impl Change {
    /// The change as one word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Described => "described",
            Self::NoEffect => "noEffect",
            Self::Effect(_) => "effect",
        }
    }
}

fn flag(flag: &FlagImpact) -> Value {
    let mut object = Map::new();
    object.insert("flag".to_owned(), flag.key.as_str().into());
    object.insert("change".to_owned(), flag.change.name().into());
    if let Some(key) = &flag.renamed_from {
        object.insert("renamedFrom".to_owned(), key.as_str().into());
    }
    if flag.old_broken {
        object.insert("oldBroken".to_owned(), true.into());
    }
    if flag.new_broken {
        object.insert("newBroken".to_owned(), true.into());
    }
    if let Change::Effect(effect) = &flag.change {
        describe(effect, &mut object);
    }
    Value::Object(object)
}

fn describe(effect: &Effect, object: &mut Map<String, Value>) {
    object.insert("regions".to_owned(), effect.regions.iter().map(region).collect());
    object.insert("losses".to_owned(), effect.losses.iter().map(loss).collect());
    unseen(object, effect.limit, &effect.unproven);
    if effect.scattered {
        object.insert("scattered".to_owned(), true.into());
    }
    if let Some(audience) = &effect.audience {
        object.insert("audience".to_owned(), super::audience::of_flag(audience));
    }
}

/// What a walk did not see, where there is such.
pub(super) fn unseen(object: &mut Map<String, Value>, limit: Option<Limit>, unproven: &[String]) {
    if let Some(limit) = limit {
        object.insert("limit".to_owned(), limit.name().into());
    }
    if !unproven.is_empty() {
        object.insert("unproven".to_owned(), unproven.into());
    }
}

impl Limit {
    /// The limit as one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Walks => "walks",
            Self::Depth => "depth",
        }
    }
}

/// A variant with its value, an error code, or neither.
pub fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Variant(name, value) => {
            let value: Value = serde_json::from_str(value).unwrap_or_default();
            json!({ "variant": name, "value": value })
        }
        other => match other.error() {
            Some(code) => json!({ "errorCode": code.name() }),
            None => json!({}),
        },
    }
}

/// Moves with their shares of keys.
pub fn moves(moves: &[Move]) -> Value {
    let one = |part: &Move| {
        json!({
            "from": outcome(&part.from),
            "to": outcome(&part.to),
            "share": part.share.float(),
            "exact": part.share.exact(),
        })
    };
    moves.iter().map(one).collect()
}

/// A region, what happens in it under this name, and slices that call what
/// they are of by that one.
fn frame(region: &Region, (name, parts): (&str, Value), of: &str) -> Value {
    let lines = region.lines.iter().map(|(by, salt)| json!({ "by": by, "salt": salt }));
    let line = |(by, salt): &(String, String)| json!({ "by": by, "salt": salt });
    let inside = region.inside.iter().map(|part| {
        let points = part.points.intervals().iter().map(|(start, end)| json!([start, end]));
        json!({ "by": part.by, "salt": part.salt, "points": points.collect::<Value>() })
    });
    let slices = region.slices.iter().map(|slice| {
        let mut object = Map::new();
        object.insert("start".to_owned(), slice.start.into());
        object.insert("end".to_owned(), slice.end.into());
        object.insert(of.to_owned(), slice.of.into());
        Value::Object(object)
    });
    let members = [
        ("when", json!(region.when)),
        ("either", json!(region.either)),
        ("lines", lines.collect()),
        (name, parts),
        ("along", json!(region.along.as_ref().map(line))),
        ("inside", inside.collect()),
        ("slices", slices.collect()),
    ];
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

fn region(region: &Region) -> Value {
    frame(region, ("moves", moves(&region.moves)), "move")
}

/// A region in which everybody gets something.
pub(super) fn group(region: &Region) -> Value {
    let one = |part: &Move| json!({ "outcome": outcome(&part.to), "share": part.share.float(), "exact": part.share.exact() });
    frame(region, ("shares", region.moves.iter().map(one).collect()), "of")
}

fn loss(loss: &Loss) -> Value {
    let of = outcome(&loss.of);
    match &loss.verdict {
        Verdict::Nobody => json!({ "of": of, "verdict": "nobody" }),
        Verdict::CannotTell => json!({ "of": of, "verdict": "cannotTell" }),
        Verdict::NoWitness { to, when, either } => {
            json!({ "of": of, "verdict": "noWitness", "to": outcome(to), "when": when, "either": either })
        }
        Verdict::Somebody(witness) => {
            let (context, unreadable) = witness.json();
            json!({
                "of": of,
                "verdict": "somebody",
                "to": outcome(&witness.to),
                "context": context,
                "unreadable": unreadable,
                "at": time(witness.at),
                "region": witness.region,
            })
        }
    }
}
