//! The symbols of an exchange, and the ids of the changes of their books.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use rust_decimal::Decimal;
use serde_json::Value;

use super::listing::{Dialect, Listing};
use super::market::Market;
use super::params::Params;
use super::random::Random;
use super::refusal::Refusal;

/// All symbols by name.
#[derive(Debug)]
pub struct Markets {
    all: BTreeMap<String, Market>,
    /// Symbols in the order of `exchangeInfo`.
    pub listed: Vec<String>,
    updates: Random,
    pub update_id: u64,
    seed: u64,
}

impl Markets {
    pub fn new(seed: u64, listings: Vec<Listing>, now: i64) -> Self {
        let mut markets = Self {
            all: BTreeMap::new(),
            listed: Vec::new(),
            updates: Random::new(seed ^ 2),
            update_id: 7_081_766_000_000,
            seed,
        };
        listings.into_iter().for_each(|listing| markets.list(listing, now));
        markets
    }

    /// Lists a symbol, or changes how a listed one is described; its book and trades stay.
    pub fn list(&mut self, listing: Listing, now: i64) {
        let symbol = listing.symbol.to_owned();
        if let Some(market) = self.all.get_mut(&symbol) {
            market.listing = listing;
            return;
        }
        let id = self.next_shared_id();
        let seed = self.seed ^ u64::try_from(self.listed.len()).unwrap_or_default();
        self.listed.push(symbol.clone());
        self.all.insert(symbol, Market::new(listing, seed, now, id));
    }

    pub fn next_shared_id(&mut self) -> u64 {
        self.update_id += 1 + self.updates.below(5);
        self.update_id
    }

    /// The id of the next change of a book: on the futures market counted over all symbols and with holes, on spot by
    /// symbol and without.
    fn next_id(&mut self, symbol: &str) -> u64 {
        match self.all[symbol].listing.dialect {
            Dialect::Futures => self.next_shared_id(),
            Dialect::Spot => self.all[symbol].book.last_id + 1,
        }
    }

    pub fn find(&self, symbol: &str) -> Result<&Market, Refusal> {
        self.all.get(symbol).ok_or_else(|| Refusal::of(-1121))
    }

    /// Moves the best prices of a book; gives the event.
    pub fn set_top(&mut self, symbol: &str, bid: Decimal, ask: Decimal, now: i64) -> Value {
        self.change(symbol, now, |market, listing, id| market.book.set_top(listing, bid, ask, id))
    }

    /// Sets how much lies at one price of a book; gives the event.
    pub fn set_level(&mut self, symbol: &str, is_bid: bool, price: Decimal, quantity: Decimal, now: i64) -> Value {
        self.change(symbol, now, |market, _, id| market.book.set_level(is_bid, price, quantity, id))
    }

    /// Changes a level far from the top of every book.
    pub fn breathe(&mut self) {
        for symbol in self.listed.clone() {
            self.change(&symbol, 0, |market, listing, id| market.book.breathe(listing, id));
        }
    }

    fn change(&mut self, symbol: &str, now: i64, change: impl FnOnce(&mut Market, &Listing, u64)) -> Value {
        let id = self.next_id(symbol);
        let market = self.all.get_mut(symbol).unwrap();
        let listing = market.listing.clone();
        change(market, &listing, id);
        market.book_ticker_event(now)
    }

    /// A row for the symbol asked for, or rows for those of a list, or for all.
    pub fn rows(&self, params: &Params, row: impl Fn(&Market) -> Value) -> Result<Value, Refusal> {
        match params.get("symbol") {
            Some(symbol) => Ok(row(self.find(symbol)?)),
            None => self.named(params)?.iter().map(|symbol| Ok(row(self.find(symbol)?))).collect(),
        }
    }

    /// The symbols of the list asked for, which only spot reads, or all.
    pub fn named(&self, params: &Params) -> Result<Vec<String>, Refusal> {
        match (params.get("symbol"), params.get("symbols")) {
            (Some(_), Some(_)) => Err(Refusal::of(-1128)),
            (Some(symbol), None) => Ok(vec![symbol.to_owned()]),
            (None, Some(list)) => serde_json::from_str(list).map_err(|_| Refusal::missing("symbols")),
            (None, None) => Ok(self.listed.clone()),
        }
    }
}

impl Deref for Markets {
    type Target = BTreeMap<String, Market>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl DerefMut for Markets {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.all
    }
}
