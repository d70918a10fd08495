//! `serin diff`: what a change does to decisions.

mod audience;
mod brief;
mod contexts;
mod text;

pub use brief::Brief;

use super::question::instant;
use super::report::{self, Listing, quoted};
use super::revision;
use super::source::{Input, Source, is_folder};
use super::{CliError, Exit, Outcome, note};
use serin::release::impact::{
    Change, Circumstances, Impact, Side, Weights, impact, json, markdown, spans, time,
    weights_json, weights_markdown,
};
use std::io::{self, IsTerminal, Write};

/// Tells what a change does to decisions, exactly
///
/// Both versions are run side by side on all contexts at once. A share is of
/// the keys inside a group of contexts that the rules do not tell apart, and
/// is exact. Changed is what a flag answers: the variant, its value, or that
/// there is none; not the reason, and not the rule.
///
/// OLD and NEW are each a path, a source folder, `-` for standard input, an
/// http or https address, or a file in git as REVISION:PATH, such as
/// main:flags.json.
///
/// With --weights, it says also which portion of an audience moves. The file is
/// a list of { "percent", "context", "name"? }: see `impact.md`.
///
/// With --format json: { old, new, killed, impacts }, see `impact.md`.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// The version before the change
    old: String,
    /// The version after it
    new: String,
    /// Which environment of source folders
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// The instant, as RFC 3339 with an offset [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant, conflicts_with = "over")]
    at: Option<i64>,
    /// A span: tells of each instant in it at which something can change
    #[arg(long, value_name = "FROM..TO", value_parser = span)]
    over: Option<(i64, i64)>,
    /// Flags that are killed in both versions, so that they serve `off`
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    killed: Vec<String>,
    /// Contexts, one JSON object a line: tells which of them get another
    /// decision, by their `targetingKey`
    #[arg(long, value_name = "FILE", conflicts_with = "over")]
    contexts: Option<String>,
    /// Who the audience is, as a list of { "percent", "context" }: tells which
    /// portion of it gets another decision
    #[arg(long, value_name = "FILE")]
    weights: Option<String>,
    /// Exit with 1 if a decision changes, or may change
    #[arg(long)]
    exit_code: bool,
    /// How to write the report; markdown is for a comment on a pull request
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
}

/// How the report is written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a comment.
    Markdown,
}

fn span(text: &str) -> Result<(i64, i64), &'static str> {
    let ends = text.split_once("..").and_then(|(from, to)| {
        let [from, to] = [from, to].map(|end| instant(end).ok());
        Some((from?, to?))
    });
    match ends {
        Some((from, to)) if from < to => Ok((from, to)),
        Some(_) => Err("the span ends before it starts"),
        None => Err("write two instants, such as 2027-01-01T00:00:00Z..2027-02-01T00:00:00Z"),
    }
}

/// Reads a version that may be a file in git.
pub(super) fn source(place: &str, env: Option<&str>) -> Result<Source, CliError> {
    match revision::split(place) {
        Some((revision, path)) => revision::read(place, revision, path),
        None if is_folder(place) => {
            Source::ruleset(&Input { ruleset: place.into(), env: env.map(Into::into) })
        }
        None => Source::read(place),
    }
}

pub(super) fn side(source: &Source) -> Result<Side<'_>, CliError> {
    Side::read(&source.bytes).map_err(|fault| {
        let remarks = report::remarks(source, None, &[fault.into()]);
        CliError::refused(report::text(&Listing::new(source), &remarks))
    })
}

/// Shows how far something is, on a terminal.
pub struct Progress {
    shown: Option<usize>,
    what: &'static str,
}

impl Progress {
    /// Before the first step.
    pub fn new(what: &'static str) -> Self {
        Self { shown: io::stderr().is_terminal().then_some(usize::MAX), what }
    }

    /// So many of so many are done.
    pub fn show(&mut self, done: usize, all: usize) {
        let Some(shown) = self.shown else { return };
        let percent = done.saturating_mul(100).checked_div(all).unwrap_or(100);
        // A small task is over before anybody reads.
        if percent == shown || all < 200 {
            return;
        }
        self.shown = Some(percent);
        let bar = "█".repeat(percent / 4);
        let end = if done >= all { "\r\x1b[K" } else { "" };
        let _ = write!(io::stderr(), "\r{:<25} {percent:>3} % of {all} {}{end}", bar, self.what);
    }
}

