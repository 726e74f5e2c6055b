//! Drawing the chart, from what lies below to what lies above.

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::canvas::Canvas;
use super::columns::{Columns, Slot, Zoom, fill};
use super::drawing::{Drawing, Place, Point};
use super::parts::Parts;
use super::scale::Scale;
use super::series::Series;
use super::study::Study;
use super::{Chart, Kind, axis, candles, legend, marks, strips};
use crate::market::Price;
use crate::market::indicator::{Bar, Shape};
use crate::text::screen::chart::Chart as Words;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen, cells};

/// Roles of lines, in the order in which they are given away.
pub const LINES: [Role; 6] = [Role::Line1, Role::Line2, Role::Line3, Role::Line4, Role::Line5, Role::Line6];
/// How far indicators may stretch the range of prices, as a share of it.
const STRETCH: f64 = 0.25;
/// Most decimals of a price on the axis.
const DECIMALS_MAX: u32 = 10;

/// What was drawn last, and what is kept so that drawing allocates nothing.
#[derive(Debug)]
pub struct Sight {
    /// The parts of the area.
    pub parts: Parts,
    /// The columns of the plot.
    pub columns: Columns,
    /// The rows of the plot.
    pub scale: Scale,
    /// The candles in sight.
    pub slots: Vec<Slot>,
    /// Decimals of prices.
    pub decimals: u32,
    /// Dots of lines.
    pub canvas: Canvas,
    /// Round prices with their rows.
    pub rounds: Vec<(u16, Decimal)>,
    /// Times of the axis.
    pub times: axis::Times,
    /// Texts being put together.
    pub text: String,
}

impl Default for Sight {
    fn default() -> Self {
        Self {
            parts: Parts::default(),
            columns: Columns::new(Zoom::default(), 0, 0, 0),
            scale: Scale::new(0.0, 1.0, 0, false),
            slots: Vec::new(),
            decimals: 0,
            canvas: Canvas::default(),
            rounds: Vec::new(),
            times: axis::Times::default(),
            text: String::new(),
        }
    }
}

impl Sight {
    /// Candles that fit into the plot drawn last.
    #[must_use]
    pub const fn shown_bars(&self) -> i64 {
        self.columns.count * self.columns.bars
    }
}

impl Chart {
    /// The bars that are drawn.
    pub(super) fn shown(&self) -> &[Bar] {
        if self.kind == Kind::Averaged { self.series.averaged() } else { self.series.bars() }
    }

    /// Lowest and highest point in sight, in the order in which they came.
    pub(super) fn move_in_sight(&self) -> Option<(Point, Point)> {
        let by = |key: fn(&Bar) -> f64| move |a: &&Slot, b: &&Slot| key(&a.bar).total_cmp(&key(&b.bar));
        let low = self.sight.slots.iter().min_by(by(|bar| bar.low))?;
        let high = self.sight.slots.iter().max_by(by(|bar| bar.high))?;
        let candles = self.series.candles();
        let low_price = candles.get(low.first..=low.last)?.iter().map(|candle| candle.low).min()?;
        let high_price = candles.get(high.first..=high.last)?.iter().map(|candle| candle.high).max()?;
        let low = Point { time: low.bar.time, price: low_price };
        let high = Point { time: high.bar.time, price: high_price };
        Some(if low.time <= high.time { (low, high) } else { (high, low) })
    }

    /// Price decimals: of the tick, or of the last candle where the tick is not known.
    fn price_decimals(&self, model: &Model) -> u32 {
        let tick = model.selected.info.as_ref().and_then(|info| info.tick_size);
        let of = |price: Price| price.value().normalize().scale();
        let candle = self.series.candles().last();
        let own = candle.map_or(0, |c| of(c.open).max(of(c.high)).max(of(c.low)).max(of(c.close)));
        tick.map_or(own, |tick| tick.normalize().scale()).min(DECIMALS_MAX)
    }
}

/// Draws the chart.
pub fn draw(chart: &mut Chart, model: &Model, focused: bool, pen: &mut Pen<'_>) {
    chart.supply.drawn();
    if !chart.is_current(model) || chart.series.bars().is_empty() {
        say_why(chart, model, pen);
        return;
    }
    for study in &mut chart.studies {
        study.follow(&chart.series);
    }
    arrange(chart, model, pen);
    let parts = chart.sight.parts;
    axis::grid(chart, pen);
    let mut plot = pen.part(Rect::new(0, parts.top, parts.width, parts.rows));
    lines(chart, model, &mut plot);
    if chart.kind != Kind::Line {
        candles::draw(&mut plot, &chart.sight.columns, &chart.sight.scale, &chart.sight.slots);
    }
    marks::in_plot(chart, model, &mut plot);
    strips::draw(chart, model, pen);
    crosshair(chart, focused, pen);
    names(chart, model, pen);
    axis::prices(chart, model, pen);
    axis::times(chart, pen);
    legend::draw(chart, model, pen);
}

