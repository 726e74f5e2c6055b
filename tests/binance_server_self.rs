//! The exchange on this machine against the shapes and rules it must speak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod binance_server;
#[path = "binance_server_self/caller.rs"]
mod caller;
#[path = "binance_server_self/calls.rs"]
mod calls;
