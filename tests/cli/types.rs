//! `types`: declarations that the compiler of TypeScript takes.

use super::build::Scratch;
use super::{golden, serin};
use std::fs;
use std::path::Path;
use std::process::Command;

const FLAGS: &str = "tests/cli/types/flags.json";
const CONSUMER: &str = "tests/cli/types/consumer.ts";
const BEFORE: &str = "2026-11-22T00:00:00Z";
const AFTER: &str = "2026-12-02T00:00:00Z";

fn types(arguments: &[&str]) -> super::Run {
    serin(&[&["types"], arguments].concat())
}

#[test]
fn every_flag_is_declared_with_the_type_of_its_values() {
    let run = types(&[FLAGS, "-o", "-", "--now", AFTER]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    golden("types.d.txt", &run.out);
}

#[test]
fn a_file_of_declarations_is_kept_up_to_date() {
    let scratch = Scratch::new("types");
    let file = scratch.path("flags.d.ts");
    let at =
        |now: &str, more: &[&str]| types(&[&[FLAGS, "-o", &file, "--now", now], more].concat());
    let check = at(BEFORE, &["--check"]);
    assert_eq!((check.code, check.out.as_str()), (1, ""));
    assert!(check.err.contains("is not there"), "{}", check.err);
    assert!(at(BEFORE, &[]).out.ends_with("flags.d.ts: written: 8 flags\n"));
    assert!(at(BEFORE, &[]).out.ends_with("flags.d.ts: unchanged: 8 flags\n"));
    // That time passes is no reason for a check to fail, and is declared.
    assert_eq!(at(AFTER, &["--check"]).code, 0);
    assert!(at(AFTER, &[]).out.ends_with(": written: 8 flags\n"));
    assert_eq!(at(BEFORE, &["--check"]).code, 0);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("limit: number", "limit: string")).unwrap();
    let stale = at(AFTER, &["--check"]);
    assert_eq!(stale.code, 1);
    assert!(stale.err.contains("does not declare the flags of"), "{}", stale.err);
    let json = at(AFTER, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report, serde_json::json!({ "file": file, "flags": 8, "state": "written" }));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_folder_is_declared_once_for_all_its_environments() {
    let now = ["-o", "-", "--now", BEFORE];
    let folder = types(&[&["examples/shop"], &now[..]].concat());
    assert_eq!(folder.code, 0, "{}", folder.err);
    let built = types(&[&["examples/shop/ruleset.json"], &now[..]].concat());
    assert_eq!(folder.out, built.out);
    let client = types(&[&["examples/shop", "--for", "client"], &now[..]].concat());
    assert!(client.out.contains("'checkout-v2': boolean;\n"), "{}", client.out);
    assert!(!client.out.contains("    origin: ") && folder.out.contains("    origin: "));
    // Half of the flags' types would be worse than none.
    let run = types(&["tests/cli/mistakes.json", "-o", "-"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.starts_with("error[mixed-types]"), "{}", run.err);
    assert_eq!(types(&[FLAGS, "-o", "-", "--check"]).code, 2);
}

#[test]
fn a_consumer_compiles_with_the_declarations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let compiler = root.join("node_modules/typescript/bin/tsc");
    if !compiler.exists() {
        eprintln!("SKIPPED: TypeScript is not installed; `npm ci` does that");
        return;
    }
    let scratch = Scratch::new("consumer");
    let compile = |declarations: &[&str]| {
        let package = root.join("pkg/index.d.ts");
        let files: Vec<&str> = declarations.to_vec();
        let project = serde_json::json!({
            "compilerOptions": { "strict": true, "noEmit": true, "skipLibCheck": false, "types": [],
                "module": "nodenext", "target": "es2022", "lib": ["es2022", "dom"],
                "paths": { "serin": [package] } },
            "files": files,
        });
        let config = scratch.write("tsconfig.json", &project.to_string());
        let run = Command::new("node").arg(&compiler).args(["--project", &config]).output();
        let run = run.unwrap();
        (run.status.success(), String::from_utf8(run.stdout).unwrap())
    };
    let consumer = root.join(CONSUMER);
    let consumer = consumer.to_str().unwrap();
    let [flags, shop] = [FLAGS, "examples/shop"].map(|ruleset| {
        let file = scratch.path(&format!("{}.d.ts", ruleset.replace(['/', '.'], "-")));
        assert_eq!(types(&[ruleset, "-o", &file, "--now", AFTER]).code, 0);
        file
    });
    let (good, out) = compile(&[consumer, &flags]);
    assert!(good, "{out}");
    let (good, out) = compile(&[&shop]);
    assert!(good, "{out}");
    // Without them, what the consumer expects is not so.
    let (good, out) = compile(&[consumer]);
    assert!(!good && out.contains("consumer.ts"), "{out}");
}
