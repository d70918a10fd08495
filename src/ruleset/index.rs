//! The strings of a pool by hash: native code alone has it, and only where the
//! standard library gives chance for a seed.
//!
//! A look-up compares at most [`FARTHEST`] tags whatever the strings are: a table
//! in which one would stand farther from its place is not made. So it takes no
//! trust in the hash that no document makes a look-up slow; chance decides only
//! whether there is a table, and the tree of the pool, which gives the same
//! answers, is asked where there is none.

use crate::pool::Pool;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use std::hash::RandomState;

/// The numbers of the strings of a pool.
pub(super) struct Index {
    seed: [u64; 2],
    /// One less than a power of two, at least twice the number of strings.
    mask: u64,
    /// A string stands in the place of its hash, or in one of those behind it.
    entries: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    /// The half of the hash that does not say the place.
    tag: u32,
    number: u32,
    /// Where the string stands among the bytes of the pool. INVARIANT: no string
    /// is as long as that of an empty entry.
    start: u32,
    len: u32,
}

const EMPTY: Entry = Entry { tag: 0, number: 0, start: 0, len: u32::MAX };

/// How far behind the place of its hash a string may stand. Of 100,000 strings in
/// a table that is half full, chance puts one farther in a few of a million tables.
const FARTHEST: usize = 128;

/// More strings have no table: it takes 64 bytes for each, if it is just more
/// than a quarter full.
const MOST: usize = 1 << 20;

/// How often a table is tried, each time with another seed.
const TRIES: usize = 4;

impl Index {
    /// None if there is no table: see above.
    pub(super) fn of(pool: &Pool) -> Option<Self> {
        let state = RandomState::new();
        (0..TRIES)
            .find_map(|time| Self::seeded(pool, [0, 1].map(|half| state.hash_one((time, half)))))
    }

    /// With this seed; none if a string would stand too far from its place.
    fn seeded(pool: &Pool, seed: [u64; 2]) -> Option<Self> {
        if pool.len() > MOST {
            return None;
        }
        let room = pool.len().checked_mul(2)?.checked_next_power_of_two()?.max(4);
        let entries = alloc::vec![EMPTY; room.checked_add(FARTHEST)?];
        let mut index = Self { seed, mask: room.wrapping_sub(1) as u64, entries };
        let (bytes, ends) = pool.parts();
        let mut start = 0;
        for (number, &end) in (0..).zip(ends) {
            let text = bytes.get(start as usize..end as usize)?;
            let (place, tag) = index.place(text);
            let near = index.entries.get_mut(place..)?.iter_mut().take(FARTHEST);
            let entry = near.into_iter().find(|entry| entry.len == EMPTY.len)?;
            *entry = Entry { tag, number, start, len: end.wrapping_sub(start) };
            start = end;
        }
        Some(index)
    }

    /// The place of a string, and its tag.
    fn place(&self, text: &[u8]) -> (usize, u32) {
        let hash = hash(text, self.seed);
        ((hash & self.mask) as usize, (hash >> 32) as u32)
    }

    /// The number of a string of that pool.
    #[inline]
    pub(super) fn find(&self, pool: &Pool, text: &[u8]) -> Option<u32> {
        let (place, tag) = self.place(text);
        let (bytes, _) = pool.parts();
        for entry in self.entries.get(place..)?.iter().take(FARTHEST) {
            if entry.tag == tag && entry.len as usize == text.len() {
                let end = entry.start.wrapping_add(entry.len) as usize;
                if same(bytes.get(entry.start as usize..end)?, text) {
                    return Some(entry.number);
                }
            } else if entry.len == EMPTY.len {
                return None;
            }
        }
        None
    }
}

/// A hash of 64 bits: products of 128 bits, folded, of sixteen bytes each.
#[inline]
fn hash(text: &[u8], [first, second]: [u64; 2]) -> u64 {
    let mut hash = first ^ text.len() as u64;
    let mut rest = text;
    while rest.len() > 16
        && let Some((block, behind)) = rest.split_first_chunk::<16>()
    {
        let (low, high) = ends(block);
        hash = fold(low ^ second, high ^ hash);
        rest = behind;
    }
    // Of a longer string the last sixteen bytes, some of them again.
    let last = text.last_chunk::<16>().map_or(rest, |block| block);
    let (low, high) = ends(last);
    // Once more, for one product leaves keys that count up near each other.
    fold(fold(low ^ second, high ^ hash), MIX)
}

