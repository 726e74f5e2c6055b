//! Momentum: the close less the close `n` bars ago, from row `n`.

use super::formula::{Formula, indicator};
use super::smoothing::Recent;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "momentum",
    aliases: &["mom"],
    title: "Momentum",
    title_ko: "모멘텀",
    place: Place::Below,
    lines: &[LineInfo::new("momentum")],
    guides: &[0.0],
    parameters: &[ParameterInfo::period("period", 10.0)],
    build: |info, parameters, _| indicator(info, parameters, Momentum(Recent::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Momentum(Recent);

impl Formula for Momentum {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.0.oldest().map_or(f64::NAN, |before| bar.close - before)]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.close);
    }
}
