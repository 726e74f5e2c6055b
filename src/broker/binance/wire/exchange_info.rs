//! `GET /fapi/v1/exchangeInfo` and `GET /fapi/v1/leverageBracket`.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::digits::{MaybeNumber, Number};

/// The whole reply. `serverTime` is days old on the demo host and therefore not here.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeInfo {
    /// The live budgets.
    #[serde(default)]
    pub rate_limits: Vec<RateLimitRow>,
    /// Every contract.
    pub symbols: SymbolRows,
}

/// The contracts that can be read. One of a shape hoga does not know must not hide the others.
#[derive(Debug, Clone, Default)]
pub struct SymbolRows {
    /// In the order of the reply.
    pub rows: Vec<SymbolRow>,
    /// How many could not be read.
    pub unreadable: u32,
}

impl<'de> Deserialize<'de> for SymbolRows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::<&RawValue>::deserialize(deserializer)?;
        let mut read = Self::default();
        for raw in all {
            match serde_json::from_str(raw.get()) {
                Ok(row) => read.rows.push(row),
                Err(_) => read.unreadable += 1,
            }
        }
        Ok(read)
    }
}

/// A budget as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitRow {
    /// `REQUEST_WEIGHT`, `ORDERS` or `RAW_REQUESTS`.
    pub rate_limit_type: String,
    /// `SECOND`, `MINUTE`, `HOUR` or `DAY`.
    pub interval: String,
    /// How many of them.
    pub interval_num: u32,
    /// How much in that time.
    pub limit: u32,
}

/// A contract as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SymbolRow {
    /// Symbol.
    pub symbol: String,
    /// `PERPETUAL`, `TRADIFI_PERPETUAL`, `CURRENT_QUARTER`, …; may be empty while it is being listed.
    #[serde(default)]
    pub contract_type: Option<String>,
    /// `TRADING` is the only one that takes orders.
    #[serde(default)]
    pub status: Option<String>,
    /// Milliseconds; on a perpetual a date before 2100 announces its end.
    #[serde(default)]
    pub delivery_date: Option<i64>,
    /// Coin or share.
    #[serde(default)]
    pub base_asset: Option<String>,
    /// Currency of its price.
    #[serde(default)]
    pub quote_asset: Option<String>,
    /// Currency of its margin.
    #[serde(default)]
    pub margin_asset: Option<String>,
    /// Kinds of orders, conditional ones too although they go another way.
    #[serde(default, alias = "OrderType")]
    pub order_types: Vec<String>,
    /// Times in force.
    #[serde(default)]
    pub time_in_force: Vec<String>,
    /// Margin that is always enough to open a position, in percent of its value: less is needed where the margin steps,
    /// which only an account is told, say so.
    #[serde(default)]
    pub required_margin_percent: MaybeNumber,
    /// The same of the margin that must be kept.
    #[serde(default)]
    pub maint_margin_percent: MaybeNumber,
    /// How far from the mark price a market order may trade, as a fraction.
    #[serde(default)]
    pub market_take_bound: MaybeNumber,
    /// Rules of its orders.
    #[serde(default)]
    pub filters: Vec<Filter>,
}

/// A rule of orders, of a kind hoga knows or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// `PRICE_FILTER`; 0 disables a bound.
    Price {
        /// Lowest.
        min: Number,
        /// Highest.
        max: Number,
        /// Step.
        tick: Number,
    },
    /// `LOT_SIZE`.
    Lot(LotFilter),
    /// `MARKET_LOT_SIZE`.
    MarketLot(LotFilter),
    /// `MIN_NOTIONAL`.
    MinNotional(Number),
    /// `PERCENT_PRICE`.
    PercentPrice {
        /// A buy's price may be at most the mark price times this.
        up: Number,
        /// A sell's price must be at least the mark price times this.
        down: Number,
    },
    /// `MAX_NUM_ORDERS`.
    MaxOrders(u32),
    /// One hoga does not know.
    Other,
}

/// Bounds and step of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct LotFilter {
    /// Smallest.
    #[serde(rename = "minQty")]
    pub min: Number,
    /// Largest.
    #[serde(rename = "maxQty")]
    pub max: Number,
    /// Step.
    #[serde(rename = "stepSize")]
    pub step: Number,
}

impl<'de> Deserialize<'de> for Filter {
    /// Keys come in any order, so the kind is looked for first.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(rename = "filterType", default)]
            kind: Option<&'a str>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PriceRow {
            min_price: Number,
            max_price: Number,
            tick_size: Number,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PercentRow {
            multiplier_up: Number,
            multiplier_down: Number,
        }
        #[derive(Deserialize)]
        struct NotionalRow {
            notional: Number,
        }
        #[derive(Deserialize)]
        struct LimitRow {
            limit: u32,
        }
        fn row<'de, T: Deserialize<'de>, E: serde::de::Error>(raw: &'de RawValue) -> Result<T, E> {
            serde_json::from_str(raw.get()).map_err(|_| E::custom("a filter of another shape"))
        }
        let raw = <&RawValue>::deserialize(deserializer)?;
        let Kind { kind } = row(raw)?;
        Ok(match kind.unwrap_or_default() {
            "PRICE_FILTER" => {
                let PriceRow { min_price: min, max_price: max, tick_size: tick } = row(raw)?;
                Self::Price { min, max, tick }
            }
            "LOT_SIZE" => Self::Lot(row(raw)?),
            "MARKET_LOT_SIZE" => Self::MarketLot(row(raw)?),
            "MIN_NOTIONAL" => Self::MinNotional(row::<NotionalRow, _>(raw)?.notional),
            "PERCENT_PRICE" => {
                let PercentRow { multiplier_up: up, multiplier_down: down } = row(raw)?;
                Self::PercentPrice { up, down }
            }
            "MAX_NUM_ORDERS" => Self::MaxOrders(row::<LimitRow, _>(raw)?.limit),
            _ => Self::Other,
        })
    }
}

/// Margin steps of a symbol.
#[derive(Debug, Clone, Deserialize)]
pub struct BracketRow {
    /// Symbol.
    pub symbol: String,
    /// Steps.
    pub brackets: Vec<Bracket>,
}

/// A margin step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bracket {
    /// Highest leverage allowed in it.
    pub initial_leverage: u32,
    /// Notional from which it holds.
    pub notional_floor: Number,
    /// Maintenance margin as a fraction of notional.
    pub maint_margin_ratio: Number,
    /// Deducted so that the margin is continuous.
    pub cum: Number,
}
