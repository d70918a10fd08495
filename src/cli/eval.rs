//! `serin eval`: what flags answer for a context.

use super::question::{Circumstances, Question};
use super::report::{ERROR, FAINT, STRONG, cut, paint, quoted};
use super::source::Input;
use super::{CliError, Exit, Format, Outcome};
use serde::Serialize;
use serde_json::value::RawValue;
use serin::{Decision, ErrorCode, FlagId, Reason, RuleRef, Ruleset, evaluate};

/// Decides flags for a context
///
/// With --format json: an array of { flag, value, variant, reason, rule,
/// ruleIndex, errorCode }. A member that does not apply is absent; without
/// value the caller's default applies. rule is the rule's name or "require".
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    input: Input,
    /// A flag to decide; may be repeated [default: all, as in the document]
    #[arg(long = "flag", value_name = "KEY")]
    flags: Vec<String>,
    #[command(flatten)]
    circumstances: Circumstances,
    /// How to write the answers
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// A decision in the words of every front end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<'r> {
    /// The flag's key.
    pub flag: &'r str,
    /// The value's JSON text; none: the caller's default applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<&'r RawValue>,
    /// The variant's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'r str>,
    /// Why.
    pub reason: &'static str,
    /// The name of the rule that decided, or `require`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'r str>,
    /// The rule's place, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_index: Option<u16>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<&'static str>,
}

impl<'r> Answer<'r> {
    /// Names what a decision numbers.
    pub fn new(ruleset: &'r Ruleset, flag: FlagId, key: &'r str, decision: Decision) -> Self {
        let variant = decision.variant();
        let value = variant.and_then(|variant| ruleset.variant_value(flag, variant));
        let (rule, rule_index) = match decision.rule() {
            None => (None, None),
            Some(RuleRef::Require) => (Some("require"), None),
            Some(RuleRef::Index(index)) => (ruleset.rule_name(flag, index), Some(index)),
        };
        Self {
            flag: key,
            value: value.and_then(|value| serde_json::from_str(value).ok()),
            variant: variant.and_then(|variant| ruleset.variant_name(flag, variant)),
            reason: decision.reason().name(),
            rule,
            rule_index,
            error_code: decision.error_code().map(ErrorCode::name),
        }
    }

    /// What decided, as one label.
    pub fn rule_label(&self) -> Option<String> {
        match (self.rule, self.rule_index) {
            (Some(name), None) => Some(name.into()),
            (Some(name), Some(_)) => Some(label(name)),
            (None, index) => index.map(|index| format!("rules[{index}]")),
        }
    }
}

/// A name as it is if it reads as one word, else in quotes.
pub fn label(name: &str) -> String {
    let word = |char: char| !char.is_whitespace() && !char.is_control() && char != '"';
    if !name.is_empty() && name.chars().all(word) { cut(name, 60) } else { quoted(name) }
}

/// Decides the flags.
///
/// # Errors
/// An input cannot be read or is refused.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let mut question = Question::read(&arguments.input, &arguments.circumstances)?;
    let mut context = question.context();
    let mut exit = Exit::Fine;
    let mut asked: Vec<(Option<FlagId>, Decision)> = Vec::new();
    if arguments.flags.is_empty() {
        asked.extend(
            question
                .ruleset
                .flags()
                .map(|flag| (Some(flag), evaluate(&question.ruleset, flag, &mut context))),
        );
        question.note_broken();
    }
    for key in &arguments.flags {
        let Some(flag) = question.ruleset.flag(key) else {
            asked.push((None, Decision::error(ErrorCode::FlagNotFound)));
            question.note_not_found(key);
            exit = Exit::Found;
            continue;
        };
        let decision = evaluate(&question.ruleset, flag, &mut context);
        if decision.reason() == Reason::Error {
            question.note_error(flag, decision);
            exit = Exit::Found;
        }
        asked.push((Some(flag), decision));
    }
    let Question { ruleset, notes, .. } = &question;
    let keys = asked.iter().enumerate().map(|(index, (flag, _))| match flag {
        Some(flag) => ruleset.key(*flag),
        None => arguments.flags.get(index).map_or("", String::as_str),
    });
    let answers: Vec<Answer<'_>> = asked
        .iter()
        .zip(keys)
        .map(|((flag, decision), key)| {
            Answer::new(ruleset, flag.unwrap_or(FlagId::at(u32::MAX)), key, *decision)
        })
        .collect();
    let format = arguments.format;
    let out = match format {
        Format::Json => super::json(&answers),
        Format::Text => table(&answers),
    };
    Ok(Outcome { out, format, notes: notes.clone(), exit })
}

/// Answers as aligned columns.
fn table(answers: &[Answer<'_>]) -> String {
    let head = ["FLAG", "VALUE", "VARIANT", "REASON", "RULE"].map(String::from);
    let mut rows = vec![head];
    rows.extend(answers.iter().map(|answer| {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
        [
            label(answer.flag),
            or_dash(answer.value.map(|value| cut(value.get(), 40))),
            or_dash(answer.variant.map(label)),
            match answer.error_code {
                Some(code) => format!("{} {code}", answer.reason),
                None => answer.reason.into(),
            },
            or_dash(answer.rule_label()),
        ]
    }));
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for ((column, cell), width) in row.iter().enumerate().zip(widths) {
            let style = match (number, column) {
                (0, _) => FAINT,
                (_, 0) => STRONG,
                (_, 3) if cell.starts_with("ERROR") => ERROR,
                _ => anstyle::Style::new(),
            };
            let space = " ".repeat(width.saturating_sub(cell.chars().count()).saturating_add(2));
            line.push_str(&paint(style, cell));
            line.push_str(&space);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
