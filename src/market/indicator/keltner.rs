//! Keltner channel in Raschke's variant: the EMA of the close, and a multiple of the ATR to either side. From row `n - 1`
//! or the first of the ATR, whichever is later.

use super::atr::Atr;
use super::formula::{Formula, Parameters, indicator};
use super::smoothing::Exponential;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "keltner",
    aliases: &[],
    title: "Keltner channel",
    title_ko: "켈트너 채널",
    place: Place::Overlay,
    lines: &[LineInfo::new("upper"), LineInfo::new("middle"), LineInfo::new("lower")],
    guides: &[],
    parameters: &[
        ParameterInfo::period("period", 20.0),
        ParameterInfo::period("atr", 10.0),
        ParameterInfo::number("multiple", 2.0, 0.0, 100.0),
    ],
    build: |info, parameters, _| indicator(info, parameters, Keltner::new(parameters)),
};

#[derive(Debug)]
struct Keltner {
    mean: Exponential,
    atr: Atr,
    multiple: f64,
}

impl Keltner {
    fn new(parameters: &Parameters) -> Self {
        Self {
            mean: Exponential::new(parameters.whole(0)),
            atr: Atr::new(parameters.whole(1)),
            multiple: parameters.number(2),
        }
    }
}

impl Formula for Keltner {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let middle = self.mean.peek(bar.close);
        let width = self.multiple * self.atr.value(bar);
        if middle.is_nan() || width.is_nan() {
            return [f64::NAN; 3];
        }
        [middle + width, middle, middle - width]
    }

    fn take(&mut self, bar: &Bar) {
        self.mean.push(bar.close);
        self.atr.push(bar);
    }
}
