//! `serin explain`: how a flag comes to its answer.

use super::eval::{Answer, label};
use super::question::{Circumstances, Question, time};
use super::report::{
    ERROR, FAINT, GOOD, Listing, Position, STRONG, WARNING, cut, one_line, paint, quoted,
};
use super::source::Input;
use super::{CliError, Exit, Format, Outcome};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use serin::document::{
    Condition, ConditionKind, Document, Flag, Line, Operation, Path, Ramp, Serve, Text, decode,
};
use serin::limits::{SAFE_INTEGER, TEXT_BYTES};
use serin::{
    Context, Decision, ErrorCode, FlagId, Found, Kind, Reason, RuleRef, Step, bucket, evaluate,
    explain,
};
use std::collections::HashMap;

/// Tells how a flag comes to its answer
///
/// That is every condition that was asked, what it said and why, the points
/// on the hash line, and the rules that were not reached.
///
/// With --format json: { flag, value, variant, reason, rule, ruleIndex,
/// errorCode, now, sections }, the first seven as `eval` has them. sections
/// are the segments and flags that the flag depends on, then the flag itself:
///   { segment, answer, parts } or { flag, value, ..., errorCode, parts }
/// parts:
///   { part, rule, ruleIndex, outcome, conditions, split }
///   part is condition (of a segment), require, rule or serve; outcome is
///   true, false or unknown of a segment; matched, passed (not known to be
///   true) or notReached of the others
/// conditions, each that was asked, in the order of asking:
///   { condition, file, line, column, negated, answer, why, attribute, found,
///   point, percent }
///   file is that of a source folder; answer is true, false or unknown,
///   before the `not` that negated tells of; why says what made it unknown: absent, unreadable, type, operator,
///   key, segment or flag; percent is the point's place on the line, 0 to 100
/// split, if a rollout or ramp was reached:
///   { attribute, key, point, percent, ramp }
///   ramp is the percentage at which a ramp stands
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The flag's key
    flag: String,
    #[command(flatten)]
    circumstances: Circumstances,
    /// How to write the explanation
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// An answer of three-valued logic.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Truth {
    True,
    False,
    Unknown,
}

impl From<Option<bool>> for Truth {
    fn from(answer: Option<bool>) -> Self {
        match answer {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }
}

/// How a part of a flag ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum End {
    Matched,
    Passed,
    NotReached,
    #[serde(untagged)]
    Segment(Truth),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained<'q> {
    #[serde(flatten)]
    answer: Answer<'q>,
    now: String,
    sections: Vec<Section<'q>>,
}

/// A segment or flag and how it was decided.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Section<'q> {
    #[serde(flatten)]
    subject: Subject<'q>,
    parts: Vec<Part<'q>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Subject<'q> {
    Segment { segment: &'q str, answer: Truth },
    Flag(Answer<'q>),
}

/// A segment's condition, a flag's `require`, one of its rules, or its `serve`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'q> {
    part: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<u16>,
    outcome: End,
    conditions: Vec<Asked<'q>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split<'q>>,
}

/// A condition that was asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'q> {
    condition: Box<RawValue>,
    /// The condition as it was written, on one line.
    #[serde(skip)]
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    line: usize,
    column: usize,
    negated: bool,
    answer: Truth,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'q Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
    /// The answer in words.
    #[serde(skip)]
    detail: String,
}

/// A rollout or ramp that was reached.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Split<'q> {
    attribute: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'q Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ramp: Option<f64>,
}

/// Explains a flag's answer.
///
/// # Errors
/// An input cannot be read or is refused.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let mut question = Question::read(&arguments.input, &arguments.circumstances)?;
    let flag = question.ruleset.flag(&arguments.flag);
    let mut context = question.context();
    let (decision, steps) = match flag {
        None => {
            question.note_not_found(&arguments.flag);
            (Decision::error(ErrorCode::FlagNotFound), Vec::new())
        }
        Some(flag) => {
            let explanation = explain(&question.ruleset, flag, &mut context);
            if explanation.decision.reason() == Reason::Error {
                question.note_error(flag, explanation.decision);
            }
            (explanation.decision, explanation.steps)
        }
    };
    let exit = if decision.reason() == Reason::Error { Exit::Found } else { Exit::Fine };
    let Question { source, ruleset, notes, now, .. } = &question;
    let flag = flag.unwrap_or(FlagId::at(u32::MAX));
    let sections = match decode::document(&source.bytes) {
        Err(_) => Vec::new(),
        Ok(document) => {
            let listing = Listing::new(source);
            Telling { question: &question, document: &document, listing, context }.sections(&steps)
        }
    };
    let answer = Answer::new(ruleset, flag, &arguments.flag, decision);
    let explained = Explained { answer, now: time(*now), sections };
    let format = arguments.format;
    let out = match format {
        Format::Json => super::json(&explained),
        Format::Text => text(&explained, ruleset.kind(flag)),
    };
    Ok(Outcome { out, format, notes: notes.clone(), exit })
}

