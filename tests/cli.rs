//! The command-line tool as a person meets it: golden output, exit codes,
//! and inputs from files, standard input and the network.
//!
//! `SERIN_BLESS=1 cargo test --test cli` writes the golden files anew; read
//! the difference before committing it. With SERIN_SCRIPT the tool is that
//! script, run by Node: `npx serin` is held to the same files.

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[path = "cli/build.rs"]
mod build;
#[path = "cli/edits.rs"]
mod edits;
#[path = "cli/promote.rs"]
mod promote;
#[path = "cli/refs.rs"]
mod refs;
#[path = "cli/serve.rs"]
mod serve;
#[path = "support/shop.rs"]
mod shop;
#[path = "cli/tidy.rs"]
mod tidy;
#[path = "cli/types.rs"]
mod types;

const SHOP: &str = "examples/shop/ruleset.json";
const NOW: &str = "2026-12-02T10:00:00Z";

/// What a run wrote and how it ended.
struct Run {
    out: String,
    err: String,
    code: i32,
}

fn command<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Command {
    let mut command = match std::env::var_os("SERIN_SCRIPT") {
        None => Command::new(env!("CARGO_BIN_EXE_serin")),
        Some(script) => {
            let mut node = Command::new("node");
            node.arg(script);
            node
        }
    };
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "*").env("no_proxy", "*");
    command
}

fn finish(mut command: Command, stdin: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // A run that refuses its arguments never reads.
    let writer = thread::spawn(move || pipe.write_all(&stdin));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn serin(arguments: &[&str]) -> Run {
    finish(command(arguments), b"")
}

fn serin_with(arguments: &[&str], stdin: impl AsRef<[u8]>) -> Run {
    finish(command(arguments), stdin.as_ref())
}

/// One run told as text and as JSON.
fn serin_twice(arguments: &[&str]) -> [Run; 2] {
    [serin(arguments), serin(&[arguments, &["--format", "json"]].concat())]
}

/// A context of the example's visitors.
fn visitor(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop/contexts.json");
    let visitors: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let found = visitors.as_array().unwrap().iter().find(|visitor| visitor["name"] == name);
    found.unwrap()["context"].to_string()
}

/// Compares with a file in `tests/cli/`, or writes it.
fn golden(file: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "cli", file].iter().collect();
    if std::env::var_os("SERIN_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        text == wanted,
        "{file} differs; SERIN_BLESS=1 writes it anew. Now:\n{text}\n--- wanted:\n{wanted}"
    );
}

/// All that a run shows, in one text.
fn transcript(run: &Run) -> String {
    let mut text = run.out.clone();
    if !run.err.is_empty() {
        text.push_str("--- standard error\n");
        text.push_str(&run.err);
    }
    text.push_str(&format!("--- exit code {}\n", run.code));
    text
}

fn codes(json: &str) -> Vec<String> {
    let entries: Vec<Value> = serde_json::from_str(json).unwrap();
    entries.iter().map(|entry| entry["code"].as_str().unwrap().to_owned()).collect()
}

// check

#[test]
fn ten_mistakes_are_ten_located_diagnostics_in_one_check() {
    let run = serin(&["check", "tests/cli/mistakes.json"]);
    golden("mistakes.txt", &transcript(&run));
    let run = serin(&["check", "tests/cli/mistakes.json", "--format", "json"]);
    golden("mistakes.expected.json", &run.out);
    let mut found = codes(&run.out);
    assert_eq!(found.len(), 10);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 10, "ten different mistakes: {found:?}");
    assert_eq!(run.code, 1);

    // Each says where it stands: the text there is what the message is about.
    let text = std::fs::read_to_string("tests/cli/mistakes.json").unwrap();
    let entries: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let mut last = 0;
    for entry in &entries {
        let number = |name: &str| entry[name].as_u64().unwrap() as usize;
        let (offset, length) = (number("offset"), number("length"));
        assert!(offset >= last, "in the order of the file");
        last = offset;
        let line = text.lines().nth(number("line") - 1).unwrap();
        let rest: String = line.chars().skip(number("column") - 1).collect();
        assert!(rest.starts_with(&text[offset..offset + length]), "{entry}");
        assert_eq!(
            number("endColumn") - number("column"),
            text[offset..offset + length].chars().count()
        );
    }
}

#[test]
fn a_wrong_name_gets_the_nearest_one_that_is_legal_there() {
    golden("names.txt", &transcript(&serin(&["check", "tests/cli/names.json"])));
}

#[test]
fn what_is_legal_and_probably_not_meant_is_a_warning() {
    let run = serin(&["check", "tests/cli/warnings.json"]);
    golden("warnings.txt", &transcript(&run));
    assert_eq!(run.code, 0);
    let run = serin(&["check", "tests/cli/warnings.json", "--strict"]);
    assert_eq!(run.code, 1);
}

