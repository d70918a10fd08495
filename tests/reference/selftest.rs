//! Cases by hand, so that the judge is not only judged by the judged.

use super::context::Value;
use super::generate::{self, Rng};
use super::{Answer, Counts, Oracle, Question, Truth, cut, faults, point, test, time, version};
use serde_json::json;
use serin::document::{Operation, Texts, decode};
use serin::{ErrorCode, Reason, RuleRef};

const NOON: i64 = 1_796_126_400_000;

/// The answer as one line: variant, reason, rule, error.
fn line(
    ruleset: &serde_json::Value,
    flag: &str,
    context: serde_json::Value,
    killed: &[&str],
) -> String {
    let text = ruleset.to_string();
    let document = decode::document(text.as_bytes()).unwrap();
    let context = Value::from(&context);
    let killed: Vec<String> = killed.iter().map(|&key| key.to_owned()).collect();
    let question = Question { context: &context, now: NOON, killed: &killed };
    let Answer { variant, reason, rule, error } =
        Oracle::new(&document).answer(flag, question, &mut Counts::new());
    let rule = match rule {
        None => String::new(),
        Some(RuleRef::Require) => " require".to_owned(),
        Some(RuleRef::Index(index)) => format!(" #{index}"),
    };
    let error = error.map(|error: ErrorCode| format!(" {}", error.name())).unwrap_or_default();
    let reason: Reason = reason;
    format!("{} {}{rule}{error}", variant.as_deref().unwrap_or("-"), reason.name())
}

fn flags(flags: serde_json::Value) -> serde_json::Value {
    json!({ "format": 1, "flags": flags })
}

fn flag(rest: serde_json::Value) -> serde_json::Value {
    let mut flag = json!({ "variants": { "on": true, "off": false }, "off": "off", "salt": "s" });
    flag.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    flag
}

#[test]
fn the_order_of_an_evaluation() {
    let on = json!({ "attribute": "x", "op": "eq", "value": 1 });
    let half = json!({ "rollout": { "shares": [ { "variant": "on", "percent": 50 }, { "variant": "off", "percent": 50 } ] } });
    let ruleset = flags(json!({
        "static": flag(json!({ "serve": "on", "rules": [] })),
        "default": flag(json!({ "serve": "on", "rules": [ { "if": on, "serve": "off" } ] })),
        "require": flag(json!({ "serve": "on", "require": { "not": on } })),
        "nothing": { "variants": { "on": 1 } },
        "nowhere": { "variants": { "on": 1 }, "enabled": false },
        "split": flag(json!({ "serve": half })),
        "rule": flag(json!({ "rules": [ { "if": on, "serve": "on" }, { "serve": half } ], "serve": "on" })),
        "broken": flag(json!({ "serve": "no" })),
        "after": flag(json!({ "rules": [ { "if": { "flag": "static", "is": "off" }, "serve": "on" } ], "serve": "off" })),
    }));
    let user = json!({ "targetingKey": "user-1" });
    for (key, context, killed, expected) in [
        ("static", json!({}), vec![], "on STATIC"),
        ("static", json!({}), vec!["static"], "off DISABLED"),
        ("default", json!({}), vec![], "on DEFAULT"),
        ("default", json!({ "x": "1" }), vec![], "on DEFAULT"),
        ("default", json!({ "x": 1 }), vec![], "off TARGETING_MATCH #0"),
        ("require", json!({ "x": 2 }), vec![], "on DEFAULT"),
        ("require", json!({ "x": 1 }), vec![], "off TARGETING_MATCH require"),
        ("require", json!({}), vec![], "off TARGETING_MATCH require"),
        ("nothing", json!({}), vec![], "- STATIC"),
        ("nowhere", json!({}), vec![], "- DISABLED"),
        ("split", json!({}), vec![], "- ERROR TARGETING_KEY_MISSING"),
        ("rule", json!({}), vec![], "- ERROR #1 TARGETING_KEY_MISSING"),
        ("rule", json!({ "x": 1 }), vec![], "on TARGETING_MATCH #0"),
        ("broken", json!({}), vec!["broken"], "- ERROR PARSE_ERROR"),
        ("none", json!({}), vec!["none"], "- ERROR FLAG_NOT_FOUND"),
        ("after", json!({}), vec![], "off DEFAULT"),
        ("after", json!({}), vec!["static"], "on TARGETING_MATCH #0"),
    ] {
        assert_eq!(line(&ruleset, key, context, &killed), expected, "{key}");
    }
    assert!(line(&ruleset, "rule", user, &[]).ends_with(" SPLIT #1"));
}

