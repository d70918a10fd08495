//! `serin types`: TypeScript declarations of a ruleset's flags.

use super::check::{Audience, count};
use super::folder::Tree;
use super::question::instant;
use super::report::{self, GOOD, Listing, paint, quoted};
use super::source::{Input, Source, previous};
use super::{CliError, Exit, Format, Outcome, note, write};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::Severity;
use serin::document::decode;
use serin::release::types;
use std::rc::Rc;

/// Writes TypeScript declarations of a ruleset's flags
///
/// They fill `interface Flags` of the package `serin`, so that its getters
/// know the keys and the types of values. Text flags are unions of their
/// variants' texts, object flags one shape that every variant fits. Make FILE
/// part of your project's compilation. A source folder needs no --env: values
/// are the same in all.
///
/// With --format json: { file, flags, state }. state is written, unchanged
/// or, with --check, stale.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Where to write the declarations; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: String,
    /// Only flags of a source folder with "client": true
    #[arg(long = "for", value_name = "CLIENT")]
    audience: Option<Audience>,
    /// The instant at which flags that have expired are marked deprecated, as
    /// RFC 3339 with an offset [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    now: Option<i64>,
    /// Write nothing; exit with 1 if FILE is not what would be written. That
    /// a flag has expired since is no difference
    #[arg(long)]
    check: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Written<'w> {
    file: &'w str,
    flags: usize,
    state: &'static str,
}

/// Writes declarations.
///
/// # Errors
/// The ruleset cannot be read or has broken flags, or the file cannot be
/// written.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let Arguments { input, output, audience, format, .. } = arguments;
    let printed = output == "-";
    if printed && (arguments.check || *format == Format::Json) {
        let message = "standard output is the declarations themselves";
        let help = "with --check or --format json, name the file";
        return Err(CliError::new(Exit::Usage, message, help));
    }
    let source = source(input)?;
    refuse_broken(&source)?;
    let Ok(mut document) = decode::document(&source.bytes) else {
        return Err(CliError::refused(String::new()));
    };
    if let (Some(Audience::Client), Some(folder)) = (audience, &source.folder) {
        let client = &folder.assembly.client;
        document.flags.retain(|entry| client.contains(&*entry.key.text));
    }
    let now = arguments.now.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
    let text = types::declarations(&document, now);
    let exit = Exit::Fine;
    if printed {
        return Ok(Outcome { out: text, format: Format::Json, notes: String::new(), exit });
    }
    let old = previous(output)?;
    let same = old.as_deref().is_some_and(|old| {
        let old = old.replace("\r\n", "\n");
        text == old || arguments.check && types::same_but_expiry(&text, &old)
    });
    let state = match (same, arguments.check) {
        (true, _) => "unchanged",
        (false, true) => "stale",
        (false, false) => "written",
    };
    if state == "written" {
        write::replace(output, &text)?;
    }
    let flags = document.flags.len();
    let mut notes = String::new();
    let out = match format {
        Format::Json => super::json(&Written { file: output, flags, state }),
        Format::Text if state == "stale" => {
            let file = quoted(output);
            let message = match old {
                Some(_) => format!("{file} does not declare the flags of {}", quoted(&source.name)),
                None => format!("{file} is not there"),
            };
            note(&mut notes, true, &message, "run the same command without --check");
            String::new()
        }
        Format::Text => {
            let file = report::cut(output, usize::MAX);
            format!("{file}: {}: {}\n", paint(GOOD, state), count(flags, "flag"))
        }
    };
    let exit = if state == "stale" { Exit::Found } else { exit };
    Ok(Outcome { out, format: *format, notes, exit })
}

/// The ruleset, for what all environments have in common.
///
/// # Errors
/// It cannot be read.
pub fn source(input: &Input) -> Result<Source, CliError> {
    match Tree::at(&input.ruleset)? {
        Some(tree) => {
            let environment = match &input.env {
                Some(_) => tree.environment(input.env.as_deref())?,
                None => None,
            };
            Ok(Source::assembled(&Rc::new(tree), environment.as_deref()))
        }
        None => Source::without_environment(input),
    }
}

/// Refuses a ruleset with flags that nothing can be said about.
///
/// # Errors
/// There are some.
pub fn refuse_broken(source: &Source) -> Result<(), CliError> {
    let mut remarks = report::files(source);
    match Ruleset::load(&source.bytes) {
        Err(fault) => remarks.extend(report::remarks(source, None, &[fault.into()])),
        Ok(ruleset) => {
            let diagnostics = ruleset.diagnostics().iter();
            let errors = diagnostics.filter(|one| one.severity() != Severity::Warning);
            let errors: Vec<_> = errors.map(|one| (*one).into()).collect();
            remarks.extend(report::remarks(source, Some(&ruleset), &errors));
        }
    }
    remarks.retain(|remark| remark.error);
    if remarks.is_empty() {
        return Ok(());
    }
    Err(CliError::refused(report::text(&Listing::new(source), &remarks)))
}
