//! An indicator on the chart, with its values beside the candles.

use super::series::Series;
use crate::market::Venue;
use crate::market::indicator::{Indicator, IndicatorError, Place, label, parse_for};

/// An indicator and its values. Each candle that is over is taken once; the growing one is only looked at.
#[derive(Debug)]
pub struct Study {
    indicator: Box<dyn Indicator>,
    label: String,
    venue: Venue,
    revision: u64,
    taken: usize,
    /// Values of all candles, `lines` a candle.
    values: Vec<f64>,
}

impl Study {
    /// The indicator a person wrote.
    ///
    /// # Errors
    /// The text is none.
    pub fn new(text: &str, venue: Venue) -> Result<Self, IndicatorError> {
        let indicator = parse_for(text, venue)?;
        let label = label(indicator.as_ref());
        Ok(Self { indicator, label, venue, revision: u64::MAX, taken: 0, values: Vec::new() })
    }

    /// Name and numbers, as they are written and kept.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Name without numbers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.indicator.info().name
    }

    /// The indicator.
    #[must_use]
    pub fn indicator(&self) -> &dyn Indicator {
        self.indicator.as_ref()
    }

    /// Whether it has a strip of its own.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.indicator.info().place == Place::Below
    }

    /// How many lines it has.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.indicator.info().lines.len()
    }

    /// Brings the values up to the candles.
    pub fn follow(&mut self, series: &Series) {
        if self.revision != series.revision() || self.venue != series.venue() {
            // The label was made from an indicator, so it makes one again.
            if let Ok(indicator) = parse_for(&self.label, series.venue()) {
                self.indicator = indicator;
            }
            (self.venue, self.revision, self.taken) = (series.venue(), series.revision(), 0);
            self.values.clear();
        }
        let lines = self.lines();
        self.values.truncate(self.taken * lines);
        self.values.resize(series.bars().len() * lines, f64::NAN);
        let closed = series.closed();
        for (index, bar) in series.bars().iter().enumerate().skip(self.taken) {
            let Some(out) = self.values.get_mut(index * lines..(index + 1) * lines) else { break };
            if index < closed {
                self.indicator.push(bar, out);
            } else {
                self.indicator.peek(bar, out);
            }
        }
        self.taken = closed;
    }

    /// Value of a line at a candle, by its place; NaN where there is none.
    #[must_use]
    pub fn value(&self, line: usize, index: usize) -> f64 {
        let lines = self.lines();
        if line < lines { self.values.get(index * lines + line).copied().unwrap_or(f64::NAN) } else { f64::NAN }
    }

    /// Bars a line is drawn ahead of where it was computed.
    #[must_use]
    pub fn shift(&self, line: usize) -> i64 {
        self.indicator.shift(line).into()
    }
}
