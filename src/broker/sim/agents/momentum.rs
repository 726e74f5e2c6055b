//! Momentum traders: they buy what has just risen and sell what has just fallen.

use super::{Intent, View, size};
use crate::broker::sim::matching::{Lasting, Pricing};
use crate::broker::sim::random::Random;
use crate::market::Side;

/// Seconds between looks.
const PATIENCE: f64 = 2.0;
/// Log-return within a minute or so that they call a move.
const MOVE: f64 = 0.0012;

/// A momentum trader.
#[derive(Debug, Clone, Copy)]
pub struct Momentum;

impl Momentum {
    /// Joins a move when there is one.
    pub fn act(self, view: &View<'_>, random: &mut Random, wants: &mut Vec<Intent>) -> f64 {
        if view.momentum.abs() > MOVE && !view.book.is_collecting() {
            let side = if view.momentum > 0.0 { Side::Buy } else { Side::Sell };
            let quantity = size(view.typical * 2.0, random);
            wants.push(Intent::Place { side, pricing: Pricing::Best, quantity, lasting: Lasting::Ioc });
        }
        PATIENCE * random.wait()
    }
}
