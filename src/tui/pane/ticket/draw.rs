//! Draws the ticket.

use std::fmt::Write;

use ratatui::style::{Modifier, Style};
use rust_decimal::Decimal;

use super::Ticket;
use super::form::{Field, Type};
use super::input::Input;
use super::layout::{Item, Row, Slot, first_row, rows};
use super::messages::label;
use super::send::trail_text;
use crate::market::Side;
use crate::order::Route;
use crate::text::screen::ticket::Ticket as Words;
use crate::text::term::term;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Grouped, Pen, cells};

/// Where an item is drawn.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub x: u16,
    pub y: u16,
    pub width: u16,
}

impl Ticket {
    pub(super) fn draw_all(&mut self, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        let (width, height) = (pen.width(), pen.height());
        self.slots.clear();
        if width == 0 || height == 0 {
            return;
        }
        let mut lines = std::mem::take(&mut self.rows);
        rows(&self.form, self.basis.as_ref(), width, height, &mut lines);
        // The button has the last line; on a single line it stands only while it has the keys.
        let button = u16::from(height > 1 || self.form.field == Field::Send);
        let above = usize::from(height - button);
        let shown = if lines.len() < above { lines.len() } else { above - usize::from(above >= 3) };
        let first = first_row(&lines, self.form.field, shown);
        let mut y = 0;
        let two = lines.first().is_some_and(|(left, _)| *left == Item::Head);
        for row in lines.iter().skip(first).take(shown) {
            self.draw_row(*row, y, two, model, focused, pen);
            y += 1;
        }
        self.rows = lines;
        let free = (height - button).saturating_sub(y);
        self.draw_messages(y, free, pen);
        if button > 0 {
            self.draw_button(height - 1, focused, model, pen);
        }
    }

    fn draw_row(&mut self, row: Row, y: u16, two: bool, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        let ((left, right), width) = (row, pen.width());
        let half = width.saturating_sub(2) / 2;
        let Some(right) = right else {
            // Alone among pairs it keeps its column.
            let width = if two && left != Item::Head { half } else { width };
            self.draw_item(left, Place { x: 0, y, width }, model, focused, pen);
            return;
        };
        self.draw_item(left, Place { x: 0, y, width: half }, model, focused, pen);
        let x = half + 2;
        self.draw_item(right, Place { x, y, width: width.saturating_sub(x) }, model, focused, pen);
    }

    fn draw_item(&mut self, item: Item, place: Place, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        match item {
            Item::Head => {
                let used = self.draw_sides(place, focused, model, pen);
                let x = place.x + used + 2;
                self.draw_instrument(Place { x, width: place.width.saturating_sub(used + 2), ..place }, pen);
            }
            Item::Instrument => self.draw_instrument(place, pen),
            Item::Field(Field::Side) => {
                self.draw_sides(place, focused, model, pen);
            }
            Item::Field(field) => self.draw_field(field, place, model, focused, pen),
            Item::Counted => self.draw_counted(place, model, pen),
            Item::ComesTo => self.draw_comes_to(place, model, pen),
            Item::Figure(figure) => self.draw_figure(figure, place, model, pen),
        }
    }

    fn draw_instrument(&self, place: Place, pen: &mut Pen<'_>) {
        let strong = pen.style(Role::Strong);
        pen.field(place.x, place.y, place.width, &self.name, Align::Left, strong);
    }

    /// Both sides; the one that is meant has a mark in front, so that colour is not all that tells them apart.
    fn draw_sides(&mut self, place: Place, focused: bool, model: &Model, pen: &mut Pen<'_>) -> u16 {
        let here = focused && self.form.field == Field::Side;
        let mut x = place.x;
        let end = place.x + place.width;
        for (side, words, role) in [(Side::Buy, Words::Buy, Role::Buy), (Side::Sell, Words::Sell, Role::Sell)] {
            let chosen = self.form.side == side;
            let style = match (chosen, here) {
                (true, true) => pen.style(Role::FieldFocused).patch(pen.style(role)),
                (true, false) => pen.style(role).add_modifier(Modifier::BOLD),
                (false, _) => pen.style(Role::Dim),
            };
            let text = words.text(model.look.language);
            let mark = if chosen { pen.look.glyphs.cursor } else { " " };
            let room = end.saturating_sub(x);
            let used = pen.field(x, place.y, room.min(1), mark, Align::Left, style)
                + pen.field(x + 1, place.y, room.saturating_sub(1), text, Align::Left, style);
            if self.form.change.is_none() {
                self.slots.push(Slot { field: Field::Side, side: Some(side), x, y: place.y, width: used });
            }
            x += used + 1;
        }
        x.saturating_sub(place.x + 1)
    }

