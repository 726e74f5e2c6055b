//! One symbol: its book, its trades, its bars.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::book::Book;
use super::listing::Listing;
use super::past;
use super::random::Random;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const WEEK: i64 = 7 * DAY;
/// A Monday.
const FIRST_MONDAY: i64 = 4 * DAY;
/// Aggregate id of the last trade before the server started; trades before it are one a second.
const LAST_PAST_ID: i64 = 2_000_000_000;
/// Most samples of which a bar of the past is made.
const SAMPLES_MAX: i64 = 60;

/// A step of a live market, in ticks.
const STEP_MAX: u64 = 15;

/// A public trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    pub id: i64,
    pub price: Decimal,
    pub quantity: Decimal,
    pub time: i64,
    /// True: the aggressor sold.
    pub buyer_is_maker: bool,
}

/// A bar of any length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub open: Decimal,
    pub high: Decimal,
    pub low: Decimal,
    pub close: Decimal,
    pub volume: Decimal,
    pub quote: Decimal,
    pub taker: Decimal,
    pub taker_quote: Decimal,
    pub trades: i64,
    pub first_id: i64,
    pub last_id: i64,
}

impl Bar {
    fn flat(price: Decimal) -> Self {
        let zero = Decimal::ZERO;
        Self {
            open: price,
            high: price,
            low: price,
            close: price,
            volume: zero,
            quote: zero,
            taker: zero,
            taker_quote: zero,
            trades: 0,
            first_id: -1,
            last_id: -1,
        }
    }

    fn add(&mut self, print: &Print) {
        if self.trades == 0 {
            self.first_id = print.id;
        }
        self.high = self.high.max(print.price);
        self.low = self.low.min(print.price);
        self.close = print.price;
        self.volume += print.quantity;
        self.quote += print.quantity * print.price;
        if !print.buyer_is_maker {
            self.taker += print.quantity;
            self.taker_quote += print.quantity * print.price;
        }
        self.trades += 1;
        self.last_id = print.id;
    }

    fn join(&mut self, next: &Self) {
        self.high = self.high.max(next.high);
        self.low = self.low.min(next.low);
        self.close = next.close;
        self.volume += next.volume;
        self.quote += next.quote;
        self.taker += next.taker;
        self.taker_quote += next.taker_quote;
        self.trades += next.trades;
        if self.first_id < 0 {
            self.first_id = next.first_id;
        }
        self.last_id = self.last_id.max(next.last_id);
    }
}

/// One symbol.
#[derive(Clone, Debug)]
pub struct Market {
    pub listing: Listing,
    pub book: Book,
    pub last: Decimal,
    pub(super) last_quantity: Decimal,
    /// A mark price that was set; otherwise it is the middle of the book.
    pub set_mark: Option<Decimal>,
    pub funding_rate: Decimal,
    /// Public trades since the start.
    pub prints: Vec<Print>,
    minutes: BTreeMap<i64, Bar>,
    started: i64,
    seed: u64,
    pub next_order_id: i64,
    next_trade_id: i64,
    /// How many replies of `depth` to come are older than every event.
    pub old_snapshots: u32,
    /// Bars changed since streams were last told.
    pub is_changed: bool,
}

impl Market {
    pub fn new(listing: Listing, seed: u64, now: i64, update_id: u64) -> Self {
        Self {
            book: Book::new(&listing, seed, update_id),
            last: listing.price,
            last_quantity: listing.min_quantity,
            set_mark: None,
            funding_rate: Decimal::new(1, 4),
            prints: Vec::new(),
            minutes: BTreeMap::new(),
            started: now - now.rem_euclid(MINUTE),
            seed,
            next_order_id: listing.first_order_id,
            next_trade_id: LAST_PAST_ID + 1,
            old_snapshots: 0,
            is_changed: false,
            listing,
        }
    }

    pub fn mark(&self) -> Decimal {
        self.set_mark.unwrap_or_else(|| self.book.middle())
    }

    /// The next trade of a market that moves by itself; it wanders within a tenth of where it began.
    pub fn step(&self, random: &mut Random) -> Option<(Decimal, Decimal)> {
        if self.listing.status != "TRADING" || random.below(3) == 0 {
            return None;
        }
        let ticks = Decimal::from(random.below(STEP_MAX));
        let quantity = self.listing.min_quantity * Decimal::from(1 + random.below(400));
        let is_up = random.below(2) == 0;
        let tick = self.listing.tick * ticks;
        let price = if is_up { self.book.ask() + tick } else { self.book.bid() - tick };
        let tenth = self.listing.price / Decimal::TEN;
        ((price - self.listing.price).abs() < tenth).then_some((price, quantity))
    }

    /// Notes a trade; gives its event.
    pub fn print(&mut self, price: Decimal, quantity: Decimal, buyer_is_maker: bool, now: i64) -> Value {
        let print = Print { id: self.next_trade_id, price, quantity, time: now, buyer_is_maker };
        self.next_trade_id += 1;
        let flat = Bar::flat(self.last);
        let bar = self.minutes.entry(now.div_euclid(MINUTE)).or_insert(flat);
        bar.add(&print);
        self.last = price;
        self.last_quantity = quantity;
        self.is_changed = true;
        let event = self.agg_event(&print);
        self.prints.push(print);
        event
    }

