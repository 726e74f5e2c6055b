//! Streams that tell at a pace: differences of books, tickers, bars.

use serde_json::Value;

use super::book::PACES;
use super::listing::Dialect;
use super::market::{Market, bar_of};
use super::state::{State, TICK, Venue};

impl<V: Venue> State<V> {
    pub(super) fn timed_streams(&mut self, now: i64) {
        let ticks = self.ticks;
        let every = |ms: u64| ticks.is_multiple_of(ms / 50);
        // The pace of a depth stream that names none.
        let usual = match V::DIALECT {
            Dialect::Futures => 250,
            Dialect::Spot => 1_000,
        };
        for pace in PACES.into_iter().filter(|pace| every(*pace)) {
            for (symbol, market) in self.exchange.markets().iter_mut() {
                let listing = market.listing.clone();
                let Some(event) = market.book.difference(&listing, pace, now) else { continue };
                let suffix = if pace == usual { String::new() } else { format!("@{pace}ms") };
                self.hub.publish(&format!("{}@depth{suffix}", symbol.to_lowercase()), &event);
            }
        }
        for name in self.hub.subscribed() {
            if let Some(event) = self.timed_event(&name, &every, usual, now) {
                self.hub.publish(&name, &event);
            }
        }
        if every(250) {
            for market in self.exchange.markets().values_mut() {
                market.is_changed = false;
            }
        }
    }

    fn timed_event(&mut self, name: &str, every: &dyn Fn(u64) -> bool, usual: u64, now: i64) -> Option<Value> {
        if let Some(event) = self.exchange.own_stream(name, every, now) {
            return Some(event);
        }
        let markets = self.exchange.markets();
        if name == "!miniTicker@arr" && every(1_000) {
            return Some(Value::Array(markets.values().map(|market| market.mini_ticker_event(now)).collect()));
        }
        let (symbol, kind) = name.split_once('@')?;
        let market = markets.get(&symbol.to_uppercase()).filter(|_| symbol == symbol.to_lowercase())?;
        let tickers = if V::DIALECT == Dialect::Spot { 1_000 } else { 2_000 };
        match kind {
            "ticker" => every(tickers).then(|| market.ticker_event(now)),
            "miniTicker" => every(tickers).then(|| market.mini_ticker_event(now)),
            _ if kind.starts_with("kline_") => kline(market, &kind[6..], every, now),
            _ => {
                let levels = kind.strip_prefix("depth")?.split('@').next()?.parse().ok()?;
                let pace = match kind.split_once('@') {
                    Some((_, "100ms")) => 100,
                    Some((_, "500ms")) => 500,
                    _ => usual,
                };
                every(pace).then(|| market.book.partial(&market.listing, levels, now))
            }
        }
    }
}

/// The forming bar while it changes, and the one that has just closed.
fn kline(market: &Market, interval: &str, every: &dyn Fn(u64) -> bool, now: i64) -> Option<Value> {
    let (start, end) = bar_of(interval, now)?;
    let before = now - i64::try_from(TICK.as_millis()).unwrap_or_default();
    if before < start {
        let (start, end) = bar_of(interval, start - 1)?;
        return Some(market.kline_event(interval, now, start, end));
    }
    (every(250) && market.is_changed).then(|| market.kline_event(interval, now, start, end))
}