    fn draw_label(words: Words, place: Place, model: &Model, pen: &mut Pen<'_>) -> Place {
        let width = match model.look.language {
            crate::config::Language::Ko => 7,
            crate::config::Language::En => 8,
        };
        Self::draw_narrow_label(words, place, width, model, pen)
    }

    fn draw_narrow_label(words: Words, place: Place, width: u16, model: &Model, pen: &mut Pen<'_>) -> Place {
        let style = pen.style(Role::Label);
        let width = width.min(place.width / 2);
        pen.field(place.x, place.y, width, words.text(model.look.language), Align::Left, style);
        Place { x: place.x + width, y: place.y, width: place.width - width }
    }

    fn draw_field(&mut self, field: Field, place: Place, model: &Model, focused: bool, pen: &mut Pen<'_>) {
        let Some(words) = label(field, self.form.exit_trails) else { return };
        let is_exit = matches!(field, Field::TakeProfit | Field::StopLoss);
        let value = if is_exit && place.width < 30 {
            Self::draw_narrow_label(words, place, if words == Words::TrailingExit { 6 } else { 5 }, model, pen)
        } else {
            Self::draw_label(words, place, model, pen)
        };
        let usable = self.form.has(field, self.basis.as_ref());
        if usable {
            self.slots.push(Slot { field, side: None, x: place.x, y: place.y, width: place.width });
        }
        let here = focused && usable && self.form.field == field;
        match self.form.shown_input(field) {
            Some(input) if is_exit => {
                let room = self.draw_exit_price(field, value, pen);
                self.draw_input(input, field, Place { width: room, ..value }, here, pen);
            }
            Some(input) => self.draw_input(input, field, value, here, pen),
            None => self.draw_choice(field, value, here, usable, model, pen),
        }
    }

    /// The price an exit comes to, at the right of its field where it is given as a distance. The cells left for the
    /// field.
    fn draw_exit_price(&self, field: Field, place: Place, pen: &mut Pen<'_>) -> u16 {
        let (price, input) = match field {
            Field::TakeProfit => (self.worked.take_profit, &self.form.take_profit),
            _ => (self.worked.stop_loss, &self.form.stop_loss),
        };
        let is_distance = input.text().contains(['%', '+', '-', 't', 'T', '틱']);
        let Some(price) = price.filter(|_| is_distance) else {
            return if place.width > 20 { 14 } else { place.width };
        };
        let field_width = (cells(input.text()) + 1).clamp(6, place.width.max(6)).min(place.width);
        let room = place.width.saturating_sub(field_width + 1);
        let style = pen.style(Role::Text);
        pen.value(place.x + field_width + 1, place.y, room, Grouped::new(price.value()), Align::Left, style);
        field_width
    }

    fn draw_input(&self, input: &Input, field: Field, place: Place, here: bool, pen: &mut Pen<'_>) {
        let style = if self.is_wrong(field) {
            pen.style(Role::FieldWrong)
        } else if here {
            pen.style(Role::FieldFocused)
        } else {
            pen.style(Role::Field)
        };
        pen.rule(place.x, place.y, place.width, " ", style);
        if !here {
            pen.field(place.x, place.y, place.width, input.text(), Align::Left, style);
            return;
        }
        // The part around the cursor: as much before it as fits.
        let before_end = input.text().char_indices().nth(input.cursor()).map_or(input.text().len(), |(at, _)| at);
        let (mut before, after) = input.text().split_at_checked(before_end).unwrap_or((input.text(), ""));
        while cells(before) + 1 > place.width && !before.is_empty() {
            let mut letters = before.chars();
            letters.next();
            before = letters.as_str();
        }
        let used = pen.field(place.x, place.y, place.width, before, Align::Left, style);
        let x = place.x + used;
        pen.field(x, place.y, place.width.saturating_sub(used), after, Align::Left, style);
        if used < place.width {
            let wide = after.chars().next().map_or(1, |letter| cells(letter.encode_utf8(&mut [0; 4])).max(1));
            pen.ground(x, place.y, wide.min(place.width - used), Style::new().add_modifier(Modifier::REVERSED));
        }
    }

