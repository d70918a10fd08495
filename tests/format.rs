//! Holds the page `format.md`, the JSON Schema and the decoder together: what
//! one of them says of an example, a code, a limit, an operator or a number,
//! the other two say as well.

use serde_json::{Value, json};
use serin::decision::Decision;
use serin::diagnostic::{Code, Expected, Severity, Subject};
use serin::{Context, Ruleset, limits};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../src/doc/format.md");
const SCHEMA: &str = include_str!("../src/doc/ruleset.schema.json");
const LIMITS: &str = include_str!("../src/limits.rs");

/// Codes that need a whole check, not a load.
const ONLY_WHEN_CHECKED: [&str; 4] =
    ["hidden-rollout", "negated-rule", "no-without-key", "falling-ramp"];
/// Codes whose examples cannot be printed; `examples_that_cannot_be_printed` builds them.
const NOT_PRINTABLE: [&str; 5] =
    ["invalid-utf8", "byte-order-mark", "document-too-large", "too-many-flags", "more-faults"];

// ---- reading the page -------------------------------------------------------

/// A fenced example, wrapped into a whole ruleset.
struct Example {
    line: usize,
    mark: String,
    codes: Vec<String>,
    document: String,
}

fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = PAGE.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let Some(info) = info.strip_prefix("json") else { continue };
        let mut words = info.split_whitespace().map(str::to_owned);
        let mark = words
            .next()
            .unwrap_or_else(|| panic!("line {}: an example without a mark", number + 1));
        // A file of a source folder; `tests/sources.rs` reads it.
        if mark == "override" {
            continue;
        }
        let (document, mark) = wrap(&mark, &body.join("\n"));
        found.push(Example { line: number + 1, mark, codes: words.collect(), document });
    }
    found
}

fn wrap(mark: &str, body: &str) -> (String, String) {
    if let Some(mark) = mark.strip_prefix("condition-") {
        let flag = format!(
            r#"{{"variants":{{"on":true,"off":false}},"salt":"example","rules":[{{"if":{body},"serve":"on"}}],"serve":"off"}}"#
        );
        (around(&flag), mark.to_owned())
    } else if let Some(mark) = mark.strip_prefix("flag-") {
        (around(body), mark.to_owned())
    } else {
        let mark = if mark == "refused" { "refused whole" } else { mark };
        (body.to_owned(), mark.to_owned())
    }
}

fn around(flag: &str) -> String {
    format!(
        r#"{{"format":1,"segments":{{"staff":{{"attribute":"email","op":"endsWith","value":"@acme.example"}}}},
"flags":{{"example":{flag},"other":{{"variants":{{"on":true,"off":false}},"serve":"on"}}}}}}"#
    )
}

/// The rows of the table after a marker comment, as cells without backticks.
fn table(marker: &str) -> Vec<Vec<String>> {
    let marker = format!("<!-- {marker} -->");
    let mut lines = PAGE.lines().skip_while(|line| *line != marker).skip(1);
    let rows = lines.by_ref().take_while(|line| line.starts_with('|')).skip(2);
    let rows: Vec<Vec<String>> = rows
        .map(|row| {
            row.trim_matches('|')
                .split(" | ")
                .map(|cell| cell.trim().trim_matches('`').to_owned())
                .collect()
        })
        .collect();
    assert!(!rows.is_empty(), "the page has no table {marker}");
    rows
}

/// The parts of a cell such as "`a`, `b`".
fn parts(cell: &str) -> Vec<&str> {
    cell.split("`, `").collect()
}

// ---- asking the product -----------------------------------------------------

fn load(document: &str) -> Ruleset {
    Ruleset::load(document.as_bytes())
        .unwrap_or_else(|fatal| panic!("{}: {document}", fatal.code.name()))
}

fn codes(ruleset: &Ruleset, severity: Severity) -> BTreeSet<&'static str> {
    let all = ruleset.diagnostics().iter();
    all.filter(|diagnostic| diagnostic.severity() == severity)
        .map(|diagnostic| diagnostic.code.name())
        .collect()
}

