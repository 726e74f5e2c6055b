//! The exchange: markets, orders and one account. It knows no network: what it has to say lies in its outbox.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::account::Balance;
use super::listing::{Limits, listings};
use super::lists::List;
use super::order::{EventExtra, Fill, Order};
use super::parts::listing::Listing;
use super::parts::market::Market;
use super::parts::markets::Markets;
use super::parts::random::Random;
use super::parts::refusal::Refusal;
use super::parts::state::Event;

/// First number of the account's fills on every symbol: they are unique by symbol only.
const FIRST_FILL: i64 = 28_457;

/// How the account and the exchange are set.
#[derive(Clone, Debug)]
pub struct Habits {
    pub maker_rate: Decimal,
    pub taker_rate: Decimal,
    /// Price of BNB in the quote, when fees are paid in BNB; otherwise they are taken out of what is received.
    pub bnb_price: Option<Decimal>,
    pub can_trade: bool,
    /// Whether money can be moved out with the keys.
    pub keys_withdraw: bool,
    pub limits: Limits,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            maker_rate: dec!(0.001),
            taker_rate: dec!(0.001),
            bnb_price: None,
            can_trade: true,
            keys_withdraw: false,
            limits: Limits::default(),
        }
    }
}

/// Everything the exchange knows. Times are in ms on the server's clock.
#[derive(Debug)]
pub struct Exchange {
    pub markets: Markets,
    pub orders: BTreeMap<(String, i64), Order>,
    pub lists: BTreeMap<i64, List>,
    pub fills: Vec<Fill>,
    pub balances: BTreeMap<String, Balance>,
    /// When balances last changed.
    pub changed: i64,
    pub habits: Habits,
    pub outbox: Vec<Event>,
    /// What happened, for the journal.
    pub log: Vec<Value>,
    /// Orders that have got their first fill, whose count is given back.
    pub(super) given_back: u32,
    pub(super) prices_to_check: Vec<(String, Decimal)>,
    pub(super) random: Random,
    ids: Random,
    next_fill: BTreeMap<String, i64>,
    next_execution: i64,
}

impl Exchange {
    pub fn new(seed: u64, held: &BTreeMap<String, Decimal>, now: i64) -> Self {
        let held = held.iter();
        Self {
            markets: Markets::new(seed, listings(), now),
            orders: BTreeMap::new(),
            lists: BTreeMap::new(),
            fills: Vec::new(),
            balances: held
                .map(|(asset, free)| (asset.clone(), Balance { free: *free, ..Balance::default() }))
                .collect(),
            changed: now,
            habits: Habits::default(),
            outbox: Vec::new(),
            log: Vec::new(),
            given_back: 0,
            prices_to_check: Vec::new(),
            random: Random::new(seed),
            ids: Random::new(seed ^ 1),
            next_fill: BTreeMap::new(),
            next_execution: 8_641_984,
        }
    }

    pub fn market(&self, symbol: &str) -> Result<&Market, Refusal> {
        self.markets.find(symbol)
    }

    pub fn listing(&self, symbol: &str) -> Listing {
        self.markets[symbol].listing.clone()
    }

    pub(super) fn say(&mut self, name: String, body: Value) {
        self.outbox.push(Event::Market { name, body });
    }

    pub(super) fn say_user(&mut self, body: Value) {
        self.outbox.push(Event::User(body));
    }

    pub(super) fn next_execution_id(&mut self) -> i64 {
        self.next_execution += 1;
        self.next_execution
    }

    pub(super) fn next_fill_id(&mut self, symbol: &str) -> i64 {
        let next = self.next_fill.entry(symbol.to_owned()).or_insert(FIRST_FILL);
        *next += 1;
        *next
    }

