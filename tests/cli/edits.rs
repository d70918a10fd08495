//! Everyday edits of a source folder: which files change, and which do not.

use super::promote::shop;
use super::{NOW, Run, command, finish, golden, serin, transcript};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All files of a folder with what they have.
fn files(folder: &str) -> BTreeMap<String, String> {
    let (mut found, mut open) = (BTreeMap::new(), vec![Path::new(folder).to_path_buf()]);
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(&place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    found
}

/// Names of the files that two states of a folder do not have alike.
fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let names = before.keys().chain(after.keys());
    let mut names: Vec<String> =
        names.filter(|name| before.get(*name) != after.get(*name)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn built(folder: &str, environment: &str) -> Value {
    let run = serin(&["build", folder, "--env", environment, "--revision", "1", "-o", "-"]);
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

const ENVIRONMENTS: [&str; 3] = ["development", "production", "staging"];

fn all(folder: &str) -> [Value; 3] {
    ENVIRONMENTS.map(|environment| built(folder, environment))
}

fn json(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn a_kill_in_one_environment_is_a_file_of_that_one() {
    let (scratch, folder) = shop("kill-one");
    let (before, documents) = (files(&folder), all(&folder));
    let arguments = ["kill", &folder, "payments", "theme", "--env", "production", "--at", NOW];
    let dry = serin(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(files(&folder), before, "--dry-run writes nothing");
    golden("kill.txt", &transcript(&dry).replace(&folder, "shop"));
    let told = json(&serin(&[&arguments[..], &["--format", "json"]].concat()));
    let after = files(&folder);
    let new = ["env/production/payments.json", "env/production/theme.json"];
    assert_eq!(changed(&before, &after), new);
    assert_eq!(after[new[0]], "{ \"enabled\": false }\n");
    assert_eq!((&told["written"], &told["files"][0]["change"]), (&json!(true), &json!("created")));
    let impacts = told["impacts"].as_array().unwrap();
    assert_eq!((impacts.len(), &impacts[0]["environment"]), (1, &json!("production")));
    let now = all(&folder);
    assert_eq!((&now[0], &now[2]), (&documents[0], &documents[2]), "the others stay");
    assert_eq!(now[1]["flags"]["payments"]["enabled"], false);
    // And back: the member is there already, and is all that changes.
    let run = serin(&["revive", &folder, "payments", "--env", "production"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(fs::read_to_string(scratch.path(new[0])).unwrap(), "{ \"enabled\": true }\n");
    let again = serin(&["revive", &folder, "payments", "--env", "production"]);
    assert_eq!(again.out, "nothing to change: it is so already\n");
}

#[test]
fn a_file_that_replaces_something_else_gets_a_member_more() {
    let (scratch, folder) = shop("kill-more");
    let file = scratch.path("env/production/checkout-v2.json");
    let before = fs::read_to_string(&file).unwrap();
    assert_eq!(serin(&["kill", &folder, "checkout-v2", "--env", "production"]).code, 0);
    let after = fs::read_to_string(&file).unwrap();
    let rest = after.replacen(",\n  \"enabled\": false", "", 1);
    assert_eq!((rest, after.len() > before.len()), (before, true));
    assert_eq!(built(&folder, "production")["flags"]["checkout-v2"]["enabled"], false);
}

#[test]
fn a_share_that_is_inherited_is_copied_before_it_changes() {
    let (scratch, folder) = shop("ramp-one");
    let (before, documents) = (files(&folder), all(&folder));
    let share = ["ramp", &folder, "invoice-payment", "on", "35", "--from", "off"];
    let run = serin(&[&share[..], &["--env", "staging", "--at", NOW]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("impact in staging at 2026-12-02T10:00:00Z\n"), "{}", run.out);
    assert_eq!(changed(&before, &files(&folder)), ["env/staging/invoice-payment.json"]);
    let now = all(&folder);
    assert_eq!(now[..2], documents[..2]);
    let serve = |document: &Value| document["flags"]["invoice-payment"]["serve"].clone();
    assert_ne!(serve(&now[2]), serve(&documents[2]));
    // What is copied now stands there, and is edited there.
    let own = scratch.path("env/staging/invoice-payment.json");
    let first = fs::read_to_string(&own).unwrap();
    let back = ["ramp", &folder, "invoice-payment", "on", "20", "--from", "off"];
    assert_eq!(serin(&[&back[..], &["--env", "staging"]].concat()).code, 0);
    assert_eq!(
        fs::read_to_string(&own).unwrap(),
        first.replacen("35", "20", 1).replacen("65", "80", 1)
    );
    assert_eq!(serve(&built(&folder, "staging")), serve(&documents[2]));
    // Everywhere is the file that all share, and each that replaces it.
    assert_eq!(serin(&[&share[..], &["--everywhere"]].concat()).code, 0);
    assert_eq!(
        changed(&before, &files(&folder)),
        ["env/staging/invoice-payment.json", "flags/invoice-payment.json"]
    );
    let [a, b, c] = all(&folder).map(|document| serve(&document));
    assert_eq!((&a, &b, &a), (&b, &c, &serve(&now[2])));
}

#[test]
fn a_renamed_flag_moves_its_files_and_nobody_else() {
    let (scratch, folder) = shop("rename");
    let (before, documents) = (files(&folder), all(&folder));
    let arguments = ["rename", &folder, "payments-v3", "payments/4", "--at", NOW];
    let dry = serin(&[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(files(&folder), before);
    let told = json(&serin(&[&arguments[..], &["--format", "json"]].concat()));
    let after = files(&folder);
    for (name, text) in &before {
        let new = name.replace("payments-v3.json", "payments%2F4.json");
        assert_eq!(
            after[&new],
            text.replace("\"flag\": \"payments-v3\"", "\"flag\": \"payments/4\"")
        );
    }
    assert_eq!(before.len(), after.len());
    for (old, new) in documents.iter().zip(all(&folder)) {
        let text = old.to_string().replace("\"payments-v3\":", "\"payments/4\":");
        let text = text.replace("\"flag\":\"payments-v3\"", "\"flag\":\"payments/4\"");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), new);
    }
    let impacts = told["impacts"].as_array().unwrap();
    assert_eq!(impacts.len(), 3);
    for impact in impacts {
        let flags = impact["impacts"][0]["flags"].as_array().unwrap();
        assert!(flags.iter().all(|flag| flag["change"] == "noEffect"), "{flags:?}");
        assert!(flags.iter().any(|flag| flag["renamedFrom"] == "payments-v3"), "{flags:?}");
    }
    assert_eq!(dry.out.matches("renamed from payments-v3, and nobody moves\n").count(), 3);
    assert!(dry.out.ends_with("\nnothing was changed (--dry-run)\n"));
    let moved = told["files"].as_array().unwrap().iter().filter(|file| file["change"] == "moved");
    assert_eq!(
        moved.count(),
        before.keys().filter(|name| name.ends_with("payments-v3.json")).count()
    );
    drop(scratch);
}

#[test]
fn what_a_dry_run_shows_git_can_apply() {
    let (scratch, folder) = shop("patch");
    let home = Path::new(&folder).parent().unwrap();
    let name = Path::new(&folder).file_name().unwrap().to_str().unwrap();
    for arguments in [
        &["rename", name, "payments-v3", "payments-v4"][..],
        &["kill", name, "theme", "checkout-v2", "--everywhere"],
        &["remove", name, "theme"],
    ] {
        let before = files(&folder);
        let run = |rest: &[&str]| {
            let mut command = command(&[arguments, rest].concat());
            command.current_dir(home);
            finish(command, b"")
        };
        let patch = run(&["--dry-run"]);
        assert_eq!((patch.code, files(&folder) == before), (0, true), "{}", patch.err);
        assert_eq!(run(&[]).code, 0);
        let edited = files(&folder);
        fs::remove_dir_all(&folder).unwrap();
        for (name, text) in &before {
            scratch.write(name, text);
        }
        let mut git = std::process::Command::new("git");
        git.args(["apply", "-p0", "-"]).current_dir(home);
        let applied = finish(git, patch.out.as_bytes());
        assert_eq!((applied.code, applied.err.as_str()), (0, ""), "{}", patch.out);
        assert_eq!(files(&folder), edited, "{}", patch.out);
    }
}

#[test]
fn a_flag_that_is_needed_stays() {
    let (scratch, folder) = shop("remove");
    scratch.write(
        "env/staging/wine.json",
        "{ \"require\": { \"flag\": \"theme\", \"is\": \"dark\" } }",
    );
    let code = scratch.write("src/app.js", "client.string('page-size', 'x');\n");
    let tagged = scratch.write("src/tags.py", "TAGS = ['express-pay']\n");
    let before = files(&folder);
    for (arguments, words) in [
        (&["payments"][..], "flags/"),
        (&["theme"], "env/staging/wine.json:1:"),
        (&["page-size", "--refs", &code], "app.js:1:"),
        (&["express-pay", "--refs", &code, "--refs", &tagged], "its key stands in quotes in"),
        (&["paymets"], "did you mean \"payments\"?"),
    ] {
        let run = serin(&[&["remove", &folder], arguments].concat());
        assert_eq!((run.code, run.out.as_str()), (3, ""), "{arguments:?}");
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
    }
    assert_eq!(files(&folder), before);
    let run = serin(&["remove", &folder, "meal-planner", "--refs", &code]);
    assert_eq!(run.code, 0, "{}", run.err);
    let gone: Vec<String> =
        before.keys().filter(|name| name.ends_with("/meal-planner.json")).cloned().collect();
    assert_eq!((gone.len(), changed(&before, &files(&folder))), (4, gone));
    assert!(run.out.contains("- meal-planner: removed\n"), "{}", run.out);
}

#[test]
fn all_files_change_or_none() {
    let (scratch, folder) = shop("half");
    // What lies there is not in the way until its turn comes, the last.
    fs::create_dir_all(scratch.path("env/staging/payments-v4.json")).unwrap();
    let before = files(&folder);
    let run = serin(&["rename", &folder, "payments-v3", "payments-v4"]);
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.err.contains("there is a file of this name already"), "{}", run.err);
    assert_eq!(files(&folder), before);
    let rest = fs::read_dir(scratch.path("flags")).unwrap();
    let hidden =
        rest.filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with('.'));
    assert_eq!(hidden.count(), 0, "nothing half-written is left");
}

#[test]
fn an_edit_of_a_folder_never_guesses() {
    let (scratch, folder) = shop("guess");
    scratch.write("env/staging/wine.json", "[]");
    for (arguments, code, words) in [
        (&["kill", &folder, "wine"][..], 2, "add --env NAME, or --everywhere for all of them"),
        (&["kill", &folder, "wine", "--env", "stagng"], 2, "did you mean \"staging\"?"),
        (&["kill", &folder, "vine", "--env", "staging"], 3, "did you mean \"wine\"?"),
        (&["kill", &folder, "wine", "--env", "staging"], 3, "is no JSON object"),
        (&["rename", &folder, "wine", "theme"], 3, "there is a flag \"theme\" already"),
        (
            &["ramp", &folder, "wine", "on", "5", "--from", "off", "--env", "a", "--everywhere"],
            2,
            "cannot be used with",
        ),
    ] {
        let before = files(&folder);
        let run = serin(arguments);
        assert_eq!((run.code, run.out.as_str()), (code, ""), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
        assert_eq!(files(&folder), before);
    }
}
