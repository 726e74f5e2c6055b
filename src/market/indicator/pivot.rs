//! Pivot points (피봇) of the day before, the floor traders' formula: `P = (H + L + C) / 3`, `R1 = 2P - L`,
//! `S1 = 2P - H`, `R2 = P + (H - L)`, `S2 = P - (H - L)`, `R3 = H + 2 (P - L)`, `S3 = L - 2 (H - P)`.
//!
//! Days are trading dates of the venue; the day before is the last one that had a bar, and the first day has no values. On
//! candles of a day or longer each bar has the levels of the bar before.

use jiff::civil::Date;

use super::formula::{Formula, indicator};
use super::{Bar, IndicatorInfo, LineInfo, Place};
use crate::market::{Venue, trading_date};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "pivot",
    aliases: &["pivots"],
    title: "Pivot points",
    title_ko: "피봇",
    place: Place::Overlay,
    lines: &[
        LineInfo::new("pivot"),
        LineInfo::new("r1"),
        LineInfo::new("s1"),
        LineInfo::new("r2"),
        LineInfo::new("s2"),
        LineInfo::new("r3"),
        LineInfo::new("s3"),
    ],
    guides: &[],
    parameters: &[],
    build: |info, parameters, venue| indicator(info, parameters, Pivot { venue, day: None, levels: [f64::NAN; 7] }),
};

#[derive(Debug)]
struct Pivot {
    venue: Venue,
    day: Option<Day>,
    levels: [f64; 7],
}

#[derive(Debug, Clone, Copy)]
struct Day {
    date: Date,
    high: f64,
    low: f64,
    close: f64,
}

impl Day {
    fn levels(&self) -> [f64; 7] {
        let Self { high, low, close, .. } = *self;
        let pivot = (high + low + close) / 3.0;
        [
            pivot,
            2.0 * pivot - low,
            2.0 * pivot - high,
            pivot + (high - low),
            pivot - (high - low),
            high + 2.0 * (pivot - low),
            low - 2.0 * (high - pivot),
        ]
    }
}

impl Formula for Pivot {
    type Values = [f64; 7];

    fn peek(&self, bar: &Bar) -> [f64; 7] {
        match &self.day {
            Some(day) if day.date != trading_date(self.venue, bar.time) => day.levels(),
            _ => self.levels,
        }
    }

    fn take(&mut self, bar: &Bar) {
        self.levels = self.peek(bar);
        let date = trading_date(self.venue, bar.time);
        let (high, low) = match &self.day {
            Some(day) if day.date == date => (day.high.max(bar.high), day.low.min(bar.low)),
            _ => (bar.high, bar.low),
        };
        self.day = Some(Day { date, high, low, close: bar.close });
    }
}
