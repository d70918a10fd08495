//! A test of one attribute, asked of a value that is at hand.
//!
//! The constants are read as the compiler reads them, and compared by the
//! same functions; only the way there is plainer, because it need not be
//! small.

use crate::compare::address::{Address, Network};
use crate::compare::version::{Range, Version};
use crate::compare::{text, time};
use crate::document::{List, Operation, Scalar, Texts};
use crate::value::{Attribute, Element, number};
use std::borrow::ToOwned;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::string::String;
use std::vec::Vec;

/// True, false, or not known.
pub type Truth = Option<bool>;

/// A value without the document's lifetime.
pub type Sample = Attribute<'static>;

/// Which part of a text a pattern looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Where {
    Start,
    End,
    Anywhere,
}

/// Constants that lists and scalars are compared with.
pub enum Constants {
    Texts(HashSet<String>),
    Numbers(HashSet<u64>),
    Booleans(HashSet<bool>),
}

/// How an attribute is compared.
pub enum Test<'d> {
    /// Equal to one of the constants.
    Equal {
        constants: Constants,
        fold: bool,
    },
    /// Text that has one of these; folded already.
    Pattern {
        place: Where,
        parts: Vec<String>,
        fold: bool,
    },
    /// Less than the constant, or equal where that counts too.
    Less {
        than: f64,
        or_equal: bool,
        negate: bool,
    },
    Version(Vec<Range<'d>>),
    Before(i64),
    After(i64),
    Cidr(Vec<Network>),
    HasAny(Constants),
    HasAll(Constants),
    Exists,
    /// An operator of the future.
    Unknown,
}

fn fold_if(fold: bool, text: &str) -> String {
    if fold { text.to_ascii_lowercase() } else { text.to_owned() }
}

impl Constants {
    fn of(list: &List<'_>, fold: bool) -> Self {
        match list {
            List::Strings(texts) => {
                Self::Texts(texts.iter().map(|text| fold_if(fold, text)).collect())
            }
            List::Numbers(numbers) => {
                Self::Numbers(numbers.iter().map(|value| number(*value)).collect())
            }
            List::Booleans(known) => Self::Booleans(known.iter().copied().collect()),
        }
    }

    fn one(scalar: &Scalar<'_>, fold: bool) -> Self {
        match scalar {
            Scalar::String(text) => Self::Texts([fold_if(fold, text)].into()),
            Scalar::Number(value) => Self::Numbers([number(*value)].into()),
            Scalar::Boolean(known) => Self::Booleans([*known].into()),
        }
    }

    /// Whether it is one of them.
    pub fn has(&self, element: &Element<'_>) -> Truth {
        match (self, element) {
            (Self::Texts(texts), Element::String(text)) => Some(texts.contains(text.as_ref())),
            (Self::Numbers(numbers), Element::Number(value)) => {
                Some(numbers.contains(&number(*value)))
            }
            (Self::Booleans(known), Element::Boolean(value)) => Some(known.contains(value)),
            _ => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Numbers(numbers) => numbers.len(),
            Self::Booleans(known) => known.len(),
        }
    }

    /// How many of the constants a list has; none if they are of another type.
    fn held(&self, list: &[Element<'_>]) -> Option<usize> {
        let all: Option<Vec<bool>> = list.iter().map(|element| self.has(element)).collect();
        let all = all?;
        let held = list.iter().zip(all).filter(|(_, held)| *held);
        let distinct: HashSet<Held<'_>> = held.map(|(element, _)| Held::of(element)).collect();
        Some(distinct.len())
    }
}

/// An element as something that can be told from others.
#[derive(PartialEq, Eq, Hash)]
enum Held<'e> {
    Text(&'e str),
    Number(u64),
    Boolean(bool),
    Other,
}

impl<'e> Held<'e> {
    fn of(element: &'e Element<'_>) -> Self {
        match element {
            Element::String(text) => Self::Text(text),
            Element::Number(value) => Self::Number(number(*value)),
            Element::Boolean(known) => Self::Boolean(*known),
            Element::Other => Self::Other,
        }
    }
}

impl<'d> Test<'d> {
    /// How many constants it compares with.
    pub fn constants(&self) -> usize {
        match self {
            Self::Equal { constants, .. } | Self::HasAny(constants) | Self::HasAll(constants) => {
                constants.len()
            }
            Self::Pattern { parts, .. } => parts.len(),
            Self::Version(ranges) => ranges.len(),
            Self::Cidr(networks) => networks.len(),
            Self::Less { .. } | Self::Before(_) | Self::After(_) | Self::Exists | Self::Unknown => {
                1
            }
        }
    }

