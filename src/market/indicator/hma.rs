//! Hull moving average (Hull 2005): the WMA over `√n` of `2 WMA(n / 2) - WMA(n)`, both lengths rounded down to at least 1.
//! From row `n + √n - 2`.

use super::formula::{Formula, indicator};
use super::smoothing::WeightedMean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "hma",
    aliases: &["hull"],
    title: "Hull moving average",
    title_ko: "헐 이동평균",
    place: Place::Overlay,
    lines: &[LineInfo::new("hma")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Hma::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Hma {
    whole: WeightedMean,
    half: WeightedMean,
    last: WeightedMean,
}

impl Hma {
    fn new(period: usize) -> Self {
        Self {
            whole: WeightedMean::new(period),
            half: WeightedMean::new(period / 2),
            last: WeightedMean::new(period.isqrt()),
        }
    }

    fn raw(&self, close: f64) -> f64 {
        2.0 * self.half.peek(close) - self.whole.peek(close)
    }
}

impl Formula for Hma {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.last.peek(self.raw(bar.close))]
    }

    fn take(&mut self, bar: &Bar) {
        self.last.push(self.raw(bar.close));
        self.whole.push(bar.close);
        self.half.push(bar.close);
    }
}
