//! Aroon (Chande 1995): how lately the highest high and the lowest low of the last `n + 1` bars were, 100 for this bar and
//! 0 for `n` bars ago, and the difference of the two. From row `n`; of equal extremes the latest counts, as in TA-Lib.

use super::formula::{Formula, indicator};
use super::sliding::{Fold, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "aroon",
    aliases: &[],
    title: "Aroon",
    title_ko: "아룬",
    place: Place::Below,
    lines: &[LineInfo::new("up"), LineInfo::new("down"), LineInfo::new("oscillator")],
    guides: &[30.0, 70.0],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Aroon::new(parameters.whole(0))),
};

/// The highest of some values and how many came after it.
#[derive(Debug, Clone, Copy)]
struct Latest {
    count: usize,
    highest: f64,
    after: usize,
}

impl Latest {
    fn one(value: f64) -> Self {
        Self { count: 1, highest: value, after: 0 }
    }
}

impl Fold for Latest {
    const EMPTY: Self = Self { count: 0, highest: f64::NEG_INFINITY, after: 0 };

    fn then(self, later: Self) -> Self {
        let count = self.count + later.count;
        if later.count > 0 && later.highest >= self.highest {
            Self { count, ..later }
        } else {
            Self { count, after: self.after + later.count, ..self }
        }
    }
}

#[derive(Debug)]
struct Aroon {
    period: f64,
    highs: Sliding<Latest>,
    /// Of the lows turned upside down.
    lows: Sliding<Latest>,
}

impl Aroon {
    fn new(period: usize) -> Self {
        Self { period: period as f64, highs: Sliding::new(period + 1), lows: Sliding::new(period + 1) }
    }
}

impl Formula for Aroon {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let extremes = self.highs.peek(Latest::one(bar.high)).zip(self.lows.peek(Latest::one(-bar.low)));
        let Some((high, low)) = extremes else { return [f64::NAN; 3] };
        let lateness = |latest: Latest| 100.0 * (self.period - latest.after as f64) / self.period;
        let (up, down) = (lateness(high), lateness(low));
        [up, down, up - down]
    }

    fn take(&mut self, bar: &Bar) {
        self.highs.push(Latest::one(bar.high));
        self.lows.push(Latest::one(-bar.low));
    }
}
