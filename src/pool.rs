//! Interned byte strings and a sort: what the reader and the compiler need of
//! a collections library, in a fraction of its bytes.
//!
//! There is no hash table anywhere in loading, so no document can be written
//! whose keys collide: a crit-bit tree takes at most nine steps a byte of the
//! key, whatever the other keys are.

use alloc::vec::Vec;

/// A set of byte strings, numbered in the order of their arrival.
pub struct Pool {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    branches: Vec<Branch>,
    root: u32,
    /// Numbers of strings seen lately, by a cheap mix of their bytes.
    recent: Vec<u32>,
}

/// Parts the strings below it by one bit of one byte.
struct Branch {
    position: u32,
    /// One bit of [`unit`].
    mask: u16,
    /// A branch, or a string's number with [`LEAF`].
    children: [u32; 2],
}

const LEAF: u32 = 1 << 31;
const RECENT: usize = 128;

/// A byte of a string with a ninth bit that says it is there, so that a
/// string and its prefix differ in a bit.
fn unit(text: &[u8], position: u32) -> u16 {
    text.get(position as usize).map_or(0, |byte| 0x100 | u16::from(*byte))
}

fn recent(text: &[u8]) -> usize {
    let byte = |at: usize| usize::from(text.get(at).copied().unwrap_or(0));
    let last = byte(text.len().wrapping_sub(1));
    let mix = byte(0).wrapping_mul(31) ^ byte(text.len() / 2).wrapping_mul(7) ^ last;
    (mix ^ text.len().wrapping_mul(13)) & (RECENT - 1)
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// An empty pool.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            branches: Vec::new(),
            root: 0,
            recent: Vec::new(),
        }
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Forgets all strings and keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.branches.clear();
    }

    /// The string of this number; empty for a number that is none.
    pub fn get(&self, number: u32) -> &[u8] {
        let before = number.checked_sub(1).and_then(|n| self.ends.get(n as usize));
        let start = before.copied().unwrap_or(0);
        let end = self.ends.get(number as usize).copied().unwrap_or(start);
        self.bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The number of a string, if it is there.
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        let number = self.nearest(text)?;
        (self.get(number) == text).then_some(number)
    }

    /// The string that differs latest from this one.
    fn nearest(&self, text: &[u8]) -> Option<u32> {
        if self.ends.is_empty() {
            return None;
        }
        let mut node = if self.branches.is_empty() { LEAF } else { self.root };
        while let Some(branch) = self.branches.get(node as usize) {
            let set = unit(text, branch.position) & branch.mask != 0;
            let [clear, other] = branch.children;
            node = if set { other } else { clear };
        }
        Some(node & !LEAF)
    }

    /// The number of a string, and whether it is new.
    pub fn intern(&mut self, text: &[u8]) -> (u32, bool) {
        let slot = recent(text);
        if let Some(&number) = self.recent.get(slot)
            && (number as usize) < self.ends.len()
            && self.get(number) == text
        {
            return (number, false);
        }
        let (number, new) = match self.nearest(text) {
            Some(near) if self.get(near) == text => (near, false),
            near => (self.insert(text, near), true),
        };
        self.recent.resize(RECENT, 0);
        if let Some(entry) = self.recent.get_mut(slot) {
            *entry = number;
        }
        (number, new)
    }

    fn insert(&mut self, text: &[u8], near: Option<u32>) -> u32 {
        let number = self.ends.len() as u32;
        if let Some(near) = near {
            let other = self.get(near);
            let mut position = 0;
            while unit(text, position) == unit(other, position) {
                position = position.wrapping_add(1);
            }
            let mine = unit(text, position);
            // INVARIANT: the two units differ, so there is a highest bit.
            let mask = (mine ^ unit(other, position)).checked_ilog2().map_or(1, |bit| 1_u16 << bit);
            let set = mine & mask != 0;
            self.link(number, text, position, mask, set);
        }
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        number
    }

    /// Puts a branch where its bit belongs: bits ascend by byte, then descend
    /// by weight on every way down.
    fn link(&mut self, number: u32, text: &[u8], position: u32, mask: u16, set: bool) {
        let (mut above, mut node) = (None, if self.branches.is_empty() { LEAF } else { self.root });
        while let Some(branch) = self.branches.get(node as usize) {
            if (branch.position, mask) > (position, branch.mask) {
                break;
            }
            let side = unit(text, branch.position) & branch.mask != 0;
            above = Some((node, side));
            let [clear, other] = branch.children;
            node = if side { other } else { clear };
        }
        let leaf = number | LEAF;
        let children = if set { [node, leaf] } else { [leaf, node] };
        let new = self.branches.len() as u32;
        self.branches.push(Branch { position, mask, children });
        let parent = above.and_then(|(at, side)| Some((self.branches.get_mut(at as usize)?, side)));
        match parent {
            None => self.root = new,
            Some((branch, side)) => {
                let [clear, other] = branch.children;
                branch.children = if side { [clear, new] } else { [new, other] };
            }
        }
    }

    /// All strings in one, and where each ends.
    pub fn parts(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// Gives back the room that is not used.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.branches.shrink_to_fit();
    }
}

/// Sorts by heap: n log n whatever the input, in place, without recursion.
pub fn sort(items: &mut [u64]) {
    let value = |items: &[u64], at: usize| items.get(at).copied().unwrap_or(0);
    let len = items.len();
    let mut root = len / 2;
    let mut end = len;
    while end > 1 {
        let moving;
        if root > 0 {
            root = root.wrapping_sub(1);
            moving = value(items, root);
        } else {
            end = end.wrapping_sub(1);
            moving = value(items, end);
            let first = value(items, 0);
            if let Some(last) = items.get_mut(end) {
                *last = first;
            }
        }
        let mut hole = root;
        loop {
            let mut child = hole.wrapping_mul(2).wrapping_add(1);
            if child >= end {
                break;
            }
            let right = child.wrapping_add(1);
            if right < end && value(items, child) < value(items, right) {
                child = right;
            }
            let larger = value(items, child);
            if moving >= larger {
                break;
            }
            if let Some(place) = items.get_mut(hole) {
                *place = larger;
            }
            hole = child;
        }
        if let Some(place) = items.get_mut(hole) {
            *place = moving;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeMap, vec};

    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[test]
    fn the_pool_agrees_with_a_btree_map() {
        let mut state = 7;
        for round in 0..40 {
            let (mut pool, mut map) = (Pool::new(), BTreeMap::new());
            for _ in 0..600 {
                let length = random(&mut state) % if round % 2 == 0 { 4 } else { 12 };
                let letters = [0, 1, b'a', b'b', 0x80, 0xff];
                let text: Vec<u8> =
                    (0..length).map(|_| letters[(random(&mut state) % 6) as usize]).collect();
                assert_eq!(pool.find(&text), map.get(&text).copied());
                let next = map.len() as u32;
                let expected = *map.entry(text.clone()).or_insert(next);
                assert_eq!(pool.intern(&text), (expected, expected == next));
                assert_eq!(pool.get(expected), text);
            }
            assert!(map.iter().all(|(text, number)| pool.find(text) == Some(*number)));
            assert_eq!(pool.len(), map.len());
        }
    }

    #[test]
    fn the_sort_agrees_with_the_library() {
        let mut state = 9;
        for length in 0..200_u64 {
            let mut items: Vec<u64> =
                (0..length).map(|_| random(&mut state) % (length + 1)).collect();
            let mut expected = items.clone();
            expected.sort();
            sort(&mut items);
            assert_eq!(items, expected);
        }
        let mut none = vec![];
        sort(&mut none);
    }
}
