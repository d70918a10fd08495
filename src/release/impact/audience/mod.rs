//! What a change does to an audience of which it is known who is in it.
//!
//! Each part of it is walked by itself, from the one class that its
//! attributes are in, so that nothing here rests on how the walk over all
//! contexts went. Keys that it leaves open are any texts that no rule names.
//! If those do not all fare alike, because a rule looks into the key itself,
//! the part is not told.

mod json;
mod keys;
mod markdown;
mod portion;
mod weights;

pub use json::{audience as of_flag, json};
pub use markdown::{audience as rows, markdown, part as audience_part, staying, why};
pub use portion::Portion;
pub use weights::{Entry, Fault, Weights};

use crate::release::impact::classes::Key;
use crate::release::impact::fate::share;
use crate::release::impact::program::{Program, Space, lower};
use crate::release::impact::regions::{Sides, refine};
use crate::release::impact::side::Side;
use crate::release::impact::walk::{Case, State, Walk};
use crate::release::impact::{Circumstances, Limit, Move, Outcome, Points, Share};
use crate::release::order::Order;
use keys::{Keys, Said};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::string::String;
use std::vec;
use std::vec::Vec;

/// Combinations of classes of open keys that are compared.
const COMBINATIONS: usize = 4_096;

/// What happens to an audience.
#[derive(Clone, PartialEq, Debug)]
pub struct Audience {
    /// Who moves and who stays, the greatest portion first.
    pub moves: Vec<Part>,
    /// The portion of the entries that are not told.
    pub untold: Portion,
    /// The portion that no entry describes.
    pub undescribed: Portion,
    /// Of each entry, in the order of the file.
    pub entries: Vec<Group>,
}

/// An entry and what happens to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// Thousandths of a percent of the audience.
    pub thousandths: u32,
    /// What happens to it.
    pub told: Told,
}

/// From one outcome to another, which may be the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// In the old version.
    pub from: Outcome,
    /// In the new version.
    pub to: Outcome,
    /// The portion of the audience.
    pub portion: Portion,
}

impl Part {
    /// Whether it is a move.
    pub fn is_change(&self) -> bool {
        self.from != self.to
    }
}

/// What happens to an entry.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// Shares of the keys in it, which add up to everybody; the greatest
    /// first.
    Moves(Vec<Move>),
    /// It depends on more than the hash of these attributes, which the entry
    /// leaves open.
    Open(Vec<String>),
    /// A limit was met.
    Limit(Limit),
}

/// Weights beside the two versions that they are held against.
pub struct Survey<'s> {
    weights: &'s Weights,
    keys: Keys,
}

impl<'s> Survey<'s> {
    /// Finds what a context may leave open.
    pub fn new(weights: &'s Weights, old: &Side<'_>, new: &Side<'_>) -> Self {
        Self { weights, keys: keys::keys([old.document(), new.document()]) }
    }

    /// What a flag's change does to the audience.
    pub fn weigh(&self, sides: &Sides<'_, '_>, circumstances: &Circumstances<'_>) -> Audience {
        let mut space = Space::default();
        let programs = [(sides.old, sides.before), (sides.new, sides.after)]
            .map(|(side, index)| lower(&mut space, side, index, circumstances));
        for domain in &mut space.domains {
            domain.keyed |= self.keys.contains(&domain.path);
        }
        space.divide();
        let mut sums: BTreeMap<(Outcome, Outcome), Portion> = BTreeMap::new();
        let (mut untold, mut entries) = (Portion::nobody(), Vec::new());
        for entry in &self.weights.entries {
            let told = self.entry(&mut space, sides, &programs, entry, circumstances.walks);
            if let Told::Moves(moves) = &told {
                for Move { from, to, share } in moves {
                    let sum = sums.entry((from.clone(), to.clone()));
                    let sum = sum.or_insert_with(Portion::nobody);
                    *sum = sum.plus(&Portion::of(entry.thousandths, share));
                }
            } else {
                untold = untold.plus(&Portion::of(entry.thousandths, &Share::everybody()));
            }
            let (name, thousandths) = (entry.label(), entry.thousandths);
            entries.push(Group { name, thousandths, told });
        }
        let sums = sums.into_iter().filter(|(_, portion)| !portion.is_nobody());
        let mut moves: Vec<Part> =
            sums.map(|((from, to), portion)| Part { from, to, portion }).collect();
        moves.order_by(|a, b| b.portion.float().total_cmp(&a.portion.float()));
        let undescribed = Portion::of(self.weights.rest(), &Share::everybody());
        Audience { moves, untold, undescribed, entries }
    }

