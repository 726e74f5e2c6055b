//! Moving average weighted by volume: `Σ close * volume / Σ volume` over `n` bars, from row `n - 1`; NaN where nothing
//! was traded in all of them.

use super::formula::{Formula, indicator};
use super::sliding::{Sliding, Sum};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "vwma",
    aliases: &[],
    title: "Volume-weighted moving average",
    title_ko: "거래량가중 이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("vwma")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Vwma::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Vwma {
    value: Sliding<Sum>,
    volume: Sliding<Sum>,
}

impl Vwma {
    fn new(period: usize) -> Self {
        Self { value: Sliding::new(period), volume: Sliding::new(period) }
    }
}

impl Formula for Vwma {
    type Values = [f64; 1];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let value = self.value.peek(Sum(bar.close * bar.volume));
        let volume = self.volume.peek(Sum(bar.volume));
        [value.zip(volume).map_or(f64::NAN, |(value, volume)| value.0 / volume.0)]
    }

    fn take(&mut self, bar: &Bar) {
        self.value.push(Sum(bar.close * bar.volume));
        self.volume.push(Sum(bar.volume));
    }
}
