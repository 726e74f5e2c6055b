//! Moving average convergence and divergence (Appel): fast EMA minus slow EMA of the close, the EMA of that as signal,
//! and their difference.
//!
//! As in TA-Lib the fast EMA is seeded late, so that both begin at the same row, all lines begin with the signal at row
//! `slow + signal - 2`, and of two periods the shorter one is the fast one whatever the order.

use super::formula::{Formula, Parameters, indicator};
use super::smoothing::Exponential;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place, Shape};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "macd",
    aliases: &[],
    title: "Moving average convergence and divergence",
    title_ko: "이동평균 수렴확산",
    place: Place::Below,
    lines: &[LineInfo::new("macd"), LineInfo::new("signal"), LineInfo::shaped("histogram", Shape::Histogram)],
    guides: &[0.0],
    parameters: &[
        ParameterInfo::period("fast", 12.0),
        ParameterInfo::period("slow", 26.0),
        ParameterInfo::period("signal", 9.0),
    ],
    build: |info, parameters, _| indicator(info, parameters, Macd::new(parameters)),
};

#[derive(Debug)]
struct Macd {
    fast: Exponential,
    slow: Exponential,
    signal: Exponential,
    /// Bars the fast mean still lets pass.
    late: usize,
}

impl Macd {
    fn new(parameters: &Parameters) -> Self {
        let fast = parameters.whole(0).min(parameters.whole(1));
        let slow = parameters.whole(0).max(parameters.whole(1));
        Self {
            fast: Exponential::new(fast),
            slow: Exponential::new(slow),
            signal: Exponential::new(parameters.whole(2)),
            late: slow - fast,
        }
    }

    fn line(&self, close: f64) -> f64 {
        self.fast.peek(close) - self.slow.peek(close)
    }
}

impl Formula for Macd {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let line = self.line(bar.close);
        let signal = self.signal.peek(line);
        if signal.is_nan() { [f64::NAN; 3] } else { [line, signal, line - signal] }
    }

    fn take(&mut self, bar: &Bar) {
        self.signal.push(self.line(bar.close));
        self.slow.push(bar.close);
        if self.late > 0 {
            self.late -= 1;
        } else {
            self.fast.push(bar.close);
        }
    }
}
