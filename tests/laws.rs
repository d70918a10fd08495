//! What holds for every ruleset and every context: nobody moves by accident.

mod reference;

use reference::context::Value;
use reference::evaluator::{answer, bind};
use reference::faults::{self, Node};
use reference::generate::{self, Generated, Rng};
use reference::hard::EXTREMES;
use reference::json::Json;
use reference::{cut, point};
use serde_json::json;
use serin::document::{decode, encode};
use serin::{Attribute, Attributes, Context, Ruleset, evaluate};
use std::collections::{BTreeMap, BTreeSet};

/// 2026-12-01T09:00:00Z.
const NOW: i64 = 1_796_115_600_000;
const MANY: u32 = 1_000_000;
/// Documents of a law about any document.
const DOCUMENTS: u64 = 400;
const SEED: u64 = 722_111_977;

/// A context with a targeting key alone.
struct Keyed<'k>(&'k str);

impl Attributes for Keyed<'_> {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        if path == ["targetingKey"] { Attribute::String(self.0.into()) } else { Attribute::Absent }
    }
}

fn load(flags: serde_json::Value) -> Ruleset {
    let ruleset =
        Ruleset::load(json!({ "format": 1, "flags": flags }).to_string().as_bytes()).unwrap();
    assert_eq!(ruleset.diagnostics(), []);
    ruleset
}

/// A flag with the variants on, off and more.
fn flag(salt: &str, serve: serde_json::Value) -> serde_json::Value {
    json!({ "variants": { "on": 1, "off": 2, "more": 3 }, "salt": salt, "serve": serve })
}

fn rollout<const N: usize>(shares: [(&str, f64); N]) -> serde_json::Value {
    let share = |(variant, percent)| json!({ "variant": variant, "percent": percent });
    json!({ "rollout": { "shares": shares.map(share).to_vec() } })
}

fn ramp(steps: &[(i64, f64)]) -> serde_json::Value {
    let step = |&(at, percent): &(i64, f64)| json!({ "at": at, "percent": percent });
    json!({ "ramp": { "variant": "on", "rest": "off", "steps": steps.iter().map(step).collect::<Vec<_>>() } })
}

fn bucket(from: f64, to: f64) -> serde_json::Value {
    json!({ "variants": { "on": 1, "off": 2 }, "salt": "s", "serve": "off",
            "rules": [ { "if": { "bucket": { "from": from, "to": to } }, "serve": "on" } ] })
}

fn served<'r>(
    ruleset: &'r Ruleset,
    key: &str,
    attributes: &impl Attributes,
    now: i64,
) -> Option<&'r str> {
    let flag = ruleset.flag(key).unwrap();
    let decision = evaluate(ruleset, flag, &mut Context::bind(ruleset, attributes, now));
    ruleset.variant_name(flag, decision.variant()?)
}

/// Numbers, names and identifiers as applications have them.
fn keys(count: u32) -> impl Iterator<Item = String> {
    let mut rng = Rng::new(SEED);
    (0..count).map(move |index| match index % 3 {
        0 => index.to_string(),
        1 => format!("user-{index}@acme.example"),
        _ => format!("{:016x}-{:016x}", rng.next(), rng.next()),
    })
}

/// Random documents, with a random context and instant for each.
fn documents() -> impl Iterator<Item = (Generated, Vec<(Value, i64)>, Rng)> {
    (SEED..SEED + DOCUMENTS).map(|seed| {
        let mut rng = Rng::new(seed);
        let generated = generate::document(&mut rng);
        let question =
            |_| (generate::context(&mut rng, &generated), generate::instant(&mut rng, &generated));
        let questions = (0..6).map(question).collect();
        (generated, questions, rng)
    })
}

/// A document, flags of it, and questions to them.
type Asked<'a> = (&'a str, &'a [String], &'a [(Value, i64)]);

