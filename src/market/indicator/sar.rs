//! Parabolic stop and reverse (Wilder 1978).
//!
//! As in TA-Lib: the first trend is up unless the second bar's low fell further than its high rose; the first stop is the
//! first bar's low (high in a downtrend), the extreme point the second bar's high (low). The step grows by itself with each
//! new extreme up to its maximum, the stop never enters the range of the last two bars, and where price reaches it the
//! trend turns and the stop jumps to the extreme point. From row 1.

use super::formula::{Formula, indicator};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place, Shape};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "sar",
    aliases: &["psar", "parabolic-sar"],
    title: "Parabolic SAR",
    title_ko: "파라볼릭 SAR",
    place: Place::Overlay,
    lines: &[LineInfo::shaped("sar", Shape::Dots)],
    guides: &[],
    parameters: &[ParameterInfo::number("step", 0.02, 0.0, 10.0), ParameterInfo::number("max", 0.2, 0.0, 10.0)],
    build: |info, parameters, _| indicator(info, parameters, Sar::new(parameters.number(0), parameters.number(1))),
};

#[derive(Debug)]
struct Sar {
    step: f64,
    step_max: f64,
    previous: Option<Bar>,
    trend: Option<Trend>,
}

/// A trend and the stop of the next bar.
#[derive(Debug, Clone, Copy)]
struct Trend {
    is_up: bool,
    stop: f64,
    extreme: f64,
    step: f64,
}

impl Sar {
    fn new(step: f64, step_max: f64) -> Self {
        Self { step: step.min(step_max), step_max, previous: None, trend: None }
    }

    fn first(&self, first: &Bar, second: &Bar) -> Trend {
        let (rise, fall) = (second.high - first.high, first.low - second.low);
        let is_up = !(fall > 0.0 && fall > rise);
        let (stop, extreme) = if is_up { (first.low, second.high) } else { (first.high, second.low) };
        Trend { is_up, stop, extreme, step: self.step }
    }

    /// The stop at a bar, and the trend after it.
    fn next(&self, bar: &Bar) -> Option<(f64, Trend)> {
        let previous = self.previous.as_ref()?;
        // The first bar is no limit to the second one's stop.
        let (trend, previous) = match self.trend {
            Some(trend) => (trend, previous),
            None => (self.first(previous, bar), bar),
        };
        // The farthest the stop may go for the next bar.
        let (floor, ceiling) = (previous.low.min(bar.low), previous.high.max(bar.high));
        let inside = |stop: f64, is_up: bool| if is_up { stop.min(floor) } else { stop.max(ceiling) };

        let reached = if trend.is_up { bar.low <= trend.stop } else { bar.high >= trend.stop };
        if reached {
            let is_up = !trend.is_up;
            let stop = inside(trend.extreme, is_up);
            let extreme = if is_up { bar.high } else { bar.low };
            let after = inside(stop + self.step * (extreme - stop), is_up);
            return Some((stop, Trend { is_up, stop: after, extreme, step: self.step }));
        }
        let extends = if trend.is_up { bar.high > trend.extreme } else { bar.low < trend.extreme };
        let (extreme, step) = match (extends, trend.is_up) {
            (false, _) => (trend.extreme, trend.step),
            (true, is_up) => (if is_up { bar.high } else { bar.low }, (trend.step + self.step).min(self.step_max)),
        };
        let after = inside(trend.stop + step * (extreme - trend.stop), trend.is_up);
        Some((trend.stop, Trend { stop: after, extreme, step, ..trend }))
    }
}

impl Formula for Sar {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        [self.next(bar).map_or(f64::NAN, |(stop, _)| stop)]
    }

    fn take(&mut self, bar: &Bar) {
        self.trend = self.next(bar).map(|(_, trend)| trend);
        self.previous = Some(*bar);
    }
}
