//! `serin refs`: where code asks for flags, and for which that are not there.

use super::check::count;
use super::listing::Listing;
use super::question::instant;
use super::report::{ERROR, GOOD, HELP, STRONG, WARNING, cut, paint, quoted};
use super::source::{Input, Source};
use super::walk::{Place, walk};
use super::{CliError, Exit, Format, Outcome, suggest, types};
use serde::Serialize;
use serin::Ruleset;
use serin::document::{Condition, ConditionKind, Document, decode};
use serin::release::{expiry, refs};
use std::collections::{BTreeMap, BTreeSet};

/// Finds flag keys in source code: unknown, unused and expired ones
///
/// In JavaScript and TypeScript (also in vue, svelte, astro and html files) a
/// key is the text in quotes that a getter of serin or OpenFeature has as the
/// first of several arguments, or in the list given to `kill`; in Rust, the
/// one given to `flag` or a getter of OpenFeature. Code is searched, not
/// parsed: a call in a comment counts, and a key in a variable is not seen.
/// --pattern adds calls of your own, in any file. A flag is unused if its key
/// stands nowhere in quotes, in code of any common language, and no other flag
/// or segment depends on it.
///
/// Files that .gitignore or .ignore name, hidden ones, and those of more than
/// 4 MiB are left out.
///
/// With --format json: { files, remarks, references }. remarks are { severity,
/// code, message, help, suggestion, flag, file, line, column }; code is
/// unknown-flag, unused-flag or expired-flag. references are { flag, file,
/// line, column }, of flags that are there.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// The folder with the code, or one file
    #[arg(value_name = "DIR")]
    code: String,
    /// The ruleset: a path, a source folder, `-` for standard input, or an
    /// http or https address
    #[arg(long, value_name = "RULESET")]
    ruleset: String,
    /// A regular expression for calls of your own; its first group is the key,
    /// or else all of it; may be repeated
    #[arg(long = "pattern", value_name = "REGEX")]
    patterns: Vec<String>,
    /// The instant at which flags have expired, as RFC 3339 with an offset
    /// [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    now: Option<i64>,
    /// Exit with 1 for unused and expired flags too
    #[arg(long)]
    strict: bool,
    /// How to write the remarks
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// A remark about a flag and code.
#[derive(Serialize)]
struct Remark<'r> {
    severity: &'static str,
    code: &'static str,
    message: String,
    help: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'r str>,
    flag: &'r str,
    file: &'r str,
    line: usize,
    column: usize,
    /// The line, and what else there is to show.
    #[serde(skip)]
    shown: String,
}

/// A place where code asks for a flag.
#[derive(Serialize)]
struct Reference<'r> {
    flag: &'r str,
    file: &'r str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Report<'r> {
    files: usize,
    remarks: Vec<Remark<'r>>,
    references: Vec<Reference<'r>>,
}

/// Places that are listed of an expired flag.
const LISTED: usize = 5;

/// Finds references.
///
/// # Errors
/// The ruleset or the code cannot be read, or a pattern is none.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let input = Input { ruleset: arguments.ruleset.clone(), env: None };
    let source = types::source(&input)?;
    types::refuse_broken(&source)?;
    let (Ok(ruleset), Ok(document)) =
        (Ruleset::load(&source.bytes), decode::document(&source.bytes))
    else {
        return Err(CliError::refused(String::new()));
    };
    let keys: Vec<&str> = ruleset.flags().map(|flag| ruleset.key(flag)).collect();
    let scanner = refs::Scanner::new(&keys, &arguments.patterns).map_err(|bad| {
        let message = format!("{} is no regular expression: {}", quoted(&bad.pattern), bad.why);
        let help = "escape characters such as ( ) [ ] . with a backslash";
        CliError::new(Exit::Usage, &message, help)
    })?;
    let known: BTreeSet<&str> = keys.iter().copied().collect();
    let code = walk(&arguments.code, &scanner, &known)?;
    let now = arguments.now.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());

    let mut uses: BTreeMap<&str, Vec<&Place>> = BTreeMap::new();
    let mut remarks = Vec::new();
    let mut names = suggest::Nearest::new(&keys);
    for place in &code.places {
        match known.get(place.key.as_str()) {
            Some(key) => uses.entry(key).or_default().push(place),
            None => remarks.push(unknown(place, names.to(&place.key))),
        }
    }
    let mentioned: BTreeSet<&str> =
        code.mentions.iter().filter_map(|number| keys.get(*number).copied()).collect();
    let listing = Listing::new(&source);
    let needed = needed(&source, &document);
    for entry in &document.flags {
        let key: &str = &entry.key.text;
        let Some(flag) = &entry.item else { continue };
        let places = uses.get(key).map_or(&[][..], Vec::as_slice);
        let used = !places.is_empty() || mentioned.contains(key);
        let about = About { key, listing: &listing, span: entry.key.span };
        if !used && !needed.contains(key) && !key.is_empty() {
            let help =
                "remove the flag; or, if code names it in another way, tell how with --pattern";
            let message = format!("no code refers to the flag {}", quoted(key));
            remarks.push(about.remark("unused-flag", message, help.into(), String::new()));
        }
        if let Some(expires) = &flag.expires
            && expiry::expired(expires, now) == Some(true)
        {
            let since = cut(expires, 40);
            let message = format!("the flag {} expired on {since}", quoted(key));
            let owner = flag.owner.as_ref().map(|owner| format!("; ask {}", cut(owner, 60)));
            let what = if used {
                "remove it from the code first, then the flag"
            } else {
                "remove the flag"
            };
            let help = format!("{what}{}", owner.unwrap_or_default());
            remarks.push(about.remark("expired-flag", message, help, listed(places)));
        }
    }
    let references = uses.iter().flat_map(|(key, places)| {
        places.iter().map(|Place { file, line, column, .. }| Reference {
            flag: key,
            file,
            line: *line,
            column: *column,
        })
    });
    let report = Report { files: code.files, remarks, references: references.collect() };
    Ok(outcome(arguments, &report, (uses.len(), keys.len())))
}

