//! What is answered to a path: a file, a page, a ruleset made of sources, a
//! redirection, or that there is nothing.

use super::{path, rulesets};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What is served.
pub struct Site {
    /// The folder, as it was named.
    pub shown: String,
    /// Where it really is.
    pub root: PathBuf,
    /// Where the playground's files are, if there is one.
    pub playground: Option<PathBuf>,
}

/// Where changes are told: no file has such a path, since none that begins
/// with a dot is served.
pub const EVENTS: &str = "/.serin/events";
/// Where the playground is. It hides a folder of that name.
pub const PLAYGROUND: &str = "/playground/";

/// What is answered.
pub enum Answer {
    /// A file, and its type.
    File(PathBuf, &'static str),
    /// A text that is made here.
    Made(Made),
    /// The stream of changes.
    Events,
}

/// A text that is made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// The status of HTTP.
    pub status: u16,
    /// The text's type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where a redirection leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The text.
    pub body: String,
}

const PLAIN: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// The types of files, by what their names end with.
const TYPES: [(&str, &str); 21] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("gif", "image/gif"),
    ("htm", HTML),
    ("html", HTML),
    ("ico", "image/vnd.microsoft.icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", JSON),
    ("map", JSON),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", PLAIN),
    ("wasm", "application/wasm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
];

fn kind(file: &Path) -> &'static str {
    let end = file.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    let found = TYPES.iter().find(|(name, _)| end.as_deref() == Some(name));
    found.map_or("application/octet-stream", |(_, kind)| kind)
}

impl Made {
    /// A line of text.
    pub fn plain(status: u16, line: &str) -> Self {
        Self { status, kind: PLAIN, location: None, body: format!("{line}\n") }
    }

    fn to(location: String) -> Self {
        let body = format!("it is at {location}\n");
        Self { status: 308, kind: PLAIN, location: Some(location), body }
    }

    fn nothing() -> Self {
        Self::plain(404, "there is nothing here; the list of what is here is at /")
    }
}

/// Answers a request for a path with its query.
pub fn answer(site: &Site, target: &str) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == EVENTS {
        return Answer::Events;
    }
    if let Some(root) = &site.playground {
        if let Some(rest) = path.strip_prefix(PLAYGROUND) {
            return playground(root, rest);
        }
        if path == PLAYGROUND.trim_end_matches('/') {
            return Answer::Made(Made::to(PLAYGROUND.into()));
        }
    }
    let Some(names) = path::names(path) else { return Answer::Made(Made::nothing()) };
    let place = path::inside(&site.root, &names);
    if let Some(ruleset) = sources(site, &names, query, place.is_some()) {
        return Answer::Made(ruleset);
    }
    let Some(place) = place else { return Answer::Made(Made::nothing()) };
    let slash = names.last().is_some_and(String::is_empty);
    if place.is_file() && !slash {
        return Answer::File(place.clone(), kind(&place));
    }
    if !place.is_dir() {
        return Answer::Made(Made::nothing());
    }
    if !slash {
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        return Answer::Made(Made::to(format!("{}/{query}", path::encoded(&names))));
    }
    match index(&site.root, &names) {
        Some(file) => Answer::File(file, HTML),
        None => Answer::Made(Made {
            status: 200,
            kind: HTML,
            location: None,
            body: super::page::page(site, &names, &place),
        }),
    }
}

fn playground(root: &Path, rest: &str) -> Answer {
    let file = path::names(&format!("/{rest}")).and_then(|names| match names.last() {
        Some(last) if last.is_empty() => index(root, &names),
        _ => path::inside(root, &names),
    });
    match file {
        Some(file) if file.is_file() => Answer::File(file.clone(), kind(&file)),
        _ => Answer::Made(Made::nothing()),
    }
}

fn index(root: &Path, names: &[String]) -> Option<PathBuf> {
    let (_, folder) = names.split_last()?;
    let names = [folder, &["index.html".into()]].concat();
    path::inside(root, &names).filter(|file| file.is_file())
}

/// The ruleset that a source folder makes, if that is what is asked for.
fn sources(site: &Site, names: &[String], query: &str, there: bool) -> Option<Made> {
    let (name, folder) = names.split_last()?;
    let environment = path::member(query, "env");
    if name != rulesets::NAME || there && environment.is_none() {
        return None;
    }
    let place = path::inside(&site.root, folder).filter(|place| rulesets::is_source(place))?;
    // As it was named, for the messages.
    let within = place.strip_prefix(&site.root).ok()?;
    let shown = match within.as_os_str().is_empty() {
        true => site.shown.clone(),
        false => Path::new(&site.shown).join(within).to_string_lossy().into_owned(),
    };
    let environment = environment.unwrap_or_default();
    let (status, body) = match rulesets::built(&site.root, &shown, &environment) {
        Ok(text) => (200, text),
        Err(refusal) => (422, super::super::json(&refusal)),
    };
    Some(Made { status, kind: JSON, location: None, body })
}
