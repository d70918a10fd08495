//! Contexts of tests, with what JSON cannot write.

use serin::{Attribute, Attributes, Element};

/// A value in a context, or a context.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// undefined or null.
    Absent,
    /// Reading it throws.
    Unreadable,
    /// A function, a symbol, ill-formed text …
    Other,
    /// A valid `Date`, in milliseconds.
    Date(i64),
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// What stands at a path.
    pub fn at(&self, path: &[&str]) -> &Self {
        match (self, path) {
            (_, []) => self,
            (Self::Unreadable, _) => self,
            (Self::Object(members), [name, rest @ ..]) => members
                .iter()
                .find(|member| member.0 == *name)
                .map_or(&Self::Absent, |member| member.1.at(rest)),
            _ => &Self::Absent,
        }
    }

    /// Puts a value at a path, through whatever stood on the way.
    pub fn put(&mut self, path: &[&str], value: Self) {
        let [name, rest @ ..] = path else {
            *self = value;
            return;
        };
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        let Self::Object(members) = self else { unreachable!() };
        let index = members.iter().position(|member| member.0 == *name).unwrap_or_else(|| {
            members.push(((*name).to_owned(), Self::Absent));
            members.len() - 1
        });
        members[index].1.put(rest, value);
    }

    /// The value as the tests see it: absent, unreadable, of a type, or other.
    pub fn seen(&self) -> Self {
        match self {
            Self::Date(millis) => Self::Number(*millis as f64),
            Self::Number(n) if !n.is_finite() => Self::Other,
            Self::Text(text) if text.len() > 8192 => Self::Other,
            Self::Object(_) => Self::Other,
            Self::List(list) => {
                let seen: Vec<Self> = list.iter().map(Self::seen).collect();
                let plain = |element: &Self| {
                    matches!(element, Self::Boolean(_) | Self::Number(_) | Self::Text(_))
                };
                let one_type = seen
                    .windows(2)
                    .all(|two| std::mem::discriminant(&two[0]) == std::mem::discriminant(&two[1]));
                if seen.contains(&Self::Unreadable) {
                    Self::Unreadable
                } else if seen.len() > 1000 || !seen.iter().all(plain) || !one_type {
                    Self::Other
                } else {
                    Self::List(seen)
                }
            }
            _ => self.clone(),
        }
    }

    /// Removes the members that `still` does not need.
    pub fn shrink(&mut self, still: &dyn Fn(&Self) -> bool) {
        let Self::Object(members) = self else { return };
        for member in members.clone() {
            let Self::Object(members) = &*self else { unreachable!() };
            let fewer =
                Self::Object(members.iter().filter(|other| other.0 != member.0).cloned().collect());
            if still(&fewer) {
                *self = fewer;
            }
        }
    }

    /// The value as JSON, if JSON can write it.
    pub fn json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Absent => serde_json::Value::Null,
            Self::Unreadable | Self::Other | Self::Date(_) => return None,
            Self::Boolean(known) => (*known).into(),
            Self::Number(n) => serde_json::Number::from_f64(*n)?.into(),
            Self::Text(text) => text.clone().into(),
            Self::List(list) => list.iter().map(Self::json).collect::<Option<Vec<_>>>()?.into(),
            Self::Object(members) => {
                let member = |(name, value): &(String, Self)| Some((name.clone(), value.json()?));
                serde_json::Value::Object(members.iter().map(member).collect::<Option<_>>()?)
            }
        })
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Absent,
            Json::Bool(known) => Self::Boolean(*known),
            Json::Number(n) => Self::Number(n.as_f64().unwrap()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(list) => Self::List(list.iter().map(Self::from).collect()),
            Json::Object(members) => match members.get("$").and_then(Json::as_str) {
                Some("undefined") => Self::Absent,
                Some("unreadable") => Self::Unreadable,
                Some("other") => Self::Other,
                Some("date") => Self::Date(members["millis"].as_i64().unwrap()),
                _ => Self::Object(
                    members.iter().map(|(name, value)| (name.clone(), value.into())).collect(),
                ),
            },
        }
    }
}

impl Attributes for Value {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        match self.at(path) {
            Self::Absent => Attribute::Absent,
            Self::Unreadable => Attribute::Unreadable,
            Self::Other | Self::Object(_) => Attribute::Other,
            Self::Date(millis) => Attribute::Number(*millis as f64),
            Self::Boolean(known) => Attribute::Boolean(*known),
            Self::Number(n) => Attribute::Number(*n),
            Self::Text(text) => Attribute::String(text.into()),
            Self::List(list) if list.contains(&Self::Unreadable) => Attribute::Unreadable,
            Self::List(list) => Attribute::List(list.iter().map(element).collect()),
        }
    }
}

fn element(value: &Value) -> Element<'_> {
    match value {
        Value::Boolean(known) => Element::Boolean(*known),
        Value::Number(n) => Element::Number(*n),
        Value::Date(millis) => Element::Number(*millis as f64),
        Value::Text(text) => Element::String(text.into()),
        _ => Element::Other,
    }
}
