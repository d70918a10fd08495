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
    /// The root, and three words a branch: the number of a bit by which the
    /// strings below part, and what stands where it is clear and where it is
    /// set. That is the place of a branch here, or a string's number with
    /// [`LEAF`]. The numbers of the bits ascend on every way down.
    tree: Vec<u32>,
}

const LEAF: u32 = 1 << 31;
const NONE: u32 = u32::MAX;

/// A byte of a string with a ninth bit that says it is there, so that a
/// string and its prefix differ in a bit.
fn unit(text: &[u8], position: u32) -> u32 {
    text.get(position as usize).map_or(0, |byte| 0x100 | u32::from(*byte))
}

/// A bit of a string. Sixteen times the place of its byte, and the more the
/// less the bit weighs, is its number.
fn bit(text: &[u8], number: u32) -> u32 {
    unit(text, number >> 4) >> (!number & 15) & 1
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// An empty pool.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new(), tree: Vec::new() }
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
        self.tree.clear();
    }

    /// The string of this number; empty for a number that is none.
    pub fn get(&self, number: u32) -> &[u8] {
        let end = |number: u32| self.ends.get(number as usize).map_or(0, |end| *end as usize);
        // There is no string before the first: it starts at 0.
        let range = end(number.wrapping_sub(1))..end(number);
        self.bytes.get(range).unwrap_or_default()
    }

    /// The number of a string, if it is there.
    #[inline(always)]
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        let number = self.lookup(text);
        (number != NONE).then_some(number)
    }

    /// The number of a string, or all ones.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn lookup(&self, text: &[u8]) -> u32 {
        let near = self.nearest(text);
        if self.holds(near, text) { near } else { NONE }
    }

    /// The string that differs latest from this one; any number if there is
    /// no string.
    fn nearest(&self, text: &[u8]) -> u32 {
        self.node(self.descend(text, LEAF - 1)) & !LEAF
    }

    /// Whether a string has this number.
    fn holds(&self, number: u32, text: &[u8]) -> bool {
        (number as usize) < self.ends.len() && self.get(number) == text
    }

    fn node(&self, place: u32) -> u32 {
        self.tree.get(place as usize).copied().unwrap_or(LEAF)
    }

    /// Where, on the way of this string, the first leaf stands or the first
    /// branch by a bit of a number beyond `limit`.
    ///
    /// INVARIANT: no branch stands at the place that a leaf would be, so its
    /// bit is beyond all.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn descend(&self, text: &[u8], limit: u32) -> u32 {
        let mut place = 0;
        loop {
            let node = self.node(place);
            let number = self.node(node);
            if number > limit {
                return place;
            }
            place = node.wrapping_add(1).wrapping_add(bit(text, number));
        }
    }

    /// The number of a string, and whether it is new.
    #[inline(always)]
    pub fn intern(&mut self, text: &[u8]) -> (u32, bool) {
        let count = self.len();
        (self.number(text), self.len() > count)
    }

    /// The number of a string, which is added if it is new.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn number(&mut self, text: &[u8]) -> u32 {
        let near = self.nearest(text);
        if self.holds(near, text) { near } else { self.insert(text, near) }
    }

    /// Adds a string that is not there.
    fn insert(&mut self, text: &[u8], near: u32) -> u32 {
        let number = self.ends.len() as u32;
        let leaf = number | LEAF;
        if number == 0 {
            append(&mut self.tree, leaf);
        } else {
            let other = self.get(near);
            let mut position = 0;
            while unit(text, position) == unit(other, position) {
                position = position.wrapping_add(1);
            }
            let differ = unit(text, position) ^ unit(other, position);
            let part = position << 4 | differ.leading_zeros().wrapping_sub(16);
            let place = self.descend(text, part);
            let rest = self.node(place);
            let branch = self.tree.len() as u32;
            if let Some(node) = self.tree.get_mut(place as usize) {
                *node = branch;
            }
            let set = bit(text, part) != 0;
            let (clear, set) = if set { (rest, leaf) } else { (leaf, rest) };
            append(&mut self.tree, part);
            append(&mut self.tree, clear);
            append(&mut self.tree, set);
        }
        self.bytes.extend_from_slice(text);
        append(&mut self.ends, self.bytes.len() as u32);
        number
    }

    /// All strings in one, and where each ends.
    pub fn parts(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.ends)
    }
}

/// Adds a word. Where several are added, calls of one function are smaller
/// than a slice of them, which has to be laid out in memory first.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn append(list: &mut Vec<u32>, word: u32) {
    list.push(word);
}

/// The same for a list of long words.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub(crate) fn append_long(list: &mut Vec<u64>, word: u64) {
    list.push(word);
}

/// How many elements of an ascending list are below this one.
#[cfg_attr(target_arch = "wasm32", inline(never))]
pub fn below(list: &[u64], element: u64) -> usize {
    list.partition_point(|other| *other < element)
}

/// Sorts by heap: n log n whatever the input, in place, without recursion.
pub fn sort(items: &mut [u64]) {
    let mut root = items.len() / 2;
    let mut heap = items;
    loop {
        // First each parent sinks, then what stood last, for which the
        // largest leaves the heap.
        let moving;
        if root > 0 {
            root = root.wrapping_sub(1);
            moving = heap.get(root).copied().unwrap_or_default();
        } else {
            let Some((last, rest)) = heap.split_last_mut() else { return };
            let Some(largest) = rest.first() else { return };
            moving = *last;
            *last = *largest;
            heap = rest;
        }
        let mut hole = root;
        loop {
            let mut child = hole.wrapping_mul(2).wrapping_add(1);
            let Some(mut larger) = heap.get(child) else { break };
            let right = child.wrapping_add(1);
            if let Some(other) = heap.get(right)
                && larger < other
            {
                (larger, child) = (other, right);
            }
            let larger = *larger;
            if moving >= larger {
                break;
            }
            put(heap, hole, larger);
            hole = child;
        }
        put(heap, hole, moving);
    }
}

fn put(items: &mut [u64], at: usize, value: u64) {
    if let Some(place) = items.get_mut(at) {
        *place = value;
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
        // Miri would take ten minutes for all of them.
        let (rounds, texts) = if cfg!(miri) { (2, 100) } else { (40, 600) };
        for round in 0..rounds {
            let (mut pool, mut map) = (Pool::new(), BTreeMap::new());
            for _ in 0..texts {
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
        for length in 0..if cfg!(miri) { 40 } else { 200 } {
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
