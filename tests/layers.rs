//! Holds the order of the modules, and what the documents say of the
//! repository, against the files themselves.
//!
//! A module names only modules of lower layers and itself. What one of these
//! tests finds is a list of sentences; every check has a case below that it
//! must refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module names only what stands in a line above its
/// own here; CONTRIBUTING.md has the same order for people.
const LAYERS: [&[&str]; 12] = [
    &["limits", "diagnostic", "pool", "compare", "value", "decision", "bucket"],
    &["json"],
    &["document"],
    &["ruleset"],
    &["context"],
    &["answer"],
    &["trace"],
    &["evaluate"],
    &["explain", "once"],
    &["release"],
    &["wasm", "full", "cli"],
    &["main"],
];

/// What evaluation must not know: the written form.
const WRITTEN: [&str; 2] = ["document", "json"];

/// Documents whose paths must exist.
const DOCUMENTS: [&str; 4] =
    ["README.md", "CONTRIBUTING.md", "src/doc/design.md", "src/doc/frameworks.md"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below `src/`, by its path from there, with its code.
fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, base: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, base, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(base).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, code(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&root().join("src"), &root().join("src"), &mut found);
    assert!(found.len() > 20, "{} files in src", found.len());
    found
}

/// The module of a file: `json/reader.rs` belongs to `json`.
fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

// ---- reading Rust -----------------------------------------------------------

/// Rust without comments, without what stands in quotes, and without the tests
/// at the end of a file, which may look anywhere.
fn code(source: &str) -> String {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or(source);
    let text: Vec<char> = source.chars().collect();
    let at = |index: usize| text.get(index).copied().unwrap_or('\0');
    let (mut out, mut i) = (String::new(), 0);
    while i < text.len() {
        let hashes = if at(i) == 'r' && !(i > 0 && is_name(at(i - 1)) && at(i - 1) != 'b') {
            (0..).take_while(|n| at(i + 1 + n) == '#').count()
        } else {
            usize::MAX
        };
        if at(i) == '/' && at(i + 1) == '/' {
            while i < text.len() && at(i) != '\n' {
                i += 1;
            }
        } else if at(i) == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 || i >= text.len() {
                    break;
                }
            }
        } else if hashes != usize::MAX && at(i + 1 + hashes) == '"' {
            i += hashes + 2;
            while i < text.len() && !(at(i) == '"' && (1..=hashes).all(|n| at(i + n) == '#')) {
                i += 1;
            }
            i += hashes + 1;
            out.push_str("\"\"");
        } else if at(i) == '"' {
            i += 1;
            while i < text.len() && at(i) != '"' {
                i += if at(i) == '\\' { 2 } else { 1 };
            }
            i += 1;
            out.push_str("\"\"");
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < text.len() && at(i) != '\'' {
                i += 1;
            }
            i += 1;
            out.push_str("' '");
        } else {
            out.push(at(i));
            i += 1;
        }
    }
    out
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn names(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c| !is_name(c)).filter(|name| !name.is_empty())
}

/// What stands directly after each `start`, such as `crate::`; of a group, the
/// first name of each member.
fn mentions<'c>(code: &'c str, start: &str) -> Vec<&'c str> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(start) {
        if code[..at].ends_with(is_name) {
            continue;
        }
        let rest = code[at + start.len()..].trim_start();
        let first = |part: &'c str| names(part).next();
        let Some(group) = rest.strip_prefix('{') else {
            found.extend(first(rest));
            continue;
        };
        let (mut depth, mut from) = (0, 0);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    found.extend(first(&group[from..i]));
                    from = i + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// Names that `lib.rs` exports again, and the modules they come from.
fn exports(lib: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    for statement in lib.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((module, rest)) = statement.split_once("::") else { continue };
        found.extend(names(rest).map(|name| (name, module)));
    }
    found
}