/// Asserts that both answer alike, flag by flag and question by question.
fn assert_same(before: Asked<'_>, after: Asked<'_>) {
    let [one, two] = [before, after].map(|asked| Ruleset::load(asked.0.as_bytes()).unwrap());
    for ((context, now), (context_after, now_after)) in before.2.iter().zip(after.2) {
        let mut bound = bind(&one, context, *now);
        let mut bound_after = bind(&two, context_after, *now_after);
        for (key, key_after) in before.1.iter().zip(after.1) {
            let expected = answer(&one, key, &mut bound);
            let got = answer(&two, key_after, &mut bound_after);
            assert_eq!(
                got, expected,
                "{key:?} at {now}, {key_after:?} at {now_after}\n{context:?}\n{}\n{}",
                before.0, after.0
            );
        }
    }
}

#[test]
fn a_key_keeps_its_variant_whatever_else_is_known() {
    let thirds = rollout([("on", 33.333), ("off", 33.333), ("more", 33.334)]);
    let ruleset = load(json!({ "one": flag("s", thirds.clone()), "two": flag("s", thirds) }));
    let generated = generate::document(&mut Rng::new(SEED));
    let mut rng = Rng::new(SEED);
    for key in keys(5_000) {
        let expected = served(&ruleset, "one", &Keyed(&key), NOW);
        assert!(expected.is_some());
        for _ in 0..4 {
            let mut context = generate::context(&mut rng, &generated);
            context.put(&["targetingKey"], Value::Text(key.clone()));
            let now = generate::instant(&mut rng, &generated);
            assert_eq!(served(&ruleset, "one", &context, now), expected, "{key} {context:?}");
            assert_eq!(
                served(&ruleset, "two", &context, now),
                expected,
                "{key}: the flag's key takes part"
            );
        }
    }
}

#[test]
fn raising_only_adds() {
    let mut rng = Rng::new(SEED);
    for _ in 0..200 {
        let mut percents = [0; 3].map(|_| rng.between(0, 100_000) as f64 / 1000.0);
        percents.sort_by(f64::total_cmp);
        let [low, middle, high] = percents;
        let share = |percent: f64| {
            flag(
                "s",
                rollout([
                    ("on", percent),
                    ("off", (100_000.0 - percent * 1000.0).round() / 1000.0),
                ]),
            )
        };
        let ruleset = load(json!({
            "low": share(low), "high": share(high),
            "low ramp": flag("s", ramp(&[(NOW, low)])), "high ramp": flag("s", ramp(&[(NOW, high)])),
            "steps": flag("s", ramp(&[(NOW, low), (NOW + 1, middle), (NOW + 2, high)])),
            "narrow": bucket(middle, middle), "wide": bucket(low, high), "whole": bucket(0.0, high),
        }));
        for key in keys(300) {
            let on = |flag, after| served(&ruleset, flag, &Keyed(&key), NOW + after) == Some("on");
            let only_adds = |narrow: bool, wide: bool| {
                assert!(!narrow || wide, "{key} falls out at {percents:?}")
            };
            only_adds(on("low", 0), on("high", 0));
            only_adds(on("low ramp", 0), on("high ramp", 0));
            for after in -1..3 {
                only_adds(on("steps", after), on("steps", after + 1));
            }
            only_adds(on("narrow", 0), on("wide", 0));
            only_adds(on("wide", 0), on("whole", 0));
            assert_eq!(on("low", 0), on("low ramp", 0));
            assert!(!on("narrow", 0) && !on("steps", -1));
        }
    }
}

#[test]
fn zero_holds_nobody_and_hundred_everybody() {
    let share = |percent: f64| flag("s", rollout([("on", percent), ("off", 100.0 - percent)]));
    let ruleset = load(json!({
        "rollout 0": share(0.0), "rollout 100": share(100.0),
        "ramp 0": flag("s", ramp(&[(NOW, 0.0)])), "ramp 100": flag("s", ramp(&[(NOW, 100.0)])),
        "bucket 0": bucket(0.0, 0.0), "bucket 100": bucket(0.0, 100.0),
    }));
    let extremes = EXTREMES.iter().map(|extreme| extreme.0.to_owned());
    let flags: Vec<_> =
        ruleset.flags().map(|flag| (flag, ruleset.key(flag).ends_with("100"))).collect();
    for key in keys(MANY).chain(extremes) {
        let mut context = Context::bind(&ruleset, &Keyed(&key), NOW);
        for &(flag, everybody) in &flags {
            let variant = evaluate(&ruleset, flag, &mut context).variant().unwrap();
            assert_eq!(ruleset.variant_name(flag, variant) == Some("on"), everybody, "{key}");
        }
    }
}

