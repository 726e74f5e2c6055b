//! Average directional movement (Wilder 1978), with +DI and -DI.
//!
//! As in TA-Lib: directional movements and true ranges are summed over rows 1 to `n - 1`, then `S = S - S / n + new`, and
//! `DI = 100 * DM / TR` from row `n`. ADX begins at row `2n - 1` with the mean of `n` values of
//! `DX = 100 * |+DI - -DI| / (+DI + -DI)` and goes on by Wilder's smoothing. Where nothing moves both DI are 0, and a DX
//! without movement counts as 0 in the first mean and leaves later ones as they are.

use super::formula::{Formula, indicator};
use super::smoothing::{Wilder, is_nothing, ratio};
use super::{Bar, IndicatorInfo, LineInfo, ParameterInfo, Place};

pub(super) static INFO: IndicatorInfo = IndicatorInfo {
    name: "adx",
    aliases: &["dmi"],
    title: "Average directional movement",
    title_ko: "평균 방향성 지수",
    place: Place::Below,
    lines: &[LineInfo::new("adx"), LineInfo::new("+di"), LineInfo::new("-di")],
    guides: &[25.0],
    parameters: &[ParameterInfo::period("period", 14.0)],
    build: |info, parameters, _| indicator(info, parameters, Adx::new(parameters.whole(0))),
};

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    up: f64,
    down: f64,
    range: f64,
}

#[derive(Debug)]
struct Adx {
    period: usize,
    previous: Option<Bar>,
    /// Changes taken so far, up to the period.
    changes: usize,
    sums: Sums,
    mean: Wilder,
}

/// Directional movements and true range of one bar.
fn movement(previous: &Bar, bar: &Bar) -> Sums {
    let up = bar.high - previous.high;
    let down = previous.low - bar.low;
    Sums {
        up: if up > down && up > 0.0 { up } else { 0.0 },
        down: if down > up && down > 0.0 { down } else { 0.0 },
        range: bar.true_range(previous.close),
    }
}

impl Adx {
    fn new(period: usize) -> Self {
        Self { period, previous: None, changes: 0, sums: Sums::default(), mean: Wilder::new(period) }
    }

    fn sums(&self, bar: &Bar) -> Option<Sums> {
        let new = movement(self.previous.as_ref()?, bar);
        let kept = if self.changes + 1 < self.period { 1.0 } else { 1.0 - 1.0 / self.period as f64 };
        let add = |old: f64, new: f64| old * kept + new;
        Some(Sums {
            up: add(self.sums.up, new.up),
            down: add(self.sums.down, new.down),
            range: add(self.sums.range, new.range),
        })
    }

    /// +DI, -DI and DX, once there are sums of a whole period. No DX where nothing moves.
    fn directions(&self, bar: &Bar) -> Option<(f64, f64, Option<f64>)> {
        let sums = self.sums(bar).filter(|_| self.changes + 1 >= self.period)?;
        let up = 100.0 * ratio(sums.up, sums.range);
        let down = 100.0 * ratio(sums.down, sums.range);
        let moved = !is_nothing(up + down);
        Some((up, down, moved.then(|| 100.0 * (up - down).abs() / (up + down))))
    }
}

impl Formula for Adx {
    type Values = [f64; 3];

    fn peek(&self, bar: &Bar) -> [f64; 3] {
        let Some((up, down, dx)) = self.directions(bar) else { return [f64::NAN; 3] };
        let adx = match (dx, self.mean.value()) {
            (None, Some(mean)) => mean,
            (dx, _) => self.mean.peek(dx.unwrap_or(0.0)),
        };
        [adx, up, down]
    }

    fn take(&mut self, bar: &Bar) {
        if let Some((.., dx)) = self.directions(bar) {
            match (dx, self.mean.value()) {
                (None, Some(_)) => {}
                (dx, _) => self.mean.push(dx.unwrap_or(0.0)),
            }
        }
        if let Some(sums) = self.sums(bar) {
            self.sums = sums;
            self.changes = (self.changes + 1).min(self.period);
        }
        self.previous = Some(*bar);
    }
}
