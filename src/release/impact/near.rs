//! Among the values that would do, the one nearest to what is there: the next
//! version, the next number, a list with one more, a key that looks alike.

use super::candidates;
use super::classes::{Class, Domain};
use super::test::{Sample, Test, Where};
use super::witness::{member, usual};
use crate::compare::address::Address;
use crate::compare::time;
use crate::compare::version::Version;
use crate::release::order::Order;
use crate::value::{Attribute, Element};
use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

/// How near a value is, the nearest first: its type, its distance, and how it
/// reads.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Near(u8, [u128; 4], String);

/// Classes of a key that are tried.
const CLASSES: usize = 2;
/// Keys like the present one that are tried before all others.
const BESIDE: u64 = 32;
/// Constants that are left out of a list one by one, or put to a text.
const CONSTANTS: usize = 64;

/// The nearest value that fits: of these classes, if it is of any.
pub fn nearest(
    domain: &Domain<'_>,
    classes: &[&Class],
    present: &Attribute<'_>,
    fits: &dyn Fn(&Sample) -> bool,
) -> Option<(Near, Sample)> {
    let mut found: Vec<(Near, Sample)> = Vec::new();
    let mut add = |value: &Sample| found.push((measure(domain, present, value), value.clone()));
    for class in classes {
        add(&class.sample);
        class.members.iter().for_each(&mut add);
    }
    match present {
        Attribute::List(list) => {
            for class in classes {
                let Attribute::List(other) = &class.sample else { continue };
                add(&with(list, other));
            }
            without(domain, list).iter().for_each(&mut add);
        }
        _ => {
            candidates::near(domain).iter().for_each(&mut add);
            patterns(domain, present).iter().for_each(&mut add);
        }
    }
    found.order_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().find(|(_, value)| fits(value))
}

/// The first key in its order that fits; at most so many are tried. Of the
/// present one's type, if there is one: a text stays a text.
pub fn key<'c>(
    domain: &Domain<'_>,
    classes: impl Iterator<Item = &'c Class>,
    present: &Attribute<'_>,
    keys: u64,
    hits: &dyn Fn(&str) -> bool,
    fits: &dyn Fn(&Sample) -> bool,
) -> Option<(Near, Sample)> {
    let classes: Vec<&Class> = classes.take(CLASSES).collect();
    // Where some of a few keys will do, it is one that looks like the present.
    for index in 0..BESIDE.min(keys) {
        if let Some((_, value)) =
            beside(present, index).filter(|(key, value)| hits(key) && fits(value))
        {
            return Some((Near(0, [index.into(), 0, 0, 0], String::new()), value));
        }
    }
    let typed = matches!(present, Attribute::String(_) | Attribute::Number(_));
    let alike =
        |value: &Sample| typed && std::mem::discriminant(present) == std::mem::discriminant(value);
    let passes: &[bool] = if typed { &[true, false] } else { &[false] };
    let each = keys.checked_div(passes.len() as u64).unwrap_or(keys);
    for (pass, index) in passes.iter().flat_map(|pass| (0..each).map(move |index| (*pass, index))) {
        let others = classes.iter().filter_map(|class| member(domain, class, index));
        let first = [beside(present, index), Some(usual(domain, index))];
        let keys = first.into_iter().flatten().chain(others);
        for (key, value) in keys.filter(|(_, value)| alike(value) == pass) {
            if hits(&key) && fits(&value) {
                let kind = u8::from(typed && !pass);
                return Some((Near(kind, [index.into(), 0, 0, 0], String::new()), value));
            }
        }
    }
    None
}

/// A key that looks like the present one: the number at its end is another.
fn beside(present: &Attribute<'_>, index: u64) -> Option<(String, Sample)> {
    let text = match present {
        Attribute::String(text) if !text.is_empty() && text.len() <= 200 => text.as_ref(),
        _ => return None,
    };
    let step = index.saturating_add(1);
    let head = text.trim_end_matches(|char: char| char.is_ascii_digit());
    let number =
        text.strip_prefix(head).filter(|number| *number == "0" || !number.starts_with('0'));
    let made = match number.and_then(|number| number.parse::<u32>().ok()) {
        Some(number) => format!("{head}{}", u64::from(number).saturating_add(step)),
        None => format!("{text}-{step}"),
    };
    Some((made.clone(), Attribute::String(made.into())))
}

