//! Flag keys in source code, found by their looks: code is searched and not
//! parsed, so what stands in a comment counts, and a key that is put together
//! at run time is not seen.

use aho_corasick::AhoCorasick;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Range;
use regex::bytes::Regex;

/// What a file's name says of how keys are written in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// JavaScript, TypeScript, and pages and components that contain them.
    JavaScript,
    /// Rust.
    Rust,
    /// Other code: keys in quotes count as used, calls are not known.
    Other,
}

impl Language {
    /// The language of a file by the extension of its name; none if it is not
    /// known to be code.
    pub fn of(extension: &str) -> Option<Self> {
        Some(match extension {
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte"
            | "astro" | "html" => Self::JavaScript,
            "rs" => Self::Rust,
            "c" | "cc" | "cpp" | "cs" | "cxx" | "dart" | "ex" | "exs" | "fs" | "go" | "h"
            | "hpp" | "java" | "kt" | "kts" | "lua" | "m" | "mm" | "php" | "py" | "rb"
            | "scala" | "swift" => Self::Other,
            _ => return None,
        })
    }
}

/// A key where code asks for a flag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// The key.
    pub key: String,
    /// Its bytes in the file, without quotes.
    pub span: Range<usize>,
}

/// What a file has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// Keys that code asks for, known or not, in the order of the file.
    pub references: Vec<Reference>,
    /// Known keys that stand anywhere in quotes, by their number; may repeat.
    pub mentions: Vec<usize>,
}

/// The first argument of a call: a text in quotes, without parts to fill in.
const LITERAL: &str = r#"("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`\\$]*`)"#;
/// Getters of serin and of OpenFeature. A second argument sets them apart
/// from what other libraries call `string` or `number`.
const GETTERS: &str = r"(?:\.\s*(?:boolean|string|number|object|details|explain|get(?:Boolean|String|Number|Object)(?:Value|Details))|\buse(?:Boolean|String|Number|Object)Flag(?:Value|Details))\s*(?:<[^<>()\n]*>)?\s*\(\s*";
/// What kills flags.
const KILL: &str = r"\.\s*kill\s*\(\s*\[([^\]]*)\]";
/// What asks in Rust: of a ruleset, and of OpenFeature's client.
const RUST: &str = r#"\.\s*(?:flag|get_(?:bool|int|float|string|struct)_(?:value|details))\s*(?:::<[^()\n]*>)?\s*\(\s*("(?:[^"\\]|\\.)*")"#;

/// Declarations that `serin types` writes name every flag and use none.
const GENERATED: &[u8] = b"// Written by `serin types`";

/// A pattern that cannot be used, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// Why.
    pub why: String,
}

/// Looks for keys.
pub struct Scanner {
    getters: Regex,
    kill: Regex,
    literal: Regex,
    rust: Regex,
    patterns: Vec<Regex>,
    /// Every key in each kind of quotes, three a key.
    quoted: AhoCorasick,
}

fn compiled(pattern: &str) -> Result<Regex, BadPattern> {
    Regex::new(pattern)
        .map_err(|error| BadPattern { pattern: pattern.into(), why: error.to_string() })
}

impl Scanner {
    /// For these keys, and calls that these patterns find too: the first
    /// group, or else the whole match, is the key.
    ///
    /// # Errors
    /// A pattern is no regular expression.
    pub fn new(keys: &[&str], patterns: &[String]) -> Result<Self, BadPattern> {
        let quoted = keys
            .iter()
            .flat_map(|key| ['"', '\'', '`'].map(|quote| format!("{quote}{key}{quote}")));
        let quoted = AhoCorasick::new(quoted)
            .map_err(|error| BadPattern { pattern: String::new(), why: error.to_string() })?;
        Ok(Self {
            getters: compiled(&format!(r"{GETTERS}{LITERAL}\s*,"))?,
            kill: compiled(KILL)?,
            literal: compiled(LITERAL)?,
            rust: compiled(RUST)?,
            patterns: patterns.iter().map(|one| compiled(one)).collect::<Result<_, _>>()?,
            quoted,
        })
    }

