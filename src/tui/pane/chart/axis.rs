//! Grid, prices at the right, times below.

use jiff::civil::{Date, ISOWeekDate};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use rust_decimal::prelude::ToPrimitive;

use super::Chart;
use super::marks;
use super::scale::Scale;
use crate::market::UtcTime;
use crate::market::Venue;
use crate::market::session::zone;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen, cells};

/// Cells between dots of the grid.
const DOTS_APART: usize = 4;
/// Cells that stay free between two times.
const TIMES_APART: u16 = 3;

/// How great the step from one candle to the next is on the calendar, the greatest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Seconds,
    Second15,
    Minute,
    Minute5,
    Minute15,
    Minute30,
    Hour,
    Hour4,
    Day,
    Week,
    Month,
    Year,
}

/// From the greatest step down.
const STEPS: [Step; 12] = [
    Step::Year,
    Step::Month,
    Step::Week,
    Step::Day,
    Step::Hour4,
    Step::Hour,
    Step::Minute30,
    Step::Minute15,
    Step::Minute5,
    Step::Minute,
    Step::Second15,
    Step::Seconds,
];

/// A candle that may get its time below.
#[derive(Debug, Clone, Copy)]
struct Mark {
    x: u16,
    step: Step,
    local: Local,
}

/// Korean wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Local {
    /// Days since 1970.
    day: i64,
    /// Seconds since midnight.
    second: i64,
}

impl Local {
    fn of(time: UtcTime) -> Self {
        Self::with(time, offset(time))
    }

    const fn with(time: UtcTime, offset: i64) -> Self {
        let seconds = time.seconds() + offset;
        Self { day: seconds.div_euclid(86_400), second: seconds.rem_euclid(86_400) }
    }

    fn date(self) -> Date {
        let days = jiff::Span::new().try_days(self.day);
        let epoch = jiff::civil::date(1970, 1, 1);
        days.and_then(|days| epoch.checked_add(days)).unwrap_or(epoch)
    }

    /// What changed since the candle before.
    fn step(self, before: Self) -> Step {
        if self.day != before.day {
            let (now, then) = (self.date(), before.date());
            let week = |date: Date| {
                let week: ISOWeekDate = date.iso_week_date();
                (week.year(), week.week())
            };
            return if now.year() != then.year() {
                Step::Year
            } else if now.month() != then.month() {
                Step::Month
            } else if week(now) != week(then) {
                Step::Week
            } else {
                Step::Day
            };
        }
        let crossed = |seconds: i64| self.second / seconds != before.second / seconds;
        let steps = [
            (14_400, Step::Hour4),
            (3_600, Step::Hour),
            (1_800, Step::Minute30),
            (900, Step::Minute15),
            (300, Step::Minute5),
            (60, Step::Minute),
            (15, Step::Second15),
        ];
        steps.into_iter().find(|(seconds, _)| crossed(*seconds)).map_or(Step::Seconds, |(_, step)| step)
    }
}

/// Seconds Korea is ahead of UTC; the same all year, so that a wall clock is a sum and the calendar is asked only where
/// days change.
fn offset(time: UtcTime) -> i64 {
    i64::from(zone(Venue::Krx).to_offset(time.to_jiff()).seconds())
}

/// Times being placed.
#[derive(Debug, Default)]
pub struct Times {
    marks: Vec<Mark>,
    taken: Vec<bool>,
    /// Columns of cells where a day, or something greater, begins.
    days: Vec<u16>,
}

/// Dots at round prices, and where days change.
pub fn grid(chart: &mut Chart, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    let style = pen.style(Role::Grid);
    let dot = pen.look.glyphs.dot;
    let apart = if parts.rows >= 20 { 4 } else { 3 };
    let step_decimals = chart.sight.scale.round_values(apart, &mut chart.sight.rounds);
    let decimals = chart.sight.decimals;
    if step_decimals > decimals {
        // Prices between ticks are none.
        chart.sight.rounds.retain(|(_, value)| value.normalize().scale() <= decimals);
    }
    for (row, _) in &chart.sight.rounds {
        for x in (0..parts.width).step_by(DOTS_APART) {
            pen.symbol(x, parts.top + row, dot, style);
        }
    }
    find_times(chart);
    for x in &chart.sight.times.days {
        for y in parts.top..parts.top + parts.rows {
            pen.symbol(*x, y, dot, style);
        }
    }
}

/// Candles that may get a time, with what begins there.
fn find_times(chart: &mut Chart) {
    let times = &mut chart.sight.times;
    times.marks.clear();
    times.days.clear();
    let bars = chart.series.bars();
    let Some(offset) = bars.last().map(|bar| offset(bar.time)) else { return };
    for slot in &chart.sight.slots {
        let Some(x) = chart.sight.columns.centre(slot.column) else { continue };
        let local = Local::with(slot.bar.time, offset);
        let before = slot.first.checked_sub(1).and_then(|at| bars.get(at)).map(|bar| Local::with(bar.time, offset));
        let step = before.map_or(Step::Day, |before| local.step(before));
        times.marks.push(Mark { x, step, local });
    }
    let intraday = chart.interval.fixed_seconds().is_some() || chart.interval == crate::market::Interval::Hour4;
    let great = if intraday { Step::Day } else { Step::Month };
    let days = times.marks.iter().filter(|mark| mark.step >= great);
    times.days.extend(days.map(|mark| mark.x));
    if times.days.len() * 6 > times.marks.len().max(12) {
        // So many that they would be a pattern, not marks.
        times.days.clear();
    }
}

