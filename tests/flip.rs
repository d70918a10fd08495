//! The smallest change that would flip an answer is the smallest: of all the
//! contexts that are tried, random ones and every change of one or two
//! attributes to a value that some rule tells apart, none gets another answer
//! with less.
//!
//! `SERIN_RULESETS` sets how many rulesets, `SERIN_SEED` the first of them.

#[path = "support/exact.rs"]
mod exact;
mod reference;
#[path = "support/shop.rs"]
mod shop;

use exact::{read, variable};
use reference::generate::{self, Rng};
use serde_json::{Value, json};
use serin::release::impact::proof::Boxes;
use serin::release::impact::{Changed, Circumstances, Flips, Outcome, Side, flip, flips_json};
use serin::{Attribute, Attributes, Context, Element, evaluate};

fn ask(side: &Side<'_>, key: &str, context: &Value, at: i64) -> Outcome {
    let flag = side.ruleset().flag(key).unwrap();
    let mut bound = Context::bind(side.ruleset(), context, at);
    Outcome::of(side.ruleset(), flag, evaluate(side.ruleset(), flag, &mut bound))
}

/// Sets what stands at a path, or leaves it out.
fn set(context: &mut Value, path: &[String], to: Option<Value>) {
    let (last, way) = path.split_last().unwrap();
    let mut object = context;
    for name in way {
        if object.get(name).is_none_or(|inner| !inner.is_object()) {
            if to.is_none() {
                return;
            }
            object[name] = json!({});
        }
        object = &mut object[name];
    }
    match to {
        Some(value) => object[last] = value,
        None => drop(object.as_object_mut().unwrap().remove(last)),
    }
}

fn changed(context: &Value, changes: &[Changed]) -> Value {
    let mut context = context.clone();
    for Changed { path, to, .. } in changes {
        set(&mut context, path, to.clone());
    }
    context
}

fn at<'c>(context: &'c Value, path: &[String]) -> Attribute<'c> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    context.attribute(&path)
}

/// How many attributes differ, without objects that are there for what is set
/// inside of them, and without what went with an object.
fn cost(paths: &[Vec<String>], before: &Value, after: &Value) -> usize {
    let differs: Vec<&Vec<String>> =
        paths.iter().filter(|path| at(before, path) != at(after, path)).collect();
    let inside =
        |outer: &[String], inner: &[String]| outer.len() < inner.len() && inner.starts_with(outer);
    let implied = |path: &Vec<String>| {
        let made = at(after, path) == Attribute::Other
            && differs
                .iter()
                .any(|inner| inside(path, inner) && at(after, inner) != Attribute::Absent);
        let gone = at(after, path) == Attribute::Absent
            && differs
                .iter()
                .any(|outer| inside(outer, path) && at(after, outer) != Attribute::Other);
        made || gone
    };
    differs.iter().filter(|path| !implied(path)).count()
}

fn written(value: &Attribute<'_>) -> Option<Value> {
    Some(match value {
        Attribute::Absent | Attribute::Unreadable => return None,
        Attribute::Other => json!({}),
        Attribute::Boolean(known) => json!(known),
        Attribute::Number(number) => json!(number),
        Attribute::String(text) => json!(text),
        Attribute::List(list) => (list.iter())
            .map(|element| match element {
                Element::Boolean(known) => json!(known),
                Element::Number(number) => json!(number),
                Element::String(text) => json!(text),
                Element::Other => json!(null),
            })
            .collect(),
    })
}

