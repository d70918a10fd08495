//! What is legal in a ruleset and probably not meant. Pure functions over a
//! [`Document`]; each warning needs a reading under which the writer is
//! surprised, and stays away where there is none.

use crate::diagnostic::{Code, Diagnostic, Expected, Span, Subject};
use crate::document::{
    Condition, ConditionKind, Document, Flag, Line, Operation, Path, Ramp, Rollout, Rule, Scalar,
    Segment, Serve,
};
use std::collections::HashMap;
use std::format;
use std::string::String;
use std::vec::Vec;

/// A remark, and what its words need beside the span.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The remark.
    pub diagnostic: Diagnostic,
    /// Stands for `{text}` instead of the source text.
    pub name: Option<String>,
    /// Where that stands.
    pub related: Option<Span>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, name: None, related: None }
    }
}

/// Steps that one flag's lints may take; a hostile document could ask for
/// billions. Out of steps, there is nothing to say.
const STEPS: usize = 200_000;
/// Segments inside each other that are followed.
const SEGMENTS: usize = 8;

/// All warnings about the flags of a document that decode by themselves.
pub fn lint(document: &Document<'_>) -> Vec<Finding> {
    let segments = document.segments.iter();
    let segments = segments
        .filter_map(|entry| Some((entry.key.text.as_ref(), entry.item.as_ref()?)))
        .collect();
    let mut findings = Vec::new();
    for (number, entry) in (0..).zip(&document.flags) {
        if let Some(flag) = &entry.item {
            let mut lints =
                Lints { flag, segments: &segments, number, steps: STEPS, findings: Vec::new() };
            lints.hidden_rollouts();
            lints.negated_rules();
            lints.lines_without_key();
            lints.falling_ramps();
            findings.append(&mut lints.findings);
        }
    }
    findings
}

struct Lints<'l, 'd> {
    flag: &'l Flag<'d>,
    segments: &'l HashMap<&'l str, &'l Segment<'d>>,
    number: u32,
    steps: usize,
    findings: Vec<Finding>,
}

impl<'l, 'd> Lints<'l, 'd> {
    fn find(&mut self, code: Code, span: Span) {
        let (subject, expected) = (Subject::Flag(self.number), Expected::Nothing);
        self.findings.push(Diagnostic { code, subject, span, expected }.into());
    }

    /// Takes steps; false when they are used up.
    fn step(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_sub(steps);
        self.steps > 0
    }

    /// A rollout or ramp that answers for everyone a later rule could reach.
    /// Only where that is certain: its condition is absent, or part of the
    /// later one. A narrower condition before a wider one is the usual way
    /// to treat a group apart.
    fn hidden_rollouts(&mut self) {
        let rules = &self.flag.rules;
        for (index, rule) in rules.iter().enumerate() {
            let Some(line) = line_of(&rule.serve) else { continue };
            let later = rules.iter().enumerate().skip(index.saturating_add(1));
            let mut hidden = None;
            for (index, other) in later {
                if self.implies(other.condition.as_ref(), rule.condition.as_ref()) {
                    let name = match &other.name {
                        Some(name) => format!("`{name}`"),
                        None => format!("`rules[{index}]`"),
                    };
                    hidden = Some((name, other.span));
                    break;
                }
            }
            // That the default serve is never reached is usual after a last
            // rule without condition, unless it divides the line as well.
            let default = self.flag.serve.as_ref().and_then(line_of);
            if let (None, None, Some(default)) = (&hidden, &rule.condition, default) {
                hidden = Some(("`serve`".into(), default.0.span));
            }
            if let Some((name, span)) = hidden {
                self.find(Code::HiddenRollout, line.0.span);
                if let Some(finding) = self.findings.last_mut() {
                    (finding.name, finding.related) = (Some(name), Some(span));
                }
                // What this rule hides, it hides for the rules behind it too.
                if rule.condition.is_none() {
                    return;
                }
            }
        }
    }

    /// Whether a condition that is true makes another one true: each of the
    /// other's parts is one of its parts.
    fn implies(
        &mut self,
        condition: Option<&Condition<'_>>,
        other: Option<&Condition<'_>>,
    ) -> bool {
        let Some(other) = other else { return true };
        let Some(condition) = condition else { return false };
        parts(other).iter().all(|wanted| {
            parts(condition).iter().any(|part| {
                let any = match &wanted.kind {
                    ConditionKind::Any(list) => list.as_slice(),
                    _ => &[],
                };
                self.same(part, wanted) || any.iter().any(|wanted| self.same(part, wanted))
            })
        })
    }

