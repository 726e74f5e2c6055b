//! Relative strength index (Wilder 1978): `100 G / (G + L)` of Wilder's means of gains and losses. From row `n`; 0 when
//! nothing moved, as in TA-Lib.

use super::formula::{Formula, indicator};
use super::smoothing::{Wilder, ratio};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "rsi",
    aliases: &[],
    title: "Relative strength index",
    title_ko: "상대강도지수",
    place: Place::Below,
    lines: &[LineInfo::new("rsi")],
    guides: &[30.0, 70.0],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Rsi::new(parameters.whole(0))),
};

#[derive(Debug)]
pub(super) struct Rsi {
    previous: Option<f64>,
    gains: Wilder,
    losses: Wilder,
}

impl Rsi {
    pub(super) fn new(period: usize) -> Self {
        Self { previous: None, gains: Wilder::new(period), losses: Wilder::new(period) }
    }

    pub(super) fn value(&self, close: f64) -> f64 {
        let Some(previous) = self.previous else { return f64::NAN };
        let change = close - previous;
        let gain = self.gains.peek(change.max(0.0));
        let loss = self.losses.peek((-change).max(0.0));
        if gain.is_nan() { f64::NAN } else { 100.0 * ratio(gain, gain + loss) }
    }

    pub(super) fn push(&mut self, close: f64) {
        if let Some(previous) = self.previous.replace(close) {
            let change = close - previous;
            self.gains.push(change.max(0.0));
            self.losses.push((-change).max(0.0));
        }
    }
}

impl Formula for Rsi {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.value(bar.close)]
    }

    fn take(&mut self, bar: &Bar) {
        self.push(bar.close);
    }
}
