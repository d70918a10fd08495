//! A ruleset, a context, an instant and the killed flags: what `eval` and
//! `explain` are asked about.

use super::report::{self, ERROR, HELP, Listing, Remark, paint, quoted};
use super::source::{Input, Source};
use super::suggest;
use super::{CliError, Exit, note};
use serde_json::Value;
use serin::diagnostic::{Code, Severity, Subject};
use serin::json::Tape;
use serin::{Context, Decision, ErrorCode, FlagId, Ruleset};

/// For whom and when a ruleset is asked.
#[derive(clap::Args)]
pub struct Circumstances {
    /// The context: a JSON object, @FILE to read it from a file or address,
    /// or @- for standard input; '{}' is a context without attributes
    #[arg(long, value_name = "JSON|@FILE|@-", verbatim_doc_comment)]
    context: String,
    /// The instant, as RFC 3339 with an offset [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    now: Option<i64>,
    /// Flags that are killed, so that they serve `off`
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    killed: Vec<String>,
}

/// An instant in an argument, in milliseconds since 1970.
///
/// # Errors
/// It is not one.
pub fn instant(text: &str) -> Result<i64, &'static str> {
    serin::compare::time::parse(text.as_bytes())
        .ok_or("write RFC 3339 with an offset, such as 2027-01-31T09:00:00Z")
}

/// An instant as people write it.
pub fn time(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => format!("{millis} ms"),
    }
}

/// A ruleset, and for whom and when it is asked.
pub struct Question {
    /// The document.
    pub source: Source,
    /// What it compiles to, with the killed set in force.
    pub ruleset: Ruleset,
    /// The context: an object.
    pub attributes: Value,
    /// The instant, in milliseconds since 1970.
    pub now: i64,
    /// Remarks so far.
    pub notes: String,
}

impl Question {
    /// Reads the ruleset and the context.
    ///
    /// # Errors
    /// One of them cannot be read or is refused.
    pub fn read(input: &Input, circumstances: &Circumstances) -> Result<Self, CliError> {
        let Circumstances { context, now, killed } = circumstances;
        if input.ruleset == "-" && context == "@-" {
            let message = "standard input cannot be both the ruleset and the context";
            return Err(CliError::new(Exit::Usage, message, "give one of them as a file"));
        }
        let source = Source::ruleset(input)?;
        let refused =
            |remarks: &[Remark]| CliError::refused(report::text(&Listing::new(&source), remarks));
        let remarks = report::files(&source);
        if remarks.iter().any(|remark| remark.error) {
            return Err(refused(&remarks));
        }
        let mut ruleset = Ruleset::load(&source.bytes)
            .map_err(|fault| refused(&report::remarks(&source, None, &[fault.into()])))?;
        let attributes = attributes(context)?;
        ruleset.kill(killed);
        let now = now.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
        let mut notes = String::new();
        for key in killed.iter().filter(|key| ruleset.flag(key).is_none()) {
            let message = format!("there is no flag {}, so killing it does nothing", quoted(key));
            note(&mut notes, false, &message, &suggest::flag(&ruleset, key));
        }
        Ok(Self { source, ruleset, attributes, now, notes })
    }

    /// The context, bound.
    pub fn context(&self) -> Context {
        Context::bind(&self.ruleset, &self.attributes, self.now)
    }

    /// Says that there is no such flag.
    pub fn note_not_found(&mut self, key: &str) {
        let message = format!("there is no flag {}", quoted(key));
        note(&mut self.notes, true, &message, &suggest::flag(&self.ruleset, key));
    }

    /// Says why a flag has no answer.
    pub fn note_error(&mut self, flag: FlagId, decision: Decision) {
        let key = quoted(self.ruleset.key(flag));
        if decision.error_code() == Some(ErrorCode::TargetingKeyMissing) {
            let message = format!("the flag {key} needs a key that this context does not have");
            let help = "give the context a `targetingKey`, or the attribute that `by` names; or add `withoutKey`";
            return note(&mut self.notes, true, &message, help);
        }
        note(&mut self.notes, true, &format!("the flag {key} is broken"), "");
        let index = u32::try_from(flag.index()).unwrap_or(u32::MAX);
        let diagnostics = self.ruleset.diagnostics().iter();
        let own = diagnostics.filter(|diagnostic| {
            diagnostic.subject == Subject::Flag(index) && diagnostic.severity() == Severity::Error
        });
        let own: Vec<_> = own.map(|diagnostic| (*diagnostic).into()).collect();
        let remarks = report::remarks(&self.source, Some(&self.ruleset), &own);
        self.notes.push_str(&report::text(&Listing::new(&self.source), &remarks));
    }

    /// Says how many flags are broken, if any are.
    pub fn note_broken(&mut self) {
        let ruleset = &self.ruleset;
        let broken = ruleset.flags().filter(|flag| ruleset.kind(*flag).is_none()).count();
        if broken > 0 {
            let are = if broken == 1 { "1 flag is".into() } else { format!("{broken} flags are") };
            note(&mut self.notes, false, &format!("{are} broken"), "`serin check` says why");
        }
    }
}

/// The attributes of a context as it was given.
fn attributes(context: &str) -> Result<Value, CliError> {
    let source = match context.strip_prefix('@') {
        Some(file) => Source::read(file)?,
        None => Source::plain("--context", context.into()),
    };
    match serde_json::from_slice(&source.bytes) {
        Ok(value @ Value::Object(_)) => Ok(value),
        other => Err(refused(&source, &other.err())),
    }
}

/// Why bytes are no context: no JSON, as the library says, or no object.
fn refused(source: &Source, error: &Option<serde_json::Error>) -> CliError {
    let mut tape = Tape::new();
    let syntax = tape.read(&source.bytes).err();
    let object =
        "write one JSON object, such as '{\"targetingKey\": \"user-1\", \"country\": \"NZ\"}'";
    let mut help = object;
    let (at, message) = match (error, syntax) {
        (None, _) => {
            let space = source.bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
            (space.count(), "is JSON, but not an object".into())
        }
        (_, Some(_)) if source.bytes.starts_with(b"\xef\xbb\xbf") => {
            help = Code::ByteOrderMark.help();
            (0, "starts with a byte order mark".into())
        }
        (_, Some(fault)) if fault.code == Code::InvalidUtf8 => {
            help = fault.code.help();
            (fault.at, "is not UTF-8".into())
        }
        (_, Some(fault)) => {
            (fault.at, format!("is not JSON: expected {}", fault.expected.phrase()))
        }
        // JSON that no attributes can be read from.
        (Some(error), None) => {
            let known = tape.faults().iter().find_map(|fault| {
                let (message, help) = match fault.code {
                    Code::DepthExceeded => ("is nested too deeply", "flatten the nesting"),
                    Code::LoneSurrogate => ("has half of a surrogate pair", fault.code.help()),
                    Code::NumberOverflow => ("has a number that is too large", fault.code.help()),
                    _ => return None,
                };
                Some((fault.span.start as usize, message, help))
            });
            let at = Listing::new(source).offset(error.line(), error.column());
            let (at, message, better) =
                known.unwrap_or((at, "cannot be read from here on", object));
            help = better;
            (at, message.into())
        }
    };
    let mut text = String::new();
    note(&mut text, true, &format!("the context {message}"), "");
    Listing::new(source).snippet(at, at.saturating_add(1), ERROR, &mut text);
    text.push_str(&format!("  = {}: {help}\n", paint(HELP, "help")));
    CliError::refused(text)
}
