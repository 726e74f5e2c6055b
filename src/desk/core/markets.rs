//! The instruments of a profile, and the markets of those that anybody has to do with.
//!
//! A broker lists tens of thousands of instruments and a desk deals with some dozens of them. What is only listed takes
//! the room of its name; its market is made when it is looked at for the first time, and what goes over the markets in
//! every round goes over those alone.

use std::cell::{OnceCell, RefCell};

use rustc_hash::FxHashMap;

use super::Market;
use crate::market::{Instrument, InstrumentId};

/// Instruments by their ids, with their markets.
#[derive(Debug, Default)]
pub struct Markets {
    listed: FxHashMap<InstrumentId, Listed>,
    /// Those whose markets were made.
    live: RefCell<Vec<InstrumentId>>,
}

#[derive(Debug)]
struct Listed {
    instrument: Box<Instrument>,
    market: OnceCell<Box<Market>>,
}

impl Markets {
    /// How many instruments there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Whether there is such an instrument.
    #[must_use]
    pub fn contains_key(&self, id: &InstrumentId) -> bool {
        self.listed.contains_key(id)
    }

    /// Every instrument, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &InstrumentId> {
        self.listed.keys()
    }

    /// What an instrument is. Makes no market.
    #[must_use]
    pub fn instrument(&self, id: &InstrumentId) -> Option<&Instrument> {
        self.listed.get(id).map(|listed| listed.instrument.as_ref())
    }

    /// The market of an instrument, if anybody has looked at it.
    #[must_use]
    pub fn made(&self, id: &InstrumentId) -> Option<&Market> {
        self.listed.get(id)?.market.get().map(Box::as_ref)
    }

    /// The market of an instrument.
    #[must_use]
    pub fn get(&self, id: &InstrumentId) -> Option<&Market> {
        let Listed { instrument, market } = self.listed.get(id)?;
        Some(market.get_or_init(|| make(&self.live, instrument)))
    }

    /// The market of an instrument, to change it.
    pub fn get_mut(&mut self, id: &InstrumentId) -> Option<&mut Market> {
        let Listed { instrument, market } = self.listed.get_mut(id)?;
        market.get_or_init(|| make(&self.live, instrument));
        market.get_mut().map(Box::as_mut)
    }

    /// Adds an instrument, or changes what is known of one. Whether what was known before was something else.
    pub(super) fn learn(&mut self, instrument: Instrument) -> Learned {
        let Some(listed) = self.listed.get_mut(&instrument.id) else {
            let listed = Listed { instrument: Box::new(instrument), market: OnceCell::new() };
            self.listed.insert(listed.instrument.id, listed);
            return Learned::New;
        };
        if *listed.instrument == instrument {
            return Learned::Known;
        }
        if let Some(market) = listed.market.get_mut() {
            market.relearn(instrument.clone());
        }
        *listed.instrument = instrument;
        Learned::Changed
    }

    /// The markets that were made, in no order.
    pub fn values(&self) -> impl Iterator<Item = &Market> {
        self.listed.values().filter_map(|listed| listed.market.get().map(Box::as_ref))
    }

    /// Each market that was made, to change it.
    pub(super) fn each(&mut self, mut change: impl FnMut(&mut Market)) {
        for id in self.live.get_mut() {
            if let Some(market) = self.listed.get_mut(id).and_then(|listed| listed.market.get_mut()) {
                change(market);
            }
        }
    }
}

/// What an instrument told was to what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learned {
    /// It was not known.
    New,
    /// Something about it is different.
    Changed,
    /// All of it was known.
    Known,
}

fn make(live: &RefCell<Vec<InstrumentId>>, instrument: &Instrument) -> Box<Market> {
    live.borrow_mut().push(instrument.id);
    Box::new(Market::new(instrument.clone()))
}

#[cfg(test)]
mod tests {
    use rust_decimal::{Decimal, dec};

    use super::*;
    use crate::market::{Board, Currency, Product, Quantity, TickRule};

    fn instrument(symbol: &str) -> Instrument {
        Instrument {
            id: format!("KRX:{symbol}").parse().unwrap(),
            name_ko: String::new(),
            name_en: String::new(),
            product: Product::KrxStock(Board::Kosdaq),
            currency: Currency::Krw,
            ticks: TickRule::KrxStock,
            price_decimals: 0,
            lot: Quantity::whole(1),
            min_quantity: Quantity::whole(1),
            max_quantity: None,
            min_notional: None,
            multiplier: Decimal::ONE,
            base_price: None,
            daily_limit: None,
            tiers: Vec::new(),
        }
    }

    #[test]
    fn what_is_only_listed_has_no_market_and_takes_little_room() {
        let mut markets = Markets::default();
        for number in 0..50_000 {
            assert_eq!(markets.learn(instrument(&format!("{number:06}"))), Learned::New);
        }
        let (seen, changed) = (instrument("000007"), instrument("000009").id);
        assert!(markets.get(&seen.id).is_some_and(|market| market.instrument == seen));
        markets.get_mut(&changed).unwrap().subscribed = true;
        assert!(markets.get(&changed).unwrap().subscribed, "it is the same market each time");
        let mut told = Vec::new();
        markets.each(|market| told.push(market.instrument.id));
        assert_eq!((told, markets.values().count()), (vec![seen.id, changed], 2));
        assert_eq!((markets.len(), markets.made(&instrument("000001").id).is_none()), (50_000, true));
        assert!(size_of::<Listed>() <= 16, "there are tens of thousands of them");
    }

    #[test]
    fn what_is_learned_anew_reaches_the_market() {
        let mut markets = Markets::default();
        let listed = instrument("005930");
        markets.learn(listed.clone());
        assert_eq!(markets.learn(listed.clone()), Learned::Known);
        assert!(markets.get(&listed.id).unwrap().instrument.base_price.is_none());
        let told = Instrument { base_price: crate::market::Price::new(dec!(70_000)).ok(), ..listed.clone() };
        assert_eq!(markets.learn(told.clone()), Learned::Changed);
        assert_eq!(markets.get(&listed.id).unwrap().instrument, told);
        assert_eq!(markets.instrument(&listed.id), Some(&told));
    }
}