/// A point's place on the line in percent, cut to five decimals.
fn percent(point: u32) -> f64 {
    let hundred_thousandths = u64::from(point).wrapping_mul(10_000_000) >> 32;
    hundred_thousandths as f64 / 100_000.0
}

/// The text that an attribute is bucketed by, if it is a key.
fn key(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if text.is_empty() || text.len() > TEXT_BYTES => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => {
            let number = number.as_f64()?;
            let integer = number as i64;
            (integer as f64 == number && integer.unsigned_abs() <= SAFE_INTEGER)
                .then(|| integer.to_string())
        }
        _ => None,
    }
}

/// Every leaf condition in a condition, by its offset. The reader bounds the
/// depth.
fn leaves<'d>(condition: &'d Condition<'d>, found: &mut HashMap<u32, &'d Condition<'d>>) {
    match &condition.kind {
        ConditionKind::All(list) | ConditionKind::Any(list) => {
            list.iter().for_each(|inner| leaves(inner, found));
        }
        ConditionKind::Not(inner) => leaves(inner, found),
        _ => {
            found.insert(condition.span.start, condition);
        }
    }
}

/// A condition's answer from those of its leaves; what was not asked did not
/// matter.
fn truth(condition: &Condition<'_>, answers: &HashMap<u32, Option<bool>>) -> Option<bool> {
    let each = |list: &[Condition<'_>], decisive: bool| {
        let mut answer = Some(!decisive);
        for inner in list {
            match truth(inner, answers) {
                Some(value) if value == decisive => return Some(decisive),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    };
    match &condition.kind {
        ConditionKind::All(list) => each(list, false),
        ConditionKind::Any(list) => each(list, true),
        ConditionKind::Not(inner) => truth(inner, answers).map(|answer| !answer),
        _ => answers.get(&condition.span.start).copied().flatten(),
    }
}

fn dotted(segments: &[Text<'_>]) -> String {
    segments.join(".")
}

/// Turns the steps of an evaluation into sections.
struct Telling<'q, 'd> {
    question: &'q Question,
    document: &'d Document<'d>,
    listing: Listing<'q>,
    context: Context,
}

impl<'q> Telling<'q, '_> {
    fn sections(&mut self, steps: &[Step]) -> Vec<Section<'q>> {
        let mut sections = Vec::new();
        let mut rest = steps;
        while let [first, after @ ..] = rest {
            let own =
                after.iter().take_while(|step| !matches!(step, Step::Flag(_) | Step::Segment(_)));
            let (own, next) = after.split_at_checked(own.count()).unwrap_or((after, &[]));
            rest = next;
            sections.extend(match first {
                Step::Flag(flag) => Some(self.flag(*flag, own)),
                Step::Segment(segment) => self.segment(*segment, own),
                Step::Test { .. } | Step::Split { .. } => None,
            });
        }
        sections
    }

    fn segment(&mut self, index: u32, steps: &[Step]) -> Option<Section<'q>> {
        let document = self.document;
        let entry = document.segments.get(index as usize)?;
        let condition = &entry.item.as_ref()?.condition;
        let answers = steps.iter().filter_map(|step| match step {
            Step::Test { place, answer, .. } => Some((*place, *answer)),
            _ => None,
        });
        let answer = truth(condition, &answers.collect()).into();
        let mut found = HashMap::new();
        leaves(condition, &mut found);
        let conditions = steps.iter().filter_map(|step| self.asked(step, &found, None)).collect();
        let segment = self.question.ruleset.segment_key(index);
        let outcome = End::Segment(answer);
        let part = Part {
            part: "condition",
            rule: None,
            rule_index: None,
            outcome,
            conditions,
            split: None,
        };
        Some(Section { subject: Subject::Segment { segment, answer }, parts: vec![part] })
    }

    fn flag(&mut self, id: FlagId, steps: &[Step]) -> Section<'q> {
        let ruleset = &self.question.ruleset;
        let decision = evaluate(ruleset, id, &mut self.context);
        let subject = Subject::Flag(Answer::new(ruleset, id, ruleset.key(id), decision));
        let document = self.document;
        let flag = document.flags.get(id.index()).and_then(|entry| entry.item.as_ref());
        let mut parts = Vec::new();
        let nothing_asked = ruleset.kind(id).is_none() || decision.reason() == Reason::Disabled;
        if let Some(flag) = flag.filter(|_| !nothing_asked) {
            let mut found = HashMap::new();
            let rules = flag.rules.iter().flat_map(|rule| &rule.condition);
            flag.require.iter().chain(rules).for_each(|condition| leaves(condition, &mut found));
            if flag.require.is_some() {
                let outcome = match decision.rule() {
                    Some(RuleRef::Require) => End::Passed,
                    _ => End::Matched,
                };
                parts.push(self.part("require", None, outcome, steps, flag, &found));
            }
            // The first rule that was not passed over; none: `serve` decided.
            let reached = match decision.rule() {
                Some(RuleRef::Require) => Some(0),
                Some(RuleRef::Index(index)) => Some(index),
                None => None,
            };
            let required = decision.rule() == Some(RuleRef::Require);
            for (index, _) in (0_u16..).zip(&flag.rules) {
                let outcome = match reached {
                    Some(reached) if index == reached && !required => End::Matched,
                    Some(reached) if index >= reached => End::NotReached,
                    _ => End::Passed,
                };
                let mut part = self.part("rule", Some(index), outcome, steps, flag, &found);
                part.rule = ruleset.rule_name(id, index);
                parts.push(part);
            }
            if flag.serve.is_some() {
                let outcome = if reached.is_some() { End::NotReached } else { End::Matched };
                parts.push(self.part("serve", None, outcome, steps, flag, &found));
            }
        }
        Section { subject, parts }
    }

    /// A part of a flag: its conditions among the steps, and its split if it
    /// is the one that decided.
    fn part(
        &mut self,
        part: &'static str,
        rule_index: Option<u16>,
        outcome: End,
        steps: &[Step],
        flag: &Flag<'_>,
        found: &HashMap<u32, &Condition<'_>>,
    ) -> Part<'q> {
        let own = |step: &&Step| {
            part != "serve" && matches!(step, Step::Test { rule, .. } if *rule == rule_index)
        };
        let conditions = steps.iter().filter(own);
        let conditions =
            conditions.filter_map(|step| self.asked(step, found, Some(flag))).collect();
        let serve = match rule_index {
            Some(index) => flag.rules.get(usize::from(index)).map(|rule| &rule.serve),
            None => flag.serve.as_ref().filter(|_| part == "serve"),
        };
        let split = steps.iter().find_map(|step| match step {
            Step::Split { point, .. } if outcome == End::Matched => self.split(serve?, *point),
            _ => None,
        });
        Part { part, rule: None, rule_index, outcome, conditions, split }
    }

    fn split(&self, serve: &Serve<'_>, point: Option<u32>) -> Option<Split<'q>> {
        let line = match serve {
            Serve::Variant(_) => return None,
            Serve::Rollout(rollout) => &rollout.line,
            Serve::Ramp(ramp) => &ramp.line,
        };
        let ramp = match serve {
            Serve::Ramp(ramp) => Some(stand(ramp, self.question.now)),
            _ => None,
        };
        let (attribute, key) = self.line(line);
        Some(Split { attribute, key, point, percent: point.map(percent), ramp })
    }

    /// The attribute that is a line's key, and its value.
    fn line(&self, line: &Line<'_>) -> (String, Option<&'q Value>) {
        match &line.by {
            Some(path) => (dotted(&path.segments), self.value(path)),
            None => ("targetingKey".into(), self.question.attributes.get("targetingKey")),
        }
    }

    fn value(&self, path: &Path<'_>) -> Option<&'q Value> {
        let attributes = &self.question.attributes;
        let mut names = path.segments.iter();
        let found = names.try_fold(attributes, |value, name| value.as_object()?.get(name.as_ref()));
        found.filter(|value| !value.is_null())
    }

    fn asked(
        &mut self,
        step: &Step,
        leaves: &HashMap<u32, &Condition<'_>>,
        flag: Option<&Flag<'_>>,
    ) -> Option<Asked<'q>> {
        let Step::Test { place, negated, answer, found, .. } = step else { return None };
        let condition = *leaves.get(place)?;
        let bytes = &self.question.source.bytes;
        let source = bytes.get(condition.span.start as usize..condition.span.end as usize)?;
        let mut compact = Vec::new();
        serin::json::compact(source, &mut compact);
        let Position { line, column } = self.listing.position(condition.span);
        let folder = self.question.source.folder.is_some();
        let file = folder.then(|| self.listing.file(condition.span).to_owned());
        let mut asked = Asked {
            condition: serde_json::from_slice(&compact).ok()?,
            source: one_line(source, 96),
            file,
            line,
            column,
            negated: *negated,
            answer: (*answer).into(),
            why: None,
            attribute: None,
            found: None,
            point: None,
            percent: None,
            detail: String::new(),
        };
        self.detail(&mut asked, condition, *found, flag);
        Some(asked)
    }

    /// What the answer rests on.
    fn detail(
        &mut self,
        asked: &mut Asked<'q>,
        condition: &Condition<'_>,
        found: Found,
        flag: Option<&Flag<'_>>,
    ) {
        let unknown = asked.answer == Truth::Unknown;
        match &condition.kind {
            ConditionKind::Test { path, operation, .. } => {
                let name = dotted(&path.segments);
                asked.found = self.value(path);
                let is = match asked.found {
                    Some(value) => format!("{name} is {}", cut(&value.to_string(), 60)),
                    None => format!("{name} is absent"),
                };
                asked.attribute = Some(name);
                let (why, detail) = match (operation, found) {
                    _ if !unknown => (None, is),
                    (Operation::Unknown { op, .. }, _) => {
                        (Some("operator"), format!("this serin has no operator {}", quoted(op)))
                    }
                    (_, Found::Unreadable) => {
                        (Some("unreadable"), format!("{is} and cannot be read"))
                    }
                    _ if asked.found.is_none() => (Some("absent"), is),
                    _ => {
                        let test: Value =
                            serde_json::from_str(asked.condition.get()).unwrap_or_default();
                        let op = test.get("op").and_then(Value::as_str).unwrap_or_default();
                        (Some("type"), format!("{is}, which `{op}` cannot compare"))
                    }
                };
                (asked.why, asked.detail) = (why, cut(&detail, usize::MAX));
            }
            ConditionKind::Bucket { line, .. } => {
                let (name, value) = self.line(line);
                asked.found = value;
                let salt = line.salt.as_ref().or(flag.and_then(|flag| flag.salt.as_ref()));
                let point = salt.zip(key(value));
                asked.point = point
                    .map(|(salt, key)| bucket::point(bucket::seed(salt.as_ref()), key.as_bytes()));
                asked.percent = asked.point.map(percent);
                asked.detail = line_detail(&name, value, asked.point);
                asked.why = unknown.then_some("key");
                asked.attribute = Some(name);
            }
            ConditionKind::Segment(_) => asked.why = unknown.then_some("segment"),
            ConditionKind::Flag { key, .. } => {
                asked.why = unknown.then_some("flag");
                let ruleset = &self.question.ruleset;
                let served = ruleset.flag(&key.text).and_then(|id| {
                    ruleset.variant_name(id, evaluate(ruleset, id, &mut self.context).variant()?)
                });
                let key = quoted(&key.text);
                asked.detail = match served {
                    Some(variant) => format!("the flag {key} serves {}", quoted(variant)),
                    None => format!("the flag {key} ends without a variant"),
                };
            }
            ConditionKind::Time { .. } => {
                asked.detail = format!("now is {}", time(self.question.now))
            }
            ConditionKind::All(_) | ConditionKind::Any(_) | ConditionKind::Not(_) => {}
        }
    }
}

