//! What an impact says, as plain data.

use super::{Audience, Limit, Points, Share, Witness};
use crate::decision::{Decision, ErrorCode};
use crate::ruleset::{FlagId, Ruleset};
use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

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
                    && x.audience == y.audience
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
    /// The key that it had in the old version, if that was another.
    pub renamed_from: Option<String>,
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
    /// What of an audience moves, if it is known who that is.
    pub audience: Option<Audience>,
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
