//! An impact as Markdown, for a comment on a pull request.

use super::phrases::time;
use super::{Change, Effect, FlagImpact, Impact, Limit, Outcome, Region, Share, Verdict};
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Regions of one flag that are shown; a comment has an end.
const REGIONS: usize = 20;
/// Flags that are shown with their regions.
const FLAGS: usize = 50;
/// Alternatives of one region that are shown.
const ALTERNATIVES: usize = 6;
/// Characters of a name, a value or a context.
const WIDTH: usize = 120;

/// A share as people write it: a percentage with up to three decimals.
pub fn percent(share: &Share) -> String {
    let value = share.float() * 100.0;
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "0" if !share.is_nobody() => "<0.001 %".to_owned(),
        "100" if !share.is_everybody() => ">99.999 %".to_owned(),
        text => format!("{text} %"),
    }
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(WIDTH).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Text that Markdown leaves alone, also inside a table.
pub fn code(text: &str) -> String {
    let text = cut(text).replace(['\n', '\r'], "␤");
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.saturating_add(1));
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}

/// Words of a condition: what could be Markdown is not.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for char in cut(text).chars() {
        match char {
            '\n' | '\r' => out.push('␤'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '@' | '#' | '&' => {
                out.push('\\');
                out.push(char);
            }
            _ => out.push(char),
        }
    }
    out
}

/// What an outcome is called.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Variant(name, _) => name.clone(),
        Outcome::Default => "the caller's default".to_owned(),
        Outcome::KeyMissing => "the caller's default (no key)".to_owned(),
        Outcome::Broken => "the caller's default (broken flag)".to_owned(),
    }
}

/// Both outcomes of a move, with values where the names do not differ.
pub fn move_words(from: &Outcome, to: &Outcome) -> (String, String) {
    match (from, to) {
        (Outcome::Variant(a, x), Outcome::Variant(b, y)) if a == b && x != y => {
            (format!("{a} = {}", cut(x)), format!("{b} = {}", cut(y)))
        }
        _ => (outcome(from), outcome(to)),
    }
}

/// The whole report. Each impact may have an end, where it holds for a span.
pub fn markdown(
    old: &str,
    new: &str,
    killed: &[String],
    impacts: &[(Impact, Option<i64>)],
) -> String {
    let mut out = format!("### What {} changes against {}\n\n", code(new), code(old));
    if !killed.is_empty() {
        let killed: Vec<String> = killed.iter().map(|key| code(key)).collect();
        out.push_str(&format!("Killed in both: {}.\n\n", killed.join(", ")));
    }
    for (impact, until) in impacts {
        match until {
            None => out.push_str(&format!("At {}: ", time(impact.at))),
            Some(until) => {
                out.push_str(&format!("From {} to {}: ", time(impact.at), time(*until)));
            }
        }
        one(&mut out, impact);
    }
    out
}

fn one(out: &mut String, impact: &Impact) {
    let effects = impact.flags.iter().filter(|flag| matches!(flag.change, Change::Effect(_)));
    let count = effects.clone().count();
    let open = effects.clone().filter(|flag| flag.change.is_open()).count();
    out.push_str(&match count.saturating_sub(open) {
        0 if open > 0 => "no decision is known to change.\n\n".to_owned(),
        0 => "**no decision changes.**\n\n".to_owned(),
        1 => "**1 flag decides otherwise.**\n\n".to_owned(),
        sure => format!("**{sure} flags decide otherwise.**\n\n"),
    });
    if open > 0 {
        out.push_str(&format!("**Of {open} more it cannot be told.**\n\n"));
    }
    for flag in effects.clone().take(FLAGS) {
        if let Change::Effect(effect) = &flag.change {
            tell(out, flag, effect);
        }
    }
    if count > FLAGS {
        let more = count.saturating_sub(FLAGS);
        out.push_str(&format!("… and {more} more flags; `serin diff` shows them all.\n\n"));
    }
    for (change, words) in [
        ("added", "Added"),
        ("removed", "Removed"),
        ("noEffect", "Written otherwise, and no decision changes"),
        ("described", "Only names or descriptions changed"),
    ] {
        let keys: Vec<String> = impact
            .flags
            .iter()
            .filter(|flag| flag.change.name() == change)
            .map(|flag| {
                let broken = if flag.new_broken { " (**broken**)" } else { "" };
                format!("{}{broken}", code(&flag.key))
            })
            .collect();
        if !keys.is_empty() {
            out.push_str(&format!("- {words}: {}\n", listed(&keys)));
        }
    }
    out.push_str(&format!("- Untouched: {} flags\n\n", impact.untouched));
}

