//! The smallest change of a context that gets it another answer.
//!
//! The walk's boxes cover every context once, so nothing has to be searched:
//! the attributes that a context has to change to lie in a box are those that
//! the box does not allow as they are. The least of them over all boxes of an
//! outcome is the smallest change there is. What is told was really asked.
//!
//! A change sets one attribute or leaves it out. An object that has to be
//! there for what is set inside of it is no change of its own, nor is what
//! goes with an object that goes.

use super::classes::{Class, Key, Present, Way};
use super::near::{Near, key, nearest};
use super::points::Points;
use super::program::{End, Space};
use super::side::{Side, id};
use super::test::Sample;
use super::walk::State;
use super::walked::Walked;
use super::witness::{json as written, put};
use super::{Circumstances, Limit, Outcome};
use crate::bucket::point;
use crate::context::Context;
use crate::evaluate::evaluate;
use crate::limits::{LIST_ATTRIBUTE, TEXT_BYTES};
use crate::release::order::Order;
use crate::value::{Attribute, Attributes, Element};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

/// An attribute, by its place in the space, and the value it is given.
type Setting = (usize, Sample);

/// What a context gets, and how it would get something else.
#[derive(Clone, PartialEq, Debug)]
pub struct Flips {
    /// What it gets.
    pub now: Outcome,
    /// The smallest change to each other outcome, the smallest of them first.
    pub flips: Vec<Flip>,
    /// Outcomes that some context gets by the model, and none of the keys that
    /// were tried.
    pub missed: Vec<Outcome>,
    /// Not everything was seen: there may be smaller changes, and others.
    pub limit: Option<Limit>,
    /// Attributes of which not all values are known; with the same effect.
    pub unproven: Vec<String>,
}

/// A change of a context, and what it gets by that.
#[derive(Clone, PartialEq, Debug)]
pub struct Flip {
    /// What the evaluator answered.
    pub to: Outcome,
    /// Attributes that change, all at once.
    pub changes: Vec<Changed>,
    /// It is proven that no change of fewer attributes does it.
    pub least: bool,
}

/// An attribute that changes.
#[derive(Clone, PartialEq, Debug)]
pub struct Changed {
    /// Its path.
    pub path: Vec<String>,
    /// What it is; none: absent.
    pub from: Option<Value>,
    /// What it becomes; none: it is left out.
    pub to: Option<Value>,
}

/// Boxes with the same number of changes that are compared by their values.
const ALIKE: usize = 64;
/// Boxes that are tried for one outcome.
const BOXES: usize = 1_000;

/// How a context gets something else from a flag; none if there is no such
/// flag. Where a key has to change, [`Circumstances::keys`] are tried in all.
pub fn flip(
    side: &Side<'_>,
    flag: &str,
    context: &Value,
    circumstances: &Circumstances<'_>,
) -> Option<Flips> {
    let index = side.flag(flag)?;
    let walked = Walked::one(side, index, circumstances);
    let unproven = walked.unproven();
    let Walked { space, cases, sides, limit } = walked;
    let ask = |context: &Value| {
        let mut bound = Context::bind(side.ruleset(), context, circumstances.at);
        Outcome::of(side.ruleset(), id(index), evaluate(side.ruleset(), id(index), &mut bound))
    };
    let now = ask(context);
    let values: Vec<Sample> =
        space.domains.iter().map(|domain| owned(attribute(context, &domain.path))).collect();
    let present = space.domains.iter().zip(&values).map(|(domain, value)| domain.seen(value));
    let seek =
        Seek { space: &space, present: present.collect(), keys: Cell::new(circumstances.keys) };
    let mut boxes: BTreeMap<End, Vec<Needed<'_>>> = BTreeMap::new();
    for case in &cases {
        if sides.outcome(true, case.new) != now {
            boxes.entry(case.new).or_default().extend(seek.needed(&case.state));
        }
    }
    let whole = limit.is_none() && unproven.is_empty();
    let (mut flips, mut missed) = (Vec::new(), Vec::new());
    for (end, mut boxes) in boxes {
        boxes.order_by_key(|needed| (needed.changes.len(), needed.keys));
        let to = sides.outcome(true, end);
        let works = |changes: &[Setting]| {
            let mut context = context.clone();
            for (number, value) in changes {
                if let Some(domain) = space.domains.get(*number) {
                    change(&mut context, &domain.path, value);
                }
            }
            ask(&context) == to
        };
        let Some((changes, least)) = seek.best(&boxes, works) else {
            missed.extend((!boxes.is_empty()).then_some(to));
            continue;
        };
        let changes = changes.into_iter().filter_map(|(number, value)| {
            let path = space.domains.get(number)?.path.clone();
            let there = |value: &Sample| (*value != Attribute::Absent).then(|| written(value));
            let from = at(context, &path).cloned();
            Some(Changed { from, to: there(&value), path })
        });
        flips.push(Flip { to, changes: changes.collect(), least: least && whole });
    }
    flips.order_by_key(|flip| flip.changes.len());
    Some(Flips { now, flips, missed, limit, unproven })
}

