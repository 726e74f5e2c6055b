//! Taker volumes by which a strength alert (체결강도) is judged.

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::alert_watch::in_cents;
use crate::market::{Side, Trade};

/// Fewest prints of takers that make a strength: a ratio of the first few swings without meaning.
const STRENGTH_PRINTS_MIN: u32 = 30;

/// What takers bought and sold on one trading day, as far as it was heard while an alert waited.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Flow {
    day: Option<Date>,
    bought: Decimal,
    sold: Decimal,
    prints: u32,
}

impl Flow {
    /// Takes in a print of a trading day.
    pub fn take(&mut self, day: Date, trade: &Trade) {
        // A late print of the day before is of no day that is still counted.
        if self.day.is_some_and(|known| known > day) {
            return;
        }
        if self.day != Some(day) {
            *self = Self { day: Some(day), ..Self::default() };
        }
        match trade.side {
            Some(Side::Buy) => self.bought += trade.quantity.value(),
            Some(Side::Sell) => self.sold += trade.quantity.value(),
            None => return,
        }
        self.prints = self.prints.saturating_add(1);
    }

    /// 체결강도 in per cent.
    pub fn strength(&self) -> Option<Decimal> {
        if self.prints < STRENGTH_PRINTS_MIN {
            return None;
        }
        self.bought.checked_mul(dec!(100))?.checked_div(self.sold).map(in_cents)
    }
}
