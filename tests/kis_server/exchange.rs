//! The exchange without a network: markets, orders, the account. It says what happened by [`Event`]s.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Realm;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use super::account::Account;
use super::clock::{korea, new_york};
use super::listing::{self, Listing};
use super::market::Market;
use super::order::{Fill, Line, Order, Row, Standing};
use super::random::Random;
use super::refusal::Refusal;
use super::reserved::Reservation;

/// Something to tell on the stream.
#[derive(Clone, Debug)]
pub enum Event {
    /// Text of an execution notice, not yet encrypted.
    Notice(Line, String),
    /// A record of a plain stream under its id and key.
    Record { id: &'static str, key: String, fields: String },
}

/// How the exchange behaves where it is not certain how the real one does.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    /// How long after it was taken an order is missing in lists.
    pub lists_lag: Duration,
    /// An order that ends with its session is told of by a notice of the kind for IOC.
    pub tells_expiry: bool,
    /// The paper environment's balance has no row for what was sold out.
    pub hides_sold_out: bool,
}

#[derive(Debug)]
pub struct Exchange {
    pub realm: Realm,
    pub markets: BTreeMap<String, Market>,
    /// Every row ever, by id.
    pub orders: Vec<Order>,
    pub fills: Vec<Fill>,
    /// Every order ever that was kept for an opening.
    pub reservations: Vec<Reservation>,
    pub account: Account,
    pub habits: Habits,
    /// Days without business beside Saturdays and Sundays, in Korea and in the US.
    pub closed: Vec<Date>,
    /// So many orders to come are refused by the exchange after the broker accepted them.
    pub refuse_next: u32,
    pub(super) events: Vec<Event>,
    pub(super) log: Vec<Value>,
    pub(super) random: Random,
    numbers: BTreeMap<(Line, Date), u32>,
    pub(super) today: (Date, Date),
}

impl Exchange {
    pub fn new(realm: Realm, seed: u64, account: Account, now: i64) -> Self {
        let markets = listing::all().into_iter().map(|one| (one.symbol.to_owned(), Market::new(one))).collect();
        Self {
            realm,
            markets,
            orders: Vec::new(),
            fills: Vec::new(),
            reservations: Vec::new(),
            account,
            habits: Habits::default(),
            closed: Vec::new(),
            refuse_next: 0,
            events: Vec::new(),
            log: Vec::new(),
            random: Random::new(seed),
            numbers: BTreeMap::new(),
            today: (korea(now).date(), new_york(now).date()),
        }
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub fn take_log(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.log)
    }

    /// The market of a listed symbol, of Korea or of the US.
    pub fn market(&self, symbol: &str, is_korean: bool) -> Result<&Market, Refusal> {
        let line = if is_korean { Line::Stock } else { Line::Overseas };
        let market = self.markets.get(symbol).filter(|market| market.listing.board.line() == line);
        market.ok_or_else(Refusal::no_symbol)
    }

    /// The market of a bond.
    pub fn bond_market(&self, isin: &str) -> Result<&Market, Refusal> {
        self.markets.get(isin).filter(|market| market.listing.bond.is_some()).ok_or_else(Refusal::no_symbol)
    }

    pub fn listing(&self, symbol: &str) -> &Listing {
        &self.markets[symbol].listing
    }

    pub fn listings(&self) -> Vec<Listing> {
        self.markets.values().map(|market| market.listing.clone()).collect()
    }

