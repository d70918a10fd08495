//! Whether an edit of a share moves more keys than it has to.
//!
//! A share is a part of a hash line: a slice of a rollout, a ramp, a bucket.
//! An edit that moves as few as it can takes points only from variants whose
//! share shrinks, and gives them only to variants whose share grows. Here the
//! old and the new division of each line are laid over each other, at every
//! instant from now on at which one of them changes.

use super::finding::{Code, Finding};
use crate::diagnostic::Span;
use crate::document::{Condition, ConditionKind, Flag, Line, Rule, Serve, encode};
use crate::release::fault::Owner;
use crate::release::impact::{Side, time};
use crate::release::order::Order;
use crate::release::text::quoted;
use std::borrow::ToOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::string::String;
use std::vec::Vec;

/// The whole line in thousandths of a percent.
const WHOLE: u32 = 100_000;
/// Moves that are told of one share.
const TOLD: usize = 3;

/// What edits between two versions move without need.
pub fn against(old: &Side<'_>, new: &Side<'_>, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in &new.document().segments {
        let Some(segment) = &entry.item else { continue };
        let before = old.segment(&entry.key.text);
        let before = before.and_then(|index| old.document().segments.get(index));
        if let Some(before) = before.and_then(|entry| entry.item.as_ref()) {
            let owner = Owner::Segment(entry.key.text.as_ref().to_owned());
            let mut edits = Edits { owner, salts: [None; 2], now, findings: &mut findings };
            edits.conditions(&before.condition, &segment.condition);
        }
    }
    for (index, key) in new.keys().enumerate() {
        let before = old.flag(key).and_then(|index| old.sound_flag(index));
        if let (Some((_, before)), Some((_, after))) = (before, new.sound_flag(index)) {
            let owner = Owner::Flag(key.to_owned());
            let salts = [before.salt.as_deref(), after.salt.as_deref()];
            let mut edits = Edits { owner, salts, now, findings: &mut findings };
            edits.flag(before, after);
        }
    }
    findings.order_by_key(|finding| (finding.span, finding.code as u8));
    findings
}

/// A division of a line: names and widths, in order.
type Slices = Vec<(String, u32)>;

struct Edits<'e> {
    owner: Owner,
    /// Of the flag, before and after.
    salts: [Option<&'e str>; 2],
    now: i64,
    findings: &'e mut Vec<Finding>,
}