#[test]
fn a_slice_holds_its_start_and_not_its_end() {
    let thousandths: [u32; 5] = [1, 12_500, 50_000, 66_666, 99_999];
    let flags = thousandths.map(|m| {
        let percent = f64::from(m) / 1000.0;
        let rest = f64::from(100_000 - m) / 1000.0;
        let flags = [
            ("rollout", flag("s", rollout([("on", percent), ("off", rest)]))),
            ("ramp", flag("s", ramp(&[(NOW, percent)]))),
            ("before", bucket(0.0, percent)),
            ("after", bucket(percent, 100.0)),
        ];
        flags.map(|(name, flag)| (format!("{name} {m}"), flag))
    });
    let ruleset = load(serde_json::Value::Object(flags.into_iter().flatten().collect()));
    for &(key, expected) in EXTREMES {
        assert_eq!(point(key, "s"), expected);
        for m in thousandths {
            let on =
                |name| served(&ruleset, &format!("{name} {m}"), &Keyed(key), NOW) == Some("on");
            let before = expected < cut(m);
            assert_eq!(
                [on("rollout"), on("ramp"), on("before"), on("after")],
                [before, before, before, !before]
            );
        }
    }
}

#[test]
fn cuts_come_from_sums_of_percents() {
    let thirds = rollout([("on", 33.333), ("off", 33.333), ("more", 33.334)]);
    let ruleset = load(json!({ "f": flag("s", thirds) }));
    // The sum of two cuts would be one less than the cut of the sum.
    assert_eq!(cut(33_333) * 2 + 1, cut(66_666));
    assert_eq!(served(&ruleset, "f", &Keyed("davkgaea"), NOW), Some("off"));
    assert_eq!(served(&ruleset, "f", &Keyed("uqbbfqba"), NOW), Some("more"));
}

/// Within five standard deviations: one run in 1.7 million fails by chance, and this one never
/// changes.
fn assert_share(count: u32, share: f64, what: &str) {
    let (n, expected) = (f64::from(MANY), f64::from(MANY) * share);
    let sigma = (n * share * (1.0 - share)).sqrt();
    let off = (f64::from(count) - expected) / sigma;
    assert!(
        off.abs() <= 5.0,
        "{what}: {count} instead of {expected} is {off:.1} standard deviations off"
    );
}

#[test]
fn shares_hold_what_they_say() {
    for salt in ["s", "checkout-1", "checkout-2", "Größe"] {
        let thirds = [("on", 12.5), ("off", 0.1), ("more", 87.4)];
        let ruleset = load(json!({ "f": flag(salt, rollout(thirds)) }));
        let mut counts = BTreeMap::new();
        for key in keys(MANY) {
            *counts.entry(served(&ruleset, "f", &Keyed(&key), NOW).unwrap()).or_default() += 1;
        }
        for (variant, percent) in thirds {
            assert_share(counts[variant], percent / 100.0, &format!("{variant} of {salt}"));
        }
    }
}

#[test]
fn salts_are_independent() {
    for (one, two) in [("s", "t"), ("checkout-1", "checkout-2"), ("a", "aa"), ("x", "x ")] {
        let quarters = || rollout([("on", 25.0), ("off", 25.0), ("more", 25.0), ("on", 25.0)]);
        let ruleset = load(json!({ "one": flag(one, quarters()), "two": flag(two, quarters()) }));
        let mut counts = BTreeMap::new();
        for key in keys(MANY) {
            let pair =
                ["one", "two"].map(|flag| served(&ruleset, flag, &Keyed(&key), NOW).unwrap());
            *counts.entry(pair).or_default() += 1;
        }
        let share = |variant| if variant == "on" { 0.5 } else { 0.25 };
        for first in ["on", "off", "more"] {
            for second in ["on", "off", "more"] {
                let what = format!("{first} of {one} and {second} of {two}");
                assert_share(counts[&[first, second]], share(first) * share(second), &what);
            }
        }
    }
}

