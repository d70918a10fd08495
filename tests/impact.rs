//! The impact of a change is exact: held against the oracle, against random
//! keys and against the evaluator, over random pairs of rulesets.
//!
//! `SERIN_PAIRS` sets how many pairs, `SERIN_SEED` the first of them.

#[path = "support/exact.rs"]
mod exact;
mod reference;
#[path = "support/shop.rs"]
mod shop;

use exact::{
    Given, Shares, add, all_cuts, attribute, context_of, oracle_of, outcome, read, shares,
    values_at, variable,
};
use reference::context::Value;
use reference::generate::{self, Generated, Rng};
use reference::json::Json;
use reference::{Counts, Oracle, Question};
use serin::Attribute;
use serin::document::decode;
use serin::release::impact::proof::Boxes;
use serin::release::impact::{
    Change, Circumstances, Effect, Impact, Outcome, Points, Share, Side, Verdict, impact,
};
use std::cell::RefCell;
use std::collections::BTreeMap;

const CONTEXTS: usize = 40;

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

/// 2026-12-02T10:00:00Z.
const NOON: i64 = 1_796_205_600_000;

/// The shop before and after a ramp is raised from 10 to 50 percent, a network
/// added to a segment, one variant of three widened and a rule renamed.
fn shop_pair(rng: &mut Rng) -> Pair {
    let old = shop::TEXT.to_owned();
    let new = shop::changed();
    let flags = ["checkout-v2", "express-pay", "search-ranking", "origin", "page-size"];
    let aims = [generate::document(rng), generate::document(rng)];
    Pair { old, new, aims, flags: flags.map(str::to_owned).into() }
}

