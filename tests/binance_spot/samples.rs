//! Sample messages, and the market they are read in.

use std::path::Path;

use hoga::broker::binance::spot::listing::Listing;
use hoga::market::{InstrumentId, Price, Quantity, Symbol, UtcTime, Venue};
use hoga::order::OrderId;
use serde_json::Value;

/// A file of `tests/data/binance`.
pub fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/binance").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every sample of the spot market.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/binance");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| ["s_", "ws_s_", "wsapi_s_", "book_sequence_spot"].iter().any(|start| name.starts_with(start)));
    names.sort();
    names.into_iter().map(|name| (name.clone(), sample(&name))).collect()
}

/// A part of a sample as text.
pub fn part(name: &str, pointer: &str) -> Vec<u8> {
    let value: Value = serde_json::from_slice(&sample(name)).unwrap();
    value.pointer(pointer).unwrap().to_string().into_bytes()
}

/// A sample with one field changed.
pub fn changed(bytes: &[u8], pointer: &str, to: Value) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    *value.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = to;
    value.to_string().into_bytes()
}

pub fn id(symbol: &str) -> InstrumentId {
    InstrumentId { venue: Venue::BinanceSpot, symbol: Symbol::new(symbol).unwrap() }
}

pub fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub fn units(text: &str) -> Quantity {
    text.parse().unwrap()
}

pub fn at(millis: i64) -> UtcTime {
    UtcTime::from_millis(millis)
}

pub fn order() -> OrderId {
    "01934d2c-8a77-7bbb-8123-456789abcdef".parse().unwrap()
}

/// The published symbol under other names: bitcoin against three currencies, ether and Binance's coin, two pairs paid
/// with coins, one coin for which hoga has no currency to pay, and a symbol of other letters.
pub fn market() -> Listing {
    let info: Value = serde_json::from_slice(&sample("s_exchange_info_current_shape.json")).unwrap();
    let model = info.pointer("/symbols/0").unwrap().clone();
    let symbol = |name: &str, base: &str, quote: &str, status: &str| {
        let mut row = model.clone();
        row["symbol"] = name.into();
        row["baseAsset"] = base.into();
        row["quoteAsset"] = quote.into();
        row["status"] = status.into();
        row
    };
    let mut info = info;
    info["symbols"] = Value::Array(vec![
        symbol("BTCUSDC", "BTC", "USDC", "TRADING"),
        symbol("BTCUSDT", "BTC", "USDT", "TRADING"),
        symbol("BTCTRY", "BTC", "TRY", "TRADING"),
        symbol("ETHUSDT", "ETH", "USDT", "HALT"),
        symbol("ETHBTC", "ETH", "BTC", "TRADING"),
        symbol("BNBUSDT", "BNB", "USDT", "CANCEL_ONLY"),
        symbol("BNBBTC", "BNB", "BTC", "TRADING"),
        symbol("LTCBTC", "LTC", "BTC", "TRADING"),
        symbol("NEWFDUSD", "NEW", "FDUSD", "BREAK"),
        symbol("NEWUSDC", "NEW", "USDC", "TRADING"),
        symbol("USDCUSDT", "USDC", "USDT", "TRADING"),
        symbol("币安人生USDT", "币安人生", "USDT", "TRADING"),
    ]);
    Listing::read(info.to_string().as_bytes()).unwrap()
}
