//! What the tests on case files share: reading the files, contexts that JSON
//! cannot write, and comparing every member of an answer.
//!
//! `tests/conformance/` and `tests/regression/` are data that every front end
//! reads, not only these tests.

#![allow(dead_code, reason = "no test uses all of it")]

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use serin::diagnostic::{Diagnostic, Severity, Subject};
use serin::{Attribute, Attributes, Context, Decision, Element, ErrorCode, FlagId, Kind, Loader};
use serin::{RuleRef, Ruleset, evaluate, explain};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// One evaluation takes no longer of the processor, whatever the ruleset.
const EVALUATION: Duration = Duration::from_millis(500);

/// A case file.
pub struct File {
    /// Its name without `.json`.
    pub name: String,
    /// What it says.
    pub content: Value,
    text: String,
}

/// All files of a folder of `tests/`, by name; at least one.
pub fn files(folder: &str) -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<File> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let content = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
            File { name, content, text }
        })
        .collect();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

impl File {
    /// The document that the file is about: `ruleset` as written, or its `parts`.
    pub fn document(&self) -> Vec<u8> {
        if let Some(parts) = self.content["parts"].as_array() {
            return build(parts);
        }
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(&self.text).unwrap();
        members["ruleset"].get().as_bytes().to_vec()
    }

    /// How many cases it has.
    pub fn cases(&self) -> usize {
        self.content["cases"].as_array().map_or(0, Vec::len)
    }

    /// Compares what loading the document gave with what the file says of it:
    /// one line a difference.
    pub fn differences(&self, loaded: Result<&mut Ruleset, &Diagnostic>) -> Vec<String> {
        let mut found = Vec::new();
        match (self.content["refused"].as_str(), loaded) {
            (Some(code), Err(fault)) if fault.code.name() == code => {
                if fault.severity() != Severity::Fatal {
                    found.push(format!("{code} refuses the document and is not fatal"));
                }
            }
            (wanted, Err(fault)) => found.push(format!(
                "expected {}, got refused with {} at {}",
                wanted.map_or("to load".into(), |code| format!("refused with {code}")),
                fault.code.name(),
                fault.span.start
            )),
            (Some(code), Ok(_)) => found.push(format!("expected refused with {code}, it loaded")),
            (None, Ok(ruleset)) => {
                self.compare_diagnostics(ruleset, &mut found);
                for (index, case) in
                    self.content["cases"].as_array().into_iter().flatten().enumerate()
                {
                    if let Some(difference) = compare_answer(ruleset, case) {
                        found.push(format!("case {index} {difference}"));
                    }
                }
            }
        }
        found
    }

    fn compare_diagnostics(&self, ruleset: &Ruleset, found: &mut Vec<String>) {
        let got = diagnostics(ruleset);
        if let Some(count) = self.content["diagnosticsCount"].as_u64() {
            if got.len() as u64 != count {
                let first: Vec<_> = got.iter().take(3).map(Value::to_string).collect();
                found.push(format!("expected {count} diagnostics, got {}: {first:?} …", got.len()));
            }
            return;
        }
        let none = Vec::new();
        let wanted = self.content["diagnostics"].as_array().unwrap_or(&none);
        for place in 0..wanted.len().max(got.len()) {
            let (wanted, got) = (wanted.get(place), got.get(place));
            if wanted != got {
                let text = |value: Option<&Value>| value.map_or("none".into(), Value::to_string);
                found.push(format!(
                    "diagnostic {place}: expected {}, got {}",
                    text(wanted),
                    text(got)
                ));
                return;
            }
        }
    }
}

