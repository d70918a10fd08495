//! What `serin diff --weights` says of an audience is exact: each entry is
//! held against the oracle, asked at every cut of every line, over random
//! pairs of rulesets; and against real keys.
//!
//! `SERIN_PAIRS` sets how many pairs, `SERIN_SEED` the first of them.

#[path = "support/exact.rs"]
mod exact;
mod reference;
#[path = "support/shop.rs"]
mod shop;

use exact::{Shares, outcome, read, variable};
use reference::context::Value;
use reference::generate::{self, Rng};
use reference::json::Json;
use reference::{Counts, Oracle, Question};
use serin::document::{Document, decode};
use serin::release::impact::proof::Boxes;
use serin::release::impact::{
    Change, Circumstances, Entry, Move, Outcome, Points, Portion, Share, Side, Told, Weights,
    impact,
};
use serin::{Context, evaluate};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A key that no document names.
const STRANGER: &str = "zz~stranger";
/// Combinations of intervals that are asked about for one entry.
const ASKED: usize = 4_000;

fn shares(moves: &[Move]) -> Shares {
    moves.iter().map(|part| ((part.from.clone(), part.to.clone()), part.share.clone())).collect()
}

/// Each `by` of a document, wherever it stands.
fn keys(json: &Json, found: &mut BTreeSet<Vec<String>>) {
    match json {
        Json::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("by", Json::Text(path)) => {
                        found.insert(path.split('.').map(str::to_owned).collect());
                    }
                    ("by", Json::List(path)) => {
                        let names = path.iter().filter_map(|name| match name {
                            Json::Text(name) => Some(name.clone()),
                            _ => None,
                        });
                        found.insert(names.collect());
                    }
                    (_, value) => keys(value, found),
                }
            }
        }
        Json::List(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

/// What JSON can write of a context; `null` where it cannot.
fn written(context: &Value) -> Value {
    match context {
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), written(value))).collect(),
        ),
        other if other.json().is_some() => other.clone(),
        _ => Value::Absent,
    }
}

/// Whether a path is left out, so that nothing at all is said of it.
fn left_out(context: &Value, path: &[&str]) -> bool {
    match (context, path) {
        (Value::Object(members), [name, rest @ ..]) => {
            match members.iter().find(|member| member.0 == *name) {
                None => true,
                Some((_, value)) => !rest.is_empty() && left_out(value, rest),
            }
        }
        _ => false,
    }
}

