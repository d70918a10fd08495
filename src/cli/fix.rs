//! `serin check --fix`: mends what has one right answer.
//!
//! Each round mends what is found, and is kept only if a comparison of the
//! two versions proves that no decision changes, in any environment.

use super::edit::told::difference;
use super::folder::Tree;
use super::levels::Levels;
use super::report::{FAINT, GOOD, paint, quoted};
use super::source::{Input, Source};
use super::{CliError, Exit, Format, Outcome, write};
use serde::Serialize;
use serin::diagnostic::{Code, Span};
use serin::release::folder::{File, Folder};
use serin::release::impact::{Change, Circumstances, Side, breakpoints, impact, reached};
use serin::release::plan::Step;
use serin::release::review::{self, host_bits, review};
use serin::release::text::{Edit, apply};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Rounds after which it is enough: each leaves fewer findings.
const ROUNDS: usize = 50;
/// Instants at which two versions are compared; with more, nothing is proven.
const INSTANTS: usize = 500;

/// An edit of a file, or its removal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mending {
    file: usize,
    start: usize,
    end: usize,
    text: String,
    /// The file goes: it was a segment of its own.
    whole: bool,
}

#[derive(Serialize)]
struct Told<'t> {
    file: &'t str,
    change: &'static str,
}

/// The files of a ruleset, as they are or as they would be.
struct Files {
    /// What lies in the folder; none: a plain file.
    tree: Option<Rc<Tree>>,
    plain: Source,
}

impl Files {
    /// The document of each environment, and of none.
    fn sources(&self) -> Vec<Source> {
        let Some(tree) = &self.tree else {
            return Vec::from([Source::plain(&self.plain.name, self.plain.bytes.clone())]);
        };
        let names = tree.folder.environments.keys().map(|name| Some(name.as_str()));
        std::iter::once(None).chain(names).map(|name| Source::assembled(tree, name)).collect()
    }

    /// The files' names and texts.
    fn texts(&self) -> BTreeMap<String, Vec<u8>> {
        match &self.tree {
            None => [(self.plain.name.clone(), self.plain.bytes.clone())].into(),
            Some(tree) => {
                let files = tree.files.iter().zip(&tree.names);
                files.map(|(file, name)| (name.clone(), file.bytes.clone())).collect()
            }
        }
    }

    /// The files with some mended; none if an edit does not fit.
    fn with(&self, mendings: &[Mending]) -> Option<Self> {
        let mended = |number: usize, bytes: &[u8]| -> Option<Vec<u8>> {
            let text = std::str::from_utf8(bytes).ok()?;
            let (mut edits, mut done) = (Vec::new(), 0);
            for one in mendings.iter().filter(|one| one.file == number) {
                // What overlaps waits for the next round.
                if one.start >= done {
                    edits.push(Edit { at: one.start..one.end, text: one.text.clone() });
                    done = one.end;
                }
            }
            Some(apply(text, &edits).into_bytes())
        };
        let Some(tree) = &self.tree else {
            let plain = Source::plain(&self.plain.name, mended(0, &self.plain.bytes)?);
            return Some(Self { tree: None, plain });
        };
        let (mut files, mut names) = (Vec::new(), Vec::new());
        for (number, (file, name)) in tree.files.iter().zip(&tree.names).enumerate() {
            if mendings.iter().any(|one| one.whole && one.file == number) {
                continue;
            }
            files.push(File { path: file.path.clone(), bytes: mended(number, &file.bytes)? });
            names.push(name.clone());
        }
        let folder = Folder::new(files.iter().map(|file| file.path.as_str()));
        let tree = Tree { name: tree.name.clone(), files, names, folder };
        let plain = Source::plain(&self.plain.name, Vec::new());
        Some(Self { tree: Some(Rc::new(tree)), plain })
    }
}