/// Nothing to draw: why.
fn say_why(chart: &Chart, model: &Model, pen: &mut Pen<'_>) {
    let language = model.look.language;
    let y = pen.height().saturating_sub(1) / 2;
    let width = pen.width();
    let (text, role) = if model.selected.id.is_none() {
        (Words::NoSymbol.text(language), Role::Dim)
    } else if chart.supply.is_asking() || (!chart.supply.there && chart.supply.failure.is_none()) {
        (Words::Asking.text(language), Role::Dim)
    } else {
        (Words::NoCandles.text(language), Role::Dim)
    };
    let style = pen.style(role);
    pen.field(0, y, width, text, Align::Centre, style);
    if let Some(failure) = &chart.supply.failure
        && chart.is_current(model)
    {
        let style = pen.style(Role::Warning);
        pen.field(0, y + 1, width, &crate::tui::said::failure_line(&model.look, failure), Align::Centre, style);
    }
}

/// Works out parts, columns and rows.
fn arrange(chart: &mut Chart, model: &Model, pen: &Pen<'_>) {
    let decimals = chart.price_decimals(model);
    let widest = chart.series.candles().last().map_or(Decimal::ZERO, |candle| candle.high.value());
    chart.sight.text.clear();
    // Writing into a string cannot fail. A digit more than the last price has room for a rise.
    let _ =
        std::fmt::Write::write_fmt(&mut chart.sight.text, format_args!("{}", Grouped::with_decimals(widest, decimals)));
    let label = cells(&chart.sight.text).max(6) + 1;
    let below = chart.studies.iter().filter(|study| study.is_below()).count();
    let overlays = below < chart.studies.len();
    let parts = Parts::new(pen.width(), pen.height(), below, overlays, label);
    let trial = Columns::new(chart.zoom, parts.width, 0, 0);
    let ahead = chart.studies.iter().flat_map(|study| (0..study.lines()).map(|line| study.shift(line))).max();
    let ahead = ahead.unwrap_or(0).div_euclid(trial.bars).clamp(1, (trial.count / 4).max(1));
    let shown = trial.count * trial.bars;
    // At least a few candles stay in sight, however far one pans.
    let most = (chart.series.last_number() - chart.series.first_number() - shown / 4).max(0);
    chart.pan = chart.pan.clamp(0, most);
    let newest = chart.series.last_number() - chart.pan;
    let margin = if chart.pan == 0 { ahead } else { 0 };
    let columns = Columns::new(chart.zoom, parts.width, newest, margin);
    let mut slots = std::mem::take(&mut chart.sight.slots);
    fill(&columns, &chart.series, chart.shown(), &mut slots);
    let (low, high) = range(chart, &slots);
    chart.sight.scale = Scale::new(low, high, parts.rows, chart.log);
    (chart.sight.parts, chart.sight.columns, chart.sight.slots) = (parts, columns, slots);
    chart.sight.decimals = decimals;
}

/// Lowest and highest of what is in sight; indicators may stretch it a little.
fn range(chart: &Chart, slots: &[Slot]) -> (f64, f64) {
    let line = chart.kind == Kind::Line;
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    for slot in slots {
        let (below, above) = if line { (slot.bar.close, slot.bar.close) } else { (slot.bar.low, slot.bar.high) };
        low = low.min(below);
        high = high.max(above);
    }
    let stretch = (high - low) * STRETCH;
    let (least, most) = (low - stretch, high + stretch);
    for study in chart.studies.iter().filter(|study| !study.is_below()) {
        for line in 0..study.lines() {
            for slot in slots {
                let value = study.value(line, slot.last);
                if value >= least && value <= most {
                    low = low.min(value);
                    high = high.max(value);
                }
            }
        }
    }
    (low, high)
}

/// Role of a line of an indicator over the candles, the `nth` of those.
#[must_use]
pub fn overlay_role(study: &Study, nth: usize, line: usize) -> Role {
    let many = |at: usize| LINES.get(at % LINES.len()).copied().unwrap_or(Role::Line1);
    match study.name() {
        // Its lines mean different things, as no other's do.
        "ichimoku" => many(nth + line),
        "supertrend" => {
            if line == 0 {
                Role::CandleUp
            } else {
                Role::CandleDown
            }
        }
        _ => many(nth),
    }
}

