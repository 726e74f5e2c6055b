//! Williams %R: `-100 (HH - c) / (HH - LL)` over `n` bars, from row `n - 1`; 0 in a flat window, as in TA-Lib.

use super::formula::{Formula, indicator};
use super::sliding::{Range, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "williams",
    aliases: &["%r", "willr", "williams-r"],
    title: "Williams %R",
    title_ko: "윌리엄스 %R",
    place: Place::Below,
    lines: &[LineInfo::new("%r")],
    guides: &[-80.0, -20.0],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Williams(Sliding::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Williams(Sliding<Range>);

impl Formula for Williams {
    type Values = [f64; 1];

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let Some(range) = self.0.peek(Range::of(bar)) else { return [f64::NAN] };
        let height = range.high - range.low;
        [if height == 0.0 { 0.0 } else { 100.0 * (bar.close - range.high) / height }]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(Range::of(bar));
    }
}
