//! The backstop: the exchange's obliged market maker, who acts at once whenever a side of the book grows thin.

use super::{Intent, Own, View};
use crate::broker::sim::matching::Lasting;
use crate::broker::sim::random::Random;
use crate::market::Side;
use crate::market::arrange::Arrange;

/// Fewer levels than this on a side, and it acts.
const THIN: usize = 11;
/// Levels it leaves on a side.
const ENOUGH: usize = 14;
/// Orders it keeps on a side at most; the outermost go first.
const ORDERS: usize = 48;
/// Ticks (in strides) it looks through at most.
const REACH: i64 = 64;

/// The obliged maker of one instrument.
#[derive(Debug, Clone, Default)]
pub struct Backstop {
    orders: Vec<Own>,
}

impl Backstop {
    /// Whether a side is thin.
    #[must_use]
    pub fn is_needed(view: &View<'_>) -> bool {
        view.book.level_count(Side::Buy) < THIN || view.book.level_count(Side::Sell) < THIN
    }

    /// Fills empty prices from the touch outwards until there are enough of them.
    pub fn act(&mut self, view: &View<'_>, random: &mut Random, wants: &mut Vec<Intent>) {
        let book = view.book;
        self.orders.retain(|own| book.left(own.key).is_some());
        for (side, away) in [(Side::Buy, -1), (Side::Sell, 1)] {
            let count = book.level_count(side);
            if count >= THIN {
                continue;
            }
            self.make_room(side, away, wants);
            let touch = book.best(side).or_else(|| book.best(side.opposite()).map(|best| best + away));
            let touch =
                touch.unwrap_or_else(|| if side == Side::Buy { view.fair as i64 } else { view.fair as i64 + 1 });
            let mut missing = ENOUGH.saturating_sub(count);
            for step in 0..REACH {
                let tick = touch + away * step * view.stride;
                if missing == 0 || tick < view.bounds.lowest || tick > view.bounds.highest {
                    break;
                }
                if book.total_at(side, tick) == 0 {
                    let quantity = (view.typical * (4.0 + 2.0 * step as f64) * (0.5 + random.unit())).max(1.0);
                    wants.push(Intent::limit(side, tick, quantity as i64, Lasting::Rest));
                    missing -= 1;
                }
            }
        }
    }

    /// An order of its own now rests.
    pub fn rested(&mut self, own: Own) {
        self.orders.push(own);
    }

    /// Gives up every order; the caller cancels them in the book.
    pub fn leave(&mut self) -> Vec<Own> {
        std::mem::take(&mut self.orders)
    }

    fn make_room(&self, side: Side, away: i64, wants: &mut Vec<Intent>) {
        let mut mine: Vec<&Own> = self.orders.iter().filter(|own| own.side == side).collect();
        mine.arrange_by_key(|own| own.tick * away);
        wants.extend(mine.iter().skip(ORDERS).map(|own| Intent::Cancel(own.key)));
    }
}
