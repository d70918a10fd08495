//! Conditions that nobody meets, that everybody meets, or parts of which say
//! nothing.

use super::finding::{Code, Finding};
use super::words;
use crate::document::{Condition, ConditionKind, Line, Operation};
use crate::release::fault::Owner;
use crate::release::impact::reach::{Part, Prober, Reach};
use std::borrow::ToOwned;
use std::collections::HashSet;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Parts of one list beyond which they are not held against each other.
const PARTS: usize = 200;

/// Where a condition stands, and what follows if nobody meets it.
pub struct Place<'p> {
    pub text: &'p str,
    pub owner: Owner,
    pub salt: Option<&'p str>,
    pub so: String,
    /// Whether it may also stand under a `not`, elsewhere.
    pub both: bool,
}

impl<'p> Place<'p> {
    pub fn segment(text: &'p str, name: &str) -> Self {
        let so = "nobody is in this segment".to_owned();
        Self { text, owner: Owner::Segment(name.to_owned()), salt: None, so, both: true }
    }
}

/// Looks into a condition; whether it is told that nobody meets it.
pub fn examine(
    prober: &mut Prober<'_, '_>,
    place: &Place<'_>,
    condition: &Condition<'_>,
    findings: &mut Vec<Finding>,
) -> bool {
    let mut examiner = Examiner { prober, place, findings };
    if examiner.never(&[(condition, true)]) {
        examiner.explain(condition, true, &place.so);
        return true;
    }
    let holds = Part { condition, salt: place.salt, truth: true, holds: false };
    // Where nothing goes by the clock, all can be unknown at once.
    let timed = examiner.prober.instants(&[holds], None).is_some_and(|all| all.len() > 1);
    if timed && examiner.prober.reach(&[holds], None) == Reach::Nobody {
        let what = words::condition(place.text, condition);
        examiner.find(
            Code::AlwaysHolds,
            condition,
            format!("{what} holds for every context at every instant"),
            "leave the condition out, or correct it".to_owned(),
            None,
        );
        return false;
    }
    examiner.inside(condition, true);
    false
}

struct Examiner<'e, 's, 'a, 'p> {
    prober: &'e mut Prober<'s, 'a>,
    place: &'e Place<'p>,
    findings: &'e mut Vec<Finding>,
}

/// A condition, and whether it is to be known to be true or to be false.
type Wanted<'c> = (&'c Condition<'c>, bool);

impl Examiner<'_, '_, '_, '_> {
    fn find(
        &mut self,
        code: Code,
        condition: &Condition<'_>,
        message: String,
        help: String,
        related: Option<&Condition<'_>>,
    ) {
        let related = related.map(|other| (words::condition(self.place.text, other), other.span));
        let (span, owner) = (condition.span, self.place.owner.clone());
        let (inside, fix) = (span, Vec::new());
        self.findings.push(Finding { code, span, inside, owner, message, help, related, fix });
    }