fn owned(element: &Element<'_>) -> Element<'static> {
    match element {
        Element::Boolean(known) => Element::Boolean(*known),
        Element::Number(number) => Element::Number(*number),
        Element::String(text) => Element::String(text.clone().into_owned().into()),
        Element::Other => Element::Other,
    }
}

/// A list with what another one has.
fn with(list: &[Element<'_>], other: &[Element<'static>]) -> Sample {
    let more = other.iter().filter(|element| !list.contains(element)).cloned();
    Attribute::List(list.iter().map(owned).chain(more).collect())
}

/// A list without each of the constants that some test looks for in it, and
/// without all of them.
fn without(domain: &Domain<'_>, list: &[Element<'_>]) -> Vec<Sample> {
    let wanted = |element: &&Element<'_>| {
        domain.tests.iter().any(|test| match test {
            Test::HasAny(constants) | Test::HasAll(constants) => {
                constants.has(element) == Some(true)
            }
            _ => false,
        })
    };
    let rest = |leave: &dyn Fn(&&Element<'_>) -> bool| {
        Attribute::List(list.iter().filter(|element| !leave(element)).map(owned).collect())
    };
    let one = list.iter().filter(wanted).take(CONSTANTS);
    let mut found: Vec<Sample> = one.map(|one| rest(&|element| *element == one)).collect();
    found.push(rest(&wanted));
    found
}

/// The present text with what patterns look for.
fn patterns(domain: &Domain<'_>, present: &Attribute<'_>) -> Vec<Sample> {
    let Attribute::String(text) = present else { return Vec::new() };
    let mut found: Vec<String> = Vec::new();
    for test in &domain.tests {
        let Test::Pattern { place, parts, .. } = test else { continue };
        for part in parts.iter().take(CONSTANTS) {
            found.push(match place {
                Where::Start => format!("{part}{text}"),
                // An address keeps what stands before its sign.
                Where::End => {
                    let sign = part.chars().next().filter(|char| !char.is_alphanumeric());
                    let head = sign.and_then(|sign| Some(text.split_once(sign)?.0));
                    format!("{}{part}", head.unwrap_or(text))
                }
                Where::Anywhere => format!("{text}{part}"),
            });
        }
    }
    found.into_iter().map(|text| Attribute::String(text.into())).collect()
}

fn measure(domain: &Domain<'_>, present: &Attribute<'_>, value: &Sample) -> Near {
    use Attribute as Is;
    let kind = match (present, value) {
        (Is::String(_), Is::String(_))
        | (Is::Number(_), Is::Number(_))
        | (Is::Boolean(_), Is::Boolean(_))
        | (Is::List(_), Is::List(_))
        | (Is::Absent, Is::String(_) | Is::Number(_) | Is::Boolean(_)) => 0,
        (Is::Absent, Is::List(_)) | (_, Is::Absent) => 1,
        (_, Is::Other) => 3,
        _ => 2,
    };
    let (distance, reads) = match value {
        Is::String(text) => (text_distance(domain, present, text), text.as_ref().to_owned()),
        Is::Number(number) => (number_distance(present, *number), String::new()),
        Is::List(list) => (list_distance(present, list), String::new()),
        Is::Boolean(known) => ([u128::from(!known), 0, 0, 0], String::new()),
        Is::Absent | Is::Unreadable | Is::Other => ([0; 4], String::new()),
    };
    Near(kind, distance, reads)
}

fn number_distance(present: &Attribute<'_>, number: f64) -> [u128; 4] {
    let from = if let Attribute::Number(from) = present { *from } else { 0.0 };
    let whole = |number: f64| number.fract() == 0.0;
    // What is no negative number is ordered as its bits are.
    let far = (number - from).abs().to_bits();
    [u128::from(whole(from) && !whole(number)), far.into(), u128::from(number < from), 0]
}