#[test]
fn points_and_cuts_are_those_of_the_format() {
    assert_eq!(point("a", "s"), 2_926_786_465);
    assert_eq!(point("user-1", "checkout"), 1_864_848_346);
    assert_eq!(point("ユーザー🐤", "checkout"), 3_151_353_103);
    assert_eq!([0, 1, 12_500, 100_000].map(cut), [0, 42_949, 536_870_912, 1 << 32]);
}

#[test]
fn the_states_of_a_key() {
    let serve = json!({ "rollout": { "withoutKey": "off", "shares": [ { "variant": "on", "percent": 100 } ] } });
    let ruleset = flags(json!({ "f": flag(json!({ "serve": serve })) }));
    for (key, held) in [
        (json!("a"), true),
        (json!(""), false),
        (json!(5), true),
        (json!(-0.0), true),
        (json!(0.5), false),
        (json!(9_007_199_254_740_991_i64), true),
        (json!(9_007_199_254_740_992_i64), false),
        (json!(true), false),
        (json!(["a"]), false),
        (json!({ "$": "unreadable" }), false),
        (json!({ "$": "date", "millis": 5 }), true),
        (json!("a".repeat(8193)), false),
    ] {
        let expected = if held { "on SPLIT" } else { "off SPLIT" };
        assert_eq!(line(&ruleset, "f", json!({ "targetingKey": key }), &[]), expected, "{key}");
    }
}

#[test]
fn whole_lines_and_ramps() {
    let shares = json!([{ "variant": "off", "percent": 0 }, { "variant": "on", "percent": 40 }, { "variant": "on", "percent": 60 }]);
    let ramp = |at: i64, percent: f64| json!({ "ramp": { "variant": "on", "rest": "off", "steps": [ { "at": at, "percent": percent }, { "at": NOON + 1, "percent": 50 } ] } });
    let ruleset = flags(json!({
        "whole": flag(json!({ "serve": { "rollout": { "shares": shares } } })),
        "before": flag(json!({ "serve": ramp(NOON - 1, 100.0) })),
        "at": flag(json!({ "serve": ramp(NOON, 0.0) })),
        "half": flag(json!({ "serve": ramp(NOON, 50.0) })),
    }));
    assert_eq!(line(&ruleset, "whole", json!({}), &[]), "on SPLIT");
    assert_eq!(line(&ruleset, "before", json!({}), &[]), "on SPLIT");
    assert_eq!(line(&ruleset, "at", json!({}), &[]), "off SPLIT");
    assert_eq!(line(&ruleset, "half", json!({}), &[]), "- ERROR TARGETING_KEY_MISSING");
}

#[test]
fn broken_by_references() {
    let on = |condition| {
        flag(json!({ "serve": "on", "rules": [ { "if": condition, "serve": "off" } ] }))
    };
    let seg = |name: &str| json!({ "segment": name });
    let is = |key: &str, name: &str| json!({ "flag": key, "is": name });
    let mut segments = json!({
        "ring 1": seg("ring 2"), "ring 2": seg("ring 1"), "to the ring": { "not": seg("ring 1") },
        "lost": is("no such flag", "on"), "typo": is("sound", "no"), "unchecked": is("broken", "no"),
        "through": is("cycle by segment", "on"),
    });
    let mut crowd = Vec::new();
    for index in 0..254 {
        segments[format!("n{index}")] = is("sound", "on");
        crowd.push(seg(&format!("n{index}")));
    }
    let ruleset = json!({ "format": 1, "segments": segments, "flags": {
        "sound": on(seg("unchecked")),
        "broken": on(json!({ "all": [] })),
        "ring": on(seg("to the ring")), "lost": on(seg("lost")), "typo": on(seg("typo")), "no segment": on(seg("none")),
        "cycle 1": on(is("cycle 2", "on")), "cycle 2": on(is("cycle 1", "on")), "itself": on(is("itself", "on")),
        "to the cycle": on(is("cycle 1", "on")),
        "cycle by segment": on(seg("through")), "to the segment": on(seg("through")),
        // What is broken otherwise closes no cycle.
        "no cycle 1": on(is("no cycle 2", "on")), "no cycle 2": on(json!({ "all": [is("no cycle 1", "on"), seg("none")] })),
        // With `sound`, `unchecked` and `broken` they are so many.
        "256": on(json!({ "any": crowd[..253] })), "257": on(json!({ "any": crowd[..254] })),
        // What is broken by its number has no references.
        "after 257": on(is("257", "on")), "after 256": on(is("256", "on")),
    }});
    let text = ruleset.to_string();
    let document = decode::document(text.as_bytes()).unwrap();
    let faults = faults::find(&document);
    let broken: Vec<&str> = faults.segments.into_keys().collect();
    assert_eq!(broken, ["lost", "ring 1", "ring 2", "to the ring", "typo"]);
    let broken: Vec<&str> = faults.flags.into_keys().collect();
    let expected = [
        "257",
        "after 256",
        "broken",
        "cycle 1",
        "cycle 2",
        "cycle by segment",
        "itself",
        "lost",
        "no cycle 2",
        "no segment",
        "ring",
        "typo",
    ];
    assert_eq!(broken, expected);
}

