//! Rules that nobody reaches, and those that nobody reaches any more.

use super::conditions::{Place, examine as examine_condition};
use super::finding::{Code, Finding};
use super::words;
use crate::document::{Condition, Flag, Rule};
use crate::release::fault::Owner;
use crate::release::impact::reach::{Part, Prober, Reach};
use crate::release::impact::time;
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Looks into `require` and the rules of a flag.
pub fn examine(
    prober: &mut Prober<'_, '_>,
    text: &str,
    key: &str,
    flag: &Flag<'_>,
    now: i64,
    findings: &mut Vec<Finding>,
) {
    let owner = Owner::Flag(key.to_owned());
    let salt = flag.salt.as_deref();
    let place = |so: String| Place { text, owner: owner.clone(), salt, so, both: false };
    if let Some(require) = &flag.require {
        let so = match flag.off {
            Some(_) => "everyone gets `off`",
            None => "everyone gets the caller's default",
        };
        if examine_condition(prober, &place(so.to_owned()), require, findings) {
            return;
        }
    }
    let mut told: Vec<bool> = Vec::new();
    for (index, rule) in flag.rules.iter().enumerate() {
        let so = format!("the rule {} never matches", words::rule(index, rule));
        told.push(match &rule.condition {
            Some(condition) => examine_condition(prober, &place(so), condition, findings),
            None => false,
        });
    }
    let rules = Rules { prober, text, owner, flag, salt, now };
    rules.examine(&told, findings);
}

struct Rules<'r, 's, 'a> {
    prober: &'r mut Prober<'s, 'a>,
    text: &'r str,
    owner: Owner,
    flag: &'r Flag<'r>,
    salt: Option<&'r str>,
    now: i64,
}

