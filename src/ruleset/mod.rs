//! The compiled form of a document: opaque, immutable but for the killed set
//! and the overrides, and all that evaluation reads.

mod compile;
mod graph;
#[cfg(all(feature = "std", not(target_family = "wasm")))]
mod index;
mod load;
mod lower;
pub(crate) mod program;
mod share;

use crate::decision::{Decision, NO_RULE, NO_VARIANT, Reason};
use crate::diagnostic::{Diagnostic, Subject};
use crate::document::Kind;
use crate::pool::{Pool, below};
use alloc::vec::Vec;
pub use load::Loader;
use program::Test;

/// A flag of a [`Ruleset`], by its place in the document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FlagId(pub(crate) u32);

impl FlagId {
    /// The flag's place in the document, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The flag at this place; of no flag, evaluation says FLAG_NOT_FOUND.
    pub const fn at(index: u32) -> Self {
        Self(index)
    }
}

/// Says "none" where a number of a text or a segment stands.
pub(crate) const NONE: u32 = u32::MAX;

/// A flag, compiled.
#[derive(Clone, Copy)]
pub(crate) struct Flag {
    /// None: broken, answers PARSE_ERROR.
    pub kind: Option<Kind>,
    pub enabled: bool,
    pub killed: bool,
    /// The variant that an override serves, or [`NO_VARIANT`].
    pub forced: u16,
    /// Its variant and [`Reason::Disabled`].
    pub off: Decision,
    pub entry: i16,
    pub rules: u16,
    pub variants: u16,
    /// How many of its numbers are paths that it asks for itself.
    pub asks: u16,
    pub needs_len: u16,
    /// Its first test; other flags may have the same ones.
    pub tests: u32,
    /// The place of that one.
    pub places: u32,
    /// Where its outcomes stand among the constants; see [`program::end`].
    pub outcomes: u32,
    /// Nodes it depends on, each before those that depend on it.
    pub needs: u32,
    /// Where its numbers stand among the constants; see [`Flag::numbers`].
    pub names: u32,
}

/// A compiled ruleset.
///
/// ```
/// use serin::{evaluate, Context, Ruleset};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let text = br#"{ "format": 1, "flags": {
///     "banner": { "variants": { "on": true, "off": false }, "serve": "on" } } }"#;
/// let ruleset = Ruleset::load(text).map_err(|fault| fault.code.name())?;
/// let flag = ruleset.flag("banner").ok_or("no such flag")?;
/// let mut context = Context::bind(&ruleset, &(), 0);
/// let decision = evaluate(&ruleset, flag, &mut context);
/// assert_eq!(decision.variant().and_then(|v| ruleset.variant_name(flag, v)), Some("on"));
/// # Ok(())
/// # }
/// ```
pub struct Ruleset {
    /// Tells the contexts of one ruleset from those of another.
    pub(crate) id: usize,
    /// Changes with the killed set and the overrides.
    pub(crate) epoch: u32,
    pub(crate) flags: Vec<Flag>,
    /// Compiled as flags without variants, whose outcomes are false and true.
    pub(crate) segments: Vec<Flag>,
    pub(crate) tests: Vec<Test>,
    /// Where in the document each test begins, of each flag and segment: more
    /// than there are tests if some are shared.
    pub(crate) places: Vec<u32>,
    /// Of each path, its views and [`program::path_needs`].
    pub(crate) paths: Vec<u32>,
    /// Outcomes, what they and tests name, and numbers of flags; see
    /// [`program`].
    pub(crate) constants: Vec<u64>,
    pub(crate) needs: Vec<u32>,
    /// Strings that contexts are compared with.
    pub(crate) atoms: Pool,
    /// All other strings.
    pub(crate) texts: Pool,
    pub(crate) path_names: Pool,
    pub(crate) flag_keys: Pool,
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    index: Option<index::Index>,
    pub(crate) segment_keys: Pool,
    /// Instants at which something can change, [`ascending`].
    pub(crate) instants: Vec<u64>,
    diagnostics: Vec<Diagnostic>,
    revision: Option<u64>,
}

