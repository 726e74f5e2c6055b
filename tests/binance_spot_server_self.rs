//! The spot exchange on this machine against the shapes and rules it must speak.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod binance_spot_server;
