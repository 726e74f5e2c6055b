//! Bollinger bands: the simple mean of `n` closes, and the population standard deviation times a factor to either side.
//! From row `n - 1`.

use super::formula::{Formula, indicator};
use super::sliding::{Moments, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "bollinger",
    aliases: &["bb", "bbands", "bollinger-bands"],
    title: "Bollinger bands",
    title_ko: "볼린저 밴드",
    place: Place::Overlay,
    lines: &[LineInfo::new("upper"), LineInfo::new("middle"), LineInfo::new("lower")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0), ParameterInfo::number("deviations", 2.0, 0.0, 100.0)],
    build: |info, parameters, _| {
        indicator(
            info,
            parameters,
            Bollinger { window: Sliding::new(parameters.whole(0)), deviations: parameters.number(1) },
        )
    },
};

#[derive(Debug)]
struct Bollinger {
    window: Sliding<Moments>,
    deviations: f64,
}

impl Formula for Bollinger {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let Some(moments) = self.window.peek(Moments::one(bar.close)) else { return [f64::NAN; 3] };
        let width = self.deviations * moments.deviation();
        [moments.mean + width, moments.mean, moments.mean - width]
    }

    fn take(&mut self, bar: &Bar) {
        self.window.push(Moments::one(bar.close));
    }
}
