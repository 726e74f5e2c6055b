//! Noise: people who place limit orders around the touch, change their mind, and cancel.

use super::{Intent, Own, View, size};
use crate::broker::sim::matching::{Lasting, Pricing};
use crate::broker::sim::random::Random;
use crate::market::Side;

/// Most orders it has.
const ORDERS: usize = 28;
/// Seconds between looks at the usual pace.
const PATIENCE: f64 = 0.22;

/// A stream of noise.
#[derive(Debug, Clone)]
pub struct Noise {
    /// Mean distance from the touch, in level strides.
    distance: f64,
}

impl Noise {
    /// Noise at a mean distance from the touch, in level strides.
    #[must_use]
    pub const fn new(distance: f64) -> Self {
        Self { distance }
    }

    /// Places one, or cancels one.
    pub fn act(&self, view: &View<'_>, orders: &[Own], random: &mut Random, wants: &mut Vec<Intent>) -> f64 {
        let full = orders.len() >= ORDERS;
        if full || (random.chance(0.46) && !orders.is_empty()) {
            let which = random.below(orders.len() as u64) as usize;
            wants.extend(orders.get(which).map(|own| Intent::Cancel(own.key)));
        } else {
            let side = if random.chance(0.5) { Side::Buy } else { Side::Sell };
            let quantity = size(view.typical * 2.0, random);
            if random.chance(0.06) && !view.book.is_collecting() {
                wants.push(Intent::Place { side, pricing: Pricing::Priority, quantity, lasting: Lasting::Rest });
            } else if let Some(best) = view.book.best(side).filter(|_| !view.book.is_collecting()) {
                let away = (self.distance * random.wait() * view.stride as f64) as i64;
                let tick = if side == Side::Buy { best - away } else { best + away };
                let tick = tick.clamp(view.bounds.lowest, view.bounds.highest);
                wants.push(Intent::limit(side, tick, quantity, Lasting::Rest));
            }
        }
        PATIENCE * random.wait() / view.pace.clamp(0.4, 3.0)
    }
}
