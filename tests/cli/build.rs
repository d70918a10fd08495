//! `build`, and source folders where a ruleset is asked for.

use super::{NOW, Run, SHOP, golden, serin, serin_twice, serin_with, transcript};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "examples/shop";

/// A folder of a test's own, gone at its end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("serin-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// A file in it; returns its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.path(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn build(arguments: &[&str]) -> Run {
    serin(&[&["build"], arguments].concat())
}

fn production(output: &str) -> Run {
    build(&[FOLDER, "--env", "production", "-o", output])
}

// where it stands

#[test]
fn a_fault_of_a_folder_stands_in_the_file_that_has_it() {
    let [text, json] = serin_twice(&["check", "tests/cli/folder"]);
    golden("folder.txt", &transcript(&text));
    golden("folder.expected.json", &json.out);
    assert_eq!(text.code, 1);
    let entries: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    for entry in &entries {
        let number = |name: &str| entry[name].as_u64().unwrap() as usize;
        let text = fs::read_to_string(entry["file"].as_str().unwrap()).unwrap();
        let (offset, length) = (number("offset"), number("length"));
        let line = text.lines().nth(number("line") - 1).unwrap_or_default();
        let rest: String = line.chars().skip(number("column") - 1).collect();
        let there = text[offset..offset + length].lines().next().unwrap_or_default();
        assert!(rest.starts_with(there), "{entry}");
    }
    // One environment, if it is named.
    let run = serin(&["check", "tests/cli/folder", "--env", "staging", "--format", "json"]);
    assert!(!run.out.contains("env/production"), "{}", run.out);
    assert!(run.out.contains("env/staging/theme.json") && !run.out.contains("\"environments\""));
}

#[test]
fn what_has_errors_is_not_built() {
    let scratch = Scratch::new("errors");
    let output = scratch.write("out.json", "what was there");
    let arguments = ["tests/cli/folder", "--env", "staging", "-o", &output];
    let run = build(&arguments);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    let end = "errors refuse the ruleset; nothing is written\n";
    assert!(run.err.ends_with(end), "{}", run.err);
    assert!(run.err.contains(" --> tests/cli/folder/env/staging/theme.json:3:12\n"), "{}", run.err);
    let run = build(&[&arguments[..], &["--format", "json"]].concat());
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &report["state"]), (1, &"refused".into()));
    assert!(report["remarks"].as_array().unwrap().len() > 5);
    assert_eq!(fs::read_to_string(&output).unwrap(), "what was there");
    // Nor is it evaluated: a file that cannot be read is no flag.
    let run = serin(&["eval", "tests/cli/folder", "--env", "staging", "--context", "{}"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.contains("error[invalid-json]"), "{}", run.err);
}

/// What a folder may hold that no ruleset can come from.
#[test]
fn a_hostile_folder_is_refused_and_brings_nothing_down() {
    let scratch = Scratch::new("hostile");
    let flag = "{\"variants\":{\"on\":true},\"serve\":\"on\"}";
    scratch.write("flags/good.json", flag);
    scratch.write("flags/deep.json", &"[".repeat(1_000_000));
    scratch.write("flags/cut.json", "{\"variants\":{\"on\":true}");
    scratch.write("flags/mark.json", &format!("\u{feff}{flag}"));
    scratch.write("flags/list.json", "[[1]]");
    scratch.write("segments/null.json", "null");
    scratch.write("flags/dir.json/x.json", flag);
    let mut codes = vec![
        "byte-order-mark",
        "invalid-json",
        "invalid-json",
        "stray-file",
        "wrong-type",
        "wrong-type",
    ];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let latin = std::ffi::OsStr::from_bytes(b"flags/caf\xe9.json");
        fs::write(scratch.0.join(latin), flag).unwrap();
        // Opening a pipe would wait for somebody to write.
        let pipe = scratch.path("flags/pipe.json");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        codes.extend(["stray-file", "stray-file"]);
    }
    // Nor does a file's name steer the terminal.
    scratch.write("flags/\u{202e}\u{9b}.json", flag);
    codes.push("file-name");
    let folder = scratch.path("");
    let run = serin(&["check", &folder, "--format", "json"]);
    let mut found = super::codes(&run.out);
    found.sort();
    codes.sort_unstable();
    assert_eq!(
        (run.code, found),
        (1, codes.into_iter().map(str::to_owned).collect()),
        "{}",
        run.out
    );
    let run = serin(&["check", &folder]);
    assert!(run.out.contains("flags/dir.json\n  = help: flags/, segments/"), "{}", run.out);
    assert!(!run.out.contains(['\u{202e}', '\u{9b}', '\u{1b}']), "{:?}", run.out);
    let run = build(&[&folder, "-o", &scratch.path("out.json")]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
}

// what is built