#[test]
fn what_nobody_reaches_and_nothing_needs_is_a_warning_with_its_reason() {
    let file = "tests/cli/findings.json";
    let [text, json] = serin_twice(&["check", file, "--now", NOW]);
    golden("findings.txt", &transcript(&text));
    golden("findings.expected.json", &json.out);
    let found = codes(&json.out);
    for code in serin::release::review::Code::ALL.iter().filter(|code| !code.error()) {
        assert_eq!(found.iter().any(|found| found == code.name()), code.told(), "{}", code.name());
        // Each can be told, left out, and made an error.
        for (level, told, exit) in [("--warn", true, 0), ("--allow", false, 0), ("--deny", true, 1)]
        {
            let run = serin(&["check", file, "--now", NOW, "--format", "json", level, code.name()]);
            let told = told || !code.told() && level == "--warn";
            assert_eq!(
                codes(&run.out).iter().any(|found| found == code.name()),
                told,
                "{}",
                run.out
            );
            assert_eq!(run.code, exit, "{level} {}", code.name());
        }
    }
    let run = serin(&["check", file, "--deny", "never-hold"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(
        run.err.contains("there is no warning \"never-hold\"")
            && run.err.contains("did you mean never-holds?"),
        "{}",
        run.err
    );
}

#[test]
fn what_only_looks_suspicious_is_no_warning() {
    for file in ["tests/cli/fine.json", SHOP] {
        let run = serin(&["check", file, "--strict", "--now", NOW]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
        assert!(run.out.starts_with(&format!("{file}: no errors, no warnings in ")), "{}", run.out);
        assert_eq!(serin(&["check", file, "--format", "json", "--now", NOW]).out, "[]\n");
    }
}

#[test]
fn a_warning_needs_a_surprise() {
    let on = json!({ "attribute": "a", "op": "eq", "value": 1 });
    let also = json!({ "attribute": "b", "op": "eq", "value": 2 });
    let not = |condition: &Value| json!({ "not": condition });
    let share = |percent: u8| {
        json!({ "rollout": { "shares": [{ "variant": "on", "percent": percent },
            { "variant": "off", "percent": 100 - percent }] } })
    };
    let by = |percent: u8| {
        let mut serve = share(percent);
        serve["rollout"]["by"] = "c.id".into();
        serve
    };
    let ramp = |percents: [u8; 2]| {
        json!({ "ramp": { "variant": "on", "rest": "off", "by": ["c", "id"], "steps": [
            { "at": "2026-12-01T00:00:00Z", "percent": percents[0] },
            { "at": "2026-12-02T00:00:00Z", "percent": percents[1] }] } })
    };
    let known = json!({ "attribute": "c.id", "op": "exists" });
    let cases = [
        // A rollout answers for everyone whom a later rule could reach.
        (json!({ "rules": [{ "serve": share(5) }], "serve": share(50) }), vec!["hidden-rollout"]),
        (json!({ "rules": [{ "serve": share(5) }], "serve": "off" }), vec![]),
        (
            json!({ "rules": [{ "serve": share(5) }, { "if": on, "serve": "on" }] }),
            vec!["hidden-rollout"],
        ),
        (json!({ "rules": [{ "if": on, "serve": share(5) }, { "serve": share(50) }] }), vec![]),
        (
            json!({ "rules": [{ "if": on, "serve": share(5) }, { "if": also, "serve": share(50) }] }),
            vec![],
        ),
        (
            json!({ "rules": [{ "if": on, "serve": share(5) }, { "if": on, "serve": share(50) }] }),
            vec!["hidden-rollout"],
        ),
        (
            json!({ "rules": [{ "if": on, "serve": share(5) },
                { "if": { "all": [also, on] }, "serve": share(50) }] }),
            vec!["hidden-rollout"],
        ),
        (
            json!({ "rules": [{ "if": { "all": [also, on] }, "serve": share(5) },
                { "if": on, "serve": share(50) }] }),
            vec![],
        ),
        (
            json!({ "rules": [{ "if": { "any": [also, on] }, "serve": share(5) },
                { "if": on, "serve": share(50) }] }),
            vec!["hidden-rollout"],
        ),
        (
            json!({ "rules": [{ "if": { "any": [also, on] }, "serve": share(5) },
                { "if": not(&on), "serve": share(50) }] }),
            vec![],
        ),
        // What is not known is not taken away by a rule.
        (
            json!({ "rules": [{ "if": not(&on), "serve": "off" }], "serve": "on" }),
            vec!["negated-rule"],
        ),
        (json!({ "rules": [{ "if": on, "serve": "off" }], "serve": "on" }), vec![]),
        (json!({ "rules": [{ "if": not(&not(&on)), "serve": "off" }], "serve": "on" }), vec![]),
        (json!({ "rules": [{ "if": not(&on), "serve": "on" }], "serve": "off" }), vec![]),
        (json!({ "rules": [{ "if": not(&on), "serve": "off" }], "serve": "off" }), vec![]),
        (json!({ "rules": [{ "if": not(&known), "serve": "off" }], "serve": "on" }), vec![]),
        (
            json!({ "rules": [{ "if": not(&json!({ "time": { "from": "2026-12-01T00:00:00Z" } })),
                "serve": "off" }], "serve": "on" }),
            vec![],
        ),
        (json!({ "require": not(&on), "serve": "on" }), vec![]),
        // Whoever lacks the key gets an error.
        (json!({ "serve": by(50) }), vec!["no-without-key"]),
        (json!({ "serve": share(50) }), vec![]),
        (json!({ "serve": by(100) }), vec![]),
        (json!({ "require": known, "serve": by(50) }), vec![]),
        (json!({ "require": { "any": [known, on] }, "serve": by(50) }), vec!["no-without-key"]),
        (json!({ "rules": [{ "if": { "all": [on, known] }, "serve": by(50) }] }), vec![]),
        (json!({ "rules": [{ "if": not(&known), "serve": "on" }], "serve": by(50) }), vec![]),
        (
            json!({ "rules": [{ "if": on, "serve": "on" }], "serve": by(50) }),
            vec!["no-without-key"],
        ),
        (json!({ "rules": [{ "if": { "segment": "company" }, "serve": by(50) }] }), vec![]),
        (
            json!({ "rules": [{ "if": not(&json!({ "segment": "company" })), "serve": by(50) }] }),
            vec!["no-without-key"],
        ),
        (
            json!({ "require": { "attribute": ["c", "id"], "op": "gt", "value": 5 }, "serve": by(50) }),
            vec![],
        ),
        // A ramp that falls; one that only switches has no middle to fall in.
        (json!({ "serve": ramp([10, 50]) }), vec!["no-without-key"]),
        (json!({ "serve": ramp([50, 10]) }), vec!["no-without-key", "falling-ramp"]),
        (json!({ "serve": ramp([0, 100]) }), vec![]),
    ];
    let mut flags = serde_json::Map::new();
    for (number, (flag, _)) in cases.iter().enumerate() {
        let mut flag = flag.clone();
        flag["variants"] = json!({ "on": true, "off": false });
        flag["off"] = "off".into();
        flag["salt"] = format!("salt {number}").into();
        flags.insert(format!("{number:02}"), flag);
    }
    let segments = json!({ "company": known });
    let ruleset = json!({ "format": 1, "segments": segments, "flags": flags }).to_string();
    let run = serin_with(&["check", "-", "--format", "json"], ruleset);
    assert_eq!(run.code, 0, "{}", run.out);
    let found: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    for (number, (flag, wanted)) in cases.iter().enumerate() {
        let key = format!("{number:02}");
        let own = found.iter().filter(|entry| entry["flag"] == key.as_str());
        let codes: Vec<&str> = own.map(|entry| entry["code"].as_str().unwrap()).collect();
        assert_eq!(&codes, wanted, "{flag}");
    }
}

#[test]
fn carets_stand_under_the_fault_whatever_the_line_has() {
    let text = "{\r\n\t\"format\": 1,\r\n\t\"flags\": {\r\n\t\t\"å\": { \"variants\": { \"ø\": 1 },\t\"srve\": \"ø\" },\r\n\t\t\"b\": {\r\n\t\t\t\"serve\": \"x\"\r\n\t\t}\r\n\t}\r\n}\r\n";
    let run = serin_with(&["check", "-"], text);
    let expected = "\
error[unknown-member]: unknown member \"srve\": expected one of variants, enabled, off, salt, require, rules, serve, description, owner, expires, metadata
 --> <stdin>:4:34
  |
4 |         \"å\": { \"variants\": { \"ø\": 1 },    \"srve\": \"ø\" },
  |                                           ^^^^^^
  = in flag \"å\"
  = help: did you mean \"serve\"?

error[missing-member]: a required member is missing: `variants`
 --> <stdin>:5:8
  |
5 |         \"b\": {
  |              ^
  = in flag \"b\"
  = help: add the member
";
    assert!(run.out.starts_with(expected), "{}", run.out);
    assert!(!run.out.contains('\r'));
}

#[test]
fn a_long_line_is_shown_around_its_fault() {
    let filler = "é".repeat(5_000);
    let text = format!(
        "{{\"format\":1,\"flags\":{{\"a\":{{\"x-a\":\"{filler}\",\"variants\":{{\"on\":1}},\"serve\":\"off\",\"x-b\":\"{filler}\"}}}}}}"
    );
    let run = serin_with(&["check", "-"], &text);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines[1], " --> <stdin>:1:5064");
    let (shown, marks) = (lines[3], lines[4]);
    assert!(shown.chars().count() <= 104, "{shown}");
    assert!(shown.starts_with("1 | …ééé") && shown.ends_with("ééé…"), "{shown}");
    let start = marks.chars().take_while(|char| *char != '^').count();
    let under: String = shown.chars().skip(start).take(marks.matches('^').count()).collect();
    assert_eq!(under, "\"off\"");
}

#[test]
fn bytes_that_are_no_text_or_no_json_are_diagnostics() {
    let check = |bytes: &[u8]| {
        let run = serin_with(&["check", "-", "--format", "json"], bytes);
        assert_eq!((run.code, run.err.as_str()), (1, ""));
        codes(&run.out)
    };
    assert_eq!(check(b"{\"format\":1,\"flags\":{\"\xff\":{}}}"), ["invalid-utf8"]);
    assert_eq!(check(b"\xef\xbb\xbf{}"), ["byte-order-mark"]);
    assert_eq!(check(b""), ["invalid-json"]);
    assert_eq!(check(b"[]"), ["invalid-top-level"]);
    assert_eq!(check(b"{\"format\":2,\"flags\":{}}"), ["wrong-format"]);
    assert_eq!(check(&vec![b' '; (16 << 20) + 10]), ["document-too-large"]);
    let run = serin_with(&["check", "-"], b"\xff\xfe{\0");
    assert!(run.out.contains("help: the file is UTF-16; save it as UTF-8"), "{}", run.out);
    let run = serin_with(&["check", "-"], "{\"format\": 1,\n  \"flags\": {\n\n\n");
    assert!(run.out.contains("--> <stdin>:2:13\n"), "where the text stops: {}", run.out);
}

#[test]
fn what_a_document_says_cannot_steer_the_terminal() {
    let escaped = "{\"format\":1,\"flags\":{\"\\u001b[31m\\u202e\":{\"variants\":{\"\\u001b[2J\":1},\"serve\":\"\\u001b[2J\"}}}";
    let raw = "{\"format\":1,\"flags\":{\"\u{1b}[31m\u{202e}\":{}}}";
    for run in [
        serin_with(&["check", "-"], raw),
        serin_with(&["check", "-"], escaped.replace("\"serve\"", "\"sorve\"")),
        serin_with(&["eval", "-", "--context", "{}"], escaped),
        serin_with(&["explain", "-", "\u{1b}[31m\u{202e}", "--context", "{}"], escaped),
        serin_with(&["explain", "-", "\u{1b}[31m", "--context", "{}"], escaped),
    ] {
        let shown = format!("{}{}", run.out, run.err);
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn colours_are_for_terminals() {
    for arguments in [
        &["check", "tests/cli/mistakes.json"][..],
        &["eval", SHOP, "--context", "{}"],
        &["explain", SHOP, "checkout-v2", "--context", "{}", "--now", NOW],
        &["eval", "tests/cli/nowhere.json", "--context", "{}"],
    ] {
        let plain = serin(arguments);
        assert!(!plain.out.contains('\u{1b}') && !plain.err.contains('\u{1b}'));
        let mut forced = command(arguments);
        forced.env("CLICOLOR_FORCE", "1");
        let forced = finish(forced, b"");
        assert!(forced.out.contains('\u{1b}') || forced.err.contains('\u{1b}'));
        let mut without = command(arguments);
        without.env("NO_COLOR", "1");
        let without = finish(without, b"");
        assert_eq!((without.out, without.code), (plain.out, plain.code));
    }
}

// eval

#[test]
fn eval_decides_all_flags_in_the_order_of_the_document() {
    let context = visitor("a canary in Wellington");
    let run = serin(&["eval", SHOP, "--context", &context, "--now", NOW]);
    golden("eval.txt", &transcript(&run));
    let run = serin(&["eval", SHOP, "--context", &context, "--now", NOW, "--format", "json"]);
    golden("eval.expected.json", &run.out);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn eval_decides_the_flags_asked_for() {
    let run = serin(&[
        "eval",
        SHOP,
        "--flag",
        "wine",
        "--flag",
        "payments",
        "--context",
        "{\"age\": 20.5, \"country\": \"NZ\"}",
        "--now",
        NOW,
        "--killed",
        "payments",
        "--format",
        "json",
    ]);
    let expected = json!([
        { "flag": "wine", "value": true, "variant": "on", "reason": "DEFAULT" },
        { "flag": "payments", "value": false, "variant": "off", "reason": "DISABLED" },
    ]);
    assert_eq!(serde_json::from_str::<Value>(&run.out).unwrap(), expected, "{}", run.err);
    assert_eq!(run.code, 0);
}

#[test]
fn a_flag_without_an_answer_is_in_the_output_and_in_the_exit_code() {
    let run = serin(&[
        "eval",
        "tests/cli/questions.json",
        "--flag",
        "question",
        "--flag",
        "broken",
        "--flag",
        "unanswered",
        "--flag",
        "questions",
        "--context",
        "{}",
        "--now",
        NOW,
        "--killed",
        "brocken,questions",
    ]);
    golden("without-answer.txt", &transcript(&run));
    assert_eq!(run.code, 1);
    // Not asked for by name, the same flags are no reason to fail.
    let run = serin(&["eval", "tests/cli/questions.json", "--context", "{}", "--now", NOW]);
    assert_eq!(run.code, 0);
    assert_eq!(run.err, "warning: 1 flag is broken\n  = help: `serin check` says why\n");
}

#[test]
fn values_are_given_as_they_were_written() {
    let text = "{\"format\":1,\"flags\":{\"n\":{\"variants\":{\"a\":0.10},\"serve\":\"a\"},\"o\":{\"variants\":{\"a\":{ \"b\": [1e2, \"\\u00e9\"] }},\"serve\":\"a\"}}}";
    let run = serin_with(&["eval", "-", "--context", "{}", "--format", "json"], text);
    assert!(run.out.contains("\"value\": 0.10,"), "{}", run.out);
    assert!(run.out.contains("\"value\": {\"b\":[1e2,\"\\u00e9\"]},"), "{}", run.out);
}

/// The same data that every front end is held to.
#[test]
fn eval_and_explain_answer_the_conformance_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let halves: Vec<_> = files.chunks(files.len().div_ceil(2)).map(<[PathBuf]>::to_vec).collect();
    let threads = halves
        .into_iter()
        .map(|files| thread::spawn(move || files.iter().map(|file| conform(file)).sum::<usize>()));
    let threads: Vec<_> = threads.collect();
    let cases: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert!(cases > 1_000, "{cases} cases");
}

/// Asks the cases of a file that a command line can ask; returns how many.
fn conform(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let members: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_str(&text).unwrap();
    let ruleset = members["ruleset"].get();
    let mut count = 0;
    for case in file["cases"].as_array().into_iter().flatten() {
        let context = case.get("context").cloned().unwrap_or(json!({}));
        let marked = context.to_string().contains("{\"$\":");
        if marked || !context.is_object() || case.get("type").is_some() {
            continue;
        }
        let killed: Vec<&str> =
            case["killed"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let key = case["flag"].as_str().unwrap();
        let now = case["now"].as_str().unwrap_or("2026-12-01T00:00:00Z");
        let context = context.to_string();
        let mut shared = vec![format!("--now={now}"), "--format=json".into()];
        shared.extend(killed.iter().map(|key| format!("--killed={key}")));
        let flag = format!("--flag={key}");
        // A context may be longer than an argument can be, so it is a file.
        let name = format!("serin-{}-{:?}.json", std::process::id(), thread::current().id());
        let place = std::env::temp_dir().join(name);
        std::fs::write(&place, context).unwrap();
        let at = format!("--context=@{}", place.display());
        let run = |verb: &[&str]| {
            let (verb, rest) = verb.split_at(1);
            let shared = shared.iter().map(String::as_str);
            let arguments: Vec<&str> =
                verb.iter().copied().chain(shared).chain(rest.iter().copied()).collect();
            finish(command(&arguments), ruleset.as_bytes())
        };
        let evaluated = run(&["eval", "-", &flag, &at]);
        let answers: Vec<Value> = serde_json::from_str(&evaluated.out)
            .unwrap_or_else(|_| panic!("{}: {}", path.display(), evaluated.err));
        let mut wanted = case["expect"].as_object().unwrap().clone();
        wanted.retain(|_, value| !value.is_null());
        for name in ["value", "variant", "reason", "rule", "ruleIndex", "errorCode"] {
            let (wanted, got) = (wanted.get(name), answers[0].get(name));
            assert!(
                same(wanted, got),
                "{}: {case}: {name}: {wanted:?}, got {got:?}",
                path.display()
            );
        }
        assert_eq!(evaluated.code, i32::from(wanted.contains_key("errorCode")));
        if count == 0 {
            let explained = run(&["explain", "-", &at, "--", key]);
            let explained: Value = serde_json::from_str(&explained.out).unwrap();
            for (name, value) in answers[0].as_object().unwrap() {
                assert_eq!(explained.get(name), Some(value), "{}: {case}", path.display());
            }
        }
        count += 1;
        std::fs::remove_file(place).unwrap();
    }
    count
}

/// Equal, with numbers as the floats that hosts read.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_f64() == b.as_f64(),
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), Some(b)))
        }
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            a.len() == b.len() && a.iter().all(|(name, value)| same(Some(value), b.get(name)))
        }
        _ => a == b,
    }
}