/// What has to change to lie in a box.
struct Needed<'s> {
    state: &'s State,
    /// Attributes, the outermost first.
    changes: Vec<usize>,
    /// The one of them that may be no object any more, though the box allows
    /// that, because it takes along what is inside of it.
    gone: Option<usize>,
    /// How many of them are keys of lines.
    keys: usize,
}

struct Seek<'s, 'd> {
    space: &'s Space<'d>,
    present: Vec<Present<'s>>,
    /// Keys that may still be tried.
    keys: Cell<u64>,
}

impl<'s> Seek<'s, '_> {
    /// The classes that a context written as JSON can have in a box.
    fn classes(&self, number: usize, state: &State) -> Vec<&'s Class> {
        let (Some(domain), Some(classes)) =
            (self.space.domains.get(number), state.classes.get(number))
        else {
            return Vec::new();
        };
        let classes = classes.iter().filter_map(|class| domain.class(*class));
        classes.filter(|class| class.sample != Attribute::Unreadable).collect()
    }

    /// The points of a box on the lines of this key, where they are not all.
    fn lines<'b>(&self, number: usize, state: &'b State) -> Vec<(u64, &'b Points)> {
        let lines = self.space.lines.iter().zip(&state.points);
        let own = lines.filter(|(line, points)| line.by == number && !points.is_all());
        own.map(|(line, points)| (line.seed, points)).collect()
    }

    /// Whether a box allows an attribute as it is.
    fn allows(&self, number: usize, state: &State) -> bool {
        let (Some(domain), Some(present)) =
            (self.space.domains.get(number), self.present.get(number))
        else {
            return false;
        };
        self.classes(number, state).into_iter().any(|class| domain.has(class, present)) && {
            let lines = self.lines(number, state);
            lines.is_empty() || present.key.as_ref().is_some_and(|key| inside(&lines, key))
        }
    }

    /// What has to change to lie in a box; none if JSON cannot say it.
    fn needed(&self, state: &'s State) -> Option<Needed<'s>> {
        let count = self.space.domains.len();
        let open: Vec<usize> = (0..count).filter(|number| !self.allows(*number, state)).collect();
        let is = |number: usize, holds: &dyn Fn(&Class) -> bool| {
            self.classes(number, state).into_iter().all(holds)
        };
        if open.iter().any(|number| self.classes(*number, state).is_empty()) {
            return None;
        }
        let absent = |number: usize| is(number, &|class| class.sample == Attribute::Absent);
        let leads = |number: usize| is(number, &|class| class.way == Way::Leads);
        let above = |outer: usize, inner: usize| {
            self.space.ways.get(inner).is_some_and(|way| way.contains(&outer))
        };
        // An object comes with what is set in it, and takes along what was.
        let implied = |number: &usize| {
            let set_inside = |other: &usize| above(*number, *other) && !absent(*other);
            let gone = |other: &usize| above(*other, *number) && !leads(*other);
            leads(*number) && open.iter().any(set_inside)
                || absent(*number) && open.iter().any(gone)
        };
        let mut changes: Vec<usize> =
            open.iter().copied().filter(|number| !implied(number)).collect();
        // Where several things inside of an object are to go, it may go whole.
        let mut gone = None;
        for outer in 0..count {
            let inner = |number: &usize| above(outer, *number) && absent(*number);
            let several = changes.iter().filter(|number| inner(number)).count() > 1;
            let ends = !is(outer, &|class| class.way == Way::Leads);
            let mut all = (0..count).filter(|number| above(outer, *number));
            if several && ends && all.all(|number| self.may_be_absent(number, state)) {
                changes.retain(|number| !inner(number) && *number != outer);
                changes.push(outer);
                gone = Some(outer);
                break;
            }
        }
        changes.order_by_key(|number| self.space.ways.get(*number).map(Vec::len));
        let keyed =
            |number: &&usize| self.space.domains.get(**number).is_some_and(|domain| domain.keyed);
        let keys = changes.iter().filter(keyed).count();
        (!changes.is_empty()).then_some(Needed { state, changes, gone, keys })
    }

    fn may_be_absent(&self, number: usize, state: &State) -> bool {
        let mut classes = self.classes(number, state).into_iter();
        classes.any(|class| class.sample == Attribute::Absent)
    }

    /// The best of boxes that are in order of their changes: what works, with
    /// the fewest changes and the nearest values; and whether no box with
    /// fewer was left out.
    fn best(
        &self,
        boxes: &[Needed<'_>],
        works: impl Fn(&[Setting]) -> bool,
    ) -> Option<(Vec<Setting>, bool)> {
        let mut failed = None;
        let mut best: Option<(Vec<Near>, Vec<Setting>)> = None;
        let (mut tier, mut alike) = ((0, 0), 0);
        for needed in boxes.iter().take(BOXES) {
            let own = (needed.changes.len(), needed.keys);
            if own != tier {
                if best.is_some() {
                    break;
                }
                (tier, alike) = (own, 0);
            }
            alike = usize::saturating_add(alike, 1);
            if alike > ALIKE && best.is_some() {
                break;
            }
            let values: Option<Vec<(usize, Near, Sample)>> =
                needed.changes.iter().map(|number| self.value(*number, needed)).collect();
            let found = values.map(|values| {
                let near: Vec<Near> = values.iter().map(|(_, near, _)| near.clone()).collect();
                let set = values.into_iter().map(|(number, _, value)| (number, value));
                (near, set.collect::<Vec<_>>())
            });
            match found.filter(|(_, changes)| works(changes)) {
                Some(found) if best.as_ref().is_none_or(|best| found.0 < best.0) => {
                    best = Some(found);
                }
                Some(_) => {}
                None => failed = failed.or(Some(needed.changes.len())),
            }
        }
        let (_, changes) = best?;
        let least = failed.is_none_or(|failed| failed >= changes.len());
        Some((changes, least))
    }

    /// The value nearest to what an attribute is that a box allows.
    fn value(&self, number: usize, needed: &Needed<'_>) -> Option<(usize, Near, Sample)> {
        let state = needed.state;
        let domain = self.space.domains.get(number)?;
        let present = self.present.get(number)?;
        let mut classes = self.classes(number, state);
        if needed.gone == Some(number) {
            classes.retain(|class| class.way != Way::Leads);
        }
        let lines = self.lines(number, state);
        let fits = |value: &Sample| {
            let seen = domain.seen(value);
            classes.iter().any(|class| domain.has(class, &seen))
        };
        let (near, value) = if lines.is_empty() {
            nearest(domain, &classes, present.value, &fits)?
        } else {
            let hits = |key: &str| {
                self.keys.set(self.keys.get().saturating_sub(1));
                inside(&lines, key)
            };
            let keyed = classes.iter().copied().filter(|class| class.key == Key::Uniform);
            key(domain, keyed, present.value, self.keys.get(), &hits, &fits)?
        };
        Some((number, near, value))
    }
}

/// Whether a key's points lie in a box.
fn inside(lines: &[(u64, &Points)], key: &str) -> bool {
    lines.iter().all(|(seed, points)| points.has(point(*seed, key.as_bytes()).into()))
}

fn attribute<'c>(context: &'c Value, path: &[String]) -> Attribute<'c> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    context.attribute(&path)
}

