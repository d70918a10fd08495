//! Did you mean: the name nearest to one that is not known.

use super::quote::quoted;
use crate::diagnostic::{Code, Diagnostic, Expected};
use crate::json::{Kind, Node, Tape};
use std::collections::HashMap;
use std::format;
use std::string::String;
use std::vec::Vec;

/// How to mend a name that is not known.
pub struct Advice {
    /// In words.
    pub help: String,
    /// The name to write instead.
    pub suggestion: Option<String>,
}

/// Names of more characters are not compared.
const LONGEST: usize = 100;
/// So many names of a document are compared in all; then the faults that
/// follow get no suggestions.
const COMPARED: usize = 500_000;
/// So many names are worth listing in full.
const FEW: usize = 8;

/// The name most like the one that was written, if one is like it at all.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // `startsWith`, `starts_with` and `starts-with` are one name here.
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let short = |name: &str| name.len() <= LONGEST;
    let folded = plain(written);
    let near = names.into_iter().filter(|name| short(name) && short(written) && *name != written);
    near.map(|name| (strsim::osa_distance(&plain(name), &folded), name))
        .filter(|(distance, name)| {
            let shorter = name.chars().count().min(written.chars().count());
            *distance <= (shorter / 3).max(1) && *distance < shorter.max(1)
        })
        // Of names equally near, the one that was begun: `of` is `off`, not `on`.
        .min_by_key(|(distance, name)| (*distance, !name.starts_with(written)))
        .map(|(_, name)| name)
}

/// The nearest of many names to each of many that are not known, as long as
/// comparing them takes no time that anybody would notice.
pub struct Nearest<'n> {
    names: &'n [&'n str],
    known: HashMap<String, Option<&'n str>>,
    left: usize,
}

impl<'n> Nearest<'n> {
    /// Of these names.
    pub fn new(names: &'n [&'n str]) -> Self {
        Self { names, known: HashMap::new(), left: COMPARED }
    }

    /// The nearest one.
    pub fn to(&mut self, written: &str) -> Option<&'n str> {
        if let Some(known) = self.known.get(written) {
            return *known;
        }
        self.left = self.left.checked_sub(self.names.len())?;
        let found = nearest(written, self.names.iter().copied());
        self.known.insert(written.into(), found);
        found
    }
}

/// The names of a document, for those that it gets wrong.
pub struct Names<'t, 'a> {
    root: Option<Node<'t, 'a>>,
    bytes: &'a [u8],
    left: usize,
}

impl<'t, 'a> Names<'t, 'a> {
    /// Reads the names, if one of the diagnostics is about a name.
    pub fn new(
        tape: &'t mut Tape,
        bytes: &'a [u8],
        mut diagnostics: impl Iterator<Item = Diagnostic>,
    ) -> Self {
        let about_names =
            |code| matches!(code, Code::UnknownVariant | Code::UnknownSegment | Code::UnknownFlag);
        let root = diagnostics.any(|diagnostic| about_names(diagnostic.code));
        let root = if root { tape.read(bytes).ok() } else { None };
        Self { root, bytes, left: COMPARED }
    }

    /// Advice that knows the names which could stand there.
    pub fn advice(&mut self, diagnostic: &Diagnostic) -> Option<Advice> {
        let span = diagnostic.span.start as usize..diagnostic.span.end as usize;
        let written: String = serde_json::from_slice(self.bytes.get(span)?).ok()?;
        if self.left == 0 {
            return None;
        }
        let keys = |section: &str| self.root.and_then(|root| names(member(root, section)?));
        let names = match diagnostic.code {
            Code::UnknownMember => legal(diagnostic.expected),
            Code::UnknownOperator => {
                if let Some(advice) = foreign(&written) {
                    return Some(advice);
                }
                legal(diagnostic.expected)
            }
            Code::UnknownTopLevel => TOP_LEVEL.map(String::from).to_vec(),
            Code::UnknownVariant => self.variants(diagnostic.span.start).unwrap_or_default(),
            Code::UnknownSegment => keys("segments").unwrap_or_default(),
            Code::UnknownFlag => keys("flags").unwrap_or_default(),
            _ => return None,
        };
        self.left = self.left.saturating_sub(names.len());
        if let Some(name) = nearest(&written, names.iter().map(String::as_str)) {
            return Some(mean(name));
        }
        // Messages about other names list what is legal themselves.
        let declared = matches!(
            diagnostic.code,
            Code::UnknownVariant | Code::UnknownSegment | Code::UnknownFlag
        );
        (declared && !names.is_empty() && names.len() <= FEW).then(|| {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            Advice { help: format!("declared are {}", names.join(", ")), suggestion: None }
        })
    }