// explain

#[test]
fn explain_tells_every_condition_that_was_asked() {
    let context = visitor("a canary in Wellington");
    let sources = ["explain", "examples/shop", "--env", "production"];
    let asked = ["checkout-v2", "--context", &context, "--now", NOW];
    let [text, json] = serin_twice(&[&sources[..], &asked].concat());
    golden("explain.txt", &transcript(&text));
    golden("explain.expected.json", &json.out);
}

#[test]
fn explain_tells_why_an_answer_is_unknown() {
    let context = r#"{"company": {"id": 7}, "app": {"version": "2.x"}, "email": "x", "plan": 7, "country": null}"#;
    let (file, flag) = ("tests/cli/questions.json", "questions");
    let [text, json] = serin_twice(&["explain", file, flag, "--context", context, "--now", NOW]);
    golden("unknown.txt", &transcript(&text));
    let explained: Value = serde_json::from_str(&json.out).unwrap();
    let rules: Vec<&Value> = explained["sections"].as_array().unwrap().last().unwrap()["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["part"] == "rule")
        .collect();
    let why: Vec<&Value> = rules.iter().map(|rule| &rule["conditions"][0]["why"]).collect();
    let expected = ["absent", "type", "operator", "key", "segment", "flag"];
    assert_eq!(why[..6], expected.map(Value::from).iter().collect::<Vec<_>>()[..]);
    // The share of the line that lies below the point.
    let condition = &rules[7]["conditions"][0];
    let (point, percent) =
        (condition["point"].as_f64().unwrap(), condition["percent"].as_f64().unwrap());
    let exact = point / 2_f64.powi(32) * 100.0;
    assert!(percent <= exact && exact - percent < 0.00001, "{percent} {exact}");
    assert_eq!(rules[7]["split"]["point"], condition["point"]);
    assert_eq!(rules[7]["split"]["ramp"], 0.125);
    assert_eq!(rules[8]["outcome"], "notReached");
}

#[test]
fn explain_of_a_flag_that_asks_nothing_says_why() {
    let explain = |arguments: &[&str]| {
        let mut all = vec!["explain", "tests/cli/questions.json"];
        all.extend(arguments);
        all.extend(["--context", "{}", "--now", NOW]);
        serin(&all)
    };
    let run = explain(&["questions", "--killed", "questions"]);
    assert!(
        run.out.contains("nothing was asked: the flag is killed or not enabled"),
        "{}",
        run.out
    );
    assert_eq!(run.code, 0);
    let run = explain(&["broken"]);
    assert!(run.out.contains("nothing was asked: the flag is broken"), "{}", run.out);
    assert!(run.err.contains("error[unknown-variant]: there is no variant \"off\""), "{}", run.err);
    assert_eq!(run.code, 1);
    let run = explain(&["Broken"]);
    assert!(run.out.contains("FLAG_NOT_FOUND"), "{}", run.out);
    assert!(run.err.contains("help: did you mean \"broken\"?"), "{}", run.err);
    assert_eq!(run.code, 1);
}

// inputs and arguments

#[test]
fn wrong_arguments_are_exit_code_2() {
    for arguments in [
        &[][..],
        &["evaluate"],
        &["eval"],
        &["eval", SHOP],
        &["eval", SHOP, "--context", "{}", "--now", "yesterday"],
        &["eval", SHOP, "--context", "{}", "--format", "xml"],
        &["eval", "-", "--context", "@-"],
        &["check"],
        &["explain", SHOP, "--context", "{}"],
    ] {
        let run = serin(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_tells_the_exit_codes() {
    for verb in ["eval", "explain", "check", "build", "types", "promote", "refs", "diff"] {
        let run = serin(&[verb, "--help"]);
        assert_eq!(run.code, 0);
        assert!(run.out.contains("Exit codes:\n  0  "), "{}", run.out);
        assert!(run.out.contains("With --format json: "), "{}", run.out);
    }
    assert_eq!(serin(&["--version"]).out, concat!("serin ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn an_input_that_cannot_be_read_is_exit_code_3_with_what_to_do() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["check", "tests/cli/nowhere.json"],
            "cannot read \"tests/cli/nowhere.json\": there is no such file",
        ),
        (
            &["eval", SHOP, "--context", "@nowhere.json"],
            "cannot read \"nowhere.json\": there is no such file",
        ),
        (&["eval", "tests/cli/mistakes.txt", "--context", "{}"], "error[invalid-json]"),
        (
            &["eval", SHOP, "--context", "[1]"],
            "error: the context is JSON, but not an object\n --> --context:1:1\n",
        ),
        (
            &["eval", SHOP, "--context", "{\"a\" 1}"],
            "error: the context is not JSON: expected `:`\n --> --context:1:6\n",
        ),
        (
            &["eval", SHOP, "--context", "{\n \"a\": 1e999}"],
            "a number that is too large\n --> --context:2:7\n",
        ),
        (
            &["eval", SHOP, "--context", "{\"a\": \"\\ud800\"}"],
            "has half of a surrogate pair\n --> --context:1:8\n",
        ),
        (&["eval", SHOP, "--context", ""], "error: the context is not JSON: expected more text"),
        (
            &["check", "http://127.0.0.1:1/"],
            "cannot read http://127.0.0.1:1/: the host refused the connection",
        ),
        (
            &["check", "https://user:secret@host.invalid/r.json?token=secret"],
            "cannot read https://host.invalid/r.json: ",
        ),
    ];
    for (arguments, message) in cases {
        let run = serin(arguments);
        assert_eq!(run.code, 3, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
        assert!(run.err.contains("\n  = help: ") && run.out.is_empty(), "{}", run.err);
        assert!(!run.err.contains("secret"), "{}", run.err);
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let run = serin_with(&["eval", SHOP, "--context", "@-"], deep);
    assert!(
        run.err.contains("error: the context is nested too deeply\n --> <stdin>:1:"),
        "{}",
        run.err
    );
}

#[test]
fn standard_input_is_a_ruleset_or_a_context() {
    let ruleset = std::fs::read("examples/shop/ruleset.json").unwrap();
    let arguments = ["eval", "-", "--flag", "payments", "--context", "{}", "--format", "json"];
    let from_ruleset = serin_with(&arguments, ruleset);
    let arguments = ["eval", SHOP, "--flag", "payments", "--context", "@-", "--format", "json"];
    let from_context = serin_with(&arguments, "{\"targetingKey\": \"u-1\"}");
    assert_eq!(from_ruleset.code, 0, "{}", from_ruleset.err);
    assert_eq!(from_ruleset.out, from_context.out);
}

#[test]
fn a_reader_that_leaves_early_is_no_crash() {
    let flags: Vec<String> = (0..3_000).map(|n| format!("\"{n}\": {{ \"servee\": 1 }}")).collect();
    let text = format!("{{\"format\": 1, \"flags\": {{ {} }}}}", flags.join(","));
    for format in ["text", "json"] {
        let mut command = command(&["check", "-", "--format", format]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

// the network

/// Serves `answer(path)` to every request, from a thread that the test's end
/// ends. Returns the host's address.
fn serve(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = std::sync::Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
                while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                    let count = stream.read(&mut buffer).unwrap();
                    request.extend_from_slice(&buffer[..count]);
                }
                let request = String::from_utf8(request).unwrap();
                answer(request.split(' ').nth(1).unwrap(), &mut stream);
            });
        }
    });
    address
}

fn respond(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head =
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A client that has seen enough hangs up.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn host() -> String {
    serve(|path, stream| match path {
        "/ruleset.json" | "/ruleset.json?token=secret" => {
            let body = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOP)).unwrap();
            respond(stream, "200 OK\r\nContent-Type: text/plain", &body);
        }
        "/moved" => respond(stream, "302 Found\r\nLocation: /ruleset.json", b""),
        "/round" => respond(stream, "302 Found\r\nLocation: /round", b""),
        "/page" => {
            respond(stream, "200 OK\r\nContent-Type: text/html", b"\n<!doctype html><p>Sign in")
        }
        "/empty" => respond(stream, "200 OK", b""),
        "/broken.json" => respond(stream, "200 OK", b"{\"format\": 1"),
        "/large" => respond(stream, "200 OK", &vec![b' '; 20 << 20]),
        "/login" => respond(stream, "403 Forbidden", b"no"),
        "/busy" => respond(stream, "503 Service Unavailable", b"later"),
        "/short" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"format\": 1")
                .unwrap();
        }
        "/slow" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").unwrap();
            for _ in 0..60 {
                thread::sleep(Duration::from_millis(500));
                if stream.write_all(b" ").is_err() {
                    return;
                }
            }
        }
        _ => respond(stream, "404 Not Found", b"<h1>Not found</h1>"),
    })
}

