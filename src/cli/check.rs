//! `serin check`: every remark about a ruleset.

use super::diff;
use super::fix;
use super::folder::Tree;
use super::levels::Levels;
use super::question::instant;
use super::report::{self, ERROR, GOOD, Listing, Remark, WARNING, paint};
use super::source::{Input, Source};
use super::{CliError, Exit, Format, Outcome};
use serin::release::check;
pub use serin::release::check::Counts;
use serin::release::impact::Side;
use serin::release::review;
use std::rc::Rc;

/// Lists every fault of a ruleset, and what is probably not meant
///
/// Warnings are of what is legal: conditions that nobody meets, rules that
/// nobody reaches, and more. A warning that says "never" is proven for all
/// contexts, keys and instants. --allow, --warn and --deny set how much a
/// warning matters, by its code.
///
/// A source folder is checked as it is and in each of its environments, or in
/// the one that --env names; errors in any of them count.
///
/// With --format json: an array of { severity, code, message, help,
/// suggestion, file, line, column, endLine, endColumn, offset, length, flag
/// or segment, environments }, in the order of the file. severity is error or
/// warning. Lines and columns count from 1, columns in characters; offset and
/// length are bytes. environments are those that the remark is about, if not
/// all. An operator that this serin does not know is an error here;
/// evaluation only never takes its test for true.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Also refuse what a browser should not see, or could not evaluate
    #[arg(long = "for", value_name = "CLIENT")]
    audience: Option<Audience>,
    /// The instant at which flags have expired and rules are over, as RFC 3339
    /// with an offset [default: the clock]
    #[arg(long, value_name = "RFC3339", value_parser = instant)]
    now: Option<i64>,
    /// Also refuse edits of shares since this version that move more keys than
    /// they have to: a path, a source folder, an http or https address, or
    /// REVISION:PATH as git has it
    #[arg(long, value_name = "OLD")]
    against: Option<String>,
    /// Mend what has one right answer, if it is proven that no decision
    /// changes, in all environments of a source folder
    #[arg(long)]
    fix: bool,
    /// With --fix: show what would change, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
    /// Exit with 1 for warnings too
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    levels: Levels,
    /// How to write the remarks
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Who may read a ruleset.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Audience {
    /// Everybody: browsers and apps.
    Client,
}

/// Checks a ruleset.
///
/// # Errors
/// It cannot be read.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let input = &arguments.input;
    arguments.levels.refuse_unknown()?;
    let now = arguments.now.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
    let mut mended = String::new();
    if arguments.fix {
        let told = fix::run(input, &arguments.levels, now, arguments.dry_run, arguments.format)?;
        if arguments.dry_run {
            return Ok(told);
        }
        if arguments.format == Format::Text {
            mended = told.out;
        }
    }
    // One environment says nothing of what the others need.
    let mut partly = false;
    let (sources, lists, counts) = match Tree::at(&input.ruleset)? {
        None => {
            let source = Source::without_environment(input)?;
            let (mut remarks, counts) = remarks(&source, arguments.audience, Some(now));
            remarks.extend(moved(arguments, &source, None, now)?);
            (source, vec![(None, remarks)], counts)
        }
        Some(tree) => {
            let mut environments: Vec<Option<String>> = vec![None];
            match &input.env {
                Some(name) => environments = vec![tree.environment(Some(name))?],
                None => environments.extend(tree.folder.environments.keys().cloned().map(Some)),
            }
            let alone = environments.len() == 1;
            partly = alone && tree.folder.environments.len() > 1;
            let tree = Rc::new(tree);
            let mut lists = Vec::new();
            let mut counts = None;
            let whole = Source::assembled(&tree, None);
            for environment in environments {
                let source = Source::assembled(&tree, environment.as_deref());
                // What no environment takes as it is has to be sound, and
                // need not be wise.
                let wise = alone || environment.is_some();
                let wise = wise.then_some(now);
                let (mut remarks, found) = remarks(&source, arguments.audience, wise);
                if wise.is_some() {
                    remarks.extend(moved(arguments, &source, environment.as_deref(), now)?);
                }
                counts = counts.or(found);
                lists.push((environment, remarks));
            }
            (whole, lists, counts)
        }
    };
    let environments = lists.iter().filter(|(name, _)| name.is_some()).count();
    let mut remarks = report::merge(lists);
    remarks.retain(|remark| {
        !WHOLE.contains(&remark.code) || remark.environments.is_empty() && !partly
    });
    arguments.levels.set(&mut remarks);
    let errors = remarks.iter().filter(|remark| remark.error).count();
    let warnings = remarks.len().saturating_sub(errors);
    let listing = Listing::new(&sources);
    let format = arguments.format;
    let out = match format {
        Format::Json => report::json(&listing, &remarks),
        Format::Text => {
            let mut out = mended;
            out.push_str(&report::text(&listing, &remarks));
            let summary = summary(&sources.name, errors, warnings, counts, environments);
            out.push_str(&summary);
            out
        }
    };
    let found = errors > 0 || (arguments.strict && warnings > 0);
    let exit = if found { Exit::Found } else { Exit::Fine };
    Ok(Outcome { out, format, notes: String::new(), exit })
}

/// Codes of what has to be so in every environment to be told at all.
const WHOLE: [&str; 2] = [review::Code::UnusedSegment.name(), review::Code::UnusedVariant.name()];

/// All remarks about a ruleset, and what is in it unless it is refused as a
/// whole. `wise`, an instant, asks for what is legal and probably not meant,
/// too.
pub fn remarks(
    source: &Source,
    audience: Option<Audience>,
    wise: Option<i64>,
) -> (Vec<Remark>, Option<Counts>) {
    let mut remarks = report::files(source);
    let client = audience == Some(Audience::Client);
    let (found, counts) = check::remarks(&source.text(), client, wise);
    remarks.extend(found);
    (remarks, counts)
}

/// What edits since another version move without need.
fn moved(
    arguments: &Arguments,
    source: &Source,
    environment: Option<&str>,
    now: i64,
) -> Result<Vec<Remark>, CliError> {
    let Some(place) = &arguments.against else { return Ok(Vec::new()) };
    let old = diff::source(place, environment)?;
    let old = diff::side(&old)?;
    // What is refused as a whole is told already.
    let Ok(new) = Side::read(&source.bytes) else { return Ok(Vec::new()) };
    Ok(report::findings(&source.text(), &review::against(&old, &new, now)))
}

/// A number and its noun.
pub fn count(number: usize, noun: &str) -> String {
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
    counts: Option<Counts>,
    environments: usize,
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
        Some(Counts { flags, segments, broken }) => {
            let broken = match broken {
                0 => String::new(),
                1 => "; 1 flag is broken".into(),
                _ => format!("; {broken} flags are broken"),
            };
            let places = match environments {
                0 | 1 => String::new(),
                _ => format!(", {environments} environments"),
            };
            let segments = count(segments, "segment");
            format!(" in {} and {segments}{places}{broken}", count(flags, "flag"))
        }
    };
    format!("{name}: {}{rest}\n", paint(style, &found))
}
