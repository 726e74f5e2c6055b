//! The exchange on this machine against the shapes and rules it must speak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod binance_server;
#[path = "binance_server_self/caller.rs"]
mod caller;
#[path = "binance_server_self/calls.rs"]
mod calls;
#[path = "binance_server_self/faults.rs"]
mod faults;
#[path = "binance_server_self/history.rs"]
mod history;
#[path = "binance_server_self/matching.rs"]
mod matching;
#[path = "binance_server_self/refusals.rs"]
mod refusals;
#[path = "binance_server_self/shapes.rs"]
mod shapes;
#[path = "binance_server_self/streams.rs"]
mod streams;
#[path = "binance_server_self/user_stream.rs"]
mod user_stream;

/// What the caller speaks to.
mod exchange {
    pub use crate::binance_server::{KEY, PATIENCE, Server, signature};

    pub const ORDER: &str = "/fapi/v1/order";
}
