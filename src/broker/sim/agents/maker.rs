//! Market makers: a ladder of quotes on both sides, moved after the fair value and leaned against the inventory.

use super::{Intent, Own, View};
use crate::broker::sim::matching::Lasting;
use crate::broker::sim::random::Random;
use crate::market::Side;

/// Levels each maker quotes on a side.
const DEPTH: i64 = 14;

/// A maker.
#[derive(Debug, Clone)]
pub struct Maker {
    /// Room between its best bid and ask beyond one tick, in level strides.
    width: f64,
    /// Mean seconds between looks.
    patience: f64,
    /// How far its opinion is from the fair value, in level strides; wanders around zero.
    opinion: f64,
}

impl Maker {
    /// A maker that keeps `width` strides apart and looks every `patience` seconds.
    #[must_use]
    pub const fn new(width: f64, patience: f64) -> Self {
        Self { width, patience, opinion: 0.0 }
    }

    /// Cancels what is out of place, fills what is missing.
    pub fn act(
        &mut self,
        view: &View<'_>,
        orders: &[Own],
        inventory: i64,
        random: &mut Random,
        wants: &mut Vec<Intent>,
    ) -> f64 {
        let stride = view.stride as f64;
        self.opinion = self.opinion * 0.9 + 0.12 * random.normal();
        let lean = (inventory as f64 / (view.typical * 60.0)).clamp(-1.5, 1.5) * 0.5;
        let target = view.fair + (self.opinion - lean) * stride;
        let half = self.width * stride * view.turbulence.clamp(0.7, 2.0) / 2.0;
        let bid = (target - half).floor() as i64;
        let ask = ((target + half).floor() as i64 + 1).max(bid + 1);
        self.ladder(view, orders, Side::Buy, bid, random, wants);
        self.ladder(view, orders, Side::Sell, ask, random, wants);
        self.patience * random.wait() / view.pace.clamp(0.5, 2.0)
    }

    fn ladder(
        &self,
        view: &View<'_>,
        orders: &[Own],
        side: Side,
        top: i64,
        random: &mut Random,
        wants: &mut Vec<Intent>,
    ) {
        let away = if side == Side::Buy { -1 } else { 1 };
        // While orders match as they come, a maker waits its turn rather than take what another has not moved yet.
        let top = match view.book.best(side.opposite()) {
            Some(best) if !view.book.is_collecting() && (top - best) * away <= 0 => best + away,
            _ => top,
        };
        let mut quoted = [false; DEPTH as usize];
        for own in orders.iter().filter(|own| own.side == side) {
            let distance = (own.tick - top) * away;
            let bucket = distance.div_euclid(view.stride);
            let place = usize::try_from(bucket).ok().and_then(|bucket| quoted.get_mut(bucket));
            match place {
                Some(taken) if !*taken => *taken = true,
                _ => wants.push(Intent::Cancel(own.key)),
            }
        }
        for (bucket, _) in quoted.iter().enumerate().filter(|(_, taken)| !**taken) {
            let bucket = bucket as i64;
            let jitter = if bucket == 0 { 0 } else { random.below(view.stride as u64) as i64 };
            let tick = top + away * (bucket * view.stride + jitter);
            if tick < view.bounds.lowest || tick > view.bounds.highest {
                break;
            }
            let depth = 4.0 + 2.2 * bucket as f64;
            let quantity = (view.typical * depth * (0.5 + random.unit())).max(1.0) as i64;
            let lasting = if view.book.is_collecting() { Lasting::Rest } else { Lasting::PostOnly };
            wants.push(Intent::limit(side, tick, quantity, lasting));
        }
    }
}
