//! `serin fmt` changes white space alone, and nothing twice.

mod reference;

use reference::generate::{self, Rng};
use serin::json::compact;
use serin::release::layout::{Shape, lay_out, shape};

fn tokens(text: &str) -> String {
    let mut out = Vec::new();
    compact(text.as_bytes(), &mut out);
    String::from_utf8(out).unwrap()
}

fn holds(text: &str, shape: Shape, what: &dyn std::fmt::Debug) -> String {
    let once = lay_out(text, shape);
    assert_eq!(tokens(&once), tokens(text), "{what:?}");
    assert_eq!(lay_out(&once, shape), once, "{what:?}: {text}");
    // However it was laid out before.
    assert_eq!(lay_out(&tokens(text), shape), once, "{what:?}: {text}");
    assert!(once.ends_with('\n') && !once.ends_with("\n\n"));
    assert!(once.lines().all(|line| line.trim_end() == line), "{what:?}: {once}");
    once
}

#[test]
fn only_white_space_changes_and_once() {
    for seed in 20_261_300..20_261_900 {
        let mut rng = Rng::new(seed);
        let generated = generate::document(&mut rng);
        let text = generated.json.noisy(&mut rng);
        assert_eq!(shape(&text), Shape::Ruleset);
        holds(&text, Shape::Ruleset, &seed);
        holds(&generated.json.plain(), Shape::Part, &seed);
    }
    for text in
        ["{}", "[]", "1", "\"a\"", "[[]]", "{\"a\":{}}", " [ 1 , [ ] , { } ] ", r#""\\\"{[,:""#]
    {
        for shape in [Shape::Ruleset, Shape::Flag, Shape::Part] {
            holds(text, shape, &text);
        }
    }
    // As deep as a file can be.
    let deep = format!("{}{}", "[".repeat(400_000), "]".repeat(400_000));
    holds(&deep, Shape::Part, &"deep");
    let deep = format!("{}1{}", "{\"a\":".repeat(2_000), "}".repeat(2_000));
    holds(&deep, Shape::Ruleset, &"deep");
}

#[test]
fn regression_files_are_laid_out_or_are_no_json() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regression");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) else { continue };
        if serin::json::Tape::new().read(text.as_bytes()).is_ok() {
            holds(&text, shape(&text), &folder);
            seen += 1;
        }
    }
    assert!(seen > 5);
}

#[test]
fn lines_break_where_the_page_says() {
    let text = r#"{"format":1,"segments":{"s":{"all":[{"attribute":"country","op":"in","value":["NZ","AU"]},{"attribute":"a","op":"eq","value":1.50e0}]}},
      "flags":{"a":{"variants":{"on":true,"off":false},"rules":[{"name":"r","if":{"segment":"s"},"serve":"on"}],"require":{"not":{"any":[{"attribute":"email","op":"endsWith","value":"@acme.example"},{"segment":"s"},{"segment":"s"}]}},"x-e":[],"serve":"off"}}}"#;
    assert_eq!(
        lay_out(text, Shape::Ruleset),
        r#"{
  "format": 1,
  "segments": {
    "s": { "all": [
      { "attribute": "country", "op": "in", "value": ["NZ", "AU"] },
      { "attribute": "a", "op": "eq", "value": 1.50e0 }
    ] }
  },
  "flags": {
    "a": {
      "variants": { "on": true, "off": false },
      "rules": [
        { "name": "r", "if": { "segment": "s" }, "serve": "on" }
      ],
      "require": { "not": { "any": [
        { "attribute": "email", "op": "endsWith", "value": "@acme.example" },
        { "segment": "s" },
        { "segment": "s" }
      ] } },
      "x-e": [],
      "serve": "off"
    }
  }
}
"#
    );
    // A line of 100 characters with its comma stays one.
    let list = |n: usize| format!("[[{}1]]", "1,".repeat(n));
    let lines = |n: usize| lay_out(&list(n), Shape::Part).lines().count();
    assert!(
        lines(30) == 1 && lines(31) == 1 && lines(32) > 30,
        "{}",
        lay_out(&list(31), Shape::Part)
    );
}
