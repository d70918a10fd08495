//! What a change of a ruleset does to decisions, exactly.
//!
//! Both versions of a flag are run side by side, not on a sample of contexts
//! but on all of them at once (`walk`): attributes are divided into classes
//! that no test tells apart (`classes`), hash lines at every cut. What comes
//! out are boxes that cover every context once, with what each version decides
//! there. A share of keys is an integer over a power of 2^32, given inside a
//! region of contexts and never summed over regions; who comes how often, only
//! a file of weights says (`audience`).
//!
//! The model: each pair of a key attribute and a salt is a line of its own,
//! and points on different lines are independent and uniform. Where a rule
//! names a key itself, its points are those that it really has.
//!
//! Whether somebody loses a variant is answered no; yes, with a context that
//! the evaluator really gave these two decisions; or cannot tell, with the
//! limit that was met.

mod audience;
mod candidates;
mod classes;
mod describe;
mod fate;
mod flip;
mod json;
mod lists;
mod markdown;
mod merge;
mod near;
mod numbers;
mod phrases;
mod points;
mod program;
mod ranges;
pub mod reach;
mod regions;
mod same;
mod side;
mod test;
mod texts;
mod told;
mod walk;
mod walked;
mod who;
mod witness;

#[doc(hidden)]
pub mod proof;

pub use audience::{
    Audience, Entry, Fault as WeightsFault, Group, Part, Portion, Told, Weights, audience_part,
    json as weights_json, markdown as weights_markdown, staying as audience_staying,
    why as audience_why,
};
pub use flip::{Changed, Flip, Flips, flip, json as flips_json};
pub use json::{json, outcome as outcome_json};
pub use markdown::{code, limits, markdown, move_words, outcome, percent};
pub use phrases::{network, time};
pub use points::{Points, Share};
pub use side::Side;
pub use told::{
    Change, Effect, FlagImpact, Impact, Inside, Loss, Move, Outcome, Region, Slice, Verdict,
};
pub use walk::Limit;
pub use who::{Who, json as who_json, who};
pub use witness::Witness;

use audience::Survey;
use std::borrow::ToOwned;
use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;
use walked::Walked;

/// Under which circumstances two versions are compared.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'c> {
    /// The instant, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Flags that are killed in both versions.
    pub killed: &'c [String],
    /// How often the walk through one flag may divide the contexts; beyond
    /// it, what was seen is exact and the rest is not told.
    pub walks: usize,
    /// Keys that are tried for one witness.
    pub keys: u64,
    /// A flag that has another key in the new version: the old key and the
    /// new one. The two are compared as one flag.
    pub renamed: Option<(&'c str, &'c str)>,
    /// Who the audience is, if that is known.
    pub weights: Option<&'c Weights>,
}

impl Default for Circumstances<'_> {
    fn default() -> Self {
        Self { at: 0, killed: &[], walks: 200_000, keys: 1_000_000, renamed: None, weights: None }
    }
}

