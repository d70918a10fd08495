//! TypeScript declarations of a ruleset's flags, which make the getters of
//! the npm package know keys and values: they fill its `interface Flags`.
//!
//! Values of boolean and number flags are `boolean` and `number`; those of
//! string flags the union of the variants' texts; those of object flags one
//! shape that every variant fits. Texts inside objects are `string`, so that a
//! fallback need not be a variant.

use super::expiry;
use crate::document::{Document, Flag, Kind};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde_json::Value;

/// What stands before the mark of a flag that has expired.
const DEPRECATED: &str = "     * @deprecated ";

/// The declarations of all flags that are not broken, in the order of their
/// keys, with a line end; flags that have expired at `now`, in milliseconds
/// since 1970, are marked as deprecated.
pub fn declarations(document: &Document<'_>, now: i64) -> String {
    let flags = document.flags.iter();
    let flags: BTreeMap<&str, &Flag<'_>> =
        flags.filter_map(|entry| Some((&*entry.key.text, entry.item.as_ref()?))).collect();
    let mut out = String::from(
        "// Written by `serin types`; run it again instead of editing.\n\nexport {};\n\ndeclare module 'serin' {\n  interface Flags {\n",
    );
    for (key, flag) in flags {
        comment(&mut out, flag, now);
        out.push_str(&format!("    {}: {};\n", name(key), value(flag)));
    }
    out.push_str("  }\n}\n");
    out
}

/// Whether two texts of declarations differ in nothing but which flags have
/// expired: that changes by itself, and is no reason to fail.
pub fn same_but_expiry(a: &str, b: &str) -> bool {
    let lasting = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.starts_with(DEPRECATED));
        // A comment that had nothing but the mark is none.
        lines.collect::<Vec<_>>().join("\n").replace("    /**\n     */\n", "")
    };
    lasting(a) == lasting(b)
}

fn comment(out: &mut String, flag: &Flag<'_>, now: i64) {
    let mut lines: Vec<String> = Vec::new();
    if let Some(description) = &flag.description {
        let shown = description.lines().map(printable).map(|line| line.trim().to_string());
        lines.extend(shown.map(|line| format!("     * {line}")));
    }
    if let Some(expires) = &flag.expires
        && expiry::expired(expires, now) == Some(true)
    {
        let owner = flag.owner.as_ref().map(|owner| format!("; ask {}", printable(owner)));
        let owner = owner.unwrap_or_default();
        lines.push(format!("{DEPRECATED}Expired on {}{owner}.", printable(expires)));
    }
    if !lines.is_empty() {
        let lines = lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>();
        out.push_str(&format!("    /**\n{}\n     */\n", lines.join("\n")));
    }
}

/// A character that hides or turns text, or ends a line for TypeScript alone.
fn awkward(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text that does not end the comment it stands in.
fn printable(text: &str) -> String {
    let text: String = text.chars().map(|char| if awkward(char) { ' ' } else { char }).collect();
    text.replace("*/", "*\\/")
}

/// A text as a literal.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for char in text.chars() {
        match char {
            '\'' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            _ if awkward(char) => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
    }
    out.push('\'');
    out
}

/// A member's name, in quotes unless it is an identifier.
fn name(text: &str) -> String {
    let start = |char: char| char.is_ascii_alphabetic() || matches!(char, '_' | '$');
    let identifier =
        text.starts_with(start) && text.chars().all(|char| start(char) || char.is_ascii_digit());
    if identifier { text.into() } else { literal(text) }
}

fn value(flag: &Flag<'_>) -> String {
    match flag.kind {
        Kind::Boolean => "boolean".into(),
        Kind::Number => "number".into(),
        Kind::String => {
            let texts = flag
                .variants
                .iter()
                .filter_map(|variant| serde_json::from_str::<String>(variant.value).ok());
            let mut seen = BTreeSet::new();
            let unique = texts.filter(|text| seen.insert(text.clone()));
            let union: Vec<String> = unique.map(|text| literal(&text)).collect();
            union.join(" | ")
        }
        Kind::Object => {
            let mut shape = Shape::default();
            for variant in &flag.variants {
                if let Ok(value) = serde_json::from_str(variant.value) {
                    shape.add(&value);
                }
            }
            shape.text(4)
        }
    }
}

/// What values at one place have in common.
#[derive(Default)]
struct Shape {
    boolean: bool,
    number: bool,
    string: bool,
    null: bool,
    /// The shape of elements, if there are arrays.
    items: Option<alloc::boxed::Box<Shape>>,
    /// Members and in how many objects they are, in the order of their names.
    members: BTreeMap<String, (usize, Shape)>,
    objects: usize,
}

impl Shape {
    /// The reader bounds the depth.
    fn add(&mut self, value: &Value) {
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(_) => self.number = true,
            Value::String(_) => self.string = true,
            Value::Array(items) => {
                let shape = self.items.get_or_insert_default();
                items.iter().for_each(|item| shape.add(item));
            }
            Value::Object(members) => {
                self.objects = self.objects.saturating_add(1);
                for (name, value) in members {
                    let (count, shape) = self.members.entry(name.clone()).or_default();
                    *count = count.saturating_add(1);
                    shape.add(value);
                }
            }
        }
    }

    /// The type; what spans lines is indented by so many spaces.
    fn text(&self, indent: usize) -> String {
        let mut union: Vec<String> = Vec::new();
        let simple = [
            (self.boolean, "boolean"),
            (self.number, "number"),
            (self.string, "string"),
            (self.null, "null"),
        ];
        union.extend(simple.iter().filter(|(there, _)| *there).map(|(_, name)| (*name).into()));
        if let Some(items) = &self.items {
            let text = items.text(indent);
            let one = !text.contains('|') && !text.starts_with("readonly");
            union.push(match (text.as_str(), one) {
                ("", _) => "readonly unknown[]".into(),
                (_, true) => format!("readonly {text}[]"),
                (_, false) => format!("readonly ({text})[]"),
            });
        }
        if self.objects > 0 {
            union.push(self.object(indent));
        }
        union.join(" | ")
    }

    fn object(&self, indent: usize) -> String {
        if self.members.is_empty() {
            return "{ readonly [name: string]: unknown }".into();
        }
        let inner = indent.saturating_add(2);
        let members = self.members.iter().map(|(key, (count, shape))| {
            let optional = if *count < self.objects { "?" } else { "" };
            format!("readonly {}{optional}: {}", name(key), shape.text(inner))
        });
        let members: Vec<String> = members.collect();
        let line = members.join("; ");
        if line.len() <= 80 && !line.contains('\n') {
            return format!("{{ {line} }}");
        }
        let space = " ".repeat(inner);
        let lines: Vec<String> =
            members.iter().map(|member| format!("{space}{member};\n")).collect();
        format!("{{\n{}{}}}", lines.concat(), " ".repeat(indent))
    }
}
