//! Binance: USD-M futures and spot, of its live, testnet and demo environments.
//!
//! | module | what it is |
//! |---|---|
//! | [`book_sync`] | one book from a snapshot and its changes, by the rule of its market |
//! | [`environment`] | addresses and routes of a market in a world |
//! | [`feed`] | the running market data of the futures market |
//! | [`fund_flow`] | open interest, takers, long and short accounts, funding of the past |
//! | [`history`] | candles and prints of the past |
//! | [`listing`] | what the futures market lists, and the rules of its orders |
//! | [`market_map`] | market stream events as the desk knows them |
//! | [`query`] | parameters of a request, encoded once and signed as they are sent |
//! | [`spot`] | the spot market |
//! | [`wire`] | what the exchange writes, as it stands on the wire |

pub mod book_sync;
pub mod environment;
pub mod feed;
pub mod fund_flow;
pub mod history;
pub mod listing;
pub mod market_map;
pub mod query;
pub mod spot;
pub mod wire;
