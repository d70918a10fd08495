//! `serin kill`, `revive`, `ramp`, `rename` and `remove`: small changes to a
//! ruleset's file that leave every other byte as it is.

use super::report::{self, ERROR, FAINT, GOOD, Listing, paint, quoted};
use super::source::Source;
use super::{CliError, Exit, Format, Outcome, suggest, write};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::Severity;
use serin::json::number;
use serin::release::edit::{Edited, Edits, Place, Refusal, Share};
use serin::release::text::{Edit, apply};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;

/// What all of these verbs take.
#[derive(clap::Args)]
pub struct Common {
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// How to tell what was done
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What `kill` and `revive` take; each says what it does where the verbs are.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Switch {
    /// The ruleset's file, or `-` to read standard input and write the result to standard output
    ruleset: String,
    /// The flags
    #[arg(required = true, value_name = "FLAG")]
    flags: Vec<String>,
    #[command(flatten)]
    common: Common,
}

/// Sets a variant's share of a rollout
///
/// Whoever changes variant leaves the one after --from for the one that is
/// widened, or the other way round when the share becomes smaller; nobody
/// else moves. A serve that is one variant becomes a rollout.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Ramp {
    /// The ruleset's file, or `-` to read standard input and write the result to standard output
    ruleset: String,
    /// The flag
    flag: String,
    /// The variant whose share is set
    variant: String,
    /// Its whole share in percent, with at most three decimals
    #[arg(value_parser = thousandths)]
    percent: u32,
    /// The variant that gives what is more, and takes what is less
    #[arg(long, value_name = "VARIANT")]
    from: String,
    /// The rule whose rollout is meant, by name or by index from 0 [default: the flag's own serve]
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// Gives a flag another key, also where other flags refer to it
///
/// Nobody moves: no point depends on a flag's key. Code that asks for the old
/// key has to be changed, too.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Rename {
    /// The ruleset's file, or `-` to read standard input and write the result to standard output
    ruleset: String,
    /// The flag
    flag: String,
    /// Its new key
    new: String,
    #[command(flatten)]
    common: Common,
}

/// Takes a flag out; refused while others refer to it
#[derive(clap::Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct Remove {
    /// The ruleset's file, or `-` to read standard input and write the result to standard output
    ruleset: String,
    /// The flag
    flag: String,
    #[command(flatten)]
    common: Common,
}

fn thousandths(text: &str) -> Result<u32, String> {
    let digits = text.strip_suffix('%').unwrap_or(text).trim();
    let json = serde_json::from_str::<&serde_json::value::RawValue>(digits).ok();
    let number = json.filter(|_| digits.starts_with(|first: char| first.is_ascii_digit()));
    number
        .and_then(|_| number::decimal(digits.as_bytes()).thousandths())
        .ok_or_else(|| "a percentage is a number from 0 to 100 with at most three decimals".into())
}

/// Kills flags.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn kill(arguments: &Switch) -> Result<Outcome, CliError> {
    enable(&arguments.ruleset, &arguments.common, &arguments.flags, false)
}

/// Revives flags.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn revive(arguments: &Switch) -> Result<Outcome, CliError> {
    enable(&arguments.ruleset, &arguments.common, &arguments.flags, true)
}

fn enable(
    ruleset: &str,
    common: &Common,
    flags: &[String],
    enabled: bool,
) -> Result<Outcome, CliError> {
    edit(ruleset, common, flags, |edited| {
        let flags: BTreeSet<&String> = flags.iter().collect();
        let edits: Result<Vec<Vec<Edit>>, Refusal> =
            flags.into_iter().map(|flag| edited.enable(flag, enabled)).collect();
        Ok(edits?.concat())
    })
}

/// Sets a share.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn ramp(arguments: &Ramp) -> Result<Outcome, CliError> {
    let place = arguments.rule.clone().map_or(Place::Default, Place::Rule);
    let share = Share {
        place,
        variant: arguments.variant.clone(),
        thousandths: arguments.percent,
        from: arguments.from.clone(),
    };
    let flags = std::slice::from_ref(&arguments.flag);
    edit(&arguments.ruleset, &arguments.common, flags, |edited| {
        edited.share(&arguments.flag, &share)
    })
}

/// Renames a flag.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn rename(arguments: &Rename) -> Result<Outcome, CliError> {
    let flags = std::slice::from_ref(&arguments.flag);
    edit(&arguments.ruleset, &arguments.common, flags, |edited| {
        edited.rename(&arguments.flag, &arguments.new)
    })
}

/// Removes a flag.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn remove(arguments: &Remove) -> Result<Outcome, CliError> {
    let flags = std::slice::from_ref(&arguments.flag);
    edit(&arguments.ruleset, &arguments.common, flags, |edited| edited.remove(&arguments.flag))
}

