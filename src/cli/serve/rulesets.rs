//! The rulesets in a folder that is served, and those that source folders in
//! it make.

use super::super::check;
use super::super::folder::Tree;
use super::super::report::{self, Listing, quoted};
use super::super::source::Source;
use super::super::{CliError, Exit, build, note};
use super::path;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use serin::limits::DOCUMENT_BYTES;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// The name that a source folder's ruleset has in it.
pub const NAME: &str = "ruleset.json";
/// Folders in folders that are looked into.
const DEPTH: usize = 3;
/// Rulesets that are named, and files that are opened to find them.
const MOST: usize = 100;
const MOST_FILES: usize = 1000;

/// Whether a folder is a source folder.
pub fn is_source(folder: &Path) -> bool {
    folder.join("flags").is_dir()
}

/// The addresses of the rulesets below a folder, from its root on: what its
/// sources make, its files, then its folders' in the order of their names.
pub fn found(root: &Path, names: &[String]) -> Vec<String> {
    let mut search = Search { root, addresses: Vec::new(), files: MOST_FILES };
    search.folder(names, DEPTH);
    search.addresses.truncate(MOST);
    search.addresses
}

struct Search<'s> {
    root: &'s Path,
    addresses: Vec<String>,
    files: usize,
}

impl Search<'_> {
    fn folder(&mut self, names: &[String], depth: usize) {
        let Some(place) = path::inside(self.root, names) else { return };
        let child = |name: &str| [names, &[name.to_owned()]].concat();
        let (files, folders) = content(&place);
        let source = is_source(&place);
        if source {
            let address = path::encoded(&child(NAME));
            let environments = path::inside(self.root, &child("env")).map(|env| content(&env).1);
            let mut environments = environments.unwrap_or_default();
            if environments.is_empty() {
                environments.push(String::new());
            }
            for environment in environments {
                let mut address = format!("{address}?env=");
                path::encode(&environment, &mut address);
                self.addresses.push(address);
            }
        }
        for name in files.iter().filter(|name| name.ends_with(".json")) {
            let names = child(name);
            let file = path::inside(self.root, &names);
            if self.addresses.len() < MOST && file.is_some_and(|file| self.is_ruleset(&file)) {
                self.addresses.push(path::encoded(&names));
            }
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        for name in folders {
            let part = source && matches!(name.as_str(), "flags" | "segments" | "env");
            if !part && name != "node_modules" && self.addresses.len() < MOST {
                self.folder(&child(&name), depth);
            }
        }
    }

    /// Whether a file has what every ruleset has, right or wrong.
    fn is_ruleset(&mut self, file: &Path) -> bool {
        #[derive(Deserialize)]
        struct Shape {
            #[serde(rename = "format")]
            _format: IgnoredAny,
            #[serde(rename = "flags")]
            _flags: BTreeMap<String, IgnoredAny>,
        }
        let Some(left) = self.files.checked_sub(1) else { return false };
        self.files = left;
        let most = u64::try_from(DOCUMENT_BYTES).unwrap_or(u64::MAX);
        fs::metadata(file).is_ok_and(|file| file.is_file() && file.len() <= most)
            && fs::read(file).is_ok_and(|bytes| serde_json::from_slice::<Shape>(&bytes).is_ok())
    }
}

/// The names of files and of folders in a folder, each in order; not what is
/// hidden.
pub fn content(place: &Path) -> (Vec<String>, Vec<String>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        match fs::metadata(entry.path()) {
            _ if name.starts_with('.') => {}
            Ok(kind) if kind.is_dir() => folders.push(name),
            Ok(kind) if kind.is_file() => files.push(name),
            _ => {}
        }
    }
    files.sort();
    folders.sort();
    (files, folders)
}

/// The ruleset of a source folder, or what refuses it: what `check` has to
/// say, for people and for programs.
///
/// `shown` is what messages call the folder; `root` is what may be read.
pub fn built(root: &Path, shown: &str, environment: &str) -> Result<String, Value> {
    let text = |error: CliError| refusal(&error.text, json!([]));
    let Some(tree) = Tree::at(shown).map_err(text)? else { return Err(refusal("", json!([]))) };
    for file in &tree.files {
        let names: Vec<String> = file.path.split('/').map(String::from).collect();
        let place = Path::new(shown).join(names.iter().collect::<std::path::PathBuf>());
        let inside = super::super::host::canonical(&place).is_ok_and(|at| at.starts_with(root));
        if !inside {
            let message = format!("{} leads out of the folder that is served", quoted(&file.path));
            let help = "put the file itself there";
            return Err(text(CliError::new(Exit::Refused, &message, help)));
        }
    }
    let environment = (!environment.is_empty()).then_some(environment);
    let environment = tree.environment(environment).map_err(text)?;
    let source = Source::assembled(&Rc::new(tree), environment.as_deref());
    let listing = Listing::new(&source);
    let (mut remarks, _) = check::remarks(&source, None, None);
    remarks.retain(|remark| remark.error);
    if remarks.is_empty() {
        // Without a revision: the same sources are the same bytes.
        return build::text(&source, None, None).map(|built| built.text).map_err(text);
    }
    let mut words = report::text(&listing, &remarks);
    let errors = check::count(remarks.len(), "error");
    let refuse = if remarks.len() == 1 { "refuses" } else { "refuse" };
    note(&mut words, true, &format!("{errors} {refuse} the ruleset"), "");
    Err(refusal(&words, json!(report::entries(&listing, &remarks))))
}

fn refusal(words: &str, remarks: Value) -> Value {
    json!({ "text": anstream::adapter::strip_str(words).to_string(), "remarks": remarks })
}
