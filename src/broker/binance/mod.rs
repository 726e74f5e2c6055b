//! Binance: USD-M futures and spot, of its live, testnet and demo environments.
//!
//! | module | what it is |
//! |---|---|
//! | [`book_sync`] | one futures book from a snapshot and its changes |
//! | [`environment`] | addresses and routes of a market in a world |
//! | [`listing`] | what the futures market lists, and the rules of its orders |
//! | [`market_map`] | market stream events as the desk knows them |
//! | [`query`] | parameters of a request, encoded once and signed as they are sent |
//! | [`wire`] | what the exchange writes, as it stands on the wire |

pub mod book_sync;
pub mod environment;
pub mod listing;
pub mod market_map;
pub mod query;
pub mod wire;