#[test]
fn a_ruleset_may_come_from_any_host() {
    let host = host();
    let arguments = |place: String| serin(&["eval", &place, "--context", "{}", "--now", NOW]);
    let local = arguments(SHOP.into());
    for path in ["/ruleset.json", "/ruleset.json?token=secret", "/moved"] {
        let run = arguments(format!("{host}{path}"));
        assert_eq!((run.code, run.err.as_str(), &run.out), (0, "", &local.out));
    }
    let run = serin(&["check", &format!("{host}/ruleset.json?token=secret")]);
    assert!(run.out.starts_with(&format!("{host}/ruleset.json: no errors")), "{}", run.out);
    let context = format!("@{host}/broken.json");
    let run = serin(&["eval", SHOP, "--context", &context]);
    assert!(run.err.contains(&format!("--> {host}/broken.json:1:13\n")), "{}", run.err);
    assert_eq!(run.code, 3);
}

#[test]
fn an_answer_that_is_no_ruleset_is_a_clear_error() {
    let host = host();
    for (path, why, help) in [
        (
            "/nowhere",
            "the host answered 404 Not Found",
            "check the address; the file may have moved",
        ),
        ("/login", "the host answered 403 Forbidden", "the host wants a login"),
        ("/busy", "the host answered 503 Service Unavailable", "try again later"),
        ("/round", "the host redirects again and again", "give the address at the end"),
        ("/page", "this is a web page or XML, not JSON", "give the address of the file itself"),
        ("/empty", "the answer is empty", "check what the host serves there"),
        ("/short", "the answer ended too early", "try again later"),
    ] {
        let run = serin(&["check", &format!("{host}{path}")]);
        let expected = format!("error: cannot read {host}{path}: {why}\n  = help: {help}");
        assert!(run.err.starts_with(&expected), "{}", run.err);
        assert_eq!((run.code, run.out.as_str()), (3, ""), "{path}");
    }
    // What can be read and is refused is a finding of `check`, as in a file.
    let run = serin(&["check", &format!("{host}/broken.json")]);
    assert!(run.out.starts_with("error[invalid-json]"), "{}", run.out);
    assert_eq!(run.code, 1);
    let run = serin(&["check", &format!("{host}/large"), "--format", "json"]);
    assert_eq!((run.code, codes(&run.out)), (1, vec!["document-too-large".to_owned()]));
}

