//! Volume-weighted average price of the trading day so far: `Σ typical price * volume / Σ volume`, begun anew with each
//! trading date of the venue: Korea's day for KRX, New York's for US venues, UTC's for crypto. NaN until something trades.
//!
//! From bars it is an approximation of the average of trades, the nearer the shorter the bars.

use jiff::civil::Date;

use super::formula::{Formula, indicator};
use super::{Bar, IndicatorInfo, LineInfo, Place};
use crate::market::{Venue, trading_date};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "vwap",
    aliases: &[],
    title: "Volume-weighted average price",
    title_ko: "거래량가중평균가",
    place: Place::Overlay,
    lines: &[LineInfo::new("vwap")],
    guides: &[],
    parameters: &[],
    build: |info, parameters, venue| indicator(info, parameters, Vwap { venue, day: None, value: 0.0, volume: 0.0 }),
};

#[derive(Debug)]
struct Vwap {
    venue: Venue,
    day: Option<Date>,
    value: f64,
    volume: f64,
}

impl Vwap {
    /// Day, value and volume with a bar.
    fn with(&self, bar: &Bar) -> (Option<Date>, f64, f64) {
        let day = Some(trading_date(self.venue, bar.time));
        let (value, volume) = if day == self.day { (self.value, self.volume) } else { (0.0, 0.0) };
        (day, value + bar.typical() * bar.volume, volume + bar.volume)
    }
}

impl Formula for Vwap {
    type Values = [f64; 1];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let (_, value, volume) = self.with(bar);
        [value / volume]
    }

    fn take(&mut self, bar: &Bar) {
        (self.day, self.value, self.volume) = self.with(bar);
    }
}
