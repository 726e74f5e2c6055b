//! Rows brought into an order, as the sorting of the standard library does it, by code that exists once.
//!
//! That sorting is built anew for every type of row, five kilobytes each: for the lists of a screen and the pages of a broker
//! that was more than for all of KIS. Here one sorting of places serves all, and what is built for each type only moves rows.

use std::cmp::Ordering;

/// Stable orders of rows.
pub trait Arrange<T> {
    /// Brings rows into their own order.
    fn arrange(&mut self)
    where
        T: Ord;

    /// Brings rows into the order of a key.
    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);

    /// Brings rows into the order that comparing them gives.
    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);
}

impl<T> Arrange<T> for [T] {
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(Ord::cmp);
    }

    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.arrange_by(|one, other| key(one).cmp(&key(other)));
    }

    fn arrange_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let of = |one: usize, other: usize| match (self.get(one), self.get(other)) {
            (Some(one), Some(other)) => compare(one, other),
            _ => Ordering::Equal,
        };
        let mut goes_to = places(self.len(), &of);
        for at in 0..goes_to.len() {
            while let Some(to) = goes_to.get(at).copied().filter(|to| *to != at) {
                self.swap(at, to);
                goes_to.swap(at, to);
            }
        }
    }
}

/// Where each row goes; nothing when they are in order.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    if (1..count).all(|at| compare(at - 1, at) != Ordering::Greater) {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    let mut goes_to = vec![0; count];
    for (to, from) in order.into_iter().enumerate() {
        if let Some(place) = goes_to.get_mut(from) {
            *place = to;
        }
    }
    goes_to
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_stand_as_the_standard_library_puts_them(rows in prop::collection::vec((0_u8..8, any::<u16>()), 0..60)) {
            let (mut ours, mut theirs) = (rows.clone(), rows.clone());
            ours.arrange_by_key(|row| row.0);
            theirs.sort_by_key(|row| row.0);
            prop_assert_eq!(&ours, &theirs, "equals keep their order");
            ours.arrange();
            theirs.sort();
            prop_assert_eq!(&ours, &theirs);
            ours.arrange_by_key(|row| std::cmp::Reverse(row.1));
            theirs.sort_by_key(|row| std::cmp::Reverse(row.1));
            prop_assert_eq!(ours, theirs);
        }
    }
}