#[test]
fn operators_on_values() {
    let operand = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (op, value, attribute, expected) in [
        ("eq", "5", json!(5.0), Some(true)),
        ("eq", "5", json!("5"), None),
        ("eq", "0", json!(-0.0), Some(true)),
        ("in", "[\"a\",\"b\"]", json!("c"), Some(false)),
        ("startsWith", "[\"x\",\"\"]", json!("a"), Some(true)),
        ("contains", "\"a\"", json!(["a"]), None),
        ("ge", "5", json!(5), Some(true)),
        ("lt", "5", json!({ "$": "date", "millis": 4 }), Some(true)),
        ("version", "\">=2.10.0 <3\"", json!("v2.10"), Some(true)),
        ("version", "\">=2.10.0 <3\"", json!("3.0.0-rc"), Some(false)),
        ("version", "\">=2.10.0 <3\"", json!("V2.10"), None),
        ("before", "\"2026-12-01T09:00:00Z\"", json!("2026-12-01T09:59:59.9999+01:00"), Some(true)),
        ("before", "\"2026-12-01T09:00:00Z\"", json!(1_796_115_600), None),
        ("after", "\"2026-12-01T09:00:00Z\"", json!(1_796_115_600_000_i64), Some(false)),
        ("cidr", "\"203.0.113.9/24\"", json!("203.0.113.255"), Some(true)),
        ("cidr", "\"203.0.113.9/24\"", json!("::ffff:203.0.113.9"), Some(false)),
        ("cidr", "\"::/0\"", json!("::1"), Some(true)),
        ("cidr", "\"::/0\"", json!("::1%lo"), None),
        ("cidr", "\"0.0.0.0/0\"", json!("1.2.3.04"), None),
        ("hasAny", "[1,2]", json!([3, 2]), Some(true)),
        ("hasAny", "[1,2]", json!([]), Some(false)),
        ("hasAll", "[1,1,2]", json!([2, 1]), Some(true)),
        ("hasAll", "[1,2]", json!([1]), Some(false)),
        ("hasAll", "[1,2]", json!(["1", "2"]), None),
        ("hasAll", "[1,2]", json!([1, 2, null]), None),
        ("hasAll", "[1]", json!([1, { "$": "unreadable" }]), None),
        ("matches", "[1]", json!(1), None),
    ] {
        let condition = json!({ "attribute": "a.b", "op": op, "value": operand(value) });
        let rule = |condition| json!([{ "if": condition, "serve": "on" }]);
        let ruleset = flags(json!({
            "is": flag(json!({ "rules": rule(condition.clone()) })),
            "is not": flag(json!({ "rules": rule(json!({ "not": condition })) })),
        }));
        let context = json!({ "a": { "b": attribute } });
        let answers = ["is", "is not"].map(|key| line(&ruleset, key, context.clone(), &[]));
        let matched = "on TARGETING_MATCH #0";
        assert_eq!(answers[0] == matched, expected == Some(true), "{op} {value} {attribute}");
        assert_eq!(answers[1] == matched, expected == Some(false), "{op} {value} {attribute}");
    }
}

#[test]
fn exists_knows_all_but_the_unreadable() {
    let truth = |value: serde_json::Value| -> Truth {
        test(&Operation::Exists, false, &Value::from(&value).seen()).1
    };
    assert_eq!(truth(json!(null)), Some(false));
    assert_eq!(truth(json!({ "$": "other" })), Some(true));
    assert_eq!(truth(json!([1, "a"])), Some(true));
    assert_eq!(truth(json!({ "$": "unreadable" })), None);
    assert_eq!(truth(json!([{ "$": "unreadable" }])), None);
}

#[test]
fn case_is_folded_in_ascii_alone() {
    let starts = |part: &'static str, text: &str| {
        let texts = Texts { texts: vec![part.into()], list: false };
        test(&Operation::StartsWith(texts), true, &Value::Text(text.to_owned())).1
    };
    assert_eq!(starts("AbC", "aBcd"), Some(true));
    assert_eq!(starts("É", "é"), Some(false));
    assert_eq!(starts("k", "\u{212a}"), Some(false));
    assert_eq!(starts("[", "{"), Some(false));
}

