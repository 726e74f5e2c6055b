//! Draws what the desk says: the money, and the lines below it.

use std::fmt::Write;

use rust_decimal::Decimal;

use super::Ticket;
use super::draw::Place;
use super::layout::Figure;
use crate::desk::protocol::Preview;
use crate::market::Currency;
use crate::text::screen::ticket::Ticket as Words;
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::widget::{Align, Digits, Grouped, Pen, cells, cut};

impl Ticket {
    pub(super) fn draw_figure(&mut self, figure: Figure, place: Place, model: &Model, pen: &mut Pen<'_>) {
        let words = match figure {
            Figure::Cost => Words::Cost,
            Figure::Fee => Words::Fee,
            Figure::Tax => Words::Tax,
            Figure::SetAside => Words::SetAside,
            Figure::Breakeven => Words::Breakeven,
            Figure::After => Words::After,
        };
        // The number stands at the right and may come as far as the word.
        let text = words.text(model.look.language);
        let label = pen.style(Role::Label);
        let used = pen.field(place.x, place.y, place.width / 2, text, Align::Left, label) + 1;
        let value = Place { x: place.x + used, y: place.y, width: place.width.saturating_sub(used) };
        let order = self.worked.order.as_deref();
        let about = order.and_then(|order| self.answer.about(order));
        let said = about.or(self.answer.last().filter(|_| order.is_some()));
        let preview = said.and_then(|said| said.outcome.as_deref().ok());
        let number = preview.and_then(|preview| figure_of(figure, preview).map(|value| (value, preview.currency)));
        let Some((number, currency)) = number else {
            let dim = pen.style(Role::Dim);
            pen.field(value.x, value.y, value.width, "-", Align::Right, dim);
            return;
        };
        let role = match (about.is_some(), number < Decimal::ZERO) {
            (false, _) => Role::Stale,
            (true, true) => Role::Error,
            (true, false) => Role::Text,
        };
        let style = pen.style(role);
        let decimals = decimals_of(figure, number, currency);
        self.scratch.clear();
        let _ = write!(self.scratch, "{}", Grouped::with_decimals(number, decimals));
        if cells(&self.scratch) > value.width {
            // Half a number is a wrong number; a short one is only rounded.
            let korean = model.look.language == crate::config::Language::Ko;
            self.scratch.clear();
            let _ = write!(self.scratch, "{}", Digits::new(number.round(), korean));
        }
        pen.field(value.x, value.y, value.width, &self.scratch, Align::Right, style);
    }

    pub(super) fn draw_messages(&self, top: u16, free: u16, pen: &mut Pen<'_>) {
        let last = self.last.as_ref().filter(|_| free >= 2);
        // The state of an order stands at its end; with room to spare it is not cut off.
        let wanted = last.map_or(0, |(_, text)| cells(text).div_ceil(pen.width().max(1)).clamp(1, (free / 3).max(1)));
        let mut y = top;
        let end = top + free - wanted;
        for (role, text) in &self.messages {
            y = draw_broken(text, *role, (y, end), pen);
        }
        if let Some((role, text)) = last {
            draw_broken(text, *role, (end, top + free), pen);
        }
    }
}

fn figure_of(figure: Figure, preview: &Preview) -> Option<Decimal> {
    match figure {
        Figure::Cost => Some(preview.cost),
        Figure::Fee => Some(preview.fee),
        Figure::Tax => Some(preview.tax),
        Figure::SetAside => Some(preview.reserved),
        Figure::Breakeven => preview.breakeven,
        Figure::After => preview.available.checked_sub(preview.reserved),
    }
}

/// Decimals worth reading: those of the currency, two at most, and more where a fee would else read as nothing.
fn decimals_of(figure: Figure, number: Decimal, currency: Currency) -> u32 {
    let whole = currency.decimals().min(2);
    match figure {
        Figure::Breakeven if number < Decimal::from(10) => whole + 4,
        Figure::Breakeven => whole.max(1),
        _ if whole > 0 && !number.is_zero() && number.abs() < Decimal::ONE => 4,
        _ => whole,
    }
}

/// Draws a text over lines as far as `end`, which is not drawn on any more; the last line says with an ellipsis that there
/// was more. The line after it.
fn draw_broken(text: &str, role: Role, (mut y, end): (u16, u16), pen: &mut Pen<'_>) -> u16 {
    let style = pen.style(role);
    let mut rest = text;
    while !rest.is_empty() && y < end {
        let take = if y + 1 == end { rest.len() } else { broken(rest, pen.width()) };
        let (line, after) = rest.split_at_checked(take).unwrap_or((rest, ""));
        pen.text(0, y, line.trim_end(), style);
        rest = after.trim_start();
        y += 1;
    }
    y
}

/// Length of the part of a text that fits into a line, broken at a blank where there is one in its second half.
fn broken(text: &str, width: u16) -> usize {
    let (fits, _) = cut(text, width);
    if fits.len() == text.len() {
        return text.len();
    }
    if fits.is_empty() {
        return text.len();
    }
    fits.rfind(' ').filter(|at| *at > fits.len() / 2).unwrap_or(fits.len())
}
