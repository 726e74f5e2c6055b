//! Average true range (Wilder 1978): the mean of the true ranges of rows 1 to `n`, then Wilder's smoothing. From row `n`;
//! row 0 has no true range for want of a previous close.

use super::formula::{Formula, indicator};
use super::smoothing::Wilder;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "atr",
    aliases: &[],
    title: "Average true range",
    title_ko: "평균 실질변동폭",
    place: Place::Below,
    lines: &[LineInfo::new("atr")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Atr::new(parameters.whole(0))),
};

#[derive(Debug)]
pub(super) struct Atr {
    previous_close: Option<f64>,
    mean: Wilder,
}

impl Atr {
    pub(super) fn new(period: usize) -> Self {
        Self { previous_close: None, mean: Wilder::new(period) }
    }

    pub(super) fn value(&self, bar: &Bar) -> f64 {
        self.previous_close.map_or(f64::NAN, |close| self.mean.peek(bar.true_range(close)))
    }

    pub(super) fn push(&mut self, bar: &Bar) {
        if let Some(close) = self.previous_close.replace(bar.close) {
            self.mean.push(bar.true_range(close));
        }
    }
}

impl Formula for Atr {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.value(bar)]
    }

    fn take(&mut self, bar: &Bar) {
        self.push(bar);
    }
}
