//! A whole document as plain data, for the tools: the parts that the check
//! found good, put together.

use super::build::{self, ABSENT, Build, Checked, Join, Line, instant};
use super::check::BETWEEN;
use super::stream::{Key, Receiver, Stream};
use super::{
    Condition, ConditionKind, Document, Entry, Extra, Flag, Instant, List, Name, Operation,
    Operator, Path, Ramp, Rollout, Rule, Scalar, Segment, Serve, Share, Step, Text, Texts, Variant,
};
use crate::decision::NO_VARIANT;
use crate::diagnostic::{Diagnostic, Subject};
use crate::json::{Kind, View};
use crate::pool::Pool;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::mem::take;

/// Decodes a whole document.
///
/// # Errors
/// The diagnostic that refuses the document.
pub fn document(bytes: &[u8]) -> Result<Document<'_>, Diagnostic> {
    let mut stream = Stream::new();
    let mut parts = Parts::default();
    stream.read(bytes, &mut parts)?;
    let Parts { segments, flags, extra, .. } = parts;
    let (revision, diagnostics) = (stream.revision, stream.check.out.list);
    Ok(Document { revision, segments, flags, diagnostics, extra })
}

/// The parts of the flag or segment at hand, and all that are whole.
#[derive(Default)]
struct Parts<'a> {
    flag_keys: Pool,
    segment_keys: Pool,
    segments: Vec<Entry<'a, Segment<'a>>>,
    flags: Vec<Entry<'a, Flag<'a>>>,
    extra: Vec<Extra<'a>>,
    salt: Option<Text<'a>>,
    variants: Vec<Variant<'a>>,
    conditions: Vec<Condition<'a>>,
    line: super::Line<'a>,
    shares: Vec<Share<'a>>,
    steps: Vec<Step<'a>>,
    serve: Option<Serve<'a>>,
    rules: Vec<Rule<'a>>,
}

fn raw<'a>(view: &View<'_, 'a>, id: u32) -> &'a str {
    core::str::from_utf8(view.raw(id)).unwrap_or_default()
}

fn text<'a>(view: &View<'_, 'a>, id: u32) -> Text<'a> {
    view.node(id).text().unwrap_or_default()
}

fn optional<'a>(view: &View<'_, 'a>, id: u32) -> Option<Text<'a>> {
    (id != ABSENT).then(|| text(view, id))
}

fn name<'a>(view: &View<'_, 'a>, id: u32) -> Name<'a> {
    Name { text: text(view, id), span: view.span(id) }
}

fn float(view: &View<'_, '_>, id: u32) -> f64 {
    view.decimal(id).float().unwrap_or_default()
}

fn time<'a>(view: &View<'_, 'a>, id: u32) -> Instant<'a> {
    let millis = instant(view, id, &mut Vec::new()).unwrap_or_default();
    Instant { millis, raw: raw(view, id) }
}

fn items(view: &View<'_, '_>, id: u32) -> Vec<u32> {
    let (mut item, end) = view.children(id);
    let mut list = Vec::new();
    while item < end {
        list.push(item);
        item = view.next(item);
    }
    list
}

/// The members of an object that start with `x-`.
fn extra<'a>(view: &View<'_, 'a>, id: u32) -> Vec<Extra<'a>> {
    let members = view.node(id).members();
    let free = members.filter_map(|(name, value)| {
        let free = name.text()?.starts_with("x-");
        free.then(|| Extra { name: name.raw(), value: value.raw() })
    });
    free.collect()
}

fn path(path: &[u8]) -> Path<'static> {
    let segments = path.split(|byte| *byte == BETWEEN);
    let segments = segments.map(|segment| String::from_utf8_lossy(segment).into_owned().into());
    let segments = segments.collect();
    Path { segments }
}

fn line<'a>(view: &View<'_, 'a>, line: &Line<'_>) -> super::Line<'a> {
    super::Line {
        by: line.by.then(|| path(line.path)),
        salt: optional(view, line.salt),
        span: view.span(line.id),
        extra: extra(view, line.id),
    }
}

fn texts<'a>(view: &View<'_, 'a>, id: u32) -> Texts<'a> {
    let list = view.kind(id) == Kind::Array;
    let ids = if list { items(view, id) } else { [id].into() };
    Texts { texts: ids.into_iter().map(|id| text(view, id)).collect(), list }
}

