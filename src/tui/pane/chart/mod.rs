//! The chart (차트): candles, indicators, own orders and fills, and lines drawn by hand.

mod axis;
mod blocks;
mod candles;
mod canvas;
mod columns;
mod command;
mod deeds;
mod drawing;
mod keep;
mod legend;
mod marks;
mod paint;
mod parts;
mod scale;
mod series;
mod strips;
mod study;
mod supply;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{Asks, Handled, News, Pane, PaneKind};
use crate::market::{InstrumentId, Interval, Price, Venue};
use crate::text::screen::chart::Chart as Words;
use crate::text::screen::frame::PaneName;
use crate::tui::action::{Action, Context};
use crate::tui::model::Model;
use crate::tui::widget::Pen;

use columns::Zoom;
use drawing::{Drawing, Pair, Point};
use paint::Sight;
use series::Series;
use study::Study;
use supply::Supply;

/// How prices are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Candles,
    Line,
    Averaged,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Candles, Self::Line, Self::Averaged];

    const fn name(self) -> &'static str {
        match self {
            Self::Candles => "candles",
            Self::Line => "line",
            Self::Averaged => "heikin-ashi",
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "candle" | "봉" => Some(Self::Candles),
            "라인" => Some(Self::Line),
            "heikin" | "ha" | "평균봉" => Some(Self::Averaged),
            _ => Self::ALL.into_iter().find(|kind| kind.name() == name),
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Candles => Self::Line,
            Self::Line => Self::Averaged,
            Self::Averaged => Self::Candles,
        }
    }

    const fn label(self) -> Words {
        match self {
            Self::Candles => Words::Candles,
            Self::Line => Words::Line,
            Self::Averaged => Words::Averaged,
        }
    }
}

/// Where the crosshair is: a candle and a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Crosshair {
    number: i64,
    price: Price,
}

/// The chart.
#[derive(Debug)]
pub struct Chart {
    /// Of what the candles are.
    instrument: Option<InstrumentId>,
    /// Of which selection: the same instrument of another profile is another one.
    generation: u32,
    interval: Interval,
    kind: Kind,
    log: bool,
    zoom: Zoom,
    /// Candles to the right of what is in sight.
    pan: i64,
    series: Series,
    supply: Supply,
    studies: Vec<Study>,
    crosshair: Option<Crosshair>,
    /// The first end of a drawing that wants two.
    first_end: Option<(Pair, Point)>,
    drawings: BTreeMap<String, Vec<Drawing>>,
    sight: Sight,
}

impl Default for Chart {
    fn default() -> Self {
        let mut chart = Self {
            instrument: None,
            generation: 0,
            interval: Interval::Minute1,
            kind: Kind::Candles,
            log: false,
            zoom: Zoom::default(),
            pan: 0,
            series: Series::new(Venue::Krx, Interval::Minute1),
            supply: Supply::default(),
            studies: Vec::new(),
            crosshair: None,
            first_end: None,
            drawings: BTreeMap::new(),
            sight: Sight::default(),
        };
        for first in [command::VOLUME, "sma 5", "sma 20", "sma 60"] {
            // These are indicators, and fewer than there may be.
            let _ = chart.add_study(first);
        }
        chart
    }
}

impl Pane for Chart {
    fn kind(&self) -> PaneKind {
        PaneKind::Chart
    }

    fn title(&self, model: &Model, title: &mut String) {
        let look = &model.look;
        title.push_str(PaneName::Chart.text(look.language));
        let Some(id) = &model.selected.id else { return };
        title.push(' ');
        title.push_str(id.symbol.as_str());
        if let Some(quote) = model.quotes.get(id) {
            title.push(' ');
            title.push_str(crate::tui::said::name(look, &quote.name_ko, &quote.name_en));
        }
    }

    fn note(&self, model: &Model, note: &mut String) {
        legend::note(self, model, note);
    }

    fn contexts(&self, _: &Model) -> &'static [Context] {
        &[Context::Chart]
    }

    fn draw(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        paint::draw(self, model, focused, pen);
    }

    fn act(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        self.deed(action, model, asks)
    }

    fn hints(&self, _: &Model, hints: &mut Vec<Action>) {
        if self.crosshair.is_some() {
            hints.extend([
                Action::TakePrice,
                Action::AddLine,
                Action::AddTrend,
                Action::AddFibonacci,
                Action::Delete,
                Action::Escape,
            ]);
        } else {
            hints.extend([
                Action::IntervalDown,
                Action::IntervalUp,
                Action::ChartType,
                Action::Larger,
                Action::Smaller,
                Action::PanLeft,
                Action::Left,
                Action::LogScale,
            ]);
        }
    }

    fn mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        match mouse.kind {
            MouseEventKind::ScrollUp => self.deed(Action::Larger, model, asks),
            MouseEventKind::ScrollDown => self.deed(Action::Smaller, model, asks),
            MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left) => {
                let inside = (mouse.column.checked_sub(area.x), mouse.row.checked_sub(area.y));
                let (Some(x), Some(y)) = inside else { return Handled::No };
                self.point_at(x, y, model)
            }
            _ => Handled::No,
        }
    }

    fn told(&mut self, news: &News<'_>, model: &Model, asks: &mut Asks) {
        self.hear(news, model, asks);
    }

    fn command(&mut self, words: &str, model: &Model, asks: &mut Asks) -> Option<Result<String, String>> {
        self.words(words, model, asks)
    }

    fn save(&self) -> toml::Table {
        self.kept()
    }

    fn restore(&mut self, state: &toml::Table) {
        self.take_kept(state);
    }
}
