//! An impact as text: groups of contexts, with bars on the hash line.

use super::when;
use crate::cli::eval::label;
use crate::cli::report::{ERROR, FAINT, GOOD, HELP, STRONG, WARNING, cut, paint};
use anstyle::Style;
use serin::bucket::LINE;
use serin::release::impact::{
    self, Change, Effect, FlagImpact, Impact, Outcome, Region, Verdict, percent,
};

/// Cells of a bar.
const CELLS: usize = 50;
/// What stands for the outcomes on a bar, in the order of the legend.
const MARKS: [char; 6] = ['█', '░', '▒', '▓', '▚', '▞'];
/// Regions of one flag that are shown.
const REGIONS: usize = 40;
/// Alternatives of one region that are shown.
const ALTERNATIVES: usize = 12;

/// The whole report.
pub fn report(
    (old, new): (&str, &str),
    killed: &[String],
    impacts: &[(Impact, Option<i64>)],
) -> String {
    let mut out = String::new();
    for (impact, until) in impacts {
        let names = format!("{} -> {}", cut(old, 200), cut(new, 200));
        out.push_str(&format!("{} {}\n", paint(STRONG, &names), when(impact, *until)));
        if !killed.is_empty() {
            let killed: Vec<String> = killed.iter().map(|key| label(key)).collect();
            out.push_str(&format!("killed in both: {}\n", killed.join(", ")));
        }
        out.push('\n');
        flags(&mut out, impact);
        out.push('\n');
    }
    // The blank line is between reports.
    out.pop();
    out
}

/// One impact beside what caused it.
pub fn brief(environment: Option<&str>, impact: &Impact) -> String {
    let place = environment.map(|name| format!(" in {}", cut(name, 200))).unwrap_or_default();
    let title = paint(STRONG, &format!("impact{place}"));
    let mut out = format!("{title} {}\n\n", when(impact, None));
    flags(&mut out, impact);
    out
}

fn flags(out: &mut String, impact: &Impact) {
    for flag in &impact.flags {
        if let Change::Effect(effect) = &flag.change {
            tell(out, flag, effect);
        }
    }
    for flag in &impact.flags {
        whole(out, flag);
    }
    out.push_str(&summary(impact));
}

fn summary(impact: &Impact) -> String {
    let count = |name: &str| impact.flags.iter().filter(|f| f.change.name() == name).count();
    let counted = |count: usize, verb: [&str; 2]| match count {
        1 => format!("1 flag {}", verb[0]),
        _ => format!("{count} flags {}", verb[1]),
    };
    let open = impact.flags.iter().filter(|flag| flag.change.is_open()).count();
    let effects = count("effect").saturating_sub(open);
    let style = if effects == 0 { GOOD } else { WARNING };
    let mut parts = vec![match effects {
        0 if open > 0 => "no decision is known to change".to_owned(),
        0 => paint(style, "no decision changes"),
        _ => paint(style, &counted(effects, ["decides otherwise", "decide otherwise"])),
    }];
    if open > 0 {
        parts.push(paint(WARNING, &counted(open, ["may decide otherwise"; 2])));
    }
    for (name, words) in [("added", "added"), ("removed", "removed")] {
        if count(name) > 0 {
            parts.push(format!("{} {words}", count(name)));
        }
    }
    let same = count("noEffect").saturating_add(count("described"));
    if same > 0 {
        parts.push(format!("{same} written otherwise without effect"));
    }
    parts.push(format!("{} untouched", impact.untouched));
    format!("{}\n", parts.join(", "))
}

/// A flag of which there is one thing to say.
fn whole(out: &mut String, flag: &FlagImpact) {
    let (mark, style, words) = match &flag.change {
        Change::Added => ("+", GOOD, "added"),
        Change::Removed => ("-", ERROR, "removed"),
        Change::Described => ("~", FAINT, "only names or descriptions change"),
        Change::NoEffect => ("~", FAINT, "written otherwise, and no decision changes"),
        Change::Effect(_) => return,
    };
    if let (Some(old), false) = (&flag.renamed_from, flag.new_broken) {
        let words = format!("renamed from {}, and nobody moves", label(old));
        return out.push_str(&format!("{} {}: {words}\n\n", paint(FAINT, "~"), label(&flag.key)));
    }
    let broken = if flag.new_broken { ", and broken: `serin check` says why" } else { "" };
    out.push_str(&format!("{} {}: {words}{broken}\n\n", paint(style, mark), label(&flag.key)));
}

/// What an outcome is called.
fn name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Variant(name, _) => label(name),
        other => impact::outcome(other),
    }
}

fn tell(out: &mut String, flag: &FlagImpact, effect: &Effect) {
    out.push_str(&format!("{} {}\n", paint(WARNING, "*"), paint(STRONG, &label(&flag.key))));
    if flag.new_broken {
        let words = "broken in the new version; `serin check` says why";
        out.push_str(&format!("  {}\n", paint(ERROR, words)));
    } else if flag.old_broken {
        out.push_str("  was broken, and is whole again\n");
    }
    for region in effect.regions.iter().take(REGIONS) {
        show(out, region);
    }
    let more = effect.regions.len().saturating_sub(REGIONS);
    if more > 0 {
        out.push_str(&format!("  … and {more} more groups; --format json has them all\n"));
    }
    out.push('\n');
    for loss in &effect.losses {
        let of = name(&loss.of);
        match &loss.verdict {
            Verdict::Nobody => out.push_str(&format!("  nobody loses {of}\n")),
            Verdict::CannotTell => {
                out.push_str(&format!("  whether anyone loses {of} cannot be told\n"));
            }
            Verdict::NoWitness { to, .. } => out.push_str(&format!(
                "  some lose {of} for {} by the model; none of the keys tried was one\n",
                name(to)
            )),
            Verdict::Somebody(witness) => {
                let (context, unreadable) = witness.json();
                let context = context.to_string();
                // To be pasted into `--context`, unless a terminal could not
                // show it.
                let context = cut(&context, 400);
                let throws = match unreadable.as_slice() {
                    [] => String::new(),
                    paths => format!(", where {} cannot be read", paths.join(", ")),
                };
                out.push_str(&format!(
                    "  loses {of}, gets {}: {context}{throws}\n",
                    name(&witness.to)
                ));
            }
        }
    }
    for line in impact::limits(effect) {
        out.push_str(&format!("  {}: {line}\n", paint(WARNING, "limit")));
    }
    out.push('\n');
    if let Some(audience) = &effect.audience {
        super::audience::text(out, audience);
    }
}