fn list<'a>(view: &View<'_, 'a>, id: u32) -> List<'a> {
    let ids = items(view, id);
    match ids.first().map(|id| view.kind(*id)) {
        Some(Kind::Number) => List::Numbers(ids.into_iter().map(|id| float(view, id)).collect()),
        Some(Kind::Boolean) => {
            List::Booleans(ids.into_iter().map(|id| view.raw(id) == b"true").collect())
        }
        _ => List::Strings(ids.into_iter().map(|id| text(view, id)).collect()),
    }
}

fn operation<'a>(view: &View<'_, 'a>, test: &build::Test<'_>) -> Operation<'a> {
    let value = test.value;
    match test.op {
        Operator::Eq => Operation::Eq(match view.kind(value) {
            Kind::Number => Scalar::Number(float(view, value)),
            Kind::Boolean => Scalar::Boolean(view.raw(value) == b"true"),
            _ => Scalar::String(text(view, value)),
        }),
        Operator::In => Operation::In(list(view, value)),
        Operator::HasAny => Operation::HasAny(list(view, value)),
        Operator::HasAll => Operation::HasAll(list(view, value)),
        Operator::StartsWith => Operation::StartsWith(texts(view, value)),
        Operator::EndsWith => Operation::EndsWith(texts(view, value)),
        Operator::Contains => Operation::Contains(texts(view, value)),
        Operator::Version => Operation::Version(texts(view, value)),
        Operator::Cidr => Operation::Cidr(texts(view, value)),
        Operator::Lt => Operation::Lt(float(view, value)),
        Operator::Le => Operation::Le(float(view, value)),
        Operator::Gt => Operation::Gt(float(view, value)),
        Operator::Ge => Operation::Ge(float(view, value)),
        Operator::Before => Operation::Before(time(view, value)),
        Operator::After => Operation::After(time(view, value)),
        Operator::Exists => Operation::Exists,
        Operator::Unknown => Operation::Unknown {
            op: text(view, test.name),
            value: (value != ABSENT).then(|| raw(view, value)),
            ignore_case: (test.ignore_case != ABSENT)
                .then(|| view.raw(test.ignore_case) == b"true"),
        },
    }
}

impl<'a> Parts<'a> {
    fn condition(&mut self, view: &View<'_, 'a>, id: u32, kind: ConditionKind<'a>) {
        let extra = extra(view, id);
        self.conditions.push(Condition { span: view.span(id), kind, extra });
    }

    fn last(&mut self, count: u32) -> Vec<Condition<'a>> {
        let start = self.conditions.len().saturating_sub(count as usize);
        self.conditions.split_off(start)
    }
}

fn variant(index: u16) -> Option<u16> {
    (index != NO_VARIANT).then_some(index)
}