/// Compares two versions.
///
/// # Errors
/// One of them cannot be read or is refused.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    if arguments.old == "-" && arguments.new == "-" {
        let message = "standard input cannot be both versions";
        return Err(CliError::new(Exit::Usage, message, "give one of them as a file"));
    }
    if arguments.weights.as_deref() == Some("-")
        && [&arguments.old, &arguments.new].contains(&&"-".to_owned())
    {
        let message = "standard input cannot be both a version and the weights";
        return Err(CliError::new(Exit::Usage, message, "give one of them as a file"));
    }
    let (before, after) = {
        let env = arguments.env.as_deref();
        (source(&arguments.old, env)?, source(&arguments.new, env)?)
    };
    let (mut old, mut new) = (side(&before)?, side(&after)?);
    old.kill(&arguments.killed);
    new.kill(&arguments.killed);
    let mut notes = String::new();
    for key in &arguments.killed {
        if old.flag(key).is_none() && new.flag(key).is_none() {
            let message = format!("there is no flag {}, so killing it does nothing", quoted(key));
            note(&mut notes, false, &message, "check the key's spelling");
        }
    }
    let weights = match &arguments.weights {
        Some(file) => Some(audience::read(file, &mut notes)?),
        None => None,
    };
    let impacts = impacts(&old, &new, arguments, weights.as_ref().map(|(_, weights)| weights));
    let people = match &arguments.contexts {
        Some(file) => {
            let at = impacts.first().map_or(0, |(impact, _)| impact.at);
            Some(contexts::read(file, &old, &new, at)?)
        }
        None => None,
    };
    let names = (before.name.as_str(), after.name.as_str());
    let (out, format) = match arguments.format {
        DiffFormat::Text => {
            let mut out = text::report(names, &arguments.killed, &impacts);
            if let Some((file, weights)) = &weights {
                out.push_str(&audience::head(file, weights));
            }
            if let Some(people) = &people {
                out.push_str(&contexts::text(people));
            }
            (out, super::Format::Text)
        }
        DiffFormat::Json => {
            let mut value = json(names.0, names.1, &arguments.killed, &impacts);
            if let (Some(people), Some(object)) = (&people, value.as_object_mut()) {
                object.insert("contexts".into(), contexts::json(people));
            }
            if let (Some((file, weights)), Some(object)) = (&weights, value.as_object_mut()) {
                object.insert("weights".into(), weights_json(file, weights));
            }
            (super::json(&value), super::Format::Json)
        }
        DiffFormat::Markdown => {
            let mut out = markdown(names.0, names.1, &arguments.killed, &impacts);
            if let Some((file, weights)) = &weights {
                out.push_str(&weights_markdown(file, weights));
            }
            if let Some(people) = &people {
                out.push_str(&contexts::markdown(people));
            }
            (out, super::Format::Json)
        }
    };
    let changes = |(impact, _): &(Impact, Option<i64>)| {
        impact
            .flags
            .iter()
            .any(|flag| matches!(flag.change, Change::Added | Change::Removed | Change::Effect(_)))
    };
    let found = arguments.exit_code && impacts.iter().any(changes);
    let exit = if found { Exit::Found } else { Exit::Fine };
    Ok(Outcome { out, format, notes, exit })
}

/// The impact at one instant, or at each of a span; those that are alike and
/// follow each other are one.
fn impacts(
    old: &Side<'_>,
    new: &Side<'_>,
    arguments: &Arguments,
    weights: Option<&Weights>,
) -> Vec<(Impact, Option<i64>)> {
    let killed = arguments.killed.as_slice();
    let mut progress = Progress::new("flags");
    let circumstances = Circumstances { killed, weights, ..Circumstances::default() };
    let mut show = |done, all| progress.show(done, all);
    match arguments.over {
        Some(span) => spans(old, new, &circumstances, span, &mut show),
        None => {
            let at = arguments.at.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
            let circumstances = Circumstances { at, ..circumstances };
            vec![(impact(old, new, &circumstances, &mut show), None)]
        }
    }
}

/// The instant of an impact, or its span.
pub fn when(impact: &Impact, until: Option<i64>) -> String {
    match until {
        None => format!("at {}", time(impact.at)),
        Some(until) => format!("from {} to {}", time(impact.at), time(until)),
    }
}
