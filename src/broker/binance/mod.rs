//! Binance: USD-M futures and spot, of its live, testnet and demo environments.
//!
//! | module | what it is |
//! |---|---|
//! | [`environment`] | addresses and routes of a market in a world |
//! | [`query`] | parameters of a request, encoded once and signed as they are sent |

pub mod environment;
pub mod query;
