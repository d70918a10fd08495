//! What format 1 allows, as tables: the members of each object, what may stand there, and what is
//! said if it does not. The check goes by them, member by member in their order.
//!
//! Bytes in a table are a fraction of the calls that would say the same, and the module is downloaded.

use super::position;
use crate::diagnostic::Expected;
use crate::json::Kind;

macro_rules! places {
    ($($(#[$doc:meta])* $what:ident $kind:ident $expected:ident,)*) => {
        /// What may stand at a place.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum What { $($(#[$doc])* $what,)* }

        impl What {
            /// The one of this number. A match that changes nothing takes no code, where a list of
            /// all would be carried in the module.
            const fn of(number: u8) -> Self {
                match number {
                    $(number if number == Self::$what as u8 => Self::$what,)*
                    _ => Self::Any,
                }
            }

            /// Type and expectation of each.
            const FITS: &[u8] = &[$(Kind::$kind as u8, Expected::$expected as u8,)*];
        }
    };
}

// Beside each its type, null for more than one, and what is said if it has another.
places! {
    // Objects, in the order of OBJECTS.
    Flag Object Object,
    Rule Object Object,
    /// What a serve is if it is no variant.
    Division Object Serve,
    Rollout Object Object,
    Share Object Object,
    Ramp Object Object,
    Step Object Object,
    Condition Object Object,
    Bucket Object Object,
    Time Object Object,
    /// What is the writer's own, or is checked with the whole object.
    Any Null Nothing,
    Metadata Object Object,
    Text String String,
    Boolean Boolean Boolean,
    Salt String NonEmptyString,
    /// A path that is no text: its elements are checked with it.
    Path Array Path,
    Variants Object Object,
    Variant String VariantName,
    /// The name of another flag's variant.
    Name String VariantOrList,
    Serve Null Nothing,
    Percent Number Number,
    Instant Null Nothing,
    /// The instant of a step: after the one before.
    At Null Nothing,
    Rules Array Array,
    Shares Array Array,
    Steps Array Array,
    All Array Array,
    AnyOf Array Array,
    Not Object Object,
    Segment String String,
    // Operands of tests.
    Scalar Null Nothing,
    Number Number Number,
    In Array Array,
    /// The list of `hasAny` and `hasAll`.
    Has Array Array,
    /// An element of [`Self::In`], of which only the number of all is limited,
    InElement Null Nothing,
    /// and one of [`Self::Has`].
    HasElement Null Nothing,
    /// The same, looked at alone.
    Element Null Nothing,
    // Operands that may be a list.
    Part String TextOrList,
    Range String TextOrList,
    Network String TextOrList,
}

impl What {
    /// The number of the type it has to have, null for any of several, and what is said if it has
    /// another.
    pub fn fits(self) -> (u8, Expected) {
        let Some([kind, expected, ..]) = Self::FITS.get((self as usize).wrapping_mul(2)..) else {
            return (0, Expected::Nothing);
        };
        (*kind, Expected::of(*expected))
    }

    /// Whether it may be a list as well.
    pub fn may_be_list(self) -> bool {
        self as u8 >= Self::Part as u8
    }
}

/// No object has more members.
pub(super) const SLOTS: usize = 12;

/// The place of the first alternative where there are none.
const NONE: u8 = u8::MAX;

/// A member: its name, what may stand there, and what is said if it is missing; nothing if it may
/// be.
type Member = (&'static str, What, Expected);

/// Of each object what is said to a member that is none of these; the place of the first of the
/// alternatives, of which there must be exactly one; and the members, in the order in which they
/// are checked.
#[rustfmt::skip]
const OBJECTS: [(Expected, u8, &[Member]); What::Any as usize] = {
    use Expected as E;
    use What as W;
    [
        (E::FlagMembers, NONE, &[
            ("salt", W::Salt, E::Nothing),
            ("variants", W::Variants, E::NeedsVariants),
            ("enabled", W::Boolean, E::Nothing),
            ("off", W::Variant, E::Nothing),
            ("require", W::Condition, E::Nothing),
            ("rules", W::Rules, E::Nothing),
            ("serve", W::Serve, E::Nothing),
            ("description", W::Text, E::Nothing),
            ("owner", W::Text, E::Nothing),
            ("expires", W::Text, E::Nothing),
            ("metadata", W::Metadata, E::Nothing),
        ]),
        (E::RuleMembers, NONE, &[
            ("name", W::Text, E::Nothing),
            ("if", W::Condition, E::Nothing),
            ("serve", W::Serve, E::NeedsServe),
        ]),
        (E::ServeMembers, 0, &[
            ("rollout", W::Rollout, E::Nothing),
            ("ramp", W::Ramp, E::Nothing),
        ]),
        // Key and salt of a rollout, ramp and bucket are checked before the rest, as its line.
        (E::RolloutMembers, NONE, &[
            ("by", W::Any, E::Nothing),
            ("salt", W::Any, E::Nothing),
            ("withoutKey", W::Variant, E::Nothing),
            ("shares", W::Shares, E::NeedsShares),
        ]),
        (E::ShareMembers, NONE, &[
            ("percent", W::Percent, E::NeedsPercent),
            ("variant", W::Variant, E::NeedsVariant),
        ]),
        (E::RampMembers, NONE, &[
            ("by", W::Any, E::Nothing),
            ("salt", W::Any, E::Nothing),
            ("withoutKey", W::Variant, E::Nothing),
            ("variant", W::Variant, E::NeedsVariant),
            ("rest", W::Variant, E::NeedsRest),
            ("steps", W::Steps, E::NeedsSteps),
        ]),
        (E::StepMembers, NONE, &[
            ("percent", W::Percent, E::NeedsPercent),
            ("at", W::At, E::NeedsAt),
        ]),
        // The first four go with a flag or an attribute; the rest say what the condition is.
        (E::ConditionMembers, 4, &[
            ("is", W::Any, E::Nothing),
            ("op", W::Any, E::Nothing),
            ("value", W::Any, E::Nothing),
            ("ignoreCase", W::Any, E::Nothing),
            ("attribute", W::Any, E::Nothing),
            ("flag", W::Any, E::Nothing),
            ("all", W::All, E::Nothing),
            ("any", W::AnyOf, E::Nothing),
            ("not", W::Not, E::Nothing),
            ("segment", W::Segment, E::Nothing),
            ("bucket", W::Bucket, E::Nothing),
            ("time", W::Time, E::Nothing),
        ]),
        (E::BucketMembers, NONE, &[
            ("by", W::Any, E::Nothing),
            ("salt", W::Any, E::Nothing),
            ("from", W::Percent, E::NeedsFromTo),
            ("to", W::Percent, E::NeedsFromTo),
        ]),
        (E::TimeMembers, NONE, &[
            ("from", W::Any, E::Nothing),
            ("until", W::Any, E::Nothing),
        ]),
    ]
};

/// [`OBJECTS`] in bytes. Of each its length without this byte, the expectation, the first
/// alternative, and how many bytes of members follow: two of each, what it is and what is said if
/// it is missing; then the names as [`position`] has them.
static TABLE: [u8; size()] = table();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "compiling runs it")]
const fn size() -> usize {
    let (mut size, mut object) = (0, 0);
    while object < OBJECTS.len() {
        let members = OBJECTS[object].2;
        assert!(members.len() <= SLOTS);
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

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "compiling runs it")]
const fn table() -> [u8; size()] {
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
        assert!(at - start <= 0x100);
        table[start] = (at - start - 1) as u8;
        object += 1;
    }
    table
}