/// Bytes from the parts of a regression file.
fn build(parts: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let text = |name: &str| part[name].as_str();
        let count = |name: &str| part[name].as_u64().unwrap() as usize;
        if let Some(literal) = part.as_str() {
            bytes.extend_from_slice(literal.as_bytes());
        } else if let Some(unit) = text("repeat") {
            bytes.extend_from_slice(unit.repeat(count("times")).as_bytes());
        } else if let Some(item) = text("join") {
            for i in 0..count("count") as i64 {
                let between = if i > 0 { text("with").unwrap() } else { "" };
                let item = item.replace("{i}", &i.to_string());
                let item = item.replace("{i-1}", &(i - 1).to_string());
                bytes.extend_from_slice(between.as_bytes());
                bytes.extend_from_slice(item.replace("{i+1}", &(i + 1).to_string()).as_bytes());
            }
        } else if let Some(digits) = text("hex") {
            let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            bytes.extend(pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        } else if part["truncate"] == true {
            bytes.pop();
        } else {
            panic!("no part of a document: {part}");
        }
    }
    bytes
}

/// Loads a document that arrives in chunks of this size. A host that goes on
/// after the document was refused gets no ruleset either.
pub fn load_in_chunks(bytes: &[u8], size: usize) -> Result<Ruleset, Diagnostic> {
    let mut loader = Loader::new();
    loader.feed(&[])?;
    for chunk in bytes.chunks(size) {
        if let Err(fault) = loader.feed(chunk) {
            assert_eq!(loader.feed(b"}}"), Err(fault), "a refused document goes on");
            assert!(loader.finish().is_err(), "a refused document loads");
            return Err(fault);
        }
    }
    loader.finish()
}

/// How long this thread has run, where the system tells.
pub fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// The diagnostics in the order of the document: code and whose fault it is.
fn diagnostics(ruleset: &Ruleset) -> Vec<Value> {
    let flags: Vec<FlagId> = ruleset.flags().collect();
    let mut list = ruleset.diagnostics().to_vec();
    list.sort_by_key(|diagnostic| diagnostic.span.start);
    let entry = |diagnostic: Diagnostic| {
        let code = diagnostic.code.name();
        match diagnostic.subject {
            Subject::Document => json!({ "code": code }),
            Subject::Flag(index) => {
                json!({ "code": code, "flag": ruleset.key(flags[index as usize]) })
            }
            Subject::Segment(index) => {
                json!({ "code": code, "segment": ruleset.segment_key(index) })
            }
        }
    };
    list.into_iter().map(entry).collect()
}

/// None if the case's answer is the one that it expects.
fn compare_answer(ruleset: &mut Ruleset, case: &Value) -> Option<String> {
    let killed: Vec<&str> =
        case["killed"].as_array().into_iter().flatten().flat_map(Value::as_str).collect();
    ruleset.kill(&killed);
    let key = case["flag"].as_str().unwrap();
    let now = case["now"].as_str().unwrap_or("2026-12-01T00:00:00Z");
    let now = serin::compare::time::parse(now.as_bytes()).unwrap();
    let flag = ruleset.flag(key).unwrap_or(FlagId::at(u32::MAX));
    let none = json!({});
    let given = Given(case.get("context").unwrap_or(&none));
    let mut context = Context::bind(ruleset, &given, now);
    let start = processor_time();
    let decision = evaluate(ruleset, flag, &mut context);
    if let Some(time) = processor_time().zip(start).map(|(end, start)| end - start)
        && time > EVALUATION
    {
        return Some(format!("of {key:?}: the evaluation takes {time:.1?}"));
    }
    if evaluate(ruleset, flag, &mut context) != decision {
        return Some(format!("of {key:?}: a second evaluation answers differently"));
    }
    if explain(ruleset, flag, &mut context).decision != decision {
        return Some(format!("of {key:?}: explain answers differently"));
    }
    let got = answer(ruleset, flag, decision, case["type"].as_str());
    let mut wanted = case["expect"].as_object().unwrap().clone();
    wanted.retain(|_, value| !value.is_null());
    let names = ["value", "variant", "reason", "rule", "ruleIndex", "errorCode"];
    if let Some(name) = wanted.keys().find(|name| !names.contains(&name.as_str())) {
        return Some(format!("of {key:?}: no answer has a member {name:?}"));
    }
    let same = |name: &&str| match (wanted.get(*name), got.get(*name)) {
        (None, None) => true,
        (Some(wanted), Some(got)) => same_value(wanted, got),
        _ => false,
    };
    let different: Vec<&str> = names.into_iter().filter(|name| !same(name)).collect();
    (!different.is_empty()).then(|| {
        let list = |from: &Map<String, Value>| {
            let text = |name: &&str| {
                format!("{name} {}", from.get(*name).map_or("absent".into(), Value::to_string))
            };
            different.iter().map(text).collect::<Vec<_>>().join(", ")
        };
        format!("of {key:?}: expected {}; got {}", list(&wanted), list(&got))
    })
}

