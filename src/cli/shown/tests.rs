//! Tables on a narrow terminal, with the widest values markets and ledgers bring.

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::cli::output::{Look, Shown, rows};
use crate::desk::record::{
    BalanceRecord, CandleRecord, DifferenceRecord, FillRecord, InstrumentRecord, OrderRecord, PnlRecord,
    PositionRecord, ProfileStatus, QuoteRecord, RiskEventRecord, RiskShowRecord, SessionRecord, TradeRecord,
    TransactionRecord,
};
use crate::text::Language;

const ID: &str = "01a1fcf5-c738-7000-bd72-df6448d3ed80";
const TIME: &str = "2026-11-20T01:02:03.004Z";

fn look(language: Language, width: Option<usize>) -> Look {
    Look { language, colour: false, zone: TimeZone::UTC, width }
}

/// Every table of two records, by what it is of.
fn tables(look: &Look) -> Vec<(&'static str, String)> {
    fn table<T: Shown>(look: &Look, wide: Value, plain: &[(&str, Value)]) -> String {
        let mut other = wide.clone();
        plain.iter().for_each(|(key, value)| other[*key] = value.clone());
        let records: Vec<T> = [wide, other].into_iter().map(|value| serde_json::from_value(value).unwrap()).collect();
        rows(&records, look)
    }
    vec![
        (
            "quotes",
            table::<QuoteRecord>(look, quote(), &[("last_is_close", json!(true)), ("name_ko", json!("카카오"))]),
        ),
        ("orders", table::<OrderRecord>(look, order(), &[("reason", json!(null)), ("state", json!("accepted"))])),
        ("fills", table::<FillRecord>(look, fill(), &[])),
        ("positions", table::<PositionRecord>(look, position(), &[("liquidation_price", json!(null))])),
        ("transactions", table::<TransactionRecord>(look, transaction(), &[("symbol", json!(null))])),
        ("instruments", table::<InstrumentRecord>(look, instrument(), &[])),
        ("balances", table::<BalanceRecord>(look, money(), &[])),
        ("profit", table::<PnlRecord>(look, money(), &[])),
        ("limits", table::<RiskShowRecord>(look, risk(), &[])),
        (
            "candles",
            table::<CandleRecord>(
                look,
                json!({
                    "time": TIME, "open": "1234567.8", "high": "1234567.8", "low": "1234567.8", "close": "1234567.8",
                    "volume": "1234567890.123", "value": "12345678901234567.8", "closed": true
                }),
                &[],
            ),
        ),
        (
            "prints",
            table::<TradeRecord>(
                look,
                json!({
                    "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM", "price": "1234567.8", "quantity": "1234567.123",
                    "side": "sell", "time": TIME, "id": "1"
                }),
                &[],
            ),
        ),
        (
            "sessions",
            table::<SessionRecord>(
                look,
                json!({
                    "venue": "SIM", "phase": "off_hours_auction", "until": TIME, "next_phase": "off_hours_auction",
                    "next_at": TIME, "trading_date": "2026-11-20"
                }),
                &[],
            ),
        ),
        (
            "risk log",
            table::<RiskEventRecord>(
                look,
                json!({
                    "time": TIME, "profile": "a-long-profile-name", "rule": "RISK_MAX_SYMBOL_EXPOSURE",
                    "value": "70,000,000.12345678 KRW of SIM:005930", "limit": "10,000,000.12345678 KRW at any one time",
                    "source": "strategy momentum-of-the-morning"
                }),
                &[],
            ),
        ),
        (
            "differences",
            table::<DifferenceRecord>(
                look,
                json!({
                    "kind": "missing_order", "subject": format!("order {ID} of SIM:005930"),
                    "local": "accepted, 1,000 of 2,000 filled at 70,700", "venue": "there is no such order, nor was any"
                }),
                &[],
            ),
        ),
        (
            "profiles",
            table::<ProfileStatus>(
                look,
                json!({
                    "name": "a-long-profile-name", "broker": "binance-futures", "world": "virtual",
                    "connection": "connecting", "reconciled": false, "open_orders": 100, "unknown_orders": 100,
                    "positions": 100
                }),
                &[],
            ),
        ),
    ]
}

fn quote() -> Value {
    json!({
        "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM", "name_ko": "코덱스 미국나스닥백선물인버스(합성 H)",
        "name_en": "KODEX US Nasdaq 100 Futures Inverse (Synth H)", "last": "1234567.8", "change": "-123456.7",
        "change_percent": "-12.34", "bid": "1234567.8", "ask": "1234567.9", "bid_quantity": "1", "ask_quantity": "1",
        "volume": "123456789.123", "value": "1", "open": "1", "high": "1", "low": "1", "previous_close": "1",
        "upper_limit": "1", "lower_limit": "1", "vi_upper": null, "vi_lower": null, "buy_volume": "0", "sell_volume": "0",
        "strength": null, "phase": "off_hours_auction", "currency": "KRW", "time": TIME, "age_ms": 3_600_000, "stale": true
    })
}

fn order() -> Value {
    json!({
        "id": ID, "client_id": "mine-1", "broker_id": "SIM-1", "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM",
        "side": "sell", "type": "conditional_limit", "time_in_force": "day", "price": "1234567.8",
        "stop_price": "1234567.8", "quantity": "123456.789", "filled_quantity": "123456.788",
        "average_price": "1234567.123456", "state": "partially_filled", "pending_change": "replace", "watched_by": "DESK",
        "parent_id": null, "role": "entry", "source": "cli", "reason": "not sent: writing it down took too long",
        "reduce_only": false, "queue_ahead": null, "created_at": TIME, "updated_at": TIME
    })
}

