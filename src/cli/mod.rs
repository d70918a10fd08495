//! The command-line tool: what its verbs share.
//!
//! A verb is a function from its arguments to an [`Outcome`]; only [`finish`]
//! writes. Text is styled everywhere and stripped on its way out where it
//! does not go to a terminal, or where NO_COLOR is set.

pub mod check;
pub mod eval;
pub mod explain;
mod lint;
mod report;
mod source;
mod suggest;

use report::{ERROR, HELP, Listing, STRONG, WARNING, paint, quoted};
use serde_json::Value;
use serin::json::Tape;
use serin::{Context, Ruleset};
use source::Source;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Stands at the end of every `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done, and nothing to complain about
  1  `check` found errors; or a flag asked for by its key has no answer
  2  the arguments are wrong
  3  an input could not be read, or was refused";

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
    let (out, notes, exit) = match result {
        Ok(Outcome { out, notes, exit }) => (out, notes, exit),
        Err(CliError { text, exit }) => (String::new(), text, exit),
    };
    let written = write(anstream::stdout().lock(), &out);
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

/// For whom and when a ruleset is asked.
#[derive(clap::Args)]
pub struct Circumstances {
    /// The context: a JSON object, @FILE to read it from a file, or @- for
    /// standard input; '{}' is a context without attributes
    #[arg(long, value_name = "JSON|@FILE|@-", verbatim_doc_comment)]
    context: String,
    /// The instant, as RFC 3339 with an offset [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    now: Option<i64>,
    /// Flags that are killed, so that they serve `off`
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    killed: Vec<String>,
}

fn instant(text: &str) -> Result<i64, &'static str> {
    serin::compare::time::parse(text.as_bytes())
        .ok_or("write RFC 3339 with an offset, such as 2027-01-31T09:00:00Z")
}

/// A ruleset and for whom and when it is asked.
struct Question {
    source: Source,
    ruleset: Ruleset,
    attributes: Value,
    now: i64,
    /// Remarks so far.
    notes: String,
}

impl Question {
    /// Reads the ruleset and the context.
    fn read(ruleset: &str, circumstances: &Circumstances) -> Result<Self, CliError> {
        let Circumstances { context, now, killed } = circumstances;
        if ruleset == "-" && context == "@-" {
            let message = "standard input cannot be both the ruleset and the context";
            return Err(CliError::new(Exit::Usage, message, "give one of them as a file"));
        }
        let source = Source::read(ruleset)?;
        let mut loaded = match Ruleset::load(&source.bytes) {
            Ok(ruleset) => ruleset,
            Err(fault) => {
                let remarks = report::remarks(&source, None, &[fault.into()]);
                return Err(CliError::refused(report::text(&Listing::new(&source), &remarks)));
            }
        };
        let attributes = attributes(context)?;
        loaded.kill(killed);
        let mut notes = String::new();
        for key in killed.iter().filter(|key| loaded.flag(key).is_none()) {
            let message = format!("there is no flag {}, so killing it does nothing", quoted(key));
            note(&mut notes, false, &message, &suggest::flag(&loaded, key));
        }
        let now = now.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
        Ok(Self { source, ruleset: loaded, attributes, now, notes })
    }

    fn context(&self) -> Context {
        Context::bind(&self.ruleset, &self.attributes, self.now)
    }

    /// Says that there is no such flag.
    fn not_found(&mut self, key: &str) {
        let message = format!("there is no flag {}", quoted(key));
        note(&mut self.notes, true, &message, &suggest::flag(&self.ruleset, key));
    }
}

/// The context's attributes: always an object.
fn attributes(context: &str) -> Result<Value, CliError> {
    let source = match context.strip_prefix('@') {
        Some(file) => Source::read(file)?,
        None => Source { name: "--context".into(), bytes: context.into() },
    };
    let refused = |at: usize, message: &str, help: &str| {
        let mut text = String::new();
        let message = format!("the context {message}");
        note(&mut text, true, &message, "");
        Listing::new(&source).snippet(at, at.saturating_add(1), ERROR, &mut text);
        text.push_str(&format!("  = {}: {help}\n", paint(HELP, "help")));
        CliError::refused(text)
    };
    let object = "write one JSON object, such as '{\"targetingKey\": \"user-1\", \"country\": \"NZ\"}'";
    match serde_json::from_slice(&source.bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => {
            let at = source.bytes.iter().position(|byte| !byte.is_ascii_whitespace());
            Err(refused(at.unwrap_or(0), "is JSON, but not an object", object))
        }
        Err(_) if source.bytes.starts_with(b"\xef\xbb\xbf") => {
            Err(refused(0, "starts with a byte order mark", "save it as UTF-8 without one"))
        }
        Err(error) => match Tape::new().read(&source.bytes) {
            Err(fault) => {
                let message = match fault.expected.phrase() {
                    "" => "is not UTF-8".into(),
                    expected => format!("is not JSON: expected {expected}"),
                };
                Err(refused(fault.at, &message, object))
            }
            // JSON that the library does not take: too deep, or a number too large.
            Ok(_) => {
                let at = Listing::new(&source).offset(error.line(), error.column());
                let words = error.to_string();
                let words = words.split(" at line ").next().unwrap_or_default();
                Err(refused(at, &format!("cannot be read: {words}"), "make it simpler here"))
            }
        },
    }
}

/// An instant as people write it.
fn time(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => format!("{millis} ms"),
    }
}
