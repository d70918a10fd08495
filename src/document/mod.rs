//! The written form of a ruleset as plain data: what a person wrote, checked
//! for shape, with nothing resolved across flags.
//!
//! Texts borrow from the document's bytes where no escape had to be undone.
//! Nothing evaluates these types except the oracle of the tests; the product
//! compiles what they are made of into a [`Ruleset`](crate::Ruleset).

pub(crate) mod build;
pub(crate) mod check;
pub mod decode;
#[cfg(feature = "std")]
pub mod encode;
mod object;
mod parts;
mod shape;
pub(crate) mod stream;

use crate::diagnostic::{Diagnostic, Span};
use alloc::{borrow::Cow, boxed::Box, vec::Vec};

/// Text of the document, borrowed unless it had escapes.
pub type Text<'a> = Cow<'a, str>;

/// A text and where it stands (the span includes the quotes).
#[derive(Clone, PartialEq, Debug)]
pub struct Name<'a> {
    /// The text, without escapes.
    pub text: Text<'a>,
    /// Where it stands.
    pub span: Span,
}

/// A whole document, for the tools. Loading never builds one.
#[derive(Clone, PartialEq, Debug)]
pub struct Document<'a> {
    /// The publisher's number of this version, if given.
    pub revision: Option<u64>,
    /// Named conditions, in the order of the document.
    pub segments: Vec<Entry<'a, Segment<'a>>>,
    /// Flags, in the order of the document.
    pub flags: Vec<Entry<'a, Flag<'a>>>,
    /// What reading and decoding had to say. References between flags and
    /// segments are the compiler's to check.
    pub diagnostics: Vec<Diagnostic>,
    /// Top-level members that start with `x-` or are not known, as written.
    pub extra: Vec<Extra<'a>>,
}

/// A flag or segment under its key.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry<'a, T> {
    /// The key and its place.
    pub key: Name<'a>,
    /// None: it is broken by itself (shape, values, or a key declared twice).
    pub item: Option<T>,
}

/// A member that serin carries and never reads.
#[derive(Clone, PartialEq, Debug)]
pub struct Extra<'a> {
    /// The name's JSON text, as written: at the top level half of a surrogate
    /// pair may stand in it, which no text can hold.
    pub name: &'a str,
    /// The value's JSON text, as written.
    pub value: &'a str,
}

/// A named condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment<'a> {
    /// What must hold.
    pub condition: Condition<'a>,
}

/// The type of a flag's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// true or false.
    Boolean = 0,
    /// Text.
    String = 1,
    /// A 64-bit float.
    Number = 2,
    /// A JSON object or array.
    Object = 3,
}

/// A flag.
#[derive(Clone, PartialEq, Debug)]
pub struct Flag<'a> {
    /// The one type of all variants.
    pub kind: Kind,
    /// Name and value, in the order of the document; never empty.
    pub variants: Vec<Variant<'a>>,
    /// False: everyone gets `off`.
    pub enabled: bool,
    /// Index of the variant served when not enabled, killed, or when `require`
    /// is not known to be true.
    pub off: Option<u16>,
    /// The salt of serves and buckets that have none of their own.
    pub salt: Option<Text<'a>>,
    /// What must be known to be true before any rule is tried.
    pub require: Option<Condition<'a>>,
    /// In order; the first whose condition is known to be true serves.
    pub rules: Vec<Rule<'a>>,
    /// What is served when no rule matched.
    pub serve: Option<Serve<'a>>,
    /// Carried for the tools.
    pub description: Option<Text<'a>>,
    /// Carried for the tools.
    pub owner: Option<Text<'a>>,
    /// Carried for the tools.
    pub expires: Option<Text<'a>>,
    /// Carried for the tools and as flag metadata: a JSON object as written.
    pub metadata: Option<&'a str>,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// A variant of a flag.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant<'a> {
    /// The name.
    pub name: Name<'a>,
    /// The value's JSON text, as written.
    pub value: &'a str,
}

/// A targeting rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule<'a> {
    /// For people and reports; may repeat.
    pub name: Option<Text<'a>>,
    /// None: always matches.
    pub condition: Option<Condition<'a>>,
    /// What a match gives.
    pub serve: Serve<'a>,
    /// Where the rule stands.
    pub span: Span,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// What a rule or a flag gives.
