//! The real binary on Binance's USD-M futures, as somebody at a shell and at the screen would use it, against an exchange
//! on this machine.
//!
//! After every scenario nothing that the program wrote has the key in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

mod binance_server;
mod key_traces;
mod terminal;

#[path = "end_to_end/books.rs"]
mod books;
#[path = "binance_end_to_end/keys.rs"]
mod keys;
#[path = "binance_end_to_end/scenario.rs"]
mod scenario;
#[path = "binance_end_to_end/screen.rs"]
mod screen;
#[path = "binance_end_to_end/trading.rs"]
mod trading;
#[path = "end_to_end/user.rs"]
mod user;
#[path = "binance_end_to_end/worlds.rs"]
mod worlds;
