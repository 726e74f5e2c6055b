//! Slow stochastic (Lane): where the close stands in the range of `n` bars, smoothed once for %K and once more for %D.
//!
//! As in TA-Lib a range of nothing gives 0, and both lines begin with %D at row `n + smooth + signal - 3`.

use super::formula::{Formula, Parameters, indicator};
use super::sliding::{Range, Sliding};
use super::smoothing::Mean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "stochastic",
    aliases: &["stoch", "slow-stochastic"],
    title: "Slow stochastic",
    title_ko: "슬로우 스토캐스틱",
    place: Place::Below,
    lines: &[LineInfo::new("%k"), LineInfo::new("%d")],
    guides: &[20.0, 80.0],
    parameters: &[
        ParameterInfo::period("period", 14.0),
        ParameterInfo::period("smooth", 3.0),
        ParameterInfo::period("signal", 3.0),
    ],
    build: |info, parameters, _| indicator(info, parameters, Stochastic::new(parameters)),
};

#[derive(Debug)]
struct Stochastic {
    window: Sliding<Range>,
    smooth: Mean,
    signal: Mean,
}

impl Stochastic {
    fn new(parameters: &Parameters) -> Self {
        Self {
            window: Sliding::new(parameters.whole(0)),
            smooth: Mean::new(parameters.whole(1)),
            signal: Mean::new(parameters.whole(2)),
        }
    }

    fn raw(&self, bar: &Bar) -> f64 {
        self.window.peek(Range::of(bar)).map_or(f64::NAN, |range| range.percent(bar.close))
    }
}

impl Formula for Stochastic {
    type Values = [f64; 2];

    fn peek(&self, bar: &Bar) -> [f64; 2] {
        let smooth = self.smooth.peek(self.raw(bar));
        let signal = self.signal.peek(smooth);
        if signal.is_nan() { [f64::NAN; 2] } else { [smooth, signal] }
    }

    fn take(&mut self, bar: &Bar) {
        let raw = self.raw(bar);
        self.signal.push(self.smooth.peek(raw));
        self.smooth.push(raw);
        self.window.push(Range::of(bar));
    }
}