#[derive(Clone, PartialEq, Debug)]
pub enum Serve<'a> {
    /// One variant, by index.
    Variant(u16),
    /// A fixed division of the hash line.
    Rollout(Rollout<'a>),
    /// A division that moves with time.
    Ramp(Ramp<'a>),
}

/// Which key is hashed with which salt.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Line<'a> {
    /// The attribute that is the key; none is `targetingKey`.
    pub by: Option<Path<'a>>,
    /// None: the flag's salt, which the decoder has checked to exist.
    pub salt: Option<Text<'a>>,
    /// Where the object stands.
    pub span: Span,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// Ordered shares of the hash line.
#[derive(Clone, PartialEq, Debug)]
pub struct Rollout<'a> {
    /// Key and salt.
    pub line: Line<'a>,
    /// Served when there is no key.
    pub without_key: Option<u16>,
    /// They add up to exactly 100,000 thousandths; a variant may repeat.
    pub shares: Vec<Share<'a>>,
}

/// One slice of a rollout.
#[derive(Clone, PartialEq, Debug)]
pub struct Share<'a> {
    /// Index of the variant.
    pub variant: u16,
    /// Thousandths of a percent, 0 to 100,000.
    pub thousandths: u32,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// A step function of the instant: before the first step 0 percent.
#[derive(Clone, PartialEq, Debug)]
pub struct Ramp<'a> {
    /// Key and salt.
    pub line: Line<'a>,
    /// Served when there is no key.
    pub without_key: Option<u16>,
    /// Index of the variant whose share the steps give.
    pub variant: u16,
    /// Index of the variant for the rest of the line.
    pub rest: u16,
    /// In strictly ascending order of `at`; never empty.
    pub steps: Vec<Step<'a>>,
}

/// A step of a ramp; it holds from `at` inclusive.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'a> {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: Instant<'a>,
    /// Thousandths of a percent, 0 to 100,000.
    pub thousandths: u32,
    /// Where the step stands.
    pub span: Span,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// A time as written and as a number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Instant<'a> {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
    /// The JSON text, as written.
    pub raw: &'a str,
}

/// A condition and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition<'a> {
    /// Where the object stands.
    pub span: Span,
    /// What it says.
    pub kind: ConditionKind<'a>,
    /// Members that start with `x-`.
    pub extra: Vec<Extra<'a>>,
}

