//! The operating system, met directly.

use super::{Answer, Failure, Shown};
use ignore::{DirEntry, Error, WalkBuilder, WalkState};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::{Builder, NamedTempFile};

/// There is nothing to prepare.
pub fn begin() {}

/// Asks a host for what lies at an address; at most so many bytes of it.
pub fn fetch(address: &str, patience: Duration, most: u64) -> Result<Answer, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        .http_status_as_error(false)
        .user_agent(super::AGENT)
        .build()
        .into();
    let mut response = agent.get(address).call().map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    if status == 200 {
        let body = response.body_mut().as_reader();
        let read = body.take(most).read_to_end(&mut bytes);
        read.map_err(|error| failure(&error.into()))?;
    }
    Ok(Answer { status, bytes })
}

fn failure(error: &ureq::Error) -> Failure {
    use ureq::Error;
    match error {
        Error::Timeout(_) => Failure::Timeout,
        Error::HostNotFound => Failure::NoHost,
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => Failure::Refused,
        Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Failure::Ended,
        // What no kind says, a name that is not known.
        Error::Io(error) if error.to_string().starts_with("failed to lookup address") => {
            Failure::NoHost
        }
        // The words of the library underneath are for its programmers.
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => Failure::Insecure,
        Error::Io(error) => Failure::Connection(error.to_string()),
        Error::TooManyRedirects => Failure::Redirects,
        Error::BadUri(_) | Error::Http(_) => Failure::NoAddress,
        Error::Tls(_) | Error::Rustls(_) => Failure::Insecure,
        other => Failure::Other(other.to_string()),
    }
}

/// What `git show` says of an object.
///
/// # Errors
/// git cannot be run.
pub fn git_show(object: &str) -> io::Result<Shown> {
    let output = Command::new("git").args(["show", "--end-of-options", object]).output()?;
    Ok(Shown { found: output.status.success(), bytes: output.stdout, words: output.stderr })
}

/// What standard input has, at most so many bytes.
///
/// # Errors
/// It cannot be read.
pub fn stdin(most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Visits what lies in a tree of files, on every processor.
pub fn walk(
    builder: &mut WalkBuilder,
    visit: impl Fn(Result<DirEntry, Error>) -> WalkState + Sync,
) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    builder.threads(threads).build_parallel().run(|| Box::new(&visit));
}

/// Where a path leads, links followed.
///
/// # Errors
/// There is nothing.
pub fn canonical(place: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(place)
}

/// The playground's files: beside the program in a checkout, or in the one
/// that the run is in.
pub fn playground() -> Option<PathBuf> {
    let places = [std::env::current_dir().ok(), std::env::current_exe().ok()];
    let folders = places.iter().flatten().flat_map(|place| place.ancestors());
    let mut checkouts = folders.filter(|folder| folder.join("pkg/bin/serin.js").is_file());
    let found = checkouts.next()?.join("www/dist");
    found.join("index.html").is_file().then(|| canonical(&found).ok())?
}

/// A file that is written whole and not yet in its place.
pub struct Staged {
    file: NamedTempFile,
    place: PathBuf,
}

impl Staged {
    /// Writes it beside its place, with the rights of what lies there now.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(place: PathBuf, bytes: &[u8]) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(super::PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What a plain new file would have, less the user's mask.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(super::folder(&place))?;
        file.write_all(bytes)?;
        if let Ok(old) = fs::metadata(&place) {
            // Who may not change a file's rights may still replace it.
            let _ = file.as_file().set_permissions(old.permissions());
        }
        file.as_file().sync_all()?;
        Ok(Self { file, place })
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// It cannot be moved there; then it is gone.
    pub fn settle(self) -> io::Result<()> {
        self.file.persist(self.place).map(drop).map_err(|error| error.error)
    }
}