    fn draw_choice(&mut self, field: Field, place: Place, here: bool, usable: bool, model: &Model, pen: &mut Pen<'_>) {
        let language = model.look.language;
        let text = match field {
            Field::Type => match self.form.kind {
                Type::Of(kind) => term(language, kind.as_str()),
                Type::Pair => Words::Pair.text(language),
            },
            Field::Lasts => term(language, self.form.lasts.as_str()),
            Field::Route => match self.form.route {
                Route::Krx => "KRX",
                Route::Nxt => "NXT",
                Route::Best => "SOR",
            },
            Field::ReduceOnly => (if self.form.reduce_only { Words::Yes } else { Words::No }).text(language),
            Field::Template => self.form.template.as_deref().unwrap_or(Words::None.text(language)),
            _ => return,
        };
        let style = pen.style(match (here, usable) {
            (true, _) => Role::FieldFocused,
            (false, true) => Role::Field,
            (false, false) => Role::Dim,
        });
        if !usable {
            pen.field(place.x, place.y, place.width, text, Align::Left, style);
            return;
        }
        pen.rule(place.x, place.y, place.width, " ", style);
        if here && cells(text) + 4 <= place.width {
            self.scratch.clear();
            let _ = write!(self.scratch, "< {text} >");
            pen.field(place.x, place.y, place.width, &self.scratch, Align::Left, style);
        } else {
            pen.field(place.x, place.y, place.width, text, Align::Left, style);
        }
    }

    fn draw_counted(&self, place: Place, model: &Model, pen: &mut Pen<'_>) {
        let value = Self::draw_label(Words::Price, place, model, pen);
        let dim = pen.style(Role::Dim);
        match self.worked.price {
            Some(price) => {
                self.draw_about(price.value(), value, dim, pen);
            }
            None => {
                pen.field(value.x, value.y, value.width, Words::AtMarket.text(model.look.language), Align::Left, dim);
            }
        }
    }

    /// `~ 71,200`: a number the market decides.
    fn draw_about(&self, value: Decimal, place: Place, style: Style, pen: &mut Pen<'_>) {
        pen.field(place.x, place.y, place.width, "~", Align::Left, style);
        pen.value(place.x + 2, place.y, place.width.saturating_sub(2), Grouped::new(value), Align::Left, style);
    }

    /// `= 14 · 996,800`: units where money or a share was given, and their value.
    fn draw_comes_to(&mut self, place: Place, model: &Model, pen: &mut Pen<'_>) {
        let Some(quantity) = self.worked.quantity else { return };
        let trail = self.worked.order.as_ref().and_then(|order| order.bracket.trail);
        if !self.worked.converted && self.worked.price.is_none() && trail.is_none() {
            return;
        }
        let role = if self.worked.converted { Role::Strong } else { Role::Dim };
        let style = pen.style(role);
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        // Writing into a string cannot fail.
        let _ = write!(text, "= ");
        if self.worked.converted {
            let _ = write!(text, "{}", Grouped::new(quantity.value()));
        } else if let Some(price) = self.worked.price {
            let multiplier = self.basis.map_or(rust_decimal::Decimal::ONE, |basis| basis.multiplier);
            let value = price.times(quantity).saturating_mul(multiplier);
            let decimals = self.basis.and_then(|basis| basis.currency).map_or(2, |currency| currency.decimals().min(2));
            let _ = write!(text, "{}", Grouped::with_decimals(value, decimals));
        } else {
            let _ = write!(text, "{}", Grouped::new(quantity.value()));
        }
        if let Some(currency) = self.basis.and_then(|basis| basis.currency).filter(|_| !self.worked.converted) {
            let _ = write!(text, " {currency}");
        }
        // Which exit follows how far is part of what an order comes to.
        if let Some(trail) = trail {
            let _ = write!(text, " {} {}", Words::TrailingExit.text(model.look.language), trail_text(trail));
        }
        pen.field(place.x, place.y, place.width, &text, Align::Left, style);
        self.scratch = text;
    }

    fn draw_button(&mut self, y: u16, focused: bool, model: &Model, pen: &mut Pen<'_>) {
        let width = pen.width();
        self.slots.push(Slot { field: Field::Send, side: None, x: 0, y, width });
        let ready = self.worked.order.is_some() || self.worked.change.is_some();
        let here = focused && self.form.field == Field::Send;
        let role = match (ready, self.form.side) {
            (false, _) => Role::Dim,
            (true, Side::Buy) => Role::Buy,
            (true, Side::Sell) => Role::Sell,
        };
        let mut style = pen.style(role);
        if here {
            style = style.add_modifier(Modifier::REVERSED | Modifier::BOLD);
        } else if ready {
            style = pen.style(Role::Field).patch(style);
        }
        if ready && super::messages::blocked(model).is_some() {
            style = pen.style(Role::Dim);
            if here {
                style = style.add_modifier(Modifier::REVERSED);
            }
        }
        pen.rule(0, y, width, " ", style);
        pen.field(0, y, width, &self.button, Align::Centre, style);
        if here && width > 4 {
            let cursor = pen.look.glyphs.cursor;
            pen.symbol(0, y, cursor, style);
        }
    }
}
