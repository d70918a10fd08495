//! Flag keys by hash, where there is room for a table and chance to seed it:
//! not in the module, whose host keeps a map of its own, and not without the
//! standard library. There the tree of keys is asked, which gives the same
//! answers.

use crate::pool::Pool;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use hashbrown::HashTable;
use std::hash::RandomState;
use xxhash_rust::xxh64::xxh64;

/// The numbers of the strings of a pool, found by a hash that nobody who wrote
/// the strings can know.
pub(super) struct Index {
    seed: u64,
    numbers: HashTable<u32>,
}

impl Index {
    /// None if two strings have one hash: chance does not do that, so somebody
    /// knows strings that collide under every seed, and the tree is faster.
    pub(super) fn of(pool: &Pool) -> Option<Self> {
        let seed = RandomState::new().hash_one(0);
        let numbers = table(pool, |text| xxh64(text, seed))?;
        Some(Self { seed, numbers })
    }

    /// The number of a string of that pool.
    pub(super) fn find(&self, pool: &Pool, text: &[u8]) -> Option<u32> {
        self.numbers.find(xxh64(text, self.seed), |number| pool.get(*number) == text).copied()
    }
}

/// The numbers of the strings of a pool by their hashes, if these differ. That
/// is known before there is a table: one of equal hashes takes a walk over all
/// that are in it for each that is added.
fn table(pool: &Pool, hash: impl Fn(&[u8]) -> u64) -> Option<HashTable<u32>> {
    let hashed = |number| (hash(pool.get(number)), number);
    let mut hashes: Vec<(u64, u32)> = (0..pool.len() as u32).map(hashed).collect();
    hashes.sort_unstable();
    let same = |pair: &[(u64, u32)]| pair.first().map(|one| one.0) == pair.last().map(|one| one.0);
    if hashes.windows(2).any(same) {
        return None;
    }
    let mut numbers = HashTable::with_capacity(pool.len());
    for (hashed, number) in hashes {
        numbers.insert_unique(hashed, number, |number| hash(pool.get(*number)));
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn the_index_finds_what_the_tree_finds() {
        let mut pool = Pool::new();
        for number in 0..3000 {
            pool.number(format!("flag-{number}").as_bytes());
        }
        let index = Index::of(&pool).unwrap();
        for number in 0..6000 {
            let text = format!("flag-{number}");
            assert_eq!(index.find(&pool, text.as_bytes()), pool.find(text.as_bytes()));
        }
        assert_eq!(index.find(&pool, b""), None);
        assert!(
            Index::of(&Pool::new()).is_some_and(|index| index.find(&pool, b"flag-1").is_none())
        );
    }

    #[test]
    fn strings_that_collide_make_no_table_and_take_no_longer() {
        let mut pool = Pool::new();
        for number in 0..100_000 {
            pool.number(format!("flag-{number}").as_bytes());
        }
        assert!(table(&pool, |_| 7).is_none());
        // Two are enough.
        let length = |text: &[u8]| if text == b"flag-9" { 0 } else { xxh64(text, 0) };
        assert!(table(&pool, length).is_some());
        let two =
            |text: &[u8]| if text.len() == 6 && text < b"flag-2" { 0 } else { xxh64(text, 0) };
        assert!(table(&pool, two).is_none());
    }
}
