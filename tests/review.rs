//! What `check` says is proven: every "never" is attacked by random contexts,
//! instants and kills, and what is planted is found.
//!
//! `SERIN_RULESETS` sets how many rulesets, `SERIN_SEED` the first of them.

mod reference;

use reference::generate::{self, Rng};
use reference::{Counts, Oracle, Question};
use serin::RuleRef;
use serin::document::{Condition, ConditionKind, Document, Flag, decode};
use serin::release::fault::Owner;
use serin::release::impact::Side;
use serin::release::impact::reach::{Part, Prober, Reach};
use serin::release::review::{Code, Finding, review};
use std::collections::BTreeMap;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn within<'c>(condition: &'c Condition<'c>, found: &mut Vec<&'c Condition<'c>>) {
    found.push(condition);
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| within(part, found));
        }
        ConditionKind::Not(part) => within(part, found),
        _ => {}
    }
}

fn flag_of<'d>(document: &'d Document<'d>, key: &str) -> &'d Flag<'d> {
    let entry = document.flags.iter().find(|entry| entry.key.text == key);
    entry.unwrap().item.as_ref().unwrap()
}

#[test]
fn nobody_comes_where_nobody_can() {
    let rulesets = variable("SERIN_RULESETS").unwrap_or(600);
    let first = variable("SERIN_SEED").unwrap_or(20_261_201);
    let (mut asked, mut nobody, mut unclear, mut attacks, mut hits) = (0, 0, 0, 0_u64, 0_u64);
    for seed in first..first + rulesets {
        let mut rng = Rng::new(seed);
        let generated = generate::document(&mut rng);
        let text = generated.json.plain();
        let Ok(side) = Side::read(text.as_bytes()) else { continue };
        let document = side.document();
        let oracle = Oracle::new(document);
        for key in generated.flags.iter().filter(|key| !key.starts_with("crowd")) {
            let ruleset = side.ruleset();
            if ruleset.flag(key).is_none_or(|flag| ruleset.kind(flag).is_none()) {
                continue;
            }
            let flag = flag_of(document, key);
            let mut all = Vec::new();
            flag.require.iter().for_each(|when| within(when, &mut all));
            flag.rules
                .iter()
                .filter_map(|rule| rule.condition.as_ref())
                .for_each(|when| within(when, &mut all));
            if all.is_empty() {
                continue;
            }
            for _ in 0..12 {
                let parts: Vec<Part<'_>> = (0..1 + rng.below(3))
                    .map(|_| Part {
                        condition: all[rng.below(all.len())],
                        salt: flag.salt.as_deref(),
                        truth: rng.chance(70),
                        holds: rng.chance(60),
                    })
                    .collect();
                let since = rng.chance(30).then(|| generate::instant(&mut rng, &generated));
                let reach = Prober::new(&side, 50_000).reach(&parts, since);
                asked += 1;
                unclear += u64::from(reach == Reach::CannotTell);
                nobody += u64::from(reach == Reach::Nobody);
                for _ in 0..25 {
                    let context = generate::context(&mut rng, &generated);
                    let now = generate::instant(&mut rng, &generated);
                    if since.is_some_and(|since| now < since) {
                        continue;
                    }
                    let killed = generate::killed(&mut rng, &generated);
                    let question = Question { context: &context, now, killed: &killed };
                    let meets = parts.iter().all(|part| {
                        let truth = oracle.truth(part.condition, Some(flag), question);
                        (truth == Some(part.truth)) == part.holds
                    });
                    attacks += 1;
                    hits += u64::from(meets);
                    assert!(
                        !meets || reach != Reach::Nobody,
                        "seed {seed}, flag {key:?}, at {now}: {context:?}\n{text}"
                    );
                }
            }
        }
    }
    println!(
        "{rulesets} rulesets: {asked} questions, {nobody} answered nobody, {unclear} not told; {attacks} attacks, {hits} of them came somewhere"
    );
    assert!(nobody * 20 > asked && unclear * 4 < asked && hits * 20 > attacks);
}