impl<'r> Rules<'r, '_, '_> {
    fn part(&self, condition: &'r Condition<'r>, holds: bool) -> Part<'r> {
        Part { condition, salt: self.salt, truth: true, holds }
    }

    /// What is asked of somebody who comes to a rule past others; none if one
    /// of them takes everyone.
    fn way(&self, index: usize, past: &[usize], require: bool) -> Option<Vec<Part<'r>>> {
        let rules = &self.flag.rules;
        let require = self.flag.require.as_ref().filter(|_| require);
        let mut parts: Vec<Part<'r>> =
            require.map(|when| self.part(when, true)).into_iter().collect();
        // What is asked first divides most.
        parts.extend(rules.get(index)?.condition.as_ref().map(|when| self.part(when, true)));
        for past in past {
            parts.push(self.part(rules.get(*past)?.condition.as_ref()?, false));
        }
        Some(parts)
    }

    fn nobody(&mut self, index: usize, past: &[usize], require: bool, since: Option<i64>) -> bool {
        match self.way(index, past, require) {
            Some(parts) => self.prober.reach(&parts, since) == Reach::Nobody,
            None => true,
        }
    }

    fn examine(mut self, told: &[bool], findings: &mut Vec<Finding>) {
        let rules = &self.flag.rules;
        let require = self.flag.require.as_ref().map(|when| self.part(when, true));
        let parts: Vec<Option<Part<'r>>> = rules
            .iter()
            .map(|rule| rule.condition.as_ref().map(|when| self.part(when, true)))
            .collect();
        let all: Vec<Part<'r>> =
            require.into_iter().chain(parts.iter().flatten().copied()).collect();
        let Some(instants) = self.prober.instants(&all, Some(self.now)) else { return };
        let mut met: Vec<bool> = rules.iter().map(|_| false).collect();
        // Most that is reached at all is reached once all windows are open.
        for at in instants.into_iter().rev() {
            if met.iter().all(|met| *met) {
                return;
            }
            for (met, here) in met.iter_mut().zip(self.prober.in_order(require, &parts, at)) {
                *met |= here;
            }
        }
        let taker = rules.iter().position(|rule| rule.condition.is_none());
        let idle = met.iter().zip(told).enumerate();
        let idle: Vec<usize> =
            idle.filter(|(_, (met, told))| !**met && !**told).map(|(index, _)| index).collect();
        for index in idle {
            // Behind a rule that takes everyone, all are told at once.
            if taker.is_some_and(|taker| index > taker.saturating_add(1)) {
                return;
            }
            let past: Vec<usize> = (0..index).collect();
            if self.nobody(index, &past, true, None) {
                findings.extend(self.unreachable(index, &past));
            } else if self.nobody(index, &past, true, Some(self.now)) {
                findings.extend(self.past(index, &past));
            }
        }
    }

    fn finding(&self, code: Code, rule: &Rule<'_>, message: String, help: &str) -> Finding {
        let (span, owner, help) = (rule.span, self.owner.clone(), help.to_owned());
        let inside = span;
        Finding { code, span, inside, owner, message, help, related: None, fix: Vec::new() }
    }

    /// Says why a rule is never reached.
    fn unreachable(&mut self, index: usize, past: &[usize]) -> Option<Finding> {
        let rules = &self.flag.rules;
        let rule = rules.get(index)?;
        let code = Code::UnreachableRule;
        if let (Some(when), Some(require)) = (&rule.condition, &self.flag.require)
            && self.nobody(index, &[], true, None)
        {
            let what = words::condition(self.text, when);
            let message =
                format!("this rule is never reached: `require` keeps out whoever meets {what}");
            let help = "correct the condition or `require`; or remove the rule";
            let mut finding = self.finding(code, rule, message, help);
            finding.related = Some(("`require`".to_owned(), require.span));
            return Some(finding);
        }
        let named = |at: usize| rules.get(at).map(|rule| (words::rule(at, rule), rule.span));
        let everyone =
            past.iter().find(|at| rules.get(**at).is_some_and(|rule| rule.condition.is_none()));
        if let Some(taker) = everyone {
            let more = rules.len().saturating_sub(index).saturating_sub(1);
            let this = match more {
                0 => "this rule is".to_owned(),
                1 => "this rule and the one behind it are".to_owned(),
                _ => format!("this rule and the {more} behind it are"),
            };
            let (name, span) = named(*taker)?;
            let message =
                format!("{this} never reached: {name} before it has no `if` and takes everyone");
            let help = "put the rule without `if` last, or give it a condition";
            let mut finding = self.finding(code, rule, message, help);
            finding.related = Some((name, span));
            return Some(finding);
        }
        // With `require` only where it takes that as well.
        for require in [false, true] {
            let one =
                past.iter().find(|at| self.nobody(index, std::slice::from_ref(*at), require, None));
            if let Some(taker) = one {
                let (name, span) = named(*taker)?;
                let message = format!(
                    "this rule is never reached: {name} before it takes everyone who could match here"
                );
                let help = "move this rule before that one, narrow that one, or remove this one";
                let mut finding = self.finding(code, rule, message, help);
                finding.related = Some((name, span));
                return Some(finding);
            }
        }
        // Those that are needed for it.
        let mut takers: Vec<usize> = past.to_vec();
        for at in past {
            let fewer: Vec<usize> = takers.iter().copied().filter(|other| other != at).collect();
            if self.nobody(index, &fewer, true, None) {
                takers = fewer;
            }
        }
        let names: Vec<String> = takers.iter().filter_map(|at| Some(named(*at)?.0)).collect();
        let together = words::and(&names);
        let message = format!(
            "this rule is never reached: {together} before it together take everyone who could match here"
        );
        let help = "move this rule before them, narrow them, or remove this one";
        let mut finding = self.finding(code, rule, message, help);
        finding.related = takers.first().and_then(|at| named(*at));
        Some(finding)
    }

    /// Says since when a rule is not reached any more.
    fn past(&mut self, index: usize, past: &[usize]) -> Option<Finding> {
        let rule = self.flag.rules.get(index)?;
        let parts = self.way(index, past, true)?;
        let instants = self.prober.instants(&parts, None)?;
        // The first instant from which on nobody comes.
        let since = instants
            .into_iter()
            .filter(|at| *at <= self.now)
            .find(|at| self.prober.reach(&parts, Some(*at)) == Reach::Nobody)?;
        let message =
            format!("this rule has not been reached since {}: its time is over", time(since));
        let help = "remove the rule, or give it a later `until`";
        Some(self.finding(Code::PastRule, rule, message, help))
    }
}
