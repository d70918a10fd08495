//! Lists of constants that many flags have are kept once.

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
        self.starts.resize(KINDS as usize, 0);
        let (before, list) = constants.split_at_checked(start as usize).unwrap_or_default();
        let kind = list.iter().fold(0, |kind: u64, word| kind.rotate_left(5) ^ word) % KINDS;
        let Some(place) = self.starts.get_mut(kind as usize) else { return start };
        let like = before.get(*place as usize..).unwrap_or_default();
        if like.starts_with(list) {
            constants.truncate(start as usize);
        } else {
            *place = start;
        }
        *place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
