//! Means that other formulas are made of. Each can be looked at before a value is taken, and passes over NaN, so that one
//! may be fed by another that is still warming up.

use super::sliding::{Fold, Sliding, Sum, Weighted};

/// Below this TA-Lib takes a denominator for nothing.
const NOTHING: f64 = 1e-14;

/// Whether a denominator counts for nothing.
pub(super) fn is_nothing(number: f64) -> bool {
    number.abs() < NOTHING
}

/// `above / below`, 0 when there is nothing below.
pub(super) fn ratio(above: f64, below: f64) -> f64 {
    if is_nothing(below) { 0.0 } else { above / below }
}

/// Mean of the last `n` values.
#[derive(Debug)]
pub(super) struct Mean {
    window: Sliding<Sum>,
    length: f64,
}

impl Mean {
    pub(super) fn new(length: usize) -> Self {
        Self { window: Sliding::new(length), length: length.max(1) as f64 }
    }

    pub(super) fn peek(&self, next: f64) -> f64 {
        look(&self.window, next, Sum(next), |sum| sum.0 / self.length)
    }

    pub(super) fn push(&mut self, next: f64) {
        if !next.is_nan() {
            self.window.push(Sum(next));
        }
    }
}

/// Mean of the last `n` values with weights 1 to `n`, the newest weighing most.
#[derive(Debug)]
pub(super) struct WeightedMean {
    window: Sliding<Weighted>,
}

impl WeightedMean {
    pub(super) fn new(length: usize) -> Self {
        Self { window: Sliding::new(length) }
    }

    pub(super) fn peek(&self, next: f64) -> f64 {
        look(&self.window, next, Weighted::one(next), Weighted::mean)
    }

    pub(super) fn push(&mut self, next: f64) {
        if !next.is_nan() {
            self.window.push(Weighted::one(next));
        }
    }
}

fn look<F: Fold>(window: &Sliding<F>, next: f64, one: F, value: impl Fn(F) -> f64) -> f64 {
    if next.is_nan() { f64::NAN } else { window.peek(one).map_or(f64::NAN, value) }
}

/// The mean of the first `n` values, afterwards moved a fixed share of the way to each new one.
#[derive(Debug)]
struct Recursive {
    length: usize,
    seen: usize,
    /// Sum while warming up, then the mean.
    value: f64,
}

impl Recursive {
    fn new(length: usize) -> Self {
        Self { length: length.max(1), seen: 0, value: 0.0 }
    }

    fn peek(&self, next: f64, smooth: impl Fn(f64) -> f64) -> f64 {
        match (self.seen + 1).cmp(&self.length) {
            _ if next.is_nan() => f64::NAN,
            std::cmp::Ordering::Less => f64::NAN,
            std::cmp::Ordering::Equal => (self.value + next) / self.length as f64,
            std::cmp::Ordering::Greater => smooth(self.value),
        }
    }

    fn push(&mut self, next: f64, smoothed: f64) {
        if next.is_nan() {
            return;
        }
        self.seen = self.seen.saturating_add(1);
        self.value = if self.seen < self.length { self.value + next } else { smoothed };
    }
}

/// Exponential mean: `k = 2 / (n + 1)`, seeded with the mean of the first `n`.
#[derive(Debug)]
pub(super) struct Exponential(Recursive);

impl Exponential {
    pub(super) fn new(length: usize) -> Self {
        Self(Recursive::new(length))
    }

    pub(super) fn peek(&self, next: f64) -> f64 {
        let factor = 2.0 / (self.0.length as f64 + 1.0);
        self.0.peek(next, |mean| mean + factor * (next - mean))
    }

    pub(super) fn push(&mut self, next: f64) {
        let smoothed = self.peek(next);
        self.0.push(next, smoothed);
    }
}

/// Wilder's mean: `(mean * (n - 1) + next) / n`, seeded with the mean of the first `n`.
#[derive(Debug)]
pub(super) struct Wilder(Recursive);

impl Wilder {
    pub(super) fn new(length: usize) -> Self {
        Self(Recursive::new(length))
    }

    pub(super) fn peek(&self, next: f64) -> f64 {
        let length = self.0.length as f64;
        self.0.peek(next, |mean| (mean * (length - 1.0) + next) / length)
    }

    pub(super) fn push(&mut self, next: f64) {
        let smoothed = self.peek(next);
        self.0.push(next, smoothed);
    }

    /// The mean so far; none while warming up.
    pub(super) fn value(&self) -> Option<f64> {
        (self.0.seen >= self.0.length).then_some(self.0.value)
    }
}

/// The last `n` values themselves.
#[derive(Debug)]
pub(super) struct Recent {
    values: Box<[f64]>,
    at: usize,
    full: bool,
}

impl Recent {
    pub(super) fn new(length: usize) -> Self {
        Self { values: vec![0.0; length.max(1)].into(), at: 0, full: false }
    }

    /// The value pushed `n` values ago.
    pub(super) fn oldest(&self) -> Option<f64> {
        if self.full { self.values.get(self.at).copied() } else { None }
    }

    /// All values, in no order; fewer than `n` while warming up.
    pub(super) fn values(&self) -> &[f64] {
        if self.full { &self.values } else { self.values.get(..self.at).unwrap_or_default() }
    }

    pub(super) fn push(&mut self, next: f64) {
        if let Some(place) = self.values.get_mut(self.at) {
            *place = next;
        }
        self.at += 1;
        if self.at >= self.values.len() {
            (self.at, self.full) = (0, true);
        }
    }
}
