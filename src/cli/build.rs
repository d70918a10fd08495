//! `serin build`: a source folder to the ruleset that is published.

use super::check::{self, Audience, count};
use super::folder::Tree;
use super::report::{self, ERROR, Entry, GOOD, Listing, paint, quoted};
use super::source::{Source, previous};
use super::{CliError, Exit, Format, Outcome, note, write};
use serde::Serialize;
use serin::Ruleset;
use serin::diagnostic::Severity;
use serin::document::decode;
use serin::limits::SAFE_INTEGER;
use serin::release::{build, client};
use std::path::Path;
use std::rc::Rc;

/// Makes the ruleset of an environment from a source folder
///
/// A source folder has flags/KEY.json, segments/NAME.json, and
/// env/NAME/KEY.json with what an environment replaces of a flag: `enabled`,
/// `require`, `rules` and `serve`. Any error that `check` finds refuses it.
///
/// The ruleset is the same to the byte whatever order the files are listed
/// in; it is written whole or not at all. A file that would differ in its
/// revision alone is left as it is, unless --revision is given.
///
/// With --format json: { file, environment, audience, revision, flags,
/// segments, bytes, state, remarks }. state is written, unchanged, stale
/// (with --check) or refused; remarks are errors as `check` has them.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// The source folder
    #[arg(value_name = "DIR")]
    folder: String,
    /// Which environment; needed if the folder has any
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
    /// Where to write the ruleset; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: String,
    /// Only flags with "client": true and what they refer to, without what
    /// is for people and tools
    #[arg(long = "for", value_name = "CLIENT")]
    audience: Option<Audience>,
    /// The revision to stamp [default: the clock, in seconds since 1970]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=SAFE_INTEGER))]
    revision: Option<u64>,
    /// Write nothing; exit with 1 if FILE is not what would be built, its
    /// revision apart
    #[arg(long)]
    check: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What became of a build.
#[derive(Serialize)]
struct Built<'b> {
    file: &'b str,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'b str>,
    audience: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    flags: usize,
    segments: usize,
    bytes: usize,
    state: State,
    remarks: Vec<Entry<'b>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Written,
    Unchanged,
    Stale,
    Refused,
}

/// Builds a ruleset.
///
/// # Errors
/// The folder cannot be read, or the file cannot be written.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let Arguments { folder, output, audience, .. } = arguments;
    let printed = output == "-";
    if printed && (arguments.check || arguments.format == Format::Json) {
        let message = "standard output is the ruleset itself";
        let help = "with --check or --format json, name the file";
        return Err(CliError::new(Exit::Usage, message, help));
    }
    let Some(tree) = Tree::at(folder)? else {
        let there = Path::new(folder).exists();
        let why = if there { "it is no folder" } else { "there is no such folder" };
        let help = "name the folder with flags/KEY.json in it";
        let message = format!("cannot build {}: {why}", quoted(folder));
        return Err(CliError::new(Exit::Refused, &message, help));
    };
    let environment = tree.environment(arguments.env.as_deref())?;
    let source = Source::assembled(&Rc::new(tree), environment.as_deref());
    let listing = Listing::new(&source);
    let (mut remarks, _) = check::remarks(&source, *audience, None);
    remarks.retain(|remark| remark.error);
    let mut built = Built {
        file: output,
        environment: environment.as_deref(),
        audience: audience.map_or("server", |_| "client"),
        revision: None,
        flags: 0,
        segments: 0,
        bytes: 0,
        state: State::Refused,
        remarks: report::entries(&listing, &remarks),
    };
    if !remarks.is_empty() {
        return Ok(refused(&built, arguments.format, &report::text(&listing, &remarks)));
    }
    let stamp = arguments
        .revision
        .unwrap_or_else(|| u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default());
    let Text { text, flags, segments } = self::text(&source, *audience, Some(stamp))?;
    built.revision = Some(stamp);
    (built.flags, built.segments, built.bytes) = (flags, segments, text.len());
    if printed {
        return Ok(Outcome {
            out: text,
            format: Format::Json,
            notes: String::new(),
            exit: Exit::Fine,
        });
    }
    // A checkout may have turned the ends of lines.
    let old = previous(output)?.map(|old| old.replace("\r\n", "\n"));
    let same = old.as_deref().is_some_and(|old| {
        text == old || arguments.revision.is_none() && build::same_but_revision(&text, old)
    });
    built.state = match (same, arguments.check) {
        (true, _) => State::Unchanged,
        (false, true) => State::Stale,
        (false, false) => State::Written,
    };
    if let (State::Unchanged, Some(old)) = (built.state, &old) {
        built.revision = Ruleset::load(old.as_bytes()).ok().and_then(|old| old.revision());
        built.bytes = old.len();
    }
    if built.state == State::Written {
        write::replace(output, &text)?;
    }
    Ok(report(&built, arguments, old.is_some()))
}

