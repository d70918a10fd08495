//! A file as git has it: `REVISION:PATH`, read by running `git show`.

use super::host::git_show;
use super::report::quoted;
use super::source::{Source, is_address};
use super::{CliError, Exit};
use serin::limits::DOCUMENT_BYTES;
use std::path::Path;

/// The two parts of such a name; none if it is a file, an address, or a path
/// with a drive letter.
pub fn split(place: &str) -> Option<(&str, &str)> {
    let (revision, path) = place.split_once(':')?;
    let drive = revision.len() == 1 && path.starts_with(['\\', '/']);
    let named = !is_address(place) && !drive && !Path::new(place).exists();
    (named && !revision.is_empty() && !revision.starts_with('-') && !path.is_empty())
        .then_some((revision, path))
}

/// Reads it, from the top of the repository or else from here.
///
/// # Errors
/// git is not there, or does not know the revision or the path.
pub fn read(place: &str, revision: &str, path: &str) -> Result<Source, CliError> {
    let failed = |why: &str, help: &str| {
        CliError::new(Exit::Refused, &format!("cannot read {}: {why}", quoted(place)), help)
    };
    let run = |object: &str| {
        git_show(object).map_err(|error| {
            failed(
                &format!("git could not be run: {error}"),
                "install git, or give the two versions as files",
            )
        })
    };
    let mut output = run(place)?;
    if !output.found && !path.starts_with("./") {
        let here = run(&format!("{revision}:./{path}"))?;
        if here.found {
            output = here;
        }
    }
    if !output.found {
        let words = String::from_utf8_lossy(&output.words);
        let first = words.lines().next().unwrap_or_default();
        let first = first.strip_prefix("fatal: ").unwrap_or(first);
        return Err(failed(
            &format!("there is no such file, and git says: {}", super::report::cut(first, 200)),
            "write a path, or REVISION:PATH with the path from the top of the repository",
        ));
    }
    let mut bytes = output.bytes;
    // One byte more than a document may have is enough to refuse it.
    bytes.truncate(DOCUMENT_BYTES.saturating_add(1));
    Ok(Source::plain(place, bytes))
}
