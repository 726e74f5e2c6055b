//! Binance spot: what is different from the futures market.
//!
//! No position, leverage or reduce-only; conditional orders live on the one order endpoint; a changed price makes a new
//! order; the account's events come over the WebSocket API; a coin that is bought is a balance of its asset, and the
//! commission is mostly taken out of it.
//!
//! | module | what it is |
//! |---|---|
//! | [`filters`] | prices and quantities a symbol takes |
//! | [`listing`] | instruments, and what a balance of an asset is |
//! | [`market_map`] | stream events and replies as the desk knows them |
//! | [`names`] | names and numbers of orders |
//! | [`order_request`] | what is asked of an order |
//! | [`replacing`] | orders that take the place of others |
//! | [`report`] | what is told of orders, fills and money |
//! | [`user_stream`] | the account's events |
//! | [`wire`] | messages as they are sent |

pub mod filters;
pub mod listing;
pub mod market_map;
pub mod names;
pub mod order_request;
pub mod replacing;
pub mod report;
pub mod user_stream;
pub mod wire;

use crate::market::{InstrumentId, Symbol, Venue};

/// A symbol of this market.
#[must_use]
pub const fn instrument(symbol: Symbol) -> InstrumentId {
    InstrumentId { venue: Venue::BinanceSpot, symbol }
}
