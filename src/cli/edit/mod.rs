//! `serin kill`, `revive`, `ramp`, `rename` and `remove`: small changes to a
//! ruleset's file, or to the files of a source folder, that leave every other
//! byte as it is.

mod code;
mod file;
mod folder;
pub(super) mod told;

use super::folder::Tree;
use super::question::instant;
use super::report::quoted;
use super::{CliError, Exit, Format, Outcome};
use serin::json::number;
use serin::release::edit::{Edited, Edits, Place, Refusal, Share};
use serin::release::plan::{Change, Sources, Steps, Target};
use serin::release::text::Edit;
use std::collections::BTreeSet;

/// What all of these verbs take.
#[derive(clap::Args)]
pub struct Common {
    /// Show what would change as a unified diff, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The instant of which the impact is told, as RFC 3339 with an offset
    /// [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    at: Option<i64>,
    /// How to tell what was done; json is { file or folder, written, edits or
    /// files, impacts }, each impact as `diff` writes it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// For which environments of a source folder a flag is changed.
#[derive(clap::Args)]
pub struct Where {
    /// The environment of a source folder; its own file is written, and what
    /// it inherits from flags/ is copied there first
    #[arg(long, value_name = "NAME", conflicts_with = "everywhere")]
    env: Option<String>,
    /// All environments of a source folder: its file in flags/ is written,
    /// and those of the environments that replace what changes
    #[arg(long)]
    everywhere: bool,
}

/// What `kill` and `revive` take; each says what it does where the verbs are.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Switch {
    /// The ruleset's file, a source folder, or `-` to read standard input and
    /// write the result to standard output
    ruleset: String,
    /// The flags
    #[arg(required = true, value_name = "FLAG")]
    flags: Vec<String>,
    #[command(flatten)]
    place: Where,
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
    /// The ruleset's file, a source folder, or `-` to read standard input and
    /// write the result to standard output
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
    place: Where,
    #[command(flatten)]
    common: Common,
}

/// Gives a flag another key, also where other flags refer to it
///
/// Nobody moves: the salt stays, and no point depends on a flag's key. In a
/// source folder the flag's files get their new names, in every environment.
/// Code that asks for the old key has to be changed, too; `serin refs` finds
/// it.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Rename {
    /// The ruleset's file, a source folder, or `-` to read standard input and
    /// write the result to standard output
    ruleset: String,
    /// The flag
    flag: String,
    /// Its new key
    new: String,
    #[command(flatten)]
    common: Common,
}

/// Takes a flag out; refused while others refer to it, or code
///
/// In a source folder its files go, in every environment.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Remove {
    /// The ruleset's file, a source folder, or `-` to read standard input and
    /// write the result to standard output
    ruleset: String,
    /// The flag
    flag: String,
    /// A folder with code, or a file: refused while the key stands there in
    /// quotes; may be repeated
    #[arg(long = "refs", value_name = "DIR")]
    code: Vec<String>,
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
    enable(arguments, false)
}

/// Revives flags.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn revive(arguments: &Switch) -> Result<Outcome, CliError> {
    enable(arguments, true)
}

fn enable(arguments: &Switch, enabled: bool) -> Result<Outcome, CliError> {
    let Switch { ruleset, flags, place, common } = arguments;
    let flags: BTreeSet<&str> = flags.iter().map(String::as_str).collect();
    let flags: Vec<&str> = flags.into_iter().collect();
    Job { ruleset, common, place: Some(place), flags: &flags, renamed: None }.run(
        |edited| {
            let edits: Result<Vec<Vec<Edit>>, Refusal> =
                flags.iter().map(|flag| edited.enable(flag, enabled)).collect();
            Ok(edits?.concat())
        },
        |sources, target| {
            let mut steps = Vec::new();
            for flag in &flags {
                steps.extend(sources.change(flag, target, Change::Enabled(enabled))?);
            }
            Ok(steps)
        },
    )
}

/// Sets a share.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn ramp(arguments: &Ramp) -> Result<Outcome, CliError> {
    let Ramp { ruleset, flag, place, common, .. } = arguments;
    let share = Share {
        place: arguments.rule.clone().map_or(Place::Default, Place::Rule),
        variant: arguments.variant.clone(),
        thousandths: arguments.percent,
        from: arguments.from.clone(),
    };
    Job { ruleset, common, place: Some(place), flags: &[flag], renamed: None }.run(
        |edited| edited.share(flag, &share),
        |sources, target| sources.change(flag, target, Change::Share(&share)),
    )
}

/// Renames a flag.
///
/// # Errors
/// The ruleset cannot be read or written, or the edit is refused.
pub fn rename(arguments: &Rename) -> Result<Outcome, CliError> {
    let Rename { ruleset, flag, new, common } = arguments;
    let renamed = Some((flag.as_str(), new.as_str()));
    Job { ruleset, common, place: None, flags: &[flag], renamed }
        .run(|edited| edited.rename(flag, new), |sources, _| sources.rename(flag, new))
}

/// Removes a flag.
///
/// # Errors
/// The ruleset cannot be read or written, the edit is refused, or code refers
/// to the flag.
pub fn remove(arguments: &Remove) -> Result<Outcome, CliError> {
    let Remove { ruleset, flag, code, common } = arguments;
    code::refuse(flag, code)?;
    Job { ruleset, common, place: None, flags: &[flag], renamed: None }
        .run(|edited| edited.remove(flag), |sources, _| sources.remove(flag))
}

/// An edit that is asked for.
#[derive(Clone, Copy)]
struct Job<'j> {
    ruleset: &'j str,
    common: &'j Common,
    /// None: it is for all environments, whatever is asked.
    place: Option<&'j Where>,
    /// The flags that must be there.
    flags: &'j [&'j str],
    /// A flag's old key and its new one.
    renamed: Option<(&'j str, &'j str)>,
}

impl Job<'_> {
    /// Edits one file, or the files of a folder.
    fn run(
        self,
        one: impl FnOnce(&Edited<'_>) -> Edits,
        many: impl FnOnce(Sources<'_>, Target<'_>) -> Steps,
    ) -> Result<Outcome, CliError> {
        if self.ruleset.contains("://") {
            let message = "a ruleset at an address cannot be edited";
            let help = "edit the file that is published there";
            return Err(CliError::new(Exit::Usage, message, help));
        }
        if let Some(tree) = Tree::at(self.ruleset)? {
            return folder::edit(self, tree, many);
        }
        if self.place.is_some_and(|place| place.env.is_some() || place.everywhere) {
            let message = format!("{} has no environments", quoted(self.ruleset));
            let help = "--env and --everywhere go with a source folder; leave them out";
            return Err(CliError::new(Exit::Usage, &message, help));
        }
        file::edit(self, one)
    }
}
