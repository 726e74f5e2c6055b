//! Ichimoku (일목균형표, Hosoda 1969): conversion (전환선) and base (기준선) are the middles of the ranges of 9 and 26 bars; span A
//! (선행스팬 1) is the mean of the two and span B (선행스팬 2) the middle of 52 bars, both drawn 26 bars ahead; lagging (후행스팬) is
//! the close drawn 26 bars back.
//!
//! Values stand at the bar they were computed from; the chart moves them by [`Indicator::shift`]. Some charts count the
//! present bar and move by 25: `ichimoku 9 26 52 25`.
//!
//! [`Indicator::shift`]: super::Indicator::shift

use super::formula::{Formula, Parameters, indicator};
use super::sliding::{Range, Sliding};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place, Shape};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "ichimoku",
    aliases: &[],
    title: "Ichimoku",
    title_ko: "일목균형표",
    place: Place::Overlay,
    lines: &[
        LineInfo::new("conversion"),
        LineInfo::new("base"),
        LineInfo { name: "span a", shape: Shape::Cloud, shift: 26 },
        LineInfo { name: "span b", shape: Shape::Cloud, shift: 26 },
        LineInfo { name: "lagging", shape: Shape::Line, shift: -26 },
    ],
    guides: &[],
    parameters: &[
        ParameterInfo::period("conversion", 9.0),
        ParameterInfo::period("base", 26.0),
        ParameterInfo::period("span", 52.0),
        ParameterInfo::period("shift", 26.0),
    ],
    build: |info, parameters, _| indicator(info, parameters, Ichimoku::new(parameters)),
};

#[derive(Debug)]
struct Ichimoku {
    conversion: Sliding<Range>,
    base: Sliding<Range>,
    span: Sliding<Range>,
    shift: i32,
}

impl Ichimoku {
    fn new(parameters: &Parameters) -> Self {
        Self {
            conversion: Sliding::new(parameters.whole(0)),
            base: Sliding::new(parameters.whole(1)),
            span: Sliding::new(parameters.whole(2)),
            shift: parameters.number(3) as i32,
        }
    }
}

impl Formula for Ichimoku {
    type Values = [f64; 5];

    fn peek(&self, bar: &Bar) -> [f64; 5] {
        let middle = |window: &Sliding<Range>| window.peek(Range::of(bar)).map_or(f64::NAN, Range::middle);
        let (conversion, base) = (middle(&self.conversion), middle(&self.base));
        [conversion, base, (conversion + base) / 2.0, middle(&self.span), bar.close]
    }

    fn take(&mut self, bar: &Bar) {
        for window in [&mut self.conversion, &mut self.base, &mut self.span] {
            window.push(Range::of(bar));
        }
    }

    fn shift(&self, line: usize) -> Option<i32> {
        match line {
            2 | 3 => Some(self.shift),
            4 => Some(-self.shift),
            _ => None,
        }
    }
}
