//! Regions whose contexts get the same, and that differ in one attribute, made
//! one.

use super::fate::{self, Fate};
use super::regions::{Classes, Sides};
use super::walk::Case;
use crate::release::order::Order;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::vec::Vec;

/// Regions by their fate; those that differ in one attribute are joined.
pub fn merge(
    sides: &Sides<'_, '_>,
    regions: Vec<(Classes, Vec<Case>)>,
) -> BTreeMap<Fate, Vec<(Classes, Vec<Case>)>> {
    let mut fates: BTreeMap<Fate, Vec<(Classes, Vec<Case>)>> = BTreeMap::new();
    for region in regions {
        fates.entry(fate::fate(sides, &region.1)).or_default().push(region);
    }
    for regions in fates.values_mut() {
        // Where all have the same classes of an attribute, none differ in it:
        // a join would put them into their order, and no more.
        let count = regions.first().map_or(0, |region| region.0.len());
        let differs = |number: usize| {
            let mut own = regions.iter().map(|region| region.0.get(number));
            let first = own.next();
            own.any(|classes| Some(classes) != first)
        };
        let apart: Vec<bool> = (0..count).map(differs).collect();
        let mut before = usize::MAX;
        while regions.len() < before {
            before = regions.len();
            let mut ordered = false;
            for (number, apart) in apart.iter().enumerate() {
                if *apart {
                    join(regions, number);
                    ordered = false;
                } else if !ordered {
                    regions.order_by(|a, b| compare(&a.0, &b.0));
                    ordered = true;
                }
            }
        }
    }
    fates
}

/// Classes in their order, of which most are the same ones.
#[derive(PartialEq, Eq)]
struct Rest(Classes);

impl Ord for Rest {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

fn compare(a: &Classes, b: &Classes) -> Ordering {
    let mut apart = a.iter().zip(b).filter(|(a, b)| !Rc::ptr_eq(a, b));
    let order = apart.find_map(|(a, b)| Some(a.cmp(b)).filter(|order| order.is_ne()));
    order.unwrap_or(Ordering::Equal)
}

impl PartialOrd for Rest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Joins regions that differ in this attribute alone.
fn join(regions: &mut Vec<(Classes, Vec<Case>)>, number: usize) {
    let mut joined: BTreeMap<Rest, (BTreeSet<u32>, Vec<Case>)> = BTreeMap::new();
    for (mut rest, cases) in std::mem::take(regions) {
        let Some(place) = rest.get_mut(number) else { continue };
        let own = std::mem::replace(place, Rc::from([]));
        let (classes, all) = joined.entry(Rest(rest)).or_default();
        classes.extend(own.iter());
        all.extend(cases);
    }
    *regions = joined
        .into_iter()
        .map(|(Rest(mut classes), (own, cases))| {
            if let Some(place) = classes.get_mut(number) {
                *place = own.into_iter().collect();
            }
            (classes, cases)
        })
        .collect();
}