/// A list that a condition stands in, and its place there.
fn siblings<'c>(
    conditions: &[&'c Condition<'c>],
    finding: &Finding,
) -> Option<(&'c [Condition<'c>], usize)> {
    let mut all = Vec::new();
    conditions.iter().for_each(|condition| within(condition, &mut all));
    all.into_iter().find_map(|condition| match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            let place = parts.iter().position(|part| part.span == finding.span)?;
            Some((parts.as_slice(), place))
        }
        _ => None,
    })
}

fn conditions<'d>(document: &'d Document<'d>, owner: &Owner) -> Vec<&'d Condition<'d>> {
    match owner {
        Owner::Flag(key) => {
            let flag = flag_of(document, key);
            let rules = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
            flag.require.iter().chain(rules).collect()
        }
        Owner::Segment(key) => {
            let entry = document.segments.iter().find(|entry| entry.key.text == *key);
            [&entry.unwrap().item.as_ref().unwrap().condition].into()
        }
        Owner::Files => Vec::new(),
    }
}

#[test]
fn what_is_said_of_rules_and_parts_is_so() {
    let rulesets = variable("SERIN_RULESETS").unwrap_or(600);
    let first = variable("SERIN_SEED").unwrap_or(20_261_202);
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut matched, mut attacks) = (0_u64, 0_u64);
    for seed in first..first + rulesets {
        let mut rng = Rng::new(seed);
        let mut generated = generate::document(&mut rng);
        plant(&mut generated.json, &mut rng);
        let text = generated.json.plain();
        let Ok(side) = Side::read(text.as_bytes()) else { continue };
        let now = generate::instant(&mut rng, &generated);
        let findings = review(&text, &side, now);
        let document = side.document();
        let oracle = Oracle::new(document);
        for finding in &findings {
            *seen.entry(finding.code.name()).or_default() += 1;
        }
        // Rules that nobody comes to, by flag: the place, and since when.
        let mut never: Vec<(&str, usize, i64)> = Vec::new();
        let mut others: Vec<(String, &str)> = Vec::new();
        for finding in &findings {
            match (finding.code, &finding.owner) {
                (Code::UnreachableRule | Code::PastRule | Code::NeverHolds, Owner::Flag(key)) => {
                    let rules = &flag_of(document, key).rules;
                    let inside = |rule: &serin::document::Rule<'_>| match finding.code {
                        Code::NeverHolds => {
                            rule.span.start <= finding.span.start
                                && finding.span.end <= rule.span.end
                                && finding.message.contains("the rule")
                        }
                        _ => rule.span == finding.span,
                    };
                    let since = if finding.code == Code::PastRule { now } else { i64::MIN };
                    if let Some(index) = rules.iter().position(inside) {
                        never.push((key, index, since));
                    } else {
                        assert_eq!(finding.code, Code::NeverHolds, "seed {seed}: {finding:?}");
                    }
                }
                (Code::RedundantCondition, owner) => {
                    let all = conditions(document, owner);
                    let (parts, place) = siblings(&all, finding).expect("a part of a list");
                    let other = (0..parts.len()).find(|other| *other != place).unwrap();
                    let [from, to] = [&parts[other], &parts[place]]
                        .map(|part| part.span.start as usize..part.span.end as usize);
                    let mut without = text.clone();
                    without.replace_range(to, &text[from]);
                    others.push((without, &finding.message));
                }
                _ => {}
            }
        }
        let others: Vec<(Document<'_>, &str)> = others
            .iter()
            .map(|(text, message)| (decode::document(text.as_bytes()).unwrap(), *message))
            .collect();
        let others: Vec<(Oracle<'_>, &str)> =
            others.iter().map(|(document, message)| (Oracle::new(document), *message)).collect();
        for _ in 0..60 {
            let context = generate::context(&mut rng, &generated);
            let now = generate::instant(&mut rng, &generated);
            let killed =
                if rng.chance(30) { generate::killed(&mut rng, &generated) } else { Vec::new() };
            let question = Question { context: &context, now, killed: &killed };
            for key in &generated.flags {
                let answer = oracle.answer(key, question, &mut Counts::new());
                attacks += 1;
                if let Some(RuleRef::Index(index)) = answer.rule {
                    matched += 1;
                    for (_, _, since) in never
                        .iter()
                        .filter(|(other, never, _)| other == key && *never == usize::from(index))
                    {
                        assert!(
                            now < *since,
                            "seed {seed}, flag {key:?}, rule {index}, at {now}: {context:?}\n{text}"
                        );
                    }
                }
                for (other, message) in &others {
                    let without = other.answer(key, question, &mut Counts::new());
                    assert_eq!(
                        answer, without,
                        "seed {seed}, flag {key:?}, at {now}: {message}: {context:?}\n{text}"
                    );
                }
            }
        }
    }
    println!("{rulesets} rulesets: {seen:?}; {attacks} attacks, {matched} of them matched a rule");
    for code in ["never-holds", "redundant-condition", "unreachable-rule", "past-rule"] {
        assert!(seen.get(code).is_some_and(|seen| *seen > 20), "{code}: {seen:?}");
    }
}

