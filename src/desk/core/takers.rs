//! Which side the takers of the day were on (체결강도), and where a static volatility interruption would begin (정적 VI).

use rust_decimal::{Decimal, RoundingStrategy, dec};

use super::{Core, Market, ProfileIndex};
use crate::market::session::vi_rates;
use crate::market::{InstrumentId, Phase, Price, Quantity, Side, Trade, UtcTime};

/// Units of the day by the side of the taker.
///
/// Counted are the prints of the day whose taker the venue names; those of call auctions have none. A desk that comes in
/// the middle of the day starts with the prints that the broker still tells, at most as many as the venue says were traded
/// today, and misses those before. Prints that a lost connection swallowed are missing too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Takers {
    /// Bought by takers.
    pub bought: Quantity,
    /// Sold by takers.
    pub sold: Quantity,
    /// The first print counted as it came, by which earlier ones are known.
    first: Option<(UtcTime, u64)>,
    /// Units of every print counted as it came, with a taker or without.
    heard: Quantity,
    /// Units of the day before these, once the venue has said how many were traded today.
    before: Option<Quantity>,
    seeded: bool,
}

impl Takers {
    /// Takes in a print that has just come.
    pub(super) fn on_trade(&mut self, at: UtcTime, trade: &Trade) {
        self.first.get_or_insert((at, trade.id));
        self.heard = self.heard.plus(trade.quantity);
        self.count(trade);
    }

    fn count(&mut self, trade: &Trade) {
        match trade.side {
            Some(Side::Buy) => self.bought = self.bought.plus(trade.quantity),
            Some(Side::Sell) => self.sold = self.sold.plus(trade.quantity),
            None => {}
        }
    }

    /// Takes in the venue's count of the day.
    pub(super) fn on_day(&mut self, traded: Quantity) {
        let heard = self.heard;
        self.before.get_or_insert_with(|| traded.minus(heard));
    }

    /// Takes in earlier prints, once.
    fn seed(&mut self, trades: &[(UtcTime, Trade)]) {
        if std::mem::replace(&mut self.seeded, true) {
            return;
        }
        let mut room = self.before.unwrap_or_default();
        let first = self.first;
        let earlier = |(at, trade): &&(UtcTime, Trade)| first.is_none_or(|first| (*at, trade.id) < first);
        for (_, trade) in trades.iter().rev().filter(earlier) {
            if trade.quantity > room {
                return;
            }
            room = room.minus(trade.quantity);
            self.count(trade);
        }
    }

    /// 체결강도 in per cent, two decimals; `None` before anybody has sold.
    #[must_use]
    pub fn strength(&self) -> Option<Decimal> {
        let ratio = (self.bought.value() * dec!(100)).checked_div(self.sold.value())?;
        Some(ratio.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize())
    }
}

impl Market {
    /// Takes in a print: its taker, and the single price when it is one of a call auction.
    pub(super) fn note_trade(&mut self, at: UtcTime, trade: &Trade) {
        self.takers.on_trade(at, trade);
        if self.phase.phase.is_auction() {
            self.single_price = Some(trade.price);
        }
    }

    /// Prices at which a static interruption would begin, above and below; `None` where the product has none, or the venue
    /// watches none in this phase.
    ///
    /// The reference is the latest single price heard today, else the opening price, else the base price; away from it by
    /// the exchange's rate and then to the next tick outward.
    #[must_use]
    pub fn static_vi(&self, now: UtcTime) -> Option<(Price, Price)> {
        // While a call collects, the rates of continuous trading say where the next interruption would be.
        let phase = if self.phase.phase == Phase::Volatility { Phase::Continuous } else { self.phase.phase };
        let rate = vi_rates(self.instrument.product, phase)?.static_?;
        let reference = self.single_price.or(self.day.open).or(self.instrument.base_price)?.value();
        let (ticks, on) = (self.instrument.ticks, super::reserve::date_of(&self.instrument, now));
        let upper = ticks.ceil(reference * (Decimal::ONE + rate), on)?;
        let lower = ticks.floor(reference * (Decimal::ONE - rate), on)?;
        Some((upper, lower))
    }
}

impl Core {
    /// Whether earlier prints of an instrument would still be counted.
    #[must_use]
    pub fn wants_prints(&self, profile: ProfileIndex, instrument: InstrumentId) -> bool {
        let market = self.profiles.get(profile).and_then(|state| state.markets.get(&instrument));
        market.is_some_and(|market| market.subscribed && !market.takers.seeded)
    }

    /// Counts prints from before the instrument's data was subscribed.
    pub fn count_prints(&mut self, profile: ProfileIndex, instrument: InstrumentId, trades: &[(UtcTime, Trade)]) {
        let market = self.profiles.get_mut(profile).and_then(|state| state.markets.get_mut(&instrument));
        let Some(market) = market else { return };
        market.takers.seed(trades);
        market.dirty.quote |= !trades.is_empty();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(id: u64, quantity: u32, side: Option<Side>) -> (UtcTime, Trade) {
        let price = Price::new(dec!(70_000)).unwrap();
        let trade = Trade { id, price, quantity: Quantity::whole(quantity), side };
        (UtcTime::from_millis(1_795_219_200_000 + id as i64), trade)
    }

    #[test]
    fn strength_is_what_was_bought_over_what_was_sold() {
        let mut takers = Takers::default();
        assert_eq!(takers.strength(), None);
        for (at, trade) in [print(1, 20, Some(Side::Buy)), print(2, 30, Some(Side::Sell)), print(3, 500, None)] {
            takers.on_trade(at, &trade);
        }
        assert_eq!((takers.strength(), takers.bought), (Some(dec!(66.67)), Quantity::whole(20)));
    }

    #[test]
    fn earlier_prints_are_counted_once_and_only_those_of_the_day() {
        let mut takers = Takers::default();
        let (at, trade) = print(10, 5, Some(Side::Buy));
        takers.on_trade(at, &trade);
        takers.on_day(Quantity::whole(105));
        let earlier = [
            print(6, 100, Some(Side::Sell)),
            print(7, 40, Some(Side::Sell)),
            print(8, 30, Some(Side::Buy)),
            print(10, 5, Some(Side::Buy)),
        ];
        takers.seed(&earlier);
        assert_eq!(
            (takers.bought, takers.sold),
            (Quantity::whole(35), Quantity::whole(40)),
            "the oldest is yesterday's"
        );
        takers.seed(&earlier);
        assert_eq!(takers.bought, Quantity::whole(35));
    }
}
