//! Nodes to plain data, with every fault of a flag reported at once.
//!
//! Nothing here knows another flag: references are the compiler's to resolve.

use super::stream::{Diagnostics, Receiver, Stream};
use super::{
    Condition, ConditionKind, Document, Entry, Extra, Flag, Instant, Kind, Line, List, Name,
    Operation, Path, Ramp, Rollout, Rule, Scalar, Segment, Serve, Share, Step, Text, Texts,
    Variant,
};
use crate::compare::{address, time, version};
use crate::diagnostic::{Code, Diagnostic, Expected, Span, Subject};
use crate::json::{self, number, Node};
use crate::limits;
use crate::pool::Pool;
use alloc::{borrow::Cow, boxed::Box, vec::Vec};

/// Decodes a whole document, for the tools.
///
/// # Errors
/// The diagnostic that refuses the document.
pub fn document(bytes: &[u8]) -> Result<Document<'_>, Diagnostic> {
    let mut stream = Stream::new();
    let mut document = Document {
        revision: None,
        segments: Vec::new(),
        flags: Vec::new(),
        diagnostics: Vec::new(),
        extra: Vec::new(),
    };
    let end = stream.walk(bytes, &mut document)?;
    stream.finish(bytes.get(end..).unwrap_or_default())?;
    document.revision = stream.revision;
    document.diagnostics = stream.diagnostics.list;
    Ok(document)
}

impl<'a> Receiver<'a> for Document<'a> {
    fn segment(&mut self, _: u32, key: Name<'a>, item: Option<Segment<'a>>) {
        self.segments.push(Entry { key, item });
    }
    fn flag(&mut self, _: u32, key: Name<'a>, item: Option<Flag<'a>>) {
        self.flags.push(Entry { key, item });
    }
    fn again(&mut self, subject: Subject) {
        match subject {
            Subject::Document => {}
            Subject::Flag(index) => {
                if let Some(entry) = self.flags.get_mut(index as usize) {
                    entry.item = None;
                }
            }
            Subject::Segment(index) => {
                if let Some(entry) = self.segments.get_mut(index as usize) {
                    entry.item = None;
                }
            }
        }
    }
    fn extra(&mut self, extra: Extra<'a>) {
        self.extra.push(extra);
    }
}

/// What is kept from one flag to the next only for its room.
#[derive(Default)]
pub(super) struct Decoder {
    /// Variant names of the flag at hand.
    variants: Pool,
}

/// The decoding of one flag or segment.
struct Decoding<'d> {
    variants: &'d mut Pool,
    out: &'d mut Diagnostics,
    subject: Subject,
    /// Whether the flag has a salt for those who have none.
    salted: bool,
    /// Leaf conditions so far.
    tests: usize,
}

impl Decoder {
    /// A flag; none if it has a fault.
    pub(super) fn flag<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        subject: Subject,
        out: &mut Diagnostics,
    ) -> Option<Flag<'a>> {
        self.variants.clear();
        let variants = &mut self.variants;
        let mut decoding = Decoding { variants, out, subject, salted: false, tests: 0 };
        decoding.flag(node).filter(|_| !decoding.out.faulty)
    }

    /// A segment; none if it has a fault.
    pub(super) fn segment<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        subject: Subject,
        out: &mut Diagnostics,
    ) -> Option<Segment<'a>> {
        let variants = &mut self.variants;
        let mut decoding = Decoding { variants, out, subject, salted: false, tests: 0 };
        let condition = decoding.condition(node)?;
        (!decoding.out.faulty).then_some(Segment { condition })
    }
}

type Slot<'t, 'a> = Option<Node<'t, 'a>>;

