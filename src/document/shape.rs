//! The objects of the format as tables: which members they have, what may stand there, and what is
//! said if it does not. The one place that says so; [`check`](super::check) goes by it.

use super::position;
use crate::diagnostic::Expected;
use crate::json::Kind;

macro_rules! places {
    ($($what:ident $kind:ident $expected:ident,)*) => {
        /// What may stand at a place.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum What { $($what,)* }

        impl What {
            /// What has this number.
            fn of(number: u8) -> Self {
                match number {
                    $(number if number == Self::$what as u8 => Self::$what,)*
                    _ => Self::Any,
                }
            }

            const FITS: &[u8] = &[$(Kind::$kind as u8, Expected::$expected as u8,)*];
        }
    };
}

places! {
    Flag Object Object,
    Rule Object Object,
    ServeObject Object Serve,
    Rollout Object Object,
    Share Object Object,
    Ramp Object Object,
    Step Object Object,
    Condition Object Object,
    Bucket Object Object,
    Time Object Object,
    Any Null Nothing,
    Text String String,
    TextElement String TextOrList,
    Name String VariantOrList,
    Object Object Object,
    InElement Null Nothing,
    Element Null Nothing,
    Salt String NonEmptyString,
    Boolean Boolean Boolean,
    Variants Object Object,
    Variant String VariantName,
    Serve Null Nothing,
    Percent Number Number,
    At Null Nothing,
    Instant Null Nothing,
    Rules Array Array,
    Shares Array Array,
    Steps Array Array,
    Path Array Path,
    All Array Array,
    AnyOf Array Array,
    Not Object Object,
    Segment String String,
    Scalar Null Nothing,
    Number Number Number,
    SetScalar Null Nothing,
    In Array Array,
    Has Array Array,
    Range String TextOrList,
    Network String TextOrList,
}

impl What {
    /// The type it has to be, or null for any, and what is said if it is not.
    pub fn fits(self) -> (u8, Expected) {
        let Some([kind, expected, ..]) = Self::FITS.get(2 * self as usize..) else { return (0, Expected::Nothing) };
        (*kind, Expected::of(*expected))
    }
}

/// No object has more members.
pub(super) const SLOTS: usize = 12;

/// The members of the objects, in the order in which they are checked: name, what may stand there,
/// and what is said if it is missing, nothing for one that may be.
type Members = &'static [(&'static str, What, Expected)];

/// In the order of [`What`]. The number is that of the first of the members of which there must be exactly one.
const OBJECTS: &[(Expected, u8, Members)] = {
    use Expected::*;
    use What as W;
    &[
    (FlagMembers, 99, &[
        ("salt", W::Salt, Nothing),
        ("variants", W::Variants, NeedsVariants),
        ("enabled", W::Boolean, Nothing),
        ("off", W::Variant, Nothing),
        ("require", W::Condition, Nothing),
        ("rules", W::Rules, Nothing),
        ("serve", W::Serve, Nothing),
        ("description", W::Text, Nothing),
        ("owner", W::Text, Nothing),
        ("expires", W::Text, Nothing),
        ("metadata", W::Object, Nothing),
    ]),
    (RuleMembers, 99, &[
        ("name", W::Text, Nothing),
        ("if", W::Condition, Nothing),
        ("serve", W::Serve, NeedsServe),
    ]),
    (ServeMembers, 0, &[
        ("rollout", W::Rollout, Nothing),
        ("ramp", W::Ramp, Nothing),
    ]),
    (RolloutMembers, 99, &[
        ("by", W::Any, Nothing),
        ("salt", W::Any, Nothing),
        ("withoutKey", W::Variant, Nothing),
        ("shares", W::Shares, NeedsShares),
    ]),
    (ShareMembers, 99, &[
        ("percent", W::Percent, NeedsPercent),
        ("variant", W::Variant, NeedsVariant),
    ]),
    (RampMembers, 99, &[
        ("by", W::Any, Nothing),
        ("salt", W::Any, Nothing),
        ("withoutKey", W::Variant, Nothing),
        ("variant", W::Variant, NeedsVariant),
        ("rest", W::Variant, NeedsRest),
        ("steps", W::Steps, NeedsSteps),
    ]),
    (StepMembers, 99, &[
        ("percent", W::Percent, NeedsPercent),
        ("at", W::At, NeedsAt),
    ]),
    (ConditionMembers, 4, &[
        ("is", W::Any, Nothing),
        ("op", W::Any, Nothing),
        ("value", W::Any, Nothing),
        ("ignoreCase", W::Any, Nothing),
        ("attribute", W::Any, Nothing),
        ("flag", W::Any, Nothing),
        ("all", W::All, Nothing),
        ("any", W::AnyOf, Nothing),
        ("not", W::Not, Nothing),
        ("segment", W::Segment, Nothing),
        ("bucket", W::Bucket, Nothing),
        ("time", W::Time, Nothing),
    ]),
    (BucketMembers, 99, &[
        ("by", W::Any, Nothing),
        ("salt", W::Any, Nothing),
        ("from", W::Percent, NeedsFromTo),
        ("to", W::Percent, NeedsFromTo),
    ]),
    (TimeMembers, 99, &[
        ("from", W::Any, Nothing),
        ("until", W::Any, Nothing),
    ]),
    ]
};