/// Odd, and without a pattern: the golden ratio's.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// Up to sixteen bytes as two words, which may overlap.
#[inline]
fn ends(text: &[u8]) -> (u64, u64) {
    if let (Some(low), Some(high)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*low), u64::from_le_bytes(*high))
    } else if let (Some(low), Some(high)) = (text.first_chunk(), text.last_chunk()) {
        (u32::from_le_bytes(*low).into(), u32::from_le_bytes(*high).into())
    } else {
        let byte = |at: usize| text.get(at).map_or(0, |byte| u64::from(*byte));
        (byte(0) | byte(1) << 8, byte(2))
    }
}

/// Whether two strings of one length are equal. Most are short, and comparing
/// them here takes less than the call of what compares long ones.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() < 16 {
        return ends(one) == ends(other);
    }
    if one.len() > 32 {
        return one == other;
    }
    one.first_chunk::<16>() == other.first_chunk::<16>()
        && one.last_chunk::<16>() == other.last_chunk::<16>()
}

#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one).wrapping_mul(other.into());
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::format;
    use std::string::String;

    fn pool(texts: impl IntoIterator<Item = String>) -> Pool {
        let mut pool = Pool::new();
        for text in texts {
            pool.number(text.as_bytes());
        }
        pool
    }

    #[test]
    fn the_index_finds_what_the_tree_finds() {
        // Of every length, and such as differ in one byte.
        let mut texts: Vec<String> = (0..3000).map(|number| format!("flag-{number}")).collect();
        for len in 0..70 {
            texts.push("a".repeat(len));
            texts.extend(
                (0..len).map(|at| format!("{}b{}", "a".repeat(at), "a".repeat(len - at - 1))),
            );
        }
        let half = pool(texts.iter().step_by(2).cloned());
        let index = Index::of(&half).unwrap();
        for text in &texts {
            assert_eq!(index.find(&half, text.as_bytes()), half.find(text.as_bytes()), "{text}");
        }
        let none = Pool::new();
        assert_eq!(Index::of(&none).unwrap().find(&none, b"flag-1"), None);
    }

    #[test]
    fn every_byte_and_the_length_matter() {
        let seed = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9];
        for len in 0..70 {
            let text = alloc::vec![b'a'; len];
            let mut hashes = BTreeSet::from([hash(&text, seed), hash(&[0; 70][..len], seed)]);
            for at in 0..len {
                let mut other = text.clone();
                other[at] = b'b';
                hashes.insert(hash(&other, seed));
            }
            assert_eq!(hashes.len(), len + if len == 0 { 1 } else { 2 }, "length {len}");
        }
        let zeros: BTreeSet<u64> = (0..70).map(|len| hash(&[0; 70][..len], seed)).collect();
        assert_eq!(zeros.len(), 70);
    }

    #[test]
    fn keys_that_count_up_stand_near_their_places() {
        let keys = pool((0..1000).map(|number| format!("rollout-flag-{number:05}")));
        for time in 0..200 {
            let seed = [7, 9].map(|half: u64| fold(half ^ 0x5851_f42d_4c95_7f2d, time ^ MIX));
            let index = Index::seeded(&keys, seed).unwrap();
            let far = index.entries.iter().enumerate().filter(|(_, entry)| entry.len != EMPTY.len);
            let far = far.map(|(at, entry)| at - index.place(keys.get(entry.number)).0).max();
            // What chance gives: more than 40 in one of some thousands.
            assert!(far < Some(60), "seed {time}: {far:?}");
        }
    }

    #[test]
    fn a_full_pool_has_a_table() {
        let most = pool((0..100_000).map(|number| format!("flag-{number}")));
        assert!(Index::of(&most).is_some());
    }

    #[test]
    fn strings_that_collide_make_no_table() {
        // With a seed of zeros and the second word zero, the hash is zero.
        let zero = |number: u32| {
            let mut text = [0; 16];
            text[..4].copy_from_slice(&number.to_le_bytes());
            text[8] = 16;
            text
        };
        let (mut few, mut many) = (Pool::new(), Pool::new());
        for number in 0..FARTHEST as u32 {
            few.number(&zero(number));
            many.number(&zero(number));
        }
        assert_eq!(hash(&zero(1), [0; 2]), 0);
        let index = Index::seeded(&few, [0; 2]).unwrap();
        assert!((0..130).all(|at| index.find(&few, &zero(at)) == few.find(&zero(at))));
        many.number(&zero(FARTHEST as u32));
        assert!(Index::seeded(&many, [0; 2]).is_none());
        assert!(Index::of(&many).is_some(), "another seed parts them");
    }
}