    /// Tells what became of an order, on the stream and in the journal, and the balances it touches.
    pub(super) fn say_order(&mut self, key: &(String, i64), what: &str, now: i64, extra: EventExtra<'_>) {
        let extra = EventExtra { execution_id: self.next_execution_id(), ..extra };
        let order = &self.orders[key];
        let event = order.event(what, now, &extra);
        let mut row = order.row();
        row["kind"] = json!("order");
        row["what"] = json!(what);
        self.log.push(row);
        self.say_user(event);
        let listing = self.listing(&key.0);
        let fee = extra.fill.map(|fill| fill.commission_asset.as_str());
        let assets: Vec<&str> = [listing.base, listing.quote].into_iter().chain(fee).collect();
        self.say_balances(&assets, now);
    }

    /// The id of an order that a request means; the number comes first.
    pub fn find(&self, symbol: &str, id: Option<i64>, client_id: Option<&str>) -> Option<(String, i64)> {
        match (id, client_id) {
            (Some(id), _) => Some((symbol.to_owned(), id)).filter(|key| self.orders.contains_key(key)),
            // A name may be used again after its order filled; the newest is meant.
            (None, Some(client)) => {
                let mine = self.orders.iter().filter(|((here, _), order)| here == symbol && order.client_id == client);
                mine.map(|(key, _)| key.clone()).next_back()
            }
            (None, None) => None,
        }
    }

    /// Takes a checked order, locks what it needs and lets it match; gives its key.
    pub fn accept(&mut self, order: Order, now: i64) -> (String, i64) {
        let needed = if order.kind == "MARKET" { Decimal::ZERO } else { self.needed(&order) };
        let key = self.insert(order, needed);
        self.say_order(&key, "NEW", now, EventExtra::default());
        if self.orders[&key].is_working {
            self.take(&key, now);
        }
        self.run_triggers(now);
        key
    }

    /// Gives an order its number and locks so much for it.
    pub(super) fn insert(&mut self, mut order: Order, locked: Decimal) -> (String, i64) {
        let market = self.markets.get_mut(&order.symbol).unwrap();
        order.order_id = market.next_order_id;
        market.next_order_id += 1;
        order.extreme = market.last;
        order.is_working = !order.is_conditional();
        let key = (order.symbol.clone(), order.order_id);
        self.orders.insert(key.clone(), order);
        self.lock(&key, locked);
        key
    }

    /// What refuses an order that has passed the filters.
    pub fn check_state(&self, order: &Order) -> Result<(), Refusal> {
        let refused = |text: &str| Err(Refusal::new(400, -2010, text));
        // A name is free again only when its order filled to the end.
        let has_name = |other: &&Order| other.client_id == order.client_id && other.status != "FILLED";
        if self.orders.values().filter(|other| other.symbol == order.symbol).any(|other| has_name(&other)) {
            return refused("Duplicate order sent.");
        }
        if !self.habits.can_trade {
            return refused("This action is disabled on this account.");
        }
        if order.kind == "LIMIT_MAKER" && self.would_match(order) {
            return refused("Order would immediately match and take.");
        }
        let last = self.markets[&order.symbol].last;
        let has_passed = if order.triggers_above() { last >= order.stop_price } else { last <= order.stop_price };
        if order.is_conditional() && !order.stop_price.is_zero() && has_passed {
            return refused("Stop price would trigger immediately.");
        }
        self.check_balance(order)
    }

    /// Ends an open order; `what` is `CANCELED`, with the cancel's own name, or `EXPIRED`, with the reason.
    pub fn end_order(&mut self, key: &(String, i64), what: &str, extra: EventExtra<'_>, now: i64) {
        let Some(order) = self.orders.get_mut(key).filter(|order| order.is_open()) else { return };
        what.clone_into(&mut order.status);
        order.updated = now;
        self.unlock(key);
        self.say_order(key, what, now, extra);
        self.decide_list(key, what, extra, now);
        self.finish_list(key, now);
    }

    pub fn open_keys(&self, symbol: &str) -> Vec<(String, i64)> {
        let open = self.orders.iter().filter(|((here, _), order)| here == symbol && order.is_open());
        open.map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn random_id(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(LETTERS[usize::try_from(self.ids.below(62)).unwrap_or_default()])).collect()
    }
}
