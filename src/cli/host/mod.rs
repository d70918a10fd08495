//! What the tool needs of its surroundings beyond plain files, and what is
//! not the same everywhere: the network, git, threads, files written whole.
//!
//! `native` meets the operating system. `wasi` runs under Node, where
//! `pkg/bin/serin.js` brings what a module cannot reach. Verbs know neither.

#[cfg(not(target_os = "wasi"))]
mod native;
#[cfg(target_os = "wasi")]
mod wasi;

#[cfg(not(target_os = "wasi"))]
pub use native::{Staged, begin, canonical, fetch, git_show, playground, stdin, walk};
#[cfg(target_os = "wasi")]
pub use wasi::{Staged, begin, canonical, fetch, git_show, playground, serve, stdin, walk};

use std::path::Path;

/// How the tool names itself to hosts.
#[cfg(not(target_os = "wasi"))]
const AGENT: &str = concat!("serin/", env!("CARGO_PKG_VERSION"));
/// How the names of files begin that are not yet in their place.
const PREFIX: &str = ".serin-";

/// What a host answered.
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The body, if the status is 200.
    pub bytes: Vec<u8>,
}

/// Why a host gave no answer.
pub enum Failure {
    /// Not within the time it had.
    Timeout,
    /// No host has the name.
    NoHost,
    /// The connection was refused.
    Refused,
    /// The answer ended early.
    Ended,
    /// No secure connection could be made.
    Insecure,
    /// It redirects without end.
    Redirects,
    /// What was given is no address.
    NoAddress,
    /// The connection failed, in the system's words.
    Connection(String),
    /// Anything else, in its own words.
    Other(String),
}

/// What `git show` said.
pub struct Shown {
    /// Whether there is such an object.
    pub found: bool,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// What git said beside it.
    pub words: Vec<u8>,
}

/// The folder that a file lies in.
fn folder(place: &Path) -> &Path {
    match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
