//! The symbols of the spot market, as `exchangeInfo` tells them.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::parts::listing::{Dialect, Listing, money};

/// Most money of one order.
pub const MAX_NOTIONAL: Decimal = dec!(9000000);
/// Open orders allowed on one symbol.
pub const MAX_ORDERS: usize = 200;
/// Of them, those that wait for a price.
pub const MAX_WAITING: usize = 5;
/// How often one order may be made smaller.
pub const MAX_AMENDS: u32 = 10;

/// What is listed at the start: five that trade, one of them priced in another coin, and `LUNAUSDT`, which does not.
pub fn listings() -> Vec<Listing> {
    let btc = Listing {
        dialect: Dialect::Spot,
        symbol: "BTCUSDT",
        base: "BTC",
        quote: "USDT",
        contract: "SPOT",
        status: "TRADING",
        min_price: dec!(0.01),
        max_price: dec!(1000000),
        tick: dec!(0.01),
        min_quantity: dec!(0.00001),
        max_quantity: dec!(9000),
        max_market_quantity: dec!(112.2110882),
        step: dec!(0.00001),
        min_notional: dec!(5),
        multiplier_up: dec!(5),
        multiplier_down: dec!(0.2),
        price: dec!(60000.00),
        first_order_id: 4_129_466_756,
    };
    let eth = Listing {
        symbol: "ETHUSDT",
        base: "ETH",
        min_quantity: dec!(0.0001),
        step: dec!(0.0001),
        max_market_quantity: dec!(2000),
        price: dec!(3000.00),
        // Beyond what a binary float holds exactly.
        first_order_id: 8_389_765_500_000_000_001,
        ..btc.clone()
    };
    let cross = Listing {
        symbol: "ETHBTC",
        quote: "BTC",
        min_price: dec!(0.00001),
        max_price: dec!(922327),
        tick: dec!(0.00001),
        min_notional: dec!(0.0001),
        price: dec!(0.05000),
        first_order_id: 4_293_153,
        ..eth.clone()
    };
    let bnb = Listing {
        symbol: "BNBUSDT",
        base: "BNB",
        tick: dec!(0.10),
        min_price: dec!(0.10),
        min_quantity: dec!(0.001),
        step: dec!(0.001),
        price: dec!(600.0),
        first_order_id: 4_129_466_756,
        ..eth.clone()
    };
    let shib = Listing {
        symbol: "SHIBUSDT",
        base: "SHIB",
        min_price: dec!(0.00000001),
        max_price: dec!(1),
        tick: dec!(0.00000001),
        min_quantity: dec!(1),
        max_quantity: dec!(92141578),
        max_market_quantity: dec!(92141578),
        step: dec!(1),
        price: dec!(0.00001234),
        ..bnb.clone()
    };
    let luna = Listing {
        symbol: "LUNAUSDT",
        base: "LUNA",
        status: "BREAK",
        tick: dec!(0.0001),
        min_price: dec!(0.0001),
        step: dec!(0.01),
        min_quantity: dec!(0.01),
        price: dec!(1.0000),
        first_order_id: 77,
        ..bnb.clone()
    };
    vec![btc, eth, cross, bnb, shib, luna]
}

impl Listing {
    fn filters(&self, limits: &Limits) -> Value {
        json!([
            {"filterType": "PRICE_FILTER", "minPrice": money(self.min_price), "maxPrice": money(self.max_price),
             "tickSize": money(self.tick)},
            {"filterType": "LOT_SIZE", "minQty": money(self.min_quantity), "maxQty": money(self.max_quantity),
             "stepSize": money(self.step)},
            {"filterType": "ICEBERG_PARTS", "limit": 100},
            // The rest of this filter is off, and LOT_SIZE binds.
            {"filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": money(self.max_market_quantity),
             "stepSize": "0.00000000"},
            {"filterType": "TRAILING_DELTA", "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000,
             "minTrailingBelowDelta": 10, "maxTrailingBelowDelta": 2000},
            {"filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": self.multiplier_up.to_string(),
             "bidMultiplierDown": self.multiplier_down.to_string(), "askMultiplierUp": self.multiplier_up.to_string(),
             "askMultiplierDown": self.multiplier_down.to_string(), "avgPriceMins": 5},
            {"filterType": "NOTIONAL", "minNotional": money(self.min_notional), "applyMinToMarket": true,
             "maxNotional": money(MAX_NOTIONAL), "applyMaxToMarket": false, "avgPriceMins": 5},
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": limits.orders},
            {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": limits.waiting},
            {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": limits.amends},
        ])
    }

    pub fn to_json(&self, limits: &Limits) -> Value {
        json!({
            "symbol": self.symbol, "status": self.status, "baseAsset": self.base, "baseAssetPrecision": 8,
            "quoteAsset": self.quote, "quotePrecision": 8, "quoteAssetPrecision": 8, "baseCommissionPrecision": 8,
            "quoteCommissionPrecision": 8,
            "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT",
                           "TAKE_PROFIT_LIMIT"],
            "icebergAllowed": true, "ocoAllowed": true, "otoAllowed": true, "opoAllowed": true,
            "quoteOrderQtyMarketAllowed": true, "allowTrailingStop": true, "cancelReplaceAllowed": true,
            "amendAllowed": true, "pegInstructionsAllowed": true, "isSpotTradingAllowed": true,
            "isMarginTradingAllowed": true, "filters": self.filters(limits), "permissions": [],
            "permissionSets": [["SPOT", "MARGIN"]], "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
            "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
        })
    }
}

/// How many orders one symbol takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub orders: usize,
    pub waiting: usize,
    pub amends: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { orders: MAX_ORDERS, waiting: MAX_WAITING, amends: MAX_AMENDS }
    }
}