/// A value as evaluation sees it, kept: what passes a limit or is mixed is no
/// value.
fn owned(value: Attribute<'_>) -> Sample {
    let short = |text: &str| text.len() <= TEXT_BYTES;
    match value {
        Attribute::Absent => Attribute::Absent,
        Attribute::Unreadable => Attribute::Unreadable,
        Attribute::Boolean(known) => Attribute::Boolean(known),
        Attribute::Number(number) if number.is_finite() => Attribute::Number(number),
        Attribute::String(text) if short(&text) => Attribute::String(text.into_owned().into()),
        Attribute::List(list) if list.len() <= LIST_ATTRIBUTE => {
            let element = |element| match element {
                Element::Boolean(known) => Some(Element::Boolean(known)),
                Element::Number(number) if number.is_finite() => Some(Element::Number(number)),
                Element::String(text) if short(&text) => {
                    Some(Element::String(text.into_owned().into()))
                }
                Element::Other | Element::Number(_) | Element::String(_) => None,
            };
            let list: Option<Vec<Element<'static>>> = list.into_iter().map(element).collect();
            let alike = |list: &Vec<Element<'_>>| {
                let first = list.first().map(std::mem::discriminant);
                list.iter().all(|element| Some(std::mem::discriminant(element)) == first)
            };
            list.filter(alike).map_or(Attribute::Other, Attribute::List)
        }
        Attribute::Other | Attribute::Number(_) | Attribute::String(_) | Attribute::List(_) => {
            Attribute::Other
        }
    }
}

