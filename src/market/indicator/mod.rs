//! Technical indicators (보조지표): numbers drawn over or under the candles of a chart.
//!
//! Floats in and out: nothing here is money. Every indicator is fed bar by bar and costs the same for the millionth bar
//! as for the first. Where TA-Lib has the indicator its values and its warm-up are the reference; the doc of each file
//! says what else was chosen.
//!
//! Rules for all of them:
//! - A line is NaN until it has seen enough bars.
//! - A bar with a price that is no number (or beyond 1e100) gives NaN and is otherwise as if it had not been; so does one
//!   with such a volume, to indicators that read the volume. TA-Lib would answer NaN forever after.
//! - Days, where one matters (VWAP, pivots), are trading dates of a [`Venue`].

mod error;
mod formula;
mod nearest;
mod registry;
mod sliding;
mod smoothing;

pub mod heikin_ashi;

mod adx;
mod aroon;
mod atr;
mod bollinger;
mod cci;
mod cmf;
mod dema;
mod donchian;
mod ema;
mod hma;
mod ichimoku;
mod keltner;
mod macd;
mod mfi;
mod momentum;
mod obv;
mod pivot;
mod roc;
mod rsi;
mod sar;
mod sma;
mod standard_deviation;
mod stochastic;
mod stochastic_rsi;
mod supertrend;
mod tema;
mod volume;
mod vwap;
mod vwma;
mod williams;
mod wma;

use std::fmt;

use super::UtcTime;
use super::candle::Candle;
use super::instrument::Venue;

pub use error::IndicatorError;
pub use heikin_ashi::HeikinAshi;
pub use registry::{INDICATORS, parse, parse_for};

/// One candle as indicators see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// First instant of the interval.
    pub time: UtcTime,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Units traded.
    pub volume: f64,
}

impl Bar {
    /// Mean of high, low and close, which stands for the price of all trades of the bar.
    #[must_use]
    pub fn typical(&self) -> f64 {
        (self.high + self.low + self.close) / 3.0
    }

    /// The widest move since the previous close (true range, Wilder 1978).
    #[must_use]
    pub fn true_range(&self, previous_close: f64) -> f64 {
        (self.high - self.low).max((self.high - previous_close).abs()).max((self.low - previous_close).abs())
    }
}

impl From<&Candle> for Bar {
    fn from(candle: &Candle) -> Self {
        use rust_decimal::prelude::ToPrimitive;
        // A decimal always has a float near it; NaN would only make the bar count for nothing.
        let float = |number: rust_decimal::Decimal| number.to_f64().unwrap_or(f64::NAN);
        Self {
            time: candle.time,
            open: float(candle.open.value()),
            high: float(candle.high.value()),
            low: float(candle.low.value()),
            close: float(candle.close.value()),
            volume: float(candle.volume.value()),
        }
    }
}

/// Where the lines of an indicator are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Over the candles, in prices.
    Overlay,
    /// In a strip of its own under the chart.
    Below,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Points joined.
    Line,
    /// Columns from zero.
    Histogram,
    /// Points apart.
    Dots,
    /// One edge of an area; the next line of the indicator that is a cloud too is the other edge.
    Cloud,
}

/// One line of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineInfo {
    /// Lower-case name, such as `signal`.
    pub name: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// Bars ahead of the bar it was computed from, behind it when negative, with default parameters;
    /// [`Indicator::shift`] knows it with others.
    pub shift: i32,
}

impl LineInfo {
    const fn new(name: &'static str) -> Self {
        Self::shaped(name, Shape::Line)
    }

    const fn shaped(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, shift: 0 }
    }
}

/// One number an indicator is built with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterInfo {
    /// Lower-case name, such as `period`.
    pub name: &'static str,
    /// What it is when not given.
    pub default: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Whether it counts something, mostly bars.
    pub whole: bool,
}

/// Longest period in bars; more than a day of minutes.
const PERIOD_MAX: f64 = 5000.0;

impl ParameterInfo {
    const fn period(name: &'static str, default: f64) -> Self {
        Self { name, default, min: 1.0, max: PERIOD_MAX, whole: true }
    }

    const fn number(name: &'static str, default: f64, min: f64, max: f64) -> Self {
        Self { name, default, min, max, whole: false }
    }
}

/// What an indicator is, apart from its values.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorInfo {
    /// Name in commands and settings: lower-case letters and `-`.
    pub name: &'static str,
    /// Other names it answers to.
    pub aliases: &'static [&'static str],
    /// Title in English.
    pub title: &'static str,
    /// Title in Korean.
    pub title_ko: &'static str,
    /// Where it is drawn.
    pub place: Place,
    /// Its lines, in the order of the values.
    pub lines: &'static [LineInfo],
    /// Fixed levels drawn through the strip, such as 30 and 70 of RSI.
    pub guides: &'static [f64],
    /// Its parameters, in the order they are written.
    pub parameters: &'static [ParameterInfo],
    build: fn(&'static IndicatorInfo, &formula::Parameters, Venue) -> Box<dyn Indicator>,
}

/// An indicator with its parameters and what it remembers of the bars so far.
pub trait Indicator: Send + fmt::Debug {
    /// What it is.
    fn info(&self) -> &'static IndicatorInfo;

    /// Its numbers, in the order of [`IndicatorInfo::parameters`].
    fn parameters(&self) -> &[f64];

    /// Takes a closed bar and writes one value a line to `out`, NaN while warming up.
    ///
    /// `out` is as long as the indicator has lines; of a shorter one only what fits is written.
    fn push(&mut self, bar: &Bar, out: &mut [f64]);

    /// What [`push`](Self::push) would write, without taking the bar: for the candle that still grows.
    fn peek(&self, bar: &Bar, out: &mut [f64]);

    /// Bars ahead (or behind, when negative) that a line is drawn; 0 for a line there is none of.
    fn shift(&self, line: usize) -> i32 {
        self.info().lines.get(line).map_or(0, |line| line.shift)
    }
}

/// All values of a series, as `lines × bars`. The indicator keeps what it has seen, so it can go on with `push`.
pub fn batch(indicator: &mut dyn Indicator, bars: &[Bar]) -> Vec<Vec<f64>> {
    let mut lines = vec![Vec::with_capacity(bars.len()); indicator.info().lines.len()];
    let mut values = vec![f64::NAN; lines.len()];
    for bar in bars {
        indicator.push(bar, &mut values);
        for (line, value) in lines.iter_mut().zip(&values) {
            line.push(*value);
        }
    }
    lines
}

/// Name and numbers as a person would write them, such as `macd 12 26 9`; [`parse`] reads it back.
#[must_use]
pub fn label(indicator: &dyn Indicator) -> String {
    let mut text = indicator.info().name.to_owned();
    for number in indicator.parameters() {
        text.push(' ');
        text.push_str(&number.to_string());
    }
    text
}