fn listed(words: &[String]) -> String {
    let more = words.len().saturating_sub(FLAGS);
    let few: Vec<&str> = words.iter().take(FLAGS).map(String::as_str).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", few.join(", "))
}

fn tell(out: &mut String, flag: &FlagImpact, effect: &Effect) {
    out.push_str(&format!("#### {}\n\n", code(&flag.key)));
    if flag.new_broken {
        out.push_str(
            "**The flag is broken in the new version:** everyone gets the caller's default.\n\n",
        );
    }
    if flag.old_broken && !flag.new_broken {
        out.push_str("The flag was broken, and is whole again.\n\n");
    }
    if !effect.regions.is_empty() {
        out.push_str("| Who | Share | From | To |\n|---|---:|---|---|\n");
    }
    for region in effect.regions.iter().take(REGIONS) {
        rows(out, region);
    }
    let more = effect.regions.len().saturating_sub(REGIONS);
    if more > 0 {
        out.push_str(&format!("| … and {more} more groups of contexts | | | |\n"));
    }
    out.push('\n');
    for loss in &effect.losses {
        let name = code(&outcome(&loss.of));
        match &loss.verdict {
            Verdict::Nobody => out.push_str(&format!("- Nobody loses {name}.\n")),
            Verdict::CannotTell => {
                out.push_str(&format!("- Whether anyone loses {name} cannot be told.\n"))
            }
            Verdict::NoWitness { to, .. } => out.push_str(&format!(
                "- Some lose {name} for {}, by the model; no key was found among those tried.\n",
                code(&outcome(to))
            )),
            Verdict::Somebody(witness) => {
                let (context, unreadable) = witness.json();
                let unreadable: Vec<String> = unreadable.iter().map(|path| code(path)).collect();
                let throws = if unreadable.is_empty() {
                    String::new()
                } else {
                    format!(", where {} cannot be read", unreadable.join(", "))
                };
                out.push_str(&format!(
                    "- Loses {name}, gets {}: {}{throws}\n",
                    code(&outcome(&witness.to)),
                    code(&format!("{context}")),
                ));
            }
        }
    }
    for line in limits(effect) {
        out.push_str(&format!("- **{line}**\n"));
    }
    out.push('\n');
    if let Some(audience) = &effect.audience {
        super::audience::rows(out, audience);
    }
}

/// What was not seen, in sentences.
pub fn limits(effect: &Effect) -> Vec<String> {
    let mut lines = Vec::new();
    match effect.limit {
        Some(Limit::Walks) => lines.push(
            "Only a part was seen: the rules divide contexts too often. What is told is exact, and there may be more."
                .to_owned(),
        ),
        Some(Limit::Depth) => lines.push(
            "Only a part was seen: conditions lie too deep inside each other. What is told is exact, and there may be more."
                .to_owned(),
        ),
        None => {}
    }
    if !effect.unproven.is_empty() {
        lines.push(format!(
            "Not all values of {} are known: it is compared in ways whose combinations cannot all be tried. There may be more than told, and some of what is told may not exist.",
            effect.unproven.join(", ")
        ));
    }
    if effect.scattered {
        lines.push(
            "The groups are too many to be gathered: the same contexts may be in several, each with a part of their keys.".to_owned(),
        );
    }
    lines
}

fn rows(out: &mut String, region: &Region) {
    let together =
        |parts: &[String]| parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join(" and ");
    let mut who = together(&region.when);
    let few = region.either.iter().take(ALTERNATIVES);
    for (number, parts) in few.enumerate() {
        let lead = if number > 0 { "or" } else { "either" };
        let space = if who.is_empty() { "" } else { "<br>" };
        who.push_str(&format!("{space}*{lead}* {}", together(parts)));
    }
    let more = region.either.len().saturating_sub(ALTERNATIVES);
    if more > 0 {
        who.push_str(&format!("<br>*or* {more} more"));
    }
    if who.is_empty() {
        who.push_str("everyone");
    }
    for part in region.moves.iter().filter(|part| part.is_change()) {
        let (from, to) = move_words(&part.from, &part.to);
        out.push_str(&format!(
            "| {who} | {} | {} | {} |\n",
            percent(&part.share),
            code(&from),
            code(&to)
        ));
        who = "″".to_owned();
    }
}
