//! Boxes gathered into regions: contexts among which only keys decide who
//! moves.
//!
//! Boxes are divided further until any two have either the same classes of
//! every attribute or none in common; those with the same classes are one
//! region, in which the boxes part the keys. Then regions whose contexts get
//! the same, and that differ in one attribute, become one again, so that a
//! region reads as a rule would.

use super::classes::Open;
use super::describe::Describe;
use super::fate;
use super::merge::merge;
use super::program::{End, Space};
use super::side::{Side, id};
use super::walk::Case;
use super::{Outcome, Region};
use crate::release::order::Order;
use std::borrow::ToOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::vec::Vec;

/// Regions of one flag that are gathered.
const REGIONS: usize = 2_000;
/// Classes times boxes that are looked at for it.
const STEPS: usize = 40_000_000;

/// A flag in both versions.
pub struct Sides<'s, 'd> {
    pub old: &'s Side<'d>,
    pub before: usize,
    pub new: &'s Side<'d>,
    pub after: usize,
    /// Everybody is told of, and not only who moves.
    pub everyone: bool,
}

impl Sides<'_, '_> {
    /// How a walk's end is seen from outside.
    pub fn outcome(&self, new: bool, end: End) -> Outcome {
        let (side, index) = if new { (self.new, self.after) } else { (self.old, self.before) };
        let variant = match end {
            End::Default => return Outcome::Default,
            End::KeyMissing => return Outcome::KeyMissing,
            End::Broken => return Outcome::Broken,
            End::Variant(variant) => variant,
        };
        let (ruleset, flag) = (side.ruleset(), id(index));
        let [name, value] =
            [ruleset.variant_name(flag, variant), ruleset.variant_value(flag, variant)]
                .map(|text| text.unwrap_or_default().to_owned());
        Outcome::Variant(name, value)
    }

    /// What both versions give.
    pub fn outcomes(&self, case: &Case) -> (Outcome, Outcome) {
        (self.outcome(false, case.old), self.outcome(true, case.new))
    }

    /// Whether they give different things, or it is told all the same.
    pub fn is_change(&self, case: &Case) -> bool {
        let (old, new) = self.outcomes(case);
        self.everyone || old != new
    }
}

/// A region and the boxes in it.
pub struct Gathered {
    pub region: Region,
    pub cases: Vec<Case>,
}

/// Of each attribute, some of its classes.
pub type Classes = Vec<Rc<[u32]>>;

/// Regions in which somebody moves, and whether they are single boxes
/// because there were too many.
pub fn gather(
    space: &mut Space<'_>,
    sides: &Sides<'_, '_>,
    cases: &[Case],
) -> (Vec<Gathered>, bool) {
    let refined = refine(space, cases);
    let whole: Option<Vec<(Classes, Vec<Case>)>> = refined.as_ref().and_then(|cases| {
        let mut gathering = Gathering { sides, found: Vec::new(), steps: 0 };
        gathering.part(cases.clone())?;
        Some(gathering.found)
    });
    let scattered = whole.is_none();
    let parts = whole.unwrap_or_else(|| {
        let changed = cases.iter().filter(|case| sides.is_change(case));
        changed
            .take(REGIONS)
            .map(|case| (case.state.classes.clone(), [case.clone()].into()))
            .collect()
    });
    let universe = universe(space, refined.as_deref().unwrap_or(cases));
    let mut describe = Describe::new(universe);
    let mut found: Vec<Gathered> = Vec::new();
    for (fate, parts) in merge(sides, parts) {
        let when = parts.iter().map(|(classes, _)| describe.state(space, classes));
        let region = fate::region(space, fate, when.collect(), sides.everyone);
        let cases = parts.into_iter().flat_map(|(_, cases)| cases).collect();
        found.push(Gathered { region, cases });
    }
    // The widest first: the fewest conditions, then as they read.
    found.order_by(|a, b| {
        let order = |region: &Region| (region.when.len(), region.when.clone());
        order(&a.region).cmp(&order(&b.region))
    });
    (found, scattered)
}

/// Of each attribute, all classes that occur.
fn universe(space: &Space<'_>, cases: &[Case]) -> Vec<BTreeSet<u32>> {
    let mut all: Vec<BTreeSet<u32>> = space.domains.iter().map(|_| BTreeSet::new()).collect();
    let mut seen: BTreeSet<(usize, *const u32)> = BTreeSet::new();
    for case in cases {
        for ((number, all), classes) in all.iter_mut().enumerate().zip(&case.state.classes) {
            if seen.insert((number, classes.as_ptr())) {
                all.extend(classes.iter());
            }
        }
    }
    all
}

