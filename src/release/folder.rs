//! The files of a source folder: what each is, by its path alone.
//!
//! ```text
//! flags/<key>.json         a flag
//! segments/<name>.json     a segment
//! env/<name>/<key>.json    what an environment replaces of a flag
//! ```
//!
//! What else lies beside these three folders is not looked at. In them
//! nothing is passed over in silence, but names that start with a dot or end
//! with `~`: a flag whose file was not read would answer FLAG_NOT_FOUND.

use super::fault::{At, Code, Fault, Owner};
use super::key::{self, NotAKey};
use crate::diagnostic::Span;
use crate::json::escape;
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

/// The three folders of sources.
pub const FOLDERS: [&str; 3] = ["flags", "segments", "env"];

/// A file of a source folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// From the folder, with `/` between names. What is no file, and so no
    /// source, ends with `/`.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The files of a source folder, by what they are. Values are places among
/// the files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Folder {
    /// By key.
    pub flags: BTreeMap<String, usize>,
    /// By name.
    pub segments: BTreeMap<String, usize>,
    /// By the environment's name, then by key.
    pub environments: BTreeMap<String, BTreeMap<String, usize>>,
    /// What is wrong with the files' names.
    pub faults: Vec<Fault>,
}

/// The names in a text, in quotes and safe to print as JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut bytes = Vec::new();
    escape(text.as_bytes(), &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a name is an editor's or the system's, and no source.
pub fn hidden(name: &str) -> bool {
    name.starts_with('.') && name != key::SUFFIX || name.ends_with('~')
}

/// Whether a name can be an environment's: one path component that means the
/// same everywhere.
pub fn environment(name: &str) -> bool {
    let word = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && !name.ends_with('.') && name.chars().all(word)
}

impl Folder {
    /// Sorts files by what their paths say. The order of the files matters to
    /// nothing but which of two with one key is called the second.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut folder = Self::default();
        let mut folded: BTreeMap<String, String> = BTreeMap::new();
        for (number, path) in paths.into_iter().enumerate() {
            let names: Vec<&str> = path.split('/').collect();
            match names.as_slice() {
                ["env", name, ""] => folder.environment(number, name),
                ["flags" | "segments", name] | ["env", _, name] if !name.is_empty() => {
                    if hidden(name) {
                        if let ["env", environment, _] = names.as_slice() {
                            folder.environment(number, environment);
                        }
                        continue;
                    }
                    let lower = path.to_ascii_lowercase();
                    if let Some(other) = folded.insert(lower, path.into()) {
                        folder.same(number, path, &other);
                        continue;
                    }
                    folder.file(number, path, &names, name);
                }
                _ => folder.stray(number, path),
            }
        }
        for faults in folder.unknown() {
            folder.faults.push(faults);
        }
        folder
    }

    fn file(&mut self, number: usize, path: &str, names: &[&str], name: &str) {
        let key = match key::key(name) {
            Ok(key) => key,
            Err(why) => return self.unnamed(number, path, name, why),
        };
        let files = match names {
            ["flags", _] => &mut self.flags,
            ["segments", _] => &mut self.segments,
            ["env", environment, _] => {
                self.environment(number, environment);
                self.environments.entry(environment.to_string()).or_default()
            }
            _ => return,
        };
        if files.insert(key, number).is_some() {
            self.same(number, path, "another file");
        }
    }

    fn environment(&mut self, number: usize, name: &str) {
        if hidden(name) || self.environments.contains_key(name) {
            return;
        }
        if environment(name) {
            self.environments.entry(name.into()).or_default();
            return;
        }
        self.environments.insert(name.into(), BTreeMap::new());
        self.fault(
            Code::FileName,
            number,
            format!("{} is no name of an environment", quoted(name)),
            "use letters of English, digits, `-`, `_` and `.`; not a dot at an end".into(),
        );
    }

    fn fault(&mut self, code: Code, number: usize, message: String, help: String) {
        let at = At::File(number, Span { start: 0, end: 0 });
        self.faults.push(Fault { code, message, help, at, owner: Owner::Files });
    }

    fn stray(&mut self, number: usize, path: &str) {
        let message = format!("{} is no source file", quoted(path.trim_end_matches('/')));
        let help = "flags/, segments/ and env/NAME/ have one .json file for each key, and no folders; a key with a slash has %2F in its file's name. Move this elsewhere, or start its name with a dot";
        self.fault(Code::StrayFile, number, message, help.into());
    }

    fn same(&mut self, number: usize, path: &str, other: &str) {
        let message = format!(
            "{} and {} are one key, or one file where upper and lower case are the same",
            quoted(path),
            if other.contains('/') { quoted(other) } else { other.into() }
        );
        let help = "rename one of the keys; or write its capitals as %XX in the file's name, such as %41 for A";
        self.fault(Code::SameFile, number, message, help.into());
    }

    fn unnamed(&mut self, number: usize, path: &str, name: &str, why: NotAKey) {
        let stem = name.strip_suffix(key::SUFFIX).unwrap_or(name);
        let instead = || match key::file(stem) {
            Some(better) => format!("name the file {}", quoted(&better)),
            None => "rename the key".into(),
        };
        let (why, help) = match why {
            NotAKey::Suffix => return self.stray(number, path),
            NotAKey::Empty => (
                "nothing stands before .json".into(),
                "an empty key cannot be a source file; rename the flag or segment".into(),
            ),
            NotAKey::Character(char) => (
                format!("the character {} has to be escaped", quoted(&char.to_string())),
                instead(),
            ),
            NotAKey::Escape => (
                "% is not followed by two hexadecimal digits".into(),
                "write a % of the key as %25".into(),
            ),
            NotAKey::Utf8 => (
                "its escapes are not UTF-8".into(),
                "write each byte of the key's UTF-8 as %XX".into(),
            ),
            NotAKey::Dot => ("it starts with a dot".into(), instead()),
            NotAKey::Reserved => ("Windows keeps this name for a device".into(), instead()),
        };
        let message = format!("{} is no file name of a key: {why}", quoted(path));
        self.fault(Code::FileName, number, message, help);
    }

    /// Environments' files for flags that are not there.
    fn unknown(&self) -> Vec<Fault> {
        let files = self.environments.values().flatten();
        let lost = files.filter(|(key, _)| !self.flags.contains_key(key.as_str()));
        lost.map(|(key, number)| {
            let file = key::file(key).unwrap_or_default();
            Fault {
                code: Code::NoFlag,
                message: format!("there is no flag {}", quoted(key)),
                help: format!("add flags/{file}, correct this file's name, or remove the file"),
                at: At::File(*number, Span { start: 0, end: 0 }),
                owner: Owner::Files,
            }
        })
        .collect()
    }
}
