//! The market of a symbol: the book of others, the day so far, prints, bars of the past.

use std::collections::{BTreeMap, VecDeque};

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

use super::clock::is_weekday;
use super::listing::Listing;
use super::random::{Random, mixed};

/// Levels of a book.
pub const LEVELS: usize = 10;
/// Prints that are kept.
const PRINTS_MAX: usize = 500;

/// A trade of anybody.
#[derive(Clone, Copy, Debug)]
pub struct Print {
    pub time: i64,
    pub price: Decimal,
    pub quantity: Decimal,
    pub buyer_took: bool,
    /// Traded until then.
    pub volume: Decimal,
}

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    pub open: Decimal,
    pub high: Decimal,
    pub low: Decimal,
    pub close: Decimal,
    pub volume: Decimal,
    pub value: Decimal,
}

/// A symbol's market.
#[derive(Clone, Debug)]
pub struct Market {
    pub listing: Listing,
    /// Ascending; the best bid is the last of the bids.
    pub bids: BTreeMap<Decimal, Decimal>,
    pub asks: BTreeMap<Decimal, Decimal>,
    pub last: Decimal,
    pub day: Option<Bar>,
    pub bought: Decimal,
    pub sold: Decimal,
    pub buys: u64,
    pub sells: u64,
    pub prints: VecDeque<Print>,
    /// Bars of today's minutes in which something traded, by their beginning in ms.
    pub minutes: BTreeMap<i64, Bar>,
}

impl Market {
    pub fn new(listing: Listing) -> Self {
        let base = listing.base;
        let mut market = Self {
            listing,
            bids: BTreeMap::new(),
            asks: BTreeMap::new(),
            last: base,
            day: None,
            bought: Decimal::ZERO,
            sold: Decimal::ZERO,
            buys: 0,
            sells: 0,
            prints: VecDeque::new(),
            minutes: BTreeMap::new(),
        };
        let tick = market.listing.tick(base);
        market.set_top(base, base + tick);
        market
    }

    pub fn bid(&self) -> Option<Decimal> {
        self.bids.last_key_value().map(|(price, _)| *price)
    }

    pub fn ask(&self) -> Option<Decimal> {
        self.asks.first_key_value().map(|(price, _)| *price)
    }

    /// Quantity of a level whose price nobody set: the same for the same price.
    fn usual(&self, price: Decimal) -> Decimal {
        let seed = price.mantissa().unsigned_abs() as u64;
        let usual = Decimal::from(100 + mixed(seed) % 900);
        // Bonds are traded in tens.
        if self.listing.bond.is_some() { usual * dec!(10) } else { usual }
    }

    /// A whole new book around the best prices.
    pub fn set_top(&mut self, bid: Decimal, ask: Decimal) {
        let old = (std::mem::take(&mut self.bids), std::mem::take(&mut self.asks));
        let (mut down, mut up) = (bid, ask);
        for _ in 0..LEVELS {
            let kept = old.0.get(&down).copied();
            self.bids.insert(down, kept.unwrap_or_else(|| self.usual(down)));
            let kept = old.1.get(&up).copied();
            self.asks.insert(up, kept.unwrap_or_else(|| self.usual(up)));
            // Below a limit of the ticks the smaller tick holds.
            down -= self.listing.tick(down - Decimal::new(1, 4));
            up += self.listing.tick(up);
        }
    }

    /// Sets how much lies at a price; zero takes the level away.
    pub fn set_level(&mut self, is_bid: bool, price: Decimal, quantity: Decimal) {
        let side = if is_bid { &mut self.bids } else { &mut self.asks };
        if quantity.is_zero() {
            side.remove(&price);
        } else {
            side.insert(price, quantity);
        }
    }

    /// A trade of anybody.
    pub fn print(&mut self, price: Decimal, quantity: Decimal, buyer_took: bool, now: i64) {
        self.last = price;
        let value = price * quantity;
        let fresh = Bar { open: price, high: price, low: price, close: price, volume: dec!(0), value: dec!(0) };
        for bar in [self.day.get_or_insert(fresh), self.minutes.entry(now - now.rem_euclid(60_000)).or_insert(fresh)] {
            bar.high = bar.high.max(price);
            bar.low = bar.low.min(price);
            bar.close = price;
            bar.volume += quantity;
            bar.value += value;
        }
        if buyer_took {
            self.bought += quantity;
            self.buys += 1;
        } else {
            self.sold += quantity;
            self.sells += 1;
        }
        let volume = self.today().volume;
        self.prints.push_front(Print { time: now, price, quantity, buyer_took, volume });
        self.prints.truncate(PRINTS_MAX);
    }

    /// The day so far; flat at the base price before the first trade.
    pub fn today(&self) -> Bar {
        let base = self.listing.base;
        self.day.unwrap_or(Bar { open: base, high: base, low: base, close: base, volume: dec!(0), value: dec!(0) })
    }

    /// Change from the previous close.
    pub fn change(&self) -> Decimal {
        self.last - self.listing.base
    }

    /// Traded more by buyers or by sellers, in per cent.
    pub fn strength(&self) -> Decimal {
        if self.sold.is_zero() { dec!(100) } else { self.bought * dec!(100) / self.sold }
    }

    /// A new day begins at the last price.
    pub fn turn(&mut self) {
        self.listing.base = self.last;
        self.day = None;
        self.minutes.clear();
        self.prints.clear();
        (self.bought, self.sold, self.buys, self.sells) = (dec!(0), dec!(0), 0, 0);
    }

    /// A day of the past: always the same for the same day.
    pub fn past(&self, date: Date) -> Bar {
        let days = i64::from(date.year()) * 372 + i64::from(date.month()) * 31 + i64::from(date.day());
        let letters = self.listing.symbol.bytes().fold(0_u64, |all, byte| all * 31 + u64::from(byte));
        let mut random = Random::new(mixed(letters) ^ days.unsigned_abs());
        let base = self.listing.base;
        let mut near = |most: u64| {
            let price = base * (dec!(0.9) + Decimal::from(random.below(most)) / dec!(1000));
            let tick = self.listing.tick(price);
            (price / tick).floor() * tick
        };
        let (open, close) = (near(200), near(200));
        let tick = self.listing.tick(open);
        let (high, low) = (open.max(close) + tick * dec!(2), open.min(close) - tick * dec!(2));
        let volume = Decimal::from(1_000_000 + random.below(1_000_000));
        Bar { open, high, low, close, volume, value: volume * close }
    }

    /// Days of business of the past, newest first, from a day that may be one of them.
    pub fn days_before(from: Date) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(from), |date| date.checked_sub(1.day()).ok()).filter(|date| is_weekday(*date))
    }

    /// A price a step away from the last one, for a market that moves by itself.
    pub fn step(&self, random: &mut Random) -> (Decimal, Decimal) {
        let tick = self.listing.tick(self.last);
        let steps = Decimal::from(random.below(5)) - dec!(2);
        let (upper, lower) = self.listing.limits();
        let price = (self.last + steps * tick).clamp(lower, upper);
        (price, Decimal::from(1 + random.below(50)))
    }
}
