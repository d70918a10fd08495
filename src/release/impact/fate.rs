//! What happens to the keys of a region, and where on their lines they lie.

use super::classes::Domain;
use super::points::{Points, Share};
use super::program::Space;
use super::regions::Sides;
use super::walk::Case;
use super::{Inside, Move, Outcome, Region, Slice};
use crate::bucket::LINE;
use crate::release::order::Order;
use std::collections::{BTreeMap, BTreeSet};
use std::string::String;
use std::vec::Vec;

/// The share of keys in a box.
pub fn share(points: &[Points]) -> Share {
    let parts = points.iter().filter(|points| !points.is_all());
    parts.fold(Share::everybody(), |share, points| share.times(&Share::of(points)))
}

/// Who moves from where to where, by sets of points on all lines.
pub type Fate = BTreeMap<(Outcome, Outcome), Vec<Vec<Points>>>;

/// What happens to the keys of a region, and where their points lie.
pub fn fate(sides: &Sides<'_, '_>, cases: &[Case]) -> Fate {
    let mut fate = Fate::new();
    for case in cases {
        fate.entry(sides.outcomes(case)).or_default().push(case.state.points.clone());
    }
    for boxes in fate.values_mut() {
        let count = boxes.first().map_or(0, Vec::len);
        for line in 0..count {
            unite(boxes, line);
        }
        boxes.order();
    }
    fate
}

/// Joins sets of points that differ on this line alone.
fn unite(boxes: &mut Vec<Vec<Points>>, line: usize) {
    let mut united: BTreeMap<Vec<Points>, Points> = BTreeMap::new();
    for mut points in std::mem::take(boxes) {
        let Some(place) = points.get_mut(line) else { continue };
        let own = std::mem::replace(place, Points::all());
        let all = united.entry(points).or_insert_with(|| Points::between(0, 0));
        *all = all.or(&own);
    }
    boxes.extend(united.into_iter().map(|(mut points, own)| {
        if let Some(place) = points.get_mut(line) {
            *place = own;
        }
        points
    }));
}

/// The region of a fate, for contexts of which one of some lists of things
/// holds. Where everyone is told of, the line is drawn for all; if they lie
/// apart on several lines, for those who do not get what most get.
pub fn region(
    space: &Space<'_>,
    fate: Fate,
    alternatives: Vec<Vec<String>>,
    everyone: bool,
) -> Region {
    let parted = |line: &usize| {
        let parted = |points: &Vec<Points>| points.get(*line).is_some_and(|set| !set.is_all());
        fate.values().flatten().any(parted)
    };
    let lines: Vec<usize> = (0..space.lines.len()).filter(parted).collect();
    let mut moves: Vec<(Move, Vec<Vec<Points>>)> = Vec::new();
    for ((from, to), boxes) in fate {
        let shares = boxes.iter().map(|points| share(points));
        let share = shares.fold(Share::nobody(), |sum, share| sum.plus(&share));
        moves.push((Move { from, to, share }, boxes));
    }
    moves.order_by(|a, b| b.0.share.float().total_cmp(&a.0.share.float()));
    let draw = |told: &dyn Fn(usize, &Move) -> bool| {
        lines.iter().find_map(|line| Some((*line, draw(&moves, *line, told)?)))
    };
    let drawn = if everyone {
        draw(&|_, _| true).or_else(|| draw(&|number, _| number > 0))
    } else {
        draw(&|_, part| part.is_change())
    };
    let name = |line: usize| {
        let line = space.lines.get(line)?;
        Some((space.domains.get(line.by).map(Domain::name)?, line.salt.clone()))
    };
    let (mut slices, mut inside, mut along) = (Vec::new(), Vec::new(), None);
    if let Some((line, (found, others))) = drawn {
        along = name(line);
        slices = found;
        for (other, points) in others.into_iter().enumerate() {
            if let (true, Some((by, salt))) = (!points.is_all() && other != line, name(other)) {
                inside.push(Inside { by, salt, points });
            }
        }
    }
    let (when, either) = factor(alternatives);
    Region {
        when,
        either,
        moves: moves.into_iter().map(|(part, _)| part).collect(),
        lines: lines.into_iter().filter_map(name).collect(),
        along,
        inside,
        slices,
    }
}

/// What holds in all lists, and the lists without it.
fn factor(lists: Vec<Vec<String>>) -> (Vec<String>, Vec<Vec<String>>) {
    let Some(first) = lists.first().cloned() else { return (Vec::new(), Vec::new()) };
    let common: Vec<String> =
        first.into_iter().filter(|word| lists.iter().all(|list| list.contains(word))).collect();
    if lists.len() == 1 {
        return (common, Vec::new());
    }
    let rest = |list: Vec<String>| list.into_iter().filter(|word| !common.contains(word)).collect();
    let mut rest: Vec<Vec<String>> = lists.into_iter().map(rest).collect();
    rest.order_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    (common, rest)
}

/// A line, slice by slice, where all that are told of lie in the same part of
/// the other lines: the slices, and that part.
fn draw(
    moves: &[(Move, Vec<Vec<Points>>)],
    line: usize,
    told: &dyn Fn(usize, &Move) -> bool,
) -> Option<(Vec<Slice>, Vec<Points>)> {
    let others = |points: &Vec<Points>| {
        let mut others = points.clone();
        if let Some(place) = others.get_mut(line) {
            *place = Points::all();
        }
        others
    };
    let told = moves.iter().enumerate().filter(|(number, (part, _))| told(*number, part));
    let parts: BTreeSet<Vec<Points>> = told.flat_map(|(_, (_, boxes))| boxes).map(others).collect();
    let mut parts = parts.into_iter();
    let (part, None) = (parts.next()?, parts.next()) else { return None };
    let mut slices = Vec::new();
    for (number, (_, boxes)) in moves.iter().enumerate() {
        for points in boxes {
            let around = others(points);
            let holds = part.iter().zip(&around).all(|(part, all)| part.and(all) == *part);
            for (start, end) in
                points.get(line).filter(|_| holds).map_or(&[][..], Points::intervals)
            {
                slices.push(Slice { start: *start, end: *end, of: number });
            }
        }
    }
    slices.order_by_key(|slice| slice.start);
    let covered: u64 = slices.iter().map(|slice| slice.end.saturating_sub(slice.start)).sum();
    (covered == LINE && slices.len() > 1).then_some((slices, part))
}