impl Decoding<'_> {
    /// Reports a fault; returns none, for the caller to return.
    fn fault<T>(&mut self, code: Code, span: Span, expected: Expected) -> Option<T> {
        self.out.push(code, self.subject, span, expected);
        None
    }

    fn wrong<T>(&mut self, node: Node<'_, '_>, expected: Expected) -> Option<T> {
        self.fault(Code::WrongType, node.span(), expected)
    }

    /// The member, or a fault that it is missing.
    fn required<'t, 'a>(&mut self, slot: Slot<'t, 'a>, of: Node<'t, 'a>, expected: Expected) -> Slot<'t, 'a> {
        if slot.is_none() {
            self.fault::<()>(Code::MissingMember, of.span(), expected);
        }
        slot
    }

    /// Sorts an object's members into `slots` by their names.
    fn members<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        names: &[&str],
        slots: &mut [Slot<'t, 'a>],
        expected: Expected,
    ) -> Option<Vec<Extra<'a>>> {
        if node.kind() != json::Kind::Object {
            return self.wrong(node, Expected::Object);
        }
        let mut extra = Vec::new();
        for (name, value) in node.members() {
            let text = name.text().unwrap_or_default();
            let found = names.iter().zip(&mut *slots).find(|(known, _)| **known == text);
            if let Some((_, slot)) = found {
                *slot = Some(value);
            } else if text.starts_with("x-") {
                extra.push(Extra { name: text, value: value.raw() });
            } else {
                self.fault::<()>(Code::UnknownMember, name.span(), expected);
            }
        }
        Some(extra)
    }

    fn string<'t, 'a>(&mut self, node: Node<'t, 'a>, expected: Expected) -> Option<Name<'a>> {
        match node.text() {
            Some(text) => Some(Name { text, span: node.span() }),
            None => self.wrong(node, expected),
        }
    }

    fn text<'t, 'a>(&mut self, slot: Slot<'t, 'a>) -> Option<Text<'a>> {
        Some(self.string(slot?, Expected::String)?.text)
    }

    fn salt<'t, 'a>(&mut self, slot: Slot<'t, 'a>) -> Option<Text<'a>> {
        let salt = self.string(slot?, Expected::NonEmptyString)?;
        if salt.text.is_empty() {
            return self.fault(Code::Empty, salt.span, Expected::NonEmptyString);
        }
        Some(salt.text)
    }

    fn boolean(&mut self, slot: Slot<'_, '_>) -> Option<bool> {
        let node = slot?;
        let value = node.boolean();
        if value.is_none() {
            self.fault::<()>(Code::WrongType, node.span(), Expected::Boolean);
        }
        value
    }

    /// The elements of an array that is neither empty nor too long.
    fn items<'t, 'a>(&mut self, node: Node<'t, 'a>, max: usize, expected: Expected) -> Option<Vec<Node<'t, 'a>>> {
        if node.kind() != json::Kind::Array {
            return self.wrong(node, Expected::Array);
        }
        let items: Vec<_> = node.items().collect();
        if items.is_empty() {
            return self.fault(Code::Empty, node.span(), Expected::Array);
        }
        if items.len() > max {
            return self.fault(Code::TooMany, node.span(), expected);
        }
        Some(items)
    }

    /// Decodes every element, so that each fault is reported.
    fn each<'t, 'a, T>(
        &mut self,
        nodes: &[Node<'t, 'a>],
        mut decode: impl FnMut(&mut Self, Node<'t, 'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut list = Vec::with_capacity(nodes.len());
        for node in nodes {
            list.extend(decode(self, *node));
        }
        (list.len() == nodes.len()).then_some(list)
    }

    fn flag<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Flag<'a>> {
        let names = [
            "variants", "enabled", "off", "salt", "require", "rules", "serve", "description",
            "owner", "expires", "metadata",
        ];
        let mut slots = [None; 11];
        let extra = self.members(node, &names, &mut slots, Expected::FlagMembers)?;
        let [variants, enabled, off, salt, require, rules, serve, description, owner, expires, metadata] =
            slots;
        let salt = self.salt(salt);
        // A salt that is faulty is reported once, where it stands.
        self.salted = slots.get(3).is_some_and(Option::is_some);
        let variants = self.required(variants, node, Expected::NeedsVariants);
        let variants = variants.and_then(|node| self.variants(node));
        let enabled = self.boolean(enabled).unwrap_or(true);
        let off = off.and_then(|node| self.variant(node));
        let require = require.and_then(|node| self.condition(node));
        let rules = rules.and_then(|node| self.rules(node)).unwrap_or_default();
        let serve = serve.and_then(|node| self.serve(node));
        let description = self.text(description);
        let owner = self.text(owner);
        let expires = self.text(expires);
        if let Some(node) = metadata.filter(|node| node.kind() != json::Kind::Object) {
            self.wrong::<()>(node, Expected::Object);
        }
        if self.tests > limits::TESTS {
            self.fault::<()>(Code::TooMany, node.span(), Expected::Max16384Tests);
        }
        let (kind, variants) = variants?;
        Some(Flag {
            kind,
            variants,
            enabled,
            off,
            salt,
            require,
            rules,
            serve,
            description,
            owner,
            expires,
            metadata: metadata.map(Node::raw),
            extra,
        })
    }

    fn variants<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<(Kind, Vec<Variant<'a>>)> {
        if node.kind() != json::Kind::Object {
            return self.wrong(node, Expected::Object);
        }
        let (mut list, mut kind) = (Vec::new(), None);
        for (name, value) in node.members() {
            let text = name.text().unwrap_or_default();
            self.variants.intern(text.as_bytes());
            list.push(Variant { name: Name { text, span: name.span() }, value: value.raw() });
            let of = match value.kind() {
                json::Kind::Null => {
                    self.wrong::<()>(value, Expected::VariantValue);
                    continue;
                }
                json::Kind::Boolean => Kind::Boolean,
                json::Kind::Number => Kind::Number,
                json::Kind::String => Kind::String,
                json::Kind::Array | json::Kind::Object => Kind::Object,
            };
            if *kind.get_or_insert(of) != of {
                self.fault::<()>(Code::MixedTypes, value.span(), Expected::VariantValue);
            }
        }
        if list.is_empty() {
            return self.fault(Code::Empty, node.span(), Expected::VariantName);
        }
        if list.len() > limits::VARIANTS {
            return self.fault(Code::TooMany, node.span(), Expected::Max4095Variants);
        }
        Some((kind?, list))
    }

    fn variant(&mut self, node: Node<'_, '_>) -> Option<u16> {
        let name = self.string(node, Expected::VariantName)?;
        match self.variants.find(name.text.as_bytes()).map(u16::try_from) {
            Some(Ok(index)) => Some(index),
            _ => self.fault(Code::UnknownVariant, name.span, Expected::Nothing),
        }
    }

    fn rules<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Vec<Rule<'a>>> {
        if node.kind() != json::Kind::Array {
            return self.wrong(node, Expected::Array);
        }
        let nodes: Vec<_> = node.items().collect();
        if nodes.len() > limits::RULES {
            return self.fault(Code::TooMany, node.span(), Expected::Max4094Rules);
        }
        self.each(&nodes, Self::rule)
    }

    fn rule<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Rule<'a>> {
        let mut slots = [None; 3];
        let names = ["name", "if", "serve"];
        let extra = self.members(node, &names, &mut slots, Expected::RuleMembers)?;
        let [name, condition, serve] = slots;
        let name = self.text(name);
        let condition = condition.map(|node| self.condition(node));
        let serve = self.required(serve, node, Expected::NeedsServe);
        let serve = serve.and_then(|node| self.serve(node))?;
        let condition = match condition {
            Some(condition) => Some(condition?),
            None => None,
        };
        Some(Rule { name, condition, serve, span: node.span(), extra })
    }

    fn serve<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Serve<'a>> {
        if node.kind() != json::Kind::Object {
            return match node.kind() {
                json::Kind::String => self.variant(node).map(Serve::Variant),
                _ => self.wrong(node, Expected::Serve),
            };
        }
        let mut slots = [None; 2];
        // A serve's own `x-` members say nothing that a rule's could not.
        self.members(node, &["rollout", "ramp"], &mut slots, Expected::ServeMembers)?;
        match slots {
            [Some(rollout), None] => self.rollout(rollout).map(Serve::Rollout),
            [None, Some(ramp)] => self.ramp(ramp).map(Serve::Ramp),
            _ => self.fault(Code::Ambiguous, node.span(), Expected::ServeMembers),
        }
    }

    /// Key and salt of a rollout, ramp or bucket.
    fn line<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        by: Slot<'t, 'a>,
        salt: Slot<'t, 'a>,
        extra: Vec<Extra<'a>>,
    ) -> Option<Line<'a>> {
        if salt.is_none() && !self.salted {
            self.fault::<()>(Code::MissingSalt, node.span(), Expected::Nothing);
        }
        let salt = self.salt(salt);
        let by = match by {
            Some(node) => Some(self.path(node)?),
            None => None,
        };
        Some(Line { by, salt, span: node.span(), extra })
    }

    fn percent(&mut self, slot: Slot<'_, '_>, of: Node<'_, '_>, expected: Expected) -> Option<u32> {
        let Some(node) = slot else {
            return self.fault(Code::MissingMember, of.span(), expected);
        };
        if node.kind() != json::Kind::Number {
            return self.wrong(node, Expected::Number);
        }
        match number::decimal(node.bytes()).thousandths() {
            None => self.fault(Code::InvalidPercent, node.span(), Expected::Nothing),
            thousandths => thousandths,
        }
    }

    fn rollout<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Rollout<'a>> {
        let mut slots = [None; 4];
        let names = ["shares", "by", "salt", "withoutKey"];
        let extra = self.members(node, &names, &mut slots, Expected::RolloutMembers)?;
        let [shares, by, salt, without_key] = slots;
        let line = self.line(node, by, salt, extra);
        let without_key = without_key.and_then(|node| self.variant(node));
        let list = self.required(shares, node, Expected::NeedsShares)?;
        let nodes = self.items(list, usize::MAX, Expected::Nothing)?;
        let shares = self.each(&nodes, Self::share)?;
        let sum = shares.iter().fold(0_u64, |sum, s| sum.saturating_add(s.thousandths.into()));
        if sum != 100_000 {
            return self.fault(Code::ShareSum, list.span(), Expected::Nothing);
        }
        Some(Rollout { line: line?, without_key, shares })
    }

    fn share<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Share<'a>> {
        let mut slots = [None; 2];
        let extra =
            self.members(node, &["variant", "percent"], &mut slots, Expected::ShareMembers)?;
        let [variant, percent] = slots;
        let thousandths = self.percent(percent, node, Expected::NeedsPercent);
        let variant = self.required(variant, node, Expected::NeedsVariant);
        let variant = variant.and_then(|node| self.variant(node))?;
        Some(Share { variant, thousandths: thousandths?, extra })
    }

    fn ramp<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Ramp<'a>> {
        let mut slots = [None; 6];
        let names = ["variant", "rest", "steps", "by", "salt", "withoutKey"];
        let extra = self.members(node, &names, &mut slots, Expected::RampMembers)?;
        let [variant, rest, steps, by, salt, without_key] = slots;
        let line = self.line(node, by, salt, extra);
        let without_key = without_key.and_then(|node| self.variant(node));
        let variant = self.required(variant, node, Expected::NeedsVariant);
        let variant = variant.and_then(|node| self.variant(node));
        let rest = self.required(rest, node, Expected::NeedsRest);
        let rest = rest.and_then(|node| self.variant(node));
        let steps = self.required(steps, node, Expected::NeedsSteps)?;
        let nodes = self.items(steps, usize::MAX, Expected::Nothing)?;
        let steps = self.each(&nodes, Self::step)?;
        for (before, step) in steps.iter().zip(steps.iter().skip(1)) {
            if step.at.millis <= before.at.millis {
                self.fault::<()>(Code::Order, step.span, Expected::Ascending);
            }
        }
        Some(Ramp { line: line?, without_key, variant: variant?, rest: rest?, steps })
    }

    fn step<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Step<'a>> {
        let mut slots = [None; 2];
        let extra = self.members(node, &["at", "percent"], &mut slots, Expected::StepMembers)?;
        let [at, percent] = slots;
        let thousandths = self.percent(percent, node, Expected::NeedsPercent);
        let at = self.required(at, node, Expected::NeedsAt);
        let at = at.and_then(|node| self.instant(node))?;
        Some(Step { at, thousandths: thousandths?, span: node.span(), extra })
    }

    fn instant<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Instant<'a>> {
        let millis = match node.kind() {
            json::Kind::String => node.text().and_then(|text| time::parse(text.as_bytes())),
            json::Kind::Number => {
                let number = number::decimal(node.bytes());
                let range = time::MIN_MILLIS.unsigned_abs()..=time::MAX_MILLIS.unsigned_abs();
                let millis = number.integral().filter(|_| number.integer);
                millis.filter(|millis| range.contains(&millis.unsigned_abs()))
            }
            _ => return self.wrong(node, Expected::Time),
        };
        match millis {
            Some(millis) => Some(Instant { millis, raw: node.raw() }),
            None => self.fault(Code::InvalidTime, node.span(), Expected::Nothing),
        }
    }

    fn path<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Path<'a>> {
        let segments: Vec<Text<'a>> = match node.text() {
            Some(Cow::Borrowed(text)) => text.split('.').map(Cow::Borrowed).collect(),
            Some(Cow::Owned(text)) => text.split('.').map(|part| Cow::Owned(part.into())).collect(),
            None if node.kind() != json::Kind::Array => return self.wrong(node, Expected::Path),
            None => {
                let nodes: Vec<_> = node.items().collect();
                self.each(&nodes, |this, node| Some(this.string(node, Expected::String)?.text))?
            }
        };
        if segments.is_empty() || segments.iter().any(|segment| segment.is_empty()) {
            return self.fault(Code::Empty, node.span(), Expected::Path);
        }
        if segments.len() > limits::PATH {
            return self.fault(Code::TooMany, node.span(), Expected::Max8Segments);
        }
        Some(Path { segments })
    }

    fn condition<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Condition<'a>> {
        // The first eight say what the condition is; the rest go with one.
        let names = [
            "all", "any", "not", "segment", "flag", "bucket", "time", "attribute", "is", "op",
            "value", "ignoreCase",
        ];
        let mut slots = [None; 12];
        let extra = self.members(node, &names, &mut slots, Expected::ConditionMembers)?;
        let [all, any, not, segment, flag, bucket, time, attribute, is, op, value, ignore_case] = slots;
        let kinds = slots.iter().take(8).flatten().count();
        if kinds != 1 {
            return self.fault(Code::Ambiguous, node.span(), Expected::ConditionMembers);
        }
        if flag.is_none() {
            self.misplaced(&[is], Expected::ConditionMembers);
        }
        if attribute.is_none() {
            self.misplaced(&[op, value, ignore_case], Expected::ConditionMembers);
        }
        if all.or(any).or(not).is_none() {
            self.tests = self.tests.saturating_add(1);
        }
        let kind = if let Some(list) = all {
            ConditionKind::All(self.conditions(list)?)
        } else if let Some(list) = any {
            ConditionKind::Any(self.conditions(list)?)
        } else if let Some(inner) = not {
            ConditionKind::Not(Box::new(self.condition(inner)?))
        } else if let Some(name) = segment {
            ConditionKind::Segment(self.string(name, Expected::String)?)
        } else if let Some(key) = flag {
            let key = self.string(key, Expected::String);
            let is = self.required(is, node, Expected::NeedsIs)?;
            let list = is.kind() == json::Kind::Array;
            let nodes = if list { self.items(is, usize::MAX, Expected::Nothing)? } else { [is].into() };
            let is = self.each(&nodes, |this, node| this.string(node, Expected::VariantOrList))?;
            ConditionKind::Flag { key: key?, is, list }
        } else if let Some(bucket) = bucket {
            self.bucket(bucket)?
        } else if let Some(time) = time {
            self.time(time)?
        } else {
            self.test(node, attribute?, op, value, ignore_case)?
        };
        Some(Condition { span: node.span(), kind, extra })
    }

    /// Members that stand beside the wrong kind of condition.
    fn misplaced(&mut self, slots: &[Slot<'_, '_>], expected: Expected) {
        for node in slots.iter().flatten() {
            self.fault::<()>(Code::UnknownMember, node.name_span(), expected);
        }
    }

    fn conditions<'t, 'a>(&mut self, list: Node<'t, 'a>) -> Option<Vec<Condition<'a>>> {
        let nodes = self.items(list, usize::MAX, Expected::Nothing)?;
        self.each(&nodes, Self::condition)
    }

    fn bucket<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<ConditionKind<'a>> {
        let mut slots = [None; 4];
        let names = ["from", "to", "by", "salt"];
        let extra = self.members(node, &names, &mut slots, Expected::BucketMembers)?;
        let [from, to, by, salt] = slots;
        let line = self.line(node, by, salt, extra);
        let from = self.percent(from, node, Expected::NeedsFromTo);
        let to = self.percent(to, node, Expected::NeedsFromTo);
        let (from, to) = (from?, to?);
        if from > to {
            return self.fault(Code::Order, node.span(), Expected::FromUpTo);
        }
        Some(ConditionKind::Bucket { line: line?, from, to })
    }

    fn time<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<ConditionKind<'a>> {
        let mut slots = [None; 2];
        let extra = self.members(node, &["from", "until"], &mut slots, Expected::TimeMembers)?;
        let [from, until] = slots;
        if from.or(until).is_none() {
            return self.fault(Code::MissingMember, node.span(), Expected::NeedsFromOrUntil);
        }
        let from = from.map(|node| self.instant(node));
        let until = until.map(|node| self.instant(node));
        let from = match from {
            Some(instant) => Some(instant?),
            None => None,
        };
        let until = match until {
            Some(instant) => Some(instant?),
            None => None,
        };
        if from.zip(until).is_some_and(|(from, until)| from.millis >= until.millis) {
            return self.fault(Code::Order, node.span(), Expected::FromBefore);
        }
        Some(ConditionKind::Time { from, until, extra })
    }

    fn test<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        attribute: Node<'t, 'a>,
        op: Slot<'t, 'a>,
        value: Slot<'t, 'a>,
        ignore_case: Slot<'t, 'a>,
    ) -> Option<ConditionKind<'a>> {
        let path = self.path(attribute);
        let folded = self.boolean(ignore_case);
        let op = self.required(op, node, Expected::NeedsOp)?;
        let name = self.string(op, Expected::String)?;
        let text = matches!(name.text.as_ref(), "eq" | "in" | "startsWith" | "endsWith" | "contains");
        let known = text
            || matches!(
                name.text.as_ref(),
                "lt" | "le" | "gt" | "ge" | "version" | "before" | "after" | "cidr" | "hasAny"
                    | "hasAll" | "exists"
            );
        if known && !text {
            self.misplaced(&[ignore_case], Expected::TextOperands);
        }
        if !known {
            let expected = Expected::Operators;
            self.fault::<()>(Code::UnknownOperator, name.span, expected);
            let value = value.map(Node::raw);
            let operation = Operation::Unknown { op: name.text, value, ignore_case: folded };
            return Some(ConditionKind::Test { path: path?, ignore_case: false, operation });
        }
        let operation = if name.text == "exists" {
            if let Some(value) = value {
                return self.fault(Code::UnknownMember, value.name_span(), Expected::NoValue);
            }
            Operation::Exists
        } else {
            let value = self.required(value, node, Expected::NeedsValue)?;
            self.operation(&name.text, value)?
        };
        let strings = !matches!(
            operation,
            Operation::Eq(Scalar::Number(_) | Scalar::Boolean(_))
                | Operation::In(List::Numbers(_) | List::Booleans(_))
        );
        let ignore_case = folded.unwrap_or(false) && text;
        if ignore_case && !strings {
            self.fault::<()>(Code::WrongType, value?.span(), Expected::TextOperands);
        }
        Some(ConditionKind::Test { path: path?, ignore_case, operation })
    }

    /// The operand of a known operator that takes one.
    fn operation<'t, 'a>(&mut self, op: &str, value: Node<'t, 'a>) -> Option<Operation<'a>> {
        Some(match op {
            "eq" => Operation::Eq(self.scalar(value)?),
            "in" => Operation::In(self.list(value, limits::IN_LIST, Expected::Max100000)?),
            "startsWith" => Operation::StartsWith(self.texts(value, |_, _| Some(()))?),
            "endsWith" => Operation::EndsWith(self.texts(value, |_, _| Some(()))?),
            "contains" => Operation::Contains(self.texts(value, |_, _| Some(()))?),
            "lt" => Operation::Lt(self.number(value)?),
            "le" => Operation::Le(self.number(value)?),
            "gt" => Operation::Gt(self.number(value)?),
            "ge" => Operation::Ge(self.number(value)?),
            "version" => Operation::Version(self.texts(value, Self::range)?),
            "before" => Operation::Before(self.instant(value)?),
            "after" => Operation::After(self.instant(value)?),
            "cidr" => Operation::Cidr(self.texts(value, Self::network)?),
            "hasAny" => Operation::HasAny(self.list(value, limits::LIST, Expected::Max1000)?),
            _ => Operation::HasAll(self.list(value, limits::LIST, Expected::Max1000)?),
        })
    }

    fn number(&mut self, node: Node<'_, '_>) -> Option<f64> {
        if node.kind() != json::Kind::Number {
            return self.wrong(node, Expected::Number);
        }
        match number::decimal(node.bytes()).float() {
            None => self.fault(Code::InexactNumber, node.span(), Expected::Nothing),
            float => float,
        }
    }

    fn scalar<'t, 'a>(&mut self, node: Node<'t, 'a>) -> Option<Scalar<'a>> {
        match node.kind() {
            json::Kind::String => Some(Scalar::String(node.text()?)),
            json::Kind::Number => self.number(node).map(Scalar::Number),
            json::Kind::Boolean => node.boolean().map(Scalar::Boolean),
            _ => self.wrong(node, Expected::Scalar),
        }
    }

    fn list<'t, 'a>(&mut self, node: Node<'t, 'a>, max: usize, expected: Expected) -> Option<List<'a>> {
        let nodes = self.items(node, max, expected)?;
        let kind = nodes.first()?.kind();
        if let Some(other) = nodes.iter().find(|other| other.kind() != kind) {
            return self.fault(Code::MixedTypes, other.span(), Expected::ScalarList);
        }
        match kind {
            json::Kind::String => self.each(&nodes, |_, node| node.text()).map(List::Strings),
            json::Kind::Number => self.each(&nodes, Self::number).map(List::Numbers),
            json::Kind::Boolean => self.each(&nodes, |_, node| node.boolean()).map(List::Booleans),
            _ => self.wrong(node, Expected::ScalarList),
        }
    }

    /// One text or a list, each checked.
    fn texts<'t, 'a>(
        &mut self,
        node: Node<'t, 'a>,
        check: fn(&mut Self, &Name<'a>) -> Option<()>,
    ) -> Option<Texts<'a>> {
        let list = node.kind() == json::Kind::Array;
        let nodes =
            if list { self.items(node, limits::LIST, Expected::Max1000)? } else { [node].into() };
        let texts = self.each(&nodes, |this, node| {
            let name = this.string(node, Expected::TextOrList)?;
            check(this, &name)?;
            Some(name.text)
        })?;
        Some(Texts { texts, list })
    }

    fn range(&mut self, name: &Name<'_>) -> Option<()> {
        let Err(error) = version::Range::parse(name.text.as_bytes()) else { return Some(()) };
        let code = match error.kind {
            version::RangeErrorKind::BarePartial => Code::PartialVersion,
            _ => Code::InvalidVersion,
        };
        self.fault(code, name.span, Expected::Nothing)
    }

    fn network(&mut self, name: &Name<'_>) -> Option<()> {
        let Some((_, host_bits)) = address::Network::parse(name.text.as_bytes()) else {
            return self.fault(Code::InvalidNetwork, name.span, Expected::Nothing);
        };
        if host_bits {
            self.fault::<()>(Code::HostBits, name.span, Expected::Nothing);
        }
        Some(())
    }
}
