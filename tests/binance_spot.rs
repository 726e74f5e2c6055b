//! Binance spot: published and captured messages, the traps that other clients fell into, and what the desk hears.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "binance_spot/book.rs"]
mod book;
#[path = "binance_spot/listing.rs"]
mod listing;
#[path = "binance_spot/orders.rs"]
mod orders;
#[path = "binance_spot/replacing.rs"]
mod replacing;
#[path = "binance_spot/reports.rs"]
mod reports;
#[path = "binance_spot/samples.rs"]
mod samples;
#[path = "binance_spot/user_stream.rs"]
mod user_stream;
#[path = "binance_spot/wire.rs"]
mod wire;