#[test]
fn names_of_rules_move_nobody() {
    for (generated, questions, mut rng) in documents() {
        let mut renamed = generated.json.clone();
        for (_, flag) in renamed.member("flags").unwrap().members() {
            let Some(Json::List(rules)) = flag.member("rules") else { continue };
            for rule in rules {
                if let Json::Object(_) = rule
                    && rng.chance(70)
                {
                    rule.set("name", Json::text("renamed"));
                }
            }
        }
        let [before, after] = [&generated.json, &renamed].map(Json::plain);
        let keys = &generated.flags;
        assert_same((&before, keys, &questions), (&after, keys, &questions));
    }
}

#[test]
fn the_order_of_members_moves_nobody() {
    fn shuffle(json: &mut Json, rng: &mut Rng) {
        match json {
            Json::Object(members) => {
                rng.shuffle(members);
                members.iter_mut().for_each(|member| shuffle(&mut member.1, rng));
            }
            Json::List(items) => items.iter_mut().for_each(|item| shuffle(item, rng)),
            Json::Raw(_) | Json::Text(_) => {}
        }
    }
    for (generated, questions, mut rng) in documents() {
        let mut shuffled = generated.json.clone();
        shuffle(&mut shuffled, &mut rng);
        let [before, after] = [&generated.json, &shuffled].map(Json::plain);
        let keys = &generated.flags;
        assert_same((&before, keys, &questions), (&after, keys, &questions));
    }
}

/// What a flag or segment reaches, whatever is broken.
fn reach(text: &str, key: &str) -> BTreeSet<String> {
    let document = decode::document(text.as_bytes()).unwrap();
    let references = faults::references(&document);
    let (mut reached, mut open) = (BTreeSet::new(), vec![Node::Flag(key)]);
    while let Some(node) = open.pop() {
        for (next, _) in references.get(&node).into_iter().flatten() {
            if reached.insert(*next) {
                open.push(*next);
            }
        }
    }
    let flags = reached
        .into_iter()
        .filter_map(|node| if let Node::Flag(key) = node { Some(key.to_owned()) } else { None });
    flags.collect()
}

#[test]
fn another_flag_moves_nobody() {
    let others = [
        r#"{"variants":{"new":[]},"serve":"new"}"#,
        r#"{"variants":{"new":1},"iff":true}"#,
        r#"{"variants":{"new":1},"require":{"segment":"no such segment"}}"#,
        "null",
    ];
    for (generated, questions, mut rng) in documents() {
        let edited = rng.pick(&generated.flags).clone();
        let mut json = generated.json.clone();
        if rng.chance(30) {
            json.member("flags").unwrap().members().retain(|flag| flag.0 != edited);
        } else {
            json.member("flags").unwrap().set(&edited, Json::raw(rng.pick(&others)));
        }
        let text = generated.json.plain();
        let mut keys = generated.flags.clone();
        keys.retain(|key| *key != edited && !reach(&text, key).contains(&edited));
        assert_same((&text, &keys, &questions), (&json.plain(), &keys, &questions));
    }
}

#[test]
fn the_key_of_a_flag_moves_nobody() {
    for (generated, questions, mut rng) in documents() {
        let text = generated.json.plain();
        let key = rng.pick(&generated.flags).clone();
        if generated.flags.iter().any(|other| reach(&text, other).contains(&key)) {
            continue;
        }
        let mut json = generated.json.clone();
        for flag in json.member("flags").unwrap().members().iter_mut().filter(|flag| flag.0 == key)
        {
            flag.0 = "renamed".to_owned();
        }
        let renamed = ["renamed".to_owned()];
        assert_same((&text, &[key], &questions), (&json.plain(), &renamed, &questions));
    }
}