    /// The variants that a name at this place can mean: of the flag that is
    /// asked for in a condition, else of the flag around it.
    fn variants(&self, offset: u32) -> Option<Vec<String>> {
        let around = chain(self.root?, offset);
        let flags = member(*around.first()?, "flags")?;
        let innermost = around.iter().rev().find(|node| node.kind() == Kind::Object)?;
        let flag = match member(*innermost, "is").and(member(*innermost, "flag")) {
            Some(key) => member(flags, &key.text()?)?,
            None => *around.get(2)?,
        };
        names(member(flag, "variants")?)
    }
}

fn mean(name: &str) -> Advice {
    Advice { help: format!("did you mean {}?", quoted(name)), suggestion: Some(name.into()) }
}

/// The value of the first member of this name.
fn member<'t, 'a>(object: Node<'t, 'a>, name: &str) -> Option<Node<'t, 'a>> {
    let mut members = object.members();
    members.find(|(found, _)| found.text().as_deref() == Some(name)).map(|(_, value)| value)
}

/// The names of an object's members.
fn names(object: Node<'_, '_>) -> Option<Vec<String>> {
    (object.kind() == Kind::Object)
        .then(|| object.members().filter_map(|(name, _)| Some(name.text()?.into_owned())).collect())
}

/// The arrays and objects around an offset, the outermost first.
fn chain<'t, 'a>(root: Node<'t, 'a>, offset: u32) -> Vec<Node<'t, 'a>> {
    let around = |node: &Node<'_, '_>| {
        matches!(node.kind(), Kind::Array | Kind::Object)
            && node.span().start <= offset
            && offset < node.span().end
    };
    let mut chain = Vec::new();
    let mut next = Some(root).filter(around);
    while let Some(node) = next {
        chain.push(node);
        let member = node.members().map(|(_, value)| value).find(around);
        next = member.or_else(|| node.items().find(around));
    }
    chain
}

/// The names in the words for what is expected.
fn legal(expected: Expected) -> Vec<String> {
    let list = expected.phrase().strip_prefix("one of ").unwrap_or_default();
    let list = list.split(" (").next().unwrap_or_default();
    let names = list.split([',', ' ']).filter(|name| !name.is_empty() && *name != "with");
    let mut names: Vec<String> = names.map(Into::into).collect();
    if expected == Expected::ConditionMembers {
        names.extend(["value".into(), "ignoreCase".into()]);
    }
    names
}

/// The members of a ruleset.
const TOP_LEVEL: [&str; 4] = ["format", "revision", "segments", "flags"];

/// Operators of other evaluators.
const FOREIGN: [(&str, &[&str]); 12] = [
    ("eq", &["equals", "equal", "==", "===", "=", "is"]),
    ("in", &["oneof", "anyof", "inlist"]),
    ("startsWith", &["prefix", "beginswith"]),
    ("endsWith", &["suffix"]),
    ("contains", &["includes", "substring"]),
    ("lt", &["<", "lessthan"]),
    ("le", &["<=", "lte", "lessthanorequal"]),
    ("gt", &[">", "greaterthan"]),
    ("ge", &[">=", "gte", "greaterthanorequal"]),
    ("version", &["semver", "semverrange"]),
    ("cidr", &["ip", "iprange", "subnet"]),
    ("exists", &["present", "isset", "defined"]),
];

fn foreign(written: &str) -> Option<Advice> {
    let name = written.replace(['_', '-'], "").to_lowercase();
    let is = |name: &str, names: &[&str]| names.contains(&name);
    if let Some((operator, _)) = FOREIGN.iter().find(|(_, names)| is(&name, names)) {
        return Some(mean(operator));
    }
    let help = if is(&name, &["regex", "regexp", "matches", "match", "like", "glob"]) {
        "format 1 has no patterns; use startsWith, endsWith or contains, or compute an attribute"
    } else if name.starts_with("not") || name.starts_with('!') || is(&name, &["ne", "neq", "nin"]) {
        "put the opposite test under `not`: { \"not\": { ... } }"
    } else {
        return None;
    };
    Some(Advice { help: help.into(), suggestion: None })
}