/// Where a file of the library names what it may not.
fn faults(file: &str, code: &str, exports: &BTreeMap<&str, &str>) -> Vec<String> {
    let own = module(file);
    let Some(height) = layer(own) else {
        return vec![format!("src/{file}: give the module `{own}` a layer in tests/layers.rs")];
    };
    let mut found = Vec::new();
    let mut named = mentions(code, "crate::");
    let root =
        if file.contains('/') && !file.ends_with("/mod.rs") { "super::super::" } else { "super::" };
    named.extend(mentions(code, root));
    for name in named {
        let other =
            if layer(name).is_some() { name } else { exports.get(name).copied().unwrap_or(name) };
        match layer(other) {
            _ if other == own => {}
            Some(there) if there < height => {}
            // The command line is a crate of its own, whose `crate::` is itself.
            None if height >= layer("cli").unwrap() => {}
            Some(_) => {
                found.push(format!("src/{file}: `{own}` names `{name}`, which is not below it"))
            }
            None => found.push(format!("src/{file}: names `crate::{name}`, which has no layer")),
        }
    }
    found
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

// ---- modules ----------------------------------------------------------------

#[test]
fn modules_name_only_what_stands_below_them() {
    let sources = sources();
    let exports = exports(&sources["lib.rs"]);
    assert!(exports.len() > 10, "{exports:?}");
    let files = sources.iter().filter(|(file, _)| *file != "lib.rs");
    none(files.flat_map(|(file, code)| faults(file, code, &exports)).collect());
    // The check sees something: the evaluator names the ruleset.
    assert!(mentions(&sources["evaluate.rs"], "crate::").contains(&"ruleset"));
}

#[test]
fn a_module_that_names_what_stands_above_it_is_found() {
    let exports = exports(
        "pub use context::Context;\npub use document::Kind;\npub use ruleset::{FlagId, Ruleset as Set};\n",
    );
    let bad = [
        ("json/reader.rs", "use crate::ruleset::Ruleset;"),
        ("json/reader.rs", "use crate::{limits, document::{self, Flag}};"),
        ("document/mod.rs", "fn f(_: &crate::Context) {}"),
        ("document/decode.rs", "use super::super::ruleset::Ruleset;"),
        ("document/mod.rs", "use super::ruleset::Ruleset;"),
        ("pool.rs", "use super::json::Node;"),
        ("evaluate.rs", "use crate::explain::explain;"),
        ("bucket/mod.rs", "use crate::pool::Pool;"),
        ("ruleset/lower.rs", "use crate::nowhere::X;"),
        ("helpers.rs", "fn f() {}"),
        ("value.rs", "const QUOTE: u8 = b'\"'; use crate::json;"),
    ];
    for (file, source) in bad {
        assert_eq!(faults(file, &code(source), &exports).len(), 1, "{file}: {source}");
    }
    let good = [
        (
            "json/reader.rs",
            "use crate::limits::DEPTH; use super::number; use super::super::pool::Pool;",
        ),
        (
            "json/reader.rs",
            "//! See [`crate::ruleset`].\n/* use crate::ruleset; /* and */ crate::cli */",
        ),
        (
            "json/reader.rs",
            "const A: &str = \"\\\"crate::ruleset\"; const B: &str = r#\"\"crate::cli\"#;",
        ),
        (
            "json/mod.rs",
            "fn f<'a>(_: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::ruleset::Ruleset; }",
        ),
        ("context.rs", "use crate::{json, limits, ruleset::{Ruleset, NONE}};"),
        ("explain.rs", "use crate::FlagId; use crate::evaluate::trace;"),
        ("cli/check.rs", "use crate::cli::output; use crate::report;"),
    ];
    for (file, source) in good {
        assert_eq!(faults(file, &code(source), &exports), [""; 0], "{file}: {source}");
    }
}

#[test]
fn every_layer_has_its_modules() {
    let sources = sources();
    let there: BTreeSet<&str> = sources.keys().map(|file| module(file)).collect();
    let named = LAYERS.iter().flat_map(|modules| modules.iter());
    // The command line may be a folder or, while it is small, only `main.rs`.
    none(
        named
            .filter(|name| **name != "cli" && !there.contains(**name))
            .map(|name| format!("tests/layers.rs: there is no module `{name}`"))
            .collect(),
    );
}

#[test]
fn evaluation_knows_nothing_of_the_written_form() {
    let written = |code: &str| names(code).any(|name| WRITTEN.contains(&name));
    let sources = sources();
    for file in ["evaluate.rs", "answer.rs"] {
        assert!(!written(&sources[file]), "src/{file} names one of {WRITTEN:?}");
    }
    assert!(written(&sources["ruleset/lower.rs"]), "the check sees nothing");
}

#[test]
fn the_file_to_read_first_stays_short() {
    let lines = read("src/evaluate.rs").lines().count();
    assert!((50..200).contains(&lines), "src/evaluate.rs has {lines} lines");
}

#[test]
fn the_programs_have_no_tests_inside() {
    // Cargo.toml leaves them out: what would only be compiled once more.
    let mut programs = sources();
    programs.retain(|file, _| matches!(module(file), "cli" | "main"));
    assert!(programs.len() > 20, "{:?}", programs.keys());
    programs.insert("pkg/build".to_owned(), code(&read("pkg/build/src/main.rs")));
    let unheard = programs.iter().filter(|(_, code)| code.contains("#[test]"));
    none(unheard.map(|(file, _)| format!("{file} has tests that never run")).collect());
}

#[test]
fn only_the_exports_know_wasm_bindgen() {
    let knows =
        |code: &str| names(code).any(|name| ["wasm_bindgen", "js_sys", "JsValue"].contains(&name));
    let sources = sources();
    let found: Vec<&str> =
        sources.iter().filter(|(_, code)| knows(code)).map(|(file, _)| file.as_str()).collect();
    assert_eq!(found, ["full.rs", "wasm.rs"]);
    // Objects of JavaScript are the tools' alone: the core passes numbers.
    let objects = |code: &str| names(code).any(|name| name == "JsValue");
    assert!(objects(&sources["full.rs"]) && !objects(&sources["wasm.rs"]));
}

// ---- documents --------------------------------------------------------------

/// Text outside of fenced blocks.
fn prose(markdown: &str) -> String {
    let mut fenced = false;
    let mut keep = |line: &&str| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    };
    markdown.lines().filter(|line| keep(line)).collect::<Vec<_>>().join("\n")
}

