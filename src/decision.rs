//! What an evaluation answers, in OpenFeature's words, packed into 32 bits.

/// Why a decision is as it is (OpenFeature's resolution reason).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Reason {
    /// The flag has neither `require` nor `rules`: every context gets the same.
    Static = 0,
    /// No rule matched; the default serve answered.
    Default = 1,
    /// A rule that names a variant, or `require`, decided.
    TargetingMatch = 2,
    /// A rollout or a ramp decided, also at 0 or 100 percent.
    Split = 3,
    /// The flag is not enabled, or killed.
    Disabled = 4,
    /// There is an [`ErrorCode`], and the caller's default applies.
    Error = 5,
    /// The host overrides the flag; content cannot say this. Not one of
    /// OpenFeature's names, which leaves room for others.
    Override = 6,
}

/// Why there is no answer (OpenFeature's error code).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ErrorCode {
    /// No flag of this key.
    FlagNotFound = 1,
    /// The flag did not compile; the ruleset's diagnostics say why.
    ParseError = 2,
    /// The flag's type is not the one asked for.
    TypeMismatch = 3,
    /// A rollout or ramp was reached without a usable key.
    TargetingKeyMissing = 4,
    /// The context was bound to another ruleset.
    InvalidContext = 5,
    /// No ruleset has arrived yet. The core never says this; clients do.
    ProviderNotReady = 6,
    /// Anything else; the core never says this, hosts do after a failed call.
    General = 7,
}

/// Which part of the flag decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleRef {
    /// `require` was not known to be true.
    Require,
    /// The rule of this index, from 0.
    Index(u16),
}

impl Reason {
    /// The name in OpenFeature's specification, such as `TARGETING_MATCH`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "STATIC",
            Self::Default => "DEFAULT",
            Self::TargetingMatch => "TARGETING_MATCH",
            Self::Split => "SPLIT",
            Self::Disabled => "DISABLED",
            Self::Error => "ERROR",
            Self::Override => "OVERRIDE",
        }
    }
}

impl ErrorCode {
    /// The name in OpenFeature's specification, such as `FLAG_NOT_FOUND`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FlagNotFound => "FLAG_NOT_FOUND",
            Self::ParseError => "PARSE_ERROR",
            Self::TypeMismatch => "TYPE_MISMATCH",
            Self::TargetingKeyMissing => "TARGETING_KEY_MISSING",
            Self::InvalidContext => "INVALID_CONTEXT",
            Self::ProviderNotReady => "PROVIDER_NOT_READY",
            Self::General => "GENERAL",
        }
    }
}

/// The answer of one evaluation: a variant or none, the reason, the rule that
/// decided or none, and an error code or none.
///
/// Packed, from the lowest bit: variant 12 (all ones: none), rule 12 (all
/// ones: none; all ones less one: `require`), reason 4, error 4 (0: none).
/// [`Decision::bits`] and [`Decision::from_bits`] are the boundary's form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Decision(u32);

const NONE: u32 = 0xfff;
const REQUIRE: u32 = 0xffe;

/// No variant, where an index of one is wanted.
pub(crate) const NO_VARIANT: u16 = NONE as u16;
/// No rule, where an index of one is wanted.
pub(crate) const NO_RULE: u16 = NONE as u16;
/// `require`, where the index of a rule is wanted.
pub(crate) const REQUIRED: u16 = REQUIRE as u16;

impl Decision {
    /// A decision of indices of 12 bits, or what says that there is none.
    pub(crate) const fn pack(variant: u16, rule: u16, reason: Reason) -> Self {
        Self(variant as u32 | (rule as u32) << 12 | (reason as u32) << 24)
    }

    /// A decision that has no answer. Its reason is [`Reason::Error`].
    pub const fn error(code: ErrorCode) -> Self {
        Self(NONE | NONE << 12 | (Reason::Error as u32) << 24 | (code as u32) << 28)
    }

    /// An error that a rule ran into.
    pub(crate) const fn at_rule_of(self, other: Self) -> Self {
        Self(self.0 & !(NONE << 12) | other.0 & (NONE << 12))
    }

    /// The same decision with another variant.
    pub(crate) const fn with_variant(self, variant: u16) -> Self {
        Self(self.0 & !NONE | variant as u32 & NONE)
    }

    /// The packed form.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The decision of a packed form; any 32 bits are one.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Index of the variant served, or none: then the caller's default applies.
    pub const fn variant(self) -> Option<u16> {
        match self.0 & NONE {
            NONE => None,
            index => Some(index as u16),
        }
    }

    /// What decided, or none for the default serve, DISABLED and errors
    /// outside rules.
    pub const fn rule(self) -> Option<RuleRef> {
        match self.0 >> 12 & NONE {
            NONE => None,
            REQUIRE => Some(RuleRef::Require),
            index => Some(RuleRef::Index(index as u16)),
        }
    }

    /// Why.
    pub const fn reason(self) -> Reason {
        match self.0 >> 24 & 0xf {
            0 => Reason::Static,
            1 => Reason::Default,
            2 => Reason::TargetingMatch,
            3 => Reason::Split,
            4 => Reason::Disabled,
            6 => Reason::Override,
            _ => Reason::Error,
        }
    }

    /// The error code, or none.
    pub const fn error_code(self) -> Option<ErrorCode> {
        match self.0 >> 28 {
            0 => None,
            1 => Some(ErrorCode::FlagNotFound),
            2 => Some(ErrorCode::ParseError),
            3 => Some(ErrorCode::TypeMismatch),
            4 => Some(ErrorCode::TargetingKeyMissing),
            5 => Some(ErrorCode::InvalidContext),
            6 => Some(ErrorCode::ProviderNotReady),
            _ => Some(ErrorCode::General),
        }
    }
}

impl core::fmt::Debug for Decision {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Decision")
            .field("variant", &self.variant())
            .field("rule", &self.rule())
            .field("reason", &self.reason())
            .field("error_code", &self.error_code())
            .finish()
    }
}