/// Compares two versions. `progress` hears how many flags of how many are
/// done.
pub fn impact(
    old: &Side<'_>,
    new: &Side<'_>,
    circumstances: &Circumstances<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Impact {
    let reached = same::reached(old, new);
    let survey = circumstances.weights.map(|weights| Survey::new(weights, old, new));
    let (mut flags, mut untouched) = (Vec::new(), 0_usize);
    for (index, key) in new.keys().enumerate() {
        progress(index, new.keys().len());
        let was = circumstances.renamed.filter(|(_, new)| *new == key).map(|(old, _)| old);
        let Some(before) = old.flag(was.unwrap_or(key)) else {
            flags.push(whole(key, Change::Added, None, new.sound_flag(index).is_none()));
            continue;
        };
        let (old_broken, new_broken) =
            (old.sound_flag(before).is_none(), new.sound_flag(index).is_none());
        let described = same::text(old, before) != same::text(new, index);
        let change = if reached.contains(key) {
            effect(old, before, new, index, circumstances)
        } else {
            None
        };
        let change = match change {
            Some(mut effect) => {
                let sides = regions::Sides { old, before, new, after: index, everyone: false };
                effect.audience = survey.as_ref().map(|survey| survey.weigh(&sides, circumstances));
                Change::Effect(effect)
            }
            None if reached.contains(key) => Change::NoEffect,
            None if described || was.is_some() => Change::Described,
            None => {
                untouched = untouched.saturating_add(1);
                continue;
            }
        };
        let renamed_from = was.map(ToOwned::to_owned);
        let key = key.to_owned();
        flags.push(FlagImpact { key, renamed_from, change, old_broken, new_broken });
    }
    for (index, key) in old.keys().enumerate() {
        let renamed = circumstances.renamed.is_some_and(|(old, _)| old == key);
        if new.flag(key).is_none() && !renamed {
            let broken = old.sound_flag(index).is_none();
            flags.push(whole(key, Change::Removed, Some(broken), false));
        }
    }
    progress(new.keys().len(), new.keys().len());
    Impact { at: circumstances.at, flags, untouched }
}

fn whole(key: &str, change: Change, old_broken: Option<bool>, new_broken: bool) -> FlagImpact {
    FlagImpact {
        key: key.to_owned(),
        renamed_from: None,
        change,
        old_broken: old_broken.unwrap_or_default(),
        new_broken,
    }
}

/// The flags of both versions that the change can reach, with their places in
/// the old and in the new one.
pub fn reached<'n>(old: &'n Side<'_>, new: &'n Side<'_>) -> Vec<(&'n str, usize, usize)> {
    let reached = same::reached(old, new);
    let keys = new.keys().enumerate().filter(|(_, key)| reached.contains(key));
    keys.filter_map(|(index, key)| Some((key, old.flag(key)?, index))).collect()
}

/// The instants in a span at which a decision of a flag can change by time
/// alone, ascending: ends of time conditions and steps of ramps.
pub fn breakpoints(old: &Side<'_>, new: &Side<'_>, from: i64, to: i64) -> Vec<i64> {
    let mut found = BTreeSet::new();
    for side in [old, new] {
        let mut at = from;
        while let Some(next) = side.ruleset().next_change(at).filter(|next| *next < to) {
            found.insert(next);
            at = next;
        }
    }
    found.into_iter().collect()
}

/// The impact at each instant of a span, from its start to below its end, at
/// which something can change; those that are alike and follow each other are
/// one, with where it ends.
pub fn spans(
    old: &Side<'_>,
    new: &Side<'_>,
    circumstances: &Circumstances<'_>,
    (from, to): (i64, i64),
    progress: &mut dyn FnMut(usize, usize),
) -> Vec<(Impact, Option<i64>)> {
    let mut starts = Vec::from([from]);
    starts.extend(breakpoints(old, new, from, to));
    let mut found: Vec<(Impact, Option<i64>)> = Vec::new();
    for at in starts {
        let next = impact(old, new, &Circumstances { at, ..*circumstances }, progress);
        match found.last_mut() {
            Some((last, _)) if last.is_like(&next) => {}
            last => {
                if let Some((_, until)) = last {
                    *until = Some(at);
                }
                found.push((next, Some(to)));
            }
        }
    }
    found
}

/// Who gets another decision from a flag; none if nobody does.
fn effect(
    old: &Side<'_>,
    before: usize,
    new: &Side<'_>,
    after: usize,
    circumstances: &Circumstances<'_>,
) -> Option<Effect> {
    let walked = Walked::both((old, before), (new, after), circumstances);
    let unproven = walked.unproven();
    let Walked { mut space, cases, sides, limit } = walked;
    let changed = cases.iter().any(|case| sides.is_change(case));
    let (regions, scattered) =
        if changed { regions::gather(&mut space, &sides, &cases) } else { (Vec::new(), false) };
    let whole = limit.is_none() && unproven.is_empty();
    if !changed && whole {
        return None;
    }
    let losses = witness::losses(&space, &sides, &cases, &regions, circumstances, whole);
    if whole && losses.iter().all(|loss| loss.verdict == Verdict::Nobody) {
        return None;
    }
    let regions = regions.into_iter().map(|gathered| gathered.region).collect();
    Some(Effect { regions, losses, limit, unproven, scattered, audience: None })
}