impl Edits<'_> {
    fn find(&mut self, code: Code, span: Span, message: String, help: String) {
        let owner = self.owner.clone();
        let (related, fix) = (None, Vec::new());
        let inside = span;
        self.findings.push(Finding { code, span, inside, owner, message, help, related, fix });
    }

    fn flag(&mut self, old: &Flag<'_>, new: &Flag<'_>) {
        if let (Some(before), Some(after)) = (&old.require, &new.require) {
            self.conditions(before, after);
        }
        for (before, after) in paired(&old.rules, &new.rules) {
            if let (Some(a), Some(b)) = (&before.condition, &after.condition) {
                self.conditions(a, b);
            }
            self.serve((old, &before.serve), (new, &after.serve));
        }
        if let (Some(before), Some(after)) = (&old.serve, &new.serve) {
            self.serve((old, before), (new, after));
        }
    }

    /// Buckets of two conditions that differ in nothing else.
    fn conditions(&mut self, old: &Condition<'_>, new: &Condition<'_>) {
        if skeleton(old) != skeleton(new) {
            return;
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        buckets(old, &mut before);
        buckets(new, &mut after);
        for ((old_line, old), (new_line, new)) in before.into_iter().zip(after) {
            let names = |(from, to): (u32, u32)| -> Slices {
                let slices = [
                    ("out", from),
                    ("in", to.saturating_sub(from)),
                    ("out", WHOLE.saturating_sub(to)),
                ];
                slices.map(|(name, width)| (name.to_owned(), width)).into()
            };
            let (old_slices, new_slices) = (names(old), names(new));
            if self.dealt_anew(
                [old_line, new_line],
                [&old_slices, &new_slices],
                "enter or leave the bucket",
            ) {
                continue;
            }
            let moves = moves(&old_slices, &new_slices);
            let [left, entered] = [("in", "out"), ("out", "in")].map(|(from, to)| {
                moves.get(&(from.to_owned(), to.to_owned())).copied().unwrap_or_default()
            });
            if left == 0 || entered == 0 {
                continue;
            }
            let message = format!(
                "this edit takes {} of the keys out of the bucket and lets {} others in",
                percent_of(left),
                percent_of(entered)
            );
            let end = old.0.saturating_add(new.1.saturating_sub(new.0));
            let (from, to) = if end <= WHOLE {
                (old.0, end)
            } else {
                (WHOLE.saturating_sub(new.1.saturating_sub(new.0)), WHOLE)
            };
            let help = format!(
                "move one end alone, so that the bucket only grows or only shrinks: \"from\": {}, \"to\": {}",
                number(from),
                number(to)
            );
            self.find(Code::MovedShare, new_line.span, message, help);
        }
    }

    fn line(&self, line: &Line<'_>, side: usize) -> (String, String) {
        let by = line.by.as_ref().map(|by| by.segments.join("."));
        let salt = line.salt.as_deref().or(self.salts.get(side).copied().flatten());
        (by.unwrap_or_else(|| "targetingKey".to_owned()), salt.unwrap_or_default().to_owned())
    }

    /// Tells of a line that is another one; whether it is.
    fn dealt_anew(&mut self, lines: [&Line<'_>; 2], slices: [&Slices; 2], what: &str) -> bool {
        let [before, after] = lines;
        let (old, new) = (self.line(before, 0), self.line(after, 1));
        if old == new {
            return false;
        }
        let [a, b] = slices.map(totals);
        let stay: u64 = a
            .iter()
            .map(|(name, width)| {
                u64::from(*width).saturating_mul(b.get(name).copied().unwrap_or_default().into())
            })
            .fold(0, u64::saturating_add);
        // Ten thousandths of a percent of the whole, squared.
        let all = u64::from(WHOLE).saturating_mul(u64::from(WHOLE));
        let moved = all.saturating_sub(stay).checked_div(WHOLE.into()).unwrap_or_default();
        if stay == all {
            return true;
        }
        let (kind, was, is) = if old.1 == new.1 {
            ("key", format!("`{}`", old.0), format!("`{}`", new.0))
        } else {
            ("salt", quoted(&old.1), quoted(&new.1))
        };
        let moved = percent_of(u32::try_from(moved).unwrap_or(WHOLE));
        let message = format!(
            "the {kind} of this share was {was} and is {is}, so every key is dealt anew: about {moved} of them {what}"
        );
        let help = format!(
            "keep the {kind}; if everybody is to be dealt anew, say so with `--allow changed-line`"
        );
        self.find(Code::ChangedLine, after.span, message, help);
        true
    }

    fn serve(&mut self, old: (&Flag<'_>, &Serve<'_>), new: (&Flag<'_>, &Serve<'_>)) {
        let (Some(before), Some(after)) = (line_of(old.1), line_of(new.1)) else { return };
        let mut instants: BTreeSet<i64> = [self.now].into();
        for serve in [old.1, new.1] {
            if let Serve::Ramp(ramp) = serve {
                let steps = ramp.steps.iter().map(|step| step.at.millis);
                instants.extend(steps.filter(|at| *at > self.now));
            }
        }
        for at in instants {
            let [a, b] = [old, new].map(|(flag, serve)| slices(flag, serve, at));
            if self.line(before, 0) != self.line(after, 1) {
                let told = self.findings.len();
                self.dealt_anew([before, after], [&a, &b], "change variant");
                if self.findings.len() > told {
                    return;
                }
                continue;
            }
            let (old_totals, new_totals) = (totals(&a), totals(&b));
            let grows = |name: &str| {
                let [was, is] = [&old_totals, &new_totals]
                    .map(|totals| totals.get(name).copied().unwrap_or_default());
                is.cmp(&was)
            };
            let moves = moves(&a, &b);
            let bad =
                moves.iter().filter(|((from, to), _)| grows(from).is_ge() || grows(to).is_le());
            let said: Vec<String> = bad
                .map(|((from, to), width)| {
                    let (who, does) =
                        if grows(from).is_ge() { (from, "shrink") } else { (to, "grow") };
                    format!(
                        "{} of the keys move from {} to {}, though the share of {} does not {does}",
                        percent_of(*width),
                        quoted(from),
                        quoted(to),
                        quoted(who)
                    )
                })
                .collect();
            if said.is_empty() {
                continue;
            }
            let more = said.len().saturating_sub(TOLD);
            let more =
                if more > 0 { format!("; and {more} more such moves") } else { String::new() };
            let when =
                if at > self.now { format!("from {} on, ", time(at)) } else { String::new() };
            let first: Vec<String> = said.into_iter().take(TOLD).collect();
            let message = format!("{when}{}{more}", first.join("; "));
            let help = match new.1 {
                Serve::Rollout(_) => {
                    let shares: Vec<String> = least(&a, &new_totals)
                        .iter()
                        .map(|(name, width)| {
                            format!(
                                "{{ \"variant\": {}, \"percent\": {} }}",
                                quoted(name),
                                number(*width)
                            )
                        })
                        .collect();
                    format!("these shares move only those who have to: [{}]", shares.join(", "))
                }
                _ => {
                    "keep `variant` and `rest` as they were, and change the steps alone".to_owned()
                }
            };
            return self.find(Code::MovedShare, after.span, message, help);
        }
    }
}

/// A percentage as a document writes it.
fn number(thousandths: u32) -> String {
    let text = format!("{:.3}", f64::from(thousandths) / 1_000.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn percent_of(thousandths: u32) -> String {
    format!("{} %", number(thousandths))
}

fn line_of<'s>(serve: &'s Serve<'_>) -> Option<&'s Line<'s>> {
    match serve {
        Serve::Variant(_) => None,
        Serve::Rollout(rollout) => Some(&rollout.line),
        Serve::Ramp(ramp) => Some(&ramp.line),
    }
}

/// How a serve divides its line at an instant.
fn slices(flag: &Flag<'_>, serve: &Serve<'_>, at: i64) -> Slices {
    let name = |variant: u16| {
        let variant = flag.variants.get(usize::from(variant));
        variant.map_or_else(String::new, |variant| variant.name.text.as_ref().to_owned())
    };
    match serve {
        Serve::Variant(variant) => [(name(*variant), WHOLE)].into(),
        Serve::Rollout(rollout) => {
            rollout.shares.iter().map(|share| (name(share.variant), share.thousandths)).collect()
        }
        Serve::Ramp(ramp) => {
            let step = ramp.steps.iter().rfind(|step| step.at.millis <= at);
            let percent = step.map_or(0, |step| step.thousandths);
            [(name(ramp.variant), percent), (name(ramp.rest), WHOLE.saturating_sub(percent))].into()
        }
    }
}

fn totals(slices: &Slices) -> BTreeMap<String, u32> {
    let mut totals: BTreeMap<String, u32> = BTreeMap::new();
    for (name, width) in slices {
        let total = totals.entry(name.clone()).or_default();
        *total = total.saturating_add(*width);
    }
    totals
}

/// How much of the line changes from one name to another.
fn moves(old: &Slices, new: &Slices) -> BTreeMap<(String, String), u32> {
    let mut moves: BTreeMap<(String, String), u32> = BTreeMap::new();
    let (mut old, mut new) = (old.iter().cloned(), new.iter().cloned());
    let (mut a, mut b) = (old.next(), new.next());
    while let (Some((from, left)), Some((to, right))) = (&mut a, &mut b) {
        let both = (*left).min(*right);
        if both > 0 && from != to {
            let sum = moves.entry((from.clone(), to.clone())).or_default();
            *sum = sum.saturating_add(both);
        }
        (*left, *right) = (left.saturating_sub(both), right.saturating_sub(both));
        let (next_old, next_new) = (*left == 0, *right == 0);
        if next_old {
            a = old.next();
        }
        if next_new {
            b = new.next();
        }
    }
    moves
}

/// The old division with these totals, so that only who has to moves: what
/// shrinks gives the end of its last slices to what grows.
fn least(old: &Slices, totals_then: &BTreeMap<String, u32>) -> Slices {
    let now = totals(old);
    let then = |name: &str| totals_then.get(name).copied().unwrap_or_default();
    let mut grow: Vec<(String, u32)> = totals_then
        .iter()
        .map(|(name, width)| {
            (name.clone(), width.saturating_sub(now.get(name).copied().unwrap_or_default()))
        })
        .filter(|(_, more)| *more > 0)
        .collect();
    let mut shrink: BTreeMap<&str, u32> =
        now.iter().map(|(name, width)| (name.as_str(), width.saturating_sub(then(name)))).collect();
    let mut found: Slices = Vec::new();
    // From the end of the line to its start, and then round again.
    for (name, width) in old.iter().rev() {
        let less = shrink.get_mut(name.as_str());
        let mut give = less.as_deref().copied().unwrap_or_default().min(*width);
        if let Some(less) = less {
            *less = less.saturating_sub(give);
        }
        let kept = width.saturating_sub(give);
        while give > 0 {
            let Some((taker, wants)) = grow.last_mut() else { break };
            let part = give.min(*wants);
            found.push((taker.clone(), part));
            (give, *wants) = (give.saturating_sub(part), wants.saturating_sub(part));
            if *wants == 0 {
                grow.pop();
            }
        }
        found.push((name.clone(), kept));
    }
    found.reverse();
    let mut merged: Slices = Vec::new();
    for (name, width) in found.into_iter().filter(|(_, width)| *width > 0) {
        match merged.last_mut() {
            Some((last, sum)) if *last == name => *sum = sum.saturating_add(width),
            _ => merged.push((name, width)),
        }
    }
    merged
}

/// The rules of two versions that are the same rule: by what they ask and
/// their name, by what they ask, with other buckets, and at last by name.
fn paired<'r, 'a, 'b>(
    old: &'r [Rule<'a>],
    new: &'r [Rule<'b>],
) -> Vec<(&'r Rule<'a>, &'r Rule<'b>)> {
    let text = |rule: &Rule<'_>| rule.condition.as_ref().map(encode::condition);
    let bare = |rule: &Rule<'_>| rule.condition.as_ref().map(skeleton);
    let name = |rule: &Rule<'_>| rule.name.as_deref().map(ToOwned::to_owned);
    type Key = Option<(Option<String>, Option<String>)>;
    let keys: [&dyn Fn(&Rule<'_>) -> Key; 5] = [
        &|rule| Some((text(rule), name(rule))),
        &|rule| Some((text(rule), None)),
        &|rule| Some((bare(rule), name(rule))),
        &|rule| Some((bare(rule), None)),
        &|rule| Some((None, Some(name(rule)?))),
    ];
    let mut left: Vec<&Rule<'a>> = old.iter().collect();
    let mut open: Vec<&Rule<'b>> = new.iter().collect();
    let mut pairs = Vec::new();
    for key in keys {
        let mut known: BTreeMap<(Option<String>, Option<String>), Vec<&Rule<'a>>> = BTreeMap::new();
        for rule in left.iter().rev() {
            if let Some(key) = key(rule) {
                known.entry(key).or_default().push(rule);
            }
        }
        let mut rest = Vec::new();
        let mut taken: Vec<*const Rule<'a>> = Vec::new();
        for rule in open {
            match key(rule).and_then(|key| known.get_mut(&key)?.pop()) {
                Some(before) => {
                    taken.push(before);
                    pairs.push((before, rule));
                }
                None => rest.push(rule),
            }
        }
        left.retain(|rule| !taken.contains(&std::ptr::from_ref(*rule)));
        open = rest;
    }
    pairs
}

/// A condition without what its buckets say.
fn skeleton(condition: &Condition<'_>) -> String {
    fn bare(condition: &mut Condition<'_>) {
        match &mut condition.kind {
            ConditionKind::All(parts) | ConditionKind::Any(parts) => {
                parts.iter_mut().for_each(bare)
            }
            ConditionKind::Not(part) => bare(part),
            ConditionKind::Bucket { line, from, to } => {
                (*line, *from, *to) = (Line::default(), 0, 0);
            }
            _ => {}
        }
    }
    let mut condition = condition.clone();
    bare(&mut condition);
    encode::condition(&condition)
}

fn buckets<'c>(condition: &'c Condition<'_>, found: &mut Vec<(&'c Line<'c>, (u32, u32))>) {
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| buckets(part, found));
        }
        ConditionKind::Not(part) => buckets(part, found),
        ConditionKind::Bucket { line, from, to } => found.push((line, (*from, *to))),
        _ => {}
    }
}
