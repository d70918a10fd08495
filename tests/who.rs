//! Who gets what from a flag is exact: held against the oracle, asked at every
//! cut and beside it, over random rulesets.
//!
//! `SERIN_PAIRS` sets how many rulesets, `SERIN_SEED` the first of them.

#[path = "support/exact.rs"]
mod exact;
mod reference;
#[path = "support/shop.rs"]
mod shop;

use exact::{
    Given, Shares, add, all_cuts, context_of, oracle_of, outcome, read, shares, values_at, variable,
};
use reference::generate::{self, Rng};
use reference::{Counts, Oracle, Question};
use serin::document::decode;
use serin::release::impact::proof::Boxes;
use serin::release::impact::{
    Circumstances, Limit, Outcome, Points, Region, Share, Side, who, who_json,
};
use std::cell::RefCell;

/// Points on, before and behind the cuts of a line.
fn place(rng: &mut Rng, cuts: &[u64]) -> u64 {
    let cut = if cuts.is_empty() || rng.chance(10) { rng.next() >> 32 } else { *rng.pick(cuts) };
    (cut + rng.below(3) as u64).saturating_sub(1).min((1 << 32) - 1)
}

/// A line by its attribute's name and its salt, as a region tells it.
fn named<'l>(lines: &'l [(Vec<String>, String)], by: &str, salt: &str) -> Vec<usize> {
    let is = |line: &&usize| {
        let (path, own): &'l (Vec<String>, String) = &lines[**line];
        own == salt && (path.join(".") == by || by.starts_with('[') && by.contains(&path[0]))
    };
    let all: Vec<usize> = (0..lines.len()).collect();
    all.iter().filter(is).copied().collect()
}

