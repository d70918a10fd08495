//! The instructions of evaluation: tests with two ways on, outcomes, and the
//! constants that they name. Constants are 64-bit words in one list; the
//! functions here say what the words mean.

use crate::decision::{Decision, NO_VARIANT};
use crate::diagnostic::Span;

/// A jump to an outcome of the flag, by its number: a jump that is not
/// negative leads to a test.
pub(crate) const fn outcome(number: u16) -> i16 {
    !(number as i16)
}

/// The outcome for which a segment is false.
pub(crate) const FALSE: i16 = outcome(0);
/// The outcome for which a segment is true.
pub(crate) const TRUE: i16 = outcome(1);
/// The part of a flag that `require` is, and of a segment all.
pub(crate) const REQUIRE: u16 = u16::MAX;

/// One leaf condition. It stands behind the tests of the flag or segment that
/// it jumps to: evaluation starts at the last one, and every jump leads to a
/// lower number or to an outcome.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Test {
    pub slot: u32,
    /// What it is compared with: meant by `op`.
    pub operand: u32,
    pub if_true: i16,
    pub if_false: i16,
    /// The rule it stands in, or [`REQUIRE`].
    pub part: u16,
    pub op: Op,
    /// The answer is turned round; unknown stays unknown.
    pub negate: bool,
}

/// How a slot is compared with the operand, which is a list of constants
/// unless something else is said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// An operator of the future.
    Unknown,
    /// The operand is an atom.
    Is,
    /// Elements of a set.
    In,
    HasAny,
    HasAll,
    /// Numbers of texts.
    StartsWith,
    EndsWith,
    Contains,
    /// One float.
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Intervals, see [`INTERVAL`].
    Version,
    /// One instant.
    Before,
    After,
    /// Networks, see [`NETWORK`].
    Cidr,
    Exists,
    /// The operand is a segment.
    Segment,
    /// Variants, ascending, of the flag that the list's tag says.
    Flag,
    /// The operand is a line, see [`LINE_WORDS`], and two cuts follow it.
    Bucket,
    /// Two instants.
    Time,
}

impl Op {
    /// Whether it compares an attribute.
    pub(crate) const fn has_slot(self) -> bool {
        !matches!(self, Self::Segment | Self::Flag | Self::Time)
    }
}

/// The head of a list of constants, which follow it: a tag, then how many.
pub(crate) const fn list(tag: u32, len: usize) -> u64 {
    (tag as u64) << 32 | len as u32 as u64
}

/// Tag and length of a [`list`].
pub(crate) const fn list_parts(head: u64) -> (u32, usize) {
    ((head >> 32) as u32, head as u32 as usize)
}

/// Types of set elements, for the tag of [`list`].
pub(crate) const STRINGS: u32 = 0;
pub(crate) const NUMBERS: u32 = 1;
pub(crate) const BOOLEANS: u32 = 2;

/// Words of a version interval: of its lower end, then of its upper end, the
/// three numbers, and the text of the prerelease, with a bit above it if the
/// end lies directly after that version.
pub(crate) const INTERVAL: usize = 8;
/// Words of a network: whether it is IPv6, and bits and mask, each the higher
/// half first.
pub(crate) const NETWORK: usize = 5;

/// Where a program ends: the decision in the low half; in the high half
/// [`NONE`](super::NONE), or the rollout or ramp that gives it a variant.
pub(crate) const fn end(decision: Decision, division: u32) -> u64 {
    decision.bits() as u64 | (division as u64) << 32
}

/// Decision and division of an [`end`].
pub(crate) const fn end_parts(end: u64) -> (Decision, u32) {
    (Decision::from_bits(end as u32), (end >> 32) as u32)
}

/// A division of the hash line among the constants: the seed; a [`key`]; a
/// [`division`]; and pairs. Those of a rollout are the end of a slice, exclusive, and the
/// variant of the slice; those of a ramp are an instant, and the cut from
/// then on.
pub(crate) const LINE_WORDS: u32 = 3;

/// The slot of a line's key, and where the line stands in the document.
pub(crate) const fn key(slot: u32, place: u32) -> u64 {
    slot as u64 | (place as u64) << 32
}

/// Slot and place of a [`key`].
pub(crate) const fn key_parts(key: u64) -> (u32, u32) {
    (key as u32, (key >> 32) as u32)
}

/// How many pairs follow, the variant for those without a key (also if it has
/// the whole line), and of a ramp the variant and the rest; a rollout has
/// neither, which is [`NO_VARIANT`].
pub(crate) const fn division(pairs: u32, without_key: u16, variant: u16, rest: u16) -> u64 {
    (pairs as u64) << 36 | (rest as u64) << 24 | (variant as u64) << 12 | without_key as u64
}

/// The parts of a [`division`], in the same order; of pairs the words.
pub(crate) fn division_parts(division: u64) -> (usize, u16, u16, u16) {
    let variant = |shift: u32| (division >> shift) as u16 & NO_VARIANT;
    ((division >> 35) as usize & !1, variant(0), variant(12), variant(24))
}

/// How an attribute is looked at. A path has a slot for each view:
/// `path * VIEWS + view`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum View {
    /// As it is.
    Raw,
    /// Text with ASCII letters in lower case.
    Folded,
    Version,
    Instant,
    Address,
    /// The key of bucketing, as text.
    Key,
}

impl View {
    pub(crate) const ALL: &'static [Self; VIEWS as usize] =
        &[Self::Raw, Self::Folded, Self::Version, Self::Instant, Self::Address, Self::Key];
}

pub(crate) const VIEWS: u32 = 6;

/// What a path needs of a host, above a bit for each view in use: its value's
/// atom, because some test compares it as a string, in a set, or as a list
/// element; its text, because some test looks into it.
pub(crate) const fn path_needs(atoms: bool, text: bool) -> u32 {
    (atoms as u32 | (text as u32) << 1) << VIEWS
}

/// A reference to a segment or flag, until all are known.
#[derive(Clone, Copy)]
pub(crate) struct Reference {
    /// The test that refers.
    pub test: u32,
    /// The text of the name; once it is resolved, the node.
    pub target: u32,
    pub span: Span,
    /// Variant names of a flag condition, in the compiler's list; none for a
    /// segment, and then the first is [`NONE`](super::NONE).
    pub is: (u32, u32),
}
