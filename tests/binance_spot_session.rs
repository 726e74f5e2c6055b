//! A Binance spot session against an exchange on this machine, as the desk's core sees it: coins bought, held and sold,
//! orders changed into others, and every fault on the way, with the same orders, fills and balances on both sides at the
//! end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::result_large_err, missing_docs)]

mod binance_spot_server;

#[path = "binance_spot_session/account.rs"]
mod account;
#[path = "binance_spot_session/connection.rs"]
mod connection;
#[path = "binance_session/desk.rs"]
mod desk;
#[path = "binance_spot_session/faults.rs"]
mod faults;
#[path = "binance_spot_session/market.rs"]
mod market;
#[path = "binance_spot_session/orders.rs"]
mod orders;
#[path = "binance_spot_session/replacing.rs"]
mod replacing;
#[path = "binance_spot_session/stage.rs"]
mod stage;
#[path = "binance_spot_session/storm.rs"]
mod storm;
