//! Korean shares: the order book with what an auction would give (`inquire-asking-price-exp-ccn`).

use serde::de::{Deserialize, Deserializer};

use super::record::{Numbered, Record, record};
use super::{Clock, Number, Text};

/// Levels of a book of Korean shares.
pub const LEVELS: usize = 10;

/// Price and quantity of a level; both zero where it is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WireLevel {
    /// Price.
    pub price: Number,
    /// What rests there.
    pub quantity: Number,
}

/// Ten levels of each side, best first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockBook {
    /// When it was so, Korean time.
    pub time: Clock,
    /// Asks, lowest first; empty levels are zero.
    pub asks: [WireLevel; LEVELS],
    /// Bids, highest first; empty levels are zero.
    pub bids: [WireLevel; LEVELS],
    /// Shares of all asks.
    pub total_ask: Number,
    /// Shares of all bids.
    pub total_bid: Number,
}

/// Levels from the fields `{price}1…`, `{quantity}1…`.
pub(super) fn levels<const N: usize, E: serde::de::Error>(
    fields: &Numbered,
    price: &str,
    quantity: &str,
) -> Result<[WireLevel; N], E> {
    let prices: [Number; N] = fields.levels(price)?;
    let quantities: [Number; N] = fields.levels(quantity)?;
    let mut levels = [WireLevel::default(); N];
    for (level, (price, quantity)) in levels.iter_mut().zip(prices.into_iter().zip(quantities)) {
        *level = WireLevel { price, quantity };
    }
    Ok(levels)
}

impl<'de> Deserialize<'de> for StockBook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Numbered::deserialize(deserializer)?;
        Ok(Self {
            time: fields.field("aspr_acpt_hour")?,
            asks: levels(&fields, "askp", "askp_rsqn")?,
            bids: levels(&fields, "bidp", "bidp_rsqn")?,
            total_ask: fields.field("total_askp_rsqn")?,
            total_bid: fields.field("total_bidp_rsqn")?,
        })
    }
}

impl Record for StockBook {}

record! {
    /// The second part: what would be matched now, and the day so far.
    StockExpected {
        symbol: Text = "stck_shrn_iscd", "Symbol.";
        phase: Text = "antc_mkop_cls_code", "112 the auction before the open ended, 121 the one before the close began, and so on.";
        last: Number = "stck_prpr", "Last price, won.";
        open: Number = "stck_oprc", "First price of the day, won.";
        high: Number = "stck_hgpr", "Highest price of the day, won.";
        low: Number = "stck_lwpr", "Lowest price of the day, won.";
        base: Number = "stck_sdpr", "기준가, won.";
        price: Number = "antc_cnpr", "예상체결가, won; zero when nothing would match.";
        quantity: Number = "antc_vol", "예상체결량, shares.";
        volatility: Text = "vi_cls_code", "Whether a volatility interruption runs.";
    }
}