fn list_distance(present: &Attribute<'_>, list: &[Element<'static>]) -> [u128; 4] {
    let from: &[Element<'_>] = if let Attribute::List(from) = present { from } else { &[] };
    let more = list.iter().filter(|element| !from.contains(element)).count();
    let less = from.iter().filter(|element| !list.contains(element)).count();
    [more.saturating_add(less) as u128, 0, 0, 0]
}

fn text_distance(domain: &Domain<'_>, present: &Attribute<'_>, text: &str) -> [u128; 4] {
    let from = if let Attribute::String(from) = present { from.as_ref() } else { "" };
    // What is made up reads worst.
    let made = u128::from(text.contains(&domain.separator));
    let has = |wanted: &dyn Fn(&Test<'_>) -> bool| domain.tests.iter().any(wanted);
    if has(&|test| matches!(test, Test::Version(_)))
        && let Some(version) = Version::parse(text.as_bytes())
    {
        return version_distance(from, text, &version);
    }
    if has(&|test| matches!(test, Test::Before(_) | Test::After(_)))
        && let Some(to) = time::parse(text.as_bytes())
    {
        let from = time::parse(from.as_bytes()).unwrap_or(0);
        return [made, from.abs_diff(to).into(), text.len() as u128, 0];
    }
    if has(&|test| matches!(test, Test::Cidr(_)))
        && let Some(to) = Address::parse(text.as_bytes())
    {
        let from = Address::parse(from.as_bytes()).filter(|from| from.v6 == to.v6);
        let far = from.map_or(to.bits, |from| from.bits.abs_diff(to.bits));
        return [made, u128::from(from.is_none()), far, text.len() as u128];
    }
    let constant = domain.classes.iter().any(|class| {
        let mut members = class.members.iter();
        members.any(|member| matches!(member, Attribute::String(known) if known == text))
    });
    // Of what is made of the present text, the least is added.
    let kept = !from.is_empty() && (text.starts_with(from) || text.ends_with(from));
    let order = if constant { 0 } else { 2_u128.saturating_sub(u128::from(kept)) };
    [made, order, text.chars().count().abs_diff(from.chars().count()) as u128, 0]
}

/// Versions above by how little they are above, those below by how little they
/// are below.
fn version_distance(from: &str, text: &str, version: &Version<'_>) -> [u128; 4] {
    let plain = |text: &str| !text.contains(['-', '+']);
    let odd = u128::from(!plain(text) && plain(from));
    let [major, minor, patch] = version.numbers.map(u128::from);
    let Some(from) = Version::parse(from.as_bytes()) else { return [odd, major, minor, patch] };
    let from = from.numbers.map(u128::from);
    let below = version.numbers.map(u128::from) < from;
    let mut differs = false;
    let mut far = [0_u128; 3];
    for ((far, from), to) in far.iter_mut().zip(from).zip([major, minor, patch]) {
        *far = match (differs, below) {
            (false, _) => from.abs_diff(to),
            (true, false) => to,
            (true, true) => u128::from(u64::MAX).saturating_sub(to),
        };
        differs |= from != to;
    }
    let [major, minor, patch] = far;
    [odd, major, minor, patch]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_the_nearest() {
        let order = |from: &str, mut texts: Vec<&'static str>| {
            texts.sort_by_key(|text| {
                version_distance(from, text, &Version::parse(text.as_bytes()).unwrap())
            });
            texts[0]
        };
        assert_eq!(order("2.9.1", ["2.10.1", "2.10.0", "2.11.0-0", "3.0.0"].into()), "2.10.0");
        assert_eq!(order("3.1.0", ["2.10.1", "2.10.0", "1.0.0"].into()), "2.10.1");
        assert_eq!(order("3.1.0", ["2.10.1", "3.1.1", "3.1.1-0"].into()), "3.1.1");
    }

    #[test]
    fn a_key_beside_another_looks_like_it() {
        let made = |text: &str, index| {
            let value = Attribute::String(text.to_owned().into());
            beside(&value, index).map(|(key, _)| key)
        };
        assert_eq!(made("u-14", 0).as_deref(), Some("u-15"));
        assert_eq!(made("mia", 1).as_deref(), Some("mia-2"));
        assert_eq!(made("u-0", 0).as_deref(), Some("u-1"));
        assert_eq!(made("a-007", 0).as_deref(), Some("a-007-1"));
        assert_eq!(made("", 0), None);
    }
}
