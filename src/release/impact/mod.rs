//! What a change of a ruleset does to decisions, exactly.
//!
//! Both versions of a flag are run side by side, not on a sample of contexts
//! but on all of them at once ([`walk`]): attributes are divided into classes
//! that no test tells apart ([`classes`]), hash lines at every cut. What comes
//! out are boxes that cover every context once, with what each version decides
//! there. A share of keys is an integer over a power of 2^32, given inside a
//! region of contexts and never summed over regions.
//!
//! The model: each pair of a key attribute and a salt is a line of its own,
//! and points on different lines are independent and uniform. Where a rule
//! names a key itself, its points are those that it really has.
//!
//! Whether somebody loses a variant is answered no; yes, with a context that
//! the evaluator really gave these two decisions; or cannot tell, with the
//! limit that was met.

mod candidates;
mod classes;
mod describe;
mod fate;
mod json;
mod lists;
mod markdown;
mod phrases;
mod points;
mod program;
mod regions;
mod same;
mod side;
mod test;
mod texts;
mod walk;
mod witness;

#[doc(hidden)]
pub mod proof;

pub use json::{json, outcome as outcome_json};
pub use markdown::{code, limits, markdown, move_words, outcome, percent};
pub use phrases::time;
pub use points::{Points, Share};
pub use side::Side;
pub use walk::Limit;
pub use witness::Witness;

use crate::decision::{Decision, ErrorCode};
use crate::ruleset::{FlagId, Ruleset};
use program::Space;
use std::borrow::ToOwned;
use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;

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
}

impl Default for Circumstances<'_> {
    fn default() -> Self {
        Self { at: 0, killed: &[], walks: 200_000, keys: 2_000_000 }
    }
}

/// What a change does.
#[derive(Clone, PartialEq, Debug)]
pub struct Impact {
    /// The instant that it is told for.
    pub at: i64,
    /// Flags that are added, removed or written otherwise, in the order of
    /// the new version, then those removed. Also those that decide otherwise
    /// because something they depend on changed.
    pub flags: Vec<FlagImpact>,
    /// How many flags stay as they are.
    pub untouched: usize,
}

impl Impact {
    /// Whether another one says the same of another instant. Witnesses are of
    /// their instant, and may differ.
    pub fn is_like(&self, other: &Self) -> bool {
        let like = |a: &FlagImpact, b: &FlagImpact| match (&a.change, &b.change) {
            (Change::Effect(x), Change::Effect(y)) => {
                a.key == b.key
                    && x.regions == y.regions
                    && (x.limit, &x.unproven, x.scattered) == (y.limit, &y.unproven, y.scattered)
            }
            _ => a == b,
        };
        self.untouched == other.untouched
            && self.flags.len() == other.flags.len()
            && self.flags.iter().zip(&other.flags).all(|(a, b)| like(a, b))
    }
}

/// What a change does to one flag.
#[derive(Clone, PartialEq, Debug)]
pub struct FlagImpact {
    /// The flag key.
    pub key: String,
    /// What happens to it.
    pub change: Change,
    /// The flag is broken in the old version.
    pub old_broken: bool,
    /// The flag is broken in the new version.
    pub new_broken: bool,
}

/// What happens to a flag.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// Only names, descriptions and other carried members differ.
    Described,
    /// What decides is written otherwise, and decides the same.
    NoEffect,
    /// Some contexts get another decision; or may, if no region is told.
    Effect(Effect),
}

impl Change {
    /// Whether a limit was met before anybody was found who moves.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Effect(effect) if effect.regions.is_empty())
    }
}

/// Who gets another decision.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// Regions of contexts in which somebody does.
    pub regions: Vec<Region>,
    /// For each outcome of the old version: whether somebody loses it.
    pub losses: Vec<Loss>,
    /// Not everything was seen; what is told is exact.
    pub limit: Option<Limit>,
    /// Attributes of which not all values are known, since they are compared
    /// in ways whose combinations cannot all be tried: there may be more than
    /// told, and some of what is told may not exist.
    pub unproven: Vec<String>,
    /// The regions are single boxes, because they were too many to gather.
    /// Their shares then lack who stays.
    pub scattered: bool,
}

/// Contexts that the rules do not tell apart but by their keys.
#[derive(Clone, PartialEq, Debug)]
pub struct Region {
    /// What holds of them, all at once; none: of every context.
    pub when: Vec<String>,
    /// And of these lists, each all at once, one holds; none: nothing more.
    pub either: Vec<Vec<String>>,
    /// Who moves and who stays, the greatest share first. Shares are of the
    /// keys inside this region and add up to everybody.
    pub moves: Vec<Move>,
    /// Lines that part the contexts of this region: key attribute and salt.
    pub lines: Vec<(String, String)>,
    /// The line on which those who move lie apart from those who stay, if it
    /// is one.
    pub along: Option<(String, String)>,
    /// Parts of other lines in which all who move lie.
    pub inside: Vec<Inside>,
    /// What happens along the line, for keys inside of those parts; in order,
    /// and all of the line.
    pub slices: Vec<Slice>,
}

