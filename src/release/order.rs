//! Sorting by one function for all types.
//!
//! The library's sort is compiled anew for each type and each comparison, 4 KB
//! of machine code a time. Here only the places are sorted, by a comparison
//! that is called, and then what stands there is moved: for what the tools
//! sort, lists of remarks and regions, that is no slower to be felt.

use std::cmp::Ordering;
use std::vec::Vec;

/// Puts things into their order; those that are equal keep theirs.
pub trait Order<T> {
    /// By a comparison.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// By a key, which is made for each comparison.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// As they are.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for Vec<T> {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let places = places(self.len(), &mut |a, b| match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => compare(a, b),
            _ => Ordering::Equal,
        });
        let mut items: Vec<Option<T>> = std::mem::take(self).into_iter().map(Some).collect();
        self.extend(places.into_iter().filter_map(|place| items.get_mut(place)?.take()));
    }
}

/// The places of so many things, in the order of what stands there.
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::Order;
    use std::vec::Vec;

    #[test]
    fn it_is_the_order_of_the_library() {
        let mut seed = 7_u32;
        for count in 0..200 {
            let random = |_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed >> 24
            };
            let mut own: Vec<(u32, usize)> = (0..count).map(random).zip(0..).collect();
            let mut library = own.clone();
            own.order_by_key(|item| item.0);
            library.sort_by_key(|item| item.0);
            assert_eq!(own, library);
            own.order_by(|a, b| b.cmp(a));
            library.sort_by(|a, b| b.cmp(a));
            assert_eq!(own, library);
        }
    }
}