/// A signed number as an unsigned one of the same order, and back.
fn ascending(instant: i64) -> u64 {
    instant as u64 ^ 1 << 63
}

fn utf8(bytes: &[u8]) -> &str {
    // A key that is no Unicode is kept as written, after a byte 0xff.
    let text = if let [0xff, raw @ ..] = bytes { raw } else { bytes };
    core::str::from_utf8(text).unwrap_or_default()
}

impl Ruleset {
    /// Loads a document.
    ///
    /// # Errors
    /// The diagnostic that refuses the whole document. Faults inside flags
    /// are no error: those flags answer PARSE_ERROR, and
    /// [`Ruleset::diagnostics`] lists them.
    pub fn load(bytes: &[u8]) -> Result<Self, Diagnostic> {
        load::whole(bytes)
    }

    /// Every remark about the document, in the order found.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The publisher's number of this version, if given.
    pub fn revision(&self) -> Option<u64> {
        self.revision
    }

    /// The flag of this key.
    pub fn flag(&self, key: &str) -> Option<FlagId> {
        #[cfg(all(feature = "std", not(target_family = "wasm")))]
        if let Some(index) = &self.index {
            return index.find(&self.flag_keys, key.as_bytes()).map(FlagId);
        }
        self.flag_keys.find(key.as_bytes()).map(FlagId)
    }

    /// All flags, broken ones too, in the order of the document.
    pub fn flags(&self) -> impl Iterator<Item = FlagId> + use<> {
        (0..self.flags.len() as u32).map(FlagId)
    }

    /// The key of a flag.
    pub fn key(&self, flag: FlagId) -> &str {
        utf8(self.flag_keys.get(flag.0))
    }

    /// The name of a segment, by its place in the document.
    pub fn segment_key(&self, index: u32) -> &str {
        utf8(self.segment_keys.get(index))
    }

    /// The type of a flag's values; none if the flag is broken or none.
    pub fn kind(&self, flag: FlagId) -> Option<Kind> {
        self.flags.get(flag.index())?.kind
    }

    fn name(&self, flag: FlagId, offset: usize, value_of: bool, within: bool) -> Option<&str> {
        let record = self.flags.get(flag.index()).filter(|_| within)?;
        let [number, value] = record.numbers(self, offset);
        let number = if value_of { value } else { number };
        (number != NONE).then(|| utf8(self.texts.get(number)))
    }

    fn variants(&self, flag: FlagId) -> usize {
        self.flags.get(flag.index()).map_or(0, |record| record.variants.into())
    }

    /// The name of a variant, by its index.
    pub fn variant_name(&self, flag: FlagId, variant: u16) -> Option<&str> {
        let index = usize::from(variant);
        self.name(flag, index, false, index < self.variants(flag))
    }

    /// The value of a variant as JSON text without insignificant space.
    pub fn variant_value(&self, flag: FlagId, variant: u16) -> Option<&str> {
        let index = usize::from(variant);
        self.name(flag, index, true, index < self.variants(flag))
    }

    /// The name of a rule, by its index; none if it has none.
    pub fn rule_name(&self, flag: FlagId, rule: u16) -> Option<&str> {
        let rules = self.flags.get(flag.index())?.rules;
        let offset = self.variants(flag).wrapping_add(rule.into());
        self.name(flag, offset, false, rule < rules)
    }

    /// The `metadata` object as JSON text without insignificant space.
    pub fn metadata(&self, flag: FlagId) -> Option<&str> {
        let record = self.flags.get(flag.index())?;
        self.name(flag, record.named(), false, true)
    }

    /// Replaces the killed set: these flags serve `off`, all others are
    /// revived. Keys of no flag are ignored here; hosts remember them.
    pub fn kill<K: AsRef<str>>(&mut self, keys: &[K]) {
        self.revive();
        for key in keys {
            if let Some(flag) = self.flag(key.as_ref()) {
                self.kill_flag(flag);
            }
        }
    }

