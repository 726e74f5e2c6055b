//! Binance: USD-M futures and spot, of its live, testnet and demo environments.
//!
//! | module | what it is |
//! |---|---|
//! | [`algo_links`] | which order a conditional order became |
//! | [`code`] | what an answer other than "done" means, and what follows from it |
//! | [`environment`] | addresses and routes of a market in a world |
//! | [`order_number`] | the exchange's numbers of orders, as hoga keeps them |
//! | [`order_request`] | what hoga asks of an order, as parameters |
//! | [`query`] | parameters of a request, encoded once and signed as they are sent |
//! | [`report`] | the exchange's words on orders, fills and money, as the desk's |
//! | [`wire`] | messages as they come |

pub mod algo_links;
pub mod code;
pub mod environment;
pub mod order_number;
pub mod order_request;
pub mod query;
pub mod report;
pub mod wire;