#[test]
fn a_host_has_ten_seconds() {
    let start = Instant::now();
    let run = serin(&["check", &format!("{}/slow", host())]);
    assert!(
        run.err.contains("the host did not answer completely within 10 seconds"),
        "{}",
        run.err
    );
    assert_eq!(run.code, 3);
    assert!((9..20).contains(&start.elapsed().as_secs()));
}

// kill, revive, ramp, rename, remove

/// A ruleset that a person has laid out.
const BY_HAND: &str = "tests/cli/edits.json";

/// A copy of it to edit.
fn copy(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("serin-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ruleset.json");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(BY_HAND), &file).unwrap();
    file
}

#[test]
fn an_edit_changes_its_lines_and_no_others() {
    let path = copy("edit");
    let file = path.to_str().unwrap();
    let before = std::fs::read_to_string(&path).unwrap();
    let arguments = ["ramp", file, "invoice-payment", "on", "35.5%", "--from", "off"];
    let dry = serin(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, std::fs::read_to_string(&path).unwrap()), (0, before.clone()));
    assert!(dry.out.ends_with("nothing was changed (--dry-run)\n"), "{}", dry.out);
    let run = serin(&arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines = [
        "-        { \"variant\": \"on\", \"percent\": 20 },",
        "+        { \"variant\": \"on\", \"percent\": 35.5 },",
        "1 flag decides otherwise, ",
    ];
    assert!(lines.iter().all(|line| run.out.contains(line)), "{}", run.out);
    let after = std::fs::read_to_string(&path).unwrap();
    let changed = before.lines().zip(after.lines()).filter(|(old, new)| old != new).count();
    assert_eq!((changed, before.lines().count()), (2, after.lines().count()));
    let again = serin(&arguments);
    assert_eq!(again.out, "nothing to change: it is so already\n");
    for (arguments, code, words) in [
        (&["kill", file, "payments", "banner"][..], 3, "there is no flag \"banner\""),
        (&["kill", file, "paymets"], 3, "did you mean \"payments\"?"),
        (&["remove", file, "payments"], 3, "the flag \"payments\" is still referred to"),
        (&["rename", file, "payments", "wine"], 3, "there is a flag \"wine\" already"),
        (&["ramp", file, "checkout-v2", "on", "5", "--from", "off"], 3, "follows the clock"),
        (
            &["ramp", file, "invoice-payment", "on", "5.0001", "--from", "off"],
            2,
            "at most three decimals",
        ),
        (&["kill", "https://flags.example/r.json", "payments"], 2, "cannot be edited"),
        (&["kill", "examples/shop", "payments"], 2, "has environments; say which"),
        (&["kill", file, "payments", "--env", "staging"], 2, "has no environments"),
    ] {
        let run = serin(arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), after, "a refused edit writes nothing");
}

