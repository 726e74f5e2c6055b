//! Standard deviation of the close over `n` bars, of the whole population (divided by `n`), times a factor. From row
//! `n - 1`.

use super::formula::{Formula, indicator};
use super::sliding::{Moments, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "stddev",
    aliases: &["standard-deviation"],
    title: "Standard deviation",
    title_ko: "표준편차",
    place: Place::Below,
    lines: &[LineInfo::new("stddev")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0), ParameterInfo::number("factor", 1.0, 0.0, 100.0)],
    build: |info, parameters, _| {
        indicator(
            info,
            parameters,
            StandardDeviation { window: Sliding::new(parameters.whole(0)), factor: parameters.number(1) },
        )
    },
};

#[derive(Debug)]
struct StandardDeviation {
    window: Sliding<Moments>,
    factor: f64,
}

impl Formula for StandardDeviation {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let moments = self.window.peek(Moments::one(bar.close));
        [moments.map_or(f64::NAN, |moments| self.factor * moments.deviation())]
    }

    fn take(&mut self, bar: &Bar) {
        self.window.push(Moments::one(bar.close));
    }
}
