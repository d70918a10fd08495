//! Lists of given answers to `hasAny` and `hasAll`.
//!
//! Of a list only matters which constants it has. What is true of `hasAll`
//! must be in, what is false of `hasAny` must be out; for each `hasAny` that
//! is true one more is in, for each `hasAll` that is false one more is out.

use super::classes::{Answer, Open, Solved};
use super::test::{Constants, Test};
use crate::limits::LIST_ATTRIBUTE;
use crate::value::{Attribute, Element};
use std::collections::BTreeSet;
use std::string::String;
use std::vec::Vec;

/// Choices that are tried for one combination of answers.
const TRIES: usize = 20_000;
/// Tests of one attribute that are combined.
const TESTS: usize = 300;

/// A constant, in an order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Text(String),
    Number(u64),
}

impl Item {
    fn element(self) -> Element<'static> {
        match self {
            Self::Text(text) => Element::String(text.into()),
            Self::Number(bits) => Element::Number(f64::from_bits(bits)),
        }
    }
}

fn items(constants: &Constants) -> BTreeSet<Item> {
    match constants {
        Constants::Texts(texts) => texts.iter().cloned().map(Item::Text).collect(),
        Constants::Numbers(numbers) => numbers.iter().copied().map(Item::Number).collect(),
        Constants::Booleans(_) => BTreeSet::new(),
    }
}

fn lists<'t>(tests: &'t [Test<'_>]) -> impl Iterator<Item = &'t Constants> {
    tests.iter().filter_map(|test| match test {
        Test::HasAny(constants) | Test::HasAll(constants) => Some(constants),
        _ => None,
    })
}

/// A number that no list of the tests has.
pub fn stranger(tests: &[Test<'_>]) -> f64 {
    let used: BTreeSet<Item> = lists(tests).flat_map(items).collect();
    let numbers = (0_u32..).map(f64::from);
    let mut free = numbers.filter(|value| !used.contains(&Item::Number(value.to_bits())));
    free.next().unwrap_or(-1.0)
}

/// A text that no list of the tests has.
fn strange_text(tests: &[Test<'_>]) -> String {
    super::texts::separator(tests)
}

/// A list of these answers that is not empty.
pub fn solve(tests: &[Test<'_>], answers: &[Answer], open: Open) -> Solved {
    let (mut within, mut without) = (BTreeSet::new(), BTreeSet::new());
    let mut choices: Vec<(bool, BTreeSet<Item>)> = Vec::new();
    for (test, answer) in tests.iter().zip(answers) {
        match (test, answer) {
            (Test::HasAll(constants), Answer::True) => within.extend(items(constants)),
            (Test::HasAny(constants), Answer::False) => without.extend(items(constants)),
            (Test::HasAny(constants), Answer::True) => choices.push((true, items(constants))),
            (Test::HasAll(constants), Answer::False) => choices.push((false, items(constants))),
            _ => {}
        }
    }
    if choices.len() > TESTS {
        return Solved::Unproven;
    }
    let mut tries = 0;
    let fits = within.is_disjoint(&without) && within.len() <= LIST_ATTRIBUTE;
    if !fits || !choose(&choices, &mut within, &mut without, &mut tries) {
        return if tries < TRIES { Solved::Impossible } else { Solved::Unproven };
    }
    if within.len() > LIST_ATTRIBUTE {
        return Solved::Unproven;
    }
    let mut list: Vec<Element<'static>> = within.into_iter().map(Item::element).collect();
    if list.is_empty() {
        list.push(match open {
            Open::Numbers => Element::Number(stranger(tests)),
            _ => Element::String(strange_text(tests).into()),
        });
    }
    Solved::Found(Attribute::List(list))
}

fn choose(
    choices: &[(bool, BTreeSet<Item>)],
    within: &mut BTreeSet<Item>,
    without: &mut BTreeSet<Item>,
    tries: &mut usize,
) -> bool {
    let Some(((add, constants), rest)) = choices.split_first() else { return true };
    let here = if *add { &*within } else { &*without };
    // What is decided already may be enough.
    if !constants.is_disjoint(here) {
        return choose(rest, within, without, tries);
    }
    for constant in constants {
        *tries = tries.saturating_add(1);
        if *tries >= TRIES {
            return false;
        }
        let (here, there) =
            if *add { (&mut *within, &mut *without) } else { (&mut *without, &mut *within) };
        if there.contains(constant) {
            continue;
        }
        here.insert(constant.clone());
        if choose(rest, within, without, tries) {
            return true;
        }
        let here = if *add { &mut *within } else { &mut *without };
        here.remove(constant);
    }
    false
}