/// A part of a hash line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inside {
    /// The key attribute.
    pub by: String,
    /// The salt.
    pub salt: String,
    /// The points.
    pub points: Points,
}

/// A stretch of a hash line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slice {
    /// Its first point.
    pub start: u64,
    /// The point behind its last.
    pub end: u64,
    /// The place of its move in [`Region::moves`].
    pub of: usize,
}

/// From one outcome to another, which may be the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Move {
    /// In the old version.
    pub from: Outcome,
    /// In the new version.
    pub to: Outcome,
    /// The share of the keys inside the region.
    pub share: Share,
}

impl Move {
    /// Whether it is one.
    pub fn is_change(&self) -> bool {
        self.from != self.to
    }
}

/// What a flag answers. The reason and the rule are not part of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// A variant's name, and its value as JSON text without insignificant
    /// space.
    Variant(String, String),
    /// The caller's default, without an error.
    Default,
    /// The caller's default, since a key is missing.
    KeyMissing,
    /// The caller's default, since the flag is broken.
    Broken,
}

impl Outcome {
    /// What a decision of a flag says.
    pub fn of(ruleset: &Ruleset, flag: FlagId, decision: Decision) -> Self {
        let Some(variant) = decision.variant() else {
            return match decision.error_code() {
                None => Self::Default,
                Some(ErrorCode::TargetingKeyMissing) => Self::KeyMissing,
                Some(_) => Self::Broken,
            };
        };
        let [name, value] =
            [ruleset.variant_name(flag, variant), ruleset.variant_value(flag, variant)]
                .map(|text| text.unwrap_or_default().to_owned());
        Self::Variant(name, value)
    }

    /// The variant's name.
    pub fn variant(&self) -> Option<&str> {
        if let Self::Variant(name, _) = self { Some(name) } else { None }
    }

    /// The error code, or none.
    pub fn error(&self) -> Option<ErrorCode> {
        match self {
            Self::Variant(..) | Self::Default => None,
            Self::KeyMissing => Some(ErrorCode::TargetingKeyMissing),
            Self::Broken => Some(ErrorCode::ParseError),
        }
    }
}

/// Whether somebody who had an outcome gets another.
#[derive(Clone, PartialEq, Debug)]
pub struct Loss {
    /// What the old version gave.
    pub of: Outcome,
    /// The answer.
    pub verdict: Verdict,
}

/// An answer that is never a guess.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// Nobody: all contexts were seen.
    Nobody,
    /// Somebody: this one, whom both versions were asked about.
    Somebody(Witness),
    /// There are such contexts by the model, and none of the keys tried was
    /// one of them.
    NoWitness {
        /// What they would get.
        to: Outcome,
        /// Where.
        when: Vec<String>,
        /// And of these one.
        either: Vec<Vec<String>>,
    },
    /// A limit was met, and nobody was found below it.
    CannotTell,
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
    let (mut flags, mut untouched) = (Vec::new(), 0_usize);
    for (index, key) in new.keys().enumerate() {
        progress(index, new.keys().len());
        let Some(before) = old.flag(key) else {
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
            Some(effect) => Change::Effect(effect),
            None if !described => {
                untouched = untouched.saturating_add(1);
                continue;
            }
            None if reached.contains(key) => Change::NoEffect,
            None => Change::Described,
        };
        flags.push(FlagImpact { key: key.to_owned(), change, old_broken, new_broken });
    }
    for (index, key) in old.keys().enumerate() {
        if new.flag(key).is_none() {
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

/// Who gets another decision from a flag; none if nobody does.
fn effect(
    old: &Side<'_>,
    before: usize,
    new: &Side<'_>,
    after: usize,
    circumstances: &Circumstances<'_>,
) -> Option<Effect> {
    let mut space = Space::default();
    let programs = [(old, before), (new, after)]
        .map(|(side, index)| program::lower(&mut space, side, index, circumstances));
    space.divide();
    let mut walk = walk::Walk::new(&mut space, circumstances.walks);
    let cases = walk.run(&programs[0], &programs[1]);
    let limit = walk.limit;
    let sides = regions::Sides { old, before, new, after };
    let changed = cases.iter().any(|case| sides.is_change(case));
    let (regions, scattered) =
        if changed { regions::gather(&mut space, &sides, &cases) } else { (Vec::new(), false) };
    let unproven: Vec<String> =
        space.domains.iter().filter(|domain| domain.unproven).map(classes::Domain::name).collect();
    let whole = limit.is_none() && unproven.is_empty();
    if !changed && whole {
        return None;
    }
    let losses = witness::losses(&space, &sides, &cases, &regions, circumstances, whole);
    if whole && losses.iter().all(|loss| loss.verdict == Verdict::Nobody) {
        return None;
    }
    let regions = regions.into_iter().map(|gathered| gathered.region).collect();
    Some(Effect { regions, losses, limit, unproven, scattered })
}