/// Paths in backticks that contain a slash.
fn quoted_paths(prose: &str) -> Vec<String> {
    let path = |text: &&str| {
        text.contains('/')
            && !text.starts_with(['@', '/'])
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/*".contains(c))
    };
    prose.split('`').skip(1).step_by(2).filter(path).map(str::to_owned).collect()
}

/// Targets of links that are neither addresses nor places on the page.
fn linked_paths(prose: &str) -> Vec<String> {
    let targets =
        prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets
        .filter(|target| !target.contains(':') && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or(target).to_owned())
        .collect()
}

/// Whether a path from `base` exists; `*` stands for any part of a file's name.
fn exists(base: &Path, path: &str) -> bool {
    let Some((before, after)) = path.split_once('*') else { return base.join(path).exists() };
    let (folder, start) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(base.join(folder)) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.strip_prefix(start).is_some_and(|rest| rest.ends_with(after))
    })
}

#[test]
fn every_path_in_the_documents_exists() {
    let ignored = read(".gitignore");
    // What is built is there only after a build.
    let built = |path: &str| {
        ignored.lines().filter_map(|line| line.strip_prefix('/')).any(|line| path.starts_with(line))
    };
    // What programs import is what the package exports.
    let package = read("pkg/package.json");
    let imported = |path: &str| {
        let entry = path.strip_prefix("serin/").map(|entry| format!("\"./{entry}\":"));
        entry.is_some_and(|entry| package.contains(&entry))
    };
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let prose = prose(&read(document));
        let quoted = quoted_paths(&prose);
        assert!(quoted.len() > 5, "{document} names only {quoted:?}");
        let lost =
            quoted.iter().filter(|path| !built(path) && !imported(path) && !exists(&root(), path));
        missing.extend(lost.map(|path| format!("{document}: there is no `{path}`")));
        let folder = root().join(document).parent().unwrap().to_owned();
        let lost = linked_paths(&prose).into_iter().filter(|path| !exists(&folder, path));
        missing.extend(
            lost.map(|path| format!("{document}: a link leads to {path}, which is not there")),
        );
    }
    none(missing);
}

#[test]
fn a_path_that_does_not_exist_is_found() {
    let text = "See `src/lib.rs`, `a b/c`, `1.0`, [x](src/lib.rs#top), [y](https://a.example/b) and `src/*.nowhere`.\n\
                ```sh\ncat `src/nowhere.rs`\n```\nThen `src/nowhere.rs` and [z](nowhere.md).";
    let prose = prose(text);
    let quoted = quoted_paths(&prose);
    assert_eq!(quoted, ["src/lib.rs", "src/*.nowhere", "src/nowhere.rs"]);
    assert_eq!(
        quoted.iter().map(|path| exists(&root(), path)).collect::<Vec<_>>(),
        [true, false, false]
    );
    let linked = linked_paths(&prose);
    assert_eq!(linked, ["src/lib.rs", "nowhere.md"]);
    assert!(!exists(&root(), "nowhere.md"));
}

#[test]
fn the_page_for_contributors_has_the_same_layers() {
    let page = read("CONTRIBUTING.md");
    let (_, rest) =
        page.split_once("<!-- layers -->").expect("CONTRIBUTING.md has no marker `layers`");
    let block = rest.split("```").nth(1).unwrap_or_default();
    let (_, order) = block.split_once('\n').unwrap_or_default();
    let layers: Vec<Vec<&str>> =
        order.split('<').map(|layer| layer.split_whitespace().collect()).collect();
    assert_eq!(layers, LAYERS);
}
