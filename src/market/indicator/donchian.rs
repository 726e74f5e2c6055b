//! Donchian channel: the highest high and the lowest low of `n` bars and their middle, from row `n - 1`.
//!
//! This bar is one of the `n`, as charts draw it. With `delay` 1 they are the `n` bars before it, from row `n`: what a
//! breakout is measured against.

use super::formula::{Formula, indicator};
use super::sliding::{Range, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "donchian",
    aliases: &[],
    title: "Donchian channel",
    title_ko: "돈치안 채널",
    place: Place::Overlay,
    lines: &[LineInfo::new("upper"), LineInfo::new("middle"), LineInfo::new("lower")],
    guides: &[],
    parameters: &[
        ParameterInfo::period("period", 20.0),
        ParameterInfo { name: "delay", default: 0.0, min: 0.0, max: 1.0, whole: true },
    ],
    build: |info, parameters, _| {
        indicator(
            info,
            parameters,
            Donchian { window: Sliding::new(parameters.whole(0)), is_delayed: parameters.whole(1) > 0 },
        )
    },
};

#[derive(Debug)]
struct Donchian {
    window: Sliding<Range>,
    is_delayed: bool,
}

impl Formula for Donchian {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let range = if self.is_delayed { self.window.value() } else { self.window.peek(Range::of(bar)) };
        range.map_or([f64::NAN; 3], |range| [range.high, range.middle(), range.low])
    }

    fn take(&mut self, bar: &Bar) {
        self.window.push(Range::of(bar));
    }
}
