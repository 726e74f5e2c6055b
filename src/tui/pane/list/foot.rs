//! A line of sums below a list. What has no room is left out whole: half a sum is a wrong one.

use rust_decimal::Decimal;

use super::cell::{AMOUNT_DECIMALS_MAX, Arrowed, COST_DECIMALS_MAX, length};
use crate::market::Currency;
use crate::tui::theme::{Look, Role};
use crate::tui::widget::{Align, Grouped, Pen, cells};

/// A line of sums.
pub struct Foot<'a, 'b> {
    pen: &'a mut Pen<'b>,
    y: u16,
    x: u16,
    full: bool,
}

impl<'a, 'b> Foot<'a, 'b> {
    /// A line of the pen's area.
    pub const fn new(pen: &'a mut Pen<'b>, y: u16) -> Self {
        Self { pen, y, x: 0, full: false }
    }

    /// What the line is about.
    pub fn label(&mut self, text: &str) {
        let style = self.pen.style(Role::Label);
        self.x += self.pen.text(self.x, self.y, text, style);
    }

    /// A profit with its name.
    pub fn profit(&mut self, name: &str, value: Decimal, currency: Currency) {
        let arrowed = Arrowed::new(self.pen.look, value, currency.decimals().min(AMOUNT_DECIMALS_MAX), "");
        let role = Look::direction(arrowed.sign);
        self.part(name, role, arrowed);
    }

    /// A change in per cent, of what was written before it.
    pub fn percent(&mut self, value: Decimal) {
        let arrowed = Arrowed::new(self.pen.look, value, 2, "%");
        let role = Look::direction(arrowed.sign);
        self.part("", role, arrowed);
    }

    /// Money with its name.
    pub fn money(&mut self, name: &str, value: Decimal, currency: Currency) {
        let grouped = Grouped::with_decimals(value, currency.decimals().min(AMOUNT_DECIMALS_MAX));
        self.part(name, Role::Text, grouped);
    }

    /// A fee or tax with its name.
    pub fn cost(&mut self, name: &str, value: Decimal, currency: Currency) {
        let grouped = Grouped::with_decimals(value, currency.decimals().min(COST_DECIMALS_MAX));
        self.part(name, Role::Text, grouped);
    }

    fn part(&mut self, name: &str, role: Role, value: impl std::fmt::Display) {
        let before = if self.x == 0 {
            0
        } else if name.is_empty() {
            1
        } else {
            2
        };
        let named = if name.is_empty() { 0 } else { cells(name) + 1 };
        let width = length(&value);
        self.full |= self.x + before + named + width > self.pen.width();
        if self.full {
            return;
        }
        self.x += before;
        let (label, style) = (self.pen.style(Role::Label), self.pen.style(role));
        self.pen.text(self.x, self.y, name, label);
        self.x += named;
        self.x += self.pen.value(self.x, self.y, width, value, Align::Left, style);
    }
}
