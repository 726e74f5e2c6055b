//! Strips below the candles: volume, and indicators with a scale of their own.

use ratatui::layout::Rect;
use rust_decimal::Decimal;

use super::Chart;
use super::blocks;
use super::command::VOLUME;
use super::legend;
use super::paint::{LINES, study_line};
use super::parts::Strip;
use super::scale::Scale;
use super::study::Study;
use crate::market::indicator::Shape;
use crate::text::Language;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Digits, Grouped, Pen};

/// Draws every strip that has room.
pub fn draw(chart: &mut Chart, model: &Model, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    let studies = std::mem::take(&mut chart.studies);
    let below = studies.iter().filter(|study| study.is_below());
    for (study, strip) in below.zip(parts.strips).filter(|(_, strip)| strip.rows > 1) {
        draw_one(chart, study, strip, model, pen);
    }
    chart.studies = studies;
}

fn draw_one(chart: &mut Chart, study: &Study, strip: Strip, model: &Model, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    let grid = pen.style(Role::Grid);
    let dashed = pen.look.glyphs.dashed;
    pen.rule(0, strip.top, parts.width, dashed, pen.style(Role::Frame));
    let rows = strip.rows - 1;
    let scale = scale_of(chart, study, rows);
    let mut area = pen.part(Rect::new(0, strip.top + 1, parts.width, rows));
    for guide in study.indicator().info().guides {
        if let Some(row) = scale.row(*guide) {
            let dot = area.look.glyphs.dot;
            for x in (0..parts.width).step_by(2) {
                area.symbol(x, row, dot, grid);
            }
        }
    }
    for (line, info) in study.indicator().info().lines.iter().enumerate() {
        if info.shape == Shape::Histogram {
            histogram(chart, study, line, &scale, &mut area);
        }
    }
    let mut canvas = std::mem::take(&mut chart.sight.canvas);
    canvas.reset(parts.width, rows);
    for (line, info) in study.indicator().info().lines.iter().enumerate() {
        if info.shape != Shape::Histogram {
            let role = LINES.get(line % LINES.len()).copied().unwrap_or(Role::Line1);
            study_line(&mut canvas, &chart.series, &chart.sight.columns, &scale, (study, line), role);
        }
    }
    let over_bars = study.name() != VOLUME;
    canvas.flush(&mut area, |pen, x, y| over_bars || super::paint::is_vacant(pen, x, y));
    chart.sight.canvas = canvas;
    legend::strip(chart, study, strip.top, model, pen);
    labels(study, &scale, strip, parts.width, parts.axis, model, pen);
}

/// The range of what is in sight, with the guides.
fn scale_of(chart: &Chart, study: &Study, rows: u16) -> Scale {
    let info = study.indicator().info();
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    let mut take = |value: f64| {
        if value.is_finite() {
            low = low.min(value);
            high = high.max(value);
        }
    };
    info.guides.iter().for_each(|guide| take(*guide));
    let mut from_zero = false;
    for (line, info) in info.lines.iter().enumerate() {
        for slot in &chart.sight.slots {
            take(value_of(study, line, slot));
        }
        from_zero |= info.shape == Shape::Histogram;
    }
    if from_zero {
        take(0.0);
    }
    if low >= 0.0 && from_zero { Scale::exact(0.0, high, rows) } else { Scale::new(low, high, rows, false) }
}

/// Value of a line in a column; the volume of several candles is their sum.
fn value_of(study: &Study, line: usize, slot: &super::columns::Slot) -> f64 {
    if study.name() == VOLUME && line == 0 { slot.bar.volume } else { study.value(line, slot.last) }
}

fn histogram(chart: &Chart, study: &Study, line: usize, scale: &Scale, area: &mut Pen<'_>) {
    let volume = study.name() == VOLUME;
    let zero = scale.y(0.0);
    for slot in &chart.sight.slots {
        let value = value_of(study, line, slot);
        let Some(x) = chart.sight.columns.x(slot.column).filter(|_| value.is_finite() && value != 0.0) else {
            continue;
        };
        let fell = if volume { slot.bar.close < slot.bar.open } else { value < 0.0 };
        let style = area.style(if fell { Role::CandleDown } else { Role::CandleUp });
        let y = scale.y(value);
        let (top, bottom) = if y <= zero { (y, zero) } else { (zero, y) };
        // The least there is to see is at zero.
        let top = if volume { top.min(bottom - 0.125) } else { top };
        blocks::fill(area, (x, chart.sight.columns.body()), top, bottom, style);
    }
}

/// The ends of the scale at the axis, or its guides.
fn labels(study: &Study, scale: &Scale, strip: Strip, x: u16, axis: u16, model: &Model, pen: &mut Pen<'_>) {
    if axis < 3 {
        return;
    }
    let style = pen.style(Role::Grid);
    let korean = model.look.language == Language::Ko;
    let guides = study.indicator().info().guides;
    let mut taken = None;
    let mut label = |value: f64, pen: &mut Pen<'_>| {
        let Some(row) = scale.row(value).filter(|row| taken != Some(*row)) else { return };
        taken = Some(row);
        if let Ok(value) = Decimal::try_from(value) {
            let y = strip.top + 1 + row;
            if value.abs() >= Decimal::from(1_000) {
                pen.value(x + 1, y, axis - 1, Digits::new(value.round(), korean), Align::Left, style);
            } else {
                pen.value(x + 1, y, axis - 1, Grouped::new(rounded(value)), Align::Left, style);
            }
        }
    };
    if guides.is_empty() {
        label(scale.value(0.01), pen);
    } else {
        guides.iter().rev().for_each(|guide| label(*guide, pen));
    }
}

/// A number with about four digits that say something.
#[must_use]
pub fn rounded(value: Decimal) -> Decimal {
    let size = value.abs();
    if size < Decimal::ONE {
        return value.round_sf(4).unwrap_or(value).normalize();
    }
    let decimals = match size {
        size if size >= Decimal::from(1_000) => 0,
        size if size >= Decimal::from(100) => 1,
        _ => 2,
    };
    value.round_dp(decimals).normalize()
}
