//! Equity over time in one currency.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::market::UtcTime;

/// Equity at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub time: UtcTime,
    /// How much.
    pub equity: Decimal,
    /// The same, for drawing.
    height: f64,
}

/// Equity over time, oldest first.
#[derive(Debug, Default)]
pub struct Series {
    points: Vec<Point>,
}

/// What a series came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// First value.
    pub first: Decimal,
    /// Newest value.
    pub last: Decimal,
    /// Highest value.
    pub high: Decimal,
    /// Lowest value.
    pub low: Decimal,
    /// The newest value against the highest before it, in per cent, at most zero.
    pub drawdown: Decimal,
    /// Deepest of these.
    pub deepest: Decimal,
    /// Moment of the first value.
    pub from: UtcTime,
    /// Moment of the newest value.
    pub to: UtcTime,
}

impl Point {
    /// Equity at a moment.
    #[must_use]
    pub fn new(time: UtcTime, equity: Decimal) -> Self {
        Self { time, equity, height: equity.to_f64().unwrap_or(0.0) }
    }
}

impl Series {
    /// One more; older ones than the newest are left out.
    pub fn push(&mut self, point: Point) {
        if self.points.last().is_none_or(|last| last.time <= point.time) {
            self.points.push(point);
        }
    }

    /// The points, and the one of now behind them.
    fn with(&self, now: Option<Point>) -> impl Iterator<Item = Point> {
        let last = self.points.last().map(|last| last.time);
        let now = now.filter(|now| last.is_none_or(|last| last <= now.time));
        self.points.iter().copied().chain(now)
    }

    /// What it came to, with the equity of now; `None` when there is no point.
    #[must_use]
    pub fn summary(&self, now: Option<Point>) -> Option<Summary> {
        let mut points = self.with(now);
        let first = points.next()?;
        let mut summary = Summary {
            first: first.equity,
            last: first.equity,
            high: first.equity,
            low: first.equity,
            drawdown: Decimal::ZERO,
            deepest: Decimal::ZERO,
            from: first.time,
            to: first.time,
        };
        for point in points {
            (summary.last, summary.to) = (point.equity, point.time);
            summary.high = summary.high.max(point.equity);
            summary.low = summary.low.min(point.equity);
            let below = point.equity - summary.high;
            summary.drawdown = super::super::money::share(below, summary.high).unwrap_or_default();
            summary.deepest = summary.deepest.min(summary.drawdown);
        }
        Some(summary)
    }

    /// The points as shares of the time between the first and the newest, and of the values between two.
    pub fn shares(&self, now: Option<Point>, low: Decimal, high: Decimal) -> impl Iterator<Item = (f64, f64)> {
        let from = self.with(now).next().map_or(0, |first| first.time.millis());
        let to = self.with(now).last().map_or(0, |last| last.time.millis());
        let low = low.to_f64().unwrap_or(0.0);
        let range = high.to_f64().unwrap_or(0.0) - low;
        #[allow(clippy::cast_precision_loss)]
        let time = (to - from).max(1) as f64;
        self.with(now).map(move |point| {
            #[allow(clippy::cast_precision_loss)]
            let since = (point.time.millis() - from) as f64;
            (since / time, (point.height - low) / range)
        })
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn series(values: &[i64]) -> Series {
        let mut series = Series::default();
        for (value, minute) in values.iter().zip(0_i64..) {
            series.push(Point::new(UtcTime::from_millis(minute * 60_000), Decimal::from(*value)));
        }
        series
    }

    #[test]
    fn the_deepest_fall_is_from_the_peak_before_it() {
        let summary = series(&[100, 200, 150, 180, 160, 400, 380]).summary(None).unwrap();
        assert_eq!((summary.deepest, summary.drawdown), (dec!(-25), dec!(-5)));
        assert_eq!(
            (summary.first, summary.last, summary.high, summary.low),
            (dec!(100), dec!(380), dec!(400), dec!(100))
        );
    }

    #[test]
    fn the_equity_of_now_is_the_last_point() {
        let series = series(&[100, 110]);
        let now = Point::new(UtcTime::from_millis(120_000), dec!(90));
        assert_eq!(series.summary(Some(now)).unwrap().last, dec!(90));
        let shares: Vec<_> = series.shares(Some(now), dec!(90), dec!(110)).collect();
        assert_eq!(shares, [(0.0, 0.5), (0.5, 1.0), (1.0, 0.0)]);
        let older = Point::new(UtcTime::from_millis(0), dec!(1));
        assert_eq!(series.summary(Some(older)).unwrap().last, dec!(110));
    }

    #[test]
    fn nothing_comes_to_nothing() {
        assert_eq!(Series::default().summary(None), None);
        assert_eq!(Series::default().shares(None, dec!(0), dec!(1)).count(), 0);
    }
}
