//! Money flow index (Quong and Soudack 1989): typical price times volume, counted as inflow `P` or outflow `N` by whether
//! the typical price rose or fell; `100 P / (P + N)` over `n` changes, from row `n`. As in TA-Lib it is 0 where `P + N` is
//! below 1.

use super::formula::{Formula, indicator};
use super::sliding::{Sliding, Sum};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "mfi",
    aliases: &[],
    title: "Money flow index",
    title_ko: "자금흐름지수",
    place: Place::Below,
    lines: &[LineInfo::new("mfi")],
    guides: &[20.0, 80.0],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Mfi::new(parameters.whole(0))),
};

#[derive(Debug)]
struct Mfi {
    previous: Option<f64>,
    inflows: Sliding<Sum>,
    outflows: Sliding<Sum>,
}

impl Mfi {
    fn new(period: usize) -> Self {
        Self { previous: None, inflows: Sliding::new(period), outflows: Sliding::new(period) }
    }

    fn flows(&self, bar: &Bar) -> Option<(Sum, Sum)> {
        let previous = self.previous?;
        let typical = bar.typical();
        let flow = typical * bar.volume;
        let counted = |counts: bool| Sum(if counts { flow } else { 0.0 });
        Some((counted(typical > previous), counted(typical < previous)))
    }
}

impl Formula for Mfi {
    type Values = [f64; 1];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 1] {
        let sums =
            self.flows(bar).and_then(|(inflow, outflow)| self.inflows.peek(inflow).zip(self.outflows.peek(outflow)));
        let Some((inflow, outflow)) = sums else { return [f64::NAN] };
        let total = inflow.0 + outflow.0;
        [if total < 1.0 { 0.0 } else { 100.0 * (inflow.0 / total) }]
    }

    fn take(&mut self, bar: &Bar) {
        if let Some((inflow, outflow)) = self.flows(bar) {
            self.inflows.push(inflow);
            self.outflows.push(outflow);
        }
        self.previous = Some(bar.typical());
    }
}