    /// Whether it is proven that nobody meets all of these.
    fn never(&mut self, wanted: &[Wanted<'_>]) -> bool {
        self.nobody(wanted, &[])
    }

    /// Whether it is proven that nobody meets all of the first and none of
    /// the others.
    fn nobody(&mut self, met: &[Wanted<'_>], unmet: &[Wanted<'_>]) -> bool {
        let salt = self.place.salt;
        let met = met.iter().map(|wanted| (wanted, true));
        let all = met.chain(unmet.iter().map(|wanted| (wanted, false)));
        let parts: Vec<Part<'_>> = all
            .map(|(&(condition, truth), holds)| Part { condition, salt, truth, holds })
            .collect();
        self.prober.reach(&parts, None) == Reach::Nobody
    }

    /// Says why nobody meets a condition.
    fn explain(&mut self, condition: &Condition<'_>, truth: bool, so: &str) {
        let text = self.place.text;
        match parts(condition, truth) {
            Parts::One(inner, truth) => self.explain(inner, truth, so),
            Parts::Each(list, truth) => {
                if let Some(part) = list.iter().find(|part| self.never(&[(part, truth)])) {
                    return self.explain(part, truth, so);
                }
                if let Some((a, b)) = self.pair(list, truth) {
                    let [first, second] = [a, b].map(|part| said(text, part, truth));
                    return self.find(
                        Code::NeverHolds,
                        b,
                        format!("{second} excludes {first}, and both are asked for: {so}"),
                        "correct one of the two; if either is enough, combine them with `any`"
                            .to_owned(),
                        Some(a),
                    );
                }
                let message = format!("no context meets all of these parts at once: {so}");
                let help = "correct the parts that exclude each other, or combine them with `any`";
                self.find(Code::NeverHolds, condition, message, help.to_owned(), None);
            }
            Parts::Either(list, truth) => {
                for part in list {
                    self.explain(part, truth, so);
                }
            }
            Parts::None => {
                let what = words::condition(text, condition);
                let (how, help) = match &condition.kind {
                    ConditionKind::Segment(_) => {
                        ("names a segment that nobody is in", "mend the segment, or leave this out")
                    }
                    _ if truth => ("holds for no value", "correct what it compares with"),
                    _ => ("is never known not to hold", "correct what it compares with"),
                };
                let message = format!("{what} {how}: {so}");
                self.find(Code::NeverHolds, condition, message, help.to_owned(), None);
            }
        }
    }

    /// Two parts that exclude each other.
    fn pair<'c>(
        &mut self,
        list: &'c [Condition<'c>],
        truth: bool,
    ) -> Option<(&'c Condition<'c>, &'c Condition<'c>)> {
        let asked = self.asked(list)?;
        for (later, b) in list.iter().enumerate() {
            for (earlier, a) in list.iter().enumerate().take(later) {
                if asked.meet(earlier, later) && self.never(&[(a, truth), (b, truth)]) {
                    return Some((a, b));
                }
            }
        }
        None
    }

    fn asked<'c>(&self, list: &'c [Condition<'c>]) -> Option<Asked<'c>> {
        if list.len() > PARTS {
            return None;
        }
        let of = list.iter().map(|part| {
            let mut found = HashSet::new();
            asked(part, &mut found);
            found
        });
        Some(Asked(of.collect()))
    }

    /// Parts that say nothing, inside a condition that somebody meets.
    fn inside(&mut self, condition: &Condition<'_>, truth: bool) {
        match parts(condition, truth) {
            Parts::None => {}
            Parts::One(inner, truth) => self.inside(inner, truth),
            Parts::Each(list, truth) => {
                let idle = self.idle(list, truth, true);
                for (part, idle) in list.iter().zip(idle) {
                    if !idle {
                        self.inside(part, truth);
                    }
                }
            }
            Parts::Either(list, truth) => {
                let mut idle = self.idle(list, truth, false);
                for (part, idle) in list.iter().zip(&mut idle) {
                    if !*idle && self.never(&[(part, truth)]) {
                        self.explain(part, truth, "this way to meet the condition leads nowhere");
                        *idle = true;
                    }
                }
                for (part, idle) in list.iter().zip(idle) {
                    if !idle {
                        self.inside(part, truth);
                    }
                }
            }
        }
    }

    /// Tells the parts of a list without which it says the same; `every`: all
    /// parts have to be met. From the last on, so that of two that say the
    /// same the first stays.
    fn idle(&mut self, list: &[Condition<'_>], truth: bool, every: bool) -> Vec<bool> {
        let mut idle: Vec<bool> = list.iter().map(|_| false).collect();
        let Some(asked) = self.asked(list) else { return idle };
        for (index, part) in list.iter().enumerate().rev() {
            // Asking first whether there is a value is a habit, and no fault.
            if matches!(&part.kind, ConditionKind::Test { operation: Operation::Exists, .. }) {
                continue;
            }
            let near = asked.near(index, &idle);
            let others: Vec<Wanted<'_>> =
                near.iter().filter_map(|index| Some((list.get(*index)?, truth))).collect();
            if others.is_empty() || !self.covered((part, truth), &others, every) {
                continue;
            }
            if !every && self.never(&[(part, truth)]) {
                continue;
            }
            let one = others.iter().find(|other| self.covered((part, truth), &[**other], every));
            let one = one.map(|(other, _)| *other);
            let what = said(self.place.text, part, truth);
            let other = match one {
                Some(other) => said(self.place.text, other, truth),
                None => "the other parts".to_owned(),
            };
            let message = if every {
                format!("{what} changes nothing: whoever meets {other} meets it too")
            } else {
                format!("{what} changes nothing: whoever meets it meets {other} already")
            };
            let help = "leave it out, or correct it if it should tell more contexts apart";
            self.find(Code::RedundantCondition, part, message, help.to_owned(), one);
            if let Some(idle) = idle.get_mut(index) {
                *idle = true;
            }
        }
        idle
    }

    /// Whether a part is met by all who meet the others (`every`), or only by
    /// those who meet one of them.
    fn covered(&mut self, part: Wanted<'_>, others: &[Wanted<'_>], every: bool) -> bool {
        let covered = |examiner: &mut Self, part: Wanted<'_>, others: &[Wanted<'_>], every| {
            if every { examiner.nobody(others, &[part]) } else { examiner.nobody(&[part], others) }
        };
        if !covered(self, part, others, every) {
            return false;
        }
        if !self.place.both {
            return true;
        }
        // Under a `not`, the one list becomes the other.
        let others: Vec<Wanted<'_>> =
            others.iter().map(|(other, truth)| (*other, !truth)).collect();
        covered(self, (part.0, !part.1), &others, !every)
    }
}

