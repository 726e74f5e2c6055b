//! The filters of a symbol: what an order is refused for before anything else is looked at.

use rust_decimal::Decimal;

use super::exchange::Exchange;
use super::listing::MAX_NOTIONAL;
use super::order::Order;
use super::parts::listing::Listing;
use super::parts::refusal::Refusal;

/// Most decimals of a price or quantity.
const DECIMALS: u32 = 8;
/// Bounds of a trailing distance in basis points.
const TRAILING: std::ops::RangeInclusive<i64> = 10..=2_000;

/// A filter's refusal.
pub fn failed(name: &str) -> Refusal {
    Refusal::new(400, -1013, format!("Filter failure: {name}"))
}

/// A number that can be a price or quantity at all.
pub fn plain(name: &str, value: Decimal) -> Result<(), Refusal> {
    if value.normalize().scale() > DECIMALS {
        return Err(Refusal::new(400, -1111, format!("Parameter '{name}' has too much precision.")));
    }
    if value <= Decimal::ZERO {
        let what = if name.to_lowercase().contains("price") { "price" } else { "quantity" };
        return Err(Refusal::new(400, -1013, format!("Invalid {what}.")));
    }
    Ok(())
}

fn price(listing: &Listing, price: Decimal) -> Result<(), Refusal> {
    let fits = price >= listing.min_price && price <= listing.max_price && (price % listing.tick).is_zero();
    if fits { Ok(()) } else { Err(failed("PRICE_FILTER")) }
}

pub fn lot(listing: &Listing, quantity: Decimal) -> Result<(), Refusal> {
    let fits =
        quantity >= listing.min_quantity && quantity <= listing.max_quantity && (quantity % listing.step).is_zero();
    if fits { Ok(()) } else { Err(failed("LOT_SIZE")) }
}

impl Exchange {
    /// Every filter of the symbol, in the order in which the exchange looks at them.
    pub(super) fn check_filters(&self, order: &Order) -> Result<(), Refusal> {
        let market = &self.markets[&order.symbol];
        let listing = &market.listing;
        for asked in [order.price, order.stop_price].into_iter().filter(|asked| !asked.is_zero()) {
            price(listing, asked)?;
        }
        let reference = market.last;
        if order.is_limit() {
            let (low, high) = (reference * listing.multiplier_down, reference * listing.multiplier_up);
            if order.price < low || order.price > high {
                return Err(failed("PERCENT_PRICE_BY_SIDE"));
            }
        }
        if order.trailing_delta.is_some_and(|delta| !TRAILING.contains(&delta)) {
            return Err(failed("TRAILING_DELTA"));
        }
        if order.quote_quantity.is_zero() {
            lot(listing, order.quantity)?;
            if !order.is_limit() && order.quantity > listing.max_market_quantity {
                return Err(failed("MARKET_LOT_SIZE"));
            }
        }
        let value = match (order.is_limit(), order.quote_quantity) {
            (true, _) => order.price * order.quantity,
            (false, quote) if quote.is_zero() => reference * order.quantity,
            (false, quote) => quote,
        };
        if value < listing.min_notional || (order.is_limit() && value > MAX_NOTIONAL) {
            return Err(failed("NOTIONAL"));
        }
        let open = || self.orders.values().filter(|other| other.is_open() && other.symbol == order.symbol);
        if open().count() >= self.habits.limits.orders {
            return Err(failed("MAX_NUM_ORDERS"));
        }
        if order.is_conditional() && open().filter(|other| other.waits()).count() >= self.habits.limits.waiting {
            return Err(failed("MAX_NUM_ALGO_ORDERS"));
        }
        Ok(())
    }
}
