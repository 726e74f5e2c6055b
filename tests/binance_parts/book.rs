//! The order book of one symbol, and its differences as the depth streams tell them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::listing::{Dialect, Listing};
use super::random::mixed;

/// Levels on each side.
const LEVELS: u32 = 25;
/// Paces of the depth streams in ms.
pub const PACES: [u64; 4] = [100, 250, 500, 1_000];

/// Levels of one side, best first.
pub type Side<K> = BTreeMap<K, Decimal>;

/// Changes not told yet on the streams of one pace.
#[derive(Clone, Debug, Default)]
struct Pending {
    first: Option<u64>,
    told: u64,
    bids: BTreeMap<Decimal, Decimal>,
    asks: BTreeMap<Decimal, Decimal>,
}

/// A synthetic book: the best prices are set, the levels behind them follow by the seed. Taking from it does not empty
/// it.
#[derive(Clone, Debug)]
pub struct Book {
    seed: u64,
    pub bids: Side<Reverse<Decimal>>,
    pub asks: Side<Decimal>,
    /// Id of the newest change.
    pub last_id: u64,
    pending: BTreeMap<u64, Pending>,
    /// A reply of `depth` from the beginning, for snapshots that come too old.
    oldest: Option<Value>,
}

impl Book {
    pub fn new(listing: &Listing, seed: u64, id: u64) -> Self {
        let pending = PACES.iter().map(|pace| (*pace, Pending { told: id, ..Pending::default() })).collect();
        let mut book = Self { seed, bids: BTreeMap::new(), asks: BTreeMap::new(), last_id: id, pending, oldest: None };
        book.set_top(listing, listing.price - listing.tick, listing.price, id);
        book
    }

    pub fn bid(&self) -> Decimal {
        self.bids.keys().next().map_or(Decimal::ZERO, |price| price.0)
    }

    pub fn ask(&self) -> Decimal {
        self.asks.keys().next().copied().unwrap_or_default()
    }

    pub fn middle(&self) -> Decimal {
        (self.bid() + self.ask()) / Decimal::TWO
    }

    /// Moves the best prices there; a level that stays keeps its quantity.
    pub fn set_top(&mut self, listing: &Listing, bid: Decimal, ask: Decimal, id: u64) {
        let level = |n: u32| listing.tick * Decimal::from(n);
        let bids: Vec<_> = (0..LEVELS).map(|n| bid - level(n)).filter(|price| *price > Decimal::ZERO).collect();
        let asks: Vec<_> = (0..LEVELS).map(|n| ask + level(n)).collect();
        let gone: Vec<_> = self.bids.keys().map(|price| price.0).filter(|price| !bids.contains(price)).collect();
        for price in gone {
            self.set_bid(price, Decimal::ZERO, id);
        }
        let gone: Vec<_> = self.asks.keys().copied().filter(|price| !asks.contains(price)).collect();
        for price in gone {
            self.set_ask(price, Decimal::ZERO, id);
        }
        for price in bids {
            if !self.bids.contains_key(&Reverse(price)) {
                self.set_bid(price, self.quantity_at(listing, price), id);
            }
        }
        for price in asks {
            if !self.asks.contains_key(&price) {
                self.set_ask(price, self.quantity_at(listing, price), id);
            }
        }
    }

    /// Sets the quantity of one level; zero removes it.
    pub fn set_level(&mut self, is_bid: bool, price: Decimal, quantity: Decimal, id: u64) {
        if is_bid { self.set_bid(price, quantity, id) } else { self.set_ask(price, quantity, id) }
    }

    /// Changes the quantity of a level far from the top, so that a stream of changes is never silent.
    pub fn breathe(&mut self, listing: &Listing, id: u64) {
        let Some((Reverse(price), quantity)) = self.bids.iter().nth(20).map(|(price, q)| (*price, *q)) else { return };
        let more = if id.is_multiple_of(2) { listing.step } else { -listing.step };
        self.set_bid(price, (quantity + more).max(listing.step), id);
    }

    fn quantity_at(&self, listing: &Listing, price: Decimal) -> Decimal {
        let number = u64::try_from((price / listing.tick).trunc().mantissa()).unwrap_or_default();
        // About 200 quote units a level at the least, whatever the price.
        let unit = (Decimal::from(200) / listing.price / listing.step).ceil().max(Decimal::ONE) * listing.step;
        unit * Decimal::from(1 + mixed(self.seed ^ number) % 200)
    }

