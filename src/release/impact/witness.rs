//! Contexts that really exist: a value for each attribute, and a key whose
//! points lie where they must. Both versions are asked about each before it
//! is shown.

use super::classes::{Answer, Class, Domain, Key};
use super::fate::share;
use super::points::Points;
use super::program::Space;
use super::regions::{Gathered, Sides};
use super::side::{Side, id};
use super::test::Sample;
use super::walk::{Case, State};
use super::{Circumstances, Loss, Outcome, Verdict};
use crate::bucket::point;
use crate::compare::address::Address;
use crate::context::Context;
use crate::evaluate::evaluate;
use crate::release::order::Order;
use crate::value::{Attribute, Attributes, Element};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::format;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::string::{String, ToString};
use std::vec::Vec;

/// A context that two versions were really asked about.
#[derive(Clone, PartialEq, Debug)]
pub struct Witness {
    /// What it has, by path.
    pub attributes: Vec<(Vec<String>, Sample)>,
    /// The instant.
    pub at: i64,
    /// What it gets now.
    pub from: Outcome,
    /// What it would get.
    pub to: Outcome,
    /// The region it is of.
    pub region: usize,
}

/// Boxes that are tried for one witness.
const BOXES: usize = 3;
/// Classes of a key that are tried in one box.
const CLASSES: usize = 2;

impl Attributes for Witness {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        let is = |names: &[String]| names.iter().map(String::as_str).eq(path.iter().copied());
        let found = self.attributes.iter().find(|(names, _)| is(names));
        found.map_or(Attribute::Absent, |(_, value)| value.clone())
    }
}

impl Witness {
    /// The context as JSON, and the paths that are unreadable, which JSON
    /// cannot say.
    pub fn json(&self) -> (Value, Vec<String>) {
        let (mut context, mut unreadable) = (Value::Object(Map::new()), Vec::new());
        for (path, value) in &self.attributes {
            match value {
                Attribute::Absent => {}
                Attribute::Unreadable => unreadable.push(path.join(".")),
                value => put(&mut context, path, json(value)),
            }
        }
        (context, unreadable)
    }

    /// What a version really answers.
    pub fn ask(&self, side: &Side<'_>, flag: usize) -> Outcome {
        let (json, unreadable) = self.json();
        let mut context = if unreadable.is_empty() {
            Context::bind(side.ruleset(), &json, self.at)
        } else {
            Context::bind(side.ruleset(), self, self.at)
        };
        let decision = evaluate(side.ruleset(), id(flag), &mut context);
        Outcome::of(side.ruleset(), id(flag), decision)
    }
}

/// Puts a value at a path; what is no object on the way becomes one.
pub fn put(context: &mut Value, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else {
        // An object that leads on is there already.
        if !(value.is_object() && context.is_object()) {
            *context = value;
        }
        return;
    };
    if !context.is_object() {
        *context = Value::Object(Map::new());
    }
    if let Value::Object(members) = context {
        put(members.entry(name.clone()).or_insert(Value::Null), rest, value);
    }
}

/// A value as JSON.
pub fn json(value: &Sample) -> Value {
    let integral = |number: f64| {
        let integer = number as i64;
        if integer as f64 == number && integer.unsigned_abs() < 1 << 53 {
            return Value::from(integer);
        }
        Value::from(number)
    };
    match value {
        Attribute::Absent | Attribute::Unreadable => Value::Null,
        Attribute::Other => Value::Object(Map::new()),
        Attribute::Boolean(known) => Value::from(*known),
        Attribute::Number(number) => integral(*number),
        Attribute::String(text) => Value::from(text.as_ref()),
        Attribute::List(list) => list
            .iter()
            .map(|element| match element {
                Element::Boolean(known) => Value::from(*known),
                Element::Number(number) => integral(*number),
                Element::String(text) => Value::from(text.as_ref()),
                Element::Other => Value::Null,
            })
            .collect(),
    }
}

/// For each outcome that the old version gives anywhere: whether somebody
/// loses it.
pub fn losses(
    space: &Space<'_>,
    sides: &Sides<'_, '_>,
    cases: &[Case],
    regions: &[Gathered],
    circumstances: &Circumstances<'_>,
    whole: bool,
) -> Vec<Loss> {
    let mut losers: BTreeMap<Outcome, Vec<(usize, &Case)>> = BTreeMap::new();
    for case in cases {
        losers.entry(sides.outcome(false, case.old)).or_default();
    }
    for (number, gathered) in regions.iter().enumerate() {
        for case in gathered.cases.iter().filter(|case| sides.is_change(case)) {
            let old = sides.outcome(false, case.old);
            losers.entry(old).or_default().push((number, case));
        }
    }
    let mut losses = Vec::new();
    for (of, mut cases) in losers {
        // Where many keys are, one is found soon.
        cases.order_by(|a, b| {
            share(&b.1.state.points).float().total_cmp(&share(&a.1.state.points).float())
        });
        let mut find = cases.iter().take(BOXES);
        let witness = find.find_map(|(region, case)| {
            let seek = Seek { space, sides, circumstances };
            seek.witness(case, *region)
        });
        let verdict = match (witness, cases.first()) {
            (Some(witness), _) => Verdict::Somebody(witness),
            (None, Some((region, case))) => Verdict::NoWitness {
                to: sides.outcome(true, case.new),
                when: regions.get(*region).map_or(Vec::new(), |found| found.region.when.clone()),
                either: regions
                    .get(*region)
                    .map_or(Vec::new(), |found| found.region.either.clone()),
            },
            (None, None) if whole => Verdict::Nobody,
            (None, None) => Verdict::CannotTell,
        };
        losses.push(Loss { of, verdict });
    }
    losses
}

