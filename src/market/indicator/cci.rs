//! Commodity channel index (Lambert 1980): how far the typical price is from its mean of `n` bars, in units of 0.015 mean
//! absolute deviations from that mean. From row `n - 1`; 0 in a flat window.
//!
//! The deviations are from a mean that moves, so each value looks at all `n` prices again.

use super::formula::{Formula, indicator};
use super::sliding::{Moments, Sliding};
use super::smoothing::Recent;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "cci",
    aliases: &[],
    title: "Commodity channel index",
    title_ko: "상품채널지수",
    place: Place::Below,
    lines: &[LineInfo::new("cci")],
    guides: &[-100.0, 100.0],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Cci::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Cci {
    period: usize,
    mean: Sliding<Moments>,
    /// All of the window but its newest price.
    recent: Recent,
}

impl Cci {
    fn new(period: usize) -> Self {
        Self { period, mean: Sliding::new(period), recent: Recent::new(period.saturating_sub(1)) }
    }
}

impl Formula for Cci {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let typical = bar.typical();
        let Some(Moments { mean, .. }) = self.mean.peek(Moments::one(typical)) else { return [f64::NAN] };
        let off = typical - mean;
        let others = if self.period > 1 { self.recent.values() } else { &[] };
        let sum = others.iter().fold(off.abs(), |sum, price| sum + (price - mean).abs());
        let deviation = sum / self.period as f64;
        [if off == 0.0 || deviation == 0.0 { 0.0 } else { off / (0.015 * deviation) }]
    }

    fn take(&mut self, bar: &Bar) {
        self.mean.push(Moments::one(bar.typical()));
        self.recent.push(bar.typical());
    }
}