    fn entry(
        &self,
        space: &mut Space<'_>,
        sides: &Sides<'_, '_>,
        [old, new]: &[Program; 2],
        entry: &Entry,
        walks: usize,
    ) -> Told {
        let (mut classes, mut open) = (Vec::new(), Vec::new());
        for (number, domain) in space.domains.iter_mut().enumerate() {
            classes.push(match keys::said(&entry.context, &self.keys, &domain.path) {
                Said::Value(sample) => {
                    let key = keys::key(&sample).map_or(Key::None, Key::Single);
                    Rc::from([domain.alone(sample, key)])
                }
                Said::Open => {
                    open.push(number);
                    let is = |number: &u32| {
                        domain
                            .class(*number)
                            .is_some_and(|class| class.key == Key::Uniform && class.texts)
                    };
                    domain.all().into_iter().filter(is).collect()
                }
            });
        }
        let points = space.lines.iter().map(|_| Points::all()).collect();
        let mut walk = Walk::new(space, walks);
        let cases = walk.run_from(State { classes, points }, old, new);
        if let Some(limit) = walk.limit {
            return Told::Limit(limit);
        }
        let parted = refine(space, &cases).and_then(|cases| part(sides, &cases, &open));
        match parted {
            Some(Ok(shares)) => Told::Moves(moves(shares)),
            Some(Err(open)) => Told::Open(names(space, &open)),
            None => Told::Open(names(space, &open)),
        }
    }
}

fn names(space: &Space<'_>, open: &[usize]) -> Vec<String> {
    open.iter().filter_map(|number| Some(space.domains.get(*number)?.name())).collect()
}

type Shares = BTreeMap<(Outcome, Outcome), Share>;

fn moves(shares: Shares) -> Vec<Move> {
    let mut moves: Vec<Move> =
        shares.into_iter().map(|((from, to), share)| Move { from, to, share }).collect();
    moves.order_by(|a, b| b.share.float().total_cmp(&a.share.float()));
    moves
}

/// What happens to keys, if it is the same in every class of them; else those
/// attributes of which the class matters. None: there are too many to see.
fn part(
    sides: &Sides<'_, '_>,
    cases: &[Case],
    open: &[usize],
) -> Option<Result<Shares, Vec<usize>>> {
    // Combinations of classes, one of each open key.
    let mut combinations: Vec<Vec<u32>> = vec![Vec::new()];
    for number in open {
        let all: BTreeSet<u32> = cases
            .iter()
            .filter_map(|case| case.state.classes.get(*number))
            .flat_map(|classes| classes.iter().copied())
            .collect();
        let longer = |combination: &Vec<u32>| {
            all.iter().map(|class| [combination.as_slice(), &[*class]].concat()).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(longer).collect();
        if combinations.len() > COMBINATIONS {
            return None;
        }
    }
    let mut known: BTreeMap<Vec<u32>, Shares> = BTreeMap::new();
    for combination in combinations {
        let inside = |case: &&Case| {
            open.iter().zip(&combination).all(|(number, class)| {
                case.state.classes.get(*number).is_some_and(|classes| classes.contains(class))
            })
        };
        let mut shares = Shares::new();
        for case in cases.iter().filter(inside) {
            let sum = shares.entry(sides.outcomes(case)).or_insert_with(Share::nobody);
            *sum = sum.plus(&share(&case.state.points));
        }
        // A combination of which no context exists has none.
        if !shares.is_empty() {
            known.insert(combination, shares);
        }
    }
    let first = known.values().next()?;
    if known.values().all(|shares| shares == first) {
        return Some(Ok(first.clone()));
    }
    let matters = |place: &usize| {
        let mut others: BTreeMap<Vec<u32>, &Shares> = BTreeMap::new();
        known.iter().any(|(combination, shares)| {
            let mut rest = combination.clone();
            if let Some(class) = rest.get_mut(*place) {
                *class = 0;
            }
            *others.entry(rest).or_insert(shares) != shares
        })
    };
    let matter = (0..open.len()).filter(matters);
    Some(Err(matter.filter_map(|place| open.get(place).copied()).collect()))
}
