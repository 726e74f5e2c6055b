//! The spot exchange on this machine against the shapes and rules it must speak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "binance_spot_server_self/account.rs"]
mod account;
mod binance_spot_server;
#[path = "binance_server_self/caller.rs"]
mod caller;
#[path = "binance_spot_server_self/calls.rs"]
mod calls;
#[path = "binance_spot_server_self/faults.rs"]
mod faults;
#[path = "binance_spot_server_self/refusals.rs"]
mod refusals;
#[path = "binance_spot_server_self/requests.rs"]
mod requests;
#[path = "binance_spot_server_self/shapes.rs"]
mod shapes;
#[path = "binance_spot_server_self/streams.rs"]
mod streams;

/// What the caller speaks to.
mod exchange {
    pub use crate::binance_spot_server::{KEY, PATIENCE, SpotServer as Server, signature};

    pub const ORDER: &str = "/api/v3/order";
}
