//! `refs`: flag keys in code.

use super::build::Scratch;
use super::{golden, serin, serin_twice, transcript};
use serde_json::Value;
use std::fs;

const CODE: &str = "tests/cli/refs";
const RULESET: &str = "tests/cli/refs/ruleset.json";
const NOW: &str = "2026-12-02T10:00:00Z";

fn refs(rest: &[&str]) -> super::Run {
    serin(&[&["refs", CODE, "--ruleset", RULESET, "--now", NOW], rest].concat())
}

#[test]
fn refs_tells_unknown_unused_and_expired_flags() {
    let arguments = ["refs", CODE, "--ruleset", RULESET, "--now", NOW];
    let [text, json] = serin_twice(&arguments);
    golden("refs.txt", &transcript(&text));
    golden("refs.expected.json", &json.out);
    assert_eq!(text.code, 1);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    let of = |code: &str| -> Vec<&str> {
        let remarks = report["remarks"].as_array().unwrap().iter();
        let remarks = remarks.filter(|remark| remark["code"] == code);
        remarks.map(|remark| remark["flag"].as_str().unwrap()).collect()
    };
    assert_eq!(of("unknown-flag"), ["new-chekout", "paymnts", "edge/rout"]);
    // A constant, a prerequisite and a list are uses; a built file is none.
    assert_eq!(of("unused-flag"), ["old-banner", "generated-only"]);
    assert_eq!(of("expired-flag"), ["theme", "old-banner"]);
    for place in report["references"].as_array().unwrap() {
        let text = fs::read_to_string(place["file"].as_str().unwrap()).unwrap();
        let line = text.lines().nth(place["line"].as_u64().unwrap() as usize - 1).unwrap();
        let rest: String =
            line.chars().skip(place["column"].as_u64().unwrap() as usize - 1).collect();
        assert!(rest.starts_with(place["flag"].as_str().unwrap()), "{place}");
    }
}

#[test]
fn calls_of_your_own_are_found_by_a_pattern() {
    let run = refs(&["--pattern", r"isOn\((?:\w+, )?([\w-]+)\)", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let remarks = report["remarks"].as_array().unwrap();
    let own = remarks.iter().find(|remark| remark["flag"] == "checkout-v9").unwrap();
    assert_eq!((&own["line"], &own["column"]), (&1.into(), &6.into()));
    assert!(own["file"].as_str().unwrap().ends_with("notes.txt"));
    let run = refs(&["--pattern", "("]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("\"(\" is no regular expression: "), "{}", run.err);
}

#[test]
fn what_is_known_and_used_is_fine() {
    let scratch = Scratch::new("refs");
    let ruleset = scratch.write(
        "flags.json",
        r#"{ "format": 1, "flags": { "a": { "variants": { "on": true }, "serve": "on" } } }"#,
    );
    let arguments = |more: &[&str]| {
        serin(&[&["refs", &scratch.path("code"), "--ruleset", &ruleset], more].concat())
    };
    let run = arguments(&[]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.contains("there is no such file or folder"), "{}", run.err);
    scratch.write("code/empty.js", "");
    assert_eq!(arguments(&[]).code, 0, "unused is a warning");
    assert_eq!(arguments(&["--strict"]).code, 1);
    scratch.write("code/a.py", "client.get('a')");
    // What the declarations say is no use, and neither is a binary file.
    scratch.write("code/flags.d.ts", "// Written by `serin types`; \nflags.boolean('b', u, false)");
    scratch.write("code/binary.js", "\0flags.boolean('b', u, false)");
    scratch.write("code/long.js", &"flags.boolean('b', u, false);".repeat(200_000));
    let run = arguments(&["--strict"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(
        run.out
            .ends_with("code: no errors, no warnings in 3 files; no references to 0 of 1 flag\n"),
        "{}",
        run.out
    );
    // A folder of sources, all of its environments at once.
    let run = serin(&["refs", "examples/shop", "--ruleset", "examples/shop", "--now", NOW]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(!run.out.contains("refers to the flag \"payments\""), "others depend on it");
    assert!(run.out.contains(" --> examples/shop/flags/theme.json:1:1\n"), "{}", run.out);
}
