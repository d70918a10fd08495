//! The files of a tree of code, searched.

use super::host;
use super::listing::Lines;
use super::report::{ERROR, quoted};
use super::source::unreadable;
use super::{CliError, Exit};
use ignore::{WalkBuilder, WalkState};
use serin::release::refs::{Language, Reference, Scanner};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A reference in code.
pub struct Place {
    /// The key.
    pub key: String,
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its character there, from 1.
    pub column: usize,
    /// The place and its line for people, if no flag has the key.
    pub shown: String,
}

/// What a tree of code has.
#[derive(Default)]
pub struct Code {
    /// Files that were searched.
    pub files: usize,
    /// In the order of files and of places in them.
    pub places: Vec<Place>,
    /// Numbers of keys that stand somewhere in quotes.
    pub mentions: BTreeSet<usize>,
    unread: Option<(String, io::Error)>,
}

/// A longer file was written by a program.
const LONGEST: u64 = 4 << 20;
/// How often progress is shown.
const OFTEN: Duration = Duration::from_millis(100);

/// Searches a folder, or a file.
///
/// # Errors
/// It is not there, or a file in it cannot be read.
pub fn walk(root: &str, scanner: &Scanner, known: &BTreeSet<&str>) -> Result<Code, CliError> {
    if !Path::new(root).exists() {
        let message = format!("cannot search {}: there is no such file or folder", quoted(root));
        let help = "check the path, or the directory you are in";
        return Err(CliError::new(Exit::Refused, &message, help));
    }
    let found = Mutex::new(Code::default());
    let progress = Progress::new();
    host::walk(WalkBuilder::new(root).require_git(false), |entry| {
        let path = match &entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => entry.path(),
            Ok(_) => return WalkState::Continue,
            Err(error) => {
                let why = io::Error::other(error.to_string());
                keep(&found, Code { unread: Some((root.into(), why)), ..Code::default() });
                return WalkState::Quit;
            }
        };
        let extension = path.extension().and_then(|extension| extension.to_str());
        let language = extension.and_then(Language::of);
        if language.is_none() && !scanner.has_patterns() {
            return WalkState::Continue;
        }
        if let Some(code) = search(path, language, scanner, known) {
            keep(&found, code);
            progress.step();
        }
        WalkState::Continue
    });
    progress.end();
    let mut code = found.into_inner().unwrap_or_else(|error| error.into_inner());
    if let Some((name, error)) = code.unread {
        return Err(unreadable(&quoted(&name), &error));
    }
    code.places.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Ok(code)
}

/// What a file has; none if it is no text, or too long to be written by hand.
fn search(
    path: &Path,
    language: Option<Language>,
    scanner: &Scanner,
    known: &BTreeSet<&str>,
) -> Option<Code> {
    let name = path.to_string_lossy().replace('\\', "/");
    let unread = |error| Some(Code { unread: Some((name.clone(), error)), ..Code::default() });
    match fs::metadata(path) {
        Ok(file) if file.len() > LONGEST => return None,
        Ok(_) => {}
        Err(error) => return unread(error),
    }
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) => return unread(error),
    };
    if text.iter().take(8192).any(|byte| *byte == 0) {
        return None;
    }
    let scanned = scanner.scan(language, &text);
    let lines = Lines::new(&name, &text);
    let places = scanned.references.into_iter().map(|Reference { key, span }| {
        let (start, _) = lines.positions(span.start, span.end);
        let mut shown = String::new();
        if !known.contains(key.as_str()) {
            lines.snippet(span.start, span.end, ERROR, &mut shown);
        }
        Place { key, file: name.clone(), line: start.line, column: start.column, shown }
    });
    let mentions = scanned.mentions.into_iter().collect();
    Some(Code { files: 1, places: places.collect(), mentions, unread: None })
}

fn keep(found: &Mutex<Code>, code: Code) {
    let mut found = found.lock().unwrap_or_else(|error| error.into_inner());
    found.files = found.files.saturating_add(code.files);
    found.places.extend(code.places);
    found.mentions.extend(code.mentions);
    found.unread = found.unread.take().or(code.unread);
}

/// How many files were searched, on a terminal.
struct Progress {
    files: AtomicUsize,
    /// When it was shown last; none: nobody would see it.
    shown: Option<Mutex<Instant>>,
}

impl Progress {
    fn new() -> Self {
        let shown = io::stderr().is_terminal().then(|| Mutex::new(Instant::now()));
        Self { files: AtomicUsize::new(0), shown }
    }

    fn step(&self) {
        let files = self.files.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let Some(shown) = &self.shown else { return };
        // Who comes while another one shows it has nothing newer to show.
        if let Ok(mut last) = shown.try_lock()
            && last.elapsed() > OFTEN
        {
            *last = Instant::now();
            let _ = write!(io::stderr(), "\r{files} files");
        }
    }

    fn end(&self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
