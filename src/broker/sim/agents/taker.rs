//! Takers: people who want to trade now. How many come follows the day's U-shape and the market's roughness; which way
//! they go persists for a while, as large orders are worked in parts.

use super::{Intent, Own, View, middle, size};
use crate::broker::sim::matching::{Lasting, Pricing};
use crate::broker::sim::random::Random;
use crate::market::Side;

/// Most orders it has in a call auction.
const AUCTION_ORDERS: usize = 24;

/// A stream of takers.
#[derive(Debug, Clone, Default)]
pub struct Taker {
    buying: bool,
}

impl Taker {
    /// One marketable order, or in a call auction one that wants to be filled.
    pub fn act(&mut self, view: &View<'_>, orders: &[Own], random: &mut Random, wants: &mut Vec<Intent>) -> f64 {
        if random.chance(0.3) {
            let pull = ((view.fair - middle(view)) / view.stride as f64).clamp(-2.0, 2.0);
            self.buying = random.chance(0.5 + 0.12 * pull);
        }
        let side = if self.buying { Side::Buy } else { Side::Sell };
        let quantity = size(view.typical, random);
        if view.book.is_collecting() {
            self.collect(view, orders, side, quantity, random, wants);
        } else {
            wants.extend(orders.iter().map(|own| Intent::Cancel(own.key)));
            wants.push(Intent::Place { side, pricing: Pricing::Best, quantity, lasting: Lasting::Ioc });
        }
        random.wait() / (view.takers_per_second * view.pace)
    }

    fn collect(
        &self,
        view: &View<'_>,
        orders: &[Own],
        side: Side,
        quantity: i64,
        random: &mut Random,
        wants: &mut Vec<Intent>,
    ) {
        if orders.len() >= AUCTION_ORDERS {
            wants.extend(orders.first().map(|own| Intent::Cancel(own.key)));
        }
        let through = view.stride as f64 * 3.0 * random.unit();
        let tick = if side == Side::Buy { view.fair + through } else { view.fair - through };
        let tick = (tick.round() as i64).clamp(view.bounds.lowest, view.bounds.highest);
        wants.push(Intent::limit(side, tick, quantity.saturating_mul(4), Lasting::Rest));
    }
}
