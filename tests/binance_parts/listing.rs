//! A symbol: its name, its grids, and how its numbers are written.

use rust_decimal::Decimal;

/// Which market's shapes a symbol's events and rows have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Prices are written with the decimals of the tick, quantities with those of the step.
    Futures,
    /// Everything has eight decimals.
    Spot,
}

/// A symbol as `exchangeInfo` lists it.
#[derive(Clone, Debug)]
pub struct Listing {
    pub dialect: Dialect,
    pub symbol: &'static str,
    pub base: &'static str,
    /// What it is priced and settled in.
    pub quote: &'static str,
    pub contract: &'static str,
    pub status: &'static str,
    pub min_price: Decimal,
    pub max_price: Decimal,
    pub tick: Decimal,
    pub min_quantity: Decimal,
    pub max_quantity: Decimal,
    pub max_market_quantity: Decimal,
    pub step: Decimal,
    pub min_notional: Decimal,
    pub multiplier_up: Decimal,
    pub multiplier_down: Decimal,
    /// Price when the server starts.
    pub price: Decimal,
    /// First order id; ids are counted by symbol, and two symbols begin at the same one.
    pub first_order_id: i64,
}

impl Listing {
    const fn digits(&self, futures: u32) -> u32 {
        match self.dialect {
            Dialect::Futures => futures,
            Dialect::Spot => 8,
        }
    }

    /// Money as the exchange writes it: on the futures market with so many decimals.
    pub fn money_text(&self, value: Decimal, futures: u32) -> String {
        fixed(value, self.digits(futures))
    }

    /// A price as the exchange writes it.
    pub fn price_text(&self, price: Decimal) -> String {
        fixed(price, self.digits(self.tick.scale()))
    }

    /// A quantity as the exchange writes it.
    pub fn quantity_text(&self, quantity: Decimal) -> String {
        fixed(quantity, self.digits(self.step.scale()))
    }

    /// The nearest price on the grid not above this one.
    pub fn on_tick(&self, price: Decimal) -> Decimal {
        ((price / self.tick).floor() * self.tick).max(self.min_price)
    }
}

/// A decimal with exactly so many digits after the point.
pub fn fixed(value: Decimal, digits: u32) -> String {
    let mut value = value.round_dp(digits);
    value.rescale(digits);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    value.to_string()
}

/// Money with eight decimals.
pub fn money(value: Decimal) -> String {
    fixed(value, 8)
}
