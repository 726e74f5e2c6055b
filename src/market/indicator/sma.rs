//! Simple moving average: the mean of the last `n` closes, from row `n - 1`.

use super::formula::{Formula, indicator};
use super::smoothing::Mean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "sma",
    aliases: &["ma"],
    title: "Simple moving average",
    title_ko: "단순이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("sma")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Sma(Mean::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Sma(Mean);

impl Formula for Sma {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.0.peek(bar.close)]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.close);
    }
}
