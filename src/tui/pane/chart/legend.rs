//! Figures above the candles, names and values of indicators, and what stands at the right of the title.

use std::cmp::Ordering;
use std::fmt::{Display, Write};

use ratatui::style::Style;
use rust_decimal::Decimal;

use super::command::VOLUME;
use super::paint::{LINES, overlay_role};
use super::study::Study;
use super::{Chart, Kind, axis, strips};
use crate::market::{Candle, Interval};
use crate::text::Language;
use crate::text::screen::chart::Chart as Words;
use crate::tui::model::Model;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Digits, Grouped, Pen, Signed, cells};

/// Interval is in the title; here are the type, the time until the candle closes, and the age of the data.
pub fn note(chart: &Chart, model: &Model, note: &mut String) {
    let language = model.look.language;
    let dot = model.look.glyphs.dot;
    note.push_str(chart.interval.as_str());
    if chart.kind != Kind::Candles {
        let _ = write!(note, " {dot} {}", chart.kind.label().text(language));
    }
    if chart.log {
        let _ = write!(note, " {dot} {}", Words::Log.text(language));
    }
    let growing = chart.series.candles().last().is_some_and(|candle| !candle.closed);
    let until = chart.series.until();
    if growing && until > model.now.utc && chart.interval >= Interval::Minute1 {
        let left = crate::tui::time::countdown(until.since(model.now.utc));
        let _ = write!(note, " {dot} {} {left}", Words::CloseIn.text(language));
    }
    let age = model.selected.id.map(|id| model.quotes.freshness(model.now, &id, model.age_limit(id.venue)));
    if let Some(age) = age.and_then(|freshness| freshness.age()) {
        let _ = write!(note, " {dot} {}", crate::tui::time::age(age));
    }
}

/// Texts after each other on a row, as long as whole ones fit.
struct Row<'p, 'a> {
    pen: &'p mut Pen<'a>,
    text: &'p mut String,
    x: u16,
    y: u16,
    width: u16,
    full: bool,
}

impl Row<'_, '_> {
    /// Adds a text if it fits whole; nothing is added after one that did not.
    fn add(&mut self, what: impl Display, style: Style, gap: u16) {
        self.text.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.text, "{what}");
        let wide = cells(self.text);
        let x = if self.x == 0 { 0 } else { self.x + gap };
        if self.full || x + wide > self.width {
            self.full = true;
            return;
        }
        for at in self.x..x {
            self.pen.symbol(at, self.y, " ", Style::reset());
        }
        self.pen.text(x, self.y, self.text, style);
        self.x = x + wide;
    }
}

impl Row<'_, '_> {
    /// Adds a name and its value, or neither.
    fn pair(&mut self, name: &str, name_style: Style, value: impl Display, style: Style) {
        self.text.clear();
        let _ = write!(self.text, "{value}");
        if self.x + 3 + cells(name) + cells(self.text) > self.width {
            self.full = true;
        }
        self.add(name, name_style, 2);
        self.add(value, style, 1);
    }
}

/// The rows above the plot.
pub fn draw(chart: &mut Chart, model: &Model, pen: &mut Pen<'_>) {
    let mut text = std::mem::take(&mut chart.sight.text);
    if chart.sight.parts.legend > 0 {
        figures(chart, model, pen, &mut text);
    }
    if chart.sight.parts.legend > 1 {
        overlays(chart, pen, &mut text);
    }
    if let Some(failure) = &chart.supply.failure {
        let y = chart.sight.parts.top;
        let style = pen.style(Role::Warning);
        let line = crate::tui::said::failure_line(&model.look, failure);
        pen.field(0, y, chart.sight.parts.width, &line, crate::tui::widget::Align::Left, style);
    }
    chart.sight.text = text;
}

/// Place of the candle that figures are of: under the crosshair, else the last.
fn told(chart: &Chart) -> Option<usize> {
    match chart.crosshair {
        Some(crosshair) => {
            let columns = &chart.sight.columns;
            let end = columns.last_of(columns.of(crosshair.number)).min(chart.series.last_number());
            chart.series.index(end.min(crosshair.number.max(end)))
        }
        None => chart.series.candles().len().checked_sub(1),
    }
}

