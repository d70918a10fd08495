//! The impact of a change is exact: held against the oracle, against random
//! keys and against the evaluator, over random pairs of rulesets.
//!
//! `SERIN_PAIRS` sets how many pairs, `SERIN_SEED` the first of them.

mod reference;

use reference::context::Value;
use reference::generate::{self, Generated, Rng};
use reference::json::Json;
use reference::{Answer, Counts, Oracle, Question};
use serin::document::decode;
use serin::release::impact::proof::Boxes;
use serin::release::impact::{
    Change, Circumstances, Effect, Impact, Outcome, Side, Verdict, impact,
};
use serin::{Attribute, ErrorCode};
use std::cell::RefCell;
use std::collections::BTreeMap;

const CONTEXTS: usize = 40;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

// ---- pairs ------------------------------------------------------------------

/// Edits as people make them, a few in each document.
fn edit(json: &mut Json, rng: &mut Rng, name: &str, left: &mut u32) {
    if *left == 0 {
        return;
    }
    match json {
        Json::List(items) => {
            if items.len() > 1 && rng.chance(6) {
                *left = left.saturating_sub(1);
                match rng.below(3) {
                    0 if name != "shares" => drop(items.remove(rng.below(items.len()))),
                    _ => {
                        let (a, b) = (rng.below(items.len()), rng.below(items.len()));
                        items.swap(a, b);
                    }
                }
            }
            for item in items {
                edit(item, rng, name, left);
            }
        }
        Json::Object(members) => {
            for (name, value) in members.iter_mut() {
                edit(value, rng, name, left);
            }
            let condition = members.iter().any(|(name, _)| {
                ["attribute", "all", "any", "segment", "bucket", "flag"].contains(&name.as_str())
            });
            if condition && rng.chance(3) {
                *left = left.saturating_sub(1);
                *json = Json::object([("not", json.clone())]);
            }
        }
        Json::Text(text) => {
            let other: &[&str] = match text.as_str() {
                "startsWith" | "endsWith" | "contains" => &["startsWith", "endsWith", "contains"],
                "lt" | "le" | "gt" | "ge" => &["lt", "le", "gt", "ge"],
                "before" | "after" => &["before", "after"],
                "hasAny" | "hasAll" => &["hasAny", "hasAll"],
                _ if name == "salt" => &["s", "t", "salz ü"],
                _ => return,
            };
            if rng.chance(10) {
                *left = left.saturating_sub(1);
                *text = (*rng.pick(other)).to_owned();
            }
        }
        Json::Raw(text) => {
            if name == "enabled" && rng.chance(20) {
                *left = left.saturating_sub(1);
                *text = if text == "true" { "false" } else { "true" }.to_owned();
            } else if name == "to" && rng.chance(30) {
                *left = left.saturating_sub(1);
                *text = "100".to_owned();
            } else if name == "from" && rng.chance(30) && !text.starts_with('-') {
                *left = left.saturating_sub(1);
                *text = "0".to_owned();
            }
        }
    }
}

/// Two versions of a document, and what contexts should aim at.
struct Pair {
    old: String,
    new: String,
    aims: [Generated; 2],
    flags: Vec<String>,
}

fn pair(rng: &mut Rng) -> Pair {
    let before = generate::document(rng);
    let mut other = generate::document(rng);
    let mut json = before.json.clone();
    let mut left = 1 + rng.below(4) as u32;
    if let Some(flags) = json.member("flags") {
        edit(flags, rng, "", &mut left);
    }
    if let Some(segments) = json.member("segments") {
        edit(segments, rng, "", &mut left);
    }
    // Now and then something altogether different under the same key.
    for part in ["flags", "segments"] {
        let Some(others) = other.json.member(part).cloned() else { continue };
        let Json::Object(others) = others else { continue };
        for (key, written) in others {
            if let Some(known) = json.member(part).and_then(|known| known.member(&key))
                && rng.chance(25)
            {
                *known = written;
            }
        }
    }
    let mut flags = before.flags.clone();
    flags.retain(|key| !key.contains("crowd") && !key.contains("at last"));
    Pair { old: before.json.plain(), new: json.plain(), flags, aims: [before, other] }
}

fn read(text: &str) -> Side<'_> {
    Side::read(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"))
}

fn attribute(value: &Value) -> Attribute<'static> {
    use serin::Element;
    match value.seen() {
        Value::Absent => Attribute::Absent,
        Value::Unreadable => Attribute::Unreadable,
        Value::Boolean(known) => Attribute::Boolean(known),
        Value::Number(number) => Attribute::Number(number),
        Value::Text(text) => Attribute::String(text.into()),
        Value::List(list) => Attribute::List(
            list.into_iter()
                .map(|element| match element {
                    Value::Boolean(known) => Element::Boolean(known),
                    Value::Number(number) => Element::Number(number),
                    Value::Text(text) => Element::String(text.into()),
                    other => panic!("{other:?} in a list"),
                })
                .collect(),
        ),
        Value::Other | Value::Date(_) | Value::Object(_) => Attribute::Other,
    }
}

