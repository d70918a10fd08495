//! Located remarks about a document: the only way serin speaks of bad content.
//!
//! The core keeps a code, a span and two small numbers; the prose stands in
//! one table here, used by the command-line tool and by the generated message
//! table of the npm package, so it never travels to a page.

/// A half-open range of byte offsets in a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[repr(C)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// What a diagnostic is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, u32)]
pub enum Subject {
    /// The document as a whole.
    Document,
    /// The flag of this index, in the order of the document.
    Flag(u32),
    /// The segment of this index, in the order of the document.
    Segment(u32),
}

/// How much a diagnostic matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The whole document is refused.
    Fatal,
    /// The flag or segment is broken; its neighbours work.
    Error,
    /// Legal, and probably not meant.
    Warning,
}

/// A located remark about a document.
///
/// In memory it is six words of 32 bits, which hosts of the module read in
/// place: code; 0 for the document, 1 a flag, 2 a segment; its index, which
/// means nothing for the document; start, end; and what was expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Diagnostic {
    /// What is wrong.
    pub code: Code,
    /// Whose fault it is.
    pub subject: Subject,
    /// Where it stands.
    pub span: Span,
    /// What was expected there.
    pub expected: Expected,
}

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<Diagnostic>() == 24 && size_of::<Subject>() == 8);
    assert!(offset_of!(Diagnostic, code) == 0 && offset_of!(Diagnostic, subject) == 4);
    assert!(offset_of!(Diagnostic, span) == 12 && offset_of!(Diagnostic, expected) == 20);
    assert!(offset_of!(Span, start) == 0 && offset_of!(Span, end) == 4);
};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $severity:ident $message:literal, $help:literal;)*) => {
        /// What is wrong. The names are stable; `format.md` has an entry for each.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The stable name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Whether it refuses the document, breaks the flag, or warns.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }
            /// One sentence that says what is wrong. `{text}` stands for the
            /// source text of the span, `{expected}` for [`Expected::phrase`].
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }
            /// How to mend it, with the same two placeholders.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)* }
            }
        }
    };
}

