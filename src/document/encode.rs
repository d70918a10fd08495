//! A document back to JSON text, in one canonical form: members in the order
//! of `format.md`, defaults left out, no insignificant space.

use super::{
    Condition, ConditionKind, Document, Entry, Extra, Flag, Instant, Line, List, Operation, Path,
    Ramp, Rollout, Scalar, Serve, Texts, Variant,
};
use crate::json::{Tape, compact, escape};
use alloc::{format, string::String, vec::Vec};

/// The canonical text of a document. Flags and segments that are broken by
/// themselves are left out: they have no data.
pub fn encode(document: &Document<'_>) -> String {
    let mut out = Writer(Vec::new());
    out.object(|out| {
        out.member("format", |out| out.raw("1"));
        out.option("revision", &document.revision, |out, number| out.raw(&format!("{number}")));
        out.extra(&document.extra);
        if document.segments.iter().any(|entry| entry.item.is_some()) {
            out.member("segments", |out| {
                out.entries(&document.segments, |out, segment| out.condition(&segment.condition));
            });
        }
        out.member("flags", |out| out.entries(&document.flags, Writer::flag));
    });
    // INVARIANT: only text and whole JSON values were written.
    String::from_utf8(out.0).unwrap_or_default()
}

/// The canonical text of one flag.
pub fn flag(flag: &Flag<'_>) -> String {
    let mut out = Writer(Vec::new());
    out.flag(flag);
    String::from_utf8(out.0).unwrap_or_default()
}

/// The canonical text of one condition, which is what a segment is.
pub fn condition(condition: &Condition<'_>) -> String {
    let mut out = Writer(Vec::new());
    out.condition(condition);
    String::from_utf8(out.0).unwrap_or_default()
}

/// The members of a test that say what it compares with, as an object.
pub fn operation(operation: &Operation<'_>) -> String {
    let mut out = Writer(Vec::new());
    out.object(|out| out.operation(operation));
    String::from_utf8(out.0).unwrap_or_default()
}

struct Writer(Vec<u8>);

