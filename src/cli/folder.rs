//! A source folder: its files, read once, and its environments.

use super::report::quoted;
use super::source::{limited, unreadable};
use super::{CliError, Exit, suggest};
use serin::limits::DOCUMENT_BYTES;
use serin::release::folder::{self, FOLDERS, File, Folder};
use serin::release::plan::Step;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What lies in a source folder.
pub struct Tree {
    /// The folder, as it was named.
    pub name: String,
    /// The files, in the order of their paths.
    pub files: Vec<File>,
    /// The files' names for messages, from where the run is.
    pub names: Vec<String>,
    /// What the files are.
    pub folder: Folder,
}

/// Bytes of all files: four times what the document that they make may have,
/// since each environment is a document.
const BYTES: usize = 4 * DOCUMENT_BYTES;

impl Tree {
    /// Reads the source folder at a place; none if the place is no folder.
    ///
    /// # Errors
    /// A file cannot be read, or there are no sources in the folder.
    pub fn at(place: &str) -> Result<Option<Self>, CliError> {
        if !super::source::is_folder(place) {
            return Ok(None);
        }
        let root = Path::new(place);
        let mut paths = Vec::new();
        for name in FOLDERS {
            list(root, name, &mut paths)?;
        }
        if !root.join("flags").is_dir() {
            let message = format!("{} is no source folder: it has no folder flags", quoted(place));
            let help = "name a ruleset's file, or a folder with flags/KEY.json and, if there are any, segments/NAME.json and env/NAME/KEY.json";
            return Err(CliError::new(Exit::Refused, &message, help));
        }
        paths.sort();
        let mut files = Vec::new();
        let mut left = BYTES;
        for path in paths {
            let bytes = if path.ends_with('/') { Vec::new() } else { read(root, &path)? };
            let Some(rest) = left.checked_sub(bytes.len()) else {
                let message = format!("the files of {} have more than 64 MiB", quoted(place));
                let help = "split the ruleset, or move long lists into attributes that your application computes";
                return Err(CliError::new(Exit::Refused, &message, help));
            };
            left = rest;
            files.push(File { path, bytes });
        }
        let folder = Folder::new(files.iter().map(|file| file.path.as_str()));
        let names = files.iter().map(|file| shown(root, &file.path)).collect();
        Ok(Some(Self { name: place.into(), files, names, folder }))
    }

    /// The folder as it is after these steps.
    pub fn after(&self, steps: &[Step]) -> Self {
        let mut files = self.files.clone();
        for step in steps {
            match step {
                Step::Write { path, text } => {
                    files.retain(|file| file.path != *path);
                    files.push(File { path: path.clone(), bytes: text.clone().into_bytes() });
                }
                Step::Move { from, to } => {
                    for file in files.iter_mut().filter(|file| file.path == *from) {
                        file.path.clone_from(to);
                    }
                }
                Step::Remove { path } => files.retain(|file| file.path != *path),
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut folder = Folder::new(files.iter().map(|file| file.path.as_str()));
        // A folder of an environment stays, also with nothing in it.
        for name in self.folder.environments.keys() {
            folder.environments.entry(name.clone()).or_default();
        }
        let names = files.iter().map(|file| self.place(&file.path)).collect();
        Self { name: self.name.clone(), files, names, folder }
    }

    /// Where a file of the folder lies, as messages show it.
    pub fn place(&self, path: &str) -> String {
        shown(Path::new(&self.name), path)
    }

    /// The environment to take: the one that is named, which must be there;
    /// none if the folder has none.
    ///
    /// # Errors
    /// It is not there, or none is named and there are some.
    pub fn environment(&self, named: Option<&str>) -> Result<Option<String>, CliError> {
        let environments = &self.folder.environments;
        let known: Vec<String> = environments.keys().map(|name| quoted(name)).collect();
        let known = known.join(", ");
        match named {
            Some(name) if environments.contains_key(name) => Ok(Some(name.into())),
            Some(name) => {
                let message = format!("{} has no environment {}", quoted(&self.name), quoted(name));
                let names = environments.keys().map(String::as_str);
                let help = match suggest::nearest(name, names) {
                    Some(near) => format!("did you mean {}?", quoted(near)),
                    None if known.is_empty() => {
                        "an environment is a folder env/NAME; leave out --env to take the flags as they are".into()
                    }
                    None => format!("there are {known}"),
                };
                Err(CliError::new(Exit::Usage, &message, &help))
            }
            None if environments.is_empty() => Ok(None),
            None => {
                let message = format!("{} has environments; say which", quoted(&self.name));
                let help = format!("add --env NAME; there are {known}");
                Err(CliError::new(Exit::Usage, &message, &help))
            }
        }
    }
}

/// A file's path as messages show it.
fn shown(root: &Path, path: &str) -> String {
    let path = root.join(path).to_string_lossy().into_owned();
    if std::path::MAIN_SEPARATOR == '/' { path } else { path.replace('\\', "/") }
}

fn read(root: &Path, path: &str) -> Result<Vec<u8>, CliError> {
    let place = root.join(path);
    let file = fs::File::open(&place).and_then(limited);
    file.map_err(|error| unreadable(&quoted(&shown(root, path)), &error))
}

/// Adds what lies in a folder of sources, and in those of environments.
fn list(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<(), CliError> {
    let place: PathBuf = root.join(folder);
    let entries = match fs::read_dir(&place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(&quoted(&shown(root, folder)), &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(&quoted(&shown(root, folder)), &error))?;
        // A name that is no Unicode is no key either, and cannot be shown as
        // it is.
        let unicode = entry.file_name().to_str().is_some();
        let name = entry.file_name().to_string_lossy().into_owned();
        if folder::hidden(&name) {
            continue;
        }
        let path = format!("{folder}/{name}");
        let kind = fs::metadata(entry.path())
            .map_err(|error| unreadable(&quoted(&shown(root, &path)), &error))?;
        if kind.is_file() && unicode {
            paths.push(path);
            continue;
        }
        // A pipe or a device would be waited for; like a folder, it is no
        // source.
        paths.push(format!("{path}/"));
        if kind.is_dir() && folder == "env" {
            list(root, &path, paths)?;
        }
    }
    Ok(())
}
