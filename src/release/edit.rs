//! Everyday edits: switch a flag off and on, widen a share, rename, remove.
//!
//! Each is a function from a document's text to the few ranges of it that
//! change, so that comments in `x-` members, order and layout stay as their
//! authors left them. What is not a document, or names no sound flag, is
//! refused: an edit never guesses.

use super::text::{Edit, insert_member, member, quoted, range, string, take_out, with_root};
use crate::diagnostic::Span;
use crate::document::{Condition, ConditionKind, Document, Flag, decode};
use crate::json::{Kind, Node};
use std::format;
use std::ops::Range;
use std::string::{String, ToString};
use std::vec::Vec;

/// Why an edit was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// How to go on; may be empty.
    pub help: String,
    /// Where in the document, if it is about a place.
    pub spans: Vec<Span>,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), spans: Vec::new() }
    }

    pub(super) fn at(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }
}

/// What an edit comes to.
pub type Edits = Result<Vec<Edit>, Refusal>;

/// A document that is edited: its data and its text.
pub struct Edited<'a> {
    pub(super) text: &'a str,
    pub(super) document: Document<'a>,
}

impl<'a> Edited<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// It is refused as a whole.
    pub fn new(text: &'a str) -> Result<Self, Refusal> {
        let document = decode::document(text.as_bytes()).map_err(|fault| {
            let message = format!("this is no ruleset: {}", fault.code.message());
            Refusal::new(message, "`serin check` says what is wrong with it").at(fault.span)
        })?;
        Ok(Self { text, document })
    }

    /// The data of a flag.
    pub(super) fn flag(&self, key: &str) -> Result<&Flag<'a>, Refusal> {
        let entry = self.document.flags.iter().find(|entry| entry.key.text == key);
        let Some(entry) = entry else {
            return Err(Refusal::new(
                format!("there is no flag {}", quoted(key)),
                "`serin eval` lists the flags of a ruleset",
            ));
        };
        entry.item.as_ref().ok_or_else(|| {
            Refusal::new(
                format!("the flag {} is broken, so it cannot be edited safely", quoted(key)),
                "mend it first: `serin check` says what is wrong",
            )
            .at(entry.key.span)
        })
    }

    /// The object of a flag on the tape.
    pub(super) fn with_flag<T>(
        &self,
        key: &str,
        then: impl FnOnce(Node<'_, '_>) -> T,
    ) -> Result<T, Refusal> {
        self.flag(key)?;
        with_root(self.text, |root| {
            let (_, flags) = member(root, "flags")?;
            let (_, flag) = member(flags, key)?;
            Some(then(flag))
        })
        .flatten()
        .ok_or_else(|| Refusal::new(format!("the flag {} was not found", quoted(key)), ""))
    }

    /// Sets `enabled`. No edit: it is so already.
    ///
    /// # Errors
    /// There is no such flag, or it is broken.
    pub fn enable(&self, key: &str, enabled: bool) -> Edits {
        if self.flag(key)?.enabled == enabled {
            return Ok(Vec::new());
        }
        self.with_flag(key, |flag| {
            if let Some((_, value)) = member(flag, "enabled") {
                return [Edit::new(range(value), enabled.to_string())].into();
            }
            // INVARIANT: a sound flag has variants.
            let behind = member(flag, "variants").map(|(_, value)| value);
            behind
                .map(|behind| {
                    insert_member(self.text, flag, behind, &format!("\"enabled\": {enabled}"))
                })
                .into_iter()
                .collect()
        })
    }

    /// Gives a flag another key, also where others refer to it. Whom it
    /// serves what does not change: no point depends on a flag's key, as salts
    /// are always written.
    ///
    /// # Errors
    /// There is no such flag, it is broken, or the new key is taken.
    pub fn rename(&self, key: &str, new: &str) -> Edits {
        self.flag(key)?;
        if key == new {
            return Ok(Vec::new());
        }
        if let Some(taken) = self.document.flags.iter().find(|entry| entry.key.text == new) {
            let message = format!("there is a flag {} already", quoted(new));
            return Err(Refusal::new(message, "choose a key that no flag has").at(taken.key.span));
        }
        let own = self.document.flags.iter().find(|entry| entry.key.text == key);
        let spans = own.map(|entry| entry.key.span).into_iter().chain(self.references(key));
        Ok(spans.map(|span| Edit::new(of(span), quoted(new))).collect())
    }

    /// Takes a flag out.
    ///
    /// # Errors
    /// There is no such flag, or others refer to it.
    pub fn remove(&self, key: &str) -> Edits {
        if !self.document.flags.iter().any(|entry| entry.key.text == key) {
            self.flag(key)?;
        }
        let references = self.references(key);
        if !references.is_empty() {
            let message = format!("the flag {} is still referred to", quoted(key));
            let help =
                "take the conditions out that name it, or put what they stand for in their place";
            return Err(Refusal { spans: references, ..Refusal::new(message, help) });
        }
        let edit = with_root(self.text, |root| {
            let (_, flags) = member(root, "flags")?;
            let mut found = None;
            let mut all: Vec<Range<usize>> = Vec::new();
            for (index, (name, value)) in flags.members().enumerate() {
                if name.text().as_deref() == Some(key) {
                    found = Some(index);
                }
                all.push(range(name).start..range(value).end);
            }
            take_out(&all, found?)
        });
        Ok(edit.flatten().into_iter().collect())
    }

    /// Where conditions of flags and segments name a flag, also of those that
    /// are broken: they will be mended.
    pub fn references(&self, key: &str) -> Vec<Span> {
        let mut found = Vec::new();
        for flag in self.document.flags.iter().filter_map(|entry| entry.item.as_ref()) {
            let conditions = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
            for condition in flag.require.iter().chain(conditions) {
                refers(condition, key, &mut found);
            }
        }
        for segment in self.document.segments.iter().filter_map(|entry| entry.item.as_ref()) {
            refers(&segment.condition, key, &mut found);
        }
        self.broken(key, &mut found);
        found
    }

    /// Where what does not decode names a flag as a condition does.
    fn broken(&self, key: &str, found: &mut Vec<Span>) {
        let Document { flags, segments, .. } = &self.document;
        let flags = flags.iter().map(|entry| entry.item.is_none());
        let segments = segments.iter().map(|entry| entry.item.is_none());
        let (flags, segments): (Vec<bool>, Vec<bool>) = (flags.collect(), segments.collect());
        with_root(self.text, |root| {
            for (list, broken) in [("flags", flags), ("segments", segments)] {
                let Some((_, entries)) = member(root, list) else { continue };
                let open = entries.members().zip(broken).filter(|(_, broken)| *broken);
                let mut open: Vec<Node<'_, '_>> = open.map(|((_, value), _)| value).collect();
                while let Some(node) = open.pop() {
                    if let (Some((_, name)), Some(_)) = (member(node, "flag"), member(node, "is"))
                        && name.text().as_deref() == Some(key)
                    {
                        found.push(name.span());
                    }
                    open.extend(node.members().map(|(_, value)| value).chain(node.items()));
                }
            }
        });
    }
}