    /// Overrides a flag: it serves this variant to everyone, for
    /// [`Reason::Override`], also where it is killed or not enabled, and flags
    /// that depend on it see that. None takes the override back. Where there is
    /// no such flag or variant, or the flag is broken, nothing changes.
    pub fn force(&mut self, flag: FlagId, variant: Option<u16>) {
        self.epoch = self.epoch.wrapping_add(1);
        if let Some(record) = self.flags.get_mut(flag.index()) {
            record.forced = variant.filter(|index| *index < record.variants).unwrap_or(NO_VARIANT);
        }
    }

    /// Empties the killed set.
    pub(crate) fn revive(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        for flag in &mut self.flags {
            flag.killed = false;
        }
    }

    /// Adds a flag to the killed set.
    pub(crate) fn kill_flag(&mut self, flag: FlagId) {
        if let Some(flag) = self.flags.get_mut(flag.index()) {
            flag.killed = true;
        }
    }

    /// A flag or segment is broken.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn give_up(&mut self, subject: Subject) {
        let record = match subject {
            Subject::Document => None,
            Subject::Flag(index) => self.flags.get_mut(index as usize),
            Subject::Segment(index) => self.segments.get_mut(index as usize),
        };
        if let Some(record) = record {
            record.kind = None;
        }
    }

    /// How many flags and segments there are.
    pub(crate) fn nodes(&self) -> u32 {
        (self.flags.len() as u32).wrapping_add(self.segments.len() as u32)
    }

    /// The words of a list of constants after its head, and the head's tag.
    pub(crate) fn list(&self, head: u32) -> (u32, &[u64]) {
        let Some([head, rest @ ..]) = self.constants.get(head as usize..) else {
            return (0, &[]);
        };
        let (tag, len) = program::list_parts(*head);
        (tag, rest.get(..len).unwrap_or_default())
    }

    /// The first instant after `now`, in milliseconds since 1970, at which
    /// any decision can change by time alone; none if there is none.
    pub fn next_change(&self, now: i64) -> Option<i64> {
        let next = below(&self.instants, ascending(now.checked_add(1)?));
        self.instants.get(next).map(|instant| ascending(*instant as i64) as i64)
    }
}

impl Flag {
    /// A flag that answers PARSE_ERROR.
    pub(crate) const BROKEN: Self = Self {
        kind: None,
        enabled: true,
        killed: false,
        forced: NO_VARIANT,
        off: Decision::pack(NO_VARIANT, NO_RULE, Reason::Disabled),
        entry: program::outcome(0),
        rules: 0,
        variants: 0,
        asks: 0,
        needs_len: 0,
        tests: 0,
        places: 0,
        outcomes: 0,
        needs: 0,
        names: NONE,
    };

    /// How many of its numbers are those of variants and rules.
    pub(crate) fn named(&self) -> usize {
        usize::from(self.variants).wrapping_add(self.rules.into())
    }

    /// The paths that it asks for itself, each in both halves of a word, in the
    /// order of the document.
    pub(crate) fn asks<'r>(&self, ruleset: &'r Ruleset) -> &'r [u64] {
        let start = (self.names as usize).wrapping_add(self.named()).wrapping_add(1);
        let end = start.saturating_add(self.asks.into());
        ruleset.constants.get(start..end).unwrap_or_default()
    }

    /// Two numbers of a flag, which are one constant: for each variant the
    /// texts of its name and value; for each rule that of its name; that of the
    /// metadata; for each use of an attribute its path, twice, in the order of
    /// the document. [`NONE`] is what is not there.
    pub(crate) fn numbers(&self, ruleset: &Ruleset, at: usize) -> [u32; 2] {
        let place = (self.names as usize).wrapping_add(at);
        let word = ruleset.constants.get(place).copied().unwrap_or(u64::MAX);
        [word as u32, (word >> 32) as u32]
    }
}