/// What stands at a path; nothing, where that is null.
fn at<'c>(context: &'c Value, path: &[String]) -> Option<&'c Value> {
    let found = path.iter().try_fold(context, |value, name| value.as_object()?.get(name));
    found.filter(|value| !value.is_null())
}

/// Sets what stands at a path, or leaves it out.
pub fn change(context: &mut Value, path: &[String], value: &Sample) {
    if *value != Attribute::Absent {
        put(context, path, written(value));
    } else if let Some((last, way)) = path.split_last() {
        let object =
            way.iter().try_fold(context, |value, name| value.as_object_mut()?.get_mut(name));
        if let Some(members) = object.and_then(Value::as_object_mut) {
            members.shift_remove(last);
        }
    }
}

/// As JSON, for programs.
pub fn json(flips: &Flips) -> Value {
    let changed = |change: &Changed| {
        let mut object = serde_json::Map::new();
        object.insert("path".into(), json!(change.path));
        for (name, value) in [("from", &change.from), ("to", &change.to)] {
            object.extend(value.clone().map(|value| (String::from(name), value)));
        }
        Value::Object(object)
    };
    let flip = |flip: &Flip| {
        let changes: Vec<Value> = flip.changes.iter().map(changed).collect();
        json!({ "changes": changes, "outcome": super::outcome_json(&flip.to), "least": flip.least })
    };
    let mut object = serde_json::Map::new();
    object.insert("outcome".into(), super::outcome_json(&flips.now));
    object.insert("flips".into(), flips.flips.iter().map(flip).collect());
    if !flips.missed.is_empty() {
        let missed = flips.missed.iter().map(super::outcome_json);
        object.insert("missed".into(), missed.collect());
    }
    super::json::unseen(&mut object, flips.limit, &flips.unproven);
    Value::Object(object)
}
