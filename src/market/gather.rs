//! Ordered maps and sets out of what comes, one by one.
//!
//! The standard library sorts what comes before it builds them, with a sorting of its own for every type: six kilobytes each,
//! for sets of a handful of words.

use std::collections::{BTreeMap, BTreeSet};

/// Ends in an ordered map or set; of equal keys the last stays.
pub trait Gather: Iterator + Sized {
    /// A set of the items.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        self.for_each(|item| {
            set.insert(item);
        });
        set
    }

    /// A map of the pairs.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        self.for_each(|(key, value)| {
            map.insert(key, value);
        });
        map
    }
}

impl<I: Iterator> Gather for I {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_later_takes_the_place_of_its_equal() {
        assert_eq!([3, 1, 3, 2].into_iter().into_set(), BTreeSet::from([1, 2, 3]));
        let map = [("a", 1), ("b", 2), ("a", 3)].into_iter().into_map();
        assert_eq!(map, BTreeMap::from([("a", 3), ("b", 2)]));
    }
}