/// The percentage at which a ramp stands.
fn stand(ramp: &Ramp<'_>, now: i64) -> f64 {
    let past = ramp.steps.iter().take_while(|step| step.at.millis <= now).last();
    past.map_or(0.0, |step| f64::from(step.thousandths) / 1000.0)
}

fn line_detail(name: &str, key: Option<&Value>, point: Option<u32>) -> String {
    let key = match key {
        None => return format!("{} is absent, so there is no key", cut(name, 60)),
        Some(key) => format!("{} {}", cut(name, 60), cut(&key.to_string(), 60)),
    };
    match point {
        None => format!("{key} is no key"),
        Some(point) => format!("{key} is at point {point}, {:.5} %", percent(point)),
    }
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}

fn painted(truth: Truth) -> String {
    let style = match truth {
        Truth::True => GOOD,
        Truth::False => FAINT,
        Truth::Unknown => WARNING,
    };
    format!(
        "{}{}",
        paint(style, word(truth)),
        " ".repeat(7_usize.saturating_sub(word(truth).len()))
    )
}

/// What a flag serves and why, in one line.
fn answered(answer: &Answer<'_>) -> String {
    let serves = match (answer.variant, answer.value) {
        (Some(variant), Some(value)) => {
            format!("serves {} = {}", quoted(variant), cut(value.get(), 60))
        }
        _ => "the caller's default applies".into(),
    };
    let reason = match answer.error_code {
        Some(code) => paint(ERROR, code),
        None => paint(STRONG, answer.reason),
    };
    let rule = match (answer.rule_label(), answer.rule) {
        (Some(label), Some(_)) if answer.rule_index.is_some() => format!(" by rule {label}"),
        (Some(label), _) => format!(" by {label}"),
        _ => String::new(),
    };
    format!("{serves}, {reason}{rule}")
}

