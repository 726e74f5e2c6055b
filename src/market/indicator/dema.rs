//! Double exponential moving average (Mulloy 1994): `2 e1 - e2`, where `e1` is the EMA of the close and `e2` the EMA of
//! `e1`. From row `2 (n - 1)`.

use super::formula::{Formula, indicator};
use super::smoothing::Exponential;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "dema",
    aliases: &[],
    title: "Double exponential moving average",
    title_ko: "이중 지수이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("dema")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Dema::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Dema {
    first: Exponential,
    second: Exponential,
}

impl Dema {
    fn new(period: usize) -> Self {
        Self { first: Exponential::new(period), second: Exponential::new(period) }
    }
}

impl Formula for Dema {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let first = self.first.peek(bar.close);
        [2.0 * first - self.second.peek(first)]
    }

    fn take(&mut self, bar: &Bar) {
        self.second.push(self.first.peek(bar.close));
        self.first.push(bar.close);
    }
}
