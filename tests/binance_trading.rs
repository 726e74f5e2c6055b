//! Trading on Binance futures: what is sent, what comes back, and what the desk is told of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod binance_trading {
    mod mutation;
    mod reports;
    mod requests;
    mod sample;
    mod stream;
    mod traps;
    mod wire;
}
