//! Being written.

use serde::{Deserialize, Serialize};

/// How an order met the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Liquidity {
    /// It rested and was hit.
    Maker,
    /// It took what rested.
    Taker,
    /// A call auction.
    Auction,
}