/// An object of the table.
pub(super) struct Shape {
    names: &'static [u8],
    members: &'static [[u8; 2]],
    /// What is said to a member that is none of its own.
    pub expected: Expected,
    /// The place of the first alternative; no place if there are none.
    pub first: usize,
}

impl Shape {
    /// The shape of an object; none of what is no object.
    pub fn of(what: What) -> Option<Self> {
        let mut rest: &[u8] = &TABLE;
        let mut skip = what as u8;
        loop {
            let (length, tail) = rest.split_first()?;
            let (shape, tail) = tail.split_at_checked((*length).into())?;
            if skip == 0 {
                let [expected, first, length, shape @ ..] = shape else { return None };
                let (members, names) = shape.split_at_checked((*length).into())?;
                let (members, expected) = (members.as_chunks().0, Expected::of(*expected));
                return Some(Self { names, members, expected, first: (*first).into() });
            }
            rest = tail;
            skip = skip.wrapping_sub(1);
        }
    }

    /// The place of a member; no place if it is none.
    pub fn place(&self, name: &[u8]) -> usize {
        position(self.names, name)
    }

    /// What may stand at each member, and what is said if it is missing.
    pub fn members(&self) -> impl Iterator<Item = (What, Expected)> + use<> {
        let members = self.members.iter();
        members.map(|[what, missing]| (What::of(*what), Expected::of(*missing)))
    }
}
