//! Arbitrageurs: those who know what an instrument is worth and take whatever is offered for less.

use super::{Intent, Own, View};
use crate::broker::sim::matching::Lasting;
use crate::broker::sim::random::Random;
use crate::market::Side;

/// Seconds between looks.
const PATIENCE: f64 = 0.4;

/// An arbitrageur.
#[derive(Debug, Clone, Copy)]
pub struct Arbitrageur;

impl Arbitrageur {
    /// Sweeps quotes on the wrong side of the fair value; what is left waits there, so no hole opens behind it.
    pub fn act(self, view: &View<'_>, orders: &[Own], random: &mut Random, wants: &mut Vec<Intent>) -> f64 {
        wants.extend(orders.iter().map(|own| Intent::Cancel(own.key)));
        if !view.book.is_collecting() {
            // Less than this is not worth the trouble where ticks are fine.
            let edge = 0.6 * view.stride as f64;
            let buy_up_to = (view.fair - edge).floor() as i64;
            let sell_down_to = (view.fair + edge).ceil() as i64;
            let limits = [(Side::Buy, buy_up_to), (Side::Sell, sell_down_to)];
            for (side, tick) in limits {
                let tick = tick.clamp(view.bounds.lowest, view.bounds.highest);
                if view.book.would_take(side, tick) {
                    let quantity = (view.typical * (20.0 + 40.0 * random.unit())).max(1.0) as i64;
                    wants.push(Intent::limit(side, tick, quantity, Lasting::Rest));
                    break;
                }
            }
        }
        PATIENCE * random.wait() / view.turbulence.clamp(0.5, 3.0)
    }
}