/// What a condition says. Three-valued: true, false or unknown.
#[derive(Clone, PartialEq, Debug)]
pub enum ConditionKind<'a> {
    /// Every one; never empty.
    All(Vec<Condition<'a>>),
    /// At least one; never empty.
    Any(Vec<Condition<'a>>),
    /// The opposite; unknown stays unknown.
    Not(Box<Condition<'a>>),
    /// The named segment's condition.
    Segment(Name<'a>),
    /// The named flag serves one of these variants.
    Flag {
        /// The other flag's key.
        key: Name<'a>,
        /// Names of its variants; never empty.
        is: Vec<Name<'a>>,
        /// Whether `is` was written as a list.
        list: bool,
    },
    /// The key's point lies in `from <= point < to`.
    Bucket {
        /// Key and salt.
        line: Line<'a>,
        /// Thousandths of a percent.
        from: u32,
        /// Thousandths of a percent, not below `from`.
        to: u32,
    },
    /// The instant lies in `from <= now < until`.
    Time {
        /// None: from ever.
        from: Option<Instant<'a>>,
        /// None: for ever.
        until: Option<Instant<'a>>,
        /// Members of the inner object that start with `x-`.
        extra: Vec<Extra<'a>>,
    },
    /// A test of one attribute.
    Test {
        /// Which attribute.
        path: Path<'a>,
        /// ASCII letters compare without case.
        ignore_case: bool,
        /// How.
        operation: Operation<'a>,
    },
}

/// An attribute path: one to eight segments, none empty.
#[derive(Clone, PartialEq, Debug)]
pub struct Path<'a> {
    /// Names of the members on the way, from the outside.
    pub segments: Vec<Text<'a>>,
}

/// How an attribute is compared.
#[derive(Clone, PartialEq, Debug)]
pub enum Operation<'a> {
    /// Equal to it; same type, no coercion.
    Eq(Scalar<'a>),
    /// Equal to one of them.
    In(List<'a>),
    /// Text starts with one of these.
    StartsWith(Texts<'a>),
    /// Text ends with one of these.
    EndsWith(Texts<'a>),
    /// Text contains one of these.
    Contains(Texts<'a>),
    /// Number less than.
    Lt(f64),
    /// Number less than or equal.
    Le(f64),
    /// Number greater than.
    Gt(f64),
    /// Number greater than or equal.
    Ge(f64),
    /// Version within one of these ranges (checked to parse).
    Version(Texts<'a>),
    /// Strictly before.
    Before(Instant<'a>),
    /// Strictly after.
    After(Instant<'a>),
    /// Address within one of these networks (checked to parse).
    Cidr(Texts<'a>),
    /// List attribute that has at least one of these.
    HasAny(List<'a>),
    /// List attribute that has each of these.
    HasAll(List<'a>),
    /// There is something, of whatever type.
    Exists,
    /// An operator of the future: never known.
    Unknown {
        /// The operator.
        op: Text<'a>,
        /// The value's JSON text, if any.
        value: Option<&'a str>,
        /// `ignoreCase`, if any.
        ignore_case: Option<bool>,
    },
}

/// One text or a list of them; never empty.
#[derive(Clone, PartialEq, Debug)]
pub struct Texts<'a> {
    /// In order.
    pub texts: Vec<Text<'a>>,
    /// Whether it was written as a list.
    pub list: bool,
}

/// A constant of a test.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar<'a> {
    /// Text.
    String(Text<'a>),
    /// A number that was read exactly.
    Number(f64),
    /// true or false.
    Boolean(bool),
}

/// Constants of one type; never empty.
#[derive(Clone, PartialEq, Debug)]
pub enum List<'a> {
    /// Texts.
    Strings(Vec<Text<'a>>),
    /// Numbers that were read exactly.
    Numbers(Vec<f64>),
    /// true and false.
    Booleans(Vec<bool>),
}

/// A list of names for [`position`], from a text with a space behind each.
macro_rules! list {
    ($text:expr) => {
        const { &$crate::document::names::<{ $text.len() }>($text) }
    };
}
pub(crate) use list;

macro_rules! operators {
    ($($variant:ident $name:literal,)*) => {
        /// The operators of format 1.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum Operator { $($variant,)*
            /// One of the future.
            Unknown,
        }

        impl Operator {
            /// The names of all operators, in the order of `format.md`.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];
            const WORDS: &'static [u8] = list!(concat!($($name, " ",)*));

            /// The operator of this name.
            pub fn named(name: &[u8]) -> Self {
                // A match that changes nothing takes no code, and a list of all would be carried.
                match position(Self::WORDS, name) {
                    $(at if at == Self::$variant as usize => Self::$variant,)*
                    _ => Self::Unknown,
                }
            }
        }
    };
}

operators! {
    Eq "eq", In "in", StartsWith "startsWith", EndsWith "endsWith", Contains "contains",
    Lt "lt", Le "le", Gt "gt", Ge "ge", Version "version", Before "before", After "after",
    Cidr "cidr", HasAny "hasAny", HasAll "hasAll", Exists "exists",
}

/// A list for [`position`], from names that are written with a space behind
/// each: the space goes, and each name gets its length before it.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "compiling runs it")]
const fn names<const N: usize>(text: &str) -> [u8; N] {
    let text = text.as_bytes();
    let mut names = [0; N];
    let (mut at, mut length) = (0, 0);
    while at < N {
        if text[at] == b' ' {
            names[at - length as usize] = length;
            length = 0;
        } else {
            names[at + 1] = text[at];
            length += 1;
        }
        at += 1;
    }
    names
}

/// The place of a name in a [`list`]; no place if it is not there.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn position(names: &[u8], name: &[u8]) -> usize {
    let (mut at, mut rest) = (0, names);
    while let [length, tail @ ..] = rest {
        let Some((known, tail)) = tail.split_at_checked((*length).into()) else { break };
        if known == name {
            return at;
        }
        at = usize::wrapping_add(at, 1);
        rest = tail;
    }
    usize::MAX
}

impl Operator {
    /// Whether a test of it may have `ignoreCase`.
    pub const fn takes_ignore_case(self) -> bool {
        matches!(self, Self::Eq | Self::In | Self::StartsWith | Self::EndsWith | Self::Contains)
    }
}
