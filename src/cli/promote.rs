//! `serin promote`: what one environment does with a flag, for another.

use super::check;
use super::folder::Tree;
use super::report::{self, GOOD, Listing, STRONG, cut, paint, quoted};
use super::source::Source;
use super::{CliError, Exit, Format, Outcome, note, suggest, write};
use serde::Serialize;
use serde_json::value::RawValue;
use serin::release::folder::{File, Folder};
use serin::release::key;
use serin::release::promote::{self, Change};
use std::fs;
use std::rc::Rc;

/// Copies what one environment does with a flag to another
///
/// That is the file env/FROM/FLAG.json, copied byte by byte to env/TO. If
/// FROM has none, the flag there is as in flags/, and TO's file is removed.
/// Nothing is copied if the flag would have errors in TO.
///
/// With --format json: { flag, from, to, file, state, changes: [ { member,
/// before, after } ] }. state is copied, removed, unchanged, dryRun or
/// refused; before or after is absent where the member of flags/ holds.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// The source folder
    #[arg(value_name = "DIR")]
    folder: String,
    /// The flag's key
    flag: String,
    /// The environment to copy from
    from: String,
    /// The environment to copy to
    to: String,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Copied,
    Removed,
    Unchanged,
    DryRun,
    Refused,
}

#[derive(Serialize)]
struct Promoted<'p> {
    flag: &'p str,
    from: &'p str,
    to: &'p str,
    file: &'p str,
    state: State,
    changes: Vec<Member<'p>>,
}

#[derive(Serialize)]
struct Member<'p> {
    member: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'p RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'p RawValue>,
}

/// Copies a flag's file.
///
/// # Errors
/// The folder cannot be read, has no such flag or environment, or the file
/// cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let Arguments { folder, flag, from, to, dry_run, format } = arguments;
    let Some(tree) = Tree::at(folder)? else {
        let message = format!("{} is no source folder", quoted(folder));
        let help = "name the folder with flags/KEY.json in it";
        return Err(CliError::new(Exit::Refused, &message, help));
    };
    let tree = Rc::new(tree);
    tree.environment(Some(from))?;
    tree.environment(Some(to))?;
    if !tree.folder.flags.contains_key(flag) {
        let message = format!("there is no flag {}", quoted(flag));
        let known = tree.folder.flags.keys().map(String::as_str);
        let near = suggest::nearest(flag, known);
        let help = near.map(|near| format!("did you mean {}?", quoted(near)));
        return Err(CliError::new(Exit::Found, &message, &help.unwrap_or_default()));
    }
    let text = |environment: &str| {
        let file = tree.folder.environments.get(environment)?.get(flag)?;
        tree.files.get(*file).map(|file| file.bytes.as_slice())
    };
    let (before, after) = (text(to), text(from));
    let path = match tree.folder.environments.get(to).and_then(|files| files.get(flag)) {
        Some(number) => tree.files.get(*number).map(|file| file.path.clone()).unwrap_or_default(),
        None => format!("env/{to}/{}", key::file(flag).unwrap_or_default()),
    };
    let place = tree.place(&path);
    let changes = promote::changes(before, after);
    let next = replaced(&tree, &path, after);
    // What `Source::assembled(&tree, Some(to))` is before, this is after: the
    // impact of the one on the other is theirs to tell.
    let after_source = Source::assembled(&Rc::new(next), Some(to));
    let (mut remarks, _) = check::remarks(&after_source, None, None);
    remarks.retain(|remark| remark.error && remark.is_about(flag));
    let state = match (before == after, after) {
        _ if !remarks.is_empty() => State::Refused,
        (true, _) => State::Unchanged,
        _ if *dry_run => State::DryRun,
        (_, Some(_)) => State::Copied,
        (_, None) => State::Removed,
    };
    match (state, after) {
        (State::Copied, Some(bytes)) => write::replace_bytes(&place, bytes)?,
        (State::Removed, _) => fs::remove_file(&place).map_err(|error| {
            let message = format!("cannot remove {}: {error}", quoted(&place));
            CliError::new(Exit::Refused, &message, "")
        })?,
        _ => {}
    }
    let mut notes = String::new();
    if state == State::Refused {
        notes.push_str(&report::text(&Listing::new(&after_source), &remarks));
        let message = format!("{} would be broken in {to}; nothing is copied", quoted(flag));
        note(&mut notes, true, &message, "");
    }
    let out = match format {
        Format::Json => super::json(&Promoted {
            flag,
            from,
            to,
            file: &place,
            state,
            changes: changes.iter().map(member).collect(),
        }),
        Format::Text if state == State::Refused => String::new(),
        Format::Text => told(&place, state, &changes),
    };
    let exit = if state == State::Refused { Exit::Found } else { Exit::Fine };
    Ok(Outcome { out, format: *format, notes, exit })
}

fn raw(text: &Option<String>) -> Option<&RawValue> {
    serde_json::from_str(text.as_ref()?).ok()
}

fn member(change: &Change) -> Member<'_> {
    Member { member: &change.member, before: raw(&change.before), after: raw(&change.after) }
}

/// The folder with another text, or none, for a file of an environment.
fn replaced(tree: &Tree, path: &str, bytes: Option<&[u8]>) -> Tree {
    let mut files = tree.files.clone();
    files.retain(|file| file.path != path);
    if let Some(bytes) = bytes {
        files.push(File { path: path.into(), bytes: bytes.into() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let folder = Folder::new(files.iter().map(|file| file.path.as_str()));
    let names = files.iter().map(|file| tree.place(&file.path)).collect();
    Tree { name: tree.name.clone(), files, names, folder }
}

fn told(place: &str, state: State, changes: &[Change]) -> String {
    let word = match state {
        State::Copied => "copied",
        State::Removed => "removed",
        State::Unchanged => "unchanged",
        State::DryRun => "would change",
        State::Refused => "refused",
    };
    let mut out = format!("{}: {}\n", cut(place, usize::MAX), paint(GOOD, word));
    for Change { member, before, after } in changes {
        let value = |text: &Option<String>| match text {
            Some(text) => cut(text, 100),
            None => "as in flags/".into(),
        };
        out.push_str(&format!(
            "  {}\n    before  {}\n    after   {}\n",
            paint(STRONG, &cut(member, 60)),
            value(before),
            value(after)
        ));
    }
    out
}