/// Constants that conditions of the flag's own compare this path with.
fn named_by(document: &serin::document::Document<'_>, key: &str, path: &[String]) -> Vec<Value> {
    use serin::document::{Condition, ConditionKind, List, Operation, Scalar};
    fn within(condition: &Condition<'_>, by: &[String], found: &mut Vec<Value>) {
        match &condition.kind {
            ConditionKind::All(parts) | ConditionKind::Any(parts) => {
                parts.iter().for_each(|part| within(part, by, found));
            }
            ConditionKind::Not(part) => within(part, by, found),
            ConditionKind::Test { path, ignore_case: false, operation }
                if path.segments.iter().map(AsRef::as_ref).eq(by.iter().map(String::as_str)) =>
            {
                let text = |text: &std::borrow::Cow<'_, str>| Value::Text(text.to_string());
                match operation {
                    Operation::Eq(Scalar::String(constant)) => found.push(text(constant)),
                    Operation::Eq(Scalar::Number(constant)) => found.push(Value::Number(*constant)),
                    Operation::In(List::Strings(known)) => found.extend(known.iter().map(text)),
                    Operation::In(List::Numbers(known)) => {
                        found.extend(known.iter().copied().map(Value::Number));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    let entry = document.flags.iter().find(|entry| entry.key.text == key);
    if let Some(flag) = entry.and_then(|entry| entry.item.as_ref()).filter(|flag| flag.enabled) {
        let rules = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
        flag.require.iter().chain(rules).for_each(|when| within(when, path, &mut found));
    }
    found
}

/// The point that a value really has.
fn real_point(value: &Attribute<'_>, salt: &str) -> Option<u64> {
    match value {
        Attribute::String(text) if !text.is_empty() => Some(reference::point(text, salt)),
        Attribute::Number(n) if n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0 => {
            Some(reference::point(&format!("{}", *n as i64), salt))
        }
        _ => None,
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
    let mut named_seen = 0;
    let (mut asked, mut changed, mut boxes_seen, mut unproven, mut limited, mut flags) =
        (0_u64, 0_u64, 0, 0, 0, 0);
    for seed in first..first + pairs {
        let mut rng = Rng::new(seed);
        let pair = pair(&mut rng);
        let (mut old, mut new) = (read(&pair.old), read(&pair.new));
        let documents =
            [&pair.old, &pair.new].map(|text| decode::document(text.as_bytes()).unwrap());
        let given: Given = RefCell::default();
        let oracles = documents.each_ref().map(|document| oracle_of(document, &given));
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
            limited += usize::from(boxes.limit().is_some());
            let (paths, lines, cuts) = (boxes.paths(), boxes.lines(), boxes.cuts());
            let keys: Vec<usize> = lines
                .iter()
                .map(|(by, _)| paths.iter().position(|path| path == by).unwrap())
                .collect();
            let whole = [&old, &new].map(|side| {
                let ruleset = side.ruleset();
                let flag = ruleset.flag(key).filter(|flag| ruleset.kind(*flag).is_some());
                flag.is_some() && !killed.contains(key)
            });
            let constants: Vec<Vec<Value>> = paths
                .iter()
                .map(|path| {
                    let sound = documents.iter().zip(whole).filter(|(_, whole)| *whole);
                    sound.flat_map(|(document, _)| named_by(document, key, path)).collect()
                })
                .collect();
            for _ in 0..CONTEXTS / 4 {
                let aim = rng.below(2);
                let mut context = generate::context(&mut rng, &pair.aims[aim]);
                for place in &keys {
                    if !constants[*place].is_empty() && rng.chance(40) {
                        let path: Vec<&str> = paths[*place].iter().map(String::as_str).collect();
                        context.put(&path, rng.pick(&constants[*place]).clone());
                    }
                }
                let values = values_at(&context, &paths);
                let named = boxes.named(&values);
                // A key that a rule of the flag names has its own point.
                for ((place, (_, salt)), named) in keys.iter().zip(&lines).zip(&named) {
                    if constants[*place].iter().any(|value| attribute(value) == values[*place]) {
                        named_seen += 1;
                        let real = real_point(&values[*place], salt);
                        assert_eq!(*named, real, "seed {seed}, {key:?}: {:?}", values[*place]);
                    }
                }
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
                    if found.is_empty() && (!boxes.proven() || boxes.limit().is_some()) {
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
        "{asked} questions on {flags} flags of {pairs} pairs, {changed} of them changed, {boxes_seen} boxes, {named_seen} keys named by rules; {unproven} flags unproven, {limited} limited"
    );
    assert!(named_seen * 10 > pairs);
    assert!(changed * 50 > asked && (unproven + limited) * 20 < flags);
}

// ---- proof: every number of the report ---------------------------------------

/// Counts of keys against shares: five sigma, and three for what is rare.
fn judge(what: &str, shares: &Shares, counts: &BTreeMap<(Outcome, Outcome), u32>, total: u32) {
    for outcomes in counts.keys() {
        assert!(shares.contains_key(outcomes), "{what}: {outcomes:?} has no share");
    }
    for (outcomes, share) in shares {
        let (p, n) = (share.float(), f64::from(total));
        let count = f64::from(counts.get(outcomes).copied().unwrap_or(0));
        let slack = 5.0 * (n * p * (1.0 - p)).sqrt() + 3.0;
        assert!(
            (count - n * p).abs() <= slack,
            "{what}: {count} of {total} keys, {p} of the line, for {outcomes:?}"
        );
    }
}

#[test]
fn every_share_of_a_region_is_that_of_the_oracle_and_of_random_keys() {
    let pairs = variable("SERIN_PAIRS").unwrap_or(400);
    let first = variable("SERIN_SEED").unwrap_or(20_261_124);
    let (mut regions_seen, mut cells_seen, mut keys_seen, mut divided) = (0, 0_u64, 0_u64, 0);
    let (mut scattered, mut shop_regions) = (0, 0);
    for seed in first..first + pairs {
        let mut rng = Rng::new(seed);
        // The example's shop first, after an afternoon's work.
        let shop = seed == first;
        let pair = if shop { shop_pair(&mut rng) } else { pair(&mut rng) };
        let (old, new) = (read(&pair.old), read(&pair.new));
        let documents =
            [&pair.old, &pair.new].map(|text| decode::document(text.as_bytes()).unwrap());
        let cuts = all_cuts(&documents);
        let given: Given = RefCell::default();
        let oracles = documents.each_ref().map(|document| oracle_of(document, &given));
        let at = if shop { NOON } else { generate::instant(&mut rng, &pair.aims[0]) };
        let circumstances = Circumstances { at, ..Circumstances::default() };
        for key in &pair.flags {
            let Some(mut boxes) = Boxes::of(&old, &new, key, &circumstances) else { continue };
            let (paths, lines) = (boxes.paths(), boxes.lines());
            let Some(regions) = boxes.regions(&mut |n| rng.below(n)) else {
                scattered += 1;
                continue;
            };
            shop_regions += if shop { regions.len() } else { 0 };
            for (region, contexts) in regions.into_iter().take(12) {
                let wanted = shares(&region);
                let whole = wanted.values().fold(Share::nobody(), |sum, share| sum.plus(share));
                assert!(whole.is_everybody(), "seed {seed}, {key:?}: {region:?}");
                regions_seen += 1;
                divided += usize::from(!region.lines.is_empty());
                for values in contexts {
                    let context = context_of(&paths, &values);
                    let named = boxes.named(&values);
                    // Lines that nobody may ask still get a point.
                    let asked: Vec<usize> = (0..lines.len())
                        .filter(|line| {
                            let (by, salt) = &lines[*line];
                            let name = (by.join("."), salt.clone());
                            named[*line].is_none()
                                && region.lines.iter().any(|known| {
                                    known.1 == name.1 && known.0.contains(by.last().unwrap())
                                })
                        })
                        .collect();
                    let cells = (cuts.len() - 1).pow(asked.len() as u32);
                    if cells <= 1_500 {
                        let mut found = Shares::new();
                        for cell in 0..cells {
                            let mut rest = cell;
                            let ends: Vec<(u64, u64)> = asked
                                .iter()
                                .map(|_| {
                                    let index = rest % (cuts.len() - 1);
                                    rest /= cuts.len() - 1;
                                    (cuts[index], cuts[index + 1])
                                })
                                .collect();
                            // At the cut, and before the next one.
                            let mut both = Vec::new();
                            for last in [false, true] {
                                *given.borrow_mut() = (0..lines.len())
                                    .map(|line| {
                                        let place = asked.iter().position(|other| *other == line);
                                        let point = match (place, named[line]) {
                                            (Some(place), _) if last => ends[place].1 - 1,
                                            (Some(place), _) => ends[place].0,
                                            (None, named) => named.unwrap_or(rng.next() >> 32),
                                        };
                                        (lines[line].0.clone(), lines[line].1.clone(), point)
                                    })
                                    .collect();
                                let question = Question { context: &context, now: at, killed: &[] };
                                let ask = |side: &Side<'_>, oracle: &Oracle<'_>| {
                                    let answer = oracle.answer(key, question, &mut Counts::new());
                                    outcome(side, key, &answer)
                                };
                                both.push((ask(&old, &oracles[0]), ask(&new, &oracles[1])));
                                cells_seen += 1;
                            }
                            assert_eq!(both[0], both[1], "seed {seed}, {key:?}: {region:?}");
                            let share = ends.iter().fold(Share::everybody(), |share, (a, b)| {
                                share.times(&Share::of(&Points::between(*a, *b)))
                            });
                            add(&mut found, both.pop().unwrap(), &share);
                        }
                        assert_eq!(
                            found, wanted,
                            "seed {seed}, flag {key:?}, at {at}: {region:#?}\n{context:?}\n{}\n{}",
                            pair.old, pair.new
                        );
                    }
                    if asked.is_empty() {
                        continue;
                    }
                    let (mut counts, mut total) = (BTreeMap::new(), 0);
                    for index in 0..400 {
                        let Some(values) = boxes.with_key(&values, index) else { continue };
                        total += 1;
                        let context = context_of(&paths, &values);
                        let ask = |side: &Side<'_>| {
                            let mut bound =
                                reference::evaluator::bind(side.ruleset(), &context, at);
                            let answer =
                                reference::evaluator::answer(side.ruleset(), key, &mut bound);
                            outcome(side, key, &answer)
                        };
                        *counts.entry((ask(&old), ask(&new))).or_default() += 1;
                        keys_seen += 1;
                    }
                    let what = format!("seed {seed}, flag {key:?}, {context:?}, {region:?}");
                    judge(&what, &wanted, &counts, total);
                }
            }
        }
    }
    println!(
        "{regions_seen} regions of {pairs} pairs, {divided} of them divided by keys; {cells_seen} points of the oracle, {keys_seen} keys of the evaluator; {scattered} flags with too many regions"
    );
    assert!(scattered * 100 < regions_seen);
    // What `tests/cli/diff.txt` shows.
    assert_eq!(shop_regions, 8);
    assert!(regions_seen > pairs as usize && divided * 10 > regions_seen);
}

// ---- proof: witnesses, and who is said to lose nothing -----------------------------

#[test]
fn every_witness_is_real_and_nobody_loses_what_nobody_is_said_to_lose() {
    let pairs = variable("SERIN_PAIRS").unwrap_or(400);
    let first = variable("SERIN_SEED").unwrap_or(20_261_125);
    let (mut witnesses, mut nobody, mut without, mut replays, mut same) = (0, 0, 0, 0_u64, 0);
    for seed in first..first + pairs {
        let mut rng = Rng::new(seed);
        let pair = pair(&mut rng);
        let (mut old, mut new) = (read(&pair.old), read(&pair.new));
        let at = generate::instant(&mut rng, &pair.aims[0]);
        let killed =
            if rng.chance(30) { generate::killed(&mut rng, &pair.aims[0]) } else { Vec::new() };
        old.kill(&killed);
        new.kill(&killed);
        let circumstances =
            Circumstances { at, killed: &killed, keys: 100_000, ..Circumstances::default() };
        let told = impact(&old, &new, &circumstances, &mut |_, _| {});
        let Impact { flags, .. } = &told;
        let mut effects: BTreeMap<&str, &Effect> = BTreeMap::new();
        for flag in flags {
            let Change::Effect(effect) = &flag.change else { continue };
            effects.insert(&flag.key, effect);
            for loss in &effect.losses {
                match &loss.verdict {
                    Verdict::Nobody => nobody += 1,
                    Verdict::NoWitness { .. } => without += 1,
                    Verdict::CannotTell => assert!(!effect.unproven.is_empty()),
                    Verdict::Somebody(witness) => {
                        witnesses += 1;
                        assert_ne!(witness.from, witness.to, "seed {seed}, {:?}", flag.key);
                        assert_eq!(witness.from, loss.of);
                        // The document alone, its own flag and nothing kept.
                        let (json, unreadable) = witness.json();
                        let answers = [(&old, &pair.old), (&new, &pair.new)].map(|(side, text)| {
                            let mut ruleset = serin::Ruleset::load(text.as_bytes()).unwrap();
                            ruleset.kill(&killed);
                            let mut bound = if unreadable.is_empty() {
                                serin::Context::bind(&ruleset, &json, at)
                            } else {
                                serin::Context::bind(&ruleset, witness, at)
                            };
                            let answer =
                                reference::evaluator::answer(&ruleset, &flag.key, &mut bound);
                            outcome(side, &flag.key, &answer)
                        });
                        let said = [witness.from.clone(), witness.to.clone()];
                        assert_eq!(answers, said, "seed {seed}, {:?}: {witness:?}", flag.key);
                    }
                }
            }
        }
        for key in &pair.flags {
            for _ in 0..CONTEXTS {
                let aim = rng.below(2);
                let context = generate::context(&mut rng, &pair.aims[aim]);
                let ask = |side: &Side<'_>| {
                    let mut bound = reference::evaluator::bind(side.ruleset(), &context, at);
                    let answer = reference::evaluator::answer(side.ruleset(), key, &mut bound);
                    (side.ruleset().flag(key).is_some()).then(|| outcome(side, key, &answer))
                };
                let (Some(before), Some(after)) = (ask(&old), ask(&new)) else { continue };
                replays += 1;
                if before == after {
                    same += 1;
                    continue;
                }
                let what = || {
                    format!(
                        "seed {seed}, flag {key:?}, at {at}: {context:?}\n{}\n{}",
                        pair.old, pair.new
                    )
                };
                let effect = effects.get(key.as_str()).unwrap_or_else(|| panic!("{}", what()));
                let loss = effect.losses.iter().find(|loss| loss.of == before);
                let verdict = loss.map(|loss| &loss.verdict);
                assert!(!matches!(verdict, None | Some(Verdict::Nobody)), "{}", what());
            }
        }
    }
    println!(
        "{pairs} pairs: {witnesses} witnesses replayed, {nobody} outcomes that nobody loses, {without} without a witness; {replays} contexts, {same} of them the same in both"
    );
    assert!(witnesses > pairs && nobody * 10 > pairs && without * 20 < witnesses);
    assert!((replays - same) * 20 > replays);
}