    /// Whether files that are not known to be code are to be searched too.
    pub fn has_patterns(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// What a file has; none as language says that only patterns apply.
    pub fn scan(&self, language: Option<Language>, text: &[u8]) -> Found {
        let mut found = Found::default();
        if text.starts_with(GENERATED) {
            return found;
        }
        match language {
            Some(Language::JavaScript) => {
                for call in self.getters.captures_iter(text) {
                    found.literal(text, call.get(1).map(|group| group.range()));
                }
                for call in self.kill.captures_iter(text) {
                    let Some(list) = call.get(1) else { continue };
                    for key in self.literal.find_iter(list.as_bytes()) {
                        let start = list.start().saturating_add(key.start());
                        let end = list.start().saturating_add(key.end());
                        found.literal(text, Some(start..end));
                    }
                }
            }
            Some(Language::Rust) => {
                for call in self.rust.captures_iter(text) {
                    found.literal(text, call.get(1).map(|group| group.range()));
                }
            }
            Some(Language::Other) | None => {}
        }
        for pattern in &self.patterns {
            for call in pattern.captures_iter(text) {
                let Some(group) = call.get(1).or(call.get(0)) else { continue };
                let key = String::from_utf8_lossy(group.as_bytes()).into_owned();
                found.references.push(Reference { key, span: group.range() });
            }
        }
        if language.is_some() {
            let quoted = self.quoted.find_iter(text);
            found.mentions.extend(quoted.map(|key| key.pattern().as_usize() / 3));
        }
        found.references.sort_by_key(|reference| (reference.span.start, reference.span.end));
        // A pattern may find what is found already.
        found.references.dedup();
        found
    }
}

impl Found {
    /// A literal with its quotes.
    fn literal(&mut self, text: &[u8], range: Option<Range<usize>>) {
        let Some(Range { start, end }) = range else { return };
        let span = start.saturating_add(1)..end.saturating_sub(1);
        let inner = text.get(span.clone()).unwrap_or_default();
        let key = unescaped(&String::from_utf8_lossy(inner));
        self.references.push(Reference { key, span });
    }
}

/// A literal's text, with the escapes that keys have undone.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let rest = chars.as_str();
                let (digits, skip) = match rest.strip_prefix('{') {
                    Some(braced) => {
                        let digits = braced.split('}').next().unwrap_or_default();
                        (digits, digits.chars().count().saturating_add(2))
                    }
                    None => (rest.get(..4).unwrap_or_default(), 4),
                };
                let code = u32::from_str_radix(digits, 16).ok();
                out.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                chars = rest
                    .get(rest.char_indices().nth(skip).map_or(rest.len(), |(at, _)| at)..)
                    .unwrap_or_default()
                    .chars();
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn keys(language: Language, text: &str) -> Vec<String> {
        let scanner = Scanner::new(&["a", "b-c"], &[]).unwrap();
        let found = scanner.scan(Some(language), text.as_bytes());
        for Reference { span, .. } in &found.references {
            let around = [span.start - 1, span.end].map(|at| text.as_bytes()[at]);
            assert!(around[0] == around[1] && b"\"'`".contains(&around[0]), "{text}");
        }
        found.references.into_iter().map(|reference| reference.key).collect()
    }

    #[test]
    fn calls_are_found_by_their_looks() {
        let found: &[(&str, &[&str])] = &[
            ("if (flags.boolean('a', user, false))", &["a"]),
            ("client?.string(\"b-c\", `x`); x.number(`n`, 5)", &["b-c", "n"]),
            ("r.object<'k'>(\n  'k',\n  {})", &["k"]),
            ("await client.getBooleanValue('of', false)", &["of"]),
            ("const on = useBooleanFlagValue('hook', false)", &["hook"]),
            ("r.details('d', u, null), r.explain(\"e\", u)", &["d", "e"]),
            ("r.kill(['x', \"y\"]); r.kill([])", &["x", "y"]),
            ("r.boolean('it\\'s \\u00e9 \\u{1F426}!', u, false)", &["it's é 🐦!"]),
            // Other libraries, and keys that are put together.
            ("z.string('must be text'); yargs.boolean('verbose')", &[]),
            ("r.boolean(key, u, false); r.string(`a-${b}`, u, '')", &[]),
            ("boolean('a', b)", &[]),
        ];
        for (text, wanted) in found {
            assert_eq!(keys(Language::JavaScript, text), *wanted, "{text}");
        }
        let rust = "ruleset.flag(\"a\"); client.get_bool_value(\"b-c\", None, None); x.flag(key)";
        assert_eq!(keys(Language::Rust, rust), ["a", "b-c"]);
        assert_eq!(keys(Language::Other, "client.boolean('a', u, false)"), [""; 0]);
    }

    #[test]
    fn a_key_in_quotes_is_mentioned_and_one_in_a_word_is_not() {
        let scanner = Scanner::new(&["a", "b-c"], &["flag:(\\S+)".into()]).unwrap();
        let found = scanner.scan(Some(Language::Other), b"f('a', \"b-c\"); g(\"ab-c\"); a; `a`");
        assert_eq!((found.mentions, found.references), (vec![0, 1, 0], vec![]));
        let found = scanner.scan(None, b"'a' flag:b-c");
        let reference = Reference { key: "b-c".into(), span: 9..12 };
        assert_eq!((found.mentions, found.references), (vec![], vec![reference]));
        let declared = b"// Written by `serin types`; 'a'";
        assert_eq!(scanner.scan(Some(Language::JavaScript), declared), Found::default());
        assert!(Scanner::new(&[], &["(".into()]).is_err());
    }
}
