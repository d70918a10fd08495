//! JSON text in one layout. Only white space between tokens changes: every
//! name, string and number stays as it is written, and in its order.
//!
//! Without recursion, since what is broken may be nested as deep as it likes.

use crate::diagnostic::{Code, Diagnostic, Expected, Span, Subject};
use crate::json::Tape;
use crate::limits::DOCUMENT_BYTES;
use std::string::String;
use std::vec::Vec;

/// What a text is, which says what always gets lines of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A ruleset: its members, its flags and segments.
    Ruleset,
    /// A flag: its members.
    Flag,
    /// A condition, or what an environment replaces.
    Part,
}

/// Characters of a line that is not broken.
const WIDTH: usize = 100;

/// Bytes beyond which nothing more is laid out.
const LONGEST: usize = 2 * DOCUMENT_BYTES;

/// A value, or the name of a member.
struct Token<'t> {
    text: &'t str,
    kind: Kind,
    /// Characters it takes on one line.
    width: usize,
    /// Values in it, or members.
    count: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An object or an array that begins.
    Open,
    Close,
    /// With the colon behind it.
    Name,
    Scalar,
}

/// The text of a file that can be laid out.
///
/// # Errors
/// What is wrong with it: it is no JSON, no UTF-8, or too large.
pub fn readable(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let refused = |code, expected, at: usize| {
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span { start, end: start.saturating_add(1) };
        Diagnostic { code, subject: Subject::Document, span, expected }
    };
    if bytes.len() > DOCUMENT_BYTES {
        return Err(refused(Code::DocumentTooLarge, Expected::Nothing, 0));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(refused(Code::ByteOrderMark, Expected::Nothing, 0));
    }
    if let Err(error) = Tape::new().read(bytes) {
        return Err(refused(error.code, error.expected, error.at));
    }
    std::str::from_utf8(bytes)
        .map_err(|error| refused(Code::InvalidUtf8, Expected::Nothing, error.valid_up_to()))
}

/// What the text is by its members: a ruleset, a flag, or a part of one.
pub fn shape(text: &str) -> Shape {
    let has = |name: &str| {
        super::text::with_root(text, |root| super::text::member(root, name).is_some())
            .unwrap_or_default()
    };
    if has("flags") {
        Shape::Ruleset
    } else if has("variants") {
        Shape::Flag
    } else {
        Shape::Part
    }
}

/// The text in its layout; it has to be JSON. What grows beyond twice what a
/// document may have is given up: nobody can use it.
pub fn lay_out(text: &str, shape: Shape) -> String {
    let tokens = measured(tokens(text));
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Frame<'_>> = Vec::new();
    // Characters in the line so far, and lines' indentation.
    let (mut column, mut indent) = (0_usize, 0_usize);
    let mut name: Option<&str> = None;
    for (index, token) in tokens.iter().enumerate() {
        if out.len() > LONGEST {
            return out;
        }
        if token.kind == Kind::Close {
            let Some(frame) = open.pop() else { continue };
            match frame.way {
                Way::Flat if frame.written > 0 && token.text == "}" => out.push(' '),
                Way::Lines => {
                    indent = indent.saturating_sub(1);
                    column = line(&mut out, indent);
                }
                Way::Hugged if token.text == "}" => out.push(' '),
                Way::Flat | Way::Hugged => {}
            }
            out.push_str(token.text);
            column = column.saturating_add(2);
            continue;
        }
        // A name begins a member; a value behind a name goes on with it.
        if let (None, Some(frame)) = (name, open.last_mut()) {
            if frame.written > 0 {
                out.push(',');
            }
            match frame.way {
                Way::Lines => column = line(&mut out, indent),
                Way::Flat if frame.written > 0 || frame.object => {
                    out.push(' ');
                    column = column.saturating_add(2);
                }
                Way::Hugged if frame.object => {
                    out.push(' ');
                    column = column.saturating_add(1);
                }
                Way::Flat | Way::Hugged => {}
            }
            frame.written = frame.written.saturating_add(1);
        }
        if token.kind == Kind::Name {
            out.push_str(token.text);
            out.push_str(": ");
            column = column.saturating_add(token.width).saturating_add(2);
            name = Some(token.text);
            continue;
        }
        out.push_str(token.text);
        let behind = name.take();
        if token.kind == Kind::Scalar {
            column = column.saturating_add(token.width);
            continue;
        }
        let flat = open.last().is_some_and(|frame| frame.way == Way::Flat);
        // The comma behind it counts.
        let fits = column.saturating_add(token.width).saturating_add(1) <= WIDTH;
        let way = if flat || token.count == 0 || fits && !always(shape, &open, behind) {
            Way::Flat
        } else if token.count == 1 && hugs(&tokens, index) && !always(shape, &open, behind) {
            Way::Hugged
        } else {
            indent = indent.saturating_add(1);
            Way::Lines
        };
        column = column.saturating_add(1);
        open.push(Frame { name: behind, object: token.text == "{", way, written: 0 });
    }
    out.push('\n');
    out
}