#[test]
fn kill_and_revive_write_enabled_and_tell_programs() {
    let path = copy("kill");
    let file = path.to_str().unwrap();
    let run = serin(&["kill", file, "payments", "--format", "json"]);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (told["written"].clone(), told["edits"].as_array().unwrap().len()),
        (json!(true), 1)
    );
    let asked = ["eval", file, "--flag", "payments", "--context", "{}", "--format", "json"];
    let reason = |run: Run| serde_json::from_str::<Value>(&run.out).unwrap()[0]["reason"].clone();
    assert_eq!(reason(serin(&asked)), "DISABLED");
    serin(&["revive", file, "payments"]);
    assert_eq!(reason(serin(&asked)), "STATIC");
}

#[test]
fn an_edit_of_standard_input_goes_to_standard_output() {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(BY_HAND)).unwrap();
    let run = serin_with(&["rename", "-", "payments-v3", "payments-v4"], &text);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.out,
        text.replace("\"payments-v3\": {", "\"payments-v4\": {")
            .replace("\"flag\": \"payments-v3\"", "\"flag\": \"payments-v4\"")
    );
    assert!(run.err.contains("+    \"payments-v4\": {"), "{}", run.err);
    assert!(run.err.contains("renamed from payments-v3, and nobody moves"), "{}", run.err);
    assert!(run.err.contains("no decision changes, "), "{}", run.err);
}

