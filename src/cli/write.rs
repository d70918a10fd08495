//! A file, written whole or not at all.

use super::report::quoted;
use super::{CliError, Exit};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::Builder;

/// Replaces what a file has. Who reads it meanwhile sees the old text or the
/// new one; if writing fails, the old one stays. A device or pipe is written
/// to as it is.
///
/// # Errors
/// It cannot be written.
pub fn replace(place: &str, text: &str) -> Result<(), CliError> {
    replace_bytes(place, text.as_bytes())
}

/// The same with bytes.
///
/// # Errors
/// It cannot be written.
pub fn replace_bytes(place: &str, bytes: &[u8]) -> Result<(), CliError> {
    written(Path::new(place), bytes).map_err(|error| {
        let (why, help) = match error.kind() {
            ErrorKind::NotFound => {
                ("its folder is not there".into(), "make the folder, or correct the path")
            }
            ErrorKind::PermissionDenied => {
                ("permission denied".into(), "make the file's folder writable for this user")
            }
            ErrorKind::IsADirectory => ("it is a folder".into(), "name a file in it"),
            ErrorKind::StorageFull => {
                ("the disk is full".into(), "make room, or name another place")
            }
            _ => (error.to_string(), "name another place"),
        };
        CliError::new(Exit::Refused, &format!("cannot write {}: {why}", quoted(place)), help)
    })
}

fn written(place: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where a link leads, so that the link stays one.
    let place: PathBuf = match fs::canonicalize(place) {
        Ok(place) => place,
        Err(error) if error.kind() == ErrorKind::NotFound => place.into(),
        Err(error) => return Err(error),
    };
    let old = fs::metadata(&place).ok();
    if let Some(old) = &old
        && !old.is_file()
    {
        if old.is_dir() {
            return Err(ErrorKind::IsADirectory.into());
        }
        return fs::OpenOptions::new().write(true).open(&place)?.write_all(bytes);
    }
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    builder.prefix(".serin-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What a plain new file would have, less the user's mask.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        // Who may not change a file's rights may still replace it.
        let _ = file.as_file().set_permissions(old.permissions());
    }
    file.as_file().sync_all()?;
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}
