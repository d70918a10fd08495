//! What is found, and how to mend it.

use crate::diagnostic::Span;
use crate::release::fault::Owner;
use crate::release::text::Edit;
use std::string::String;
use std::vec::Vec;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $told:literal $mended:literal;)*) => {
        /// What a finding is about. The names are stable; `check.md` has an
        /// entry for each.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The stable name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Whether it is told unless asked otherwise.
            pub const fn told(self) -> bool {
                match self { $(Self::$variant => $told,)* }
            }
            /// Whether there is one right way to mend it.
            pub const fn mended(self) -> bool {
                match self { $(Self::$variant => $mended,)* }
            }
        }
    };
}

impl Code {
    /// Whether it is an error, which it is of a change: it takes two versions
    /// to see.
    pub const fn error(self) -> bool {
        matches!(self, Self::MovedShare | Self::ChangedLine)
    }
}

codes! {
    /// A condition that no context meets.
    NeverHolds "never-holds" true false;
    /// A condition that every context meets.
    AlwaysHolds "always-holds" true false;
    /// A part of a condition without which it says the same.
    RedundantCondition "redundant-condition" true false;
    /// A rule that others leave nobody for.
    UnreachableRule "unreachable-rule" true false;
    /// A rule that was reached once.
    PastRule "past-rule" false false;
    /// A variant that nothing serves.
    UnusedVariant "unused-variant" true false;
    /// A segment that nothing refers to.
    UnusedSegment "unused-segment" true true;
    /// A constant that stands twice in a list.
    RepeatedConstant "repeated-constant" true true;
    /// One salt of two flags.
    SharedSalt "shared-salt" true false;
    /// A flag that has expired.
    ExpiredFlag "expired-flag" true false;
    /// An expiry that is no time.
    UnclearExpiry "unclear-expiry" true false;
    /// A flag that nobody owns.
    NoOwner "no-owner" false false;
    /// A ramp that stays as it is.
    FinishedRamp "finished-ramp" false false;
    /// An edit of a share that moves more than it has to.
    MovedShare "moved-share" true false;
    /// A share on another hash line.
    ChangedLine "changed-line" true false;
}

/// A finding: a warning with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// Where it stands in the document.
    pub span: Span,
    /// Where the thing itself stands, if `span` is only its name.
    pub inside: Span,
    /// Whose it is.
    pub owner: Owner,
    /// What is found and why, in one sentence.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// What it is also about, in words, and where that stands.
    pub related: Option<(String, Span)>,
    /// The one right way to mend it, if there is one.
    pub fix: Vec<Edit>,
}