/// Mends a ruleset's files.
///
/// # Errors
/// They cannot be read or written.
pub fn run(
    input: &Input,
    levels: &Levels,
    now: i64,
    dry_run: bool,
    format: Format,
) -> Result<Outcome, CliError> {
    let place = &input.ruleset;
    if place == "-" || super::source::is_address(place) {
        let message = format!("{} cannot be mended", quoted(place));
        return Err(CliError::new(Exit::Usage, &message, "name a file or a source folder"));
    }
    let tree = Tree::at(place)?.map(Rc::new);
    let plain = match &tree {
        Some(_) => Source::plain(place, Vec::new()),
        None => Source::read(place)?,
    };
    let mut files = Files { tree, plain };
    let before = files.texts();
    for _ in 0..ROUNDS {
        let all = mendings(&files, levels, now);
        let Some(next) = proven(&files, &all, now) else { break };
        files = next;
    }
    let after = files.texts();
    let (mut out, mut told, mut steps) = (String::new(), Vec::new(), Vec::new());
    for (name, old) in &before {
        let new = after.get(name);
        if new == Some(old) {
            continue;
        }
        // What is no text is not edited.
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let (old, new) = (text(old), new.map(text));
        out.push_str(&difference(
            Some((name, &old)),
            new.as_deref().map(|new| (name.as_str(), new)),
        ));
        let change = if new.is_some() { "edited" } else { "removed" };
        told.push(Told { file: name, change });
        steps.push(match new {
            Some(text) => Step::Write { path: name.clone(), text },
            None => Step::Remove { path: name.clone() },
        });
    }
    if !dry_run {
        write::all(&steps, str::to_owned)?;
    }
    let end = match (told.is_empty(), dry_run) {
        (true, _) => paint(GOOD, "nothing to mend"),
        (false, false) => paint(GOOD, "mended; no decision changes"),
        (false, true) => paint(FAINT, "nothing was changed (--dry-run); no decision would"),
    };
    out.push_str(&format!("{end}\n"));
    if !dry_run && !told.is_empty() {
        out.push('\n');
    }
    let out = if format == Format::Json { super::json(&told) } else { out };
    Ok(Outcome { out, format, notes: String::new(), exit: Exit::Fine })
}

/// What can be mended, in order; of a segment that goes, in every environment.
fn mendings(files: &Files, levels: &Levels, now: i64) -> Vec<Mending> {
    let sources = files.sources();
    let mut found: BTreeMap<Mending, usize> = BTreeMap::new();
    for source in &sources {
        let (Ok(text), Ok(side)) = (std::str::from_utf8(&source.bytes), Side::read(&source.bytes))
        else {
            continue;
        };
        let mut add = |edit: &Edit, whole: bool| {
            let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span { start: small(edit.at.start), end: small(edit.at.end) };
            let (file, span) = source.locate(span);
            let (start, end) = (span.start as usize, span.end as usize);
            let (start, end, text) =
                if whole { (0, 0, String::new()) } else { (start, end, edit.text.clone()) };
            let count = found.entry(Mending { file, start, end, text, whole }).or_default();
            *count = count.saturating_add(1);
        };
        for finding in review(text, &side, now) {
            if !levels.tells(finding.code.name()) {
                continue;
            }
            let segment = finding.code == review::Code::UnusedSegment;
            if segment && files.tree.is_some() {
                // The file is the segment.
                let at = finding.inside.start as usize..finding.inside.start as usize;
                add(&Edit { at, text: String::new() }, true);
            } else {
                finding.fix.iter().for_each(|edit| add(edit, false));
            }
        }
        for diagnostic in side.ruleset().diagnostics() {
            if diagnostic.code == Code::HostBits && levels.tells(diagnostic.code.name()) {
                host_bits(text, diagnostic.span).iter().for_each(|edit| add(edit, false));
            }
        }
    }
    let everywhere = sources.len();
    found
        .into_iter()
        .filter(|(mending, count)| !mending.whole || *count == everywhere)
        .map(|(mending, _)| mending)
        .collect()
}

/// The files with as much mended as is proven to change no decision; none if
/// that is nothing.
fn proven(files: &Files, all: &[Mending], now: i64) -> Option<Files> {
    let try_all = |mendings: &[Mending]| {
        let next = files.with(mendings)?;
        (next.texts() != files.texts() && same(files, &next, now)).then_some(next)
    };
    try_all(all).or_else(|| all.iter().find_map(|one| try_all(std::slice::from_ref(one))))
}

/// Whether it is proven that both decide alike, at every instant and in every
/// environment.
fn same(old: &Files, new: &Files, now: i64) -> bool {
    let pairs = old.sources().into_iter().zip(new.sources());
    pairs.into_iter().all(|(old, new)| {
        let (Ok(before), Ok(after)) = (Side::read(&old.bytes), Side::read(&new.bytes)) else {
            return false;
        };
        let mut instants = Vec::from([i64::MIN, now]);
        if !reached(&before, &after).is_empty() {
            instants.extend(breakpoints(&before, &after, i64::MIN, i64::MAX));
        }
        instants.len() <= INSTANTS
            && instants.into_iter().all(|at| {
                let circumstances = Circumstances { at, ..Circumstances::default() };
                let told = impact(&before, &after, &circumstances, &mut |_, _| {});
                told.flags.iter().all(|flag| {
                    flag.old_broken == flag.new_broken
                        && matches!(flag.change, Change::NoEffect | Change::Described)
                })
            })
    })
}