// diff

fn diff(arguments: &[&str], new: &str) -> Run {
    serin_with(&[&["diff", SHOP, "-", "--at", NOW], arguments].concat(), new)
}

#[test]
fn a_change_of_the_shop_gets_its_impact() {
    let new = shop::changed();
    golden("diff.txt", &transcript(&diff(&[], &new)));
    golden("diff.md", &diff(&["--format", "markdown"], &new).out);
    let run = diff(&["--format", "json"], &new);
    golden("diff.expected.json", &run.out);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../src/doc/impact.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = schema.iter_errors(&told).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");

    // What is shown as lost is lost: the same tool says so of each version.
    let mut replayed = 0;
    for flag in told["impacts"][0]["flags"].as_array().unwrap() {
        for loss in flag["losses"].as_array().into_iter().flatten() {
            if loss["verdict"] != "somebody" {
                continue;
            }
            replayed += 1;
            let (key, context) = (flag["flag"].as_str().unwrap(), loss["context"].to_string());
            let ask = |place: &str, stdin: &str| {
                let run = serin_with(
                    &[
                        "eval",
                        place,
                        "--flag",
                        key,
                        "--context",
                        &context,
                        "--now",
                        NOW,
                        "--format",
                        "json",
                    ],
                    stdin,
                );
                serde_json::from_str::<Value>(&run.out).unwrap()[0]["variant"].clone()
            };
            assert_eq!(ask(SHOP, ""), loss["of"]["variant"]);
            assert_eq!(ask("-", &new), loss["to"]["variant"]);
        }
    }
    assert_eq!(replayed, 5);
}

