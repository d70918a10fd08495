//! Files, each written whole or not at all, and several of them together.

use super::host::{Staged, canonical};
use super::report::quoted;
use super::{CliError, Exit};
use serin::release::plan::Step;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Replaces what a file has. Who reads it meanwhile sees the old text or the
/// new one; if writing fails, the old one stays. A device or pipe is written
/// to as it is.
///
/// # Errors
/// It cannot be written.
pub fn replace(place: &str, text: &str) -> Result<(), CliError> {
    written(Path::new(place), text.as_bytes()).map_err(|error| failed(place, &error))
}

fn failed(place: &str, error: &io::Error) -> CliError {
    let (why, help) = match error.kind() {
        ErrorKind::NotFound => {
            ("its folder is not there".into(), "make the folder, or correct the path")
        }
        ErrorKind::PermissionDenied => {
            ("permission denied".into(), "make the file's folder writable for this user")
        }
        ErrorKind::IsADirectory => ("it is a folder".into(), "name a file in it"),
        ErrorKind::StorageFull => ("the disk is full".into(), "make room, or name another place"),
        _ => (error.to_string(), "name another place"),
    };
    CliError::new(Exit::Refused, &format!("cannot write {}: {why}", quoted(place)), help)
}

/// Where a link leads, so that the link stays one.
fn target(place: &Path) -> io::Result<PathBuf> {
    match canonical(place) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(place.into()),
        found => found,
    }
}

fn written(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let place = target(place)?;
    if let Ok(old) = fs::metadata(&place)
        && !old.is_file()
    {
        if old.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        return fs::OpenOptions::new().write(true).open(&place)?.write_all(bytes);
    }
    Staged::new(place, bytes)?.settle()
}

/// Does all steps, or none: what can fail for want of room or rights is done
/// before the first file changes, and if a later one fails all the same,
/// those before it are put back. `locate` says where a file lies.
///
/// # Errors
/// A file cannot be written, moved or removed.
pub fn all(steps: &[Step], locate: impl Fn(&str) -> String) -> Result<(), CliError> {
    let mut ready = Vec::new();
    for step in steps {
        ready.push(match step {
            Step::Write { path, text } => {
                let place = locate(path);
                let staged = target(Path::new(&place))
                    .and_then(|target| Staged::new(target, text.as_bytes()));
                Some(staged.map_err(|error| failed(&place, &error))?)
            }
            Step::Move { .. } | Step::Remove { .. } => None,
        });
    }
    let mut undo: Vec<Undo> = Vec::new();
    for (step, staged) in steps.iter().zip(ready) {
        let (place, done) = match step {
            Step::Write { path, .. } => {
                let place = locate(path);
                let before = fs::read(&place).ok();
                let done = staged.map_or(Ok(()), Staged::settle);
                (place.clone(), done.map(|()| Undo::Put(place, before)))
            }
            Step::Move { from, to } => {
                let (from, to) = (locate(from), locate(to));
                (to.clone(), moved(&from, &to).map(|()| Undo::Move(to, from)))
            }
            Step::Remove { path } => {
                let place = locate(path);
                let before = fs::read(&place).ok();
                (place.clone(), fs::remove_file(&place).map(|()| Undo::Put(place, before)))
            }
        };
        match done {
            Ok(back) => undo.push(back),
            Err(error) => {
                undo.into_iter().rev().for_each(Undo::run);
                return Err(failed(&place, &error));
            }
        }
    }
    Ok(())
}

/// Moves a file, and never over another.
fn moved(from: &str, to: &str) -> io::Result<()> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(io::Error::other("there is a file of this name already"));
    }
    fs::rename(from, to)
}

/// How a step is taken back.
enum Undo {
    /// The file had this, or was not there.
    Put(String, Option<Vec<u8>>),
    Move(String, String),
}

impl Undo {
    fn run(self) {
        // Where this fails too there is nothing left to try.
        let _ = match self {
            Self::Put(place, Some(bytes)) => written(Path::new(&place), &bytes),
            Self::Put(place, None) => fs::remove_file(place),
            Self::Move(from, to) => fs::rename(from, to),
        };
    }
}