/// What the oracle says of every key of an entry: at each cut of each line,
/// with the share of keys that lie there. None: too many.
#[allow(clippy::too_many_arguments)]
fn enumerate(
    sides: [&Side<'_>; 2],
    documents: &[Document<'_>; 2],
    key: &str,
    context: &Value,
    lines: &[(Vec<String>, String)],
    cuts: &[Vec<u64>],
    open: &BTreeSet<Vec<String>>,
    question: (i64, &[String]),
) -> Option<Shares> {
    let given: RefCell<Vec<(Vec<String>, String, u64)>> = RefCell::default();
    let oracles = documents.each_ref().map(|document| {
        let mut oracle = Oracle::new(document);
        let given = &given;
        oracle.points = Some(Box::new(move |path: &[&str], salt: &str| {
            let given = given.borrow();
            let line = given.iter().find(|(by, own, _)| {
                own == salt && by.iter().map(String::as_str).eq(path.iter().copied())
            });
            line.expect("a line that no box knows").2
        }));
        oracle
    });
    // Of each line its intervals: one point of each, and how many there are.
    let mut intervals: Vec<Vec<(u64, u64)>> = Vec::new();
    for ((by, salt), cuts) in lines.iter().zip(cuts) {
        let path: Vec<&str> = by.iter().map(String::as_str).collect();
        if !open.contains(by) {
            let key = match context.at(&path) {
                Value::Text(text) => text.clone(),
                Value::Number(number) => format!("{}", *number as i64),
                _ => String::new(),
            };
            intervals.push(vec![(reference::point(&key, salt), 1 << 32)]);
            continue;
        }
        let mut cuts = cuts.clone();
        cuts.extend([0, 1 << 32]);
        cuts.sort_unstable();
        cuts.dedup();
        intervals.push(cuts.windows(2).map(|two| (two[0], two[1] - two[0])).collect());
    }
    if intervals.iter().map(Vec::len).product::<usize>() > ASKED {
        return None;
    }
    let mut shares = Shares::new();
    let mut at = vec![0; intervals.len()];
    loop {
        let chosen: Vec<(u64, u64)> =
            intervals.iter().zip(&at).map(|(line, place)| line[*place]).collect();
        *given.borrow_mut() = lines
            .iter()
            .zip(&chosen)
            .map(|((by, salt), (point, _))| (by.clone(), salt.clone(), *point))
            .collect();
        let share = chosen.iter().fold(Share::everybody(), |share, (_, count)| {
            share.times(&Share::of(&Points::between(0, *count)))
        });
        let question = Question { context, now: question.0, killed: question.1 };
        let mut answers = sides.iter().zip(&oracles).map(|(side, oracle)| {
            outcome(side, key, &oracle.answer(key, question, &mut Counts::new()))
        });
        let both = (answers.next().unwrap(), answers.next().unwrap());
        let sum = shares.entry(both).or_insert_with(Share::nobody);
        *sum = sum.plus(&share);
        let Some(line) = (0..at.len()).find(|line| at[*line] + 1 < intervals[*line].len()) else {
            return Some(shares);
        };
        at[line] += 1;
        at[..line].fill(0);
    }
}

#[test]
fn every_entry_is_what_the_oracle_says_at_every_cut() {
    let pairs = variable("SERIN_PAIRS").unwrap_or(150);
    let first = variable("SERIN_SEED").unwrap_or(20_261_123);
    let (mut flags, mut told, mut parted, mut untold, mut skipped) = (0, 0, 0, 0, 0);
    for seed in first..first + pairs {
        let mut rng = Rng::new(seed);
        let mut generated = generate::document(&mut rng);
        let mut every = BTreeSet::from([vec!["targetingKey".to_owned()]]);
        keys(&generated.json, &mut every);
        let old = generated.json.plain();
        let mut other = generate::document(&mut rng);
        // Something altogether different under half of the keys.
        if let Some(others) = other.json.member("flags").cloned()
            && let Some(own) = generated.json.member("flags")
            && let Json::Object(others) = others
        {
            for (key, written) in others {
                if let Some(known) = own.member(&key)
                    && rng.chance(50)
                {
                    *known = written;
                }
            }
        }
        let new = generated.json.plain();
        let (before, after) = (read(&old), read(&new));
        let documents = [&old, &new].map(|text| decode::document(text.as_bytes()).unwrap());
        let at = generate::instant(&mut rng, &generated);
        keys(&generated.json, &mut every);
        let contexts: Vec<Value> = (0..6)
            .map(|_| {
                let aim = if rng.chance(50) { &generated } else { &other };
                let mut context = written(&generate::context(&mut rng, aim));
                // Without its keys, more often than not.
                if let Value::Object(members) = &mut context
                    && rng.chance(60)
                {
                    members.retain(|(name, _)| !every.iter().any(|key| key[0] == *name));
                }
                context
            })
            .collect();
        let entries = contexts.iter().map(|context| Entry {
            name: None,
            thousandths: 1 + rng.below(16_000) as u32,
            context: context.json().unwrap(),
        });
        let weights = Weights { entries: entries.collect() };
        let circumstances = Circumstances {
            at,
            walks: 20_000,
            keys: 10,
            weights: Some(&weights),
            ..Circumstances::default()
        };
        let impact = impact(&before, &after, &circumstances, &mut |_, _| ());
        for flag in impact.flags {
            let Change::Effect(effect) = flag.change else { continue };
            let audience = effect.audience.unwrap();
            let Some(boxes) = Boxes::of(&before, &after, &flag.key, &circumstances) else {
                continue;
            };
            if boxes.limit().is_some() {
                continue;
            }
            flags += 1;
            // All of it is somewhere.
            let mut all = audience.untold.plus(&audience.undescribed);
            for part in &audience.moves {
                all = all.plus(&part.portion);
            }
            assert_eq!(all.exact(), "1");
            let mut sums: BTreeMap<(Outcome, Outcome), Portion> = BTreeMap::new();
            for (group, context) in audience.entries.iter().zip(&contexts) {
                let Told::Moves(moves) = &group.told else {
                    untold += 1;
                    continue;
                };
                told += 1;
                parted += usize::from(moves.len() > 1);
                let mut open = BTreeSet::new();
                let mut filled = context.clone();
                for key in &every {
                    let path: Vec<&str> = key.iter().map(String::as_str).collect();
                    let behind = (1..path.len()).any(|length| every.contains(&key[..length]));
                    if left_out(context, &path) && !behind {
                        filled.put(&path, Value::Text(STRANGER.to_owned()));
                        open.insert(key.clone());
                    }
                }
                let moves = shares(moves);
                for (outcomes, share) in &moves {
                    let sum = sums.entry(outcomes.clone()).or_insert_with(Portion::nobody);
                    *sum = sum.plus(&Portion::of(group.thousandths, share));
                }
                let (lines, cuts) = (boxes.lines(), boxes.cuts());
                let found = enumerate(
                    [&before, &after],
                    &documents,
                    &flag.key,
                    &filled,
                    &lines,
                    &cuts,
                    &open,
                    (at, &[]),
                );
                let Some(found) = found else {
                    skipped += 1;
                    continue;
                };
                assert_eq!(
                    moves, found,
                    "seed {seed}, flag {:?}, at {at}\n{context:?}\n{old}\n{new}",
                    flag.key
                );
            }
            for part in &audience.moves {
                assert_eq!(sums[&(part.from.clone(), part.to.clone())], part.portion);
            }
        }
    }
    println!(
        "{told} entries of {flags} flags of {pairs} pairs, {parted} of them parted by keys; {untold} not told, {skipped} with too many lines to enumerate"
    );
    assert!(told as u64 > pairs * 4 && parted * 10 > told);
    assert!(untold * 4 < told && skipped * 10 < told);
}

#[test]
fn real_keys_fare_as_the_entry_says() {
    let new = shop::changed();
    let (before, after) = (read(shop::TEXT), read(&new));
    let at = 1_796_205_600_000;
    let weights = Weights::read(include_bytes!("cli/weights.json")).unwrap();
    let circumstances = Circumstances { at, weights: Some(&weights), ..Circumstances::default() };
    let impact = impact(&before, &after, &circumstances, &mut |_, _| ());
    let total = 10_000_u32;
    let mut judged = 0;
    for flag in &impact.flags {
        let Change::Effect(effect) = &flag.change else { continue };
        let audience = effect.audience.as_ref().unwrap();
        for (group, entry) in audience.entries.iter().zip(&weights.entries) {
            let Told::Moves(moves) = &group.told else { panic!("{group:?}") };
            let mut counts: BTreeMap<(Outcome, Outcome), u32> = BTreeMap::new();
            for number in 0..total {
                let mut context = entry.context.clone();
                let members = context.as_object_mut().unwrap();
                if !members.contains_key("targetingKey") {
                    members.insert("targetingKey".into(), format!("visitor-{number}").into());
                }
                members.insert(
                    "session".into(),
                    serde_json::json!({ "id": format!("session-{number}") }),
                );
                let mut answers = [&before, &after].into_iter().map(|side| {
                    let ruleset = side.ruleset();
                    let id = ruleset.flag(&flag.key).unwrap();
                    let mut bound = Context::bind(ruleset, &context, at);
                    Outcome::of(ruleset, id, evaluate(ruleset, id, &mut bound))
                });
                let both = (answers.next().unwrap(), answers.next().unwrap());
                *counts.entry(both).or_default() += 1;
            }
            let shares = shares(moves);
            assert!(counts.keys().all(|both| shares.contains_key(both)), "{flag:?}");
            for (both, share) in shares {
                let (p, n) = (share.float(), f64::from(total));
                let count = f64::from(counts.get(&both).copied().unwrap_or(0));
                let slack = 5.0 * (n * p * (1.0 - p)).sqrt();
                assert!((count - n * p).abs() <= slack, "{}: {both:?} {count}", flag.key);
                judged += 1;
            }
        }
    }
    assert!(judged > 16, "{judged}");
}

#[test]
fn portions_are_exact_and_are_written_as_people_write_them() {
    let half = Share::of(&Points::between(0, 1 << 31));
    let least = Share::of(&Points::between(0, 1));
    for (thousandths, share, exact, percent) in [
        (0, &half, "0", "0 %"),
        (100_000, &Share::everybody(), "1", "100 %"),
        (100_000, &half, "1/2", "50 %"),
        (62_500, &half, "5/16", "31.25 %"),
        (1, &Share::everybody(), "1/100000", "0.001 %"),
        (1, &half, "1/200000", "0.001 %"),
        (1, &half.times(&half), "1/400000", "<0.001 %"),
        (20, &Share::everybody(), "1/5000", "0.02 %"),
        (33_333, &Share::everybody(), "33333/100000", "33.333 %"),
        (100_000, &least, "1/4294967296", "<0.001 %"),
        (1, &least, "1/429496729600000", "<0.001 %"),
    ] {
        let portion = Portion::of(thousandths, share);
        assert_eq!((portion.exact().as_str(), portion.percent().as_str()), (exact, percent));
    }
    let all_but_one = Share::of(&Points::between(0, (1 << 32) - 1));
    assert_eq!(Portion::of(100_000, &all_but_one).percent(), ">99.999 %");
    // 0.1 and 0.2 percent are 0.3 percent, to the last digit.
    let [one, two] = [100, 200].map(|part| Portion::of(part, &Share::everybody()));
    assert_eq!(one.plus(&two), Portion::of(300, &Share::everybody()));
    assert_eq!(one.plus(&two).exact(), "3/1000");
}

#[test]
fn a_key_that_the_rules_look_into_is_not_told() {
    let version = |percent: u32, when: &str| {
        format!(
            r#"{{"format": 1, "flags": {{"f": {{"salt": "s",
            "variants": {{"on": true, "off": false}}, "rules": [{when}],
            "serve": {{"rollout": {{"shares": [{{"variant": "on", "percent": {percent}}},
            {{"variant": "off", "percent": {}}}]}}}}}}}}}}"#,
            100 - percent
        )
    };
    let told = |when: &str, context: serde_json::Value| {
        let (old, new) = (version(10, when), version(35, when));
        let (before, after) = (read(&old), read(&new));
        let entries = vec![Entry { name: None, thousandths: 50_000, context }];
        let weights = Weights { entries };
        let circumstances = Circumstances { weights: Some(&weights), ..Circumstances::default() };
        let impact = impact(&before, &after, &circumstances, &mut |_, _| ());
        let Change::Effect(effect) = &impact.flags[0].change else { panic!("{impact:?}") };
        effect.audience.as_ref().unwrap().entries[0].told.clone()
    };
    let moved = |told: Told| {
        let Told::Moves(moves) = told else { panic!("{told:?}") };
        let moved = moves.iter().filter(|part| part.is_change());
        moved.fold(Share::nobody(), |sum, part| sum.plus(&part.share)).float()
    };
    let quarter = |share: f64| (share - 0.25).abs() < 1e-9;
    let empty = || serde_json::json!({});
    // A key that is named is another entry's; the others are alike.
    let named =
        r#"{"if": {"attribute": "targetingKey", "op": "in", "value": ["a", "b"]}, "serve": "on"}"#;
    assert!(quarter(moved(told(named, empty()))));
    assert_eq!(moved(told(named, serde_json::json!({"targetingKey": "a"}))), 0.0);
    // Those that begin so are some of the keys, and nobody says how many.
    let begins = r#"{"if": {"attribute": "targetingKey", "op": "startsWith", "value": ["staff-"]}, "serve": "on"}"#;
    assert_eq!(told(begins, empty()), Told::Open(vec!["targetingKey".into()]));
    assert_eq!(moved(told(begins, serde_json::json!({"targetingKey": "staff-1"}))), 0.0);
    // Where it makes no difference, it is told all the same.
    let idle = r#"{"if": {"all": [{"attribute": "targetingKey", "op": "startsWith", "value": ["staff-"]},
        {"attribute": "country", "op": "eq", "value": "NZ"}]}, "serve": "on"}"#;
    assert!(quarter(moved(told(idle, empty()))));
    assert!(quarter(moved(told(idle, serde_json::json!({"country": "AU"})))));
    assert_eq!(
        told(idle, serde_json::json!({"country": "NZ"})),
        Told::Open(vec!["targetingKey".into()])
    );
    // Without a key there is no share; that it is missing does not change.
    assert_eq!(moved(told(named, serde_json::json!({"targetingKey": null}))), 0.0);
}