#[test]
fn everybody_is_told_of_and_gets_what_is_told() {
    let rulesets = variable("SERIN_PAIRS").unwrap_or(300);
    let first = variable("SERIN_SEED").unwrap_or(20_261_201);
    let (mut asked, mut groups, mut cells_seen, mut drawn, mut drawn_inside) = (0, 0, 0_u64, 0, 0);
    let (mut scattered, mut shop_groups) = (0, 0);
    for seed in first..first + rulesets {
        let mut rng = Rng::new(seed);
        let generated = generate::document(&mut rng);
        let shop = seed == first;
        let text = if shop { shop::TEXT.to_owned() } else { generated.json.plain() };
        let mut side = read(&text);
        let document = decode::document(text.as_bytes()).unwrap();
        let cuts = all_cuts(std::slice::from_ref(&document));
        let given: Given = RefCell::default();
        let oracle = oracle_of(&document, &given);
        let at = generate::instant(&mut rng, &generated);
        let chance = !shop && rng.chance(30);
        let killed = if chance { generate::killed(&mut rng, &generated) } else { Vec::new() };
        side.kill(&killed);
        let circumstances =
            Circumstances { at, killed: &killed, walks: 20_000, ..Circumstances::default() };
        let keys: Vec<String> = side.keys().map(str::to_owned).collect();
        for key in keys.iter().filter(|key| !key.contains("crowd") && !key.contains("at last")) {
            let Some(mut boxes) = Boxes::of_one(&side, key, &circumstances) else { continue };
            let (paths, lines, all) = (boxes.paths(), boxes.lines(), boxes.cuts());
            let give = |points: &[u64]| {
                let lines = lines.iter().zip(points);
                *given.borrow_mut() =
                    lines.map(|((by, salt), point)| (by.clone(), salt.clone(), *point)).collect();
            };
            let ask = |context: &reference::context::Value, oracle: &Oracle<'_>| {
                let question = Question { context, now: at, killed: &killed };
                outcome(&side, key, &oracle.answer(key, question, &mut Counts::new()))
            };
            // Every context lies in one box, that of what it gets.
            for _ in 0..8 {
                let context = generate::context(&mut rng, &generated);
                let values = values_at(&context, &paths);
                let known = boxes.named(&values);
                let points: Vec<u64> = (all.iter().zip(&known))
                    .map(|(cuts, known)| known.unwrap_or_else(|| place(&mut rng, cuts)))
                    .collect();
                give(&points);
                let found = boxes.find(&values, &points);
                asked += 1;
                if found.is_empty() && (!boxes.proven() || boxes.limit().is_some()) {
                    continue;
                }
                let wanted = (Outcome::Default, ask(&context, &oracle));
                assert_eq!(found, [wanted], "seed {seed}, {key:?}, {context:?}\n{text}");
            }
            let Some(regions) = boxes.regions(&mut |n| rng.below(n)) else {
                scattered += 1;
                continue;
            };
            assert!(!regions.is_empty() || boxes.limit().is_some(), "seed {seed}, {key:?}");
            let told = who(&side, key, &circumstances).unwrap();
            let same: Vec<&Region> = regions.iter().map(|(region, _)| region).collect();
            assert_eq!(told.regions.iter().collect::<Vec<_>>(), same);
            shop_groups += if shop { regions.len() } else { 0 };
            for (region, contexts) in regions.into_iter().take(12) {
                groups += 1;
                let wanted = shares(&region);
                let whole = wanted.values().fold(Share::nobody(), |sum, share| sum.plus(share));
                assert!(whole.is_everybody(), "seed {seed}, {key:?}: {region:?}");
                for values in contexts {
                    let context = context_of(&paths, &values);
                    let known = boxes.named(&values);
                    let open: Vec<usize> = (region.lines.iter())
                        .flat_map(|(by, salt)| named(&lines, by, salt))
                        .filter(|line| known[*line].is_none())
                        .collect();
                    let cells = (cuts.len() - 1).pow(open.len() as u32);
                    if cells > 600 {
                        continue;
                    }
                    let mut found = Shares::new();
                    for cell in 0..cells {
                        let mut rest = cell;
                        let ends: Vec<(u64, u64)> = (open.iter())
                            .map(|_| {
                                let index = rest % (cuts.len() - 1);
                                rest /= cuts.len() - 1;
                                (cuts[index], cuts[index + 1])
                            })
                            .collect();
                        let mut both = Vec::new();
                        for last in [false, true] {
                            let points: Vec<u64> = (0..lines.len())
                                .map(|line| match open.iter().position(|other| *other == line) {
                                    Some(place) if last => ends[place].1 - 1,
                                    Some(place) => ends[place].0,
                                    None => known[line].unwrap_or(rng.next() >> 32),
                                })
                                .collect();
                            give(&points);
                            let got = ask(&context, &oracle);
                            cells_seen += 1;
                            if let Some(told) = along(&region, &lines, &points) {
                                // A key that a rule names has its own point, and its own box.
                                if open.len() == region.lines.len() {
                                    assert_eq!(told, got, "seed {seed}, {key:?}: {region:#?}");
                                    drawn += 1;
                                    drawn_inside += usize::from(!region.inside.is_empty());
                                }
                            }
                            both.push(got);
                        }
                        assert_eq!(both[0], both[1], "seed {seed}, {key:?}: {region:?}");
                        let share = ends.iter().fold(Share::everybody(), |share, (a, b)| {
                            share.times(&Share::of(&Points::between(*a, *b)))
                        });
                        add(&mut found, (Outcome::Default, both.pop().unwrap()), &share);
                    }
                    assert_eq!(found, wanted, "seed {seed}, {key:?}: {region:#?}\n{context:?}");
                }
            }
        }
    }
    println!(
        "{asked} contexts of {rulesets} rulesets, {groups} groups; {cells_seen} points of the oracle, {drawn} of them on a line that is drawn, {drawn_inside} within parts of others; {scattered} flags with too many groups"
    );
    assert!(scattered * 50 < groups && drawn > 1_000 && drawn_inside > 100);
    assert!(shop_groups > 20);
}

/// What a region says of points by its slices, if its line is drawn.
fn along(region: &Region, lines: &[(Vec<String>, String)], points: &[u64]) -> Option<Outcome> {
    let (by, salt) = region.along.as_ref()?;
    let [line] = named(lines, by, salt)[..] else { return None };
    for part in &region.inside {
        let [other] = named(lines, &part.by, &part.salt)[..] else { return None };
        if !part.points.has(points[other]) {
            return Some(region.moves[0].to.clone());
        }
    }
    let slice = region.slices.iter().find(|s| s.start <= points[line] && points[line] < s.end);
    Some(region.moves[slice.expect("the slices are the whole line").of].to.clone())
}

