//! What the mouse does on the ladder: the same as keys, on the row and column that were pointed at.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::columns::Zone;
use super::keys::say;
use super::{Ladder, order};
use crate::config::Mouse;
use crate::market::{Price, Side};
use crate::tui::model::Model;
use crate::tui::pane::{Ask, Asks, Handled, TicketStart};

/// Two presses within this are one double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// A press.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Press {
    price: Price,
    zone: Zone,
    at: Duration,
}

impl Ladder {
    pub(super) fn on_mouse(&mut self, mouse: &MouseEvent, area: Rect, model: &Model, asks: &mut Asks) -> Handled {
        let now = model.now.since_start;
        match mouse.kind {
            MouseEventKind::ScrollUp => self.view.scroll(1, now),
            MouseEventKind::ScrollDown => self.view.scroll(-1, now),
            MouseEventKind::Down(button) => {
                let Some((price, zone)) = self.pointed_at(mouse, area, model) else { return Handled::No };
                self.view.put_cursor(price, now);
                self.press(button, Press { price, zone, at: now }, model, asks);
            }
            _ => return Handled::No,
        }
        if model.is_armed() {
            asks.push(Ask::Used);
        }
        self.stale_rows = true;
        Handled::Yes
    }

    /// The row and column that was drawn where the mouse points.
    fn pointed_at(&self, mouse: &MouseEvent, area: Rect, model: &Model) -> Option<(Price, Zone)> {
        if self.generation != model.selected.generation {
            return None;
        }
        let line = mouse.row.checked_sub(area.y + self.first)?;
        let x = mouse.column.checked_sub(area.x)?;
        let price = self.view.prices.get(usize::from(line)).copied()?;
        Some((price, self.columns.zone(x)))
    }

    fn press(&mut self, button: MouseButton, press: Press, model: &Model, asks: &mut Asks) {
        let scheme = model.config.ui.mouse;
        let before = self.pressed.replace(press);
        let again = before.is_some_and(|before| {
            (before.price, before.zone) == (press.price, press.zone) && press.at.saturating_sub(before.at) <= DOUBLE
        });
        if again {
            // A third press is the first of another pair.
            self.pressed = None;
        }
        let armed = model.is_armed() && scheme != Mouse::Off;
        match button {
            MouseButton::Left if armed && (again || scheme == Mouse::SingleClick) => {
                if let Err(why) = self.click(press.zone, model, asks) {
                    say(why, model, asks);
                }
            }
            MouseButton::Right if armed => {
                if let Err(why) = self.cancel_here(model, asks) {
                    say(why, model, asks);
                }
            }
            MouseButton::Left if again && !model.is_armed() && scheme != Mouse::Off => {
                asks.push(Ask::Ticket(TicketStart { price: Some(press.price), ..TicketStart::default() }));
            }
            _ => {}
        }
    }

    /// Buys or sells at the cursor's row, or cancels where an own order's mark was hit.
    fn click(&mut self, zone: Zone, model: &Model, asks: &mut Asks) -> Result<(), crate::text::screen::ladder::Words> {
        let (scale, price) = self.row(model)?;
        let row = self.view.row_at(price).and_then(|row| self.book.rows.get(row)).copied().unwrap_or_default();
        let asks_here = !row.ask.quantity.is_zero();
        let bids_here = !row.bid.quantity.is_zero();
        let own_at_left = row.bid.own.count > 0 && !asks_here;
        let own_at_right = row.ask.own.count > 0 && !bids_here;
        let side = match zone {
            Zone::Asks if own_at_left => return self.cancel_here(model, asks),
            Zone::Bids if own_at_right => return self.cancel_here(model, asks),
            Zone::Asks => Side::Sell,
            Zone::Bids => Side::Buy,
            Zone::Price => return Ok(()),
        };
        asks.push(Ask::Trade(order::limit(model, scale, side, price)?));
        Ok(())
    }
}