/// Makes faults as people do: a rule that is there already, a part that says
/// what another says, what excludes itself.
fn plant(json: &mut reference::json::Json, rng: &mut Rng) {
    use reference::json::Json;
    let Some(Json::Object(flags)) = json.member("flags") else { return };
    for (_, flag) in flags {
        let Some(Json::List(rules)) = flag.member("rules") else { continue };
        if rules.is_empty() || rules.len() > 100 {
            continue;
        }
        let mut other = rng.pick(rules).clone();
        let Some(when) = other.member("if").cloned() else { continue };
        let more = match rng.below(4) {
            0 => Json::object([("all", Json::List(vec![when.clone(), when]))]),
            1 => {
                let not = Json::object([("not", when.clone())]);
                Json::object([("all", Json::List(vec![when, not]))])
            }
            2 => {
                let time = Json::object([("until", Json::text("2026-12-01T00:00:00Z"))]);
                let time = Json::object([("time", time)]);
                Json::object([("all", Json::List(vec![time, when]))])
            }
            _ => Json::object([("any", Json::List(vec![when.clone(), when]))]),
        };
        other.set("if", more);
        let place = rng.below(rules.len() + 1);
        rules.insert(place, other);
    }
}

/// 2026-12-02T10:00:00Z.
const NOW: i64 = 1_796_205_600_000;

#[test]
fn the_page_has_every_finding_with_an_example_of_it() {
    let page = include_str!("../src/doc/check.md");
    for code in Code::ALL.iter().filter(|code| !code.error()) {
        let name = code.name();
        let told = if code.told() { "yes" } else { "with `--warn`" };
        let fixed = if code.mended() { " yes |" } else { " |" };
        let row = format!("| `{name}` | {told} |{fixed}");
        assert!(page.lines().any(|line| line == row), "no row {row}");
        let (_, entry) = page.split_once(&format!("### `{name}`\n")).expect(name);
        let (prose, entry) = entry.split_once(&format!("```json warns {name}\n")).expect(name);
        assert!(prose.contains("To mend it: ") && !prose.contains("### "), "{name}");
        let (example, _) = entry.split_once("\n```\n").unwrap();
        let side = Side::read(example.as_bytes()).unwrap();
        assert!(side.ruleset().diagnostics().is_empty(), "{name}");
        let mut found = review(example, &side, NOW);
        found.retain(|finding| finding.code.told() || finding.code == *code);
        let codes: Vec<Code> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [*code], "{found:?}");
    }
}

fn found(flag: &str) -> Vec<(Code, String)> {
    let text = format!(
        r#"{{"format":1,"segments":{{"staff":{{"attribute":"email","op":"endsWith","value":"@a.example"}}}},"flags":{{"f":{flag},
        "p":{{"variants":{{"on":true,"off":false}},"serve":"off","rules":[{{"if":{{"segment":"staff"}},"serve":"off"}}]}}}}}}"#
    );
    let side = Side::read(text.as_bytes()).unwrap();
    assert!(side.ruleset().diagnostics().is_empty(), "{:?}", side.ruleset().diagnostics());
    let found = review(&text, &side, NOW);
    let told = found.into_iter().filter(|finding| finding.code.told());
    told.map(|finding| (finding.code, finding.message)).collect()
}