impl<'a> Build<'a> for Parts<'a> {
    fn begin(&mut self) {
        *self = Self {
            flag_keys: take(&mut self.flag_keys),
            segment_keys: take(&mut self.segment_keys),
            segments: take(&mut self.segments),
            flags: take(&mut self.flags),
            extra: take(&mut self.extra),
            ..Self::default()
        };
    }

    fn salt(&mut self, view: &View<'_, 'a>, id: u32) {
        self.salt = optional(view, id);
    }

    fn variant(&mut self, view: &View<'_, 'a>, id: u32, value: u32) {
        self.variants.push(Variant { name: name(view, id), value: raw(view, value) });
    }

    fn line(&mut self, view: &View<'_, 'a>, on: &Line<'_>) {
        self.line = line(view, on);
    }

    fn in_segment(&mut self, view: &View<'_, 'a>, id: u32, segment: u32) {
        self.condition(view, id, ConditionKind::Segment(name(view, segment)));
    }

    fn prerequisite(&mut self, view: &View<'_, 'a>, id: u32, key: u32, is: u32) {
        let list = view.kind(is) == Kind::Array;
        let ids = if list { items(view, is) } else { [is].into() };
        let is = ids.into_iter().map(|id| name(view, id)).collect();
        self.condition(view, id, ConditionKind::Flag { key: name(view, key), is, list });
    }

    fn bucket(&mut self, view: &View<'_, 'a>, id: u32, from: u32, to: u32) {
        let line = take(&mut self.line);
        self.condition(view, id, ConditionKind::Bucket { line, from, to });
    }

    fn time(&mut self, view: &View<'_, 'a>, id: u32, span: &build::Time) {
        let kind = ConditionKind::Time {
            from: (span.from != ABSENT).then(|| time(view, span.from)),
            until: (span.until != ABSENT).then(|| time(view, span.until)),
            extra: extra(view, span.object),
        };
        self.condition(view, id, kind);
    }

    fn test(&mut self, view: &View<'_, 'a>, id: u32, test: &build::Test<'_>) {
        let kind = ConditionKind::Test {
            path: path(test.path),
            ignore_case: test.ignore_case != ABSENT && test.op != Operator::Unknown,
            operation: operation(view, test),
        };
        self.condition(view, id, kind);
    }

    fn join(&mut self, view: &View<'_, 'a>, id: u32, join: Join, count: u32) {
        let parts = self.last(count);
        let kind = match join {
            Join::All => ConditionKind::All(parts),
            Join::Any => ConditionKind::Any(parts),
            Join::Not => match parts.into_iter().next() {
                Some(inner) => ConditionKind::Not(Box::new(inner)),
                None => return,
            },
        };
        self.condition(view, id, kind);
    }

    fn share(&mut self, view: &View<'_, 'a>, id: u32, variant: u16, thousandths: u32, _: u32) {
        self.shares.push(Share { variant, thousandths, extra: extra(view, id) });
    }

    fn step(&mut self, view: &View<'_, 'a>, id: u32, at: u32, _: i64, thousandths: u32) {
        let (at, span, extra) = (time(view, at), view.span(id), extra(view, id));
        self.steps.push(Step { at, thousandths, span, extra });
    }

    fn serve(&mut self, variant: u16) {
        self.serve = Some(Serve::Variant(variant));
    }

    fn rollout(&mut self, without_key: u16) {
        let (line, shares) = (take(&mut self.line), take(&mut self.shares));
        let without_key = variant(without_key);
        self.serve = Some(Serve::Rollout(Rollout { line, without_key, shares }));
    }

    fn ramp(&mut self, without_key: u16, to: u16, rest: u16) {
        let (line, steps) = (take(&mut self.line), take(&mut self.steps));
        let without_key = variant(without_key);
        self.serve = Some(Serve::Ramp(Ramp { line, without_key, variant: to, rest, steps }));
    }

    fn rule(&mut self, view: &View<'_, 'a>, id: u32, name: u32, conditional: bool) {
        let condition = if conditional { self.conditions.pop() } else { None };
        let Some(serve) = self.serve.take() else { return };
        let (name, span, extra) = (optional(view, name), view.span(id), extra(view, id));
        self.rules.push(Rule { name, condition, serve, span, extra });
    }
}

impl<'a> Receiver<'a> for Parts<'a> {
    type Parts = Self;

    fn parts(&mut self) -> &mut Self {
        self
    }

    fn keys(&mut self, flags: bool) -> &mut Pool {
        if flags { &mut self.flag_keys } else { &mut self.segment_keys }
    }

    fn segment(&mut self, key: Key<'a>, sound: bool) {
        let condition = self.conditions.pop().filter(|_| sound);
        let item = condition.map(|condition| Segment { condition });
        self.segments.push(Entry { key: key.name(), item });
    }

    fn flag(&mut self, key: Key<'a>, view: &View<'_, 'a>, flag: Option<&Checked>) {
        let item = flag.map(|flag| Flag {
            kind: flag.kind(),
            variants: take(&mut self.variants),
            enabled: flag.enabled(),
            off: variant(flag.off()),
            salt: self.salt.take(),
            // The conditions of the rules have been taken.
            require: self.conditions.pop(),
            rules: take(&mut self.rules),
            serve: self.serve.take(),
            description: optional(view, flag.texts()[0]),
            owner: optional(view, flag.texts()[1]),
            expires: optional(view, flag.texts()[2]),
            metadata: (flag.metadata() != ABSENT).then(|| raw(view, flag.metadata())),
            extra: extra(view, ABSENT),
        });
        self.flags.push(Entry { key: key.name(), item });
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

    fn extra(&mut self, name: &'a [u8], value: &'a [u8]) {
        let [name, value] = [name, value].map(|raw| core::str::from_utf8(raw).unwrap_or_default());
        self.extra.push(Extra { name, value });
    }
}

impl<'a> Key<'a> {
    fn name(self) -> Name<'a> {
        let mut tape = crate::json::Tape::new();
        let text = tape.read(self.raw).ok().and_then(|node| node.text()).unwrap_or_default();
        Name { text, span: self.span }
    }
}