/// An explanation for people.
fn text(explained: &Explained<'_>, kind: Option<Kind>) -> String {
    let flag = paint(STRONG, &quoted(explained.answer.flag));
    let mut out = format!("flag {flag} at {}\n{}\n", explained.now, answered(&explained.answer));
    let last = explained.sections.len().saturating_sub(1);
    for (number, section) in explained.sections.iter().enumerate() {
        out.push('\n');
        match &section.subject {
            Subject::Segment { segment, answer } => {
                let segment = paint(STRONG, &quoted(segment));
                out.push_str(&format!("needs segment {segment}: {}\n", word(*answer)));
            }
            Subject::Flag(answer) if number < last => {
                let flag = paint(STRONG, &quoted(answer.flag));
                out.push_str(&format!("needs flag {flag}: {}\n", answered(answer)));
            }
            Subject::Flag(_) => out.push_str(&format!("flag {flag}\n")),
        }
        if section.parts.is_empty() {
            let why = match &section.subject {
                Subject::Flag(answer) if answer.reason == Reason::Disabled.name() => {
                    "nothing was asked: the flag is killed or not enabled"
                }
                _ if kind.is_none() && number == last => "nothing was asked: the flag is broken",
                Subject::Flag(answer) if answer.reason == Reason::Error.name() => {
                    "nothing was asked: the flag is broken"
                }
                _ => "nothing had to be asked",
            };
            out.push_str(&format!("  {why}\n"));
        }
        section.parts.iter().for_each(|part| write_part(part, &mut out));
    }
    out
}

