//! The instructions of evaluation: tests with two ways on, and outcomes.

use crate::decision::Decision;
use crate::diagnostic::Span;

/// Jumps at and above this are outcomes, by their index in the flag.
pub(crate) const OUTCOME: u16 = 0x8000;
/// The outcome for which a segment is false.
pub(crate) const FALSE: u16 = OUTCOME;
/// The outcome for which a segment is true.
pub(crate) const TRUE: u16 = OUTCOME + 1;
/// The part of a flag that `require` is, and of a segment all.
pub(crate) const REQUIRE: u16 = u16::MAX;

/// One leaf condition. Jumps lead forward only, within the flag or segment.
#[derive(Clone, Copy)]
pub(crate) struct Test {
    pub slot: u32,
    /// What it is compared with: meant by `op`.
    pub operand: u32,
    pub if_true: u16,
    pub if_false: u16,
    /// The rule it stands in, or [`REQUIRE`].
    pub part: u16,
    pub op: Op,
    /// The answer is turned round; unknown stays unknown.
    pub negate: bool,
}

/// How a slot is compared with the operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// An operator of the future.
    Unknown,
    /// The atom `operand`.
    Is,
    /// One of the set `lists[operand]`.
    In,
    HasAny,
    HasAll,
    /// Any of the texts `lists[operand]`.
    StartsWith,
    EndsWith,
    Contains,
    /// `numbers[operand]`.
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Any of the intervals `lists[operand]`.
    Version,
    /// `spans[operand].0`.
    Before,
    After,
    /// Any of the networks `lists[operand]`.
    Cidr,
    Exists,
    /// The segment `operand`.
    Segment,
    /// The flag `lists[operand].tag` serves one of the choices.
    Flag,
    /// `spans[operand]` on the line, key in `slot`, seed in the next span.
    Bucket,
    /// `spans[operand]` of the instant.
    Time,
}

impl Op {
    /// Whether it compares an attribute.
    pub(crate) const fn has_slot(self) -> bool {
        !matches!(self, Self::Segment | Self::Flag | Self::Time)
    }
}

/// A run of elements in the pool that the operator means.
#[derive(Clone, Copy)]
pub(crate) struct List {
    /// The type of a set's elements, or a flag.
    pub tag: u32,
    pub start: u32,
    pub len: u32,
}

/// Types of set elements, for [`List::tag`].
pub(crate) const STRINGS: u32 = 0;
pub(crate) const NUMBERS: u32 = 1;
pub(crate) const BOOLEANS: u32 = 2;

/// One end of a version interval; the prerelease is a text.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub parts: [u64; 3],
    pub pre: u32,
    pub inclusive: bool,
}

/// A version range.
#[derive(Clone, Copy)]
pub(crate) struct Interval {
    pub low: Option<Bound>,
    pub high: Option<Bound>,
}

/// Where a program ends.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Decided(Decision),
    /// A division of the line; the decision lacks its variant.
    Split(Decision, u32),
}

/// A rollout, or a ramp at any instant.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    /// The key's slot.
    pub slot: u32,
    /// Where it stands in the document.
    pub place: u32,
    pub seed: u64,
    /// Cuts of a rollout, steps of a ramp.
    pub start: u32,
    pub len: u32,
    pub without_key: Option<u16>,
    /// Variant and rest of a ramp.
    pub ramp: Option<(u16, u16)>,
}

/// The end of a slice, exclusive, and what the slice serves.
#[derive(Clone, Copy)]
pub(crate) struct Cut {
    pub end: u64,
    pub variant: u16,
}

/// From this instant the ramp's variant holds the line up to the cut.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub at: i64,
    pub cut: u64,
}

/// A segment, compiled.
pub(crate) struct Segment {
    pub tests: u32,
    /// What it asks for: start and end in [`Ruleset::asks`](super::Ruleset).
    #[cfg_attr(not(feature = "wasm"), allow(dead_code, reason = "the module asks for it"))]
    pub asks: [u32; 2],
    pub entry: u16,
    pub broken: bool,
}

/// How an attribute is looked at. A path has a slot for each view in use.
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

pub(crate) const VIEWS: usize = 6;

/// An attribute path and its slots, by view.
pub(crate) struct Path {
    pub slots: [u32; VIEWS],
    /// Some test compares the value as a string, in a set, or as a list
    /// element: the value's atom is needed.
    pub atoms: bool,
    /// Some test looks into the text.
    pub text: bool,
}

/// A path's place in a context, by how it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub view: View,
}

/// A reference to a segment or flag, until all are known.
pub(crate) struct Reference {
    /// The test that refers.
    pub test: u32,
    /// The text of the name.
    pub name: u32,
    pub span: Span,
    /// Variant names of a flag condition, in the compiler's list.
    pub is: Option<(u32, u32)>,
    /// The node referred to, once found.
    pub target: u32,
}