struct Seek<'s, 'd> {
    space: &'s Space<'d>,
    sides: &'s Sides<'s, 's>,
    circumstances: &'s Circumstances<'s>,
}

impl Seek<'_, '_> {
    /// A context in a box, if a key is found for it.
    fn witness(&self, case: &Case, region: usize) -> Option<Witness> {
        let mut attributes = Vec::new();
        for (number, domain) in self.space.domains.iter().enumerate() {
            let value = self.value(number, domain, &case.state)?;
            if value != Attribute::Absent {
                attributes.push((domain.path.clone(), value));
            }
        }
        let (from, to) = self.sides.outcomes(case);
        let witness = Witness { attributes, at: self.circumstances.at, from, to, region };
        let Sides { old, before, new, after, .. } = self.sides;
        let real = (witness.ask(old, *before), witness.ask(new, *after));
        (real == (witness.from.clone(), witness.to.clone())).then_some(witness)
    }

    /// A value of the attribute, as the box has it.
    fn value(&self, number: usize, domain: &Domain<'_>, state: &State) -> Option<Sample> {
        let classes = state.classes.get(number)?;
        let mut lines: Vec<(u64, &Points)> = Vec::new();
        for (line, points) in self.space.lines.iter().zip(&state.points) {
            if line.by == number && !points.is_all() {
                lines.push((line.seed, points));
            }
        }
        let mut classes = classes.iter().filter_map(|class| domain.class(*class));
        if lines.is_empty() {
            // Any will do: one that people know as such, if there is one.
            let plain =
                |class: &&Class| !matches!(class.sample, Attribute::Unreadable | Attribute::Other);
            return classes
                .clone()
                .find(plain)
                .or(classes.next())
                .map(|class| class.sample.clone());
        }
        let mut uniform: Vec<&Class> = classes.filter(|class| class.key == Key::Uniform).collect();
        // People know keys that are texts.
        uniform.order_by_key(|class| !matches!(class.sample, Attribute::String(_)));
        for class in uniform.into_iter().take(CLASSES) {
            for index in 0..self.circumstances.keys {
                let usual = usual(domain, index);
                for (key, value) in
                    [Some(usual), member(domain, class, index)].into_iter().flatten()
                {
                    let inside = |(seed, points): &(u64, &Points)| {
                        points.has(u64::from(point(*seed, key.as_bytes())))
                    };
                    if lines.iter().all(inside) && belongs(domain, class, &key, &value) {
                        return Some(value);
                    }
                }
            }
        }
        None
    }
}

/// Whether a value is of a class: every decided test answers as it does, and
/// it is no key that has a class of its own.
fn belongs(domain: &Domain<'_>, class: &Class, key: &str, value: &Sample) -> bool {
    let answers = domain.ask(value);
    let same = class
        .answers
        .iter()
        .zip(&answers)
        .all(|(wanted, found)| wanted == found || *wanted == Answer::Open);
    same && !domain.classes.iter().any(|other| {
        matches!(&other.key, Key::Single(own) if own == key) && other.answers == answers
    })
}

/// The value of a class of such a number, if there is one.
pub fn keyed(domain: &Domain<'_>, class: &Class, index: u64) -> Option<Sample> {
    let both = [Some(usual(domain, index)), member(domain, class, index)];
    let mut good = both.into_iter().flatten().filter(|(key, v)| belongs(domain, class, key, v));
    good.next().map(|(_, value)| value)
}

/// A key as people have them.
pub fn usual(domain: &Domain<'_>, index: u64) -> (String, Sample) {
    let noun = match domain.path.as_slice() {
        [one] if one == "targetingKey" => "user",
        [noun, _, ..] => noun,
        _ => "key",
    };
    let key = format!("{noun}-{index}");
    (key.clone(), Attribute::String(key.into()))
}

/// The key and the value of one of a class's members; not all of them are.
pub fn member(domain: &Domain<'_>, class: &Class, index: u64) -> Option<(String, Sample)> {
    let text = match &class.sample {
        Attribute::Number(value) => {
            let step = index as f64;
            let value = if index.is_multiple_of(2) {
                value + step / 2.0
            } else {
                value - (step + 1.0) / 2.0
            };
            let integer = value as i64;
            let key = integer.to_string();
            return (integer as f64 == value).then_some((key, Attribute::Number(value)));
        }
        Attribute::String(text) => text.as_ref(),
        _ => return None,
    };
    let made = if class.open.is_some() || text.contains(&domain.separator) {
        let (before, after) = text.split_once(&domain.separator)?;
        match index % 2 {
            0 => format!("{before}{}{index}{after}", domain.separator),
            _ => format!("{before}{0}{index}{0}{after}", domain.separator),
        }
    } else if let Some(address) = Address::parse(text.as_bytes()) {
        let bits = address.bits.saturating_add(index.into());
        match (address.v6, u32::try_from(bits)) {
            (true, _) => Ipv6Addr::from_bits(bits).to_string(),
            (false, Ok(bits)) => Ipv4Addr::from_bits(bits).to_string(),
            (false, Err(_)) => return None,
        }
    } else if let Some((time, _)) =
        text.strip_suffix('Z').map(|time| time.split_once('.').unwrap_or((time, "")))
    {
        let part = text.get(20..23).unwrap_or("000");
        let part = if part.chars().all(|char| char.is_ascii_digit()) { part } else { "000" };
        format!("{time}.{part}{index:07}Z")
    } else if text.contains('+') {
        format!("{text}.{index}")
    } else {
        format!("{text}+{index}")
    };
    Some((made.clone(), Attribute::String(made.into())))
}