impl Writer {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, text: &str) {
        escape(text.as_bytes(), &mut self.0);
    }

    fn json(&mut self, json: &str) {
        compact(json.as_bytes(), &mut self.0);
    }

    fn separate(&mut self) {
        if !matches!(self.0.last(), Some(b'{' | b'[' | b':') | None) {
            self.0.push(b',');
        }
    }

    fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.0.push(b'{');
        members(self);
        self.0.push(b'}');
    }

    fn member(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.separate();
        self.text(name);
        self.0.push(b':');
        value(self);
    }

    fn option<T>(&mut self, name: &str, value: &Option<T>, write: impl FnOnce(&mut Self, &T)) {
        if let Some(value) = value {
            self.member(name, |out| write(out, value));
        }
    }

    fn array<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.0.push(b'[');
        for item in items {
            self.separate();
            write(self, item);
        }
        self.0.push(b']');
    }

    fn extra(&mut self, extra: &[Extra<'_>]) {
        for Extra { name, value } in extra {
            self.separate();
            self.raw(name);
            self.raw(":");
            self.json(value);
        }
    }

    fn entries<T>(&mut self, entries: &[Entry<'_, T>], mut write: impl FnMut(&mut Self, &T)) {
        self.object(|out| {
            for Entry { key, item } in entries {
                if let Some(item) = item {
                    out.member(&key.text, |out| write(out, item));
                }
            }
        });
    }

    fn percent(&mut self, thousandths: u32) {
        let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
        let text = format!("{whole}.{part:03}");
        self.raw(text.trim_end_matches('0').trim_end_matches('.'));
    }

    /// The shortest text that reads as the same float and is no integer that
    /// readers would round.
    fn number(&mut self, value: f64) {
        let plain = value == 0.0 || (1e-6..9e15).contains(&value.abs());
        self.raw(&if plain { format!("{value}") } else { format!("{value:e}") });
    }

    fn path(&mut self, path: &Path<'_>) {
        if path.segments.iter().any(|segment| segment.contains('.')) {
            self.array(&path.segments, |out, segment| out.text(segment));
        } else {
            let segments: Vec<&str> = path.segments.iter().map(AsRef::as_ref).collect();
            self.text(&segments.join("."));
        }
    }

    fn flag(&mut self, flag: &Flag<'_>) {
        let name = |variant: u16| {
            flag.variants.get(usize::from(variant)).map_or("", |variant| &*variant.name.text)
        };
        self.object(|out| {
            out.option("description", &flag.description, |out, text| out.text(text));
            out.option("owner", &flag.owner, |out, text| out.text(text));
            out.option("expires", &flag.expires, |out, text| out.text(text));
            out.member("variants", |out| {
                out.object(|out| {
                    for Variant { name, value } in &flag.variants {
                        out.member(&name.text, |out| out.json(value));
                    }
                });
            });
            if !flag.enabled {
                out.member("enabled", |out| out.raw("false"));
            }
            out.option("off", &flag.off, |out, variant| out.text(name(*variant)));
            out.option("salt", &flag.salt, |out, salt| out.text(salt));
            out.option("require", &flag.require, Writer::condition);
            if !flag.rules.is_empty() {
                out.member("rules", |out| {
                    out.array(&flag.rules, |out, rule| {
                        out.object(|out| {
                            out.option("name", &rule.name, |out, name| out.text(name));
                            out.option("if", &rule.condition, Writer::condition);
                            out.member("serve", |out| out.serve(&rule.serve, &name));
                            out.extra(&rule.extra);
                        });
                    });
                });
            }
            out.option("serve", &flag.serve, |out, serve| out.serve(serve, &name));
            out.option("metadata", &flag.metadata, |out, json| out.json(json));
            out.extra(&flag.extra);
        });
    }

    fn serve<'n>(&mut self, serve: &Serve<'_>, name: &impl Fn(u16) -> &'n str) {
        match serve {
            Serve::Variant(variant) => self.text(name(*variant)),
            Serve::Rollout(Rollout { line, without_key, shares }) => self.object(|out| {
                out.member("rollout", |out| {
                    out.object(|out| {
                        out.line(line);
                        out.option("withoutKey", without_key, |out, v| out.text(name(*v)));
                        out.member("shares", |out| {
                            out.array(shares, |out, share| {
                                out.object(|out| {
                                    out.member("variant", |out| out.text(name(share.variant)));
                                    out.member("percent", |out| out.percent(share.thousandths));
                                    out.extra(&share.extra);
                                });
                            });
                        });
                    });
                });
            }),
            Serve::Ramp(Ramp { line, without_key, variant, rest, steps }) => self.object(|out| {
                out.member("ramp", |out| {
                    out.object(|out| {
                        out.member("variant", |out| out.text(name(*variant)));
                        out.member("rest", |out| out.text(name(*rest)));
                        out.line(line);
                        out.option("withoutKey", without_key, |out, v| out.text(name(*v)));
                        out.member("steps", |out| {
                            out.array(steps, |out, step| {
                                out.object(|out| {
                                    out.member("at", |out| out.instant(&step.at));
                                    out.member("percent", |out| out.percent(step.thousandths));
                                    out.extra(&step.extra);
                                });
                            });
                        });
                    });
                });
            }),
        }
    }

    /// As written, but for escapes that need not be.
    fn instant(&mut self, instant: &Instant<'_>) {
        let mut tape = Tape::new();
        match tape.read(instant.raw.as_bytes()).ok().and_then(|node| node.text()) {
            Some(text) => self.text(&text),
            None => self.json(instant.raw),
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        self.option("by", &line.by, Writer::path);
        self.option("salt", &line.salt, |out, salt| out.text(salt));
        self.extra(&line.extra);
    }

    fn condition(&mut self, condition: &Condition<'_>) {
        self.object(|out| {
            match &condition.kind {
                ConditionKind::All(list) => {
                    out.member("all", |out| out.array(list, Writer::condition));
                }
                ConditionKind::Any(list) => {
                    out.member("any", |out| out.array(list, Writer::condition));
                }
                ConditionKind::Not(inner) => out.member("not", |out| out.condition(inner)),
                ConditionKind::Segment(name) => {
                    out.member("segment", |out| out.text(&name.text));
                }
                ConditionKind::Flag { key, is, list } => {
                    out.member("flag", |out| out.text(&key.text));
                    out.member("is", |out| match (is.as_slice(), list) {
                        ([name], false) => out.text(&name.text),
                        (names, _) => out.array(names, |out, name| out.text(&name.text)),
                    });
                }
                ConditionKind::Bucket { line, from, to } => out.member("bucket", |out| {
                    out.object(|out| {
                        out.line(line);
                        out.member("from", |out| out.percent(*from));
                        out.member("to", |out| out.percent(*to));
                    });
                }),
                ConditionKind::Time { from, until, extra } => out.member("time", |out| {
                    out.object(|out| {
                        out.option("from", from, Writer::instant);
                        out.option("until", until, Writer::instant);
                        out.extra(extra);
                    });
                }),
                ConditionKind::Test { path, ignore_case, operation } => {
                    out.member("attribute", |out| out.path(path));
                    out.operation(operation);
                    if *ignore_case {
                        out.member("ignoreCase", |out| out.raw("true"));
                    }
                }
            }
            out.extra(&condition.extra);
        });
    }

    fn operation(&mut self, operation: &Operation<'_>) {
        let op = |out: &mut Self, name: &str| out.member("op", |out| out.text(name));
        let float = |out: &mut Self, name, value: f64| {
            op(out, name);
            out.member("value", |out| out.number(value));
        };
        match operation {
            Operation::Eq(scalar) => {
                op(self, "eq");
                self.member("value", |out| match scalar {
                    Scalar::String(text) => out.text(text),
                    Scalar::Number(value) => out.number(*value),
                    Scalar::Boolean(value) => out.raw(if *value { "true" } else { "false" }),
                });
            }
            Operation::In(list) => self.list("in", list),
            Operation::HasAny(list) => self.list("hasAny", list),
            Operation::HasAll(list) => self.list("hasAll", list),
            Operation::StartsWith(texts) => self.texts("startsWith", texts),
            Operation::EndsWith(texts) => self.texts("endsWith", texts),
            Operation::Contains(texts) => self.texts("contains", texts),
            Operation::Version(texts) => self.texts("version", texts),
            Operation::Cidr(texts) => self.texts("cidr", texts),
            Operation::Lt(value) => float(self, "lt", *value),
            Operation::Le(value) => float(self, "le", *value),
            Operation::Gt(value) => float(self, "gt", *value),
            Operation::Ge(value) => float(self, "ge", *value),
            Operation::Before(instant) => {
                op(self, "before");
                self.member("value", |out| out.instant(instant));
            }
            Operation::After(instant) => {
                op(self, "after");
                self.member("value", |out| out.instant(instant));
            }
            Operation::Exists => op(self, "exists"),
            Operation::Unknown { op: name, value, ignore_case } => {
                op(self, name);
                self.option("value", value, |out, json| out.json(json));
                self.option("ignoreCase", ignore_case, |out, value| {
                    out.raw(if *value { "true" } else { "false" });
                });
            }
        }
    }

    fn list(&mut self, op: &str, list: &List<'_>) {
        self.member("op", |out| out.text(op));
        self.member("value", |out| match list {
            List::Strings(texts) => out.array(texts, |out, text| out.text(text)),
            List::Numbers(values) => out.array(values, |out, value| out.number(*value)),
            List::Booleans(values) => {
                out.array(values, |out, value| out.raw(if *value { "true" } else { "false" }));
            }
        });
    }

    fn texts(&mut self, op: &str, texts: &Texts<'_>) {
        self.member("op", |out| out.text(op));
        self.member("value", |out| match (texts.texts.as_slice(), texts.list) {
            ([text], false) => out.text(text),
            (list, _) => out.array(list, |out, text| out.text(text)),
        });
    }
}