#[test]
fn no_smaller_change_gets_another_answer() {
    let rulesets = variable("SERIN_RULESETS").unwrap_or(150);
    let first = variable("SERIN_SEED").unwrap_or(20_261_301);
    let (mut flips_seen, mut tried, mut flipped, mut missed, mut least, mut open) =
        (0, 0_u64, 0_u64, 0, 0, 0);
    let mut sizes = [0_u32; 6];
    for seed in first..first + rulesets {
        let mut rng = Rng::new(seed);
        let generated = generate::document(&mut rng);
        let shop = seed == first;
        let text = if shop { shop::TEXT.to_owned() } else { generated.json.plain() };
        let mut side = read(&text);
        let now = generate::instant(&mut rng, &generated);
        let chance = !shop && rng.chance(20);
        let killed = if chance { generate::killed(&mut rng, &generated) } else { Vec::new() };
        side.kill(&killed);
        let circumstances = Circumstances {
            at: now,
            killed: &killed,
            walks: 20_000,
            keys: 50_000,
            ..Circumstances::default()
        };
        let keys: Vec<String> = side.keys().map(str::to_owned).collect();
        let contexts: Vec<Value> = (0..40)
            .filter_map(|_| generate::context(&mut rng, &generated).json())
            .filter(Value::is_object)
            .collect();
        for key in keys.iter().filter(|key| !key.contains("crowd") && !key.contains("at last")) {
            let boxes = Boxes::of_one(&side, key, &circumstances).unwrap();
            let (paths, samples) = (boxes.paths(), boxes.samples());
            for context in contexts.iter().take(3) {
                let told = flip(&side, key, context, &circumstances).unwrap();
                let what = || format!("seed {seed}, flag {key:?}, at {now}, {context}\n{text}");
                assert_eq!(told.now, ask(&side, key, context, now), "{}", what());
                let whole = told.limit.is_none() && told.unproven.is_empty();
                open += u32::from(!whole);
                missed += told.missed.len();
                for found in &told.flips {
                    let after = changed(context, &found.changes);
                    assert_ne!(found.to, told.now);
                    assert_eq!(ask(&side, key, &after, now), found.to, "{found:?} {}", what());
                    assert_eq!(
                        cost(&paths, context, &after),
                        found.changes.len(),
                        "{found:?} {}",
                        what()
                    );
                    for one in &found.changes {
                        let there = at(context, &one.path) != Attribute::Absent;
                        assert_eq!(one.from.is_some(), there, "{found:?} {}", what());
                        assert_ne!(one.from, one.to);
                    }
                    flips_seen += 1;
                    least += u32::from(found.least);
                    sizes[found.changes.len().min(5)] += 1;
                }
                let mut hold = |other: &Value| {
                    let got = ask(&side, key, other, now);
                    tried += 1;
                    if got == told.now || !whole {
                        return;
                    }
                    flipped += 1;
                    let cost = cost(&paths, context, other);
                    match told.flips.iter().find(|flip| flip.to == got) {
                        Some(flip) if flip.least => {
                            assert!(
                                flip.changes.len() <= cost,
                                "{other} costs {cost}: {flip:?} {}",
                                what()
                            );
                        }
                        Some(_) => {}
                        None => {
                            assert!(told.missed.contains(&got), "{other} gets {got:?} {}", what())
                        }
                    }
                };
                contexts.iter().for_each(&mut hold);
                // Every change of one attribute, and some of two.
                let values = |place: usize| {
                    let path: &Vec<String> = &paths[place];
                    let mut values: Vec<Option<Value>> =
                        samples[place].iter().map(written).collect();
                    let random = contexts.iter().map(|context| written(&at(context, path)));
                    values.extend(random.take(10));
                    values.extend((0..20).map(|index| Some(json!(format!("user-{index}")))));
                    values
                };
                let mut singles = Vec::new();
                for place in 0..paths.len() {
                    singles.extend(values(place).into_iter().map(|value| (place, value)));
                }
                for (place, value) in &singles {
                    let mut other = context.clone();
                    set(&mut other, &paths[*place], value.clone());
                    hold(&other);
                }
                for _ in 0..200.min(singles.len() * singles.len()) {
                    let mut other = context.clone();
                    for _ in 0..2 {
                        let (place, value) = rng.pick(&singles);
                        set(&mut other, &paths[*place], value.clone());
                    }
                    hold(&other);
                }
            }
        }
    }
    println!(
        "{flips_seen} flips of {rulesets} rulesets, {least} of them proven least, by size {sizes:?}; {tried} contexts tried, {flipped} with another answer; {missed} outcomes missed, {open} questions with a limit"
    );
    assert!(flips_seen > rulesets as usize && u64::from(least) * 10 > flips_seen as u64 * 8);
    assert!(sizes[2] > 50 && missed * 20 < flips_seen && flipped * 20 > tried);
}

