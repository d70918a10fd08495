//! A walk that is over: its boxes, and what it could not see.

use super::classes::Domain;
use super::program::{Program, Space, lower};
use super::regions::Sides;
use super::walk::{Case, Limit, Walk};
use super::{Circumstances, Side};
use std::string::String;
use std::vec::Vec;

/// All boxes of one flag.
pub struct Walked<'s, 'd> {
    /// What was divided.
    pub space: Space<'s>,
    /// The boxes.
    pub cases: Vec<Case>,
    /// Whose they are.
    pub sides: Sides<'s, 'd>,
    /// What was met.
    pub limit: Option<Limit>,
}

impl<'s, 'd> Walked<'s, 'd> {
    /// Through a flag of both versions, by its numbers there.
    pub fn both(
        (old, before): (&'s Side<'d>, usize),
        (new, after): (&'s Side<'d>, usize),
        circumstances: &Circumstances<'_>,
    ) -> Self {
        let mut space = Space::default();
        let first = lower(&mut space, old, before, circumstances);
        let second = lower(&mut space, new, after, circumstances);
        let sides = Sides { old, before, new, after, everyone: false };
        Self::through(space, [first, second], sides, circumstances)
    }

    /// Through a flag of one version: what a flag that gives nobody anything
    /// becomes by it, with everyone told of.
    pub fn one(side: &'s Side<'d>, index: usize, circumstances: &Circumstances<'_>) -> Self {
        let mut space = Space::default();
        let program = lower(&mut space, side, index, circumstances);
        let sides = Sides { old: side, before: index, new: side, after: index, everyone: true };
        Self::through(space, [Program::nothing(), program], sides, circumstances)
    }

    fn through(
        mut space: Space<'s>,
        [first, second]: [Program; 2],
        sides: Sides<'s, 'd>,
        circumstances: &Circumstances<'_>,
    ) -> Self {
        space.divide();
        let mut walk = Walk::new(&mut space, circumstances.walks);
        let cases = walk.run(&first, &second);
        let limit = walk.limit;
        Self { space, cases, sides, limit }
    }

    /// Attributes of which not all values are known.
    pub fn unproven(&self) -> Vec<String> {
        let unproven = self.space.domains.iter().filter(|domain| domain.unproven);
        unproven.map(Domain::name).collect()
    }
}
