//! What keys and clicks do on the chart.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::drawing::{DRAWINGS_MAX, Drawing, Pair, Place, Point};
use super::{Chart, Crosshair};
use crate::market::{Interval, Price, TickRule, trading_date};
use crate::text::screen::chart::Chart as Words;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Handled, TicketStart};
use crate::tui::theme::Role;

impl Chart {
    /// Does what an action asks for.
    pub(super) fn deed(&mut self, action: Action, model: &Model, asks: &mut Asks) -> Handled {
        match action {
            Action::ChartType => {
                self.kind = self.kind.next();
                asks.push(Ask::Keep);
            }
            Action::LogScale => {
                self.log = !self.log;
                asks.push(Ask::Keep);
            }
            Action::IntervalDown | Action::IntervalUp => self.step_interval(action == Action::IntervalUp, model, asks),
            Action::Larger | Action::Smaller => self.zoom.step(action == Action::Larger),
            Action::PanLeft | Action::PanRight => self.pan_by(action == Action::PanLeft, 8),
            Action::PageUp | Action::PageDown => self.pan_by(action == Action::PageUp, 1),
            Action::Top => self.pan = self.series.last_number() - self.series.first_number(),
            Action::Bottom => self.pan = 0,
            Action::Left | Action::Right | Action::Up | Action::Down => self.move_crosshair(action, model),
            Action::Escape => return self.escape(),
            Action::TakePrice | Action::Open => return self.ticket(asks),
            Action::AddLine => self.add_level(model, asks),
            Action::AddTrend => self.add_pair(Pair::Trend, model, asks),
            Action::AddFibonacci => self.add_pair(Pair::Fibonacci, model, asks),
            Action::Undo => {
                let gone = self.drawn_mut(model).and_then(Vec::pop);
                self.after_removal(gone, model, asks);
            }
            Action::Delete => {
                let gone =
                    self.nearest_drawing(model).and_then(|at| self.drawn_mut(model).map(|drawn| drawn.remove(at)));
                self.after_removal(gone, model, asks);
            }
            _ => return Handled::No,
        }
        self.ask_older(model, asks);
        Handled::Yes
    }

    fn step_interval(&mut self, up: bool, model: &Model, asks: &mut Asks) {
        let at = Interval::ALL.iter().position(|interval| *interval == self.interval).unwrap_or(0);
        let next = if up { at + 1 } else { at.wrapping_sub(1) };
        if let Some(interval) = Interval::ALL.get(next) {
            self.change_interval(*interval, model, asks);
            asks.push(Ask::Keep);
        }
    }

    /// Pans by a part of what is in sight.
    fn pan_by(&mut self, left: bool, part: i64) {
        let step = (self.sight.shown_bars() / part).max(self.sight.columns.bars);
        let most = (self.series.last_number() - self.series.first_number()).max(0);
        self.pan = (self.pan + if left { step } else { -step }).clamp(0, most);
    }

    /// Where the crosshair begins: the last candle in sight, at the last price.
    fn first_crosshair(&self) -> Option<Crosshair> {
        let price = self.series.candles().last()?.close;
        Some(Crosshair { number: self.series.last_number() - self.pan, price })
    }

    fn move_crosshair(&mut self, action: Action, model: &Model) {
        let Some(at) = self.crosshair else {
            self.crosshair = self.first_crosshair();
            return;
        };
        let columns = self.sight.columns;
        let column = columns.of(at.number);
        let number = match action {
            Action::Left => columns.last_of(column - 1).max(self.series.first_number()),
            Action::Right => columns.last_of(column + 1).min(self.series.last_number()),
            _ => at.number,
        };
        let price = match action {
            Action::Up => self.price_beside(at.price, true, model),
            Action::Down => self.price_beside(at.price, false, model),
            _ => at.price,
        };
        self.crosshair = Some(Crosshair { number, price });
        // The chart follows a crosshair that leaves it.
        let newest = self.series.last_number();
        if columns.of(number) < columns.left() {
            self.pan =
                (newest - number - self.sight.shown_bars() + columns.bars).clamp(0, newest.max(0) - number + self.pan);
        } else if number > newest - self.pan {
            self.pan = newest - number;
        }
    }

    /// The price a row above or below, at least a tick away.
    fn price_beside(&self, price: Price, up: bool, model: &Model) -> Price {
        let scale = &self.sight.scale;
        let y = scale.y(price.value().to_f64().unwrap_or(f64::NAN)) + if up { -1.0 } else { 1.0 };
        let moved = Decimal::try_from(scale.value(y)).ok().and_then(|value| on_tick(value, model));
        let tick = tick_at(price.value(), model);
        let beside = if up { price.value() + tick } else { price.value() - tick };
        let enough = |moved: &Price| if up { moved.value() >= beside } else { moved.value() <= beside };
        moved.filter(enough).or_else(|| on_tick(beside, model)).unwrap_or(price)
    }

    fn escape(&mut self) -> Handled {
        if self.first_end.take().is_some() || self.crosshair.take().is_some() {
            return Handled::Yes;
        }
        Handled::No
    }

