//! Recorded and published messages.

use std::path::PathBuf;

use hoga::broker::binance::algo_links::AlgoLinks;
use hoga::broker::binance::report::{UserNews, events};
use hoga::broker::binance::wire::user::{UserEvent, decode};
use hoga::broker::net::json;
use hoga::market::{Currency, InstrumentId};
use hoga::order::OrderId;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The names of all samples of this part.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| is_of_trading(name))
        .collect();
    names.sort_unstable();
    names
}

fn is_of_trading(name: &str) -> bool {
    const STARTS: [&str; 18] = [
        "f_order_",
        "f_algo_",
        "f_batch_",
        "f_cancel",
        "f_countdown",
        "f_user_trades",
        "f_balance",
        "f_account",
        "f_position",
        "f_symbol_config",
        "f_leverage",
        "f_margin_type",
        "f_commission",
        "f_income",
        "f_rate_limit_order",
        "f_listen_key",
        "f_errors",
        "ws_f_user_",
    ];
    STARTS.iter().any(|start| name.starts_with(start))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/binance")
}

pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn read<T: DeserializeOwned>(name: &'static str) -> T {
    json::parse(name, &bytes(name), 1 << 20).unwrap_or_else(|error| panic!("{error}"))
}

pub fn event(name: &str) -> UserEvent {
    decode(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// An event after some of its text was replaced.
pub fn changed(name: &str, changes: &[(&str, &str)]) -> UserEvent {
    let mut text = String::from_utf8(bytes(name)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from}");
        text = text.replace(from, to);
    }
    decode(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn news(event: &UserEvent) -> UserNews {
    events(event, &currency_of, &mut AlgoLinks::new()).unwrap()
}

/// The quote currency of every symbol that ends in one.
pub fn currency_of(id: InstrumentId) -> Option<Currency> {
    [Currency::Usdt, Currency::Usdc].into_iter().find(|currency| id.symbol.as_str().ends_with(currency.as_str()))
}

pub fn id(symbol: &str) -> InstrumentId {
    format!("BINANCE_FUTURES:{symbol}").parse().unwrap()
}

/// An order id of hoga's.
pub fn order(n: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(0x0193_4d2c_8a77_7bbb_8000_0000_0000_0000 + n))
}

pub fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn price(text: &str) -> hoga::market::Price {
    text.parse().unwrap()
}

pub fn units(text: &str) -> hoga::market::Quantity {
    text.parse().unwrap()
}