fn outcome(arguments: &Arguments, report: &Report<'_>, (used, flags): (usize, usize)) -> Outcome {
    let errors = report.remarks.iter().filter(|remark| remark.severity == "error").count();
    let warnings = report.remarks.len().saturating_sub(errors);
    let format = arguments.format;
    let out = match format {
        Format::Json => super::json(report),
        Format::Text => {
            let mut out: String = report.remarks.iter().map(text).collect();
            let style = match (errors, warnings) {
                (0, 0) => GOOD,
                (0, _) => WARNING,
                _ => ERROR,
            };
            let found = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
            out.push_str(&format!(
                "{}: {} in {}; {} to {used} of {}\n",
                cut(&arguments.code, usize::MAX),
                paint(style, &found),
                count(report.files, "file"),
                count(report.references.len(), "reference"),
                count(flags, "flag")
            ));
            out
        }
    };
    let found = errors > 0 || arguments.strict && warnings > 0;
    let exit = if found { Exit::Found } else { Exit::Fine };
    Outcome { out, format, notes: String::new(), exit }
}

fn text(remark: &Remark<'_>) -> String {
    let style = if remark.severity == "error" { ERROR } else { WARNING };
    let word = paint(style, &format!("{}[{}]", remark.severity, remark.code));
    let message = paint(STRONG, &format!(": {}", remark.message));
    format!("{word}{message}\n{}  = {}: {}\n\n", remark.shown, paint(HELP, "help"), remark.help)
}

/// A key that no flag has.
fn unknown<'r>(place: &'r Place, near: Option<&'r str>) -> Remark<'r> {
    Remark {
        severity: "error",
        code: "unknown-flag",
        message: format!("there is no flag {}", quoted(&place.key)),
        help: match near {
            Some(near) => format!("did you mean {}?", quoted(near)),
            None => "correct the key, or add the flag to the ruleset".into(),
        },
        suggestion: near,
        flag: &place.key,
        file: &place.file,
        line: place.line,
        column: place.column,
        shown: place.shown.clone(),
    }
}

/// A flag and where it is declared.
struct About<'r, 'l> {
    key: &'r str,
    listing: &'l Listing<'r>,
    span: serin::diagnostic::Span,
}

impl<'r> About<'r, '_> {
    fn remark(
        &self,
        code: &'static str,
        message: String,
        help: String,
        more: String,
    ) -> Remark<'r> {
        let position = self.listing.position(self.span);
        let mut shown = String::new();
        self.listing.mark(self.span, WARNING, &mut shown);
        shown.push_str(&more);
        Remark {
            severity: "warning",
            code,
            message,
            help,
            suggestion: None,
            flag: self.key,
            file: self.listing.file(self.span),
            line: position.line,
            column: position.column,
            shown,
        }
    }
}

/// Where code asks for a flag, in a line.
fn listed(places: &[&Place]) -> String {
    if places.is_empty() {
        return String::new();
    }
    let shown = places.iter().take(LISTED);
    let shown: Vec<String> = shown
        .map(|Place { file, line, column, .. }| {
            format!("{}:{line}:{column}", cut(file, usize::MAX))
        })
        .collect();
    let rest = match places.len().checked_sub(LISTED) {
        None | Some(0) => String::new(),
        Some(rest) => format!(", and {rest} more"),
    };
    format!("  = code asks for it at {}{rest}\n", shown.join(", "))
}

/// Keys of flags that others depend on, in any environment.
fn needed(source: &Source, document: &Document<'_>) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    prerequisites(document, &mut needed);
    if let Some(folder) = &source.folder {
        for environment in folder.tree.folder.environments.keys() {
            let source = Source::assembled(&folder.tree, Some(environment));
            if let Ok(document) = decode::document(&source.bytes) {
                prerequisites(&document, &mut needed);
            }
        }
    }
    needed
}

fn prerequisites(document: &Document<'_>, needed: &mut BTreeSet<String>) {
    let flags = document.flags.iter().filter_map(|entry| entry.item.as_ref());
    let rules = |condition: &Condition<'_>, needed: &mut BTreeSet<String>| named(condition, needed);
    for flag in flags {
        let conditions = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
        flag.require.iter().chain(conditions).for_each(|condition| rules(condition, needed));
    }
    let segments = document.segments.iter().filter_map(|entry| entry.item.as_ref());
    segments.for_each(|segment| rules(&segment.condition, needed));
}

/// The reader bounds the depth.
fn named(condition: &Condition<'_>, needed: &mut BTreeSet<String>) {
    match &condition.kind {
        ConditionKind::All(list) | ConditionKind::Any(list) => {
            list.iter().for_each(|inner| named(inner, needed));
        }
        ConditionKind::Not(inner) => named(inner, needed),
        ConditionKind::Flag { key, .. } => {
            needed.insert(key.text.to_string());
        }
        _ => {}
    }
}