const NOON: i64 = 1_796_205_600_000;

fn words(text: &str, key: &str, killed: &[String]) -> serde_json::Value {
    let mut side: Side<'_> = read(text);
    side.kill(killed);
    let circumstances = Circumstances { at: NOON, killed, ..Circumstances::default() };
    who_json(&who(&side, key, &circumstances).unwrap())
}

#[test]
fn it_is_told_in_the_words_of_the_impact() {
    let text = r#"{ "format": 1, "flags": { "a": { "variants": { "on": true, "off": false }, "off": "off", "salt": "s",
        "rules": [ { "if": { "attribute": "country", "op": "in", "value": ["NZ", "AU"] }, "serve": "on" } ],
        "serve": { "rollout": { "shares": [ { "variant": "on", "percent": 25 }, { "variant": "off", "percent": 75 } ] } } } } }"#;
    let on = serde_json::json!({ "variant": "on", "value": true });
    let off = serde_json::json!({ "variant": "off", "value": false });
    let told = words(text, "a", &[]);
    assert_eq!(
        told["regions"],
        serde_json::json!([
            { "when": ["country is AU or NZ"], "either": [], "lines": [], "along": null, "inside": [], "slices": [],
              "shares": [{ "outcome": on, "share": 1.0, "exact": "1" }] },
            { "when": ["country is not AU or NZ", "targetingKey is a usable key"], "either": [], "inside": [],
              "lines": [{ "by": "targetingKey", "salt": "s" }], "along": { "by": "targetingKey", "salt": "s" },
              "shares": [{ "outcome": off, "share": 0.75, "exact": "3/2^2" }, { "outcome": on, "share": 0.25, "exact": "1/2^2" }],
              "slices": [{ "start": 0, "end": 1_073_741_824, "of": 1 }, { "start": 1_073_741_824, "end": 4_294_967_296_u64, "of": 0 }] },
            { "when": ["country is not AU or NZ", "targetingKey is no usable key"], "either": [], "lines": [], "along": null,
              "inside": [], "slices": [],
              "shares": [{ "outcome": { "errorCode": "TARGETING_KEY_MISSING" }, "share": 1.0, "exact": "1" }] },
        ])
    );
    // Who is killed, gives nothing or is broken gives all the same.
    let all = |told: &serde_json::Value| {
        assert_eq!(told["regions"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["regions"][0]["when"], serde_json::json!([]));
        told["regions"][0]["shares"][0]["outcome"].clone()
    };
    assert_eq!(all(&words(text, "a", &["a".to_owned()])), off);
    let nothing = r#"{ "format": 1, "flags": { "a": { "variants": { "on": true } } } }"#;
    assert_eq!(all(&words(nothing, "a", &[])), serde_json::json!({}));
    let broken =
        r#"{ "format": 1, "flags": { "a": { "variants": { "on": true }, "serve": "of" } } }"#;
    assert_eq!(all(&words(broken, "a", &[])), serde_json::json!({ "errorCode": "PARSE_ERROR" }));
}

#[test]
fn a_flag_of_ten_thousand_attributes_is_told_of_in_part() {
    let tests: Vec<String> = (0..10_000)
        .map(|i| format!(r#"{{"attribute": "p{i}.q", "op": "eq", "value": {i}}}"#))
        .collect();
    let text = format!(
        r#"{{"format": 1, "flags": {{"a": {{"variants": {{"on": true, "off": false}},
        "rules": [{{"if": {{"any": [{}]}}, "serve": "on"}}], "serve": "off"}}}}}}"#,
        tests.join(", ")
    );
    let side = read(&text);
    let told = who(&side, "a", &Circumstances::default()).unwrap();
    assert_eq!(told.limit, Some(Limit::Walks));
    assert!(!told.regions.is_empty());
}
