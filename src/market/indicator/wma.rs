//! Weighted moving average of the close: weights 1 to `n`, the newest weighing `n`. From row `n - 1`.

use super::formula::{Formula, indicator};
use super::smoothing::WeightedMean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "wma",
    aliases: &[],
    title: "Weighted moving average",
    title_ko: "가중이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("wma")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Wma(WeightedMean::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Wma(WeightedMean);

impl Formula for Wma {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.0.peek(bar.close)]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.close);
    }
}
