//! `serin check`: every remark about a ruleset.

use super::lint::{self, Finding};
use super::report::{self, ERROR, GOOD, Listing, WARNING, paint};
use super::source::Source;
use super::{CliError, Exit, Format, Outcome};
use serin::Ruleset;
use serin::document::decode;

/// Lists every fault of a ruleset, and what is probably not meant
///
/// With --format json: an array of { severity, code, message, help,
/// suggestion, file, line, column, endLine, endColumn, offset, length, flag
/// or segment }, in the order of the file. severity is error or warning.
/// Lines and columns count from 1, columns in characters; offset and length
/// are bytes. An operator that this serin does not know is an error here;
/// evaluation only never takes its test for true.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// A path, `-` for standard input, or an http or https address
    ruleset: String,
    /// Exit with 1 for warnings too
    #[arg(long)]
    strict: bool,
    /// How to write the remarks
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Checks a ruleset.
///
/// # Errors
/// It cannot be read.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let source = Source::read(&arguments.ruleset)?;
    let loaded = Ruleset::load(&source.bytes);
    let mut findings: Vec<Finding> = match &loaded {
        Err(fault) => vec![(*fault).into()],
        Ok(ruleset) => {
            ruleset.diagnostics().iter().map(|diagnostic| (*diagnostic).into()).collect()
        }
    };
    let mut counts = None;
    if let Ok(ruleset) = &loaded
        && let Ok(document) = decode::document(&source.bytes)
    {
        findings.extend(lint::lint(&document));
        let broken = ruleset.flags().filter(|flag| ruleset.kind(*flag).is_none()).count();
        counts = Some((document.flags.len(), document.segments.len(), broken));
    }
    let remarks = report::remarks(&source, loaded.as_ref().ok(), &findings);
    let errors = remarks.iter().filter(|remark| remark.error).count();
    let warnings = remarks.len().saturating_sub(errors);
    let listing = Listing::new(&source);
    let format = arguments.format;
    let out = match format {
        Format::Json => report::json(&listing, &remarks),
        Format::Text => {
            let mut out = report::text(&listing, &remarks);
            out.push_str(&summary(&source.name, errors, warnings, counts));
            out
        }
    };
    let found = errors > 0 || (arguments.strict && warnings > 0);
    let exit = if found { Exit::Found } else { Exit::Fine };
    Ok(Outcome { out, format, notes: String::new(), exit })
}

/// A number and its noun.
fn count(number: usize, noun: &str) -> String {
    match number {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

fn summary(
    name: &str,
    errors: usize,
    warnings: usize,
    counts: Option<(usize, usize, usize)>,
) -> String {
    let style = match (errors, warnings) {
        (0, 0) => GOOD,
        (0, _) => WARNING,
        _ => ERROR,
    };
    let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    let name = report::cut(name, usize::MAX);
    let rest = match counts {
        None => "; the whole document is refused".into(),
        Some((flags, segments, broken)) => {
            let broken = match broken {
                0 => String::new(),
                1 => "; 1 flag is broken".into(),
                _ => format!("; {broken} flags are broken"),
            };
            format!(" in {} and {}{broken}", count(flags, "flag"), count(segments, "segment"))
        }
    };
    format!("{name}: {}{rest}\n", paint(style, &found))
}
