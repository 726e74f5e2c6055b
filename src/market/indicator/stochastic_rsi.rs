//! Stochastic RSI (Chande and Kroll 1994): where the RSI stands in its own range, smoothed for %K and once more for %D.
//!
//! Both lines begin at row `rsi + n + smooth + signal - 3`. TA-Lib's function of the name does not smooth %K: `smooth` 1
//! gives its values. While the price stands still the RSI differs from itself only by rounding; a range below 1e-9 is taken
//! for none and gives 0, where TA-Lib shows the rounding.

use super::formula::{Formula, Parameters, indicator};
use super::rsi::Rsi;
use super::sliding::{Range, Sliding};
use super::smoothing::Mean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "stochrsi",
    aliases: &["stochastic-rsi"],
    title: "Stochastic RSI",
    title_ko: "스토캐스틱 RSI",
    place: Place::Below,
    lines: &[LineInfo::new("%k"), LineInfo::new("%d")],
    guides: &[20.0, 80.0],
    parameters: &[
        ParameterInfo::period("rsi", 14.0),
        ParameterInfo::period("period", 14.0),
        ParameterInfo::period("smooth", 3.0),
        ParameterInfo::period("signal", 3.0),
    ],
    build: |info, parameters, _| indicator(info, parameters, StochasticRsi::new(parameters)),
};

/// Of an RSI, which goes to 100.
const ROUNDING: f64 = 1e-9;

#[derive(Debug)]
struct StochasticRsi {
    rsi: Rsi,
    window: Sliding<Range>,
    smooth: Mean,
    signal: Mean,
}

impl StochasticRsi {
    fn new(parameters: &Parameters) -> Self {
        Self {
            rsi: Rsi::new(parameters.whole(0)),
            window: Sliding::new(parameters.whole(1)),
            smooth: Mean::new(parameters.whole(2)),
            signal: Mean::new(parameters.whole(3)),
        }
    }

    fn raw(&self, rsi: f64) -> f64 {
        if rsi.is_nan() {
            return f64::NAN;
        }
        let percent = |range: Range| if range.high - range.low < ROUNDING { 0.0 } else { range.percent(rsi) };
        self.window.peek(Range::at(rsi)).map_or(f64::NAN, percent)
    }
}

impl Formula for StochasticRsi {
    type Values = [f64; 2];

    fn peek(&self, bar: &Bar) -> [f64; 2] {
        let smooth = self.smooth.peek(self.raw(self.rsi.value(bar.close)));
        let signal = self.signal.peek(smooth);
        if signal.is_nan() { [f64::NAN; 2] } else { [smooth, signal] }
    }

    fn take(&mut self, bar: &Bar) {
        let rsi = self.rsi.value(bar.close);
        let raw = self.raw(rsi);
        self.signal.push(self.smooth.peek(raw));
        self.smooth.push(raw);
        if !rsi.is_nan() {
            self.window.push(Range::at(rsi));
        }
        self.rsi.push(bar.close);
    }
}
