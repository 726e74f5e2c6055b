//! The recorded market as events of the exchange: played in a loop, with numbers that go on from one round to the next.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use hoga::broker::replay::{Capture, SAMPLE};
use hoga::market::{BookUpdate, Level, MarketBody, MarketEvent, Sequence, Side};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::binance_server::exchange::Exchange;
use crate::binance_server::{Server, State};
use crate::stage::BTC;

const DEPTH: &str = "btcusdt@depth@100ms";
const TRADES: &str = "btcusdt@aggTrade";
const QUOTES: &str = "btcusdt@bookTicker";
/// How often what is due goes out.
const STEP: Duration = Duration::from_millis(2);

type Levels = BTreeMap<Decimal, Decimal>;

pub struct Recorded {
    events: Vec<MarketEvent>,
    speed: u32,
    /// Number of the newest change of the book, trade, and best price.
    last: u64,
    trade: u64,
    quote: u64,
    bids: Levels,
    asks: Levels,
    /// Trades, best prices, changes of the book.
    pub sent: [u64; 3],
    /// What of them had been sent when somebody first listened to all three.
    pub heard_from: Option<[u64; 3]>,
}

impl Recorded {
    pub fn open(speed: u32) -> Result<Self> {
        let mut events = Capture::open(SAMPLE)?.collect::<Result<Vec<_>, _>>()?;
        without_what_the_snapshot_holds(&mut events);
        let (bids, asks) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self {
            events,
            speed,
            last: 1_000_000,
            trade: 1_000_000,
            quote: 1_000_000,
            bids,
            asks,
            sent: [0; 3],
            heard_from: None,
        })
    }

    /// Gives the exchange the book the recording begins with.
    pub fn begin(&mut self, exchange: &mut Exchange) {
        let whole = self.events.iter().find_map(|event| match &event.body {
            MarketBody::Book(update) if matches!(update.sequence, Sequence::Snapshot { .. }) => Some(update.clone()),
            _ => None,
        });
        if let Some(whole) = whole {
            self.become_book(&whole);
        }
        self.put(exchange);
    }

    /// Plays until it is over.
    pub fn play(&mut self, server: &Server, over: &AtomicBool) {
        let Some(first) = self.events.first().map(|event| event.received_at) else { return };
        let events = std::mem::take(&mut self.events);
        while !over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let mut at = 0;
            while at < events.len() && !over.load(Ordering::Relaxed) {
                let played = begun.elapsed() * self.speed;
                server.change(|state| {
                    while at < events.len() && events[at].received_at.since(first) <= played {
                        self.say(state, &events[at]);
                        at += 1;
                    }
                });
                std::thread::park_timeout(STEP);
            }
        }
        self.events = events;
    }

    fn say(&mut self, state: &mut State, event: &MarketEvent) {
        let now = state.now();
        let (kind, name, body) = match &event.body {
            MarketBody::Trade(trade) => {
                self.trade += 1;
                let is_sell = trade.side == Some(Side::Sell);
                let body = json!({"e": "aggTrade", "E": now, "s": BTC, "a": self.trade, "p": trade.price.to_string(),
                    "q": trade.quantity.to_string(), "f": self.trade, "l": self.trade, "T": now, "m": is_sell});
                (0, TRADES, body)
            }
            MarketBody::Quote(quote) => {
                let (Some(bid), Some(ask)) = (quote.bid, quote.ask) else { return };
                self.quote += 1;
                let body = json!({"e": "bookTicker", "u": self.quote, "E": now, "T": now, "s": BTC,
                    "b": bid.price.to_string(), "B": bid.quantity.to_string(),
                    "a": ask.price.to_string(), "A": ask.quantity.to_string()});
                (1, QUOTES, body)
            }
            MarketBody::Book(update) => (2, DEPTH, self.book(state, update, now)),
            _ => return,
        };
        let subscribed = state.hub.subscribed();
        if self.heard_from.is_none() && [DEPTH, TRADES, QUOTES].iter().all(|name| subscribed.contains(*name)) {
            self.heard_from = Some(self.sent);
        }
        self.sent[kind] += 1;
        state.hub.publish(name, &body);
    }

    /// A change of the book; a whole one, at the beginning of a round, as the change that leads to it.
    fn book(&mut self, state: &mut State, update: &BookUpdate, now: i64) -> Value {
        let (bids, asks) = if matches!(update.sequence, Sequence::Snapshot { .. }) {
            let before = (self.bids.clone(), self.asks.clone());
            self.become_book(update);
            (turned(&before.0, &self.bids), turned(&before.1, &self.asks))
        } else {
            (apply(&mut self.bids, &update.bids), apply(&mut self.asks, &update.asks))
        };
        let previous = self.last;
        self.last += 10;
        self.put(&mut state.exchange);
        json!({"e": "depthUpdate", "E": now, "T": now, "s": BTC, "U": previous + 1, "u": self.last, "pu": previous,
               "b": rows(&bids), "a": rows(&asks)})
    }

    fn become_book(&mut self, whole: &BookUpdate) {
        let side =
            |levels: &[Level]| levels.iter().map(|level| (level.price.value(), level.quantity.value())).collect();
        (self.bids, self.asks) = (side(&whole.bids), side(&whole.asks));
    }

    /// What the exchange answers when a whole book is asked for.
    fn put(&self, exchange: &mut Exchange) {
        if let Some(market) = exchange.markets.get_mut(BTC) {
            market.book.last_id = self.last;
            market.book.bids = self.bids.iter().map(|(price, quantity)| (Reverse(*price), *quantity)).collect();
            market.book.asks.clone_from(&self.asks);
        }
    }
}

/// Changes that the recorded whole book contains already would be of another market a round later.
fn without_what_the_snapshot_holds(events: &mut Vec<MarketEvent>) {
    let whole = events.iter().find_map(|event| match &event.body {
        MarketBody::Book(update) => match update.sequence {
            Sequence::Snapshot { last } => Some(last),
            _ => None,
        },
        _ => None,
    });
    let known = whole.unwrap_or_default();
    let mut seen = false;
    events.retain(|event| {
        let MarketBody::Book(update) = &event.body else { return true };
        match update.sequence {
            Sequence::Snapshot { .. } => !std::mem::replace(&mut seen, true),
            Sequence::Chained { last, .. } => seen && last > known,
            _ => false,
        }
    });
}

fn apply(side: &mut Levels, levels: &[Level]) -> Vec<(Decimal, Decimal)> {
    let told: Vec<_> = levels.iter().map(|level| (level.price.value(), level.quantity.value())).collect();
    for (price, quantity) in &told {
        if quantity.is_zero() {
            side.remove(price)
        } else {
            side.insert(*price, *quantity)
        };
    }
    told
}

/// The levels that turn one side into another.
fn turned(from: &Levels, to: &Levels) -> Vec<(Decimal, Decimal)> {
    let gone = from.keys().filter(|price| !to.contains_key(price)).map(|price| (*price, Decimal::ZERO));
    let new = to.iter().filter(|(price, quantity)| from.get(price) != Some(quantity)).map(|(p, q)| (*p, *q));
    gone.chain(new).collect()
}

fn rows(levels: &[(Decimal, Decimal)]) -> Vec<[String; 2]> {
    levels.iter().map(|(price, quantity)| [price.to_string(), quantity.to_string()]).collect()
}
