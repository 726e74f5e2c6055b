//! Market data of Binance futures: every sample the exchange publishes, messages it never would send, books in every
//! order of arrival, and the running feed against a server in this process.
//!
//! The recorded market is fed as frames too. The cut that is shipped is part of every run; the whole recording, as
//! `btcusdt_usdm_*_{depth,snapshot,trades,bookticker}.csv.gz` in a folder, is
//! `HOGA_CAPTURE=FOLDER cargo test --profile checked --test binance_market -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

#[path = "binance_market/books.rs"]
mod books;
#[path = "binance_market/capture.rs"]
mod capture;
#[path = "binance_market/damage.rs"]
mod damage;
#[path = "binance_market/events.rs"]
mod events;


#[path = "binance_market/listing.rs"]
mod listing;
#[path = "seeded/random.rs"]
mod random;
#[path = "binance_market/samples.rs"]
mod samples;



use std::path::Path;

use hoga::market::{InstrumentId, Price, Quantity, Symbol, UtcTime, Venue};

/// A sample of the exchange's messages.
fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/binance");
    std::fs::read(folder.join(format!("{name}.json"))).unwrap()
}

fn price(text: &str) -> Price {
    text.parse().unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

fn instrument(text: &str) -> InstrumentId {
    InstrumentId { venue: Venue::BinanceFutures, symbol: symbol(text) }
}

fn millis(millis: i64) -> UtcTime {
    UtcTime::from_millis(millis)
}
