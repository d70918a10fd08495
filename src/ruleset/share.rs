//! Lists of constants, and programs, that many flags have are kept once.

use super::program::Test;
use alloc::vec::Vec;

/// Where the last list of each kind stands among the constants. A list that
/// another has driven out is kept twice, which costs room and nothing else:
/// so the table need not grow, and no document can make it slow.
pub(super) struct Shared {
    starts: Vec<u32>,
}

/// How many kinds there are: a prime, so that all bits of a list count.
const KINDS: u64 = 1021;

impl Shared {
    pub(super) const fn new() -> Self {
        Self { starts: Vec::new() }
    }

    /// The place of the list that ends the constants: its own, or that of one
    /// like it, and then it is taken back.
    pub(super) fn share(&mut self, constants: &mut Vec<u64>, start: u32) -> u32 {
        self.place(constants, start, |word| *word)
    }

    /// The same for the program that ends the tests.
    ///
    /// INVARIANT: no test of it refers to a segment or flag, for the operand
    /// of such a test is replaced later.
    pub(super) fn share_tests(&mut self, tests: &mut Vec<Test>, start: u32) -> u32 {
        self.place(tests, start, |test| test.operand.into())
    }

    fn place<T: PartialEq>(&mut self, all: &mut Vec<T>, start: u32, word: fn(&T) -> u64) -> u32 {
        self.starts.resize(KINDS as usize, 0);
        let (before, list) = all.split_at_checked(start as usize).unwrap_or_default();
        let kind = list.iter().fold(0, |kind: u64, item| kind.rotate_left(5) ^ word(item)) % KINDS;
        let Some(place) = self.starts.get_mut(kind as usize) else { return start };
        let like = before.get(*place as usize..).unwrap_or_default();
        if like.starts_with(list) {
            all.truncate(start as usize);
        } else {
            *place = start;
        }
        *place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::program::{Op, outcome};

    #[test]
    fn equal_programs_are_kept_once_and_others_apart() {
        let (mut shared, mut tests) = (Shared::new(), Vec::new());
        let test = |slot, op, if_false, part, negate| {
            let if_true = outcome(part);
            Test { slot, operand: 7, if_true, if_false, part, op, negate }
        };
        let mut add = |program: &[Test]| {
            let start = tests.len() as u32;
            tests.extend_from_slice(program);
            (shared.share_tests(&mut tests, start), tests.len())
        };
        let first = test(1, Op::Is, outcome(2), 1, false);
        assert_eq!(add(&[first, test(2, Op::Is, 0, 0, false)]), (0, 2));
        assert_eq!(add(&[first, test(2, Op::Is, 0, 0, false)]), (0, 2));
        // Whatever differs, it is another program.
        for (at, other) in [
            test(3, Op::Is, 0, 0, false),
            test(2, Op::Version, 0, 0, false),
            test(2, Op::Is, outcome(2), 0, false),
            test(2, Op::Is, 0, 1, false),
            test(2, Op::Is, 0, 0, true),
        ]
        .into_iter()
        .enumerate()
        {
            let start = 2 * (at as u32 + 1);
            assert_eq!(add(&[first, other]), (start, start as usize + 2));
        }
    }

    #[test]
    fn equal_lists_are_kept_once_and_others_apart() {
        let (mut shared, mut constants) = (Shared::new(), Vec::new());
        let mut add = |list: &[u64]| {
            let start = constants.len() as u32;
            constants.extend_from_slice(list);
            (shared.share(&mut constants, start), constants.len())
        };
        assert_eq!(add(&[1, 7]), (0, 2));
        assert_eq!(add(&[1, 8]), (2, 4));
        assert_eq!(add(&[1, 7]), (0, 4));
        assert_eq!(add(&[1, 8]), (2, 4));
        // Of the kind of the first: it drives that out, and both stay right.
        assert_eq!(add(&[1, 7 + KINDS]), (4, 6));
        assert_eq!(add(&[1, 7]), (6, 8));
        assert_eq!(add(&[1, 7]), (6, 8));
        // A list of which only the beginning stands at the end.
        assert_eq!(add(&[1, 7, 9]).0, 8);
    }
}