/// The same boxes with open classes divided alike; none if those are too
/// many.
pub fn refine(space: &mut Space<'_>, cases: &[Case]) -> Option<Vec<Case>> {
    let mut cases = cases.to_vec();
    for (number, domain) in space.domains.iter_mut().enumerate() {
        let mut tests: BTreeMap<Open, BTreeSet<usize>> = BTreeMap::new();
        for case in &cases {
            for class in case.state.classes.get(number)?.iter() {
                let Some(class) = domain.class(*class) else { continue };
                let Some(open) = class.open else { continue };
                for (test, whole) in class.answers.iter().enumerate() {
                    if *whole != super::classes::Answer::Open && domain.divides(open, test) {
                        tests.entry(open).or_default().insert(test);
                    }
                }
            }
        }
        if tests.is_empty() {
            continue;
        }
        let mut known: HashMap<u32, Vec<u32>> = HashMap::new();
        for case in &mut cases {
            let place = case.state.classes.get_mut(number)?;
            let mut refined = Vec::new();
            for class in place.iter() {
                if !known.contains_key(class) {
                    let open = domain.class(*class).and_then(|class| class.open);
                    let classes = match open.and_then(|open| tests.get(&open)) {
                        Some(tests) => domain.refine(*class, tests, REGIONS)?,
                        None => [*class].into(),
                    };
                    known.insert(*class, classes);
                }
                refined.extend(known.get(class).into_iter().flatten());
            }
            refined.sort_unstable();
            *place = refined.into();
        }
    }
    // A box whose last texts turned out not to exist is none.
    cases.retain(|case| case.state.classes.iter().all(|classes| !classes.is_empty()));
    Some(cases)
}

struct Gathering<'g, 's, 'd> {
    sides: &'g Sides<'s, 'd>,
    found: Vec<(Classes, Vec<Case>)>,
    steps: usize,
}

impl Gathering<'_, '_, '_> {
    /// Divides boxes until they are regions.
    fn part(&mut self, cases: Vec<Case>) -> Option<()> {
        let mut open = Vec::from([cases]);
        while let Some(cases) = open.pop() {
            if !cases.iter().any(|case| self.sides.is_change(case)) {
                continue;
            }
            let Some(first) = cases.first() else { continue };
            let differs = |number: &usize| {
                let own = first.state.classes.get(*number);
                cases.iter().any(|case| case.state.classes.get(*number) != own)
            };
            let count = first.state.classes.len();
            self.steps = self.steps.saturating_add(count.saturating_mul(cases.len()) / 8);
            if self.steps > STEPS {
                return None;
            }
            let Some(number) = (0..count).find(differs) else {
                self.found.push((first.state.classes.clone(), cases));
                if self.found.len() > REGIONS {
                    return None;
                }
                continue;
            };
            // Classes that the same boxes have stay together.
            let mut within: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for (index, case) in cases.iter().enumerate() {
                let classes = case.state.classes.get(number)?;
                self.steps = self.steps.saturating_add(classes.len());
                for class in classes.iter() {
                    within.entry(*class).or_default().push(index);
                }
            }
            if self.steps > STEPS {
                return None;
            }
            let mut alike: BTreeMap<Vec<usize>, Vec<u32>> = BTreeMap::new();
            for (class, indices) in within {
                alike.entry(indices).or_default().push(class);
            }
            // A box is wide: the last part that it is in has the box itself.
            let mut uses: Vec<usize> = cases.iter().map(|_| 0).collect();
            for index in alike.keys().flatten() {
                if let Some(uses) = uses.get_mut(*index) {
                    *uses = uses.saturating_add(1);
                }
            }
            let mut cases: Vec<Option<Case>> = cases.into_iter().map(Some).collect();
            for (indices, classes) in alike {
                let classes: Rc<[u32]> = classes.into();
                let part = indices.into_iter().filter_map(|index| {
                    let uses = uses.get_mut(index)?;
                    *uses = uses.saturating_sub(1);
                    let place = cases.get_mut(index)?;
                    let mut case = if *uses > 0 { place.clone() } else { place.take() }?;
                    *case.state.classes.get_mut(number)? = classes.clone();
                    Some(case)
                });
                open.push(part.collect());
            }
        }
        Some(())
    }
}