    fn set_bid(&mut self, price: Decimal, quantity: Decimal, id: u64) {
        match quantity.is_zero() {
            true => self.bids.remove(&Reverse(price)),
            false => self.bids.insert(Reverse(price), quantity),
        };
        self.changed(id, |pending| &mut pending.bids, price, quantity);
    }

    fn set_ask(&mut self, price: Decimal, quantity: Decimal, id: u64) {
        match quantity.is_zero() {
            true => self.asks.remove(&price),
            false => self.asks.insert(price, quantity),
        };
        self.changed(id, |pending| &mut pending.asks, price, quantity);
    }

    fn changed(
        &mut self,
        id: u64,
        side: impl Fn(&mut Pending) -> &mut BTreeMap<Decimal, Decimal>,
        price: Decimal,
        quantity: Decimal,
    ) {
        self.last_id = id;
        for pending in self.pending.values_mut() {
            pending.first.get_or_insert(id);
            side(pending).insert(price, quantity);
        }
    }

    /// What a stream of that pace has to tell.
    pub fn difference(&mut self, listing: &Listing, pace: u64, now: i64) -> Option<Value> {
        let last = self.last_id;
        let pending = self.pending.get_mut(&pace)?;
        let first = pending.first.take()?;
        let rows = |levels: &BTreeMap<Decimal, Decimal>| -> Vec<Value> {
            levels.iter().map(|(price, quantity)| row(listing, *price, *quantity)).collect()
        };
        let (bids, asks) = (rows(&pending.bids), rows(&pending.asks));
        let event = depth_event(listing, now, (first, last, pending.told), bids, asks);
        *pending = Pending { told: last, ..Pending::default() };
        Some(event)
    }

    /// The event of a partial depth stream; on spot it has no name.
    pub fn partial(&self, listing: &Listing, levels: usize, now: i64) -> Value {
        let (bids, asks) = self.rows(listing, levels);
        match listing.dialect {
            Dialect::Futures => {
                depth_event(listing, now, (self.last_id, self.last_id, self.last_id.saturating_sub(1)), bids, asks)
            }
            Dialect::Spot => json!({"lastUpdateId": self.last_id, "bids": bids, "asks": asks}),
        }
    }

    /// The reply of `depth`.
    pub fn snapshot(&mut self, listing: &Listing, levels: usize, now: i64) -> Value {
        let (bids, asks) = self.rows(listing, levels);
        let mut snapshot = json!({"lastUpdateId": self.last_id, "bids": bids, "asks": asks});
        if listing.dialect == Dialect::Futures {
            snapshot["E"] = json!(now);
            snapshot["T"] = json!(now - 2);
        }
        self.oldest.get_or_insert_with(|| snapshot.clone());
        snapshot
    }

    /// A snapshot that is too old to follow with the stream.
    pub fn old_snapshot(&mut self, listing: &Listing, levels: usize, now: i64) -> Value {
        let newest = self.snapshot(listing, levels, now);
        let mut old = self.oldest.clone().unwrap_or(newest);
        old["lastUpdateId"] = json!(old["lastUpdateId"].as_u64().unwrap_or_default() / 2);
        old
    }

    fn rows(&self, listing: &Listing, levels: usize) -> (Vec<Value>, Vec<Value>) {
        let bids = self.bids.iter().take(levels).map(|(price, quantity)| row(listing, price.0, *quantity)).collect();
        let asks = self.asks.iter().take(levels).map(|(price, quantity)| row(listing, *price, *quantity)).collect();
        (bids, asks)
    }
}

fn row(listing: &Listing, price: Decimal, quantity: Decimal) -> Value {
    json!([listing.price_text(price), listing.quantity_text(quantity)])
}

fn depth_event(
    listing: &Listing,
    now: i64,
    (first, last, previous): (u64, u64, u64),
    bids: Vec<Value>,
    asks: Vec<Value>,
) -> Value {
    let mut event =
        json!({"e": "depthUpdate", "E": now, "s": listing.symbol, "U": first, "u": last, "b": bids, "a": asks});
    if listing.dialect == Dialect::Futures {
        event["T"] = json!(now - 1);
        event["ps"] = json!(listing.symbol);
        event["st"] = json!(1);
        event["pu"] = json!(previous);
    }
    event
}
