//! The symbols of the futures market and their filters.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

pub use super::parts::listing::{Dialect, Listing, fixed, money};
use super::refusal::Refusal;

/// What is listed at the start: three that trade and `LUNAUSDT`, which does not.
pub fn listings() -> Vec<Listing> {
    let btc = Listing {
        dialect: Dialect::Futures,
        symbol: "BTCUSDT",
        base: "BTC",
        quote: "USDT",
        contract: "PERPETUAL",
        status: "TRADING",
        min_price: dec!(556.80),
        max_price: dec!(4529764),
        tick: dec!(0.10),
        min_quantity: dec!(0.001),
        max_quantity: dec!(1000),
        max_market_quantity: dec!(120),
        step: dec!(0.001),
        min_notional: dec!(50),
        multiplier_up: dec!(1.0500),
        multiplier_down: dec!(0.9500),
        price: dec!(60000.00),
        first_order_id: 4_129_466_756,
    };
    let eth = Listing {
        symbol: "ETHUSDT",
        base: "ETH",
        min_price: dec!(39.86),
        max_price: dec!(306177),
        tick: dec!(0.01),
        max_quantity: dec!(10000),
        max_market_quantity: dec!(2000),
        min_notional: dec!(20),
        price: dec!(3000.00),
        // Beyond what a binary float holds exactly.
        first_order_id: 8_389_765_500_000_000_001,
        ..btc.clone()
    };
    let shib = Listing {
        symbol: "1000SHIBUSDT",
        base: "1000SHIB",
        min_price: dec!(0.0000670),
        max_price: dec!(1000),
        tick: dec!(0.0000010),
        min_quantity: dec!(1),
        max_quantity: dec!(50000000),
        max_market_quantity: dec!(10000000),
        step: dec!(1),
        min_notional: dec!(5),
        multiplier_up: dec!(1.1000),
        multiplier_down: dec!(0.9000),
        price: dec!(0.0123450),
        ..btc.clone()
    };
    let luna = Listing {
        symbol: "LUNAUSDT",
        base: "LUNA",
        status: "SETTLING",
        min_price: dec!(0.0100),
        max_price: dec!(100000),
        tick: dec!(0.0010),
        price: dec!(1.0000),
        first_order_id: 77,
        ..shib.clone()
    };
    vec![btc, eth, shib, luna]
}

impl Listing {
    pub fn check_price(&self, price: Decimal) -> Result<(), Refusal> {
        let code = match price {
            _ if price.normalize().scale() > self.tick.scale() => -1111,
            _ if price > self.max_price => -4002,
            _ if price < self.min_price => -4013,
            _ if !((price - self.min_price) % self.tick).is_zero() => -4014,
            _ => return Ok(()),
        };
        Err(Refusal::of(code))
    }

    pub fn check_quantity(&self, quantity: Decimal, is_market: bool) -> Result<(), Refusal> {
        let most = if is_market { self.max_market_quantity } else { self.max_quantity };
        let code = match quantity {
            _ if quantity <= Decimal::ZERO => -4003,
            _ if quantity.normalize().scale() > self.step.scale() => -1111,
            _ if quantity < self.min_quantity => -4004,
            _ if quantity > most => -4005,
            _ if !((quantity - self.min_quantity) % self.step).is_zero() => -4023,
            _ => return Ok(()),
        };
        Err(Refusal::of(code))
    }

    fn filters(&self) -> Value {
        json!([
            {"filterType": "PRICE_FILTER", "minPrice": self.min_price.to_string(), "maxPrice": self.max_price.to_string(),
             "tickSize": self.tick.to_string()},
            {"filterType": "LOT_SIZE", "minQty": self.min_quantity.to_string(), "maxQty": self.max_quantity.to_string(),
             "stepSize": self.step.to_string()},
            {"filterType": "MARKET_LOT_SIZE", "minQty": self.min_quantity.to_string(),
             "maxQty": self.max_market_quantity.to_string(), "stepSize": self.step.to_string()},
            {"filterType": "MAX_NUM_ORDERS", "limit": 200},
            {"filterType": "MIN_NOTIONAL", "notional": self.min_notional.to_string()},
            {"filterType": "PERCENT_PRICE", "multiplierUp": self.multiplier_up.to_string(),
             "multiplierDown": self.multiplier_down.to_string(), "multiplierDecimal": "4"},
            {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"},
        ])
    }

    pub fn to_json(&self) -> Value {
        json!({
            "symbol": self.symbol, "pair": self.symbol, "contractType": self.contract, "status": self.status,
            "deliveryDate": 4_133_404_800_000_i64, "onboardDate": 1_569_398_400_000_i64,
            "maintMarginPercent": "2.5000", "requiredMarginPercent": "5.0000",
            "baseAsset": self.base, "quoteAsset": self.quote, "marginAsset": self.quote,
            "pricePrecision": self.tick.scale(), "quantityPrecision": self.step.scale(),
            "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "COIN", "underlyingSubType": [],
            "triggerProtect": "0.0500", "liquidationFee": "0.012500", "marketTakeBound": "0.05",
            "maxMoveOrderLimit": 10000, "filters": self.filters(),
            "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                           "TRAILING_STOP_MARKET"],
            "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD", "RPI"],
            "permissionSets": ["GRID", "COPY", "DCA", "RPI"],
        })
    }
}