    /// Whether two conditions say the same in the same words.
    fn same(&mut self, a: &Condition<'_>, b: &Condition<'_>) -> bool {
        use ConditionKind as Is;
        if !self.step(1) {
            return false;
        }
        match (&a.kind, &b.kind) {
            (Is::All(a), Is::All(b)) | (Is::Any(a), Is::Any(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b))
            }
            (Is::Not(a), Is::Not(b)) => self.same(a, b),
            (Is::Segment(a), Is::Segment(b)) => a.text == b.text,
            (Is::Flag { key: a, is: x, .. }, Is::Flag { key: b, is: y, .. }) => {
                a.text == b.text && x.iter().map(|is| &is.text).eq(y.iter().map(|is| &is.text))
            }
            (Is::Bucket { line: a, from, to }, Is::Bucket { line: b, from: from_b, to: to_b }) => {
                (from, to, &a.by, &a.salt) == (from_b, to_b, &b.by, &b.salt)
            }
            (Is::Time { from: a, until: x, .. }, Is::Time { from: b, until: y, .. }) => {
                (a.map(|at| at.millis), x.map(|at| at.millis))
                    == (b.map(|at| at.millis), y.map(|at| at.millis))
            }
            (
                Is::Test { path: a, ignore_case: x, operation: with },
                Is::Test { path: b, ignore_case: y, operation: other },
            ) => {
                // Comparing a list takes as long as the list is.
                self.step(weight(with)) && a == b && x == y && with == other
            }
            _ => false,
        }
    }

    /// A rule that takes away on what may be unknown: who lacks the attribute
    /// keeps what the rule meant to take.
    fn negated_rules(&mut self) {
        let Some(off) = self.flag.off else { return };
        let is_off =
            |serve: &Serve<'_>| matches!(serve, Serve::Variant(variant) if *variant == off);
        let rules = &self.flag.rules;
        for (index, rule) in rules.iter().enumerate().filter(|(_, rule)| is_off(&rule.serve)) {
            // Nothing is taken from those who would get `off` anyway.
            let later = rules.iter().skip(index.saturating_add(1)).map(|rule| &rule.serve);
            let mut later = later.chain(&self.flag.serve);
            if self.flag.serve.is_some() && later.all(is_off) {
                continue;
            }
            if let Some(span) = rule.condition.as_ref().and_then(|when| negation(when, None)) {
                self.find(Code::NegatedRule, span);
            }
        }
    }

    /// Another key than the targeting key that some contexts may not have.
    fn lines_without_key(&mut self) {
        let rules = self.flag.rules.iter();
        let serves = rules.map(|rule| (Some(rule), &rule.serve));
        let mut before: Vec<&Rule<'_>> = Vec::new();
        for (rule, serve) in serves.chain(self.flag.serve.iter().map(|serve| (None, serve))) {
            if let Some((line, None)) = line_of(serve) {
                let by = line.by.as_ref().filter(|by| !is_targeting_key(by));
                if let Some(by) = by.filter(|_| divides(serve)) {
                    let condition = rule.and_then(|rule| rule.condition.as_ref());
                    let ensured = [self.flag.require.as_ref(), condition].into_iter().flatten();
                    let present = ensured.into_iter().any(|when| self.ensures(when, by, true, 0))
                        || before.iter().any(|rule| takes_absent(rule, by));
                    if !present {
                        self.find(Code::NoWithoutKey, line.span);
                    }
                }
            }
            before.extend(rule);
        }
    }

    /// Whether a condition that is known to be `truth` can be so only if the
    /// attribute has a value.
    fn ensures(
        &mut self,
        condition: &Condition<'_>,
        by: &Path<'_>,
        truth: bool,
        depth: usize,
    ) -> bool {
        if !self.step(1) {
            return true;
        }
        match &condition.kind {
            ConditionKind::Not(inner) => self.ensures(inner, by, !truth, depth),
            ConditionKind::All(list) if truth => {
                list.iter().any(|inner| self.ensures(inner, by, truth, depth))
            }
            ConditionKind::Any(list) if !truth => {
                list.iter().any(|inner| self.ensures(inner, by, truth, depth))
            }
            ConditionKind::All(list) | ConditionKind::Any(list) => {
                list.iter().all(|inner| self.ensures(inner, by, truth, depth))
            }
            ConditionKind::Test { path, operation: Operation::Exists, .. } => path == by && truth,
            ConditionKind::Test { path, .. } => path == by,
            ConditionKind::Bucket { line, .. } => line.by.as_ref() == Some(by),
            ConditionKind::Segment(name) => match self.segments.get(name.text.as_ref()) {
                Some(_) if depth >= SEGMENTS => true,
                Some(segment) => {
                    self.ensures(&segment.condition, by, truth, depth.saturating_add(1))
                }
                None => false,
            },
            ConditionKind::Flag { .. } | ConditionKind::Time { .. } => false,
        }
    }

    /// A step that is lower than the one before it.
    fn falling_ramps(&mut self) {
        let rules = self.flag.rules.iter().map(|rule| &rule.serve);
        for serve in rules.chain(&self.flag.serve) {
            let Serve::Ramp(Ramp { steps, .. }) = serve else { continue };
            for (before, step) in steps.iter().zip(steps.iter().skip(1)) {
                if step.thousandths < before.thousandths {
                    self.find(Code::FallingRamp, step.span);
                }
            }
        }
    }
}

