//! SuperTrend (Seban): bands of `(h + l) / 2 ± multiple * ATR`, of which the one the trend stands on is drawn: `up` below
//! the price in an uptrend, `down` above it in a downtrend, NaN otherwise.
//!
//! The upper band only falls, unless the previous close was above it, the lower one only rises, unless it was below; the
//! trend turns when the close crosses the band drawn. From row `n`, the first of the ATR, in a downtrend as on most
//! charts.

use super::atr::Atr;
use super::formula::{Formula, indicator};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "supertrend",
    aliases: &[],
    title: "SuperTrend",
    title_ko: "슈퍼트렌드",
    place: Place::Overlay,
    lines: &[LineInfo::new("up"), LineInfo::new("down")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 10.0), ParameterInfo::number("multiple", 3.0, 0.0, 100.0)],
    build: |info, parameters, _| {
        indicator(
            info,
            parameters,
            SuperTrend { atr: Atr::new(parameters.whole(0)), multiple: parameters.number(1), bands: None },
        )
    },
};

#[derive(Debug)]
struct SuperTrend {
    atr: Atr,
    multiple: f64,
    bands: Option<Bands>,
}

#[derive(Debug, Clone, Copy)]
struct Bands {
    upper: f64,
    lower: f64,
    is_up: bool,
    close: f64,
}

impl SuperTrend {
    fn bands(&self, bar: &Bar) -> Option<Bands> {
        let width = self.multiple * self.atr.value(bar);
        if width.is_nan() {
            return None;
        }
        let middle = (bar.high + bar.low) / 2.0;
        let (mut upper, mut lower) = (middle + width, middle - width);
        let Some(last) = self.bands else { return Some(Bands { upper, lower, is_up: false, close: bar.close }) };
        if last.close <= last.upper {
            upper = upper.min(last.upper);
        }
        if last.close >= last.lower {
            lower = lower.max(last.lower);
        }
        let is_up = if last.is_up { bar.close >= lower } else { bar.close > upper };
        Some(Bands { upper, lower, is_up, close: bar.close })
    }
}

impl Formula for SuperTrend {
    type Values = [f64; 2];

    fn peek(&self, bar: &Bar) -> [f64; 2] {
        match self.bands(bar) {
            Some(bands) if bands.is_up => [bands.lower, f64::NAN],
            Some(bands) => [f64::NAN, bands.upper],
            None => [f64::NAN; 2],
        }
    }

    fn take(&mut self, bar: &Bar) {
        self.bands = self.bands(bar);
        self.atr.push(bar);
    }
}