/// Rules with these conditions, of a flag that else is in order.
fn rules(conditions: &[&str]) -> Vec<(Code, String)> {
    let rules: Vec<String> = conditions
        .iter()
        .enumerate()
        .map(|(index, when)| {
            let when = if when.is_empty() { String::new() } else { format!(r#","if":{when}"#) };
            let serve = if index % 2 == 0 { "on" } else { "off" };
            format!(r#"{{"name":"r{index}"{when},"serve":"{serve}"}}"#)
        })
        .collect();
    found(&format!(
        r#"{{"variants":{{"on":true,"off":false}},"salt":"f","rules":[{}],"serve":"off"}}"#,
        rules.join(",")
    ))
}

const NZ: &str = r#"{"attribute":"country","op":"eq","value":"NZ"}"#;
const PACIFIC: &str = r#"{"attribute":"country","op":"in","value":["NZ","AU"]}"#;
const STAFF: &str = r#"{"segment":"staff"}"#;
const PRO: &str = r#"{"attribute":"plan","op":"eq","value":"pro"}"#;

#[test]
fn what_is_planted_is_found_with_its_reason() {
    let not = |when: &str| format!(r#"{{"not":{when}}}"#);
    let list = |kind: &str, parts: &[&str]| format!(r#"{{"{kind}":[{}]}}"#, parts.join(","));
    let all = |parts: &[&str]| list("all", parts);
    let any = |parts: &[&str]| list("any", parts);
    let bucket = |from: u32, to: u32| format!(r#"{{"bucket":{{"from":{from},"to":{to}}}}}"#);
    let version =
        |range: &str| format!(r#"{{"attribute":"app.version","op":"version","value":"{range}"}}"#);
    type Case<'c> = (Vec<String>, &'c [(Code, &'c str)]);
    let cases: [Case<'_>; 19] = [
        (
            vec![PACIFIC.into(), NZ.into()],
            &[(Code::UnreachableRule, "\"r0\" before it takes everyone who could match")],
        ),
        (vec![NZ.into(), PACIFIC.into()], &[]),
        (
            vec![String::new(), NZ.into(), PRO.into()],
            &[(
                Code::UnreachableRule,
                "this rule and the one behind it are never reached: \"r0\" before it has no `if`",
            )],
        ),
        // Missing and unreadable attributes keep this one alive.
        (vec![NZ.into(), not(NZ), PRO.into()], &[]),
        (
            vec![
                NZ.into(),
                r#"{"attribute":"country","op":"eq","value":"AU"}"#.into(),
                PACIFIC.into(),
            ],
            &[(Code::UnreachableRule, "\"r0\" and \"r1\" before it together take everyone")],
        ),
        (
            vec![STAFF.into(), PRO.into(), all(&[STAFF, PRO])],
            &[(Code::UnreachableRule, "\"r0\" before it")],
        ),
        (
            vec![all(&[NZ, &not(PACIFIC)])],
            &[(
                Code::NeverHolds,
                "excludes `country eq \"NZ\"`, and both are asked for: the rule \"r0\" never matches",
            )],
        ),
        (
            vec![all(&[PRO, STAFF, &not(STAFF)])],
            &[(Code::NeverHolds, "excludes `segment` \"staff\"")],
        ),
        (
            vec![version(">=3.0.0 <2.0.0")],
            &[(
                Code::NeverHolds,
                "`app.version version \">=3.0.0 <2.0.0\"` holds for no value: the rule \"r0\" never matches",
            )],
        ),
        (vec![all(&[&version(">=3.0.0"), &version("<2.0.0")])], &[(Code::NeverHolds, "excludes")]),
        (
            vec![any(&[PRO, &all(&[NZ, &not(NZ)])])],
            &[(Code::NeverHolds, "this way to meet the condition leads nowhere")],
        ),
        (
            vec![all(&[NZ, PACIFIC])],
            &[(Code::RedundantCondition, "whoever meets `country eq \"NZ\"` meets it too")],
        ),
        (
            vec![any(&[PACIFIC, NZ])],
            &[(
                Code::RedundantCondition,
                "whoever meets it meets `country in [\"NZ\",\"AU\"]` already",
            )],
        ),
        (vec![any(&[NZ, PRO, NZ])], &[(Code::RedundantCondition, "changes nothing")]),
        (vec![all(&[r#"{"attribute":"plan","op":"exists"}"#, PRO])], &[]),
        (vec![all(&[&bucket(0, 10), &bucket(20, 30)])], &[(Code::NeverHolds, "excludes")]),
        (
            vec![bucket(0, 30), all(&[PRO, &bucket(10, 20)])],
            &[(Code::UnreachableRule, "\"r0\" before it")],
        ),
        // A share that waits to be raised, and a prerequisite that waits.
        (vec![bucket(0, 0), all(&[PRO, r#"{"flag":"p","is":"on"}"#])], &[]),
        (
            vec![all(&[r#"{"flag":"p","is":"on"}"#, r#"{"flag":"p","is":"off"}"#])],
            &[(Code::NeverHolds, "excludes `flag` \"p\" is \"on\"")],
        ),
    ];
    for (conditions, wanted) in cases {
        let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
        let found = rules(&conditions);
        assert_eq!(found.len(), wanted.len(), "{conditions:?}: {found:?}");
        for ((code, message), (wanted, part)) in found.iter().zip(wanted) {
            assert!(code == wanted && message.contains(part), "{conditions:?}: {found:?}");
        }
    }
    let closed = found(&format!(
        r#"{{"variants":{{"on":true,"off":false}},"off":"off","require":{NZ},"rules":[{{"if":{},"serve":"on"}},{{"if":{PRO},"serve":"on"}}],"serve":"off"}}"#,
        r#"{"attribute":"country","op":"eq","value":"AU"}"#
    ));
    assert_eq!(closed.len(), 1, "{closed:?}");
    assert!(closed[0].1.contains("`require` keeps out whoever meets"), "{closed:?}");
}

#[test]
fn a_large_condition_is_left_alone_and_takes_no_time() {
    let started = std::time::Instant::now();
    let parts: Vec<String> = (0..8_000)
        .map(|n| format!(r#"{{"attribute":"a{n}","op":"contains","value":["x{n}","y"]}}"#))
        .collect();
    let deep = (0..18).fold(NZ.to_owned(), |inner, n| {
        format!(r#"{{"any":[{{"not":{inner}}},{{"attribute":"a{n}","op":"ge","value":{n}}}]}}"#)
    });
    rules(&[&format!(r#"{{"any":[{}]}}"#, parts.join(",")), &deep]);
    let many: Vec<&str> = (0..4_000).map(|_| NZ).collect();
    rules(&many);
    // Seconds of a loaded machine, and not the hours it could take.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[test]
fn the_last_of_many_flags_is_looked_at_like_the_first() {
    let never = format!(r#"{{"all":[{NZ},{{"attribute":"country","op":"eq","value":"AU"}}]}}"#);
    let flag = |condition: &str| {
        format!(
            r#"{{"owner":"a","variants":{{"on":true,"off":false}},"off":"off","require":{condition}}}"#
        )
    };
    let one = flag(&never);
    let flags: Vec<String> = (0..300).map(|n| format!(r#""f{n}":{one}"#)).collect();
    let text = format!(r#"{{"format":1,"flags":{{{}}}}}"#, flags.join(","));
    let side = Side::read(text.as_bytes()).unwrap();
    let told = review(&text, &side, 0).iter().filter(|one| one.code == Code::NeverHolds).count();
    assert_eq!(told, 300);
}

#[test]
fn references_that_are_followed_are_steps_too() {
    let base = r#"{"segment":"base"}"#;
    let segments: Vec<String> =
        (0..100).map(|n| format!(r#""s{n}":{{"any":[{}]}}"#, [base; 20].join(","))).collect();
    let names: Vec<String> = (0..100).map(|n| format!(r#"{{"segment":"s{n}"}}"#)).collect();
    let text = format!(
        r#"{{"format":1,"segments":{{"base":{NZ},{},"all":{{"any":[{}]}}}},"flags":{{}}}}"#,
        segments.join(","),
        names.join(",")
    );
    let side = Side::read(text.as_bytes()).unwrap();
    let all = side.document().segments.iter().find(|entry| entry.key.text == "all").unwrap();
    let condition = &all.item.as_ref().unwrap().condition;
    let parts = [Part { condition, salt: None, truth: true, holds: true }];
    let mut prober = Prober::new(&side, 1_000_000);
    assert_eq!(prober.reach(&parts, None), Reach::Somebody);
    let taken = 1_000_000 - prober.allow(2_000);
    assert!((4_000..10_000).contains(&taken), "{taken}");
    // Half of them can be read: nothing is told, and nothing is left to go on with.
    assert_eq!(prober.reach(&parts, None), Reach::CannotTell);
    assert_eq!(prober.allow(0), 0);
}

// ---- against another version ---------------------------------------------------

use reference::cut;
use serin::release::review::against;

fn divided(slices: &[(usize, u32)]) -> String {
    let shares: Vec<String> = slices
        .iter()
        .map(|(variant, width)| {
            format!(r#"{{"variant":"v{variant}","percent":{}}}"#, f64::from(*width) / 1000.0)
        })
        .collect();
    with_shares(&format!("[{}]", shares.join(",")))
}

fn with_shares(shares: &str) -> String {
    format!(
        r#"{{"format":1,"flags":{{"f":{{"variants":{{"v0":0,"v1":1,"v2":2}},"salt":"f","serve":{{"rollout":{{"shares":{shares}}}}}}}}}}}"#
    )
}

fn against_of(old: &str, new: &str) -> Vec<Finding> {
    let [old, new] = [old, new].map(|text| Side::read(text.as_bytes()).unwrap());
    assert!(old.ruleset().diagnostics().is_empty() && new.ruleset().diagnostics().is_empty());
    against(&old, &new, NOW)
}

/// Who holds the first point at or behind a place.
fn holder(slices: &[(usize, u32)], point: u64) -> usize {
    let mut sum = 0;
    let found = slices.iter().find(|(_, width)| {
        sum += width;
        point < cut(sum)
    });
    found.unwrap().0
}

#[test]
fn an_edit_is_refused_if_and_only_if_it_moves_without_need_and_the_advice_does_not() {
    let mut rng = Rng::new(20_261_400);
    let random = |rng: &mut Rng| -> Vec<(usize, u32)> {
        let mut left = 100_000;
        let mut slices = Vec::new();
        for _ in 0..rng.below(4) {
            let width = (rng.below(21) * 5_000) as u32 / (1 + rng.below(2) as u32);
            slices.push((rng.below(3), width.min(left)));
            left -= width.min(left);
        }
        slices.push((rng.below(3), left));
        slices
    };
    let (mut refused, mut fine) = (0, 0);
    for _ in 0..3_000 {
        let old = random(&mut rng);
        let mut new = if rng.chance(30) { random(&mut rng) } else { old.clone() };
        // Small edits, as people make them.
        if rng.chance(70) {
            let (a, b) = (rng.below(new.len()), rng.below(new.len()));
            let width = new[a].1 / 2;
            new[a].1 -= width;
            new[b].1 += width;
        }
        let total = |slices: &[(usize, u32)], variant| -> u32 {
            slices.iter().filter(|slice| slice.0 == variant).map(|slice| slice.1).sum()
        };
        let shrinks = |variant| total(&new, variant) < total(&old, variant);
        let grows = |variant| total(&new, variant) > total(&old, variant);
        // Every division stands on a multiple of 1.25 %: one point of each cell.
        let needless = (0..80).any(|cell| {
            let point = cut(cell * 1_250);
            let (from, to) = (holder(&old, point), holder(&new, point));
            from != to && !(shrinks(from) && grows(to))
        });
        let found = against_of(&divided(&old), &divided(&new));
        assert_eq!(found.len(), usize::from(needless), "{old:?} to {new:?}: {found:?}");
        let Some(finding) = found.first() else {
            fine += 1;
            continue;
        };
        refused += 1;
        assert_eq!(finding.code, Code::MovedShare);
        let (_, advice) = finding.help.split_once(": ").unwrap();
        let advised = with_shares(advice);
        assert_eq!(against_of(&divided(&old), &advised), [], "{old:?} to {new:?}: {advice}");
        let side = Side::read(advised.as_bytes()).unwrap();
        let flag = flag_of(side.document(), "f");
        let Some(serin::document::Serve::Rollout(rollout)) = &flag.serve else { panic!() };
        let then: Vec<(usize, u32)> = rollout
            .shares
            .iter()
            .map(|share| (usize::from(share.variant), share.thousandths))
            .collect();
        for variant in 0..3 {
            assert_eq!(total(&then, variant), total(&new, variant), "{old:?} to {new:?}: {advice}");
        }
    }
    println!("{refused} edits refused, {fine} let through");
    assert!(refused > 150 && fine > 500);
}

#[test]
fn what_an_edit_of_a_share_does_is_told_with_its_fractions() {
    let flag = |flag: &str| {
        format!(
            r#"{{"format":1,"segments":{{"holdout":{{"bucket":{{"salt":"h","from":0,"to":5}}}}}},"flags":{{"f":{{"variants":{{"on":true,"off":false}},"off":"off",{flag}}}}}}}"#
        )
    };
    let share = |by: &str, salt: &str, on: u32| {
        format!(
            r#""salt":"{salt}","require":{{"not":{{"segment":"holdout"}}}},"serve":{{"rollout":{{{by}"shares":[{{"variant":"on","percent":{on}}},{{"variant":"off","percent":{}}}]}}}}"#,
            100 - on
        )
    };
    let ramp = |variant: &str, rest: &str, percent: u32| {
        format!(
            r#""salt":"s","serve":{{"ramp":{{"variant":"{variant}","rest":"{rest}","steps":[{{"at":"2026-12-01T00:00:00Z","percent":10}},{{"at":"2026-12-05T00:00:00Z","percent":{percent}}}]}}}}"#
        )
    };
    let rule = |name: &str, from: u32, to: u32, salt: &str| {
        format!(
            r#""salt":"{salt}","rules":[{{"name":"{name}","if":{{"all":[{{"attribute":"a","op":"eq","value":1}},{{"bucket":{{"from":{from},"to":{to}}}}}]}},"serve":"on"}}],"serve":"off""#
        )
    };
    let by = r#""by":"company.id","withoutKey":"off","#;
    let cases = [
        (share("", "s", 10), share("", "s", 30), ""),
        (share("", "s", 30), share("", "s", 10), ""),
        (
            share("", "s", 10),
            share("", "t", 10),
            "the salt of this share was \"s\" and is \"t\", so every key is dealt anew: about 18 % of them change variant",
        ),
        (
            share("", "s", 10),
            share(by, "s", 10),
            "the key of this share was `targetingKey` and is `company.id`",
        ),
        // Nobody is moved by the salt of a share that one variant holds.
        (share("", "s", 100), share("", "t", 100), ""),
        (ramp("on", "off", 50), ramp("on", "off", 20), ""),
        (
            ramp("on", "off", 50),
            ramp("off", "on", 90),
            "10 % of the keys move from \"on\" to \"off\"",
        ),
        // At the instant of the test this ramp stands at 10 %, and later too.
        (ramp("on", "off", 50), share("", "s", 10), ""),
        (rule("a", 0, 5, "s"), rule("b", 0, 20, "s"), ""),
        (rule("a", 0, 20, "s"), rule("a", 10, 20, "s"), ""),
        (
            rule("a", 0, 5, "s"),
            rule("a", 3, 10, "s"),
            "takes 3 % of the keys out of the bucket and lets 5 % others in",
        ),
        (
            rule("a", 0, 5, "s"),
            rule("a", 0, 5, "t"),
            "about 9.5 % of them enter or leave the bucket",
        ),
    ];
    for (old, new, wanted) in cases {
        let found = against_of(&flag(&old), &flag(&new));
        assert_eq!(found.is_empty(), wanted.is_empty(), "{old} to {new}: {found:?}");
        assert!(found.iter().all(|finding| finding.message.contains(wanted)), "{found:?}");
    }
    let old = flag(&share("", "s", 10));
    let found = against_of(&old, &old.replace(r#""salt":"h""#, r#""salt":"i""#));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owner, Owner::Segment("holdout".into()));
}
