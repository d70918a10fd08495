//! The file that says who an audience is: parts of it, each with a percentage
//! and the attributes that all in it have.

use crate::diagnostic::{Code, Span};
use crate::json::{Kind, Node, Tape, number};
use crate::value::Attributes;
use serde_json::Value;
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Thousandths of a percent that are everybody.
const WHOLE: u32 = 100_000;
/// Characters of a context that stands for a name.
const NAME: usize = 60;

/// Who an audience is.
#[derive(Clone, PartialEq, Debug)]
pub struct Weights {
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// A part of an audience.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// What it is called, if it is called anything.
    pub name: Option<String>,
    /// Thousandths of a percent of the audience.
    pub thousandths: u32,
    /// What all in it have: an object.
    pub context: Value,
}

/// Why a file says nothing of an audience.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

const SHAPE: &str =
    "write a list such as [{ \"percent\": 62.5, \"context\": { \"country\": \"NZ\" } }]";

fn fault(span: Span, message: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault { span, message: message.into(), help: help.into() }
}

impl Entry {
    /// Its name, else its context.
    pub fn label(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let text = format!("{}", self.context);
        let short: String = text.chars().take(NAME).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    }

    /// Whether it is one targeting key, and not many.
    pub fn is_one_key(&self) -> bool {
        use crate::value::Attribute;
        self.context.attribute(&["targetingKey"]) != Attribute::Absent
    }
}

impl Weights {
    /// Reads the file.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut tape = Tape::new();
        if let Err(error) = tape.read(bytes) {
            let start = u32::try_from(error.at).unwrap_or(u32::MAX);
            let span = Span { start, end: start.saturating_add(1) };
            return Err(match error.code {
                Code::InvalidUtf8 => fault(span, "the weights are not UTF-8", error.code.help()),
                _ if bytes.starts_with(b"\xef\xbb\xbf") => {
                    let help = Code::ByteOrderMark.help();
                    fault(span, "the weights start with a byte order mark", help)
                }
                _ => {
                    let expected = error.expected.phrase();
                    fault(span, format!("the weights are not JSON: expected {expected}"), SHAPE)
                }
            });
        }
        if let Some(found) = tape.faults().first() {
            let text = bytes.get(found.span.start as usize..found.span.end as usize);
            let text = String::from_utf8_lossy(text.unwrap_or_default());
            let message = match found.code {
                Code::DuplicateMember => format!("the member {text} stands twice in this object"),
                Code::DepthExceeded => "the weights are nested too deeply".to_owned(),
                Code::LoneSurrogate => "a \\u escape names half of a surrogate pair".to_owned(),
                Code::NumberOverflow => "the number is too large".to_owned(),
                other => format!("{} stands here", other.name()),
            };
            return Err(fault(found.span, message, found.code.help()));
        }
        let root = tape.read(bytes).map_err(|_| fault(Span::default(), "no JSON", SHAPE))?;
        if root.kind() != Kind::Array {
            return Err(fault(root.span(), "the weights are not a list", SHAPE));
        }
        let (mut entries, mut sum) = (Vec::new(), 0_u32);
        for (number, node) in (1_usize..).zip(root.items()) {
            let (entry, percent) = entry(number, node)?;
            sum = sum.saturating_add(entry.thousandths);
            if sum > WHOLE {
                let (sum, part) = (sum / 1_000, sum % 1_000);
                let message = format!("up to entry {number} the percentages are {sum}.{part:03}");
                let help = "they may be 100 at most; what is missing counts as not described";
                return Err(fault(percent, message, help));
            }
            entries.push(entry);
        }
        if entries.is_empty() {
            return Err(fault(root.span(), "the weights describe nobody", SHAPE));
        }
        Ok(Self { entries })
    }

    /// Thousandths of a percent that no entry describes.
    pub fn rest(&self) -> u32 {
        self.entries.iter().fold(WHOLE, |rest, entry| rest.saturating_sub(entry.thousandths))
    }
}

/// An entry, and where its percentage stands.
fn entry(number: usize, node: Node<'_, '_>) -> Result<(Entry, Span), Fault> {
    if node.kind() != Kind::Object {
        return Err(fault(node.span(), format!("entry {number} is not an object"), SHAPE));
    }
    let (mut name, mut percent, mut context) = (None, None, None);
    for (member, value) in node.members() {
        match member.text().as_deref() {
            Some("name") => {
                let text = value.text().filter(|text| !text.is_empty());
                let Some(text) = text else {
                    let message = format!("the name of entry {number} is not a text");
                    return Err(fault(value.span(), message, "write what people call this part"));
                };
                name = Some(text.into_owned());
            }
            Some("percent") => {
                // Read from its digits, so that 62.5 is 62.5 and not what a
                // float makes of it.
                let raw = value.raw().as_bytes();
                let read = || number::decimal(raw).thousandths();
                let known = (value.kind() == Kind::Number).then(read).flatten();
                let Some(thousandths) = known else {
                    let message = format!("the percentage of entry {number} is none");
                    let help = "write a number from 0 to 100 with at most three decimals";
                    return Err(fault(value.span(), message, help));
                };
                percent = Some((thousandths, value.span()));
            }
            Some("context") => {
                let object = serde_json::from_str::<Value>(value.raw()).ok();
                let Some(object) = object.filter(Value::is_object) else {
                    let message = format!("the context of entry {number} is not an object");
                    let help = "write what all in this part have, such as { \"country\": \"NZ\" }; {} if that is nothing";
                    return Err(fault(value.span(), message, help));
                };
                context = Some(object);
            }
            _ => {
                let message = format!("entry {number} has a member that means nothing here");
                let help = "an entry has `percent`, `context` and, if you like, `name`";
                return Err(fault(member.span(), message, help));
            }
        }
    }
    let lacks = |what: &str| fault(node.span(), format!("entry {number} has no `{what}`"), SHAPE);
    let (thousandths, span) = percent.ok_or_else(|| lacks("percent"))?;
    let context = context.ok_or_else(|| lacks("context"))?;
    Ok((Entry { name, thousandths, context }, span))
}