#[test]
fn unrelated_attributes_change_nothing() {
    let unrelated = [
        Value::Unreadable,
        Value::Other,
        Value::Text("a".repeat(9000)),
        Value::Number(1.0),
        Value::List(Vec::new()),
    ];
    for (generated, questions, mut rng) in documents() {
        let more = questions.iter().map(|(context, now)| {
            let mut context = context.clone();
            if let Value::Object(_) = context {
                for path in [&["zz"][..], &["targetingKey2"], &["a", "b", "zz"], &["user.id"]] {
                    // Where nothing is, an object on the way would be something.
                    if path.len() == 1 || matches!(context.at(&path[..2]), Value::Object(_)) {
                        context.put(path, rng.pick(&unrelated).clone());
                    }
                }
            }
            (context, *now)
        });
        let (text, more) = (generated.json.plain(), more.collect::<Vec<_>>());
        let keys = &generated.flags;
        assert_same((&text, keys, &questions), (&text, keys, &more));
    }
}

#[test]
fn encoding_is_stable_and_keeps_every_decision() {
    let encode = |text: &str| encode::encode(&decode::document(text.as_bytes()).unwrap());
    for (generated, questions, mut rng) in documents() {
        let text = generated.json.noisy(&mut rng);
        let once = encode(&text);
        assert_eq!(encode(&once), once);
        // What did not decode cannot be encoded.
        if generated.faulty_flags.is_empty() && generated.faulty_segments.is_empty() {
            let keys = &generated.flags;
            assert_same((&text, keys, &questions), (&once, keys, &questions));
        }
    }
}

#[test]
fn nothing_changes_before_next_change() {
    for (generated, questions, mut rng) in documents() {
        let text = generated.json.plain();
        let ruleset = Ruleset::load(text.as_bytes()).unwrap();
        for (context, now) in questions {
            let last = match ruleset.next_change(now) {
                None => i64::MAX,
                Some(next) => {
                    assert!(next > now);
                    next - 1
                }
            };
            let mut between = vec![last, now.saturating_add(1).min(last)];
            let span = last.abs_diff(now);
            between.extend((0..4).map(|_| now.wrapping_add_unsigned(rng.next() % span.max(1))));
            between.extend(
                (0..2).map(|_| now.wrapping_add_unsigned(rng.next() % span.clamp(1, 100_000_000))),
            );
            let keys = &generated.flags;
            let first = vec![(context.clone(), now); between.len()];
            let later: Vec<_> = between.into_iter().map(|now| (context.clone(), now)).collect();
            assert_same((&text, keys, &first), (&text, keys, &later));
        }
    }
}

#[test]
fn next_change_is_where_it_changes() {
    let window = json!({ "time": { "from": NOW + 5, "until": NOW + 7 } });
    let ruleset = load(json!({
        "ramp": flag("s", ramp(&[(NOW, 50.0), (NOW + 3, 0.0), (NOW + 9, 100.0)])),
        "window": { "variants": { "on": 1, "off": 2 }, "serve": "off", "rules": [ { "if": window, "serve": "on" } ] },
    }));
    // The point of this key is at 12.5 percent.
    let on = |now| {
        ["ramp", "window"].map(|flag| served(&ruleset, flag, &Keyed("nxikgrha"), now) == Some("on"))
    };
    let mut changes = vec![];
    let mut now = i64::MIN;
    while let Some(next) = ruleset.next_change(now) {
        assert!(next > now);
        changes.push((next - NOW, on(next - 1), on(next)));
        now = next;
    }
    let expected = [
        (0, [false, false], [true, false]),
        (3, [true, false], [false, false]),
        (5, [false, false], [false, true]),
        (7, [false, true], [false, false]),
        (9, [false, false], [true, false]),
    ];
    assert_eq!(changes, expected);
    assert_eq!(ruleset.next_change(i64::MAX), None);
}
