//! On-balance volume (Granville 1963): begins with the volume of row 0, as in TA-Lib, adds the volume of bars that close
//! higher and takes away that of bars that close lower.

use super::formula::{Formula, indicator};
use super::{Bar, IndicatorInfo, LineInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "obv",
    aliases: &[],
    title: "On-balance volume",
    title_ko: "누적 거래량",
    place: Place::Below,
    lines: &[LineInfo::new("obv")],
    guides: &[],
    parameters: &[],
    build: |info, parameters, _| indicator(info, parameters, Obv::default()),
};

#[derive(Debug, Default)]
struct Obv {
    previous_close: Option<f64>,
    balance: f64,
}

impl Formula for Obv {
    type Values = [f64; 1];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let balance = match self.previous_close {
            Some(close) if bar.close < close => self.balance - bar.volume,
            Some(close) if bar.close == close => self.balance,
            _ => self.balance + bar.volume,
        };
        [balance]
    }

    fn take(&mut self, bar: &Bar) {
        [self.balance] = self.peek(bar);
        self.previous_close = Some(bar.close);
    }
}
