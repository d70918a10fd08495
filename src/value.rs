//! Attribute values as the host gives them.

use alloc::{borrow::Cow, vec::Vec};

/// The value of one attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum Attribute<'a> {
    /// Not there, null or undefined.
    Absent,
    /// Reading it failed.
    Unreadable,
    /// There, and of no type that a test compares.
    Other,
    /// true or false.
    Boolean(bool),
    /// A number; one that is not finite counts as [`Attribute::Other`].
    Number(f64),
    /// Text; beyond 8,192 bytes it counts as [`Attribute::Other`].
    String(Cow<'a, str>),
    /// A list; mixed or beyond 1,000 elements it counts as
    /// [`Attribute::Other`].
    List(Vec<Element<'a>>),
}

/// An element of a list attribute.
#[derive(Clone, PartialEq, Debug)]
pub enum Element<'a> {
    /// true or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// Text.
    String(Cow<'a, str>),
    /// Anything else, null included: it makes the whole list no value.
    Other,
}

/// A source of attributes: what a [`Context`](crate::Context) is bound from.
/// Only the paths that the ruleset names are ever asked for.
pub trait Attributes {
    /// The value at a path of one to eight segments, through objects only.
    fn attribute(&self, path: &[&str]) -> Attribute<'_>;
}

/// A number as an element of a set: adding zero turns -0 into 0, its equal.
pub(crate) fn number(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// No attributes at all.
impl Attributes for () {
    fn attribute(&self, _: &[&str]) -> Attribute<'_> {
        Attribute::Absent
    }
}

#[cfg(feature = "serde_json")]
impl Attributes for serde_json::Value {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        use serde_json::Value;
        let found = path.iter().try_fold(self, |value, name| value.as_object()?.get(*name));
        match found {
            None | Some(Value::Null) => Attribute::Absent,
            Some(Value::Bool(value)) => Attribute::Boolean(*value),
            Some(Value::Number(number)) => {
                number.as_f64().map_or(Attribute::Other, Attribute::Number)
            }
            Some(Value::String(text)) => Attribute::String(Cow::Borrowed(text)),
            Some(Value::Object(_)) => Attribute::Other,
            Some(Value::Array(items)) => {
                let element = |item: &'_ _| match item {
                    Value::Bool(value) => Element::Boolean(*value),
                    Value::Number(number) => {
                        number.as_f64().map_or(Element::Other, Element::Number)
                    }
                    Value::String(text) => Element::String(Cow::Owned(text.clone())),
                    _ => Element::Other,
                };
                Attribute::List(items.iter().map(element).collect())
            }
        }
    }
}
