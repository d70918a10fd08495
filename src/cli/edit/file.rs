//! An edit of a ruleset's file.

use super::{Job, told};
use crate::cli::diff::Brief;
use crate::cli::report::quoted;
use crate::cli::source::Source;
use crate::cli::{CliError, Exit, Format, Outcome, json, suggest, write};
use serde::Serialize;
use serde_json::Value;
use serin::Ruleset;
use serin::release::edit::{Edited, Edits};
use serin::release::text::apply;

/// What was done, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'t> {
    file: &'t str,
    /// Whether the file was written.
    written: bool,
    edits: Vec<Piece<'t>>,
    impacts: Vec<Value>,
}

#[derive(Serialize)]
struct Piece<'t> {
    /// Of the first byte that was replaced.
    offset: usize,
    /// Bytes that were replaced.
    length: usize,
    text: &'t str,
}

/// Does the work on one file.
///
/// # Errors
/// The file cannot be read or written, or the edit is refused.
pub fn edit(job: Job<'_>, work: impl FnOnce(&Edited<'_>) -> Edits) -> Result<Outcome, CliError> {
    let Job { ruleset: place, common, .. } = job;
    let source = Source::read(place)?;
    let old = std::str::from_utf8(&source.bytes).map_err(|error| {
        let message = format!("{} is not UTF-8 text", quoted(&source.name));
        let help = format!("byte {} does not fit", error.valid_up_to());
        CliError::new(Exit::Refused, &message, &help)
    })?;
    let before = Ruleset::load(&source.bytes).ok();
    if let Some(ruleset) = &before
        && let Some(key) = job.flags.iter().find(|key| ruleset.flag(key).is_none())
    {
        let message = format!("there is no flag {}", quoted(key));
        return Err(CliError::new(Exit::Refused, &message, &suggest::flag(ruleset, key)));
    }
    let edits = Edited::new(old)
        .and_then(|edited| work(&edited))
        .map_err(|refusal| told::refused(&source, &refusal))?;
    let new = apply(old, &edits);
    // INVARIANT: an edit breaks no flag; should one ever, nothing is written.
    if told::faults(Ruleset::load(new.as_bytes()).ok().as_ref()) > told::faults(before.as_ref()) {
        let message = "the edit would break a flag, so nothing was changed";
        let help = "this is a mistake of serin's: please report it";
        return Err(CliError::new(Exit::Refused, message, help));
    }
    let after = Source::plain(&source.name, new.clone().into_bytes());
    let brief = (!edits.is_empty())
        .then(|| Brief::new(&source, &after, None, common.at, job.renamed))
        .flatten();
    let briefs: Vec<Brief> = brief.into_iter().collect();
    let standard = place == "-";
    let written = !common.dry_run && !edits.is_empty() && !standard;
    if written {
        write::replace(place, &new)?;
    }
    let name = source.name.as_str();
    let mut shown = told::difference(Some((name, old)), Some((name, &new)));
    shown.push_str(&told::impacts(&briefs));
    let mut notes = String::new();
    let out = match common.format {
        Format::Json if !standard || common.dry_run => json(&Told {
            file: name,
            written,
            edits: edits
                .iter()
                .map(|edit| Piece {
                    offset: edit.at.start,
                    length: edit.at.len(),
                    text: &edit.text,
                })
                .collect(),
            impacts: briefs.iter().map(Brief::json).collect(),
        }),
        _ if standard && !common.dry_run => {
            notes = shown;
            new
        }
        _ => format!("{shown}{}", told::end(!edits.is_empty(), written)),
    };
    Ok(Outcome { out, format: common.format, notes, exit: Exit::Fine })
}
