//! The files of a source folder to the text of one document, in which every
//! byte knows the file it came from.
//!
//! The document is then read like any other, so the rules of the format stand
//! once, and what the decoder says of it is said of the files.

use super::fault::{At, Code, Fault, Owner};
use super::folder::{File, Folder, quoted};
use super::key;
use crate::diagnostic::{self, Diagnostic, Expected, Span, Subject};
use crate::json::{Kind, Node, Tape, escape};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};

/// What an environment may replace.
pub const REPLACED: [&str; 4] = ["enabled", "require", "rules", "serve"];

/// A document made of files.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assembly {
    /// The text of the document, with flags and segments in the order of
    /// their keys.
    pub text: Vec<u8>,
    /// Keys of the flags that are marked for clients.
    pub client: BTreeSet<String>,
    /// Remarks of the tools about the files.
    pub faults: Vec<Fault>,
    /// Remarks of the reader about single files; spans are those of the file.
    pub diagnostics: Vec<(usize, Owner, Diagnostic)>,
    /// Where the text comes from, ascending.
    parts: Vec<Part>,
    /// Files that could not be read: what is said of their place is said
    /// already.
    unread: BTreeSet<usize>,
}

/// A piece of the text, up to the next one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Part {
    start: u32,
    /// The file; none for what holds the document together.
    file: Option<usize>,
    from: u32,
    /// Written by us: it stands for one place of the file.
    made: bool,
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Assembly {
    /// Puts the document of an environment together; without one, that of
    /// `flags` and `segments` alone. An environment that is not there has no
    /// files.
    pub fn new(files: &[File], folder: &Folder, environment: Option<&str>) -> Self {
        let mut made = Self { faults: folder.faults.clone(), ..Self::default() };
        let none = BTreeMap::new();
        let replaced = environment.and_then(|name| folder.environments.get(name)).unwrap_or(&none);
        made.glue("{\"format\":1,\n\"segments\":{");
        made.entries(files, &folder.segments, &none, false);
        made.glue("},\n\"flags\":{");
        made.entries(files, &folder.flags, replaced, true);
        made.glue("}}\n");
        made
    }

    /// Where a span of the document stands; none for what is no file's.
    pub fn place(&self, span: Span) -> Option<(usize, Span)> {
        let (index, part) = self.part(span.start)?;
        let file = part.file?;
        let moved = |part: &Part, offset: u32| {
            if part.made {
                part.from
            } else {
                part.from.saturating_add(offset.saturating_sub(part.start))
            }
        };
        let start = moved(part, span.start);
        if span.end <= span.start {
            return Some((file, Span { start, end: start }));
        }
        let end = match self.part(span.end.saturating_sub(1)) {
            Some((_, last)) if last.file == part.file && moved(last, span.end) > start => {
                moved(last, span.end)
            }
            // It ends in another file: up to the end of this piece.
            _ => {
                let next = self.parts.get(index.saturating_add(1));
                moved(part, next.map_or(span.end, |next| next.start))
            }
        };
        Some((file, Span { start, end: end.max(start.saturating_add(1)) }))
    }

    /// Whether what is said of this place follows from a file that could not
    /// be read.
    pub fn follows(&self, span: Span) -> bool {
        self.place(span).is_some_and(|(file, _)| self.unread.contains(&file))
    }

    fn part(&self, offset: u32) -> Option<(usize, &Part)> {
        let index = self.parts.partition_point(|part| part.start <= offset).checked_sub(1)?;
        Some((index, self.parts.get(index)?))
    }

    fn begin(&mut self, file: Option<usize>, from: u32, made: bool) {
        self.parts.push(Part { start: small(self.text.len()), file, from, made });
    }

    fn glue(&mut self, text: &str) {
        self.begin(None, 0, true);
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Text that stands for a place of a file.
    fn made(&mut self, file: usize, from: u32, text: &str) {
        self.begin(Some(file), from, true);
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Text of a file.
    fn copy(&mut self, file: usize, bytes: &[u8], span: Span) {
        self.begin(Some(file), span.start, false);
        let text = bytes.get(span.start as usize..span.end as usize);
        self.text.extend_from_slice(text.unwrap_or_default());
    }

    fn entries(
        &mut self,
        files: &[File],
        entries: &BTreeMap<String, usize>,
        replaced: &BTreeMap<String, usize>,
        flags: bool,
    ) {
        let mut tapes = (Tape::new(), Tape::new());
        for (count, (key, &number)) in entries.iter().enumerate() {
            if count > 0 {
                self.glue(",\n");
            }
            let owner = if flags { Owner::Flag(key.clone()) } else { Owner::Segment(key.clone()) };
            let bytes = files.get(number).map_or(&[][..], |file| &file.bytes);
            let base = self.read(number, bytes, &mut tapes.0, &owner);
            let start = base.map_or(0, |node| node.span().start);
            let mut name = Vec::new();
            escape(key.as_bytes(), &mut name);
            self.made(number, start, &String::from_utf8_lossy(&name));
            self.made(number, start, ":");
            let Some(base) = base else {
                self.unread.insert(number);
                self.made(number, start, "null");
                // The environment's file may have faults of its own.
                if let Some((over, bytes)) = at(files, replaced, key) {
                    self.read(over, bytes, &mut tapes.1, &owner);
                }
                continue;
            };
            let over = at(files, replaced, key).and_then(|(over, bytes)| {
                Some((over, bytes, self.read(over, bytes, &mut tapes.1, &owner)?))
            });
            self.merge((number, bytes, base), over, key, flags, &owner);
        }
    }

    /// Reads a file; what is no JSON is said, and nothing else.
    fn read<'t, 'b>(
        &mut self,
        number: usize,
        bytes: &'b [u8],
        tape: &'t mut Tape,
        owner: &Owner,
    ) -> Option<Node<'t, 'b>> {
        let (code, expected, span) = if bytes.starts_with(b"\xef\xbb\xbf") {
            (diagnostic::Code::ByteOrderMark, Expected::Nothing, Span { start: 0, end: 3 })
        } else {
            match tape.read(bytes) {
                Ok(node) => return Some(node),
                Err(error) => {
                    let start = small(error.at);
                    (error.code, error.expected, Span { start, end: start.saturating_add(1) })
                }
            }
        };
        let diagnostic = Diagnostic { code, subject: Subject::Document, span, expected };
        self.diagnostics.push((number, owner.clone(), diagnostic));
        None
    }

    /// Writes a flag or segment: the members of its own file that the
    /// environment's does not replace, and then that one's.
    fn merge(
        &mut self,
        (number, bytes, base): (usize, &[u8], Node<'_, '_>),
        over: Option<(usize, &[u8], Node<'_, '_>)>,
        key: &str,
        flag: bool,
        owner: &Owner,
    ) {
        let Span { start, end } = base.span();
        if base.kind() != Kind::Object {
            return self.copy(number, bytes, base.span());
        }
        let over = over.filter(|(over, _, node)| {
            let object = node.kind() == Kind::Object;
            if !object {
                self.wrong(*over, owner, node.span(), Expected::Object);
            }
            object
        });
        let mut replaced = BTreeSet::new();
        if let Some((_, _, node)) = over {
            let names = node.members().filter_map(|(name, _)| name.text());
            replaced.extend(names.map(|name| name.into_owned()));
        }
        let open = Span { start, end: start.saturating_add(1) };
        self.copy(number, bytes, open);
        let mut first = true;
        let mut client = None;
        for (name, value) in base.members() {
            let span = Span { start: name.span().start, end: value.span().end };
            let text = name.text().unwrap_or_default();
            match &*text {
                "client" if flag => {
                    let known = client.replace(value.raw() == "true").is_some();
                    if known {
                        self.twice(number, owner, name.span());
                    } else if value.kind() != Kind::Boolean {
                        self.wrong(number, owner, value.span(), Expected::Boolean);
                    }
                }
                name_ if self.apart(number, owner, name_, &name, &value) => {}
                name if REPLACED.contains(&name) || name.starts_with("x-") => {
                    if !replaced.contains(name) {
                        self.member(number, bytes, span, &mut first);
                    }
                }
                _ => self.member(number, bytes, span, &mut first),
            }
        }
        if client == Some(true) {
            self.client.insert(key.to_string());
        }
        if let Some((over, bytes, node)) = over {
            for (name, value) in node.members() {
                let span = Span { start: name.span().start, end: value.span().end };
                let text = name.text().unwrap_or_default();
                if self.apart(over, owner, &text, &name, &value) {
                    continue;
                }
                if REPLACED.contains(&&*text) || text.starts_with("x-") {
                    self.member(over, bytes, span, &mut first);
                    continue;
                }
                let file = key::file(key).unwrap_or_default();
                self.faults.push(Fault {
                    code: Code::Override,
                    message: format!("an environment cannot replace {}", quoted(&text)),
                    help: format!("a file of an environment has `enabled`, `require`, `rules` and `serve` alone; the rest is the same everywhere and stands in flags/{file}"),
                    at: At::File(over, name.span()),
                    owner: owner.clone(),
                });
            }
        }
        let close = Span { start: end.saturating_sub(1), end };
        self.made(number, close.start, if first { "" } else { " " });
        self.copy(number, bytes, close);
    }

    fn member(&mut self, file: usize, bytes: &[u8], span: Span, first: &mut bool) {
        // As a person would space it: conditions are shown as they stand.
        self.made(file, span.start, if *first { " " } else { ", " });
        *first = false;
        self.copy(file, bytes, span);
    }

    /// Whether a member is of the file alone, and does not go into the
    /// document: `$schema`, and a revision, which is refused.
    fn apart(
        &mut self,
        file: usize,
        owner: &Owner,
        text: &str,
        name: &Node<'_, '_>,
        value: &Node<'_, '_>,
    ) -> bool {
        match text {
            "$schema" => {
                if value.kind() != Kind::String {
                    self.wrong(file, owner, value.span(), Expected::String);
                }
                true
            }
            "revision" => {
                self.faults.push(Fault {
                    code: Code::Revision,
                    message: "a source file has no revision".into(),
                    help: "remove it: `serin build` stamps the whole ruleset with one".into(),
                    at: At::File(file, name.span()),
                    owner: owner.clone(),
                });
                true
            }
            _ => false,
        }
    }

    fn wrong(&mut self, file: usize, owner: &Owner, span: Span, expected: Expected) {
        self.push(file, owner, diagnostic::Code::WrongType, span, expected);
    }

    fn twice(&mut self, file: usize, owner: &Owner, span: Span) {
        self.push(file, owner, diagnostic::Code::DuplicateMember, span, Expected::Nothing);
    }

    fn push(
        &mut self,
        file: usize,
        owner: &Owner,
        code: diagnostic::Code,
        span: Span,
        expected: Expected,
    ) {
        let diagnostic = Diagnostic { code, subject: Subject::Document, span, expected };
        self.diagnostics.push((file, owner.clone(), diagnostic));
    }
}

/// The file that an environment has for a key.
fn at<'f>(
    files: &'f [File],
    replaced: &BTreeMap<String, usize>,
    key: &str,
) -> Option<(usize, &'f [u8])> {
    let number = *replaced.get(key)?;
    Some((number, &files.get(number)?.bytes))
}