#[test]
fn weights_that_do_not_fit_say_where_and_how_to_mend_it() {
    let deep = format!("[{{\"percent\": 1, \"context\": {}1{}}}]", "[".repeat(99), "]".repeat(99));
    for (text, place, message) in [
        ("", "", "the weights are not JSON"),
        ("[{]", "]", "the weights are not JSON"),
        ("\u{feff}[]", "", "byte order mark"),
        ("{}", "{}", "not a list"),
        ("[]", "[]", "describe nobody"),
        ("[1]", "1", "entry 1 is not an object"),
        (r#"[{"percent": 1}]"#, "{", "entry 1 has no `context`"),
        (r#"[{"context": {}}]"#, "{", "entry 1 has no `percent`"),
        (r#"[{"percent": "1", "context": {}}]"#, "\"1\"", "the percentage of entry 1 is none"),
        (r#"[{"percent": -1, "context": {}}]"#, "-1", "the percentage of entry 1 is none"),
        (r#"[{"percent": 0.0001, "context": {}}]"#, "0.0001", "the percentage of entry 1 is none"),
        (r#"[{"percent": 1e400, "context": {}}]"#, "1e400", "the number is too large"),
        (r#"[{"percent": 1, "percent": 2, "context": {}}]"#, "\"percent\": 2", "stands twice"),
        (r#"[{"percent": 1, "context": {"a": 1, "a": 2}}]"#, "\"a\": 2", "stands twice"),
        (r#"[{"percent": 1, "context": {"a": "\ud800"}}]"#, "\\ud800", "surrogate"),
        (r#"[{"percent": 1, "context": []}]"#, "[]}", "the context of entry 1 is not an object"),
        (r#"[{"percent": 1, "context": null}]"#, "null", "the context of entry 1 is not"),
        (r#"[{"percent": 1, "context": {}, "name": ""}]"#, "\"\"", "the name of entry 1"),
        (r#"[{"percent": 1, "context": {}, "where": {}}]"#, "\"where\"", "entry 1 has a member"),
        (
            r#"[{"percent": 60, "context": {}}, {"percent": 40.001, "context": {}}]"#,
            "40.001",
            "up to entry 2 the percentages are 100.001",
        ),
        (&deep, "", "nested too deeply"),
    ] {
        let fault = Weights::read(text.as_bytes()).expect_err(text);
        assert!(fault.message.contains(message), "{text}: {fault:?}");
        assert!(!fault.help.is_empty());
        let rest = text.get(fault.span.start as usize..).unwrap_or_default();
        assert!(rest.starts_with(place), "{text}: {fault:?}");
    }
    let fault = Weights::read(b"[\"\xff\"]").unwrap_err();
    assert_eq!((fault.message.as_str(), fault.span.start), ("the weights are not UTF-8", 2));
    // Ten times a tenth is everybody; and nobody may be an entry.
    let tenth = r#"{"percent": 10.000, "context": {}}"#;
    let text = format!("[{}, {{\"percent\": 0e5, \"context\": {{}}}}]", [tenth; 10].join(","));
    assert_eq!(Weights::read(text.as_bytes()).unwrap().rest(), 0);
}