fn show(out: &mut String, region: &Region) {
    let shown = |parts: &[String]| {
        let parts: Vec<String> = parts.iter().map(|part| cut(part, 200)).collect();
        paint(HELP, &parts.join(" and "))
    };
    out.push('\n');
    if region.when.is_empty() && region.either.is_empty() {
        out.push_str(&format!("  {}\n", paint(HELP, "everyone")));
    }
    if !region.when.is_empty() {
        out.push_str(&format!("  {}\n", shown(&region.when)));
    }
    let lead = if region.when.is_empty() { "either" } else { "and either" };
    for (number, parts) in region.either.iter().take(ALTERNATIVES).enumerate() {
        let lead = if number > 0 { "or" } else { lead };
        out.push_str(&format!("  {lead} {}\n", shown(parts)));
    }
    let more = region.either.len().saturating_sub(ALTERNATIVES);
    if more > 0 {
        out.push_str(&format!("  or {more} more; --format json has them all\n"));
    }
    bars(out, region);
    for part in &region.moves {
        let share = format!("{:>9}", percent(&part.share));
        let line = if part.is_change() {
            let (from, to) = impact::move_words(&part.from, &part.to);
            let plain = |text: String, of: &Outcome| {
                if text == impact::outcome(of) { name(of) } else { cut(&text, 80) }
            };
            let (from, to) = (plain(from, &part.from), plain(to, &part.to));
            paint(STRONG, &format!("{share}  {from} -> {to}"))
        } else {
            paint(FAINT, &format!("{share}  {} stays", name(&part.from)))
        };
        out.push_str(&format!("  {line}\n"));
    }
}

/// Old and new above each other, cell by cell of the line.
fn bars(out: &mut String, region: &Region) {
    let Some((by, salt)) = &region.along else {
        if !region.lines.is_empty() {
            let lines: Vec<String> = region
                .lines
                .iter()
                .map(|(by, salt)| format!("{by} with {}", label(salt)))
                .collect();
            let words = format!("    keys are parted by {}", lines.join(" and by "));
            out.push_str(&format!("{}\n", paint(FAINT, &words)));
        }
        return;
    };
    let mut legend: Vec<&Outcome> = Vec::new();
    let sides: [fn(&impact::Move) -> &Outcome; 2] = [|part| &part.from, |part| &part.to];
    let mut drawn = Vec::new();
    for side in sides {
        let mut bar = String::new();
        for cell in 0..CELLS {
            let Some(outcome) = at(region, cell).map(side) else { continue };
            let place = legend.iter().position(|known| *known == outcome).unwrap_or_else(|| {
                legend.push(outcome);
                legend.len().saturating_sub(1)
            });
            bar.push(MARKS.get(place).copied().unwrap_or('?'));
        }
        drawn.push(bar);
    }
    let style = Style::new();
    for (word, bar) in ["old", "new"].iter().zip(&drawn) {
        out.push_str(&format!("    {word} |{}|\n", paint(style, bar)));
    }
    let legend: Vec<String> = legend
        .iter()
        .zip(MARKS.iter().chain(std::iter::repeat(&'?')))
        .map(|(outcome, mark)| format!("{mark} {}", name(outcome)))
        .collect();
    for part in &region.inside {
        let percent = |point: u64| {
            let value = point as f64 / LINE as f64 * 100.0;
            format!("{}", (value * 1000.0).round() / 1000.0)
        };
        let ranges: Vec<String> = part
            .points
            .intervals()
            .iter()
            .map(|(start, end)| format!("{} to {} %", percent(*start), percent(*end)))
            .collect();
        let by = if part.by == "targetingKey" {
            String::new()
        } else {
            format!(" of {}", label(&part.by))
        };
        let words = format!(
            "of the keys at {} on the line{by} with salt {}",
            ranges.join(", "),
            label(&part.salt)
        );
        out.push_str(&format!("        {}\n", paint(FAINT, &words)));
    }
    let line = if by == "targetingKey" { String::new() } else { format!(" of {}", label(by)) };
    let words = format!("line{line} with salt {}: {}", label(salt), legend.join("  "));
    out.push_str(&format!("        {}\n", paint(FAINT, &words)));
}

/// The move that has most of a cell.
fn at(region: &Region, cell: usize) -> Option<&impact::Move> {
    let edge = |cell: usize| {
        let cell = u64::try_from(cell).unwrap_or(u64::MAX);
        let cells = u64::try_from(CELLS).unwrap_or(1);
        LINE.saturating_mul(cell).checked_div(cells).unwrap_or(0)
    };
    let (start, end) = (edge(cell), edge(cell.saturating_add(1)));
    let inside = |from: u64, to: u64| to.min(end).saturating_sub(from.max(start));
    let slice = region.slices.iter().max_by_key(|slice| inside(slice.start, slice.end))?;
    region.moves.get(slice.of)
}
