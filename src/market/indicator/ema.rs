//! Exponential moving average of the close: seeded with the mean of the first `n`, then `k = 2 / (n + 1)`. From row `n - 1`.

use super::formula::{Formula, indicator};
use super::smoothing::Exponential;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "ema",
    aliases: &[],
    title: "Exponential moving average",
    title_ko: "지수이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("ema")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Ema(Exponential::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Ema(Exponential);

impl Formula for Ema {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.0.peek(bar.close)]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.close);
    }
}