fn of(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// Recursion is bounded by the depth that the reader allows.
fn refers(condition: &Condition<'_>, flag: &str, found: &mut Vec<Span>) {
    match &condition.kind {
        ConditionKind::All(list) | ConditionKind::Any(list) => {
            list.iter().for_each(|inner| refers(inner, flag, found));
        }
        ConditionKind::Not(inner) => refers(inner, flag, found),
        ConditionKind::Flag { key, .. } if key.text == flag => found.push(key.span),
        ConditionKind::Flag { .. }
        | ConditionKind::Segment(_)
        | ConditionKind::Bucket { .. }
        | ConditionKind::Time { .. }
        | ConditionKind::Test { .. } => {}
    }
}

/// Which serve of a flag is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// That of when no rule matches.
    Default,
    /// That of the rule of this name, or of this index if no rule has it.
    Rule(String),
}

/// A share that is to be: the variant's part of the line, and who gives or
/// takes the difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    /// Where.
    pub place: Place,
    /// The variant's name.
    pub variant: String,
    /// Its whole share in thousandths of a percent, 0 to 100,000.
    pub thousandths: u32,
    /// The variant that gives what is more, and takes what is less.
    pub from: String,
}

/// A slice of the line as it is written.
struct Slice {
    variant: String,
    thousandths: u32,
    /// The number.
    percent: Range<usize>,
    /// The object.
    object: Range<usize>,
    /// Slices of the taker that go before it.
    before: u32,
}

