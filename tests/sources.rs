//! Source folders: files to one document whose every byte knows its file, the
//! names of files, the page, and the schemas of the three kinds of files.
#![cfg(feature = "tools")]

mod reference;

use reference::generate::{self, Rng};
use reference::json::Json;
use serde_json::{Value, json};
use serin::diagnostic::{Severity, Span, Subject};
use serin::document::{decode, encode};
use serin::release::assemble::{Assembly, REPLACED};
use serin::release::fault::{At, Code};
use serin::release::folder::{File, Folder};
use serin::release::{build, key};
use serin::{FlagId, Ruleset};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = include_str!("../src/doc/format.md");
const SCHEMAS: [(&str, &str); 4] = [
    ("ruleset", include_str!("../src/doc/ruleset.schema.json")),
    ("flag", include_str!("../src/doc/flag.schema.json")),
    ("segment", include_str!("../src/doc/segment.schema.json")),
    ("environment", include_str!("../src/doc/environment.schema.json")),
];
const DOCUMENTS: usize = 400;

fn file(path: &str, text: impl Into<String>) -> File {
    File { path: path.into(), bytes: text.into().into_bytes() }
}

fn assemble(files: &[File], environment: Option<&str>) -> Assembly {
    let folder = Folder::new(files.iter().map(|file| file.path.as_str()));
    Assembly::new(files, &folder, environment)
}

fn fault_codes(assembly: &Assembly) -> Vec<&'static str> {
    assembly.faults.iter().map(|fault| fault.code.name()).collect()
}

/// What a ruleset says is wrong, by whose fault it is.
fn told(text: &[u8]) -> BTreeMap<(bool, String), BTreeSet<&'static str>> {
    let ruleset = Ruleset::load(text).unwrap();
    let mut told: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for diagnostic in ruleset.diagnostics() {
        let who = match diagnostic.subject {
            Subject::Flag(index) => (true, ruleset.key(FlagId::at(index)).to_owned()),
            Subject::Segment(index) => (false, ruleset.segment_key(index).to_owned()),
            Subject::Document => continue,
        };
        told.entry(who).or_default().insert(diagnostic.code.name());
    }
    told
}

/// A random ruleset as one text and as the files of a folder, in which the
/// environment `e` replaces some members by what the ruleset has.
fn split(rng: &mut Rng) -> (String, Vec<File>) {
    let mut whole = generate::document(rng).json;
    let mut files = Vec::new();
    // The empty key has no file; whoever refers to it refers to nothing.
    for section in ["flags", "segments"] {
        let Some(entries) = whole.member(section) else { continue };
        let mut seen = BTreeSet::new();
        entries.members().retain(|(key, _)| !key.is_empty() && seen.insert(key.clone()));
        for (key, value) in entries.members() {
            let name = key::file(key).unwrap();
            let mut base = value.clone();
            if section == "flags" && matches!(base, Json::Object(_)) && rng.chance(60) {
                let mut over = Vec::new();
                let members = std::mem::take(base.members());
                let mut twice = BTreeSet::new();
                let unique = members.iter().all(|(name, _)| twice.insert(name.clone()));
                for (name, value) in members {
                    let moved = unique && REPLACED.contains(&name.as_str()) && rng.chance(50);
                    if moved && rng.chance(50) {
                        let other = rng.pick(&["\"on\"", "[]", "null", "{\"x\": 1}"]);
                        base.members().push((name.clone(), Json::raw(other)));
                    }
                    let to = if moved { &mut over } else { base.members() };
                    to.push((name, value));
                }
                let over = Json::Object(over).noisy(rng);
                files.push(file(&format!("env/e/{name}"), over));
            }
            if section == "flags" && matches!(base, Json::Object(_)) && rng.chance(50) {
                let at = rng.below(base.members().len() + 1);
                base.members().insert(at, ("client".into(), Json::raw("true")));
                base.members().insert(0, ("$schema".into(), Json::text("s")));
            }
            files.push(file(&format!("{section}/{name}"), base.noisy(rng)));
        }
    }
    (whole.noisy(rng), files)
}

