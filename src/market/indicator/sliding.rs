//! What holds for the last `n` values: their sum, extremes, moments.
//!
//! Nothing is ever subtracted, so a window that held something huge leaves no rounding behind and a flat one is exactly
//! flat. Values are folded in blocks of `n`: a window is the end of one block and the beginning of the next, both of
//! which are known (van Herk 1992, Gil and Werman 1993). A push costs O(1) on average, a look O(1).

use std::fmt;

use super::Bar;

/// Something joined in order, such as a sum.
pub(super) trait Fold: Copy + fmt::Debug + Send {
    /// Of no values.
    const EMPTY: Self;

    /// Of these values and later ones.
    fn then(self, later: Self) -> Self;
}

/// The fold of the last `length` values.
#[derive(Debug)]
pub(super) struct Sliding<F> {
    /// Before `at`: values of this block. From `at` on: each the fold of the rest of the last block.
    block: Box<[F]>,
    /// Fold of this block.
    head: F,
    at: usize,
    /// Whether there was a last block.
    full: bool,
}

impl<F: Fold> Sliding<F> {
    pub(super) fn new(length: usize) -> Self {
        Self { block: vec![F::EMPTY; length.max(1)].into(), head: F::EMPTY, at: 0, full: false }
    }

    /// The fold were `next` pushed; none while there are too few values.
    pub(super) fn peek(&self, next: F) -> Option<F> {
        let older = match self.block.get(self.at + 1) {
            None => F::EMPTY,
            Some(rest) if self.full => *rest,
            Some(_) => return None,
        };
        Some(older.then(self.head).then(next))
    }

    /// The fold of the values pushed last; none while there are too few.
    pub(super) fn value(&self) -> Option<F> {
        self.block.get(self.at).filter(|_| self.full).map(|rest| rest.then(self.head))
    }

    pub(super) fn push(&mut self, next: F) {
        if let Some(place) = self.block.get_mut(self.at) {
            *place = next;
        }
        self.head = self.head.then(next);
        self.at += 1;
        if self.at >= self.block.len() {
            let mut rest = F::EMPTY;
            for value in self.block.iter_mut().rev() {
                rest = value.then(rest);
                *value = rest;
            }
            (self.at, self.head, self.full) = (0, F::EMPTY, true);
        }
    }
}

/// Sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum(pub(super) f64);

impl Fold for Sum {
    const EMPTY: Self = Self(0.0);

    fn then(self, later: Self) -> Self {
        Self(self.0 + later.0)
    }
}

/// Highest and lowest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) high: f64,
    pub(super) low: f64,
}

impl Range {
    /// The range of a bar.
    pub(super) fn of(bar: &Bar) -> Self {
        Self { high: bar.high, low: bar.low }
    }

    /// The range of one value.
    pub(super) fn at(value: f64) -> Self {
        Self { high: value, low: value }
    }

    pub(super) fn middle(self) -> f64 {
        (self.high + self.low) / 2.0
    }

    /// Where in the range a value is: 0 at the bottom, 100 at the top; 0 when the range is nothing, as in TA-Lib.
    pub(super) fn percent(self, value: f64) -> f64 {
        let height = self.high - self.low;
        if height == 0.0 { 0.0 } else { 100.0 * (value - self.low) / height }
    }
}

impl Fold for Range {
    const EMPTY: Self = Self { high: f64::NEG_INFINITY, low: f64::INFINITY };

    fn then(self, later: Self) -> Self {
        Self { high: self.high.max(later.high), low: self.low.min(later.low) }
    }
}

/// Sum with weights 1, 2, … from the oldest on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighted {
    count: f64,
    sum: f64,
    weighted: f64,
}

impl Weighted {
    pub(super) fn one(value: f64) -> Self {
        Self { count: 1.0, sum: value, weighted: value }
    }

    pub(super) fn mean(self) -> f64 {
        self.weighted / (self.count * (self.count + 1.0) / 2.0)
    }
}

impl Fold for Weighted {
    const EMPTY: Self = Self { count: 0.0, sum: 0.0, weighted: 0.0 };

    fn then(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            sum: self.sum + later.sum,
            weighted: self.weighted + later.weighted + self.count * later.sum,
        }
    }
}

/// Mean and squares of the distances from it, joined as in Chan, Golub and LeVeque 1979.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    count: f64,
    pub(super) mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn one(value: f64) -> Self {
        Self { count: 1.0, mean: value, squares: 0.0 }
    }

    /// Standard deviation of the whole population: divided by `n`.
    pub(super) fn deviation(self) -> f64 {
        (self.squares / self.count).sqrt()
    }
}

impl Fold for Moments {
    const EMPTY: Self = Self { count: 0.0, mean: 0.0, squares: 0.0 };

    fn then(self, later: Self) -> Self {
        if self.count == 0.0 {
            return later;
        }
        if later.count == 0.0 {
            return self;
        }
        let count = self.count + later.count;
        let step = later.mean - self.mean;
        let share = later.count / count;
        Self {
            count,
            mean: self.mean + step * share,
            squares: self.squares + later.squares + step * step * self.count * share,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_forgets_all_of_what_left_it() {
        for length in 1..=7 {
            let mut sums = Sliding::<Sum>::new(length);
            let mut ranges = Sliding::<Range>::new(length);
            let values: Vec<f64> = (0..40).map(|i| if i == 5 { 1e90 } else { f64::from(i * 7 % 11) }).collect();
            for (i, value) in values.iter().enumerate() {
                let window = (i + 1).checked_sub(length).map(|first| &values[first..=i]);
                let range = Range { high: *value, low: *value };
                assert_eq!(sums.peek(Sum(*value)).map(|sum| sum.0), window.map(|window| window.iter().sum()));
                let highest = window.map(|window| window.iter().copied().fold(f64::MIN, f64::max));
                assert_eq!(ranges.peek(range).map(|range| range.high), highest);
                sums.push(Sum(*value));
                ranges.push(range);
            }
        }
    }

    #[test]
    fn a_flat_window_is_exactly_flat() {
        let mut moments = Sliding::<Moments>::new(7);
        for _ in 0..30 {
            moments.push(Moments::one(0.1));
        }
        let flat = moments.peek(Moments::one(0.1)).unwrap();
        assert_eq!((flat.mean, flat.deviation()), (0.1, 0.0));
    }
}