/// A ruleset to publish.
pub struct Text {
    /// The document.
    pub text: String,
    flags: usize,
    segments: usize,
}

/// The text to publish of sources without errors. It is loaded once more
/// before anybody else loads it.
///
/// # Errors
/// It does not load, which is a fault of serin.
pub fn text(
    source: &Source,
    audience: Option<Audience>,
    revision: Option<u64>,
) -> Result<Text, CliError> {
    let refused = |why: &str| {
        let message = format!("the ruleset of {} cannot be published: {why}", quoted(&source.name));
        CliError::new(Exit::Refused, &message, "")
    };
    let mut document =
        decode::document(&source.bytes).map_err(|fault| refused(fault.code.message()))?;
    if let (Some(Audience::Client), Some(folder)) = (audience, &source.folder) {
        client::cut(&mut document, &folder.assembly.client);
    }
    let text = build::text(&document, revision);
    let loaded = Ruleset::load(text.as_bytes()).map_err(|fault| refused(fault.code.message()))?;
    let errors = loaded.diagnostics().iter().filter(|one| one.severity() == Severity::Error);
    if errors.count() > 0 {
        return Err(refused("it does not load as it was written, which is a fault of serin"));
    }
    Ok(Text { text, flags: document.flags.len(), segments: document.segments.len() })
}

fn refused(built: &Built<'_>, format: Format, remarks: &str) -> Outcome {
    let mut notes = String::new();
    let out = match format {
        Format::Json => super::json(built),
        Format::Text => {
            notes.push_str(remarks);
            let errors = built.remarks.len();
            let refuse = if errors == 1 { "refuses" } else { "refuse" };
            let errors = count(errors, "error");
            note(
                &mut notes,
                true,
                &format!("{errors} {refuse} the ruleset; nothing is written"),
                "",
            );
            String::new()
        }
    };
    Outcome { out, format, notes, exit: Exit::Found }
}

fn report(built: &Built<'_>, arguments: &Arguments, there: bool) -> Outcome {
    let format = arguments.format;
    let stale = built.state == State::Stale;
    let mut notes = String::new();
    if built.flags == 0 && arguments.audience.is_some() {
        let message = "no flag is for clients, so the ruleset is empty";
        note(
            &mut notes,
            false,
            message,
            "write \"client\": true into the flags that everybody may read",
        );
    }
    let out = match format {
        Format::Json => super::json(built),
        Format::Text if stale => {
            let file = quoted(&arguments.output);
            let message = match there {
                true => format!("{file} is not what {} builds", quoted(&arguments.folder)),
                false => format!("{file} is not there"),
            };
            note(&mut notes, true, &message, "run the same command without --check");
            String::new()
        }
        Format::Text => {
            let state = match built.state {
                State::Unchanged => "unchanged",
                _ => "written",
            };
            let style = if stale { ERROR } else { GOOD };
            let revision = built.revision.map(|revision| format!(", revision {revision}"));
            format!(
                "{}: {}: {}, {}, {} bytes{}\n",
                report::cut(&arguments.output, usize::MAX),
                paint(style, state),
                count(built.flags, "flag"),
                count(built.segments, "segment"),
                built.bytes,
                revision.unwrap_or_default()
            )
        }
    };
    let exit = if stale { Exit::Found } else { Exit::Fine };
    Outcome { out, format, notes, exit }
}