#[test]
fn the_example_has_the_ruleset_that_its_sources_build() {
    let run = build(&[FOLDER, "--env", "production", "-o", SHOP, "--check"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with(&format!("{SHOP}: unchanged: 22 flags, 8 segments, ")));
    assert!(run.out.ends_with(", revision 118\n"), "{}", run.out);
    for environment in ["staging", "development"] {
        let run = build(&[FOLDER, "--env", environment, "-o", SHOP, "--check"]);
        assert_eq!(run.code, 1, "{environment} is another ruleset");
        assert!(run.err.contains("is not what \"examples/shop\" builds"), "{}", run.err);
    }
}

#[test]
fn a_folder_answers_as_the_ruleset_that_it_builds() {
    let visitors: Vec<Value> =
        serde_json::from_slice(&fs::read("examples/shop/contexts.json").unwrap()).unwrap();
    for visitor in visitors {
        let context = visitor["context"].to_string();
        let ask = |ruleset: &[&str]| {
            let rest = ["--context", &context, "--now", NOW, "--format", "json"];
            serin(&[&["eval"], ruleset, &rest].concat()).out
        };
        assert_eq!(ask(&[FOLDER, "--env", "production"]), ask(&[SHOP]));
    }
    let explain = ["explain", FOLDER, "--env", "production", "checkout-v2", "--context", "{}"];
    let run = serin(&[&explain[..], &["--now", NOW, "--format", "json"]].concat());
    let explained: Value = serde_json::from_str(&run.out).unwrap();
    let conditions = explained["sections"].as_array().unwrap().iter();
    let conditions = conditions.flat_map(|section| section["parts"].as_array().unwrap());
    let mut files = Vec::new();
    for condition in conditions.flat_map(|part| part["conditions"].as_array().unwrap()) {
        let file = condition["file"].as_str().unwrap();
        let text = fs::read_to_string(file).unwrap();
        let line = text.lines().nth(condition["line"].as_u64().unwrap() as usize - 1).unwrap();
        let rest = line.chars().skip(condition["column"].as_u64().unwrap() as usize - 1);
        assert!(rest.collect::<String>().starts_with('{'), "{condition}");
        files.push(file.to_owned());
    }
    assert!(files.iter().any(|file| file.ends_with("segments/staff.json")), "{files:?}");
    assert!(files.iter().any(|file| file.ends_with("flags/checkout-v2.json")), "{files:?}");
}

#[test]
fn a_build_is_stamped_and_one_that_changes_nothing_is_not() {
    let scratch = Scratch::new("stamp");
    let output = scratch.path("shop.json");
    let revision = || {
        let text = fs::read_to_string(&output).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["revision"].as_u64().unwrap()
    };
    let run = build(&[FOLDER, "--env", "production", "-o", &output, "--check"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("is not there"), "{}", run.err);
    assert!(!Path::new(&output).exists());
    let run = production(&output);
    assert!(run.out.contains(": written: 22 flags"), "{}{}", run.out, run.err);
    assert!(fs::read_to_string(&output).unwrap().ends_with("}}\n"));
    assert!(revision() > 1_700_000_000, "the clock, in seconds");
    let stamped = ["--env", "production", "-o", &output, "--revision"];
    for (wanted, state) in [("7", "written"), ("7", "unchanged"), ("0", "written")] {
        let run = build(&[&[FOLDER], &stamped[..], &[wanted]].concat());
        assert!(run.out.contains(&format!(": {state}: ")), "{}", run.out);
        assert_eq!(revision().to_string(), wanted);
    }
    assert!(production(&output).out.contains(": unchanged: "));
    assert_eq!(revision(), 0);
    for wrong in ["-1", "9007199254740992", "1.0", "x"] {
        let run = build(&[&[FOLDER], &stamped[..], &[wrong]].concat());
        assert_eq!(run.code, 2, "{wrong}");
    }
    let printed = build(&[FOLDER, "--env", "production", "--revision", "0", "-o", "-"]);
    assert_eq!(printed.out, fs::read_to_string(&output).unwrap());
    assert_eq!(printed.err, "");
    let json = build(&[FOLDER, "--env", "production", "-o", &output, "--format", "json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    let wanted = serde_json::json!({ "file": output, "environment": "production",
        "audience": "server", "revision": 0, "flags": 22, "segments": 8,
        "bytes": printed.out.len(), "state": "unchanged", "remarks": [] });
    assert_eq!(report, wanted);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let scratch = Scratch::new("whole");
    let target = scratch.write("target.json", "old");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        let link = scratch.path("link.json");
        std::os::unix::fs::symlink("target.json", &link).unwrap();
        assert_eq!(production(&link).code, 0);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "a link stays one");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
        let fresh = scratch.path("fresh.json");
        let plain = scratch.write("plain.json", "");
        assert_eq!(production(&fresh).code, 0);
        let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&fresh), mode(&plain), "as any new file");
        assert_eq!(production("/dev/null").code, 0);
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
    assert_eq!(production(&target).code, 0);
    let run = production(&scratch.path("nowhere/shop.json"));
    assert_eq!(run.code, 3);
    assert!(run.err.contains("its folder is not there"), "{}", run.err);
    let run = production(&scratch.path(""));
    assert_eq!(run.code, 3);
    assert!(run.err.contains("it is a folder"), "{}", run.err);
    // Nothing is left behind.
    let left = fs::read_dir(&scratch.0).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_str().unwrap().starts_with(".serin-")));
}

