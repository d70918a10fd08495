//! An audience as Markdown, for a comment on a pull request.

use super::{Audience, Group, Portion, Told, Weights};
use crate::release::impact::markdown::{code, move_words, percent};
use crate::release::impact::{Limit, Share};
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Entries that are shown of one flag.
const ENTRIES: usize = 20;

/// Why an entry is not told, without the words "not told".
pub fn why(told: &Told, name: &dyn Fn(&str) -> String) -> Option<String> {
    match told {
        Told::Moves(_) => None,
        Told::Open(paths) => {
            let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
            Some(format!("it depends on {} itself", names.join(" and ")))
        }
        Told::Limit(Limit::Walks) => Some("the rules divide its keys too often".to_owned()),
        Told::Limit(Limit::Depth) => Some("conditions lie too deep inside each other".to_owned()),
    }
}

/// The portion of an audience that an entry is.
pub fn part(group: &Group) -> String {
    Portion::of(group.thousandths, &Share::everybody()).percent()
}

/// Who stays, whatever they have.
pub fn staying(audience: &Audience) -> Portion {
    let stay = audience.moves.iter().filter(|part| !part.is_change());
    stay.fold(Portion::nobody(), |sum, part| sum.plus(&part.portion))
}

/// What happens to the audience of a flag.
pub fn audience(out: &mut String, audience: &Audience) {
    let mut parts = Vec::new();
    for part in audience.moves.iter().filter(|part| part.is_change()) {
        let (from, to) = move_words(&part.from, &part.to);
        parts.push(format!("{} from {} to {}", part.portion.percent(), code(&from), code(&to)));
    }
    for (portion, words) in [
        (&staying(audience), "stay"),
        (&audience.untold, "cannot be told"),
        (&audience.undescribed, "are not described"),
    ] {
        if !portion.is_nobody() {
            parts.push(format!("{} {words}", portion.percent()));
        }
    }
    out.push_str(&format!("**Of the audience:** {}.\n\n", parts.join(", ")));
    out.push_str("| Part | Of the audience | Share | From | To |\n|---|---:|---:|---|---|\n");
    for group in audience.entries.iter().take(ENTRIES) {
        rows(out, group);
    }
    let more = audience.entries.len().saturating_sub(ENTRIES);
    if more > 0 {
        out.push_str(&format!("| … and {more} more parts | | | | |\n"));
    }
    out.push('\n');
}

fn rows(out: &mut String, group: &Group) {
    let head = format!("| {} | {} |", code(&group.name), part(group));
    let Told::Moves(moves) = &group.told else {
        let why = why(&group.told, &code).unwrap_or_default();
        return out.push_str(&format!("{head} not told: {why} | | |\n"));
    };
    let mut changes = moves.iter().filter(|part| part.is_change()).peekable();
    if changes.peek().is_none() {
        out.push_str(&format!("{head} nobody moves | | |\n"));
    }
    for part in changes {
        let (from, to) = move_words(&part.from, &part.to);
        let share = percent(&part.share);
        out.push_str(&format!("{head} {share} | {} | {} |\n", code(&from), code(&to)));
    }
}

/// Which file the weights are from, and how much of the audience it describes.
pub fn markdown(file: &str, weights: &Weights) -> String {
    let (count, rest) = (weights.entries.len(), weights.rest());
    let parts = if count == 1 { "1 part".to_owned() } else { format!("{count} parts") };
    let left = match rest {
        0 => String::new(),
        rest => {
            let rest = Portion::of(rest, &Share::everybody()).percent();
            format!("; {rest} of it is not described")
        }
    };
    format!("The audience is that of {}, {parts}{left}.\n\n", code(file))
}