fn write_part(part: &Part<'_>, out: &mut String) {
    let end = match part.outcome {
        End::Matched if part.part == "require" => paint(GOOD, "holds"),
        End::Passed if part.part == "require" => paint(WARNING, "is not known to be true"),
        End::Matched if part.part == "serve" => paint(GOOD, "reached"),
        End::Matched => paint(GOOD, "matched"),
        End::Passed => "did not match".into(),
        End::NotReached => paint(FAINT, "not reached"),
        End::Segment(_) => String::new(),
    };
    match (part.rule_index, part.rule) {
        (Some(index), Some(name)) => {
            out.push_str(&format!("  rules[{index}] {}: {end}\n", label(name)));
        }
        (Some(index), None) => out.push_str(&format!("  rules[{index}]: {end}\n")),
        (None, _) if part.part != "condition" => out.push_str(&format!("  {}: {end}\n", part.part)),
        (None, _) => {}
    }
    for asked in &part.conditions {
        let not = if asked.negated { "  (under `not`)" } else { "" };
        out.push_str(&format!("    {}  {}{not}\n", painted(asked.answer), asked.source));
        if !asked.detail.is_empty() {
            out.push_str(&format!("             {}\n", paint(FAINT, &asked.detail)));
        }
    }
    if let Some(split) = &part.split {
        let what = match split.ramp {
            Some(stand) => format!("ramp at {stand} %"),
            None => "rollout".into(),
        };
        let line = line_detail(&split.attribute, split.key, split.point);
        out.push_str(&format!("    {what}: {line}\n"));
    }
}