/// Times below, the greatest steps first, as many as have room.
pub fn times(chart: &mut Chart, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    let Some(row) = parts.times else { return };
    let mut times = std::mem::take(&mut chart.sight.times);
    times.taken.clear();
    times.taken.resize(usize::from(parts.width), false);
    let mut text = std::mem::take(&mut chart.sight.text);
    let seconds = chart.interval < crate::market::Interval::Minute1;
    if let Some((number, x)) = chart.crosshair.and_then(|crosshair| {
        chart.sight.columns.centre(chart.sight.columns.of(crosshair.number)).map(|x| (crosshair.number, x))
    }) && let Some(time) = chart.series.time_of(number)
    {
        text.clear();
        write_moment(&mut text, Local::of(time), seconds);
        let style = pen.style(Role::Crosshair).add_modifier(Modifier::REVERSED);
        place(&mut times.taken, pen, (x, row), &text, style);
    }
    for step in STEPS {
        for mark in times.marks.iter().filter(|mark| mark.step == step) {
            text.clear();
            write_step(&mut text, mark.local, step);
            let style = pen.style(if step >= Step::Day { Role::Text } else { Role::Dim });
            place(&mut times.taken, pen, (mark.x, row), &text, style);
        }
    }
    chart.sight.text = text;
    chart.sight.times = times;
}

/// Writes a text with its middle at a cell, if there is room.
fn place(taken: &mut [bool], pen: &mut Pen<'_>, (x, y): (u16, u16), text: &str, style: ratatui::style::Style) {
    let wide = cells(text);
    let width = u16::try_from(taken.len()).unwrap_or(u16::MAX);
    if wide > width {
        return;
    }
    let left = x.saturating_sub(wide / 2).min(width - wide);
    let (from, to) = (left.saturating_sub(TIMES_APART), (left + wide + TIMES_APART).min(width));
    let Some(room) = taken.get_mut(usize::from(from)..usize::from(to)) else { return };
    if room.iter().any(|taken| *taken) {
        return;
    }
    if let Some(own) = taken.get_mut(usize::from(left)..usize::from(left + wide)) {
        own.fill(true);
    }
    pen.field(left, y, wide, text, Align::Left, style);
}

fn write_step(text: &mut String, local: Local, step: Step) {
    use std::fmt::Write;
    let (hour, minute, second) = (local.second / 3_600, local.second / 60 % 60, local.second % 60);
    // Writing into a string cannot fail.
    let _ = match step {
        Step::Year => write!(text, "{}", local.date().year()),
        Step::Month => write!(text, "{:04}-{:02}", local.date().year(), local.date().month()),
        Step::Day | Step::Week => write!(text, "{:02}-{:02}", local.date().month(), local.date().day()),
        Step::Second15 | Step::Seconds => write!(text, "{hour:02}:{minute:02}:{second:02}"),
        _ => write!(text, "{hour:02}:{minute:02}"),
    };
}

/// Date and time of a candle, as long as they say something.
fn write_moment(text: &mut String, local: Local, seconds: bool) {
    use std::fmt::Write;
    let date = local.date();
    let _ = write!(text, "{:02}-{:02}", date.month(), date.day());
    let (hour, minute, second) = (local.second / 3_600, local.second / 60 % 60, local.second % 60);
    let _ = if seconds {
        write!(text, " {hour:02}:{minute:02}:{second:02}")
    } else {
        write!(text, " {hour:02}:{minute:02}")
    };
}

/// A moment for the legend.
pub fn moment(text: &mut String, time: UtcTime, seconds: bool) {
    write_moment(text, Local::of(time), seconds);
}

/// Round prices, then what stands out from them: alerts, average, own orders, the last price, the crosshair.
pub fn prices(chart: &Chart, model: &Model, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    if parts.axis == 0 {
        return;
    }
    let grid = pen.style(Role::Grid);
    let line = pen.look.glyphs.vertical;
    for y in parts.top..parts.bottom() {
        pen.symbol(parts.width, y, line, grid);
    }
    let mut axis = pen.part(Rect::new(parts.width, parts.top, parts.axis, parts.rows));
    for (row, value) in &chart.sight.rounds {
        let number = Grouped::with_decimals(*value, chart.sight.decimals);
        axis.value(1, *row, parts.axis - 1, number, Align::Left, grid);
    }
    marks::at_axis(chart, model, &mut axis);
    let Some(last) = chart.series.candles().last() else { return };
    let role = if last.close >= last.open { Role::CandleUp } else { Role::CandleDown };
    let style = axis.style(role).add_modifier(Modifier::REVERSED);
    tag(&mut axis, &chart.sight.scale, last.close.value(), chart.sight.decimals, style);
    if let Some(crosshair) = chart.crosshair {
        let style = axis.style(Role::Crosshair).add_modifier(Modifier::REVERSED);
        tag(&mut axis, &chart.sight.scale, crosshair.price.value(), chart.sight.decimals, style);
    }
}

/// A price on its row, over what stands there.
pub fn tag(
    axis: &mut Pen<'_>,
    scale: &Scale,
    price: rust_decimal::Decimal,
    decimals: u32,
    style: ratatui::style::Style,
) -> Option<u16> {
    let row = scale.row(price.to_f64()?)?;
    let width = axis.width().saturating_sub(1);
    let blank = ratatui::style::Style::reset();
    for x in 1..=width {
        axis.symbol(x, row, " ", blank);
    }
    axis.value(1, row, width, Grouped::with_decimals(price, decimals), Align::Left, style);
    axis.ground(1, row, width, style);
    Some(row)
}