    /// The trade of an id, of this session or of the past.
    pub fn print_of(&self, id: i64) -> Option<Print> {
        if id > LAST_PAST_ID {
            return self.prints.get(usize::try_from(id - LAST_PAST_ID - 1).ok()?).cloned();
        }
        let second = self.started / 1_000 - 1 - (LAST_PAST_ID - id);
        let time = second * 1_000 + i64::try_from(past::hash(self.seed, second) % 1_000).unwrap_or_default();
        let units = 1 + past::hash(self.seed ^ 1, second) % 50;
        Some(Print {
            id,
            price: self.past_price(second.div_euclid(60)),
            quantity: self.listing.min_quantity * Decimal::from(units),
            time,
            buyer_is_maker: past::hash(self.seed ^ 2, second).is_multiple_of(2),
        })
    }

    /// Id of the newest trade.
    pub fn newest_id(&self) -> i64 {
        self.next_trade_id - 1
    }

    /// Id of the first trade at or after that time.
    pub fn first_id_from(&self, time: i64) -> i64 {
        if time < self.started {
            let second = self.started / 1_000 - 1;
            let id = LAST_PAST_ID - (second - time.div_euclid(1_000));
            let is_before = self.print_of(id).is_none_or(|print| print.time < time);
            return if is_before { id + 1 } else { id };
        }
        let at = self.prints.partition_point(|print| print.time < time);
        LAST_PAST_ID + 1 + i64::try_from(at).unwrap_or_default()
    }

    /// The price at the end of a minute of the past; the minute before the start ended at the price of the start.
    fn past_price(&self, minute: i64) -> Decimal {
        let millionths = past::offset(self.seed, minute) - past::offset(self.seed, self.started / MINUTE - 1);
        let factor = Decimal::ONE + Decimal::new(millionths.max(-900_000), 6);
        self.listing.on_tick(self.listing.price * factor)
    }

    /// A minute, or several as one when the bar asked for is long.
    fn past_bar(&self, minute: i64, minutes: i64) -> Bar {
        let (open, close) = (self.past_price(minute - 1), self.past_price(minute + minutes - 1));
        let number = past::hash(self.seed ^ 3, minute);
        let reach = |n: u64| self.listing.tick * Decimal::from(n % 20);
        let volume = self.listing.min_quantity * Decimal::from(1 + number % 5_000) * Decimal::from(minutes);
        let middle = (open + close) / Decimal::TWO;
        let taker = (volume / Decimal::TWO / self.listing.step).floor() * self.listing.step;
        let last_id = self.first_id_from((minute + minutes) * MINUTE) - 1;
        Bar {
            high: open.max(close) + reach(number >> 8),
            low: (open.min(close) - reach(number >> 16)).max(self.listing.min_price),
            open,
            close,
            volume,
            quote: volume * middle,
            taker,
            taker_quote: taker * middle,
            trades: 60 * minutes,
            first_id: last_id + 1 - 60 * minutes,
            last_id,
        }
    }

    /// The bar from one time to the next, of which what lies after `now` is not yet.
    pub fn bar(&self, start: i64, end: i64, now: i64) -> Bar {
        let last_minute = (end.min(now + 1) + MINUTE - 1).div_euclid(MINUTE);
        let first = start.div_euclid(MINUTE);
        let started = self.started / MINUTE;
        let step = ((end - start) / MINUTE / SAMPLES_MAX).max(1);
        let mut bar: Option<Bar> = None;
        let mut minute = first;
        while minute < last_minute.min(started) {
            let minutes = step.min(started - minute).min(last_minute - minute);
            let next = self.past_bar(minute, minutes);
            match &mut bar {
                Some(bar) => bar.join(&next),
                None => bar = Some(next),
            }
            minute += minutes;
        }
        let before =
            self.minutes.range(..first.max(started)).next_back().map_or(self.listing.price, |(_, bar)| bar.close);
        let mut bar = bar.unwrap_or_else(|| Bar::flat(before));
        for (at, (_, next)) in self.minutes.range(first.max(started)..last_minute.max(first.max(started))).enumerate() {
            if at == 0 && bar.trades == 0 {
                bar = Bar { open: before, ..next.clone() };
            } else {
                bar.join(next);
            }
        }
        bar
    }

    pub(super) fn day(&self, now: i64) -> (Bar, i64) {
        let start = now - now.rem_euclid(MINUTE) + MINUTE - DAY;
        (self.bar(start, start + DAY, now), start)
    }
}

/// Funding is every eight hours.
pub const fn next_funding(now: i64) -> i64 {
    const EVERY: i64 = 8 * 60 * MINUTE;
    (now / EVERY + 1) * EVERY
}

/// Start and end of the bar that holds a time.
pub fn bar_of(interval: &str, time: i64) -> Option<(i64, i64)> {
    let (number, unit) = interval.split_at(interval.len().checked_sub(1)?);
    let number: i64 = number.parse().ok()?;
    let span = match (number, unit) {
        (1 | 3 | 5 | 15 | 30, "m") => number * MINUTE,
        (1 | 2 | 4 | 6 | 8 | 12, "h") => number * 60 * MINUTE,
        (1 | 3, "d") => number * DAY,
        (1, "w") => {
            let start = time - (time - FIRST_MONDAY).rem_euclid(WEEK);
            return Some((start, start + WEEK));
        }
        (1, "M") => return month_of(time),
        _ => return None,
    };
    let start = time - time.rem_euclid(span);
    Some((start, start + span))
}

fn month_of(time: i64) -> Option<(i64, i64)> {
    let date = jiff::Timestamp::from_millisecond(time).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date().first_of_month();
    let at = |date: jiff::civil::Date| Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond());
    Some((at(date)?, at(date.last_of_month().tomorrow().ok()?)?))
}