/// How the parts of an object or an array stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All on one line.
    Flat,
    /// Each on lines of its own.
    Lines,
    /// The only one directly inside the brackets.
    Hugged,
}

/// An object or array that is open.
struct Frame<'t> {
    name: Option<&'t str>,
    object: bool,
    way: Way,
    written: usize,
}

/// Begins a line; how long it is.
fn line(out: &mut String, indent: usize) -> usize {
    out.push('\n');
    (0..indent).for_each(|_| out.push_str("  "));
    indent.saturating_mul(2)
}

/// Whether what begins here always has lines of its own.
fn always(shape: Shape, open: &[Frame<'_>], name: Option<&str>) -> bool {
    let rules = name == Some("\"rules\"");
    match (shape, open) {
        (Shape::Ruleset | Shape::Flag, []) => true,
        (Shape::Ruleset, [_]) => matches!(name, Some("\"flags\"" | "\"segments\"")),
        (Shape::Ruleset, [_, flags]) => flags.name == Some("\"flags\""),
        (Shape::Ruleset, [_, flags, _]) => flags.name == Some("\"flags\"") && rules,
        (Shape::Flag, [_]) => rules,
        _ => false,
    }
}

/// Whether the only part of what begins here is an object or array itself.
fn hugs(tokens: &[Token<'_>], index: usize) -> bool {
    let mut behind = tokens.iter().skip(index.saturating_add(1));
    let part = behind.find(|token| token.kind != Kind::Name);
    part.is_some_and(|token| token.kind == Kind::Open && token.count > 0)
}

/// The tokens of a text; commas and colons say nothing that order does not.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0_usize);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = at.saturating_add(1);
        let kind = match byte {
            b'{' | b'[' => Kind::Open,
            b'}' | b']' => Kind::Close,
            b':' => {
                if let Some(Token { kind, .. }) = found.last_mut() {
                    *kind = Kind::Name;
                }
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' => continue,
            b'"' => {
                let mut escape = false;
                while let Some(byte) = bytes.get(at) {
                    at = at.saturating_add(1);
                    if !escape && *byte == b'"' {
                        break;
                    }
                    escape = !escape && *byte == b'\\';
                }
                Kind::Scalar
            }
            _ => {
                let rest = bytes.get(at..).unwrap_or_default();
                let more = rest.iter().take_while(|byte| !b" \t\r\n,:{}[]\"".contains(byte));
                at = at.saturating_add(more.count());
                Kind::Scalar
            }
        };
        let text = part(start, at);
        found.push(Token { text, kind, width: text.chars().count(), count: 0 });
    }
    found
}

/// The tokens with the widths and counts of what they begin.
fn measured(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    // Of each that is open: its place, its width and its parts so far.
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for index in 0..tokens.len() {
        let Some(token) = tokens.get(index) else { break };
        let (kind, width, object) = (token.kind, token.width, token.text == "}");
        let width = match kind {
            Kind::Open => {
                open.push((index, 0, 0));
                continue;
            }
            Kind::Close => {
                let Some((place, inner, count)) = open.pop() else { continue };
                let between = count.saturating_sub(1).saturating_mul(2);
                let spaces = if object && count > 0 { 4 } else { 2 };
                let width = inner.saturating_add(between).saturating_add(spaces);
                if let Some(token) = tokens.get_mut(place) {
                    (token.width, token.count) = (width, count);
                }
                width
            }
            Kind::Name => width.saturating_add(2),
            Kind::Scalar => width,
        };
        if let Some((_, inner, count)) = open.last_mut() {
            *inner = inner.saturating_add(width);
            // A member is counted with its value.
            *count = count.saturating_add(usize::from(kind != Kind::Name));
        }
    }
    tokens
}