impl Edited<'_> {
    /// Sets a variant's share of a rollout. Every point of the line that
    /// changes its variant leaves `from` for `variant`, or the other way round
    /// when the share becomes smaller: no third one is touched.
    ///
    /// A serve that is one variant, `from`, becomes a rollout.
    ///
    /// # Errors
    /// There is no such flag, rule, variant or rollout; the giver has too
    /// little; or there is no salt.
    pub fn share(&self, key: &str, share: &Share) -> Edits {
        let flag = self.flag(key)?;
        for name in [&share.variant, &share.from] {
            if !flag.variants.iter().any(|variant| variant.name.text == **name) {
                let names: Vec<String> =
                    flag.variants.iter().map(|variant| quoted(&variant.name.text)).collect();
                let message = format!("the flag {} has no variant {}", quoted(key), quoted(name));
                return Err(Refusal::new(
                    message,
                    format!("its variants are {}", names.join(", ")),
                ));
            }
        }
        if share.variant == share.from {
            let message = "a variant cannot give to itself";
            return Err(Refusal::new(message, "name another variant after --from"));
        }
        let salted = flag.salt.is_some();
        self.with_flag(key, |object| {
            let serve = serve(object, &share.place)?;
            match serve.kind() {
                Kind::String => divide(share, serve, salted),
                _ => self.resize(share, serve),
            }
        })?
    }

    fn resize(&self, share: &Share, serve: Node<'_, '_>) -> Edits {
        let Some((_, rollout)) = member(serve, "rollout") else {
            return Err(Refusal::new(
                "this serve is a ramp, whose share follows the clock",
                "change the percentages of its steps",
            )
            .at(serve.span()));
        };
        let shares = member(rollout, "shares").map(|(_, shares)| shares);
        let mut slices: Vec<Slice> =
            shares.into_iter().flat_map(Node::items).filter_map(slice).collect();
        let part = |name: &str| -> u32 {
            slices
                .iter()
                .filter(|slice| slice.variant == name)
                .fold(0, |sum, slice| sum.saturating_add(slice.thousandths))
        };
        let now = part(&share.variant);
        let (giver, taker, amount) = match share.thousandths.checked_sub(now) {
            Some(more) => (&share.from, &share.variant, more),
            None => (&share.variant, &share.from, now.saturating_sub(share.thousandths)),
        };
        if part(giver) < amount {
            return Err(Refusal::new(
                format!(
                    "{} has {} % to give, and {} % are asked for",
                    quoted(giver),
                    percent(part(giver)),
                    percent(amount)
                ),
                "name another variant after --from, or do it in two steps",
            )
            .at(serve.span()));
        }
        move_points(&mut slices, giver, taker, amount);
        let written: Vec<u32> = shares
            .into_iter()
            .flat_map(Node::items)
            .filter_map(slice)
            .map(|slice| slice.thousandths)
            .collect();
        let mut edits = Vec::new();
        for (index, (slice, before)) in slices.iter().zip(written).enumerate() {
            if slice.thousandths != before {
                edits.push(Edit::new(slice.percent.clone(), percent(slice.thousandths)));
            }
            if slice.before > 0 {
                let written = object(taker, slice.before);
                let at = slice.object.start;
                edits
                    .push(Edit::new(at..at, format!("{written},{}", self.between(&slices, index))));
            }
        }
        Ok(edits)
    }

    /// The white space between a slice and its neighbour.
    fn between(&self, slices: &[Slice], index: usize) -> String {
        let end = |index: usize| slices.get(index).map(|slice| slice.object.end);
        let start = |index: usize| slices.get(index).map(|slice| slice.object.start);
        let gap = index
            .checked_sub(1)
            .and_then(|before| Some(end(before)?..start(index)?))
            .or_else(|| Some(end(index)?..start(index.saturating_add(1))?));
        let gap = gap.and_then(|gap| self.text.get(gap)).unwrap_or(" ");
        gap.replace(',', "")
    }
}

