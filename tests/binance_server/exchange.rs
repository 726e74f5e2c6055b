//! The exchange: markets, orders and one account. It knows no network: what it has to say lies in its outbox.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::account::{Income, Position};
use super::listing::{Listing, listings};
use super::market::Market;
use super::markets::Markets;
use super::order::{Algo, EventExtra, Fill, Order};
use super::parts::state::Event;
use super::random::Random;
use super::refusal::Refusal;

/// Open orders allowed on one symbol.
const OPEN_ORDERS_MAX: usize = 200;

/// A listen key that is alive.
#[derive(Clone, Debug)]
pub struct ListenKey {
    pub key: String,
    pub until: i64,
}

/// How far the exchange goes where sources disagree or tests want the rarer course.
#[derive(Clone, Debug)]
pub struct Habits {
    /// Post-only orders that would match and fill-or-kill orders that cannot fill are accepted and expire, instead of
    /// being refused with -5022 and -5021.
    pub soft_rejects: bool,
    /// The child of a conditional order has the conditional order's client id; otherwise one of its own.
    pub child_keeps_client_id: bool,
    /// A fill is announced by `TRADE_LITE` first.
    pub trade_lite: bool,
    /// Asset in which fees are taken and its price in USDT, when not the margin asset.
    pub fee_asset: Option<(String, Decimal)>,
    pub maker_rate: Decimal,
    pub taker_rate: Decimal,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            soft_rejects: false,
            child_keeps_client_id: true,
            trade_lite: true,
            fee_asset: None,
            maker_rate: dec!(0.0002),
            taker_rate: dec!(0.0004),
        }
    }
}

/// Everything the exchange knows. Times are in ms on the server's clock.
#[derive(Debug)]
pub struct Exchange {
    pub markets: Markets,
    pub orders: BTreeMap<(String, i64), Order>,
    pub algos: BTreeMap<i64, Algo>,
    pub fills: Vec<Fill>,
    /// By symbol and position side.
    pub positions: BTreeMap<(String, String), Position>,
    pub wallet: BTreeMap<String, Decimal>,
    pub income: Vec<Income>,
    pub is_hedge: bool,
    pub leverage: BTreeMap<String, u32>,
    pub isolated: BTreeSet<String>,
    pub habits: Habits,
    /// When the open orders of a symbol are cancelled.
    pub countdowns: BTreeMap<String, i64>,
    pub outbox: Vec<Event>,
    /// What happened, for the journal.
    pub log: Vec<Value>,
    pub(super) prices_to_check: Vec<(String, Decimal)>,
    /// Apart, so that what happens with time does not change what happens by requests.
    pub(super) random: Random,
    ids: Random,
    pub(super) next_algo_id: i64,
    pub(super) next_fill_id: i64,
    pub(super) next_transaction: i64,
    pub listen_key: Option<ListenKey>,
}

