//! `fmt`, `check --fix` and `check --against`.

use super::build::Scratch;
use super::{NOW, SHOP, codes, golden, serin, serin_with, transcript};
use serde_json::Value;
use std::fs;

const UNTIDY: &str = r#"{"format":1,
  "segments": { "office": { "attribute": "ip", "op": "cidr", "value": ["203.0.113.9/24", "198.51.100.0/24"] }, "old": { "segment": "older" },
                "older": { "attribute": "age", "op": "in", "value": [1, 2, 1.0] } },
  "flags": { "a": { "variants": { "on": true, "off": false },
    "rules": [ { "if": { "all": [ { "segment": "office" }, { "attribute": "country", "op": "in", "value": ["NZ", "AU", "NZ", "NZ"] } ] }, "serve": "on" } ],
    "serve": "off" } } }
"#;

#[test]
fn fmt_writes_one_layout_and_check_says_what_it_would_do() {
    let scratch = Scratch::new("fmt");
    let file = scratch.write("untidy.json", UNTIDY);
    let strip = |text: &str| text.replace(&scratch.path(""), "");
    let run = serin(&["fmt", &file, "--check"]);
    golden("fmt.txt", &strip(&transcript(&run)));
    assert_eq!((run.code, fs::read_to_string(&file).unwrap().as_str()), (1, UNTIDY));
    assert_eq!(serin(&["fmt", &file]).code, 0);
    let tidy = fs::read_to_string(&file).unwrap();
    let values: [Value; 2] = [&tidy, UNTIDY].map(|text| serde_json::from_str(text).unwrap());
    assert!(values[0] == values[1] && tidy != UNTIDY);
    let run = serin(&["fmt", &file, "--check", "--format", "json"]);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &told[0]["changed"]), (0, &Value::Bool(false)));
    // What is broken is laid out; what is no JSON is shown, and nothing is written.
    let run = serin_with(&["fmt", "-"], r#"{"format":1,"flags":{"a":{"srve":1.50}}}"#);
    assert!(run.code == 0 && run.out.contains("\n      \"srve\": 1.50\n"), "{}", run.out);
    let broken = scratch.write("broken.json", "{ \"format\": 1,\n  \"flags\": { } ]\n");
    let other = scratch.write("other.json", UNTIDY);
    let run = serin(&["fmt", &other, &broken]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(
        run.err.contains("error[invalid-json]") && run.err.contains("broken.json:2:16"),
        "{}",
        run.err
    );
    assert_eq!(fs::read_to_string(&other).unwrap(), UNTIDY);
    assert_eq!(serin(&["fmt", "-", &file]).code, 2);
    // A source folder is its files.
    for (name, text) in [
        ("flags/a.json", r#"{"variants":{"on":true},"serve":"on"}"#),
        ("segments/s.json", "{\"attribute\":\"a\",\"op\":\"exists\"}\n"),
    ] {
        scratch.write(&format!("folder/{name}"), text);
    }
    let run = serin(&["fmt", &scratch.path("folder")]);
    assert!(run.code == 0 && run.out.contains("2 of 2 files laid out anew"), "{}", run.out);
    let flag = fs::read_to_string(scratch.path("folder/flags/a.json")).unwrap();
    assert_eq!(flag, "{\n  \"variants\": { \"on\": true },\n  \"serve\": \"on\"\n}\n");
    let segment = fs::read_to_string(scratch.path("folder/segments/s.json")).unwrap();
    assert_eq!(segment, "{ \"attribute\": \"a\", \"op\": \"exists\" }\n");
}

#[test]
fn fix_mends_what_has_one_right_answer_and_no_other_byte() {
    let scratch = Scratch::new("fix");
    let file = scratch.write("untidy.json", UNTIDY);
    let strip = |text: &str| text.replace(&scratch.path(""), "");
    let run = serin(&["check", &file, "--fix", "--dry-run", "--now", NOW]);
    golden("fix.txt", &strip(&transcript(&run)));
    assert_eq!(fs::read_to_string(&file).unwrap(), UNTIDY);
    let run = serin(&["check", &file, "--fix", "--now", NOW]);
    assert!(run.code == 0 && run.out.contains("no errors, no warnings"), "{}{}", run.out, run.err);
    let wanted =
        UNTIDY.replace("203.0.113.9/24", "203.0.113.0/24").replace(", \"NZ\", \"NZ\"]", "]");
    let start = wanted.find(", \"old\"").unwrap();
    let end = wanted.find(" },\n  \"flags\"").unwrap();
    let wanted = format!("{}{}", &wanted[..start], &wanted[end..]);
    assert_eq!(fs::read_to_string(&file).unwrap(), wanted);
    assert!(serin(&["check", &file, "--fix", "--now", NOW]).out.starts_with("nothing to mend\n"));
    // What is allowed stays.
    let file = scratch.write("allowed.json", UNTIDY);
    let run =
        serin(&["check", &file, "--fix", "--now", NOW, "--allow", "host-bits", "--format", "json"]);
    assert_eq!(codes(&run.out), [""; 0]);
    assert!(fs::read_to_string(&file).unwrap().contains("203.0.113.9/24"));
    assert_eq!(serin_with(&["check", "-", "--fix"], UNTIDY).code, 2);
    assert_eq!(serin(&["check", &file, "--dry-run"]).code, 2);
}

#[test]
fn fix_mends_source_folders_in_all_environments() {
    let scratch = Scratch::new("fix-folder");
    let flag = r#"{ "variants": { "on": true, "off": false }, "off": "off", "serve": "on" }"#;
    let rules = r#"{ "rules": [ { "if": { "all": [ { "segment": "used" }, { "attribute": "a", "op": "in", "value": ["x", "x"] } ] }, "serve": "on" } ] }"#;
    scratch.write("r/flags/f.json", flag);
    scratch.write("r/segments/used.json", r#"{ "attribute": "b", "op": "exists" }"#);
    scratch.write("r/segments/unused.json", r#"{ "attribute": "c", "op": "exists" }"#);
    scratch.write("r/env/one/f.json", rules);
    scratch.write("r/env/two/f.json", r#"{ "enabled": false }"#);
    let run = serin(&["check", &scratch.path("r"), "--fix", "--strict", "--now", NOW]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // Used in one environment is used.
    assert!(!scratch.0.join("r/segments/unused.json").exists());
    assert!(scratch.0.join("r/segments/used.json").exists());
    let over = fs::read_to_string(scratch.path("r/env/one/f.json")).unwrap();
    assert_eq!(over, rules.replace(r#"["x", "x"]"#, r#"["x"]"#));
    assert_eq!(fs::read_to_string(scratch.path("r/flags/f.json")).unwrap(), flag);
}

#[test]
fn against_refuses_an_edit_that_moves_more_than_it_has_to() {
    let scratch = Scratch::new("against");
    let shop = fs::read_to_string(SHOP).unwrap();
    // Semantic grows at the cost of the control before it: hybrid slides.
    let slid = shop.replacen(
        r#"{"variant":"semantic","percent":12.5},{"variant":"control","percent":37.5},{"variant":"hybrid","percent":12.5}"#,
        r#"{"variant":"semantic","percent":25},{"variant":"control","percent":37.5},{"variant":"hybrid","percent":12.5}"#,
        1,
    );
    let slid = slid.replacen(
        r#"{"variant":"hybrid","percent":12.5},{"variant":"control","percent":37.5}"#,
        r#"{"variant":"hybrid","percent":12.5},{"variant":"control","percent":25}"#,
        1,
    );
    assert_ne!(slid, shop);
    let file = scratch.write("slid.json", &slid);
    let run = serin(&["check", &file, "--against", SHOP, "--now", NOW]);
    let strip = |text: &str| text.replace(&scratch.path(""), "");
    golden("against.txt", &strip(&transcript(&run)));
    assert_eq!(run.code, 1);
    let run = serin(&["check", &file, "--against", SHOP, "--now", NOW, "--format", "json"]);
    assert_eq!(codes(&run.out), ["moved-share"]);
    let run = serin(&["check", &file, "--against", SHOP, "--now", NOW, "--allow", "moved-share"]);
    assert_eq!(run.code, 0);
    // The shop against itself; and a folder, by its environment.
    assert_eq!(serin(&["check", SHOP, "--against", SHOP, "--now", NOW, "--strict"]).code, 0);
    let folder = ["check", "examples/shop", "--against", "examples/shop", "--now", NOW];
    assert_eq!(serin(&folder).code, 0);
    assert_eq!(serin(&["check", SHOP, "--against", "tests/cli/nowhere.json"]).code, 3);
}