    /// Reads the constants of an operation.
    pub fn read(operation: &'d Operation<'_>, fold: bool) -> Self {
        let pattern = |place, texts: &Texts<'_>| {
            let parts = texts.texts.iter().map(|text| fold_if(fold, text)).collect();
            Self::Pattern { place, parts, fold }
        };
        let less = |than: &f64, or_equal, negate| Self::Less { than: *than, or_equal, negate };
        match operation {
            Operation::Eq(scalar) => Self::Equal { constants: Constants::one(scalar, fold), fold },
            Operation::In(list) => Self::Equal { constants: Constants::of(list, fold), fold },
            Operation::StartsWith(texts) => pattern(Where::Start, texts),
            Operation::EndsWith(texts) => pattern(Where::End, texts),
            Operation::Contains(texts) => pattern(Where::Anywhere, texts),
            Operation::Lt(than) => less(than, false, false),
            Operation::Le(than) => less(than, true, false),
            Operation::Gt(than) => less(than, true, true),
            Operation::Ge(than) => less(than, false, true),
            // INVARIANT: the decoder has parsed each of them.
            Operation::Version(texts) => Self::Version(
                texts.texts.iter().filter_map(|text| Range::parse(text.as_bytes()).ok()).collect(),
            ),
            Operation::Before(than) => Self::Before(than.millis),
            Operation::After(than) => Self::After(than.millis),
            Operation::Cidr(texts) => Self::Cidr(
                texts
                    .texts
                    .iter()
                    .filter_map(|text| Some(Network::parse(text.as_bytes())?.0))
                    .collect(),
            ),
            Operation::HasAny(list) => Self::HasAny(Constants::of(list, false)),
            Operation::HasAll(list) => Self::HasAll(Constants::of(list, false)),
            Operation::Exists => Self::Exists,
            Operation::Unknown { .. } => Self::Unknown,
        }
    }

    /// Equal to one of these texts.
    pub fn one_of(texts: &[&str]) -> Self {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Self::Equal { constants: Constants::Texts(texts), fold: false }
    }

    /// The answer for a value of at most the sizes that count as values.
    pub fn answer(&self, seen: &Seen<'_>) -> Truth {
        let value = seen.value;
        let text = if let Attribute::String(text) = value { Some(text.as_ref()) } else { None };
        let number = if let Attribute::Number(value) = value { Some(*value) } else { None };
        let list = if let Attribute::List(list) = value { Some(list.as_slice()) } else { None };
        match self {
            Self::Equal { constants, fold } => match value {
                Attribute::String(text) if *fold => {
                    constants.has(&Element::String(text.to_ascii_lowercase().into()))
                }
                Attribute::String(text) => constants.has(&Element::String(text.as_ref().into())),
                Attribute::Number(value) => constants.has(&Element::Number(*value)),
                Attribute::Boolean(known) => constants.has(&Element::Boolean(*known)),
                _ => None,
            },
            Self::Pattern { place, parts, fold } => {
                text.map(|text| matches(*place, parts, *fold, text))
            }
            Self::Less { than, or_equal, negate } => {
                let value = number?;
                let less = if *or_equal { value <= *than } else { value < *than };
                Some(less != *negate)
            }
            Self::Version(ranges) => {
                let version = seen.version()?;
                Some(ranges.iter().any(|range| range.contains(&version)))
            }
            Self::Before(than) => Some(seen.instant()? < *than),
            Self::After(than) => Some(seen.instant()? > *than),
            Self::Cidr(networks) => {
                let address = seen.address()?;
                Some(networks.iter().any(|network| network.contains(address)))
            }
            Self::HasAny(constants) => Some(constants.held(list?)? > 0),
            Self::HasAll(constants) => Some(constants.held(list?)? == constants.len()),
            Self::Exists => match value {
                Attribute::Unreadable => None,
                value => Some(!matches!(value, Attribute::Absent)),
            },
            Self::Unknown => None,
        }
    }

    /// Whether it looks into text.
    pub fn is_pattern(&self) -> bool {
        matches!(self, Self::Pattern { .. })
    }
}

/// A value, and what it is as a version, an instant or an address, read once
/// for all tests that ask.
pub struct Seen<'v> {
    value: &'v Attribute<'v>,
    version: OnceCell<Option<Version<'v>>>,
    instant: OnceCell<Option<i64>>,
    address: OnceCell<Option<Address>>,
}

impl<'v> Seen<'v> {
    /// Nothing is read yet.
    pub fn new(value: &'v Attribute<'v>) -> Self {
        let (version, instant, address) = Default::default();
        Self { value, version, instant, address }
    }

    fn text(&self) -> Option<&'v str> {
        if let Attribute::String(text) = self.value { Some(text) } else { None }
    }

    fn version(&self) -> Option<Version<'v>> {
        *self.version.get_or_init(|| Version::parse(self.text()?.as_bytes()))
    }

    fn instant(&self) -> Option<i64> {
        *self.instant.get_or_init(|| match self.value {
            Attribute::String(text) => time::parse(text.as_bytes()),
            Attribute::Number(value) => time::from_number(*value),
            _ => None,
        })
    }

    fn address(&self) -> Option<Address> {
        *self.address.get_or_init(|| Address::parse(self.text()?.as_bytes()))
    }
}

/// Whether a text has one of the parts, which are folded if `fold` says so.
pub fn matches(place: Where, parts: &[String], fold: bool, text: &str) -> bool {
    let folded;
    let text = if fold {
        folded = text.to_ascii_lowercase();
        &folded
    } else {
        text
    };
    parts.iter().any(|part| match place {
        Where::Start => text.starts_with(part.as_str()),
        Where::End => text.ends_with(part.as_str()),
        Where::Anywhere => text::contains(text.as_bytes(), part.as_bytes()),
    })
}
