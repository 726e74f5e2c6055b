//! Messages of the spot market, decoded: names as in Binance's documents, numbers exact, times plausible.
//!
//! What is not known is left out and what is missing is `None`, so that a new field or a new word never costs a message.
//! A message with an impossible number is refused by itself; the connection it came on is not.

pub mod account;
pub mod exchange_info;
mod field;
pub mod market;
pub mod order;
pub mod rest_market;
pub mod user;

use thiserror::Error;

use crate::broker::net::json::JsonError;

pub use field::time_of;

/// Why a message could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// Not JSON, or JSON of another shape.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A number or time that cannot be.
    #[error("{what}: {field} is not plausible")]
    Implausible {
        /// Which message.
        what: &'static str,
        /// Which part of it.
        field: &'static str,
    },
}

impl WireError {
    pub(crate) const fn implausible(what: &'static str, field: &'static str) -> Self {
        Self::Implausible { what, field }
    }
}