/// Lines of indicators, lines drawn by hand, and the price as a line.
fn lines(chart: &mut Chart, model: &Model, plot: &mut Pen<'_>) {
    let (width, rows) = (plot.width(), plot.height());
    let mut canvas = std::mem::take(&mut chart.sight.canvas);
    canvas.reset(width, rows);
    let (columns, scale) = (chart.sight.columns, chart.sight.scale);
    let overlays = chart.studies.iter().filter(|study| !study.is_below());
    for (nth, study) in overlays.enumerate() {
        for line in 0..study.lines() {
            study_line(&mut canvas, &chart.series, &columns, &scale, (study, line), overlay_role(study, nth, line));
        }
    }
    if chart.kind == Kind::Line {
        let mut before = None;
        for slot in &chart.sight.slots {
            let at = (columns.position(series_position(&chart.series, slot)), scale.y(slot.bar.close));
            canvas.line(before.unwrap_or(at), at, Role::Strong);
            before = Some(at);
        }
    }
    let place = Place { series: &chart.series, columns: &columns, scale: &scale };
    let drawn = chart.drawn(model);
    for drawing in drawn {
        drawing.draw(&mut canvas, &place, width);
    }
    if let Some((pair, from)) = chart.first_end
        && let Some(to) = chart.crosshair_point()
    {
        match pair.between(from, to) {
            Drawing::Fibonacci(from, to) | Drawing::Trend(from, to) => {
                Drawing::Trend(from, to).draw(&mut canvas, &place, width);
            }
            Drawing::Level(_) => {}
        }
    }
    canvas.flush(plot, |_, _, _| true);
    chart.sight.canvas = canvas;
}

#[allow(clippy::cast_precision_loss)]
fn series_position(series: &Series, slot: &Slot) -> f64 {
    series.first_number() as f64 + slot.last as f64
}

/// One line of an indicator, moved by its shift.
pub fn study_line(
    canvas: &mut Canvas,
    series: &Series,
    columns: &Columns,
    scale: &Scale,
    (study, line): (&Study, usize),
    role: Role,
) {
    let shape = study.indicator().info().lines.get(line).map_or(Shape::Line, |line| line.shape);
    let shift = study.shift(line);
    let newest = series.last_number() + shift;
    let mut before: Option<(f64, f64)> = None;
    // From the column left of the first, so that the line comes in from the edge.
    for column in columns.left() - 1..=columns.right.min(columns.of(newest)) {
        let number = columns.last_of(column).min(newest) - shift;
        let value = series.index(number).map_or(f64::NAN, |index| study.value(line, index));
        if !value.is_finite() {
            before = None;
            continue;
        }
        #[allow(clippy::cast_precision_loss)]
        let at = (columns.position((column * columns.bars) as f64), scale.y(value));
        if shape == Shape::Dots {
            canvas.line((at.0 - 0.25, at.1), (at.0 + 0.25, at.1), role);
        } else {
            canvas.line(before.unwrap_or(at), at, role);
        }
        before = Some(at);
    }
}

/// Names of levels drawn by hand, over everything.
fn names(chart: &Chart, model: &Model, pen: &mut Pen<'_>) {
    let parts = chart.sight.parts;
    let mut plot = pen.part(Rect::new(0, parts.top, parts.width, parts.rows));
    let place = Place { series: &chart.series, columns: &chart.sight.columns, scale: &chart.sight.scale };
    for drawing in chart.drawn(model) {
        drawing.label(&mut plot, &place, chart.sight.decimals);
    }
}

/// Whether a cell has nothing but grid.
#[must_use]
pub fn is_vacant(pen: &Pen<'_>, x: u16, y: u16) -> bool {
    let cell = pen.buffer.cell((pen.area.x + x, pen.area.y + y));
    cell.is_some_and(|cell| cell.symbol() == " " || cell.symbol() == pen.look.glyphs.dot)
}

/// The crosshair, over strips as well.
fn crosshair(chart: &Chart, focused: bool, pen: &mut Pen<'_>) {
    let Some(crosshair) = chart.crosshair else { return };
    let parts = chart.sight.parts;
    let style = pen.style(if focused { Role::Crosshair } else { Role::Dim }).remove_modifier(Modifier::REVERSED);
    let glyphs = pen.look.glyphs;
    let price = crosshair.price.value().to_f64().unwrap_or(f64::NAN);
    if let Some(x) = chart.sight.columns.centre(chart.sight.columns.of(crosshair.number)) {
        for y in parts.top..parts.bottom() {
            if is_vacant(pen, x, y) {
                pen.symbol(x, y, glyphs.vertical, style);
            }
        }
    }
    if let Some(row) = chart.sight.scale.row(price) {
        for x in 0..parts.width {
            if is_vacant(pen, x, parts.top + row) {
                pen.symbol(x, parts.top + row, glyphs.dashed, style);
            }
        }
    }
}