fn fill() -> Value {
    json!({
        "id": "SIM-1", "order_id": ID, "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM", "side": "sell",
        "price": "1234567.8", "quantity": "123456.789", "fee": "12345.123456", "tax": "12345.12", "currency": "USDT",
        "liquidity": "auction", "time": TIME
    })
}

fn position() -> Value {
    json!({
        "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM", "name_ko": "코덱스 미국나스닥백선물인버스(합성 H)",
        "name_en": "KODEX US Nasdaq 100 Futures Inverse (Synth H)", "side": "short", "quantity": "123456.789",
        "average_price": "1234567.8912", "last": "1234567.8", "unrealized": "-12345678.9", "unrealized_net": "-12345678.9",
        "realized": "-12345678.9", "realized_gross": "0", "fees": "0", "taxes": "0", "cost": "0",
        "breakeven": "1234567.8912", "liquidation_price": "1234567.8912", "leverage": 125, "margin": "12345678.9",
        "currency": "USDT"
    })
}

fn transaction() -> Value {
    json!({
        "id": 1_234_567, "time": TIME, "type": "WITHDRAWAL", "profile": "sim", "symbol": "1000SHIBUSDT", "venue": "SIM",
        "order_id": ID, "quantity": "123456.789", "price": "1234567.8", "amount": "-123456789.12",
        "commission": "12345.123456", "tax": "12345.12", "cash_before": "0", "cash_after": "1234567890.12",
        "currency": "USDT"
    })
}

fn instrument() -> Value {
    json!({
        "symbol": "1000SHIBUSDT", "venue": "SIM", "name_ko": "코덱스 미국나스닥백선물인버스(합성 H)",
        "name_en": "KODEX US Nasdaq 100 Futures Inverse (Synth H)", "product": "crypto_perpetual", "currency": "USDT",
        "tick_size": "0.1", "lot": "1", "base_price": "1", "upper_limit": null, "lower_limit": null, "max_leverage": 125,
        "last": "1234567.8", "change_percent": "-12.34", "volume": "123456789.123", "value": "12345678901234.5"
    })
}

/// Of a balance and of a profit alike.
fn money() -> Value {
    let much = "-12345678901.23";
    json!({
        "profile": "a-long-profile-name", "currency": "KRW", "cash": much, "reserved": much, "margin": much,
        "available": much, "equity": much, "today": much, "realized": much, "unrealized": much, "unrealized_net": much,
        "fees": much, "taxes": much, "peak_equity": much
    })
}

fn risk() -> Value {
    let much = "-12345678901.23";
    json!({
        "profile": "a-long-profile-name", "state": "reducing",
        "limits": serde_json::to_value(crate::config::RiskLimits::default()).unwrap(), "day_profit": much, "equity": much,
        "peak_equity": much, "open_orders": 100, "positions": 100, "currency": "KRW"
    })
}

fn widest(text: &str) -> usize {
    text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

#[test]
fn no_table_is_wider_than_the_terminal() {
    for language in [Language::Ko, Language::En] {
        for width in [80, 100, 60] {
            for (name, table) in tables(&look(language, Some(width))) {
                assert!(widest(&table) <= width, "{name} in {language:?} at {width}:\n{table}");
                assert_eq!(table.lines().count(), 3, "{name}:\n{table}");
            }
        }
    }
}

#[test]
fn what_goes_into_a_pipe_is_whole() {
    for language in [Language::Ko, Language::En] {
        let whole = tables(&look(language, None));
        assert!(whole.iter().any(|(_, table)| widest(table) > 160));
        for (name, table) in &whole {
            assert!(!table.contains('…'), "{name}:\n{table}");
        }
        // A terminal that is wide enough changes nothing.
        assert_eq!(tables(&look(language, Some(1_000))), whole);
    }
}

#[test]
fn the_price_the_quantity_and_the_state_stay_and_the_id_is_short() {
    let tables = tables(&look(Language::En, Some(80)));
    let of = |wanted: &str| tables.iter().find(|(name, _)| *name == wanted).map(|(_, table)| table.as_str()).unwrap();
    for kept in ["…48d3ed80", "SIM:1000SHIBUSDT", "1,234,567.8", "123,456.789", "partly filled"] {
        assert!(of("orders").contains(kept), "{kept} in\n{}", of("orders"));
    }
    for gone in ["Updated", "Reason"] {
        assert!(!of("orders").contains(gone), "{gone} in\n{}", of("orders"));
    }
    for kept in ["Last", "Bid", "Ask", "(1,234,567.8)"] {
        assert!(of("quotes").contains(kept), "{kept} in\n{}", of("quotes"));
    }
    assert!(of("positions").contains("Unrealized"), "{}", of("positions"));
    assert!(of("transactions").contains("1,234,567,890.12"), "{}", of("transactions"));
}

#[test]
fn ordinary_tables_lose_as_little_as_they_must() {
    let look = look(Language::Ko, Some(80));
    let mut ordinary = quote();
    for (key, value) in [("symbol", "005930"), ("name_ko", "삼성전자"), ("last", "70700"), ("change", "-300")] {
        ordinary[key] = json!(value);
    }
    for (key, value) in [("change_percent", "-0.42"), ("bid", "70600"), ("ask", "70700"), ("volume", "3232")] {
        ordinary[key] = json!(value);
    }
    ordinary["phase"] = json!("continuous");
    let quotes: Vec<QuoteRecord> = vec![serde_json::from_value(ordinary).unwrap()];
    let table = rows(&quotes, &look);
    assert!(widest(&table) <= 80 && table.contains("삼성전자") && table.contains("거래량"), "{table}");
}
