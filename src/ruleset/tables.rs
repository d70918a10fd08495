//! What is kept beside a compiled ruleset so that its parts are found sooner:
//! by native code with the standard library. The module keeps nothing of it,
//! for its host has tables of its own; what is not here is asked of the pools,
//! which give the same answers.

use super::index::Index;
use crate::document::check::BETWEEN;
use crate::limits;
use crate::pool::Pool;
use crate::value::{Attribute, Attributes};
use alloc::{boxed::Box, vec::Vec};

/// Empty, until the ruleset is whole.
pub(super) struct Tables {
    /// Of the keys of flags.
    pub keys: Option<Index>,
    /// Of the strings that contexts are compared with.
    pub atoms: Option<Index>,
    paths: Vec<Path>,
}

/// The segments of a path.
struct Path {
    first: Box<str>,
    rest: Box<[Box<str>]>,
}

impl Tables {
    pub(super) const EMPTY: Self = Self { keys: None, atoms: None, paths: Vec::new() };

    pub(super) fn of(keys: &Pool, atoms: &Pool, paths: &Pool) -> Self {
        let path = |number| {
            let mut segments = paths
                .get(number)
                .split(|byte| *byte == BETWEEN)
                .map(|segment| Box::from(core::str::from_utf8(segment).unwrap_or_default()));
            Path { first: segments.next().unwrap_or_default(), rest: segments.collect() }
        };
        Self {
            keys: Index::of(keys),
            atoms: Index::of(atoms),
            paths: (0..paths.len() as u32).map(path).collect(),
        }
    }

    /// The attribute at a path; none if that is not here.
    #[inline]
    pub(super) fn attribute<'a>(
        &self,
        path: u32,
        attributes: &'a impl Attributes,
    ) -> Option<Attribute<'a>> {
        let Path { first, rest } = self.paths.get(path as usize)?;
        if rest.is_empty() {
            return Some(attributes.attribute(&[first]));
        }
        let mut names: [&str; limits::PATH] = [""; limits::PATH];
        let mut count = 0_usize;
        for (name, segment) in names.iter_mut().zip(core::iter::once(first).chain(rest)) {
            *name = segment;
            count = count.wrapping_add(1);
        }
        Some(attributes.attribute(names.get(..count).unwrap_or_default()))
    }
}