/// The conditions that all have to hold.
fn parts<'c, 'd>(condition: &'c Condition<'d>) -> &'c [Condition<'d>] {
    match &condition.kind {
        ConditionKind::All(list) => list,
        _ => std::slice::from_ref(condition),
    }
}

/// The line that a serve divides, and `withoutKey`.
fn line_of<'s, 'd>(serve: &'s Serve<'d>) -> Option<(&'s Line<'d>, Option<u16>)> {
    match serve {
        Serve::Variant(_) => None,
        Serve::Rollout(Rollout { line, without_key, .. })
        | Serve::Ramp(Ramp { line, without_key, .. }) => Some((line, *without_key)),
    }
}

/// Whether a rule matches whoever lacks the attribute. (A rule that asks for
/// its value does not: that is unknown, and the next rule is tried.)
fn takes_absent(rule: &Rule<'_>, by: &Path<'_>) -> bool {
    let Some(condition) = &rule.condition else { return true };
    let absent = |condition: &Condition<'_>| match &condition.kind {
        ConditionKind::Not(inner) => match &inner.kind {
            ConditionKind::Test { path, operation: Operation::Exists, .. } => path == by,
            _ => false,
        },
        _ => false,
    };
    match &condition.kind {
        ConditionKind::Any(list) => list.iter().any(absent),
        _ => absent(condition),
    }
}

/// Whether at some instant no variant holds the whole line, so that a context
/// without a key has no answer.
fn divides(serve: &Serve<'_>) -> bool {
    match serve {
        Serve::Variant(_) => false,
        Serve::Rollout(Rollout { shares, .. }) => {
            let mut held = shares.iter().filter(|share| share.thousandths > 0);
            let first = held.next().map(|share| share.variant);
            held.any(|share| Some(share.variant) != first)
        }
        Serve::Ramp(Ramp { variant, rest, steps, .. }) => {
            variant != rest && steps.iter().any(|step| (1..100_000).contains(&step.thousandths))
        }
    }
}

fn is_targeting_key(path: &Path<'_>) -> bool {
    matches!(path.segments.as_slice(), [name] if name == "targetingKey")
}

/// The innermost `not` around a condition that can be unknown and stands
/// under an odd number of them.
fn negation(condition: &Condition<'_>, not: Option<Span>) -> Option<Span> {
    match &condition.kind {
        ConditionKind::Not(inner) => {
            negation(inner, if not.is_some() { None } else { Some(condition.span) })
        }
        ConditionKind::All(list) | ConditionKind::Any(list) => {
            list.iter().find_map(|inner| negation(inner, not))
        }
        // The time is always known, and so is whether there is an attribute.
        ConditionKind::Time { .. } => None,
        ConditionKind::Test { operation: Operation::Exists, .. } => None,
        _ => not,
    }
}

/// How much there is to compare in an operand.
fn weight(operation: &Operation<'_>) -> usize {
    use crate::document::List;
    match operation {
        Operation::In(list) | Operation::HasAny(list) | Operation::HasAll(list) => match list {
            List::Strings(list) => list.len(),
            List::Numbers(list) => list.len(),
            List::Booleans(list) => list.len(),
        },
        Operation::StartsWith(list)
        | Operation::EndsWith(list)
        | Operation::Contains(list)
        | Operation::Version(list)
        | Operation::Cidr(list) => list.texts.len(),
        Operation::Eq(Scalar::String(text)) => text.len() / 64,
        _ => 1,
    }
}
