//! Texts of given answers to `startsWith`, `endsWith` and `contains`.
//!
//! Of the parts that a text has, take the longest it starts with, the longest
//! it ends with and all that it contains, and write them in this order with a
//! separator between them that no constant contains. What the new text has,
//! the old one had: whatever reaches over a separator has it, and no constant
//! does. So if there is a text of some answers, one of this form has them,
//! and it is found by trying, for each test that is true, each of its parts.
//!
//! Where some tests fold case and others do not, the case of folded parts is
//! a further choice, of which a few are tried; if none fits, that is no proof.

use super::classes::{Answer, Domain, Solved};
use super::test::{Constants, Test, Where, matches};
use crate::limits::TEXT_BYTES;
use crate::value::Attribute;
use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

/// Texts that are tried for one combination of answers.
const TRIES: usize = 20_000;
/// Tests of one attribute that are combined.
const TESTS: usize = 300;

/// A text that is in no constant of the tests, in whatever case.
pub fn separator(tests: &[Test<'_>]) -> String {
    let mut used = String::new();
    let mut views = false;
    for test in tests {
        match test {
            Test::Pattern { parts, .. } => parts.iter().for_each(|part| used.push_str(part)),
            Test::Equal { constants: Constants::Texts(texts), .. }
            | Test::HasAny(Constants::Texts(texts))
            | Test::HasAll(Constants::Texts(texts)) => {
                texts.iter().for_each(|text| used.push_str(text));
            }
            Test::Version(_) | Test::Before(_) | Test::After(_) | Test::Cidr(_) => views = true,
            _ => {}
        }
    }
    used.make_ascii_lowercase();
    // A letter may be part of a version or an address.
    let letters = if views { "" } else { "xuzqkwyjvf" };
    let private = '\u{e000}'..='\u{f8ff}';
    let mut fresh = letters.chars().chain("~_!|*=$^`#".chars()).chain(private);
    // There are more private characters than fit twice into a constant.
    fresh.find(|char| !used.contains(*char)).unwrap_or('\u{10fffd}').into()
}

/// A text of these answers; the constants of `eq` and `in` are not among them.
pub fn solve(domain: &Domain<'_>, answers: &[Answer]) -> Solved {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (test, answer) in domain.tests.iter().zip(answers) {
        if let (Test::Pattern { place, parts, fold }, Answer::True | Answer::False) = (test, answer)
        {
            wanted.push((*place, parts.as_slice(), *fold, *answer == Answer::True));
        }
    }
    if wanted.len() > TESTS {
        return Solved::Unproven;
    }
    let mixed = domain.tests.iter().any(|test| matches!(test, Test::Pattern { fold: true, .. }))
        && domain.tests.iter().any(|test| matches!(test, Test::Pattern { fold: false, .. }));
    let mut search = Search {
        wanted: &wanted,
        separator: &domain.separator,
        mixed,
        tries: 0,
        too_long: false,
        chosen: Vec::new(),
    };
    match search.choose(0) {
        Some(text) => Solved::Found(Attribute::String(text.into())),
        None if mixed || search.too_long || search.tries >= TRIES => Solved::Unproven,
        None => Solved::Impossible,
    }
}

type Wanted<'s> = (Where, &'s [String], bool, bool);

struct Search<'s> {
    wanted: &'s [Wanted<'s>],
    separator: &'s str,
    mixed: bool,
    tries: usize,
    too_long: bool,
    chosen: Vec<(Where, &'s str, bool)>,
}

impl<'s> Search<'s> {
    /// Chooses parts for the tests from `at` on that are true.
    fn choose(&mut self, at: usize) -> Option<String> {
        let Some((place, parts, fold, holds)) = self.wanted.get(at) else {
            return self.assemble();
        };
        let next = at.saturating_add(1);
        if !holds {
            return self.choose(next);
        }
        for part in *parts {
            if self.tries >= TRIES {
                return None;
            }
            self.chosen.push((*place, part, *fold));
            let found = if self.fits() { self.choose(next) } else { None };
            self.chosen.pop();
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Whether the part chosen last can stand with those before it, and has
    /// not itself what must not be there.
    fn fits(&mut self) -> bool {
        self.tries = self.tries.saturating_add(1);
        let Some((last, before)) = self.chosen.split_last() else { return true };
        let agree = |other: &(Where, &str, bool)| {
            if other.0 != last.0 || last.0 == Where::Anywhere {
                return true;
            }
            let fold = |text: &str| text.to_ascii_lowercase();
            let (a, b) = if last.2 || other.2 {
                (fold(last.1), fold(other.1))
            } else {
                (last.1.to_owned(), other.1.to_owned())
            };
            match last.0 {
                Where::Start => a.starts_with(&b) || b.starts_with(&a),
                _ => a.ends_with(&b) || b.ends_with(&a),
            }
        };
        before.iter().all(agree)
            && !self.wanted.iter().any(|(place, parts, fold, holds)| {
                let inside = *place == Where::Anywhere || *place == last.0;
                // Of a folded part the case is not known yet.
                !holds && inside && (*fold || !last.2) && matches(*place, parts, *fold, last.1)
            })
    }

    /// The text of the parts, if it has the answers.
    fn assemble(&mut self) -> Option<String> {
        let casings: &[fn(&str) -> String] = if self.mixed {
            &[str::to_ascii_lowercase, str::to_ascii_uppercase, capital, alternating]
        } else {
            &[str::to_owned]
        };
        for casing in casings {
            let text = self.text(*casing);
            self.too_long |= text.len() > TEXT_BYTES;
            let good = text.len() <= TEXT_BYTES
                && self.wanted.iter().all(|(place, parts, fold, holds)| {
                    matches(*place, parts, *fold, &text) == *holds
                });
            if good {
                return Some(text);
            }
        }
        None
    }

    fn text(&self, casing: fn(&str) -> String) -> String {
        let cased = |(_, part, fold): &(Where, &str, bool)| {
            if *fold { casing(part) } else { (*part).to_owned() }
        };
        let longest = |place: Where| {
            let mut found = String::new();
            // Parts without folding last: their case counts.
            for fold in [true, false] {
                let of = self.chosen.iter().filter(|part| part.0 == place && part.2 == fold);
                for part in of.map(cased) {
                    found = overlay(place, &found, &part);
                }
            }
            found
        };
        let mut text = longest(Where::Start);
        text.push_str(self.separator);
        for part in self.chosen.iter().filter(|part| part.0 == Where::Anywhere) {
            text.push_str(&cased(part));
            text.push_str(self.separator);
        }
        text.push_str(&longest(Where::End));
        text
    }
}

/// A part over the beginning or end of another.
fn overlay(place: Where, under: &str, part: &str) -> String {
    let rest = under.len().saturating_sub(part.len());
    let mut text = String::new();
    if place == Where::Start {
        text.push_str(part);
        text.push_str(under.get(part.len()..).unwrap_or_default());
    } else {
        text.push_str(under.get(..rest).unwrap_or_default());
        text.push_str(part);
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|char| char.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn alternating(text: &str) -> String {
    let upper =
        |(at, char): (usize, char)| if at % 2 == 0 { char } else { char.to_ascii_uppercase() };
    text.chars().enumerate().map(upper).collect()
}