fn figures(chart: &Chart, model: &Model, pen: &mut Pen<'_>, text: &mut String) {
    let Some(index) = told(chart) else { return };
    let Some(candle) = chart.series.candles().get(index) else { return };
    let language = model.look.language;
    let (label, plain) = (pen.style(Role::Label), pen.style(Role::Text));
    let role = if candle.close >= candle.open { Role::CandleUp } else { Role::CandleDown };
    let style = pen.style(role);
    let width = pen.width();
    let mut row = Row { pen, text, x: 0, y: 0, width, full: false };
    let decimals = chart.sight.decimals;
    if let Some(crosshair) = chart.crosshair {
        let mut moment = String::new();
        axis::moment(&mut moment, candle.time, chart.interval < Interval::Minute1);
        row.add(&moment, plain, 0);
        against_last(chart, model, crosshair.price.value(), &mut row);
    }
    let close_first = [(Words::Close, candle.close)];
    let all = [
        (Words::Open, candle.open),
        (Words::High, candle.high),
        (Words::Low, candle.low),
        (Words::Close, candle.close),
    ];
    // A narrow chart says the close alone.
    let shown: &[_] = if width < 60 { &close_first } else { &all };
    for (name, price) in shown {
        row.pair(name.text(language), label, Grouped::with_decimals(price.value(), decimals), style);
    }
    change(chart, index, candle, &model.look, &mut row);
    let volume = Digits::new(candle.volume.value(), language == Language::Ko);
    row.pair(Words::Volume.text(language), label, volume, plain);
}

/// Change against the close of the candle before, with its sign.
fn change(chart: &Chart, index: usize, candle: &Candle, look: &Look, row: &mut Row<'_, '_>) {
    let Some(before) = index.checked_sub(1).and_then(|before| chart.series.candles().get(before)) else { return };
    let difference = candle.close.value() - before.close.value();
    let percent = difference.checked_mul(Decimal::ONE_HUNDRED).and_then(|sum| sum.checked_div(before.close.value()));
    let sign = difference.cmp(&Decimal::ZERO);
    let style = row.pen.style(Look::direction(sign));
    if sign != Ordering::Equal {
        row.add(look.arrow(sign), style, 1);
    }
    if let Some(percent) = percent {
        row.add(format_args!("{}%", Signed::with_decimals(percent, 2)), style, 1);
    }
}

/// The crosshair's price and how far it is from the last one.
fn against_last(chart: &Chart, model: &Model, price: Decimal, row: &mut Row<'_, '_>) {
    let Some(last) = chart.series.candles().last() else { return };
    let style = row.pen.style(Role::Crosshair);
    let percent = (price - last.close.value())
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|difference| difference.checked_div(last.close.value()));
    row.add(Grouped::with_decimals(price, chart.sight.decimals), style, 2);
    if let Some(percent) = percent {
        row.add(format_args!("{}%", Signed::with_decimals(percent, 2)), style, 1);
        let label = row.pen.style(Role::Label);
        row.add(Words::FromLast.text(model.look.language), label, 1);
    }
}

/// Names and values of the indicators over the candles.
fn overlays(chart: &Chart, pen: &mut Pen<'_>, text: &mut String) {
    let Some(index) = told(chart) else { return };
    let width = pen.width();
    let mut row = Row { pen, text, x: 0, y: 1, width, full: false };
    let overlays = chart.studies.iter().filter(|study| !study.is_below());
    for (nth, study) in overlays.enumerate() {
        let first = row.pen.style(overlay_role(study, nth, 0));
        row.add(study.label(), first, 2);
        for line in 0..study.lines() {
            let style = row.pen.style(overlay_role(study, nth, line));
            let shift = study.shift(line);
            let at = i64::try_from(index).unwrap_or(0) - shift;
            let value = usize::try_from(at).map_or(f64::NAN, |at| study.value(line, at));
            if let Some(value) = Decimal::try_from(value).ok().filter(|_| value.is_finite()) {
                row.add(Grouped::with_decimals(value, chart.sight.decimals), style, 1);
            }
        }
    }
}

/// Name and values of an indicator in a strip.
pub fn strip(chart: &mut Chart, study: &Study, y: u16, model: &Model, pen: &mut Pen<'_>) {
    let Some(index) = told(chart) else { return };
    let mut text = std::mem::take(&mut chart.sight.text);
    let korean = model.look.language == Language::Ko;
    let name = pen.style(Role::Label);
    let width = chart.sight.parts.width;
    let mut row = Row { pen, text: &mut text, x: 0, y, width, full: false };
    if study.name() == VOLUME {
        row.add(Words::Volume.text(model.look.language), name, 0);
    }
    let label = if study.name() == VOLUME { "" } else { study.label() };
    row.add(label, name, 0);
    for line in 0..study.lines() {
        let role = LINES.get(line % LINES.len()).copied().unwrap_or(Role::Line1);
        let histogram = study
            .indicator()
            .info()
            .lines
            .get(line)
            .is_some_and(|l| l.shape == crate::market::indicator::Shape::Histogram);
        let style = row.pen.style(if histogram { Role::Text } else { role });
        let value = study.value(line, index);
        let Some(value) = Decimal::try_from(value).ok().filter(|_| value.is_finite()) else { continue };
        if value.abs() >= Decimal::from(10_000) {
            row.add(Digits::new(value.round(), korean), style, 1);
        } else {
            row.add(Grouped::new(strips::rounded(value)), style, 1);
        }
    }
    row.add(" ", name, 0);
    chart.sight.text = text;
}
