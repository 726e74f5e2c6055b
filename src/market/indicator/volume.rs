//! Volume as columns with its simple moving average, which begins at row `n - 1`.

use super::formula::{Formula, indicator};
use super::smoothing::Mean;
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place, Shape};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "volume",
    aliases: &["vol"],
    title: "Volume and its moving average",
    title_ko: "거래량과 이동평균",
    place: Place::Below,
    lines: &[LineInfo::shaped("volume", Shape::Histogram), LineInfo::new("mean")],
    guides: &[],
    parameters: &[ParameterInfo::period("period", 20.0)],
    build: |info, parameters, _| indicator(info, parameters, Volume(Mean::new(parameters.whole(0)))),
};

#[derive(Debug)]
struct Volume(Mean);

impl Formula for Volume {
    type Values = [f64; 2];

    const READS_VOLUME: bool = true;

    fn peek(&self, bar: &Bar) -> [f64; 2] {
        [bar.volume, self.0.peek(bar.volume)]
    }

    fn take(&mut self, bar: &Bar) {
        self.0.push(bar.volume);
    }
}
