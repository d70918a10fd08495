//! `serin promote`: what one environment does with a flag, for another.

use super::check;
use super::diff::Brief;
use super::folder::Tree;
use super::question::instant;
use super::report::{self, GOOD, Listing, STRONG, cut, paint, quoted};
use super::source::Source;
use super::{CliError, Exit, Format, Outcome, note, suggest, write};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use serin::release::key;
use serin::release::plan::Step;
use serin::release::promote::{self, Change};
use std::rc::Rc;

/// Copies what one environment does with a flag to another
///
/// That is the file env/FROM/FLAG.json, copied byte by byte to env/TO. If
/// FROM has none, the flag there is as in flags/, and TO's file is removed.
/// Nothing is copied if the flag would have errors in TO.
///
/// With --format json: { flag, from, to, file, state, changes: [ { member,
/// before, after } ], impacts }. state is copied, removed, unchanged, dryRun
/// or refused; before or after is absent where the member of flags/ holds;
/// impacts has what `diff --format json` writes, if something changes.
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
    /// The instant of which the impact is told, as RFC 3339 with an offset
    /// [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    at: Option<i64>,
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
    impacts: Vec<Value>,
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
    let Arguments { folder, flag, from, to, dry_run, at, format } = arguments;
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
    let step = match after {
        Some(bytes) => {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| {
                let message = format!("the file of {} in {from} is not UTF-8 text", quoted(flag));
                CliError::new(Exit::Refused, &message, "`serin check` says where")
            })?;
            Step::Write { path: path.clone(), text }
        }
        None => Step::Remove { path: path.clone() },
    };
    let steps = if before == after { &[][..] } else { std::slice::from_ref(&step) };
    let before_source = Source::assembled(&tree, Some(to));
    let after_source = Source::assembled(&Rc::new(tree.after(steps)), Some(to));
    let (mut remarks, _) = check::remarks(&after_source, None, None);
    remarks.retain(|remark| remark.error && remark.is_about(flag));
    let state = match (before == after, after) {
        _ if !remarks.is_empty() => State::Refused,
        (true, _) => State::Unchanged,
        _ if *dry_run => State::DryRun,
        (_, Some(_)) => State::Copied,
        (_, None) => State::Removed,
    };
    let brief = matches!(state, State::Copied | State::Removed | State::DryRun)
        .then(|| Brief::new(&before_source, &after_source, Some(to), *at, None))
        .flatten();
    if matches!(state, State::Copied | State::Removed) {
        write::all(steps, |path| tree.place(path))?;
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
            impacts: brief.iter().map(Brief::json).collect(),
        }),
        Format::Text if state == State::Refused => String::new(),
        Format::Text => {
            let impact = brief.map(|brief| format!("\n{}", brief.text())).unwrap_or_default();
            told(&place, state, &changes) + &impact
        }
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