/// A part as it is asked for.
fn said(text: &str, part: &Condition<'_>, truth: bool) -> String {
    let said = words::condition(text, part);
    if truth { said } else { format!("not {said}") }
}

enum Parts<'c> {
    /// All of them.
    Each(&'c [Condition<'c>], bool),
    /// One of them.
    Either(&'c [Condition<'c>], bool),
    One(&'c Condition<'c>, bool),
    None,
}

fn parts<'c>(condition: &'c Condition<'c>, truth: bool) -> Parts<'c> {
    match &condition.kind {
        ConditionKind::All(list) if truth => Parts::Each(list, truth),
        ConditionKind::Any(list) if !truth => Parts::Each(list, truth),
        ConditionKind::All(list) | ConditionKind::Any(list) => Parts::Either(list, truth),
        ConditionKind::Not(inner) => Parts::One(inner, !truth),
        _ => Parts::None,
    }
}

/// What a condition looks at.
#[derive(PartialEq, Eq, Hash)]
enum Look<'c> {
    Attribute(Vec<&'c str>),
    Flag(&'c str),
    Time,
    /// Whatever it may be.
    Segment,
}

fn asked<'c>(condition: &'c Condition<'c>, found: &mut HashSet<Look<'c>>) {
    match &condition.kind {
        ConditionKind::All(parts) | ConditionKind::Any(parts) => {
            parts.iter().for_each(|part| asked(part, found));
        }
        ConditionKind::Not(part) => asked(part, found),
        ConditionKind::Segment(_) => {
            found.insert(Look::Segment);
        }
        ConditionKind::Flag { key, .. } => {
            found.insert(Look::Flag(&key.text));
        }
        ConditionKind::Bucket { line: Line { by, .. }, .. } => {
            let by = by.as_ref().map(|by| by.segments.iter().map(AsRef::as_ref).collect());
            found.insert(Look::Attribute(by.unwrap_or_else(|| ["targetingKey"].into())));
        }
        ConditionKind::Time { .. } => {
            found.insert(Look::Time);
        }
        ConditionKind::Test { path, .. } => {
            // What lies inside an object is told by the object, too.
            let names: Vec<&str> = path.segments.iter().map(AsRef::as_ref).collect();
            found.extend(names.first().map(|first| Look::Attribute([*first].into())));
            found.insert(Look::Attribute(names));
        }
    }
}

/// What each part of a list looks at.
struct Asked<'c>(Vec<HashSet<Look<'c>>>);

impl Asked<'_> {
    /// Whether two parts can have to do with each other.
    fn meet(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.0.get(a), self.0.get(b)) else { return false };
        a.contains(&Look::Segment) || b.contains(&Look::Segment) || !a.is_disjoint(b)
    }

    /// The other parts that a part has to do with, but for those that say
    /// nothing.
    fn near(&self, part: usize, idle: &[bool]) -> Vec<usize> {
        let others = (0..self.0.len()).filter(|other| {
            *other != part && idle.get(*other) == Some(&false) && self.meet(part, *other)
        });
        others.collect()
    }
}