#[test]
fn files_make_the_document_that_they_were_split_from() {
    let mut rng = Rng::new(20_270_101);
    let (mut sound, mut broken) = (0, 0);
    for _ in 0..DOCUMENTS {
        let (whole, mut files) = split(&mut rng);
        let Ok(document) = decode::document(whole.as_bytes()) else { continue };
        let first = assemble(&files, Some("e"));
        assert!(first.faults.is_empty(), "{:?}", first.faults);
        let text = String::from_utf8(first.text.clone()).unwrap();
        let made = decode::document(text.as_bytes()).unwrap_or_else(|_| panic!("{text}"));
        // Members of your own keep the escapes that they were written with.
        let value =
            |document| -> Value { serde_json::from_str(&build::text(document, Some(7))).unwrap() };
        assert!(value(&made) == value(&document), "{whole}\n{text}");
        assert_eq!(told(text.as_bytes()), told(whole.as_bytes()), "{whole}\n{text}");
        sound += made.flags.iter().filter(|flag| flag.item.is_some()).count();
        broken += made.flags.iter().filter(|flag| flag.item.is_none()).count();
        // The order in which files are listed is nobody's.
        rng.shuffle(&mut files);
        assert_eq!(assemble(&files, Some("e")).text, first.text);
        // What is built builds itself.
        let built = build::text(&made, Some(7));
        let again = decode::document(built.as_bytes()).unwrap();
        assert_eq!(build::text(&again, Some(7)), built);
        assert_eq!(
            again.diagnostics.iter().filter(|one| one.severity() != Severity::Warning).count(),
            0
        );
    }
    assert!(sound > 500 && broken > 50, "{sound} sound, {broken} broken");
}

#[test]
fn every_place_of_the_document_is_the_same_text_in_its_file() {
    let mut rng = Rng::new(20_270_102);
    let mut compared = 0;
    for _ in 0..DOCUMENTS {
        let (_, files) = split(&mut rng);
        let assembly = assemble(&files, Some("e"));
        let ruleset = Ruleset::load(&assembly.text).unwrap();
        for diagnostic in ruleset.diagnostics() {
            let span = diagnostic.span;
            let (number, place) = assembly.place(span).unwrap();
            let bytes = &files[number].bytes;
            let there = &bytes[place.start as usize..place.end as usize];
            let here = &assembly.text[span.start as usize..span.end as usize];
            // A key is the file's name, and stands for where the file begins;
            // a flag of two files begins and ends as its own file does.
            if here == there {
                compared += 1;
            } else {
                let root = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap();
                assert_eq!(place.start as usize, root, "{}", files[number].path);
                assert!(here.starts_with(b"\"") || here[0] == b'{' && here.last() == there.last());
            }
        }
        // So is every other place that is no file's beginning.
        for start in (0..assembly.text.len() as u32).step_by(7) {
            let Some((number, place)) = assembly.place(Span { start, end: start + 1 }) else {
                continue;
            };
            let there = files[number].bytes[place.start as usize];
            let here = assembly.text[start as usize];
            compared += usize::from(here == there);
        }
    }
    assert!(compared > 50_000, "{compared} places");
}