/// As npm's `semver` 7.8.6 answers with `includePrerelease`, and the table in `src/doc/format.md`.
#[test]
fn ranges_of_versions() {
    for (range, within, without) in [
        (">=2.10.0 <3", "2.10.0 v2.10 2.99.1+linux", "2.9.9 2.10.0-rc.1 3.0.0-rc 3"),
        ("<3.0.0", "2.9.9 3.0.0-rc", "3.0.0 3"),
        (">=1", "1.0.0-0 1.0.0-alpha 1", "0.9.9"),
        (">1", "2.0.0-0 2", "1.9.9"),
        (">1.2", "1.3.0-0", "1.2.9"),
        ("<=1", "1.9.9 0.1", "2.0.0-0"),
        ("<1.2", "1.1.9", "1.2.0-0"),
        ("^1", "1.0.0-0 1.9", "2.0.0-0 0.9"),
        ("^0", "0.0.0-0 0.9.9", "1.0.0-0"),
        ("^0.0", "0.0.0-0 0.0.9", "0.1.0-0"),
        ("^0.2", "0.2.0-0 0.2.9", "0.3.0-0"),
        ("~1.2", "1.2.0-0 1.2.9", "1.3.0-0 1.1.9"),
        ("~1", "1.0.0-0 1.9", "2.0.0-0"),
        ("~1.2.3-rc", "1.2.3-rc 1.2.9", "1.2.3-beta 1.3.0-0"),
        ("=1.2", "1.2.0-0 1.2.9", "1.3.0-0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.2.3-rc 0.3.0-0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4-0 0.0.2"),
        ("1.2.3+x", "1.2.3 v1.2.3+build.5", "1.2.3-rc 1.2.4"),
        ("=1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.1+x", "1.2.3 1.2.3-rc.2"),
        (">=1.0.0-rc.9   <1.0.0", "1.0.0-rc.9 1.0.0-rc.10", "1.0.0-rc.8 1.0.0-beta 1.0.0"),
    ] {
        for (versions, expected) in [(within, true), (without, false)] {
            for text in versions.split(' ') {
                let version = version::of_attribute(text).unwrap();
                assert_eq!(version::within(&version, range), expected, "{text} in {range}");
            }
        }
    }
    for text in [
        "",
        "v",
        "V1",
        "01",
        "1.2.3.4",
        "1.",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-01",
        "1-é",
        "9007199254740992",
        " 1",
    ] {
        assert_eq!(version::of_attribute(text), None, "{text}");
    }
}

#[test]
fn times_as_the_format_lists_them() {
    for (text, expected) in [
        ("2026-12-01T09:00:00Z", Some(1_796_115_600_000)),
        ("2026-12-01t10:00:00.000+01:00", Some(1_796_115_600_000)),
        ("2026-11-30T21:30:00.0009-11:30", Some(1_796_115_600_000)),
        ("1969-12-31T23:59:59.9999-00:00", Some(-1)),
        ("0000-03-01T00:00:00Z", Some(-62_162_035_200_000)),
        ("2000-02-29T23:59:59.5z", Some(951_868_799_500)),
        ("1900-02-29T00:00:00Z", None),
        ("2026-12-01", None),
        ("2026-12-01T09:00:00", None),
        ("2026-12-01 09:00:00Z", None),
        ("2026-12-01T09:00:60Z", None),
        ("2026-12-01T09:00:00.Z", None),
        ("2026-12-01T09:00:00+24:00", None),
        ("é", None),
        ("2026-12-01T09:00:0éZ", None),
    ] {
        assert_eq!(time::rfc3339(text), expected, "{text}");
    }
}

#[test]
fn generated_text_is_json_and_repeats_by_seed() {
    for seed in 0..200 {
        let text = |seed| {
            let mut rng = Rng::new(seed);
            let generated = generate::document(&mut rng);
            let text = generated.json.noisy(&mut rng);
            (text, generate::context(&mut rng, &generated))
        };
        let (first, second) = (text(seed), text(seed));
        assert_eq!(first.0, second.0);
        assert_eq!(format!("{:?}", first.1), format!("{:?}", second.1));
        let overflow = ["1e400", "1e309", "1e999"].iter().any(|number| first.0.contains(number));
        let surrogate = ["\\ud800", "\\udc00"].iter().any(|half| first.0.contains(half));
        let parsed = serde_json::from_str::<serde_json::Value>(&first.0);
        assert!(overflow || surrogate || parsed.is_ok(), "{seed}: {parsed:?}\n{}", first.0);
    }
}