#[test]
fn an_audience_is_weighed() {
    let new = shop::changed();
    let weights = ["--weights", "tests/cli/weights.json"];
    golden("diff-weights.txt", &transcript(&diff(&weights, &new)));
    golden("diff-weights.md", &diff(&[&weights[..], &["--format", "markdown"]].concat(), &new).out);
    let run = diff(&[&weights[..], &["--format", "json"]].concat(), &new);
    golden("diff-weights.expected.json", &run.out);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../src/doc/impact.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = schema.iter_errors(&told).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    // 38 percent of 62.5 and of 20.125, as the page of the impact has it.
    let portion = &told["impacts"][0]["flags"][0]["audience"]["moves"][1];
    assert_eq!(portion["from"]["variant"], "off");
    assert!((portion["share"].as_f64().unwrap() - 0.313_975).abs() < 1e-8);

    let run = diff(&["--weights", "-"], &new);
    assert_eq!(run.code, 2);
    let run = diff(&["--weights", SHOP], &new);
    assert!(run.err.starts_with("error: the weights are not a list\n --> "), "{}", run.err);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
}

#[test]
fn a_diff_ends_with_one_only_if_it_was_asked_to() {
    let new = shop::changed();
    assert_eq!(diff(&[], &new).code, 0);
    assert_eq!(diff(&["--exit-code"], &new).code, 1);
    let old = std::fs::read_to_string(SHOP).unwrap();
    let run = diff(&["--exit-code"], &old);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.ends_with("no decision changes, 22 untouched\n"), "{}", run.out);
    // Other words, the same decisions.
    let mut renamed: Value = serde_json::from_str(&old).unwrap();
    renamed["flags"]["page-size"]["rules"][0]["name"] = json!("phones");
    let renamed = renamed.to_string();
    let run = diff(&["--exit-code"], &renamed);
    assert!(run.out.contains("page-size: only names or descriptions change"), "{}", run.out);
    assert_eq!(run.code, 0);
    let run = diff(&[], "[]");
    assert!(run.err.starts_with("error[invalid-top-level]"), "{}", run.err);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert_eq!(serin(&["diff", "-", "-"]).code, 2);
    assert_eq!(
        serin(&["diff", SHOP, SHOP, "--over", "2027-01-02T00:00:00Z..2027-01-01T00:00:00Z"]).code,
        2
    );
}

#[test]
fn a_diff_over_a_span_tells_when_something_changes() {
    let new = shop::changed();
    let span = "2026-12-01T00:00:00Z..2026-12-10T00:00:00Z";
    let run = serin_with(&["diff", SHOP, "-", "--over", span, "--format", "json"], &new);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let of = |impact: &Value| {
        let flags = impact["flags"].as_array().unwrap().iter();
        let moved = flags.filter(|flag| flag["flag"] == "checkout-v2").find_map(|flag| {
            let moves = flag["regions"][0]["moves"].as_array()?.iter();
            moves.filter(|part| part["from"] != part["to"]).find_map(|part| part["share"].as_f64())
        });
        (impact["at"].as_str().unwrap().to_owned(), moved.map(|share| (share * 100.0).round()))
    };
    let told: Vec<_> = told["impacts"].as_array().unwrap().iter().map(of).collect();
    // The ramp's step of 10 percent, now 50, and the one after it.
    assert!(told.contains(&("2026-12-01T20:00:00Z".into(), Some(38.0))), "{told:?}");
    assert!(told.contains(&("2026-12-06T20:00:00Z".into(), None)), "{told:?}");
    assert_eq!(told[0], ("2026-12-01T00:00:00Z".into(), None));
}

#[test]
fn contexts_at_hand_are_told_by_key() {
    let new = shop::changed();
    let lines: String =
        (0..2_000).map(|user| format!("{{\"targetingKey\": \"user-{user}\"}}\n")).collect();
    let file = std::env::temp_dir().join(format!("serin-contexts-{}.jsonl", std::process::id()));
    std::fs::write(&file, lines).unwrap();
    let name = file.to_str().unwrap().to_owned();
    let run = diff(&["--contexts", &name, "--format", "json"], &new);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    let flags = told["contexts"]["flags"].as_array().unwrap();
    let checkout = flags.iter().find(|flag| flag["flag"] == "checkout-v2").unwrap();
    let count = checkout["moves"][0]["count"].as_u64().unwrap();
    // 38 percent of the keys, within five sigma.
    assert!((651..869).contains(&count), "{count}");
    assert_eq!(checkout["moves"][0]["keys"].as_array().unwrap().len() as u64, count);
    let run = diff(&["--contexts", &name], &new);
    assert!(run.out.contains(&format!("  checkout-v2: {count} off -> on: user-")), "{}", run.out);
    std::fs::write(&file, "{}\n\n[1]\n").unwrap();
    let run = diff(&["--contexts", &name], &new);
    assert!(run.err.contains(":3 is no context: it is JSON, but not an object"), "{}", run.err);
    assert_eq!(run.code, 3);
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_version_may_be_a_file_in_git() {
    let run = serin(&["diff", "no-such-revision:a.json", SHOP]);
    let start = "error: cannot read \"no-such-revision:a.json\": ";
    assert!(run.err.starts_with(start), "{}", run.err);
    assert_eq!(run.code, 3);
    let folder = std::env::temp_dir().join(format!("serin-git-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("rulesets")).unwrap();
    let git = |arguments: &[&str]| {
        let identity =
            ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"];
        let mut git = Command::new("git");
        git.args(identity).args(arguments).current_dir(&folder);
        git.stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let file = folder.join("rulesets/shop.json");
    std::fs::copy(SHOP, &file).unwrap();
    if git(&["init", "-b", "main"]) {
        assert!(git(&["add", "."]) && git(&["commit", "-m", "first"]));
        std::fs::write(&file, shop::changed()).unwrap();
        for (folder, path) in [("", "rulesets/shop.json"), ("rulesets", "shop.json")] {
            let old = format!("main:{path}");
            let mut command = command(&["diff", &old, path, "--at", NOW]);
            command.current_dir(
                std::env::temp_dir().join(format!("serin-git-{}", std::process::id())).join(folder),
            );
            let run = finish(command, b"");
            assert!(
                run.out.contains("4 flags decide otherwise, 1 written otherwise without effect"),
                "{} {}",
                run.out,
                run.err
            );
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
