//! What an indicator's own file has to say, and the [`Indicator`] made of it.

use std::fmt;

use super::{Bar, Indicator, IndicatorInfo};

/// Larger numbers are taken for no numbers: squares and sums of all others stay finite, so no state is ever lost to one.
const SIZE_MAX: f64 = 1e100;

/// Values of an indicator, from numbers that were checked.
pub(super) trait Formula: Send + fmt::Debug {
    /// One value a line.
    type Values: AsRef<[f64]>;

    /// Whether a bar without a volume can be used.
    const READS_VOLUME: bool = false;

    /// The values at a bar, were it the next one. All numbers of the bar that it may read are finite.
    fn peek(&self, bar: &Bar) -> Self::Values;

    /// Takes the bar.
    fn take(&mut self, bar: &Bar);

    /// Shift of a line, where parameters change it.
    fn shift(&self, line: usize) -> Option<i32> {
        let _ = line;
        None
    }
}

/// Checked numbers, in the order of [`IndicatorInfo::parameters`].
#[derive(Debug)]
pub(super) struct Parameters(pub(super) Box<[f64]>);

impl Parameters {
    /// A parameter that counts; at least 1, and at least 0 where its range says so.
    pub(super) fn whole(&self, index: usize) -> usize {
        self.number(index) as usize
    }

    pub(super) fn number(&self, index: usize) -> f64 {
        self.0.get(index).copied().unwrap_or(1.0)
    }
}

#[derive(Debug)]
struct Running<F> {
    info: &'static IndicatorInfo,
    parameters: Box<[f64]>,
    formula: F,
}

/// The indicator that follows a formula.
pub(super) fn indicator<F: Formula + 'static>(
    info: &'static IndicatorInfo,
    parameters: &Parameters,
    formula: F,
) -> Box<dyn Indicator> {
    Box::new(Running { info, parameters: parameters.0.clone(), formula })
}

impl<F: Formula> Running<F> {
    fn can_use(bar: &Bar) -> bool {
        let usable = |number: f64| number.abs() <= SIZE_MAX;
        [bar.open, bar.high, bar.low, bar.close].into_iter().all(usable) && (!F::READS_VOLUME || usable(bar.volume))
    }
}

impl<F: Formula> Indicator for Running<F> {
    fn info(&self) -> &'static IndicatorInfo {
        self.info
    }

    fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    fn push(&mut self, bar: &Bar, out: &mut [f64]) {
        self.peek(bar, out);
        if Self::can_use(bar) {
            self.formula.take(bar);
        }
    }

    fn peek(&self, bar: &Bar, out: &mut [f64]) {
        if !Self::can_use(bar) {
            return out.fill(f64::NAN);
        }
        for (to, value) in out.iter_mut().zip(self.formula.peek(bar).as_ref()) {
            *to = *value;
        }
    }

    fn shift(&self, line: usize) -> i32 {
        let usual = self.info.lines.get(line).map_or(0, |line| line.shift);
        self.formula.shift(line).unwrap_or(usual)
    }
}
