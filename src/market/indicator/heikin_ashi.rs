//! Heikin-Ashi bars (평균봉): candles of averages, which show a trend with less of its noise.
//!
//! Close is the mean of open, high, low and close; open is the middle of the Heikin-Ashi body before, at first of the bar's
//! own body; high and low reach over those. Their prices were not traded at: no order is measured by them.

use super::Bar;

/// Turns bars into Heikin-Ashi bars as they come.
#[derive(Debug, Clone, Default)]
pub struct HeikinAshi {
    /// Middle of the last body.
    middle: Option<f64>,
}

impl HeikinAshi {
    /// Before the first bar.
    #[must_use]
    pub const fn new() -> Self {
        Self { middle: None }
    }

    /// Takes a closed bar. A bar with a price that is no number comes out as it is, and the next one does not see it.
    pub fn push(&mut self, bar: &Bar) -> Bar {
        let out = self.peek(bar);
        let middle = (out.open + out.close) / 2.0;
        if middle.is_finite() && out.high.is_finite() && out.low.is_finite() {
            self.middle = Some(middle);
        }
        out
    }

    /// What [`push`](Self::push) would give, without taking the bar: for the candle that still grows.
    #[must_use]
    pub fn peek(&self, bar: &Bar) -> Bar {
        if ![bar.open, bar.high, bar.low, bar.close].into_iter().all(f64::is_finite) {
            return *bar;
        }
        let close = (bar.open + bar.high + bar.low + bar.close) / 4.0;
        let open = self.middle.unwrap_or((bar.open + bar.close) / 2.0);
        Bar { open, close, high: bar.high.max(open).max(close), low: bar.low.min(open).min(close), ..*bar }
    }

    /// Heikin-Ashi bars of a whole series.
    #[must_use]
    pub fn batch(bars: &[Bar]) -> Vec<Bar> {
        let mut turn = Self::new();
        bars.iter().map(|bar| turn.push(bar)).collect()
    }
}