// for clients

#[test]
fn what_a_browser_should_not_see_is_refused() {
    let [text, json] = serin_twice(&["check", "tests/cli/public", "--for", "client"]);
    golden("public.txt", &transcript(&text));
    golden("public.expected.json", &json.out);
    assert_eq!(text.code, 1);
    // The same folder is fine for servers.
    assert_eq!(serin(&["check", "tests/cli/public"]).code, 0);
    let scratch = Scratch::new("public");
    let output = scratch.path("out.json");
    assert_eq!(build(&["tests/cli/public", "--for", "client", "-o", &output]).code, 1);
    assert!(!Path::new(&output).exists());
    assert_eq!(build(&["tests/cli/public", "-o", &output]).code, 0);
    // Nothing for clients is most likely not what was meant.
    scratch.write("none/flags/a.json", "{\"variants\":{\"on\":true}}");
    let run = build(&[&scratch.path("none"), "--for", "client", "-o", &scratch.path("none.json")]);
    assert!(run.out.contains(": written: no flags, ") && run.code == 0, "{}", run.out);
    assert!(run.err.starts_with("warning: no flag is for clients"), "{}", run.err);
    // A ruleset that is built is all for clients, if it is checked so.
    let run = serin(&["check", &output, "--for", "client", "--format", "json"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("personal-data") && !run.out.contains("server-flag"), "{}", run.out);
}

#[test]
fn a_ruleset_for_clients_decides_the_same_and_says_no_more() {
    let scratch = Scratch::new("client");
    let output = scratch.path("client.json");
    let run = build(&[
        FOLDER,
        "--env",
        "production",
        "--for",
        "client",
        "--revision",
        "1",
        "-o",
        &output,
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(&output).unwrap();
    let built: Value = serde_json::from_str(&text).unwrap();
    let flags = built["flags"].as_object().unwrap();
    assert_eq!(flags.len(), 18);
    assert!(["origin", "support-desk"].iter().all(|server| !flags.contains_key(*server)));
    // Only an origin's rule asks for the office.
    assert!(built["segments"].get("staff").is_some() && built["segments"].get("office").is_none());
    for word in ["description", "owner", "expires", "metadata", "\"name\"", "client", "PAY-812"] {
        assert!(!text.contains(word), "{word}");
    }
    let visitors: Vec<Value> =
        serde_json::from_slice(&fs::read("examples/shop/contexts.json").unwrap()).unwrap();
    for visitor in visitors {
        let context = visitor["context"].to_string();
        let ask = |ruleset: &str| -> Vec<Value> {
            let run =
                serin(&["eval", ruleset, "--context", &context, "--now", NOW, "--format", "json"]);
            let mut answers: Vec<Value> = serde_json::from_str(&run.out).unwrap();
            answers.retain(|answer| flags.contains_key(answer["flag"].as_str().unwrap()));
            for answer in &mut answers {
                // The rule's name is one of the things that stay at home.
                let answer = answer.as_object_mut().unwrap();
                if answer.contains_key("ruleIndex") {
                    answer.remove("rule");
                }
            }
            answers
        };
        assert_eq!(ask(&output), ask(SHOP), "{}", visitor["name"]);
    }
}

// arguments

#[test]
fn an_environment_is_asked_for_where_there_are_some() {
    let cases: &[(&[&str], i32, &str)] = &[
        (&["eval", FOLDER, "--context", "{}"], 2, "\"examples/shop\" has environments; say which"),
        (
            &["eval", FOLDER, "--context", "{}"],
            2,
            "there are \"development\", \"production\", \"staging\"",
        ),
        (&["build", FOLDER, "-o", "-"], 2, "add --env NAME"),
        (&["check", FOLDER, "--env", "prodution"], 2, "did you mean \"production\"?"),
        (&["check", FOLDER, "--env", "../env/production"], 2, "has no environment"),
        (&["check", SHOP, "--env", "production"], 2, "has no environments"),
        (&["build", SHOP, "-o", "-"], 3, "it is no folder"),
        (&["build", "examples/nowhere", "-o", "-"], 3, "there is no such folder"),
        (&["check", "examples"], 3, "is no source folder: it has no folder flags"),
        (&["build", FOLDER, "--env", "staging", "-o", "-", "--check"], 2, "name the file"),
        (&["build", FOLDER, "--env", "staging", "-o", "-", "--format", "json"], 2, "name the file"),
        (&["build", FOLDER, "--env", "staging"], 2, "--output"),
    ];
    for (arguments, code, message) in cases {
        let run = serin(arguments);
        assert_eq!((run.code, run.out.as_str()), (*code, ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
    }
    // A folder without environments is a ruleset as it is.
    let run = serin(&["eval", "tests/cli/public", "--context", "{}", "--flag", "payments"]);
    assert_eq!(run.code, 0, "{}", run.err);
    // Standard input is no folder, whatever is called `-`.
    assert_eq!(serin_with(&["check", "-"], "{\"format\":1,\"flags\":{}}").code, 0);
}