/// Moves so much of the line from one variant to another. Where the two are
/// neighbours their border moves; what is still to be had then is a slice of
/// its own.
fn move_points(slices: &mut [Slice], giver: &str, taker: &str, mut amount: u32) {
    for at in 0..slices.len() {
        let neighbours = [at.checked_sub(1), at.checked_add(1)];
        for beside in neighbours.into_iter().flatten() {
            let takes = slices.get(beside).is_some_and(|slice| slice.variant == taker);
            let Some(from) = slices.get_mut(at).filter(|slice| takes && slice.variant == giver)
            else {
                continue;
            };
            let part = amount.min(from.thousandths);
            from.thousandths = from.thousandths.saturating_sub(part);
            amount = amount.saturating_sub(part);
            if let Some(to) = slices.get_mut(beside) {
                to.thousandths = to.thousandths.saturating_add(part);
            }
        }
    }
    for from in slices.iter_mut().filter(|slice| slice.variant == giver) {
        let part = amount.min(from.thousandths);
        from.thousandths = from.thousandths.saturating_sub(part);
        from.before = part;
        amount = amount.saturating_sub(part);
    }
}

fn slice(share: Node<'_, '_>) -> Option<Slice> {
    let (_, percent) = member(share, "percent")?;
    Some(Slice {
        variant: string(share, "variant")?,
        thousandths: crate::json::number::decimal(percent.raw().as_bytes()).thousandths()?,
        percent: range(percent),
        object: range(share),
        before: 0,
    })
}

/// Makes a rollout of a serve that is one variant.
fn divide(share: &Share, serve: Node<'_, '_>, salted: bool) -> Edits {
    let one = serve.text().unwrap_or_default();
    if one == share.variant && share.thousandths == 100_000 {
        return Ok(Vec::new());
    }
    let giver = if one == share.variant { &share.variant } else { &share.from };
    if one != *giver {
        let message = format!(
            "everyone gets {} here, so {} has nothing to give",
            quoted(&one),
            quoted(&share.from)
        );
        return Err(Refusal::new(message, format!("write --from {one}")).at(serve.span()));
    }
    if !salted {
        let help = "give it one, such as \"salt\": \"checkout-1\": it decides who is in, and must then stay as it is";
        return Err(
            Refusal::new("the flag has no salt, and a rollout needs one", help).at(serve.span())
        );
    }
    let rest = 100_000_u32.saturating_sub(share.thousandths);
    // Who has no key gets what everyone got until now.
    let text = format!(
        "{{ \"rollout\": {{ \"withoutKey\": {}, \"shares\": [ {}, {} ] }} }}",
        quoted(&one),
        object(&share.variant, share.thousandths),
        object(&share.from, rest)
    );
    Ok([Edit::new(range(serve), text)].into())
}

fn object(variant: &str, thousandths: u32) -> String {
    format!("{{ \"variant\": {}, \"percent\": {} }}", quoted(variant), percent(thousandths))
}

/// Thousandths of a percent as the percent that is written.
pub fn percent(thousandths: u32) -> String {
    let (whole, rest) = (thousandths / 1000, thousandths % 1000);
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:03}").trim_end_matches('0').into()
    }
}

/// The serve of a flag that is meant.
fn serve<'t, 'a>(flag: Node<'t, 'a>, place: &Place) -> Result<Node<'t, 'a>, Refusal> {
    let of = |object: Node<'t, 'a>| member(object, "serve").map(|(_, serve)| serve);
    let rules: Vec<Node<'t, 'a>> =
        member(flag, "rules").map(|(_, rules)| rules.items().collect()).unwrap_or_default();
    let found = match place {
        Place::Default => of(flag),
        Place::Rule(name) => {
            let named: Vec<&Node<'t, 'a>> = rules
                .iter()
                .filter(|rule| string(**rule, "name").as_deref() == Some(name))
                .collect();
            if let [first, _, ..] = named.as_slice() {
                let message = format!("several rules are named {}", quoted(name));
                return Err(
                    Refusal::new(message, "give the rule's index, counted from 0").at(first.span())
                );
            }
            let index = name.parse().ok().and_then(|index: usize| rules.get(index));
            named.first().copied().or(index).copied().and_then(of)
        }
    };
    found.ok_or_else(|| {
        let mut names: Vec<String> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            names.push(
                string(*rule, "name").map_or_else(|| index.to_string(), |name| quoted(&name)),
            );
        }
        match place {
            Place::Default => Refusal::new(
                "the flag has no `serve` of its own",
                if names.is_empty() {
                    String::from("add one")
                } else {
                    format!("name a rule with --rule: {}", names.join(", "))
                },
            ),
            Place::Rule(name) => Refusal::new(
                format!("the flag has no rule {}", quoted(name)),
                if names.is_empty() {
                    String::from("it has no rules at all")
                } else {
                    format!("its rules are {}", names.join(", "))
                },
            ),
        }
        .at(flag.span())
    })
}