// ---- what is preferred --------------------------------------------------------

/// A flag with these rules, for which everyone else gets `off`.
fn flag(rules: &Value, serve: &Value) -> String {
    json!({ "format": 1, "flags": { "a": {
        "variants": { "on": true, "off": false }, "off": "off", "salt": "s", "rules": rules, "serve": serve,
    } } })
    .to_string()
}

fn told(text: &str, context: &Value) -> Flips {
    flip(&read(text), "a", context, &Circumstances::default()).unwrap()
}

/// The changes to the first other outcome: paths, and what is there then.
fn first(test: &Value, context: &Value) -> Vec<(String, Value)> {
    let text = flag(&json!([{ "if": test, "serve": "on" }]), &json!("off"));
    let flips = told(&text, context);
    assert_eq!(flips.flips.len(), 1, "{test}: {flips:?}");
    let change = |one: &Changed| (one.path.join("."), one.to.clone().unwrap_or(Value::Null));
    flips.flips[0].changes.iter().map(change).collect()
}

#[test]
fn the_nearest_value_is_told() {
    let version = json!({ "attribute": "app.version", "op": "version", "value": ">=2.10.0 <3" });
    let number = json!({ "attribute": "age", "op": "ge", "value": 18 });
    let below = json!({ "attribute": "age", "op": "lt", "value": 18 });
    let text = json!({ "attribute": "email", "op": "endsWith", "value": "@acme.example" });
    let country = json!({ "attribute": "country", "op": "in", "value": ["NZ", "AU"] });
    let list = json!({ "attribute": "groups", "op": "hasAny", "value": ["beta", "staff"] });
    let time = json!({ "attribute": "since", "op": "before", "value": "2026-01-01T00:00:00Z" });
    let not = json!({ "not": { "attribute": "groups", "op": "hasAny", "value": ["banned"] } });
    let cases = [
        (&version, json!({ "app": { "version": "2.9.1" } }), json!("2.10.0")),
        (&version, json!({ "app": { "version": "1.0.0", "name": "ios" } }), json!("2.10.0")),
        (&version, json!({ "app": { "version": "3.1.0" } }), json!("2.10.1")),
        (&number, json!({ "age": 12 }), json!(18)),
        (&number, json!({}), json!(18)),
        (&below, json!({ "age": 40 }), json!(17)),
        (&text, json!({ "email": "mia@home.example" }), json!("mia@acme.example")),
        (&country, json!({ "country": "DE" }), json!("AU")),
        (&country, json!({}), json!("AU")),
        (&list, json!({ "groups": ["a", "b"] }), json!(["a", "b", "beta"])),
        (&list, json!({}), json!(["beta"])),
        (&time, json!({ "since": "2026-03-01T00:00:00Z" }), json!("2025-12-31T23:59:59.999Z")),
        (&not, json!({ "groups": ["banned", "b"] }), json!(["b"])),
    ];
    for (test, context, wanted) in cases {
        let changes = first(test, &context);
        assert_eq!(changes.len(), 1, "{test} {context}: {changes:?}");
        assert_eq!(changes[0].1, wanted, "{test} {context}");
    }
}