codes! {
    /// Not JSON at this byte.
    InvalidJson "invalid-json" Fatal "this is not JSON: expected {expected}", "mend the syntax here; a linter or an editor with JSON support shows the place";
    /// Bytes that are not UTF-8.
    InvalidUtf8 "invalid-utf8" Fatal "these bytes are not UTF-8", "save the file as UTF-8";
    /// The document starts with a byte order mark.
    ByteOrderMark "byte-order-mark" Fatal "the document starts with a byte order mark (EF BB BF)", "save the file as UTF-8 without a byte order mark";
    /// More bytes than a document may have.
    DocumentTooLarge "document-too-large" Fatal "the document is larger than 16 MiB", "split the ruleset, or move long lists into attributes that your application computes";
    /// More flags than a document may have.
    TooManyFlags "too-many-flags" Fatal "the document has more than 100,000 flags", "split the ruleset by application or team";
    /// `format` is missing or not 1.
    WrongFormat "wrong-format" Fatal "the document is not of format 1", "write `\"format\": 1` at the top; a newer format needs a newer serin";
    /// The top level has not the shape of a ruleset.
    InvalidTopLevel "invalid-top-level" Fatal "the top level of a ruleset does not allow this: expected {expected}", "a ruleset is an object with `format`, `flags`, and optionally `revision` and `segments`, each once";
    /// A key declared twice among the flags or among the segments.
    DuplicateKey "duplicate-key" Error "the key {text} is declared twice", "keep one of the two declarations, or rename one";
    /// A member declared twice in one object.
    DuplicateMember "duplicate-member" Error "the member {text} stands twice in this object", "keep one of the two";
    /// A member that format 1 does not know at this place.
    UnknownMember "unknown-member" Error "unknown member {text}: expected {expected}", "correct the spelling; members of your own start with `x-`";
    /// A required member is absent.
    MissingMember "missing-member" Error "a required member is missing: {expected}", "add the member";
    /// A value of another type than the format has there.
    WrongType "wrong-type" Error "wrong type here: expected {expected}", "write {expected}";
    /// Arrays and objects nest too deeply.
    DepthExceeded "depth-exceeded" Error "arrays and objects are nested more than 64 deep", "flatten the nesting: `all` and `any` take long lists, and a segment can hold a part";
    /// An escape that is half of a surrogate pair.
    LoneSurrogate "lone-surrogate" Error "a \\u escape names half of a surrogate pair", "write the character itself, or both halves";
    /// A number that a 64-bit float cannot hold.
    NumberOverflow "number-overflow" Error "the number {text} is too large", "stay below 1.7976931348623158e308, or write it as a string";
    /// An integer that not every reader keeps exactly.
    IntegerTooLarge "integer-too-large" Error "the integer {text} is beyond 2^53 - 1, so readers would round it", "write it as a string, or with a fraction or exponent if it is a measure";
    /// A number in a test that has no exact reading.
    InexactNumber "inexact-number" Error "the number {text} cannot be compared exactly", "use at most 15 significant digits and an exponent between -22 and 22";
    /// A list or text that may not be empty is.
    Empty "empty" Error "this is empty: expected {expected}", "add an element, or remove the member";
    /// More elements than the limit.
    TooMany "too-many" Error "there are too many: expected {expected}", "split it, for example into segments; a long `in` list is often better computed as an attribute";
    /// Elements of different types where one type is needed.
    MixedTypes "mixed-types" Error "the elements are not of one type: expected {expected}", "write all of them in the same JSON type";
    /// A variant that the flag does not declare.
    UnknownVariant "unknown-variant" Error "there is no variant {text}", "declare it under `variants`, or correct the name";
    /// A segment that the document does not declare.
    UnknownSegment "unknown-segment" Error "there is no segment {text}", "declare it under `segments`, or correct the name";
    /// A flag that the document does not declare.
    UnknownFlag "unknown-flag" Error "there is no flag {text}", "declare it under `flags`, or correct the key";
    /// A reference to a segment that is broken.
    BrokenSegment "broken-segment" Error "the segment {text} is broken", "mend the segment; its own diagnostics say how";
    /// A segment that contains itself, or a flag that depends on itself.
    Cycle "cycle" Error "this depends on itself, directly or through others", "remove one of the references on the way round";
    /// Not exactly one of the members that say what a condition or serve is.
    Ambiguous "ambiguous" Error "exactly one of these is needed: {expected}", "keep one; combine conditions with `all`";
    /// Neither the serve nor the flag has a salt.
    MissingSalt "missing-salt" Error "this share of the hash line has no salt", "add a `salt` here or to the flag; any text that you will not change";
    /// Not a percentage in whole thousandths.
    InvalidPercent "invalid-percent" Error "{text} is not a percentage", "use a number from 0 to 100 with at most three decimals";
    /// Shares that do not add up.
    ShareSum "share-sum" Error "the shares do not add up to exactly 100", "change a percent so that the sum is 100";
    /// A range whose end lies before its start.
    Order "order" Error "this does not come after what precedes it: expected {expected}", "swap or correct the two";
    /// Not a time of the format.
    InvalidTime "invalid-time" Error "{text} is not a time", "write RFC 3339 with an offset, such as \"2027-01-31T09:00:00Z\", or milliseconds since 1970 as an integer";
    /// Not a version range.
    InvalidVersion "invalid-version" Error "{text} is not a version range", "write comparators such as \">=2.10.0 <3\", each one of = < <= > >= ^ ~ directly before a version";
    /// A bare partial version, which could mean two things.
    PartialVersion "partial-version" Error "{text} is a partial version without a comparator", "write `~` before it for any version that starts so, or all three parts for exactly one";
    /// Not an IP network.
    InvalidNetwork "invalid-network" Error "{text} is not a network in CIDR notation", "write an IPv4 or IPv6 address with its prefix length, such as \"203.0.113.0/24\"";
    /// An operator of the future.
    UnknownOperator "unknown-operator" Warning "unknown operator {text}: the test is never known to be true", "correct the spelling, or update serin; expected {expected}";
    /// A top-level member that format 1 does not know.
    UnknownTopLevel "unknown-top-level" Warning "unknown member {text} at the top level", "remove it, or start its name with `x-`";
    /// Bits beyond the prefix length of a network.
    HostBits "host-bits" Warning "{text} has bits set beyond its prefix length; they are ignored", "write the network's first address";
    /// A rollout before a wider one that it hides. (`check` only)
    HiddenRollout "hidden-rollout" Warning "this rollout always serves something, so the later one {text} is never reached by contexts that match here", "give the first rule a `bucket` condition instead, or merge the two rollouts";
    /// A rule that takes away under a negation. (`check` only)
    NegatedRule "negated-rule" Warning "this rule serves the `off` variant under a negation; a context whose attributes are missing is not taken away from", "move the condition into `require`, where not knowing takes away";
    /// A `by` other than the targeting key without `withoutKey`. (`check` only)
    NoWithoutKey "no-without-key" Warning "contexts without this attribute get an error and the caller's default", "add `withoutKey` with the variant that they should get";
    /// A ramp that falls. (`check` only)
    FallingRamp "falling-ramp" Warning "this step is lower than the one before it, so contexts lose the variant", "check that this is meant";
    /// More diagnostics than are kept.
    MoreFaults "more-faults" Warning "there are more faults than are listed", "mend those above and check again";
}

