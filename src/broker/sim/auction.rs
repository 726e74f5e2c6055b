//! Call auctions (단일가매매): one price for everything that can trade.

use super::matching::{Book, Match};
use crate::market::Side;

/// What an auction gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearing {
    /// The one price.
    pub tick: i64,
    /// Lots that trade at it.
    pub quantity: i64,
}

impl Book {
    /// The single price of what is in the book now, by the KRX rule: the prices that trade the most are kept; of those
    /// the one nearest to the previous price is taken.
    #[must_use]
    pub fn clearing(&self, previous: i64) -> Option<Clearing> {
        let (top, bottom) = (self.best(Side::Buy)?, self.best(Side::Sell)?);
        if top < bottom {
            return None;
        }
        let bids: Vec<(i64, i64)> = self.levels(Side::Buy).take_while(|(tick, _)| *tick >= bottom).collect();
        let asks: Vec<(i64, i64)> = self.levels(Side::Sell).take_while(|(tick, _)| *tick <= top).collect();
        // What can be bought or sold changes only at these ticks; between two of them it is the same.
        let mut ticks: Vec<i64> = Vec::with_capacity(2 * (bids.len() + asks.len()));
        ticks.extend(bids.iter().flat_map(|(tick, _)| [*tick, (*tick + 1).min(top)]));
        ticks.extend(asks.iter().flat_map(|(tick, _)| [*tick, (*tick - 1).max(bottom)]));
        ticks.sort_unstable();
        ticks.dedup();
        let mut buy: i64 = bids.iter().map(|(_, total)| total).sum();
        let mut sell = 0;
        let mut bids = bids.iter().rev().peekable();
        let mut asks = asks.iter().peekable();
        let mut best: Option<(i64, i64, i64)> = None;
        for tick in ticks {
            while let Some((_, total)) = bids.next_if(|(at, _)| *at < tick) {
                buy -= total;
            }
            while let Some((_, total)) = asks.next_if(|(at, _)| *at <= tick) {
                sell += total;
            }
            let quantity = buy.min(sell);
            best = match best {
                Some((most, low, _)) if quantity == most => Some((most, low, tick)),
                Some((most, ..)) if quantity < most => best,
                _ => Some((quantity, tick, tick)),
            };
        }
        let (quantity, low, high) = best.filter(|(quantity, ..)| *quantity > 0)?;
        Some(Clearing { tick: previous.clamp(low, high), quantity })
    }

    /// Trades everything that trades at the single price, buys and sells each by price, then time; the rest stays.
    pub fn uncross(&mut self, previous: i64, matches: &mut Vec<Match>) -> Option<Clearing> {
        let clearing = self.clearing(previous)?;
        let mut left = clearing.quantity;
        while left > 0 {
            let (Some((buy, wanted)), Some((sell, offered))) =
                (self.first_in_line(Side::Buy), self.first_in_line(Side::Sell))
            else {
                break;
            };
            let quantity = wanted.min(offered).min(left);
            let (Some((taker, _)), Some((maker, _))) = (self.fill(buy, quantity), self.fill(sell, quantity)) else {
                break;
            };
            left -= quantity;
            matches.push(Match { tick: clearing.tick, quantity, taker_side: None, taker, maker });
        }
        Some(clearing)
    }

    /// The levels that would be left on a side if the auction ended now, best first: what is shown while a call
    /// collects, since the collected orders themselves overlap.
    #[must_use]
    pub fn levels_after(&self, side: Side, clearing: Option<Clearing>, count: usize) -> Vec<(i64, i64)> {
        let mut gone = clearing.map_or(0, |clearing| clearing.quantity);
        let mut levels = Vec::with_capacity(count);
        for (tick, total) in self.levels(side) {
            let taken = gone.min(total);
            gone -= taken;
            if total > taken {
                levels.push((tick, total - taken));
            }
            if levels.len() == count {
                break;
            }
        }
        levels
    }
}
