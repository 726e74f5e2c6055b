//! A Binance futures session against an exchange on this machine, as the desk's core sees it: from coming up to every
//! fault an order can meet, with the same orders, fills and money on both sides at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::result_large_err, missing_docs)]

mod binance_server;

#[path = "binance_session/account.rs"]
mod account;
#[path = "binance_session/connection.rs"]
mod connection;
#[path = "binance_session/desk.rs"]
mod desk;
#[path = "binance_session/faults.rs"]
mod faults;
#[path = "binance_session/orders.rs"]
mod orders;
#[path = "seeded/random.rs"]
mod random;
#[path = "binance_session/seeded.rs"]
mod seeded;
#[path = "binance_session/stage.rs"]
mod stage;