#[test]
fn what_an_environment_does_not_name_stays() {
    let files = [
        file(
            "flags/a.json",
            r#"{"variants":{"on":true,"off":false},"enabled":false,"serve":"on","x-a":1}"#,
        ),
        file("env/e/a.json", r#"{"$schema":"s","enabled":true,"x-b":2}"#),
        file("env/empty/.gitkeep", ""),
        file("README.md", "anything"),
    ];
    let text = |environment| {
        let assembly = assemble(&files[..3], environment);
        assert!(assembly.faults.is_empty(), "{:?}", assembly.faults);
        build::text(&decode::document(&assembly.text).unwrap(), None)
    };
    let disabled = "{\"format\":1,\n\"flags\":{\n\"a\":{\"variants\":{\"on\":true,\"off\":false},\"enabled\":false,\"serve\":\"on\",\"x-a\":1}}}\n";
    assert_eq!(text(None), disabled);
    assert_eq!(text(Some("empty")), disabled);
    assert_eq!(
        text(Some("e")),
        disabled.replace("\"enabled\":false,", "").replace("\"x-a\":1", "\"x-a\":1,\"x-b\":2")
    );
}

#[test]
fn what_is_wrong_with_a_file_is_said_once_and_of_that_file() {
    let flag = r#"{"variants":{"on":true},"serve":"on"}"#;
    let cases: &[(&[File], &[&str])] = &[
        (&[file("flags/a b.json", flag)], &["file-name"]),
        (&[file("flags/a.JSON", flag)], &["stray-file"]),
        (&[file("flags/team/", "")], &["stray-file"]),
        (&[file("env/notes.md", "")], &["stray-file"]),
        (&[file("env/my env/a.json", flag)], &["file-name", "no-flag"]),
        (&[file("flags/.a.json.swp", ""), file("flags/a.json~", "")], &[]),
        (&[file("flags/a.json", flag), file("flags/A.json", flag)], &["same-file"]),
        (&[file("flags/a.json", flag), file("flags/%61.json", flag)], &["same-file"]),
        (&[file("flags/a.json", flag), file("flags/%41.json", flag)], &[]),
        (&[file("flags/a.json", flag), file("segments/a.json", r#"{"segment":"a"}"#)], &[]),
        (&[file("env/e/a.json", "{}")], &["no-flag"]),
        (&[file("flags/a.json", flag), file("env/e/a.json", r#"{"salt":"s"}"#)], &["override"]),
        (&[file("flags/a.json", r#"{"revision":1,"variants":{"on":true}}"#)], &["revision"]),
    ];
    for (files, codes) in cases {
        let assembly = assemble(files, Some("e"));
        assert_eq!(fault_codes(&assembly), *codes, "{files:?}");
        assert!(assembly.faults.iter().all(|fault| matches!(fault.at, At::File(..))));
        assert!(assembly.diagnostics.is_empty(), "{:?}", assembly.diagnostics);
    }
    // Faults of the reader, with their places in the file.
    let told = |files: &[File]| -> Vec<(usize, &'static str, u32)> {
        let assembly = assemble(files, Some("e"));
        let read = assembly.diagnostics.iter();
        read.map(|(file, _, one)| (*file, one.code.name(), one.span.start)).collect()
    };
    let good = || file("flags/a.json", flag);
    assert_eq!(told(&[file("flags/a.json", " {,}")]), [(0, "invalid-json", 2)]);
    assert_eq!(told(&[good(), file("env/e/a.json", "")]), [(1, "invalid-json", 0)]);
    assert_eq!(told(&[good(), file("env/e/a.json", " []")]), [(1, "wrong-type", 1)]);
    assert_eq!(told(&[good(), file("segments/s.json", "\u{feff}{}")]), [(1, "byte-order-mark", 0)]);
    let bytes = File { path: "flags/a.json".into(), bytes: b"{\"\xff\":1}".to_vec() };
    assert_eq!(told(&[bytes]), [(0, "invalid-utf8", 2)]);
    let client = |value: &str| {
        told(&[file("flags/a.json", format!("{{\"client\":{value},\"variants\":{{\"on\":1}}}}"))])
    };
    assert_eq!(client("true"), []);
    assert_eq!(client("1"), [(0, "wrong-type", 10)]);
    assert_eq!(client("true,\"client\":false"), [(0, "duplicate-member", 15)]);
    assert_eq!(client("true,\"$schema\":5"), [(0, "wrong-type", 25)]);
}

#[test]
fn a_file_that_cannot_be_read_costs_no_other_flag() {
    let files = [
        file("flags/a.json", "{"),
        file(
            "flags/b.json",
            r#"{"variants":{"on":1},"require":{"flag":"a","is":"on"},"serve":"on"}"#,
        ),
    ];
    let assembly = assemble(&files, None);
    let ruleset = Ruleset::load(&assembly.text).unwrap();
    assert!(ruleset.kind(ruleset.flag("b").unwrap()).is_some());
    // What is said of the place it would have is not said twice.
    assert!(ruleset.diagnostics().iter().all(|one| assembly.follows(one.span)));
    assert_eq!(assembly.diagnostics.len(), 1);
}

// ---- the page ---------------------------------------------------------------

/// The rows of the table after a marker, as cells without backticks.
fn table(marker: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = PAGE.split_once(&format!("<!-- {marker} -->\n")).unwrap();
    let rows = rest.lines().take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().trim_matches('`')).collect()
    })
    .collect()
}

#[test]
fn the_page_names_files_as_the_code_does() {
    let rows = table("file-names");
    assert!(rows.len() >= 6);
    for row in rows {
        assert_eq!(key::file(row[0]).as_deref(), Some(row[1]));
        assert_eq!(key::key(row[1]).as_deref(), Ok(row[0]));
    }
}

#[test]
fn the_page_has_every_code_of_the_tools() {
    let rows = table("source-codes");
    let page = rows.iter().map(|row| (row[0], row[1] == "error"));
    assert!(page.eq(Code::ALL.iter().map(|code| (code.name(), code.error()))), "{rows:?}");
}

#[test]
fn the_example_of_an_environment_is_one() {
    let (_, rest) = PAGE.split_once("```json override\n").unwrap();
    let example = rest.split_once("```").unwrap().0;
    let flag = r#"{"variants":{"on":true,"off":false},"rules":[{"serve":"off"}],"serve":"off"}"#;
    let files = [file("flags/a.json", flag), file("env/e/a.json", example)];
    let assembly = assemble(&files, Some("e"));
    assert!(assembly.faults.is_empty() && assembly.diagnostics.is_empty());
    assert_eq!(Ruleset::load(&assembly.text).unwrap().diagnostics(), []);
    assert!(validator("environment").is_valid(&serde_json::from_str(example).unwrap()));
}

// ---- the schemas ------------------------------------------------------------

/// A schema that finds the others where they lie beside it.
fn validator(name: &str) -> jsonschema::Validator {
    let place = |name: &str| format!("file:///schemas/{name}.schema.json");
    let read = |name: &str| -> Value {
        let (_, text) = SCHEMAS.iter().find(|(known, _)| *known == name).unwrap();
        serde_json::from_str(text).unwrap()
    };
    let ruleset = jsonschema::Registry::new()
        .add(place("ruleset"), read("ruleset"))
        .unwrap()
        .prepare()
        .unwrap();
    jsonschema::options()
        .with_registry(&ruleset)
        .with_base_uri(place(name))
        .build(&read(name))
        .unwrap()
}

#[test]
fn the_schemas_of_files_say_of_parts_what_that_of_rulesets_says() {
    let ruleset = validator("ruleset");
    let (flag, segment, over) = (validator("flag"), validator("segment"), validator("environment"));
    let mut rng = Rng::new(20_270_103);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..DOCUMENTS {
        let text = generate::document(&mut rng).json.noisy(&mut rng);
        let Ok(Value::Object(document)) = serde_json::from_str::<Value>(&text) else { continue };
        let entries = |section: &str| document.get(section).and_then(Value::as_object).cloned();
        for (_, value) in entries("flags").into_iter().flatten() {
            let wanted = ruleset.is_valid(&json!({ "format": 1, "flags": { "a": value } }));
            assert_eq!(flag.is_valid(&value), wanted, "{value}");
            *(if wanted { &mut accepted } else { &mut refused }) += 1;
            let Value::Object(mut members) = value else { continue };
            members.insert("client".into(), json!(true));
            members.insert("$schema".into(), json!("flag.schema.json"));
            assert_eq!(flag.is_valid(&members.clone().into()), wanted);
            members.insert("client".into(), json!("true"));
            assert!(!flag.is_valid(&members.clone().into()));
            members.retain(|name, _| REPLACED.contains(&name.as_str()));
            if wanted {
                assert!(over.is_valid(&members.clone().into()), "{members:?}");
            }
            members.insert("salt".into(), json!("s"));
            assert!(!over.is_valid(&members.into()));
        }
        for (_, value) in entries("segments").into_iter().flatten() {
            let wanted =
                ruleset.is_valid(&json!({ "format": 1, "flags": {}, "segments": { "a": value } }));
            assert_eq!(segment.is_valid(&value), wanted, "{value}");
            *(if wanted { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert!(accepted > 500 && refused > 20, "{accepted} accepted, {refused} refused");
}

#[test]
fn the_schemas_of_files_have_the_members_that_are_read() {
    let members = |name: &str| -> BTreeSet<String> {
        let (_, text) = SCHEMAS.iter().find(|(known, _)| *known == name).unwrap();
        let schema: Value = serde_json::from_str(text).unwrap();
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let ruleset: Value = serde_json::from_str(SCHEMAS[0].1).unwrap();
    let of = |definition: &str| -> BTreeSet<String> {
        let members = ruleset["definitions"][definition]["properties"].as_object().unwrap();
        members.keys().cloned().collect()
    };
    let with = |mut set: BTreeSet<String>, more: &[&str]| {
        set.extend(more.iter().map(|name| (*name).to_owned()));
        set
    };
    assert_eq!(members("flag"), with(of("flag"), &["client", "$schema"]));
    assert_eq!(members("segment"), with(of("condition"), &["$schema"]));
    assert_eq!(members("environment"), with(REPLACED.map(str::to_owned).into(), &["$schema"]));
}

#[test]
fn the_canonical_text_of_parts_is_that_of_the_whole() {
    let mut rng = Rng::new(20_270_104);
    let text = generate::document(&mut rng).json.plain();
    let document = decode::document(text.as_bytes()).unwrap();
    let whole = encode::encode(&document);
    for entry in &document.flags {
        let Some(flag) = &entry.item else { continue };
        assert!(whole.contains(&encode::flag(flag)));
    }
}