/// Whether a condition is true, false or unknown (None).
fn truth(condition: &Value, context: &Value, now: i64) -> Option<bool> {
    let document = json!({ "format": 1, "flags": { "example": {
        "variants": { "true": 1, "false": 0, "unknown": 2 },
        "rules": [ { "if": condition, "serve": "true" }, { "if": { "not": condition }, "serve": "false" } ],
        "serve": "unknown" } } });
    let ruleset = load(&document.to_string());
    assert!(codes(&ruleset, Severity::Error).is_empty(), "{document}");
    let flag = ruleset.flag("example").unwrap();
    let mut context = Context::bind(&ruleset, context, now);
    let decision = serin::evaluate(&ruleset, flag, &mut context);
    match ruleset.variant_name(flag, decision.variant().unwrap()).unwrap() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn schema() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

// ---- examples ---------------------------------------------------------------

#[test]
fn the_decoder_does_with_every_example_what_the_page_says() {
    let mut wrong = Vec::new();
    let examples = examples();
    for Example { line, mark, codes: expected, document } in &examples {
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        let (fatal, errors, warnings) = match Ruleset::load(document.as_bytes()) {
            Err(fatal) => (Some(fatal.code.name()), BTreeSet::new(), BTreeSet::new()),
            Ok(ruleset) => {
                (None, codes(&ruleset, Severity::Error), codes(&ruleset, Severity::Warning))
            }
        };
        let none = BTreeSet::new();
        let seen_by_load = |codes: &BTreeSet<&'static str>| {
            codes.iter().eq(expected.iter().filter(|code| !ONLY_WHEN_CHECKED.contains(code)))
        };
        let right = match mark.as_str() {
            "accepted" => {
                expected.is_empty() && fatal.is_none() && errors == none && warnings == none
            }
            "refused whole" => expected.iter().copied().eq(fatal) && expected.len() == 1,
            "refused" | "breaks" => {
                fatal.is_none() && errors != none && seen_by_load(&(&errors | &warnings))
            }
            "warns" => {
                fatal.is_none() && !expected.is_empty() && errors == none && seen_by_load(&warnings)
            }
            other => panic!("line {line}: unknown mark {other}"),
        };
        if !right {
            wrong.push(format!(
                "line {line}: {mark} {expected:?}, got {fatal:?} {errors:?} {warnings:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples.len() > 60, "only {} examples were found", examples.len());
}

#[test]
fn the_schema_does_with_every_example_what_the_page_says() {
    let schema = schema();
    let decoder_only = table("decoder-only");
    let extent = |code: &str| {
        decoder_only.iter().find(|row| row[0] == code).map_or("never", |row| row[1].as_str())
    };
    let is_error = |code: &&String| {
        !Code::ALL
            .iter()
            .any(|known| known.name() == *code && known.severity() == Severity::Warning)
    };
    let mut wrong = Vec::new();
    for Example { line, mark, codes, document } in examples() {
        // A parser may refuse what only the decoder can name.
        let Ok(document) = serde_json::from_str::<Value>(&document) else {
            assert!(codes.iter().all(|code| extent(code) == "always"), "line {line} is not JSON");
            continue;
        };
        let accepts = schema.is_valid(&document);
        let must_accept = match mark.as_str() {
            "accepted" | "warns" => Some(true),
            _ if codes.iter().filter(is_error).any(|code| extent(code) == "never") => Some(false),
            _ if codes.iter().filter(is_error).all(|code| extent(code) == "always") => Some(true),
            _ => None,
        };
        if must_accept.is_some_and(|must| must != accepts) {
            let errors: Vec<String> =
                schema.iter_errors(&document).map(|error| error.to_string()).collect();
            wrong.push(format!("line {line}: {mark} {codes:?}, schema: {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn examples_that_cannot_be_printed() {
    let empty = r#"{"format":1,"flags":{}}"#;
    let refused = |bytes: &[u8]| Ruleset::load(bytes).err().map(|fatal| fatal.code.name());
    assert_eq!(refused(&[b"\xef\xbb\xbf", empty.as_bytes()].concat()), Some("byte-order-mark"));
    assert_eq!(refused(b"{\"format\":1,\"flags\":{},\"x-caf\xe9\":1}"), Some("invalid-utf8"));

    let padded = |length: usize| format!("{empty}{}", " ".repeat(length - empty.len()));
    assert_eq!(refused(padded(limits::DOCUMENT_BYTES).as_bytes()), None);
    assert_eq!(refused(padded(limits::DOCUMENT_BYTES + 1).as_bytes()), Some("document-too-large"));

    let flags = |count: usize| {
        let flags: Vec<String> =
            (0..count).map(|i| format!(r#""{i}":{{"variants":{{"":1}}}}"#)).collect();
        format!(r#"{{"format":1,"flags":{{{}}}}}"#, flags.join(","))
    };
    assert_eq!(refused(flags(limits::FLAGS).as_bytes()), None);
    assert_eq!(refused(flags(limits::FLAGS + 1).as_bytes()), Some("too-many-flags"));

    let faults: Vec<String> = (0..99_999).map(|i| format!(r#""{i}":0"#)).collect();
    let ruleset = load(&format!(r#"{{"format":1,"flags":{{{}}}}}"#, faults.join(",")));
    assert_eq!(ruleset.diagnostics().last().map(|last| last.code.name()), Some("more-faults"));
}

/// The rulesets of the conformance files that are not refused as a whole.
fn conformance_rulesets() -> Vec<Value> {
    let mut rulesets = Vec::new();
    for entry in
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            rulesets.push(file["ruleset"].take());
        }
    }
    rulesets.retain(|ruleset| Ruleset::load(ruleset.to_string().as_bytes()).is_ok());
    rulesets
}

#[test]
fn the_schema_accepts_every_conformance_ruleset_that_loads_without_errors() {
    let schema = schema();
    let (mut wrong, mut accepted) = (Vec::new(), 0);
    for ruleset in conformance_rulesets() {
        if codes(&load(&ruleset.to_string()), Severity::Error).is_empty() {
            accepted += 1;
            let errors = schema.iter_errors(&ruleset);
            wrong.extend(errors.map(|error| format!("{error} at {}", error.instance_path())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 40, "only {accepted} rulesets");
}

#[test]
fn the_schema_refuses_every_broken_flag_of_the_conformance_files_that_it_can() {
    let schema = schema();
    let decoder_only = table("decoder-only");
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for ruleset in conformance_rulesets() {
        let loaded = load(&ruleset.to_string());
        let mut broken: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for diagnostic in
            loaded.diagnostics().iter().filter(|one| one.severity() == Severity::Error)
        {
            let who = match diagnostic.subject {
                Subject::Flag(index) => {
                    ("flags", loaded.key(loaded.flags().nth(index as usize).unwrap()))
                }
                Subject::Segment(index) => ("segments", loaded.segment_key(index)),
                Subject::Document => panic!("an error of the whole document is fatal"),
            };
            broken.entry(who).or_default().insert(diagnostic.code.name());
        }
        for ((kind, key), codes) in broken {
            let mut alone = json!({ "format": 1, "flags": {} });
            alone[kind] = json!({ key: ruleset[kind][key] });
            let extents: BTreeSet<&str> = codes
                .iter()
                .map(|code| {
                    decoder_only.iter().find(|row| row[0] == *code).map_or("never", |row| &row[1])
                })
                .collect();
            let accepts = schema.is_valid(&alone);
            if extents.contains("never") == accepts && !extents.contains("in part") {
                wrong.push(format!("{codes:?}, but the schema says {accepts}: {alone}"));
            }
            refused += usize::from(!accepts);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused > 60, "only {refused} broken flags and segments were refused");
}

// ---- codes, limits, members, operators --------------------------------------

#[test]
fn the_page_has_an_entry_for_every_code_and_no_other() {
    let (_, entries) = PAGE.split_once("\n## Diagnostics\n").unwrap();
    let mut named = Vec::new();
    for entry in entries.split("\n### ").skip(1) {
        let (heading, rest) = entry.split_once("\n\n").unwrap();
        let name = heading.trim_matches('`');
        named.push(name);
        let Some(code) = Code::ALL.iter().find(|code| code.name() == name) else {
            panic!("no code {name}")
        };
        let severity = format!("{:?}.\n", code.severity());
        assert!(rest.starts_with(&severity), "{name} is not {severity}");
        assert!(rest.contains("\n\nTo mend it: "), "{name} does not say how to mend it");
        assert_eq!(
            rest.contains("*Only when checked.*"),
            ONLY_WHEN_CHECKED.contains(&name),
            "{name}"
        );
        let example = rest
            .lines()
            .any(|line| line.starts_with("```json ") && line.split(' ').any(|word| word == name));
        assert_eq!(example, !NOT_PRINTABLE.contains(&name), "{name}: an example");
    }
    assert!(named.iter().copied().eq(Code::ALL.iter().map(|code| code.name())), "{named:?}");
    for row in table("decoder-only") {
        assert!(named.contains(&row[0].as_str()), "no code {}", row[0]);
        assert!(["always", "in part"].contains(&row[1].as_str()), "{}", row[1]);
    }
}

#[test]
fn the_page_gives_every_limit_its_value() {
    macro_rules! values { ($($name:ident)*) => { vec![$((stringify!($name), limits::$name as u64)),*] } }
    let values = values!(DOCUMENT_BYTES FLAGS RULES VARIANTS TESTS NODES IN_LIST LIST DEPTH PATH TEXT_BYTES
        LIST_ATTRIBUTE SAFE_INTEGER);
    let declared =
        LIMITS.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    assert!(declared.eq(values.iter().map(|(name, _)| *name)), "limits.rs and this test differ");
    let rows = table("limits");
    let page = rows.iter().map(|row| (row[1].as_str(), row[2].replace(',', "").parse().unwrap()));
    assert!(page.eq(values), "the page has other limits");
    for code in rows.iter().filter(|row| !row[3].contains(' ')).map(|row| &row[3]) {
        assert!(Code::ALL.iter().any(|known| known.name() == code), "no code {code}");
    }
}

#[test]
fn page_schema_and_decoder_have_the_same_operators() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let in_schema = &schema["definitions"]["condition"]["properties"]["op"]["anyOf"][0];
    assert_eq!(
        in_schema["enum"].as_array().unwrap().len(),
        in_schema["enumDescriptions"].as_array().unwrap().len()
    );
    let in_schema: Vec<&str> =
        in_schema["enum"].as_array().unwrap().iter().map(|op| op.as_str().unwrap()).collect();
    let rows = table("operators");
    let in_page: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let in_decoder: Vec<&str> =
        Expected::Operators.phrase().trim_start_matches("one of ").split(", ").collect();
    assert_eq!(in_schema, in_decoder);
    assert_eq!(in_page, in_decoder);
    for op in in_decoder {
        // Whatever it says of a test without operand, it is not that the operator is unknown.
        let ruleset =
            load(&wrap("condition-", &json!({ "attribute": "a", "op": op }).to_string()).0);
        assert!(!codes(&ruleset, Severity::Warning).contains("unknown-operator"), "{op}");
    }
    let ruleset = load(&wrap("condition-", r#"{"attribute":"a","op":"equals","value":1}"#).0);
    assert!(codes(&ruleset, Severity::Warning).contains("unknown-operator"));
}

#[test]
fn page_schema_and_decoder_have_the_same_members() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let of = &schema["definitions"];
    let condition = &of["condition"]["properties"];
    let places = [
        (Expected::FlagMembers, &of["flag"]["properties"]),
        (Expected::RuleMembers, &of["rule"]["properties"]),
        (Expected::ServeMembers, &of["serve"]["anyOf"][1]["properties"]),
        (Expected::RolloutMembers, &of["rollout"]["properties"]),
        (Expected::ShareMembers, &of["rollout"]["properties"]["shares"]["items"]["properties"]),
        (Expected::RampMembers, &of["ramp"]["properties"]),
        (Expected::StepMembers, &of["ramp"]["properties"]["steps"]["items"]["properties"]),
        (Expected::ConditionMembers, condition),
        (Expected::BucketMembers, &condition["bucket"]["properties"]),
        (Expected::TimeMembers, &condition["time"]["properties"]),
    ];
    for (expected, properties) in places {
        let mut in_decoder: BTreeSet<&str> = expected
            .phrase()
            .trim_start_matches("one of ")
            .split(", ")
            .flat_map(|name| name.split(" with "))
            .collect();
        if matches!(expected, Expected::ConditionMembers) {
            in_decoder.extend(["value", "ignoreCase"]);
        }
        let in_schema: BTreeSet<&str> =
            properties.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(in_schema, in_decoder, "{expected:?}");
        for member in in_decoder {
            assert!(PAGE.contains(&format!("`{member}`")), "the page does not name {member}");
        }
    }
}

#[test]
fn the_page_has_every_reason_and_error_code() {
    let order = table("order");
    for bits in 0..=5 {
        let reason = Decision::from_bits(bits << 24).reason().name();
        assert!(order.iter().any(|row| row[3] == reason), "no row for {reason}");
    }
    let errors: Vec<String> = table("errors").into_iter().map(|row| row[0].clone()).collect();
    let codes =
        (1..=7).map(|bits: u32| Decision::from_bits(bits << 28).error_code().unwrap().name());
    assert!(codes.eq(errors.iter().map(String::as_str)), "{errors:?}");
}

// ---- numbers ----------------------------------------------------------------

/// "12.345" for 12,345 thousandths.
fn percent(thousandths: u32) -> Value {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000).parse::<f64>().unwrap().into()
}

#[test]
fn bucketing_gives_the_vectors_of_the_page() {
    let vectors = table("vectors");
    assert!(vectors.len() >= 12);
    for vector in vectors {
        let [salt, key, bytes, seed, hash, point] = &vector[..] else { panic!("{vector:?}") };
        let point: u32 = point.parse().unwrap();
        assert_eq!(u64::from_str_radix(hash, 16).unwrap() >> 32, u64::from(point), "{vector:?}");
        assert_eq!(
            serin::bucket::seed(salt.as_bytes()),
            u64::from_str_radix(seed, 16).unwrap(),
            "{vector:?}"
        );
        assert_eq!(
            serin::bucket::point(serin::bucket::seed(salt.as_bytes()), bytes.as_bytes()),
            point,
            "{vector:?}"
        );

        // The thousandth that holds the point, and all of the line that does not.
        let thousandth =
            (0..100_000).rfind(|m| serin::bucket::cut(*m) <= u64::from(point)).unwrap();
        let context = json!({ "targetingKey": serde_json::from_str::<Value>(key).unwrap() });
        let within = |from, to| {
            let bucket =
                json!({ "bucket": { "salt": salt, "from": percent(from), "to": percent(to) } });
            truth(&bucket, &context, 0)
        };
        assert_eq!(within(thousandth, thousandth + 1), Some(true), "{vector:?}");
        assert_eq!(within(0, thousandth), Some(false), "{vector:?}");
        assert_eq!(within(thousandth + 1, 100_000), Some(false), "{vector:?}");
    }
}

#[test]
fn cuts_are_those_of_the_page() {
    for row in table("cuts") {
        let thousandths: u32 = row[1].parse().unwrap();
        assert_eq!(percent(thousandths).as_f64(), row[0].parse().ok(), "{row:?}");
        assert_eq!(serin::bucket::cut(thousandths), row[2].parse::<u64>().unwrap(), "{row:?}");
    }
}

#[test]
fn versions_are_as_the_page_says() {
    for row in table("versions") {
        let test = json!({ "attribute": "v", "op": "version", "value": row[0] });
        for (cell, expected) in [(&row[1], true), (&row[2], false)] {
            for version in parts(cell) {
                assert_eq!(
                    truth(&test, &json!({ "v": version }), 0),
                    Some(expected),
                    "{version} in {}",
                    row[0]
                );
            }
        }
    }
}

#[test]
fn networks_are_as_the_page_says() {
    for row in table("networks") {
        let test = json!({ "attribute": "ip", "op": "cidr", "value": row[0] });
        for (cell, expected) in [(&row[1], true), (&row[2], false)] {
            for address in parts(cell) {
                assert_eq!(
                    truth(&test, &json!({ "ip": address }), 0),
                    Some(expected),
                    "{address} in {}",
                    row[0]
                );
            }
        }
    }
    let (_, none) = PAGE.split_once("These are no addresses: `").unwrap();
    for address in parts(none.split_once("`. ").unwrap().0) {
        let test = json!({ "attribute": "ip", "op": "cidr", "value": ["0.0.0.0/0", "::/0"] });
        assert_eq!(truth(&test, &json!({ "ip": address }), 0), None, "{address}");
    }
}

#[test]
fn times_are_as_the_page_says() {
    let schema = schema();
    for row in table("times") {
        let text = &row[0];
        let value: Value = serde_json::from_str(text).unwrap();
        // Written as the page has it, so that 1e12 and 1000000000000 stay apart.
        let document = wrap("condition-", &format!(r#"{{"time":{{"from":{text}}}}}"#)).0;
        let errors = codes(&load(&document), Severity::Error);
        let test = json!({ "attribute": "t", "op": "before", "value": "2026-12-01T09:00:00.000Z" });
        let known = truth(&test, &json!({ "t": value }), 0);
        if let Ok(millis) = row[1].parse::<i64>() {
            assert!(errors.is_empty(), "{text}: {errors:?}");
            assert!(schema.is_valid(&serde_json::from_str(&document).unwrap()), "{text}");
            let window = json!({ "time": { "from": value } });
            assert_eq!(truth(&window, &json!({}), millis), Some(true), "{text}");
            assert_eq!(truth(&window, &json!({}), millis - 1), Some(false), "{text}");
            assert_eq!(known, Some(millis < 1_796_115_600_000), "{text}");
        } else {
            assert_eq!(row[1], "no time");
            assert!(errors.iter().eq(&["invalid-time"]), "{text}: {errors:?}");
            assert_eq!(known, None, "{text}");
        }
    }
}