impl Exchange {
    pub fn new(seed: u64, wallet: Decimal, now: i64) -> Self {
        Self {
            markets: Markets::new(seed, listings(), now),
            orders: BTreeMap::new(),
            algos: BTreeMap::new(),
            fills: Vec::new(),
            positions: BTreeMap::new(),
            wallet: BTreeMap::from([("USDT".to_owned(), wallet), ("BNB".to_owned(), dec!(10))]),
            income: Vec::new(),
            is_hedge: false,
            leverage: BTreeMap::new(),
            isolated: BTreeSet::new(),
            habits: Habits::default(),
            countdowns: BTreeMap::new(),
            outbox: Vec::new(),
            log: Vec::new(),
            prices_to_check: Vec::new(),
            random: Random::new(seed),
            ids: Random::new(seed ^ 1),
            next_algo_id: 4_000_001_910_701_524,
            next_fill_id: 310_194_316,
            next_transaction: 9_689_322_392,
            listen_key: None,
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

    /// Tells what became of an order, on the stream and in the journal.
    pub(super) fn say_order(&mut self, key: &(String, i64), what: &str, now: i64, extra: EventExtra<'_>) {
        let order = &self.orders[key];
        let listing = &self.markets[&key.0].listing;
        let event = order.event(listing, what, now, extra);
        let mut row = order.row(listing);
        row["kind"] = json!("order");
        row["what"] = json!(what);
        self.log.push(row);
        self.say_user(event);
    }

    /// The id of an order that a request means; the number comes first.
    pub fn find(&self, symbol: &str, id: Option<i64>, client_id: Option<&str>) -> Option<(String, i64)> {
        match (id, client_id) {
            (Some(id), _) => Some((symbol.to_owned(), id)).filter(|key| self.orders.contains_key(key)),
            // Client ids may be used again; the newest is meant.
            (None, Some(client)) => {
                let mine = self.orders.iter().filter(|((here, _), order)| here == symbol && order.client_id == client);
                mine.map(|(key, _)| key.clone()).next_back()
            }
            (None, None) => None,
        }
    }

    /// Takes a checked order onto the books and lets it match; gives its key.
    pub fn accept(&mut self, mut order: Order, now: i64) -> (String, i64) {
        let market = self.markets.get_mut(&order.symbol).unwrap();
        order.order_id = market.next_order_id;
        market.next_order_id += 1;
        let key = (order.symbol.clone(), order.order_id);
        self.orders.insert(key.clone(), order);
        self.say_order(&key, "NEW", now, EventExtra::default());
        self.take(&key, now);
        key
    }

    /// What refuses an order that has passed the checks of its fields.
    pub fn check_state(&self, order: &Order) -> Result<(), Refusal> {
        let open = || self.orders.values().filter(|other| other.is_open());
        if open().any(|other| other.client_id == order.client_id) {
            return Err(Refusal::of(-4116));
        }
        if open().filter(|other| other.symbol == order.symbol).count() >= OPEN_ORDERS_MAX {
            return Err(Refusal::of(-2025));
        }
        if order.only_closes() && self.closable(order).is_zero() {
            return Err(Refusal::of(-2022));
        }
        if !order.only_closes() && self.margin_needed(order) > self.available("USDT") {
            return Err(Refusal::of(-2019));
        }
        if self.habits.soft_rejects {
            return Ok(());
        }
        match order.time_in_force.as_str() {
            "GTX" if self.would_match(order) => Err(Refusal::of(-5022)),
            "FOK" if self.reachable(order) < order.quantity => Err(Refusal::of(-5021)),
            _ => Ok(()),
        }
    }

    /// How much of a position an order could close.
    pub(super) fn closable(&self, order: &Order) -> Decimal {
        let amount = self.position(&order.symbol, &order.position_side);
        let is_against = if order.is_buy { amount < Decimal::ZERO } else { amount > Decimal::ZERO };
        if is_against { amount.abs() } else { Decimal::ZERO }
    }

    /// The signed amount of a position.
    pub fn position(&self, symbol: &str, side: &str) -> Decimal {
        self.positions.get(&(symbol.to_owned(), side.to_owned())).map_or(Decimal::ZERO, |position| position.amount)
    }

    /// Cancels an open order; `reason` is `er`, and `what` is `CANCELED` or `EXPIRED`.
    pub fn end_order(&mut self, key: &(String, i64), what: &str, reason: &str, now: i64) {
        let Some(order) = self.orders.get_mut(key).filter(|order| order.is_open()) else { return };
        what.clone_into(&mut order.status);
        order.updated = now;
        self.say_order(key, what, now, EventExtra { reason, ..EventExtra::default() });
        self.child_ended(key, now);
    }

    /// Cancels the open orders of a symbol.
    pub fn cancel_all(&mut self, symbol: &str, now: i64) {
        for key in self.open_keys(symbol) {
            self.end_order(&key, "CANCELED", "0", now);
        }
    }

    pub fn open_keys(&self, symbol: &str) -> Vec<(String, i64)> {
        let open = self.orders.iter().filter(|((here, _), order)| here == symbol && order.is_open());
        open.map(|(key, _)| key.clone()).collect()
    }

    /// Countdowns and good-till dates.
    pub fn tick(&mut self, now: i64) {
        let due: Vec<String> =
            self.countdowns.iter().filter(|(_, at)| **at <= now).map(|(symbol, _)| symbol.clone()).collect();
        for symbol in due {
            self.countdowns.remove(&symbol);
            self.cancel_all(&symbol, now);
        }
        let late = self.orders.iter().filter(|(_, order)| order.is_open() && (1..=now).contains(&order.good_till));
        let late: Vec<_> = late.map(|(key, _)| key.clone()).collect();
        for key in late {
            self.end_order(&key, "EXPIRED", "0", now);
        }
    }

    pub(super) fn random_id(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(LETTERS[usize::try_from(self.ids.below(62)).unwrap_or_default()])).collect()
    }
}
