//! Binance: USD-M futures and spot, of its live, testnet and demo environments.
//!
//! | module | what it is |
//! |---|---|
//! | [`adapter`] | the connection as the desk sees it |
//! | [`algo_links`] | which order a conditional order became |
//! | [`auth_check`] | what a key may do |
//! | [`book_sync`] | one book from a snapshot and its changes, by the rule of its market |
//! | [`code`] | what an answer other than "done" means, and what follows from it |
//! | [`environment`] | addresses and routes of a market in a world |
//! | [`feed`] | market data as it runs: sockets, subscriptions, books kept whole |
//! | [`fund_flow`] | funding, open interest and who holds what |
//! | [`history`] | candles and prints of the past |
//! | [`limits`] | what is counted, and what is done about "too many" |
//! | [`listing`] | what the futures market lists, and the rules of its orders |
//! | [`market_map`] | market stream events as the desk knows them |
//! | [`mod@open`] | from a profile to a connection |
//! | [`order_number`] | the exchange's numbers of orders, as hoga keeps them |
//! | [`order_request`] | what hoga asks of an order, as parameters |
//! | [`query`] | parameters of a request, encoded once and signed as they are sent |
//! | [`report`] | the exchange's words on orders, fills and money, as the desk's |
//! | [`rest`] | requests: signed when they leave, counted, sent at most once |
//! | [`session`] | one profile's life at the exchange |
//! | [`sign`] | what a signature is made of |
//! | [`spot`] | the spot market |
//! | [`user_stream`] | the account's own stream |
//! | [`wire`] | what the exchange writes, as it stands on the wire |

pub mod adapter;
pub mod algo_links;
pub mod auth_check;
pub mod book_sync;
pub mod code;
pub mod environment;
pub mod feed;
pub mod fund_flow;
pub mod history;
pub mod limits;
pub mod listing;
pub mod market_map;
pub mod open;
pub mod order_number;
pub mod order_request;
pub mod query;
pub mod report;
pub mod rest;
pub mod session;
pub mod sign;
pub mod spot;
pub mod user_stream;
pub mod wire;

pub use open::{capabilities, open};
