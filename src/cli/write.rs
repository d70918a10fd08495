//! Files, written whole or not at all.

use super::report::quoted;
use super::{CliError, Exit};
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file. Who reads meanwhile sees the old text or the new one.
///
/// # Errors
/// It cannot be written; then it is as it was.
pub fn replace(place: &str, text: &str) -> Result<(), CliError> {
    through_a_neighbour(place, text).map_err(|error| {
        let message = format!("cannot write {}: {error}", quoted(place));
        CliError::new(
            Exit::Refused,
            &message,
            "make the file and its folder writable; nothing was changed",
        )
    })
}

fn through_a_neighbour(place: &str, text: &str) -> io::Result<()> {
    // A link stays a link, and what it leads to is replaced.
    let path = Path::new(place).canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(path.metadata()?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
