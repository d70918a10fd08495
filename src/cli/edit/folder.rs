//! An edit of the files of a source folder.

use super::{Job, told};
use crate::cli::diff::Brief;
use crate::cli::folder::Tree;
use crate::cli::report::{STRONG, cut, paint, quoted};
use crate::cli::source::Source;
use crate::cli::{CliError, Exit, Format, Outcome, json, suggest, write};
use serde::Serialize;
use serde_json::Value;
use serin::Ruleset;
use serin::release::plan::{Refused, Sources, Step, Steps, Target};
use std::rc::Rc;

/// What was done, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'t> {
    folder: &'t str,
    /// Whether the files were written.
    written: bool,
    files: Vec<Piece>,
    impacts: Vec<Value>,
}

#[derive(Serialize)]
struct Piece {
    file: String,
    /// `created`, `written`, `moved` or `removed`.
    change: &'static str,
    /// Where it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
}

/// Does the work on the files of a folder, on all of them or on none.
///
/// # Errors
/// It is not said for which environment, a file cannot be written, or the
/// edit is refused.
pub fn edit(
    job: Job<'_>,
    tree: Tree,
    work: impl FnOnce(Sources<'_>, Target<'_>) -> Steps,
) -> Result<Outcome, CliError> {
    let common = job.common;
    let environment = environment(job, &tree)?;
    if let Some(key) = job.flags.iter().find(|key| !tree.folder.flags.contains_key(**key)) {
        let message = format!("there is no flag {}", quoted(key));
        let near = suggest::nearest(key, tree.folder.flags.keys().map(String::as_str));
        let help = near.map(|near| format!("did you mean {}?", quoted(near))).unwrap_or_default();
        return Err(CliError::new(Exit::Refused, &message, &help));
    }
    let tree = Rc::new(tree);
    let target = environment.as_deref().map_or(Target::Everywhere, Target::Environment);
    let sources = Sources { files: &tree.files, folder: &tree.folder };
    let steps = work(sources, target).map_err(|Refused { refusal, environment }| {
        told::refused(&Source::assembled(&tree, environment.as_deref()), &refusal)
    })?;
    let next = Rc::new(tree.after(&steps));
    let named = tree.folder.environments.keys().cloned().map(Some);
    let concerned: Vec<Option<String>> = match &environment {
        Some(name) => vec![Some(name.clone())],
        None if tree.folder.environments.is_empty() => vec![None],
        None => named.collect(),
    };
    let mut briefs = Vec::new();
    if next.folder.faults.len() > tree.folder.faults.len() {
        let message = "the files would not be told apart afterwards, so nothing was changed";
        let help = next.folder.faults.iter().find(|fault| !tree.folder.faults.contains(fault));
        let help = help.map(|fault| fault.message.clone()).unwrap_or_default();
        return Err(CliError::new(Exit::Refused, message, &help));
    }
    for name in concerned.iter().filter(|_| !steps.is_empty()) {
        let [before, after] = [&tree, &next].map(|tree| Source::assembled(tree, name.as_deref()));
        let [old, new] = [&before, &after]
            .map(|source| told::faults(Ruleset::load(&source.bytes).ok().as_ref()));
        // INVARIANT: an edit breaks no flag; should one ever, nothing is
        // written.
        if new > old {
            let message = "the edit would break a flag, so nothing was changed";
            let help = "this is a mistake of serin's: please report it";
            return Err(CliError::new(Exit::Refused, message, help));
        }
        briefs.extend(Brief::new(&before, &after, name.as_deref(), common.at, job.renamed));
    }
    let written = !common.dry_run && !steps.is_empty();
    if written {
        write::all(&steps, |path| tree.place(path))?;
    }
    let out = match common.format {
        Format::Json => json(&Told {
            folder: &tree.name,
            written,
            files: steps.iter().map(|step| piece(&tree, step)).collect(),
            impacts: briefs.iter().map(Brief::json).collect(),
        }),
        Format::Text => {
            let shown: String = steps.iter().map(|step| shown(&tree, step)).collect();
            format!("{shown}{}{}", told::impacts(&briefs), told::end(!steps.is_empty(), written))
        }
    };
    Ok(Outcome { out, format: common.format, notes: String::new(), exit: Exit::Fine })
}

/// The environment that is meant; none: all of them.
fn environment(job: Job<'_>, tree: &Tree) -> Result<Option<String>, CliError> {
    let Some(place) = job.place else { return Ok(None) };
    if place.everywhere {
        return Ok(None);
    }
    if place.env.is_none() && !tree.folder.environments.is_empty() {
        let known: Vec<String> = tree.folder.environments.keys().map(|name| quoted(name)).collect();
        let message = format!("{} has environments; say which", quoted(&tree.name));
        let help = format!(
            "add --env NAME, or --everywhere for all of them; there are {}",
            known.join(", ")
        );
        return Err(CliError::new(Exit::Usage, &message, &help));
    }
    tree.environment(place.env.as_deref())
}

fn old<'t>(tree: &'t Tree, path: &str) -> Option<&'t str> {
    let file = tree.files.iter().find(|file| file.path == path)?;
    std::str::from_utf8(&file.bytes).ok()
}

fn piece(tree: &Tree, step: &Step) -> Piece {
    let (path, change, from) = match step {
        Step::Write { path, .. } if old(tree, path).is_none() => (path, "created", None),
        Step::Write { path, .. } => (path, "written", None),
        Step::Move { from, to } => (to, "moved", Some(tree.place(from))),
        Step::Remove { path } => (path, "removed", None),
    };
    Piece { file: tree.place(path), change, from }
}

fn shown(tree: &Tree, step: &Step) -> String {
    match step {
        Step::Write { path, text } => {
            let place = tree.place(path);
            let old = old(tree, path).map(|text| (place.as_str(), text));
            told::difference(old, Some((place.as_str(), text)))
        }
        Step::Remove { path } => {
            let place = tree.place(path);
            told::difference(Some((place.as_str(), old(tree, path).unwrap_or_default())), None)
        }
        Step::Move { from, to } => {
            let [from, to] = [from, to].map(|path| cut(&tree.place(path), usize::MAX));
            // As git writes it: `git apply -p0` takes the whole.
            let title = paint(STRONG, &format!("diff --git {from} {to}"));
            format!("{title}\nsimilarity index 100%\nrename from {from}\nrename to {to}\n")
        }
    }
}