/// A decision as a front end tells it; absent members are absent.
fn answer(
    ruleset: &Ruleset,
    flag: FlagId,
    decision: Decision,
    wanted: Option<&str>,
) -> Map<String, Value> {
    let mut decision = decision;
    let kind = ruleset.kind(flag).map(|kind| match kind {
        Kind::Boolean => "boolean",
        Kind::String => "string",
        Kind::Number => "number",
        Kind::Object => "object",
    });
    if kind.is_some() && wanted.is_some() && wanted != kind {
        decision = Decision::error(ErrorCode::TypeMismatch);
    }
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("reason", decision.reason().name().into());
    if let Some(variant) = decision.variant() {
        let value = ruleset.variant_value(flag, variant).unwrap();
        put("value", serde_json::from_str(value).unwrap());
        put("variant", ruleset.variant_name(flag, variant).unwrap().into());
    }
    match decision.rule() {
        None => {}
        Some(RuleRef::Require) => {
            put("rule", "require".into());
        }
        Some(RuleRef::Index(index)) => {
            put("ruleIndex", index.into());
            if let Some(name) = ruleset.rule_name(flag, index) {
                put("rule", name.into());
            }
        }
    }
    if let Some(code) = decision.error_code() {
        put("errorCode", code.name().into());
    }
    members
}

/// Equal, with numbers compared as the floats that hosts read.
fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(k, v)| b.get(k).is_some_and(|other| same_value(v, other)))
        }
        _ => a == b,
    }
}

/// A case's context. An object with a member `$` stands for what JSON cannot
/// write: `unreadable`, `other`, `date` with `millis`, `undefined`.
pub struct Given<'a>(pub &'a Value);

fn marker(value: &Value) -> Option<&str> {
    value.as_object()?.get("$")?.as_str()
}

impl Attributes for Given<'_> {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        let mut value = self.0;
        for name in path {
            let inner = match marker(value) {
                Some("unreadable") => return Attribute::Unreadable,
                Some(_) => None,
                None => value.as_object().and_then(|members| members.get(*name)),
            };
            let Some(inner) = inner else { return Attribute::Absent };
            value = inner;
        }
        read(value)
    }
}

fn read(value: &Value) -> Attribute<'_> {
    match value {
        Value::Null => Attribute::Absent,
        Value::Bool(value) => Attribute::Boolean(*value),
        Value::Number(number) => Attribute::Number(number.as_f64().unwrap()),
        Value::String(text) => Attribute::String(Cow::Borrowed(text)),
        Value::Array(items) if items.iter().any(|item| marker(item) == Some("unreadable")) => {
            Attribute::Unreadable
        }
        Value::Array(items) => Attribute::List(items.iter().map(element).collect()),
        Value::Object(members) => match marker(value) {
            Some("unreadable") => Attribute::Unreadable,
            Some("undefined") => Attribute::Absent,
            Some("date") => members["millis"].as_f64().map_or(Attribute::Other, Attribute::Number),
            Some("other") | None => Attribute::Other,
            Some(unknown) => panic!("no marker: {unknown}"),
        },
    }
}

fn element(value: &Value) -> Element<'_> {
    match value {
        Value::Bool(value) => Element::Boolean(*value),
        Value::Number(number) => Element::Number(number.as_f64().unwrap()),
        Value::String(text) => Element::String(Cow::Borrowed(text)),
        _ => Element::Other,
    }
}

/// Panics with all differences, if there are any.
pub fn report(differences: &[String]) {
    let count = differences.len();
    let shown: String = differences.iter().take(100).map(|line| format!("\n{line}")).collect();
    assert!(count == 0, "{count} differences:{shown}");
}
