//! An audience: the file that says who it is, and what happens to it.

use crate::cli::eval::label;
use crate::cli::report::{ERROR, FAINT, HELP, Listing, STRONG, cut, paint, quoted};
use crate::cli::source::Source;
use crate::cli::{CliError, note};
use serin::release::impact::{
    self, Audience, Group, Outcome, Portion, Told, Weights, audience_part, audience_staying,
    audience_why,
};

/// Entries that are shown of one flag.
const ENTRIES: usize = 40;

/// Reads the file; `notes` gets what is legal and probably not meant.
///
/// # Errors
/// It cannot be read or does not fit.
pub fn read(file: &str, notes: &mut String) -> Result<(String, Weights), CliError> {
    let source = Source::read(file)?;
    let weights = Weights::read(&source.bytes).map_err(|fault| {
        let mut text = String::new();
        note(&mut text, true, &fault.message, "");
        let (start, end) = (fault.span.start as usize, fault.span.end as usize);
        Listing::new(&source).snippet(start, end, ERROR, &mut text);
        text.push_str(&format!("  = {}: {}\n", paint(HELP, "help"), fault.help));
        CliError::refused(text)
    })?;
    for entry in weights.entries.iter().filter(|entry| entry.is_one_key()) {
        let message =
            format!("the part {} has a targetingKey, so it is one key", quoted(&entry.label()));
        note(notes, false, &message, "leave it out if each in this part has one of their own");
    }
    Ok((source.name, weights))
}

/// What happens to the audience of a flag.
pub fn text(out: &mut String, audience: &Audience) {
    out.push_str(&format!("  {}\n", paint(HELP, "of the audience")));
    for part in audience.moves.iter().filter(|part| part.is_change()) {
        let line = format!("{:>9}  {}", part.portion.percent(), arrow(&part.from, &part.to));
        out.push_str(&format!("  {}\n", paint(STRONG, &line)));
    }
    for (portion, words) in [
        (&audience_staying(audience), "stay"),
        (&audience.untold, "cannot be told"),
        (&audience.undescribed, "are not described"),
    ] {
        if !portion.is_nobody() {
            let line = format!("{:>9}  {words}", portion.percent());
            out.push_str(&format!("  {}\n", paint(FAINT, &line)));
        }
    }
    out.push('\n');
    for group in audience.entries.iter().take(ENTRIES) {
        out.push_str(&format!("  {}\n", one(group)));
    }
    let more = audience.entries.len().saturating_sub(ENTRIES);
    if more > 0 {
        out.push_str(&format!("  … and {more} more parts; --format json has them all\n"));
    }
    out.push('\n');
}

fn arrow(from: &Outcome, to: &Outcome) -> String {
    let (from, to) = impact::move_words(from, to);
    format!("{} -> {}", cut(&from, 80), cut(&to, 80))
}

fn one(group: &Group) -> String {
    let head = format!("{:>9}  {}", audience_part(group), cut(&group.name, 80));
    let words = match &group.told {
        Told::Moves(moves) => {
            let changes = moves.iter().filter(|part| part.is_change());
            let changes: Vec<String> = changes
                .map(|part| {
                    format!("{} {}", impact::percent(&part.share), arrow(&part.from, &part.to))
                })
                .collect();
            if changes.is_empty() { "nobody moves".to_owned() } else { changes.join(", ") }
        }
        untold => {
            let why = audience_why(untold, &|path| label(path)).unwrap_or_default();
            format!("not told, since {why}")
        }
    };
    format!("{head}: {words}")
}

/// Which file the weights are from, and how much of the audience it describes.
pub fn head(file: &str, weights: &Weights) -> String {
    let rest = Portion::of(weights.rest(), &impact::Share::everybody());
    let left = if rest.is_nobody() {
        String::new()
    } else {
        format!("; {} of it is not described", rest.percent())
    };
    format!("the audience is that of {}{left}\n", cut(file, 200))
}