    /// Branch that orders of a product go through.
    pub const fn branch(&self, line: Line) -> &'static str {
        match (self.realm, line) {
            (Realm::Paper, _) => "00950",
            (Realm::Live, Line::Stock) => "91252",
            (Realm::Live, Line::Overseas | Line::Bond) => "01790",
            (Realm::Live, Line::Future | Line::Night) => "06010",
        }
    }

    /// The next number of a product and day; numbers begin anew each day and are not without gaps.
    pub(super) fn next_number(&mut self, line: Line, date: Date) -> String {
        let gap = 1 + u32::try_from(self.random.below(4)).unwrap_or_default();
        let first = match line {
            Line::Stock => 117_000,
            Line::Overseas => 4_300,
            Line::Bond => 15_400,
            // Those of the night are numbered on their own.
            Line::Future | Line::Night => 6_100,
        };
        let number = self.numbers.entry((line, date)).or_insert(first);
        *number += gap;
        format!("{number:010}")
    }

    /// The newest row of a number: that of the latest day.
    pub fn by_number(&self, line: Line, number: &str) -> Option<usize> {
        self.orders.iter().rposition(|order| order.line == line && order.number == number)
    }

    /// Money that open orders to buy hold back.
    pub fn reserved(&self, currency: &str) -> Decimal {
        // Shares and bonds are bought with the same won.
        let same = |order: &&Order| self.listing(&order.symbol).board.currency() == currency;
        let open = self.orders.iter().filter(same).filter(|order| order.is_buy && order.is_open());
        let cost = |order: &Order| self.listing(&order.symbol).money(order.remaining() * self.cost_price(order));
        open.map(cost).sum()
    }

    /// What a share of an order to buy is counted with: without a price of its own the upper limit.
    fn cost_price(&self, order: &Order) -> Decimal {
        if order.price.is_zero() { self.listing(&order.symbol).limits().0 } else { order.price }
    }

    /// Shares that open orders to sell hold back.
    pub fn reserved_shares(&self, symbol: &str) -> Decimal {
        let open = self.orders.iter().filter(|order| order.symbol == symbol && !order.is_buy && order.is_open());
        open.map(Order::remaining).sum()
    }

    /// Money to order with.
    pub fn orderable(&self, line: Line) -> Decimal {
        self.orderable_in(if line == Line::Overseas { "USD" } else { "KRW" })
    }

    /// The same in a currency.
    pub fn orderable_in(&self, currency: &str) -> Decimal {
        self.account.money(currency) - self.reserved(currency)
    }

    /// Shares to sell.
    pub fn sellable(&self, symbol: &str) -> Decimal {
        self.account.held(symbol) - self.reserved_shares(symbol)
    }

    /// Whether lists show a row by now.
    pub(super) fn is_listed(&self, order: &Order) -> bool {
        order.accepted_at.elapsed() >= self.habits.lists_lag
    }

    /// Numbers of a chain from the first on, without cancels.
    pub fn chain(&self, id: usize) -> Vec<String> {
        let first = self.orders[id].first;
        let of_chain = |order: &&Order| order.first == first && order.row != Row::Cancel;
        self.orders.iter().filter(of_chain).map(|order| order.number.clone()).collect()
    }

    /// Writes how an order stands into the journal.
    pub(super) fn note(&mut self, id: usize) {
        let line = self.orders[id].line_of_journal(&self.chain(id));
        self.log.push(line);
    }

    /// What happens with time.
    pub fn tick(&mut self, now: i64) {
        self.open_reserved(now);
        for id in 0..self.orders.len() {
            if !self.orders[id].is_open() {
                continue;
            }
            if self.orders[id].ends_ms <= now {
                if self.orders[id].has_auction {
                    let conditional =
                        if matches!(self.orders[id].line, Line::Future | Line::Night) { "03" } else { "02" };
                    self.orders[id].limit = self.orders[id].limit.filter(|_| self.orders[id].kind != conditional);
                    self.take(id, now);
                }
                self.expire(id, now);
            } else if self.orders[id].is_waiting && self.matches_now(id, now) {
                self.orders[id].is_waiting = false;
                self.take(id, now);
            }
        }
        self.turn(now);
    }

    /// A new day in Korea or in the US.
    fn turn(&mut self, now: i64) {
        let dates = (korea(now).date(), new_york(now).date());
        if dates == self.today {
            return;
        }
        let (korean, foreign) = (dates.0 != self.today.0, dates.1 != self.today.1);
        self.today = dates;
        if korean {
            self.account.turn();
        }
        let is_night = super::session::night(now, &self.closed).is_some();
        for market in self.markets.values_mut() {
            // A night goes on over midnight.
            if market.listing.board.line() == Line::Future && is_night {
                continue;
            }
            if if market.listing.board.is_american() { foreign } else { korean } {
                market.turn();
            }
        }
    }

    fn expire(&mut self, id: usize, now: i64) {
        let order = &mut self.orders[id];
        if !order.is_open() {
            return;
        }
        order.canceled += order.remaining();
        order.standing = Standing::Expired;
        if self.habits.tells_expiry {
            self.say_rest_canceled(id, now);
        }
        self.note(id);
    }
}