    /// A ticket at the crosshair's price.
    fn ticket(&mut self, asks: &mut Asks) -> Handled {
        let Some(crosshair) = self.crosshair else { return Handled::No };
        asks.push(Ask::Ticket(TicketStart { price: Some(crosshair.price), ..TicketStart::default() }));
        Handled::Yes
    }

    /// Puts the crosshair where the mouse is; within the plot.
    pub(super) fn point_at(&mut self, x: u16, y: u16, model: &Model) -> Handled {
        let parts = self.sight.parts;
        let inside = x < parts.width && y >= parts.top && y < parts.top + parts.rows && self.series.last_number() >= 0;
        if !inside {
            return Handled::No;
        }
        let columns = self.sight.columns;
        let first = self.series.first_number();
        let number = columns.last_of(columns.at(x)).clamp(first, self.series.last_number().max(first));
        let value = self.sight.scale.value(f64::from(y - parts.top) + 0.5);
        let Some(price) = Decimal::try_from(value).ok().and_then(|value| on_tick(value, model)) else {
            return Handled::No;
        };
        self.crosshair = Some(Crosshair { number, price });
        Handled::Yes
    }

    /// The crosshair as a point of a drawing.
    pub(super) fn crosshair_point(&self) -> Option<Point> {
        let crosshair = self.crosshair?;
        Some(Point { time: self.series.time_of(crosshair.number)?, price: crosshair.price })
    }

    fn add_level(&mut self, model: &Model, asks: &mut Asks) {
        let at = self.crosshair.or_else(|| self.first_crosshair());
        if let Some(at) = at {
            self.draw_by_hand(Drawing::Level(at.price), model);
            asks.push(Ask::Keep);
        }
    }

    /// First press: one end. Second press: the other.
    fn add_pair(&mut self, pair: Pair, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        let Some(point) = self.crosshair_point() else {
            self.crosshair = self.first_crosshair();
            asks.say(Role::Text, Words::SetCrosshair.text(language));
            return;
        };
        match self.first_end.take() {
            Some((known, first)) if known == pair && first != point => {
                self.draw_by_hand(pair.between(first, point), model);
                asks.push(Ask::Keep);
            }
            _ => {
                self.first_end = Some((pair, point));
                asks.say(Role::Text, Words::SecondEnd.text(language));
            }
        }
    }

    /// Drawings of the instrument.
    pub(super) fn drawn(&self, model: &Model) -> &[Drawing] {
        let id = model.selected.id.map(|id| id.to_string());
        id.and_then(|id| self.drawings.get(&id)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn drawn_mut(&mut self, model: &Model) -> Option<&mut Vec<Drawing>> {
        Some(self.drawings.entry(model.selected.id?.to_string()).or_default())
    }

    /// Adds a drawing; of too many the oldest goes.
    pub(super) fn draw_by_hand(&mut self, drawing: Drawing, model: &Model) {
        if let Some(drawn) = self.drawn_mut(model) {
            if drawn.len() >= DRAWINGS_MAX {
                drawn.remove(0);
            }
            drawn.push(drawing);
        }
    }

    /// The drawing nearest the crosshair, or the last price.
    fn nearest_drawing(&self, model: &Model) -> Option<usize> {
        let at = self.crosshair.or_else(|| self.first_crosshair())?;
        let place = Place { series: &self.series, columns: &self.sight.columns, scale: &self.sight.scale };
        #[allow(clippy::cast_precision_loss)]
        let position = (place.columns.position(at.number as f64), place.y(at.price.value()));
        let drawn = self.drawn(model).iter().enumerate();
        let far = drawn.map(|(index, drawing)| (index, drawing.distance(position, &place)));
        far.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
    }

    fn after_removal(&mut self, gone: Option<Drawing>, model: &Model, asks: &mut Asks) {
        let language = model.look.language;
        match gone {
            Some(_) => {
                asks.say(Role::Text, Words::Removed.text(language));
                asks.push(Ask::Keep);
            }
            None => asks.say(Role::Dim, Words::NoDrawing.text(language)),
        }
    }
}

/// Tick size at a price: by the venue's table where there is one.
fn tick_at(price: Decimal, model: &Model) -> Decimal {
    rule(model).map_or(Decimal::ONE, |(rule, on)| rule.tick(price, on))
}

fn rule(model: &Model) -> Option<(TickRule, jiff::civil::Date)> {
    let info = model.selected.info.as_ref()?;
    let on = trading_date(info.venue, model.now.utc);
    let rule = match info.product.as_str() {
        "krx_stock" => TickRule::KrxStock,
        "krx_etf" => TickRule::KrxEtf,
        "krx_option" => info.option_ticks(),
        _ => TickRule::Fixed(info.tick_size?),
    };
    Some((rule, on))
}

/// The nearest price an order may have. Without a known tick: rounded to what a person would type.
fn on_tick(value: Decimal, model: &Model) -> Option<Price> {
    match rule(model) {
        Some((rule, on)) => {
            let (below, above) = (rule.floor(value, on), rule.ceil(value, on));
            match (below, above) {
                (Some(below), Some(above)) => {
                    let nearer = value - below.value() <= above.value() - value;
                    Some(if nearer { below } else { above })
                }
                (below, above) => below.or(above),
            }
        }
        None => {
            let rounded = value.round_sf_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)?;
            Price::new(rounded).ok()
        }
    }
}
