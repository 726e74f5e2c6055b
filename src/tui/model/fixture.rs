//! A model with a market in it, for tests of what is drawn.

#![allow(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::{Account, Activity, Connection, Model, Quotes, Selected, Trading};
use crate::config::{Config, Language};
use crate::market::{InstrumentId, Quantity, UtcTime};
use crate::tui::clock::Now;
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

/// 10:30 on a trading day in Korea.
pub fn now() -> Now {
    Now { utc: UtcTime::parse("2026-11-20T01:30:00Z").unwrap(), since_start: Duration::from_secs(60) }
}

/// Samsung Electronics at the simulated exchange.
pub fn samsung() -> InstrumentId {
    "SIM:005930".parse().unwrap()
}

/// A connected model without a market.
pub fn empty(language: Language) -> Model {
    Model {
        now: now(),
        look: Look::new(language, Theme::Korean, ColourDepth::True, GlyphSet::Full),
        config: Config::built_in(),
        view_only: false,
        connection: Connection::Up { version: "0.1.0".into() },
        profiles: vec!["sim".parse().unwrap()],
        profile: "sim".parse().unwrap(),
        name: "pts/3".into(),
        status: None,
        sessions: Vec::new(),
        quotes: Quotes::default(),
        selected: Selected::nothing(),
        watch: Vec::new(),
        account: Account::default(),
        activity: Activity::default(),
        alerts: BTreeMap::new(),
        trading: Trading::new([1_u32, 10, 50, 100, 500].map(Quantity::whole).to_vec()),
        screen_bytes: (0, 0),
        workspaces: Vec::new(),
    }
}

/// The same with a book of ten levels around 71,200, prints, quotes, a position and an own bid at 71,000.
pub fn trading(language: Language) -> Model {
    let mut model = empty(language);
    model.watch = vec![samsung(), "SIM:000660".parse().unwrap()];
    model.selected.replace(samsung());
    let quote = |symbol: &str, ko: &str, en: &str, last: u32| {
        serde_json::from_value(json!({
            "profile": "sim", "symbol": symbol, "venue": "SIM", "name_ko": ko, "name_en": en, "last": last.to_string(),
            "change": "1200", "change_percent": "1.71", "bid": (last - 100).to_string(), "ask": last.to_string(),
            "bid_quantity": "1200", "ask_quantity": "900", "volume": "1234567", "value": "87901170400",
            "open": "70100", "high": "71500", "low": "69900", "previous_close": "70000", "upper_limit": "91000",
            "lower_limit": "49000", "vi_upper": "77000", "vi_lower": "63000", "buy_volume": "700000",
            "sell_volume": "500000", "strength": "140", "phase": "continuous", "currency": "KRW",
            "time": "2026-11-20T01:29:59.9Z", "age_ms": 100, "stale": false, "last_is_close": false
        }))
        .unwrap()
    };
    model.quotes.put(model.now, samsung(), quote("005930", "삼성전자", "Samsung Electronics", 71_200));
    model.quotes.put(model.now, "SIM:000660".parse().unwrap(), quote("000660", "SK하이닉스", "SK hynix", 182_500));
    let level = |price: u32, quantity: u32| json!([price.to_string(), quantity.to_string()]);
    let asks: Vec<_> = (0..10).map(|n| level(71_200 + n * 100, 900 + n * 350)).collect();
    let bids: Vec<_> = (0..10).map(|n| level(71_100 - n * 100, 1_200 + n * 410)).collect();
    let book = json!({
        "profile": "sim", "symbol": "005930", "venue": "SIM", "bids": bids, "asks": asks, "last": "71200",
        "phase": "continuous", "expected_price": null, "expected_quantity": null, "bid_total": "30450",
        "ask_total": "24750", "time": "2026-11-20T01:29:59.9Z", "age_ms": 100, "stale": false
    });
    model.selected.put_book(model.now, serde_json::from_value(book).unwrap());
    for n in 0..30_u32 {
        let print = json!({
            "profile": "sim", "symbol": "005930", "venue": "SIM", "price": (71_100 + (n % 3) * 100).to_string(),
            "quantity": (n * 7 % 90 + 1).to_string(), "side": if n % 2 == 0 { "buy" } else { "sell" },
            "time": format!("2026-11-20T01:29:{:02}Z", n), "id": n.to_string()
        });
        model.selected.put_print(serde_json::from_value(print).unwrap());
    }
    model.account.put_order(serde_json::from_value(order("o-1", "buy", "71000", 10)).unwrap());
    model.account.record = Some(serde_json::from_value(account()).unwrap());
    model.status = Some(serde_json::from_value(status()).unwrap());
    model
}

/// An order as the desk tells it.
pub fn order(id: &str, side: &str, price: &str, quantity: u32) -> serde_json::Value {
    json!({
        "id": id, "client_id": null, "broker_id": "77", "profile": "sim", "symbol": "005930", "venue": "SIM",
        "side": side, "type": "limit", "time_in_force": "day", "price": price, "stop_price": null,
        "quantity": quantity.to_string(), "filled_quantity": "0", "average_price": null, "state": "accepted",
        "pending_change": null, "watched_by": null, "parent_id": null, "role": "entry", "source": "screen",
        "reason": null, "reduce_only": false, "queue_ahead": "1200", "created_at": "2026-11-20T01:29:00Z",
        "updated_at": "2026-11-20T01:29:01Z"
    })
}

fn account() -> serde_json::Value {
    json!({
        "profile": "sim",
        "balances": [{
            "profile": "sim", "currency": "KRW", "cash": "99287000", "reserved": "710107", "margin": "0",
            "available": "98576893", "equity": "99999000"
        }],
        "positions": [{
            "profile": "sim", "symbol": "005930", "venue": "SIM", "name_ko": "삼성전자",
            "name_en": "Samsung Electronics", "side": "long", "quantity": "10", "average_price": "71300",
            "last": "71200", "unrealized": "-1000", "unrealized_net": "-2530", "realized": "0",
            "realized_gross": "0", "fees": "107", "taxes": "0", "cost": "713000", "breakeven": "71453.2",
            "liquidation_price": null, "leverage": null, "margin": null, "currency": "KRW"
        }],
        "pnl": [{
            "profile": "sim", "currency": "KRW", "today": "-1107", "realized": "0", "unrealized": "-1000",
            "unrealized_net": "-2530", "fees": "107", "taxes": "0", "equity": "99999000", "peak_equity": "100000000"
        }]
    })
}

fn status() -> serde_json::Value {
    json!({
        "running": true, "pid": 1, "version": "0.1.0", "uptime_s": 10, "state": "active",
        "profiles": [{
            "name": "sim", "broker": "sim", "world": "virtual", "connection": "up", "reconciled": true,
            "open_orders": 1, "unknown_orders": 0, "positions": 1
        }],
        "faces": 1, "trading_lock": "pts/3", "holds": [], "storage": null, "market_events": 1, "data_dir": "/d"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixture_is_a_market_that_may_be_traded() {
        let model = trading(Language::Ko);
        assert!(model.may_trade() && model.book_freshness().is_fresh() && model.cannot_arm().is_none());
        assert_eq!(model.selected.prints.len(), 30);
        assert_eq!(model.account.resting_at(&samsung(), "71000".parse().unwrap()).count(), 1);
    }
}
