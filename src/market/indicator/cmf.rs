//! Chaikin money flow: `Σ volume * ((c - l) - (h - c)) / (h - l) / Σ volume` over `n` bars, from row `n - 1`; between -1
//! and 1. A bar without a range weighs 0, and so does a window in which nothing was traded.

use super::formula::{Formula, indicator};
use super::sliding::{Sliding, Sum};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place, Shape};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "cmf",
    aliases: &["chaikin"],
    title: "Chaikin money flow",
    title_ko: "차이킨 자금흐름",
    place: Place::Below,
    lines: &[LineInfo::shaped("cmf", Shape::Histogram)],
    guides: &[0.0],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Cmf::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Cmf {
    flow: Sliding<Sum>,
    volume: Sliding<Sum>,
}

impl Cmf {
    fn new(period: usize) -> Self {
        Self { flow: Sliding::new(period), volume: Sliding::new(period) }
    }
}

fn flow(bar: &Bar) -> Sum {
    let range = bar.high - bar.low;
    let weight = if range == 0.0 { 0.0 } else { ((bar.close - bar.low) - (bar.high - bar.close)) / range };
    Sum(weight * bar.volume)
}

impl Formula for Cmf {
    type Values = [f64; 1];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let sums = self.flow.peek(flow(bar)).zip(self.volume.peek(Sum(bar.volume)));
        [sums.map_or(f64::NAN, |(flow, volume)| if volume.0 == 0.0 { 0.0 } else { flow.0 / volume.0 })]
    }

    fn take(&mut self, bar: &Bar) {
        self.flow.push(flow(bar));
        self.volume.push(Sum(bar.volume));
    }
}
