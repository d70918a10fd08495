//! Node, met through WASI: plain files, and a host that is asked for the
//! rest.
//!
//! Until it prints or writes, a run is a function of what it reads. So it asks
//! by leaving its question in a folder of the host's and ending with a code
//! that no verb uses; the host puts the answer beside it and runs the same
//! command again, which finds it there. Without such a folder it only ends.

use super::{Answer, Failure, Shown};
use ignore::{DirEntry, Error, WalkBuilder, WalkState};
use serde_json::{Value, json};
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How a run ends that has a question; `pkg/bin/serin.js` knows it too.
const ASKED: i32 = 100;
/// The variable that names the folder for questions.
const INBOX: &str = "SERIN_INBOX";
/// The variable that names the playground's files, if they are there.
const PLAYGROUND: &str = "SERIN_PLAYGROUND";
/// Links that are followed.
const LINKS: usize = 40;

/// Paths are from where Node was started.
pub fn begin() {
    if let Some(folder) = env::var_os("PWD") {
        // Where that is not there any more, only absolute paths are found.
        let _ = env::set_current_dir(folder);
    }
}

/// What the host answers, and the bytes that come with it.
fn ask(question: &Value) -> (Value, Vec<u8>) {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let Some(inbox) = env::var_os(INBOX) else { exit(ASKED) };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let place = |name: &str| Path::new(&inbox).join(format!("{number}.{name}"));
    if let Ok(answer) = fs::read(place("answer")) {
        let bytes = fs::read(place("bytes")).unwrap_or_default();
        return (serde_json::from_slice(&answer).unwrap_or_default(), bytes);
    }
    // Where it cannot be written the host finds no question, and says so.
    let _ = fs::write(place("question"), question.to_string());
    exit(ASKED)
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().into()
}

/// Asks a host for what lies at an address; at most so many bytes of it.
pub fn fetch(address: &str, patience: Duration, most: u64) -> Result<Answer, Failure> {
    let milliseconds = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
    let question = json!({ "fetch": address, "patience": milliseconds, "most": most });
    let (answer, bytes) = ask(&question);
    if let Some(status) = answer.get("status").and_then(Value::as_u64) {
        return Ok(Answer { status: u16::try_from(status).unwrap_or(u16::MAX), bytes });
    }
    let words = text(&answer, "words");
    Err(match text(&answer, "failure").as_str() {
        "timeout" => Failure::Timeout,
        "noHost" => Failure::NoHost,
        "refused" => Failure::Refused,
        "ended" => Failure::Ended,
        "insecure" => Failure::Insecure,
        "redirects" => Failure::Redirects,
        "noAddress" => Failure::NoAddress,
        "connection" => Failure::Connection(words),
        _ => Failure::Other(words),
    })
}

/// What `git show` says of an object.
///
/// # Errors
/// git cannot be run.
pub fn git_show(object: &str) -> io::Result<Shown> {
    let (answer, bytes) = ask(&json!({ "gitShow": object }));
    match answer.get("found").and_then(Value::as_bool) {
        Some(found) => Ok(Shown { found, bytes, words: text(&answer, "words").into_bytes() }),
        None => Err(io::Error::other(text(&answer, "words"))),
    }
}

/// What standard input has, at most so many bytes: a run that is repeated
/// would find it empty.
///
/// # Errors
/// It cannot be read.
pub fn stdin(most: u64) -> io::Result<Vec<u8>> {
    let (answer, bytes) = ask(&json!({ "stdin": most }));
    match answer.get("words") {
        None => Ok(bytes),
        Some(_) => Err(io::Error::other(text(&answer, "words"))),
    }
}

/// Visits what lies in a tree of files, one after the other: there are no
/// threads here.
pub fn walk(
    builder: &mut WalkBuilder,
    visit: impl Fn(Result<DirEntry, Error>) -> WalkState + Sync,
) {
    for entry in builder.build() {
        if visit(entry) == WalkState::Quit {
            return;
        }
    }
}

/// Where a path leads, links followed.
///
/// # Errors
/// There is nothing.
pub fn canonical(place: &Path) -> io::Result<PathBuf> {
    fs::metadata(place)?;
    let whole = env::current_dir()?.join(place);
    let mut found = PathBuf::from("/");
    // The parts that are still to go, the next one last.
    let mut parts: Vec<PathBuf> = Vec::new();
    let add = |parts: &mut Vec<PathBuf>, path: &Path| {
        parts.extend(path.components().rev().map(|part| PathBuf::from(part.as_os_str())));
    };
    add(&mut parts, &whole);
    let mut links = 0;
    while let Some(part) = parts.pop() {
        match part.components().next() {
            Some(Component::RootDir) => found = PathBuf::from("/"),
            Some(Component::ParentDir) => drop(found.pop()),
            Some(Component::Normal(name)) => {
                let next = found.join(name);
                match fs::read_link(&next) {
                    Ok(_) if links == LINKS => return Err(ErrorKind::InvalidInput.into()),
                    Ok(to) => {
                        links = links.saturating_add(1);
                        add(&mut parts, &to);
                    }
                    Err(_) => found = next,
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The playground's files: the host knows where its own are.
pub fn playground() -> Option<PathBuf> {
    env::var_os(PLAYGROUND).map(PathBuf::from)
}

/// Lets the host serve; that it returns says why it could not begin.
pub fn serve(question: &Value) -> String {
    let (answer, _) = ask(&json!({ "serve": question }));
    text(&answer, "words")
}

/// A file that is written whole and not yet in its place. Its host gives it
/// the rights of the file that it replaces.
pub struct Staged {
    temporary: PathBuf,
    place: PathBuf,
}

impl Staged {
    /// Writes it beside its place.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(place: PathBuf, bytes: &[u8]) -> io::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let mut last = io::Error::from(ErrorKind::AlreadyExists);
        for number in 0..100_u128 {
            let name = format!("{}{:x}", super::PREFIX, now.wrapping_add(number));
            let temporary = super::folder(&place).join(name);
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(mut file) => {
                    let staged = Self { temporary, place };
                    file.write_all(bytes)?;
                    file.sync_all()?;
                    return Ok(staged);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// It cannot be moved there; then it is gone.
    pub fn settle(self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.place)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After it was moved there is nothing of this name.
        let _ = fs::remove_file(&self.temporary);
    }
}