fn outcome(side: &Side<'_>, key: &str, answer: &Answer) -> Outcome {
    match (&answer.variant, answer.error) {
        (Some(name), _) => {
            let ruleset = side.ruleset();
            let flag = ruleset.flag(key).unwrap();
            let variant =
                (0..).find(|index| ruleset.variant_name(flag, *index) == Some(name)).unwrap();
            Outcome::Variant(name.clone(), ruleset.variant_value(flag, variant).unwrap().to_owned())
        }
        (None, None) => Outcome::Default,
        (None, Some(ErrorCode::TargetingKeyMissing)) => Outcome::KeyMissing,
        (None, Some(_)) => Outcome::Broken,
    }
}

/// Points on, before and behind the cuts of a line.
fn place(rng: &mut Rng, cuts: &[u64]) -> u64 {
    let cut = if cuts.is_empty() || rng.chance(10) { rng.next() >> 32 } else { *rng.pick(cuts) };
    match rng.below(3) {
        0 => cut.saturating_sub(1),
        1 => cut.min((1 << 32) - 1),
        _ => (cut + 1).min((1 << 32) - 1),
    }
}

// ---- proof: points at every cut and beside it ------------------------------------

#[test]
fn every_context_lies_in_one_box_that_says_what_the_oracle_says() {
    let pairs = variable("SERIN_PAIRS").unwrap_or(400);
    let first = variable("SERIN_SEED").unwrap_or(20_261_123);
    let (mut asked, mut changed, mut boxes_seen, mut unproven, mut limited, mut flags) =
        (0_u64, 0_u64, 0, 0, 0, 0);
    for seed in first..first + pairs {
        let mut rng = Rng::new(seed);
        let pair = pair(&mut rng);
        let (mut old, mut new) = (read(&pair.old), read(&pair.new));
        let documents =
            [&pair.old, &pair.new].map(|text| decode::document(text.as_bytes()).unwrap());
        let given: RefCell<Vec<(Vec<String>, String, u64)>> = RefCell::default();
        let oracles = documents.each_ref().map(|document| {
            let mut oracle = Oracle::new(document);
            oracle.points = Some(Box::new(|path: &[&str], salt: &str| {
                let given = given.borrow();
                let line = given.iter().find(|(by, own, _)| {
                    own == salt && by.iter().map(String::as_str).eq(path.iter().copied())
                });
                line.expect("a line that no box knows").2
            }));
            oracle
        });
        let at = generate::instant(&mut rng, &pair.aims[0]);
        let killed =
            if rng.chance(30) { generate::killed(&mut rng, &pair.aims[0]) } else { Vec::new() };
        old.kill(&killed);
        new.kill(&killed);
        let circumstances =
            Circumstances { at, killed: &killed, walks: 20_000, ..Circumstances::default() };
        for key in &pair.flags {
            let Some(boxes) = Boxes::of(&old, &new, key, &circumstances) else { continue };
            flags += 1;
            boxes_seen += boxes.len();
            unproven += usize::from(!boxes.proven());
            limited += usize::from(boxes.limit.is_some());
            let (paths, lines, cuts) = (boxes.paths(), boxes.lines(), boxes.cuts());
            for _ in 0..CONTEXTS / 4 {
                let aim = rng.below(2);
                let context = generate::context(&mut rng, &pair.aims[aim]);
                let values: Vec<Attribute<'_>> = paths
                    .iter()
                    .map(|path| {
                        let path: Vec<&str> = path.iter().map(String::as_str).collect();
                        attribute(context.at(&path))
                    })
                    .collect();
                let named = boxes.named(&values);
                for _ in 0..4 {
                    let points: Vec<u64> = cuts
                        .iter()
                        .zip(&named)
                        .map(|(cuts, named)| named.unwrap_or_else(|| place(&mut rng, cuts)))
                        .collect();
                    *given.borrow_mut() = lines
                        .iter()
                        .zip(&points)
                        .map(|((by, salt), point)| (by.clone(), salt.clone(), *point))
                        .collect();
                    let question = Question { context: &context, now: at, killed: &killed };
                    let [before, after] =
                        [(&old, &oracles[0]), (&new, &oracles[1])].map(|(side, oracle)| {
                            outcome(side, key, &oracle.answer(key, question, &mut Counts::new()))
                        });
                    let found = boxes.find(&values, &points);
                    asked += 1;
                    changed += u64::from(before != after);
                    if found.is_empty() && (!boxes.proven() || boxes.limit.is_some()) {
                        continue;
                    }
                    assert_eq!(
                        found,
                        [(before, after)],
                        "seed {seed}, flag {key:?}, at {at}, killed {killed:?}\n{context:?}\n{points:?} of {lines:?}\n{}\n{}",
                        pair.old,
                        pair.new
                    );
                }
            }
        }
    }
    println!(
        "{asked} questions on {flags} flags of {pairs} pairs, {changed} of them changed, {boxes_seen} boxes; {unproven} flags unproven, {limited} limited"
    );
    assert!(changed * 50 > asked && (unproven + limited) * 20 < flags);
}