#[test]
fn a_key_changes_only_where_nothing_else_does() {
    let half = json!({ "rollout": { "shares": [ { "variant": "on", "percent": 50 }, { "variant": "off", "percent": 50 } ] } });
    let plan =
        json!([{ "if": { "attribute": "plan", "op": "eq", "value": "paid" }, "serve": "on" }]);
    let path = |flips: &Flips| flips.flips[0].changes[0].path.join(".");
    let off = (0..).map(|index| json!({ "targetingKey": format!("u-{index}") })).find(|context| {
        told(&flag(&plan, &half), context).now == Outcome::Variant("off".into(), "false".into())
    });
    let off = off.unwrap();
    let flips = told(&flag(&plan, &half), &off);
    assert_eq!(path(&flips), "plan");
    // Without the rule only another key helps: the next one that does.
    let flips = told(&flag(&json!([]), &half), &off);
    assert_eq!(path(&flips), "targetingKey");
    let to = flips.flips[0].changes[0].to.clone().unwrap();
    assert!(to.as_str().unwrap().starts_with("u-"), "{to}");
    // And to get the error, the key is left out.
    let error = flips.flips.iter().find(|flip| flip.to == Outcome::KeyMissing).unwrap();
    assert_eq!(error.changes[0].to, None);
}

#[test]
fn a_key_keeps_its_type() {
    let few = json!({ "rollout": { "shares": [ { "variant": "on", "percent": 1 }, { "variant": "off", "percent": 99 } ] } });
    let text = flag(&json!([]), &few);
    for index in 0..40 {
        for key in [json!(format!("mia{index}x")), json!(1000 + index)] {
            let flips = told(&text, &json!({ "targetingKey": key }));
            let other = flips.flips.iter().find(|flip| matches!(flip.to, Outcome::Variant(..)));
            let to = other.unwrap().changes[0].to.clone().unwrap();
            assert_eq!(to.is_string(), key.is_string(), "{key}: {to}");
        }
    }
    // Where only numbers get it, it is a number.
    let number =
        json!([{ "if": { "attribute": "targetingKey", "op": "ge", "value": 7 }, "serve": few }]);
    let to = first_key(&number);
    assert!(to.is_number(), "{to}");
}

/// What the key becomes for `on`.
fn first_key(rules: &Value) -> Value {
    let flips = told(&flag(rules, &json!("off")), &json!({ "targetingKey": "mia" }));
    let on =
        flips.flips.iter().find(|flip| flip.to == Outcome::Variant("on".into(), "true".into()));
    on.unwrap().changes[0].to.clone().unwrap()
}

#[test]
fn several_attributes_change_at_once_where_they_have_to() {
    let both = json!({ "all": [
        { "attribute": "country", "op": "eq", "value": "NZ" },
        { "attribute": "app.name", "op": "eq", "value": "ios" },
        { "not": { "attribute": "banned", "op": "exists" } },
    ] });
    let context = json!({ "country": "DE", "app": "none", "banned": true });
    let mut changes = first(&both, &context);
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    let wanted = [("app.name", json!("ios")), ("banned", Value::Null), ("country", json!("NZ"))];
    assert_eq!(changes, wanted.map(|(path, to)| (path.to_owned(), to)));
}

#[test]
fn what_nobody_gets_is_not_told_and_what_no_key_was_found_for_is() {
    let never = json!([{ "if": { "all": [
        { "attribute": "n", "op": "lt", "value": 1 }, { "attribute": "n", "op": "gt", "value": 2 },
    ] }, "serve": "on" }]);
    let flips = told(&flag(&never, &json!("off")), &json!({ "n": 5 }));
    assert!(flips.flips.is_empty() && flips.missed.is_empty() && flips.limit.is_none());
    // A thousandth of a percent, and a thousand keys.
    let rare = json!({ "rollout": { "shares": [ { "variant": "on", "percent": 0.001 }, { "variant": "off", "percent": 99.999 } ] } });
    let text = flag(&json!([]), &rare);
    let circumstances = Circumstances { keys: 1_000, ..Circumstances::default() };
    let flips = flip(&read(&text), "a", &json!({ "targetingKey": "mia" }), &circumstances).unwrap();
    assert_eq!(flips.missed, [Outcome::Variant("on".into(), "true".into())]);
    let written = flips_json(&flips);
    assert_eq!(written["missed"], json!([{ "variant": "on", "value": true }]));
    assert_eq!(written["outcome"], json!({ "variant": "off", "value": false }));
    assert!(flip(&read(&text), "b", &json!({}), &circumstances).is_none());
}