/// An object of the table.
pub(super) struct Shape {
    names: &'static [u8],
    /// What may stand at a member and what is said if it is missing.
    pub rules: &'static [[u8; 2]],
    pub expected: Expected,
    pub first: usize,
}

const fn size() -> usize {
    let (mut size, mut object) = (0, 0);
    while object < OBJECTS.len() {
        let members = OBJECTS[object].2;
        size += 4;
        let mut member = 0;
        while member < members.len() {
            size += 3 + members[member].0.len();
            member += 1;
        }
        object += 1;
    }
    size
}

static TABLE: [u8; size()] = {
    let mut table = [0; size()];
    let (mut at, mut object) = (0, 0);
    while object < OBJECTS.len() {
        let start = at;
        let (expected, first, members) = OBJECTS[object];
        table[at + 1] = expected as u8;
        table[at + 2] = first;
        table[at + 3] = 2 * members.len() as u8;
        at += 4;
        let mut member = 0;
        while member < members.len() {
            table[at] = members[member].1 as u8;
            table[at + 1] = members[member].2 as u8;
            at += 2;
            member += 1;
        }
        member = 0;
        while member < members.len() {
            let name = members[member].0.as_bytes();
            table[at] = name.len() as u8;
            at += 1;
            let mut byte = 0;
            while byte < name.len() {
                table[at] = name[byte];
                at += 1;
                byte += 1;
            }
            member += 1;
        }
        table[start] = (at - start - 1) as u8;
        object += 1;
    }
    table
};

impl Shape {
    pub fn of(what: What) -> Option<Self> {
        let mut rest: &[u8] = &TABLE;
        let mut skip = what as u8;
        loop {
            let (length, tail) = rest.split_first()?;
            let (shape, tail) = tail.split_at_checked((*length).into())?;
            if skip == 0 {
                let [expected, first, count, shape @ ..] = shape else { return None };
                let (rules, names) = shape.split_at_checked((*count).into())?;
                return Some(Self { names, rules: rules.as_chunks().0, expected: Expected::of(*expected), first: (*first).into() });
            }
            rest = tail;
            skip = skip.wrapping_sub(1);
        }
    }

    /// The place of a member.
    pub fn place(&self, name: &[u8]) -> usize {
        position(self.names, name)
    }
}

impl What {
    /// What a rule has.
    pub fn rule([what, missing]: [u8; 2]) -> (Self, Expected) {
        (Self::of(what), Expected::of(missing))
    }
}