/// What was done, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'t> {
    file: &'t str,
    /// Whether the file was written.
    written: bool,
    edits: Vec<Piece<'t>>,
}

#[derive(Serialize)]
struct Piece<'t> {
    /// Of the first byte that was replaced.
    offset: usize,
    /// Bytes that were replaced.
    length: usize,
    text: &'t str,
}

fn edit(
    place: &str,
    common: &Common,
    flags: &[String],
    work: impl FnOnce(&Edited<'_>) -> Edits,
) -> Result<Outcome, CliError> {
    if place.contains("://") {
        let message = "a ruleset at an address cannot be edited";
        return Err(CliError::new(Exit::Usage, message, "edit the file that is published there"));
    }
    if std::path::Path::new(place).is_dir() {
        let message =
            format!("{} is a source folder, and this verb edits a ruleset's file", quoted(place));
        let help = "change the flag's own file there: flags/KEY.json, or env/NAME/KEY.json for one environment";
        return Err(CliError::new(Exit::Usage, &message, help));
    }
    let source = Source::read(place)?;
    let old = std::str::from_utf8(&source.bytes).map_err(|error| {
        let message = format!("{} is not UTF-8 text", quoted(&source.name));
        CliError::new(
            Exit::Refused,
            &message,
            &format!("byte {} does not fit", error.valid_up_to()),
        )
    })?;
    let before = Ruleset::load(&source.bytes).ok();
    if let Some(ruleset) = &before
        && let Some(key) = flags.iter().find(|key| ruleset.flag(key).is_none())
    {
        let message = format!("there is no flag {}", quoted(key));
        return Err(CliError::new(Exit::Refused, &message, &suggest::flag(ruleset, key)));
    }
    let edits = Edited::new(old)
        .and_then(|edited| work(&edited))
        .map_err(|refusal| refused(&source, &refusal))?;
    let new = apply(old, &edits);
    // INVARIANT: an edit breaks no flag; should one ever, nothing is written.
    if faults(Ruleset::load(new.as_bytes()).ok().as_ref()) > faults(before.as_ref()) {
        let message = "the edit would break a flag, so nothing was changed";
        return Err(CliError::new(
            Exit::Refused,
            message,
            "this is a mistake of serin's: please report it",
        ));
    }
    let standard = place == "-";
    let written = !common.dry_run && !edits.is_empty() && !standard;
    if written {
        write::replace(place, &new)?;
    }
    let pieces = edits.iter().map(|edit| Piece {
        offset: edit.at.start,
        length: edit.at.len(),
        text: &edit.text,
    });
    let told = Told { file: &source.name, written, edits: pieces.collect() };
    let difference = difference(&source.name, old, &new);
    let mut notes = String::new();
    let out = match common.format {
        Format::Json if !standard || common.dry_run => super::json(&told),
        _ if standard && !common.dry_run => {
            notes = difference;
            new
        }
        _ => {
            let end = match (edits.is_empty(), written) {
                (true, _) => paint(GOOD, "nothing to change: it is so already"),
                (false, true) => paint(GOOD, "done"),
                (false, false) => paint(FAINT, "nothing was changed (--dry-run)"),
            };
            format!("{difference}{end}\n")
        }
    };
    Ok(Outcome { out, format: common.format, notes, exit: Exit::Fine })
}

/// How many errors a document has; one that is refused has more than all.
fn faults(ruleset: Option<&Ruleset>) -> usize {
    ruleset.map_or(usize::MAX, |ruleset| {
        let errors =
            ruleset.diagnostics().iter().filter(|found| found.severity() == Severity::Error);
        errors.count()
    })
}

fn refused(source: &Source, refusal: &Refusal) -> CliError {
    let Refusal { message, help, spans } = refusal;
    let listing = Listing::new(source);
    let mut text = String::new();
    super::note(&mut text, true, message, help);
    for span in spans {
        listing.snippet(span.start as usize, span.end as usize, ERROR, &mut text);
    }
    CliError::refused(text)
}

/// The lines that change, with three around them.
pub fn difference(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut out = String::new();
    for group in diff.grouped_ops(2) {
        let Some(first) = group.first() else { continue };
        let line = first.new_range().start.saturating_add(1);
        out.push_str(&paint(FAINT, &format!("{}:{line}", report::cut(name, usize::MAX))));
        out.push('\n');
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (style, sign) = match change.tag() {
                ChangeTag::Delete => (ERROR, '-'),
                ChangeTag::Insert => (GOOD, '+'),
                ChangeTag::Equal => (FAINT, ' '),
            };
            let line = report::cut(change.value().trim_end_matches(['\n', '\r']), usize::MAX);
            out.push_str(&paint(style, &format!("{sign} {line}")));
            out.push('\n');
        }
    }
    out
}
