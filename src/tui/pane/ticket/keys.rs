//! Keys and clicks in the fields.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use super::Ticket;
use super::basis::Basis;
use super::form::Field;
use super::number;
use crate::market::{Quantity, Side};
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Handled};
use crate::tui::terminal::hangul::latin_keys;
use crate::tui::widget::Grouped;

impl Ticket {
    pub(super) fn take_key(&mut self, key: &KeyEvent, model: &Model, asks: &mut Asks) -> Handled {
        self.basis = Basis::of(model);
        let field = self.form.field;
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        if self.form.input(field).is_none() {
            return self.take_choice_key(key, plain, model, asks);
        }
        if let KeyCode::Char(letter) = key.code
            && plain
        {
            if !self.step_value(letter, model) {
                self.type_letter(letter);
            }
            return Handled::Yes;
        }
        let took = self.form.input(field).is_some_and(|input| input.key(key));
        if !took {
            return Handled::No;
        }
        self.form.own_price |= field == Field::Price;
        Handled::Yes
    }

    fn type_letter(&mut self, letter: char) {
        let field = self.form.field;
        if let Some(input) = self.form.input(field) {
            input.insert(letter);
        }
        self.form.own_price |= field == Field::Price;
    }

    fn take_choice_key(&mut self, key: &KeyEvent, plain: bool, model: &Model, asks: &mut Asks) -> Handled {
        match key.code {
            KeyCode::Left => self.cycle(false, model, asks),
            KeyCode::Right => self.cycle(true, model, asks),
            // A held letter must not go through all choices of the button's neighbour, and the button is no choice.
            KeyCode::Char(' ') if plain => self.cycle(true, model, asks),
            KeyCode::Char(letter) if plain && self.form.field == Field::Side => {
                // With the Hangul layout on, the same finger asks for the same side.
                let latin = latin_keys(letter).and_then(|keys| keys.chars().next()).unwrap_or(letter);
                let side = match latin.to_ascii_lowercase() {
                    'b' => Some(Side::Buy),
                    's' => Some(Side::Sell),
                    _ => None,
                };
                if let Some(side) = side {
                    self.form.side = side;
                    self.form.suggest_price(self.basis.as_ref());
                }
            }
            // Letters and editing keys have no use on a choice, and none behind it either.
            KeyCode::Char(_) if plain => {}
            KeyCode::Backspace | KeyCode::Delete | KeyCode::Home | KeyCode::End => {}
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn cycle(&mut self, forward: bool, model: &Model, asks: &mut Asks) {
        let before = self.form.template.clone();
        if !self.form.cycle(forward, self.basis.as_ref(), &model.config) {
            return;
        }
        if self.form.template != before {
            self.template_seen.clone_from(&self.form.template);
            asks.push(Ask::Bracket(self.form.template.clone()));
        }
        self.form.suggest_price(self.basis.as_ref());
    }

    /// `+` and `-` step a price by a tick and a quantity by the preset step; `=` takes the last price. Whether the letter
    /// was one of them for this field.
    fn step_value(&mut self, letter: char, model: &Model) -> bool {
        let Some(basis) = self.basis else { return false };
        match (self.form.field, letter) {
            (Field::Price | Field::Trigger, '=' | '+' | '-') => {
                let field = self.form.field;
                let now = self.form.shown_input(field).and_then(|input| number::price(input.text()).ok());
                let price = match letter {
                    '=' => basis.last,
                    '+' => now.or(basis.last).map(|price| basis.stepped(price, 1)),
                    _ => now.or(basis.last).map(|price| basis.stepped(price, -1)),
                };
                if let (Some(price), Some(input)) = (price, self.form.input(field)) {
                    input.set(&Grouped::new(price.value()).to_string());
                    self.form.own_price |= field == Field::Price;
                }
                true
            }
            (Field::Quantity, '+' | '-') => {
                self.step_quantity(letter == '+', &basis, model);
                true
            }
            _ => false,
        }
    }

    fn step_quantity(&mut self, up: bool, basis: &Basis, model: &Model) {
        let lot = basis.lot.map_or(Decimal::ZERO, Quantity::value);
        let step = model.trading.sizes.first().map_or(Decimal::ONE, |size| size.value()).max(lot);
        let now = match number::amount(self.form.quantity.text(), basis.currency) {
            Ok(number::Amount::Units(quantity)) => quantity.value(),
            _ if self.form.quantity.is_empty() => Decimal::ZERO,
            // Money or a share is stepped from what it comes to.
            _ => self.worked.quantity.map_or(Decimal::ZERO, Quantity::value),
        };
        let next = if up { now + step } else { now - step };
        if next > Decimal::ZERO
            && let Ok(quantity) = Quantity::new(next)
        {
            self.form.quantity.set(&Grouped::new(quantity.value()).to_string());
        }
    }

    /// A click gives a field the keys and takes the next choice; it never sends.
    pub(super) fn take_click(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        if mouse.kind != MouseEventKind::Down(MouseButton::Left) {
            return Handled::No;
        }
        let (x, y) = (mouse.column.saturating_sub(area.x), mouse.row.saturating_sub(area.y));
        let Some(slot) = self.slots.iter().find(|slot| slot.holds(x, y)).copied() else { return Handled::No };
        self.basis = Basis::of(model);
        if !self.form.has(slot.field, self.basis.as_ref()) {
            return Handled::No;
        }
        self.form.go(slot.field);
        match slot.side {
            Some(side) => {
                self.form.side = side;
                self.form.suggest_price(self.basis.as_ref());
            }
            None => self.cycle(true, model, asks),
        }
        // A button that a click has just chosen is as new to the hand as a ticket that has just opened.
        self.since = model.now.since_start;
        Handled::Yes
    }
}
