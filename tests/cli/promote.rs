//! `promote`: a flag's file from one environment to another.

use super::build::Scratch;
use super::{NOW, golden, serin, transcript};
use std::fs;

/// A copy of the example's sources.
pub fn shop(name: &str) -> (Scratch, String) {
    let scratch = Scratch::new(name);
    let mut next = vec![String::new()];
    while let Some(folder) = next.pop() {
        for entry in fs::read_dir(format!("examples/shop/{folder}")).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                next.push(format!("{path}/"));
            } else {
                scratch.write(&path, &fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let path = scratch.path("");
    (scratch, path.trim_end_matches('/').to_owned())
}

fn promote(folder: &str, rest: &[&str]) -> super::Run {
    serin(&[&["promote", folder], rest].concat())
}

#[test]
fn promote_copies_the_file_and_tells_what_changes() {
    let (scratch, folder) = shop("promote");
    let staging = fs::read(scratch.path("env/staging/checkout-v2.json")).unwrap();
    let production = fs::read(scratch.path("env/production/checkout-v2.json")).unwrap();
    let arguments = ["checkout-v2", "staging", "production", "--at", NOW];
    let dry = promote(&folder, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(fs::read(scratch.path("env/production/checkout-v2.json")).unwrap(), production);
    let run = promote(&folder, &arguments);
    golden("promote.txt", &transcript(&run).replace(&folder, "shop"));
    assert_eq!(dry.out, run.out.replacen(": copied\n", ": would change\n", 1));
    assert_eq!(fs::read(scratch.path("env/production/checkout-v2.json")).unwrap(), staging);
    assert!(promote(&folder, &arguments).out.ends_with("checkout-v2.json: unchanged\n"));
    // After it, the flag answers in the one as it does in the other.
    let explain = |environment: &str| {
        let rest = ["checkout-v2", "--env", environment, "--context", "{\"targetingKey\":\"u\"}"];
        let at = ["--now", "2026-11-24T00:00:00Z", "--killed", "payments"];
        serin(&[&["explain", &folder], &rest[..], &at].concat()).out
    };
    assert_eq!(explain("staging"), explain("production"));
}

#[test]
fn what_the_one_does_not_replace_the_other_no_longer_does() {
    let (scratch, folder) = shop("demote");
    let file = scratch.path("env/production/loyalty-points.json");
    let arguments = ["loyalty-points", "staging", "production", "--format", "json"];
    let run = promote(&folder, &arguments);
    let mut report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let impacts = report.as_object_mut().unwrap().remove("impacts").unwrap();
    assert_eq!(impacts[0]["environment"], "production");
    let flags = &impacts[0]["impacts"][0]["flags"];
    assert_eq!(flags[0]["flag"], "loyalty-points");
    let wanted = serde_json::json!({ "flag": "loyalty-points", "from": "staging",
        "to": "production", "file": file, "state": "removed",
        "changes": [{ "member": "enabled", "before": false }] });
    assert_eq!((run.code, report), (0, wanted));
    assert!(!fs::exists(&file).unwrap());
    // And a file is made where there was none.
    let run = promote(&folder, &["sale-banner", "development", "staging"]);
    assert!(run.out.contains("sale-banner.json: copied\n"), "{}{}", run.out, run.err);
    assert!(fs::exists(scratch.path("env/staging/sale-banner.json")).unwrap());
    assert_eq!(serin(&["check", &folder]).code, 0);
}

#[test]
fn what_would_be_broken_is_not_promoted() {
    let (scratch, folder) = shop("broken");
    scratch.write("env/staging/wine.json", "{ \"serve\": \"maybe\" }");
    let run = promote(&folder, &["wine", "staging", "production"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("error[unknown-variant]"), "{}", run.err);
    assert!(run.err.contains("env/production/wine.json:1:12\n"), "{}", run.err);
    assert!(run.err.ends_with("\"wine\" would be broken in production; nothing is copied\n"));
    assert!(!fs::exists(scratch.path("env/production/wine.json")).unwrap());
    for (rest, code, message) in [
        (["vine", "staging", "production"], 1, "did you mean \"wine\"?"),
        (["wine", "stagng", "production"], 2, "did you mean \"staging\"?"),
        (["wine", "staging", "../production"], 2, "has no environment"),
    ] {
        let run = promote(&folder, &rest);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{rest:?}");
        assert!(run.err.contains(message), "{}", run.err);
    }
}
