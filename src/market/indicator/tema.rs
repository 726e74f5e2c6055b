//! Triple exponential moving average (Mulloy 1994): `3 e1 - 3 e2 + e3`, each an EMA of the one before, `e1` of the close.
//! From row `3 (n - 1)`.

use super::formula::{Formula, indicator};
use super::smoothing::Exponential;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "tema",
    aliases: &[],
    title: "Triple exponential moving average",
    title_ko: "삼중 지수이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("tema")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Tema::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Tema {
    first: Exponential,
    second: Exponential,
    third: Exponential,
}

impl Tema {
    fn new(period: usize) -> Self {
        Self { first: Exponential::new(period), second: Exponential::new(period), third: Exponential::new(period) }
    }
}

impl Formula for Tema {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let first = self.first.peek(bar.close);
        let second = self.second.peek(first);
        [3.0 * (first - second) + self.third.peek(second)]
    }

    fn take(&mut self, bar: &Bar) {
        let first = self.first.peek(bar.close);
        self.third.push(self.second.peek(first));
        self.second.push(first);
        self.first.push(bar.close);
    }
}