macro_rules! expectations {
    ($($(#[$doc:meta])* $variant:ident $phrase:literal;)*) => {
        /// What was expected at a place, for the message.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum Expected { $($(#[$doc])* $variant,)* }

        impl Expected {
            /// Every expectation, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The expectation of this number.
            pub(crate) const fn of(number: u8) -> Self {
                match number {
                    $(number if number == Self::$variant as u8 => Self::$variant,)*
                    _ => Self::Nothing,
                }
            }
            /// The words for the message.
            pub const fn phrase(self) -> &'static str {
                match self { $(Self::$variant => $phrase,)* }
            }
        }
    };
}

expectations! {
    /// Nothing to add to the code.
    Nothing "";
    /// JSON syntax.
    Value "a value";
    /// JSON syntax.
    MemberName "a member name in double quotes";
    /// JSON syntax.
    Colon "`:`";
    /// JSON syntax.
    CommaOrBrace "`,` or `}`";
    /// JSON syntax.
    CommaOrBracket "`,` or `]`";
    /// JSON syntax.
    Digit "a digit";
    /// JSON syntax.
    StringByte "a character, an escape or the closing quote";
    /// JSON syntax.
    Escape "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX";
    /// JSON syntax.
    EndOfDocument "nothing after the closing brace";
    /// JSON syntax.
    MoreText "more text: the document ends too early";
    /// Types.
    Object "an object";
    /// Types.
    Array "an array";
    /// Types.
    String "a string";
    /// Types.
    NonEmptyString "a string that is not empty";
    /// Types.
    Boolean "true or false";
    /// Types.
    Number "a number";
    /// Types.
    VariantValue "true or false, a string, a number, an object or an array";
    /// Types.
    Scalar "a string, a number, or true or false";
    /// Types.
    ScalarList "a list of strings, of numbers or of booleans";
    /// Types.
    TextOrList "a string or a list of strings";
    /// Types.
    VariantName "the name of a variant";
    /// Types.
    VariantOrList "the name of a variant or a list of names";
    /// Types.
    Serve "the name of a variant, a rollout or a ramp";
    /// Types.
    Path "a dotted path or an array of strings";
    /// Types.
    Time "a time";
    /// Types.
    Revision "a revision that is an integer from 0 to 2^53 - 1";
    /// Types.
    Flags "`flags` as an object";
    /// Types.
    Segments "`segments` as an object";
    /// Types.
    OnceEach "each member once";
    /// Types.
    Root "an object";
    /// Members that a place allows.
    FlagMembers "one of variants, enabled, off, salt, require, rules, serve, description, owner, expires, metadata";
    /// Members.
    RuleMembers "one of name, if, serve";
    /// Members.
    ServeMembers "one of rollout, ramp";
    /// Members.
    RolloutMembers "one of shares, by, salt, withoutKey";
    /// Members.
    ShareMembers "one of variant, percent";
    /// Members.
    RampMembers "one of variant, rest, steps, by, salt, withoutKey";
    /// Members.
    StepMembers "one of at, percent";
    /// Members.
    ConditionMembers "one of all, any, not, segment, flag with is, bucket, time, attribute with op";
    /// Members.
    BucketMembers "one of from, to, by, salt";
    /// Members.
    TimeMembers "one of from, until";
    /// Members.
    TestMembers "one of attribute, op, value, ignoreCase (text operators only)";
    /// Members.
    FlagConditionMembers "one of flag, is";
    /// Operators.
    Operators "one of eq, in, startsWith, endsWith, contains, lt, le, gt, ge, version, before, after, cidr, hasAny, hasAll, exists";
    /// Required members.
    NeedsVariants "`variants`";
    /// Required.
    NeedsServe "`serve`";
    /// Required.
    NeedsShares "`shares`";
    /// Required.
    NeedsVariant "`variant`";
    /// Required.
    NeedsPercent "`percent`";
    /// Required.
    NeedsRest "`rest`";
    /// Required.
    NeedsSteps "`steps`";
    /// Required.
    NeedsAt "`at`";
    /// Required.
    NeedsIs "`is`";
    /// Required.
    NeedsFromTo "`from` and `to`";
    /// Required.
    NeedsFromOrUntil "`from` or `until`";
    /// Required.
    NeedsOp "`op`";
    /// Required.
    NeedsValue "`value`";
    /// Limits.
    Max4094Rules "at most 4,094 rules";
    /// Limits.
    Max4095Variants "at most 4,095 variants";
    /// Limits.
    Max16384Tests "at most 16,384 conditions in a flag or segment";
    /// Limits.
    Max256Nodes "at most 256 segments and flags that a flag depends on";
    /// Limits.
    Max100000 "at most 100,000 elements";
    /// Limits.
    Max1000 "at most 1,000 elements";
    /// Limits.
    Max8Segments "at most 8 segments in a path";
    /// No value here.
    NoValue "no `value`: exists takes none";
    /// No such member here.
    TextOperands "`ignoreCase` only on eq, in, startsWith, endsWith, contains with text";
    /// Order.
    FromUpTo "`from` not above `to`";
    /// Order.
    FromBefore "`from` before `until`";
    /// Order.
    Ascending "steps in ascending order of `at`";
}

impl Diagnostic {
    /// [`Code::severity`] of its code.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}
