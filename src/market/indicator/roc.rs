//! Rate of change: percent the close moved since `n` bars ago, from row `n`; 0 where it was 0 then, as in TA-Lib.

use super::formula::{Formula, indicator};
use super::smoothing::Recent;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "roc",
    aliases: &["rate-of-change"],
    title: "Rate of change",
    title_ko: "가격 변화율",
    place: Place::Below,
    lines: &[LineInfo::new("roc")],
    guides: &[0.0],
    parameters: &[ParameterInfo::period("period", 10.0)],
    build: |info, parameters, _| indicator(info, parameters, Roc(Recent::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Roc(Recent);

impl Formula for Roc {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self
            .0
            .oldest()
            .map_or(f64::NAN, |before| if before == 0.0 { 0.0 } else { (bar.close / before - 1.0) * 100.0 })]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.close);
    }
}
