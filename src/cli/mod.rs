//! The command-line tool: what its verbs share.
//!
//! A verb is a function from its arguments to an [`Outcome`]; only [`finish`]
//! writes. Text is styled everywhere and stripped on its way out where it
//! does not go to a terminal, or where NO_COLOR is set.

pub mod build;
pub mod check;
pub mod diff;
pub mod edit;
pub mod eval;
pub mod explain;
mod fix;
pub mod fmt;
mod folder;
mod host;
mod levels;
mod listing;
pub mod promote;
mod question;
pub mod refs;
mod report;
mod revision;
mod source;
mod suggest;
pub mod types;
mod walk;
mod write;

pub use host::begin;
use report::{ERROR, HELP, STRONG, WARNING, paint};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Stands at the end of every `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done, and nothing to complain about
  1  errors were found; or a file is not what --check expects; or a flag
     asked for by its key has no answer; or `diff --exit-code` found a change
  2  the arguments are wrong
  3  an input could not be read, or was refused; or nothing could be written";

/// How a run ends, as a number for the shell. Wrong arguments are 2, which
/// is also what the argument parser says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine = 0,
    /// There are errors, and finding them was the task.
    Found = 1,
    /// The arguments contradict each other.
    Usage = 2,
    /// An input could not be read or was refused.
    Refused = 3,
}

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What a verb has to say.
pub struct Outcome {
    /// The result, for standard output.
    pub out: String,
    /// What it is: only text has styles.
    pub format: Format,
    /// Remarks beside it, for standard error.
    pub notes: String,
    /// How the run ends.
    pub exit: Exit,
}

/// Why a verb has no result.
pub struct CliError {
    text: String,
    exit: Exit,
}

impl CliError {
    /// Says what went wrong and how to mend it.
    pub fn new(exit: Exit, message: &str, help: &str) -> Self {
        let mut text = String::new();
        note(&mut text, true, message, help);
        Self { text, exit }
    }

    /// An input that was refused; the text says why.
    pub fn refused(text: String) -> Self {
        Self { text, exit: Exit::Refused }
    }
}

/// Appends an error or a warning that is about no place in a document.
pub fn note(out: &mut String, error: bool, message: &str, help: &str) {
    let (style, word) = if error { (ERROR, "error") } else { (WARNING, "warning") };
    let message = paint(STRONG, &format!(": {message}"));
    out.push_str(&format!("{}{message}\n", paint(style, word)));
    if !help.is_empty() {
        out.push_str(&format!("  = {}: {help}\n", paint(HELP, "help")));
    }
}

/// Writes what a verb has to say and ends with its exit code.
pub fn finish(result: Result<Outcome, CliError>) -> ExitCode {
    let Outcome { out, format, notes, exit } = result.unwrap_or_else(|CliError { text, exit }| {
        Outcome { out: String::new(), format: Format::Text, notes: text, exit }
    });
    let written = match format {
        Format::Text => write(anstream::stdout().lock(), &out),
        Format::Json => write(io::stdout().lock(), &out),
    };
    // With standard error closed there is nobody left to tell.
    let _ = write(anstream::stderr().lock(), &notes);
    let exit = match written {
        // Whoever read the output has seen enough of it.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message = format!("the output could not be written: {error}");
            let CliError { text, exit } = CliError::new(Exit::Refused, &message, "");
            let _ = write(anstream::stderr().lock(), &text);
            exit
        }
        _ => exit,
    };
    ExitCode::from(exit as u8)
}

fn write(mut to: impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

/// Indented JSON with a line end.
pub fn json(value: &impl serde::Serialize) -> String {
    // Nothing that the verbs serialise can fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
