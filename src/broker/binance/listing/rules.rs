//! Rules an order must keep, checked before it is sent so that a refusal costs no request and says why.

use std::fmt;

use rust_decimal::Decimal;

use crate::broker::api::PlaceOrder;
use crate::market::{Phase, Price, Quantity, Side, UtcTime};
use crate::order::OrderKind;

/// What the exchange lets be done with a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Orders are taken.
    Trading,
    /// Listed soon.
    Pending,
    /// Being settled or delivered: no new orders.
    Settling,
    /// Over.
    Closed,
    /// A status hoga does not know: not tradable.
    Other,
}

impl Status {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "TRADING" => Self::Trading,
            "PENDING_TRADING" => Self::Pending,
            "PRE_DELIVERING" | "DELIVERING" | "PRE_SETTLE" | "SETTLING" => Self::Settling,
            "DELIVERED" | "CLOSE" => Self::Closed,
            _ => Self::Other,
        }
    }

    /// The same for the desk.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Trading => Phase::Continuous,
            Self::Pending | Self::Closed => Phase::Closed,
            Self::Settling | Self::Other => Phase::Halted,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trading => "trading",
            Self::Pending => "not trading yet",
            Self::Settling => "being settled",
            Self::Closed => "closed",
            Self::Other => "not trading",
        })
    }
}

/// `PRICE_FILTER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRule {
    /// Step.
    pub tick: Price,
    /// Lowest, where there is a bound; steps are counted from it.
    pub min: Option<Decimal>,
    /// Highest, where there is a bound.
    pub max: Option<Decimal>,
}

/// `LOT_SIZE` or `MARKET_LOT_SIZE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotRule {
    /// Step, counted from the smallest.
    pub step: Quantity,
    /// Smallest.
    pub min: Quantity,
    /// Largest, where there is a bound.
    pub max: Option<Quantity>,
}

/// Rules of a symbol's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolRules {
    /// Whether orders are taken at all.
    pub status: Status,
    /// Whether it is on a share or commodity: those need an agreement signed at the exchange.
    pub is_tradfi: bool,
    /// Prices, limits and triggers alike.
    pub price: PriceRule,
    /// Quantities of limit orders.
    pub lot: LotRule,
    /// Quantities of market orders and of conditional orders that become one.
    pub market_lot: LotRule,
    /// Smallest `price * quantity`; orders that only reduce are exempt.
    pub min_notional: Option<Decimal>,
    /// A buy's limit may be at most the mark price times this.
    pub percent_up: Option<Decimal>,
    /// A sell's limit must be at least the mark price times this.
    pub percent_down: Option<Decimal>,
    /// Most open orders of the symbol.
    pub max_orders: Option<u32>,
    /// Kinds of orders in the exchange's words; empty when it does not say.
    pub order_types: Vec<String>,
    /// When the contract ends, where that is announced.
    pub ends_at: Option<UtcTime>,
}

impl SymbolRules {
    /// Whether the exchange would take an order by its published filters. `mark` is the mark price; what needs one is not
    /// judged without.
    ///
    /// # Errors
    /// Why it would not, for people.
    pub fn check(&self, order: &PlaceOrder, mark: Option<Price>) -> Result<(), String> {
        if self.status != Status::Trading {
            return Err(format!("{} is {}", order.instrument.symbol, self.status));
        }
        let name = wire_name(&order.kind).ok_or_else(|| format!("Binance has no {} orders", order.kind.name()))?;
        if !self.order_types.is_empty() && !self.order_types.iter().any(|known| known == name) {
            return Err(format!("{} takes no {name} orders", order.instrument.symbol));
        }
        for price in [order.kind.limit(), order.kind.trigger()].into_iter().flatten() {
            self.price.check(price)?;
        }
        let lot = if order.kind.limit().is_some() { self.lot } else { self.market_lot };
        lot.check(order.quantity)?;
        self.check_notional(order, mark)?;
        self.check_percent(order, mark)
    }

    /// `MIN_NOTIONAL`. A conditional order without a limit is refused only when neither its trigger nor the mark price
    /// makes it worth enough.
    fn check_notional(&self, order: &PlaceOrder, mark: Option<Price>) -> Result<(), String> {
        let Some(least) = self.min_notional.filter(|_| !order.reduce_only) else { return Ok(()) };
        let price = match order.kind.limit() {
            Some(limit) => Some(limit),
            None if order.kind.is_conditional() && mark.is_none() => None,
            None => order.kind.trigger().max(mark),
        };
        let Some(worth) = price.map(|price| price.times(order.quantity)) else { return Ok(()) };
        if worth < least {
            return Err(format!("worth {}, at least {} is needed", worth.normalize(), least.normalize()));
        }
        Ok(())
    }

    /// `PERCENT_PRICE`, of plain limit orders: a conditional one meets another mark price once it is triggered.
    fn check_percent(&self, order: &PlaceOrder, mark: Option<Price>) -> Result<(), String> {
        let (OrderKind::Limit { price }, Some(mark)) = (order.kind, mark) else { return Ok(()) };
        let bound = |factor: Option<Decimal>| factor.and_then(|factor| mark.value().checked_mul(factor));
        match order.side {
            Side::Buy => match bound(self.percent_up) {
                Some(most) if price.value() > most => {
                    Err(format!("{price} is too far above the mark price: at most {} now", most.normalize()))
                }
                _ => Ok(()),
            },
            Side::Sell => match bound(self.percent_down) {
                Some(least) if price.value() < least => {
                    Err(format!("{price} is too far below the mark price: at least {} now", least.normalize()))
                }
                _ => Ok(()),
            },
        }
    }
}

impl PriceRule {
    fn check(&self, price: Price) -> Result<(), String> {
        let value = price.value();
        if let Some(min) = self.min.filter(|min| value < *min) {
            return Err(format!("{price} is below {}, the lowest price", min.normalize()));
        }
        if let Some(max) = self.max.filter(|max| value > *max) {
            return Err(format!("{price} is above {}, the highest price", max.normalize()));
        }
        if !is_multiple(value, self.min.unwrap_or_default(), self.tick.value()) {
            return Err(format!("{price} is not on a tick of {}", self.tick));
        }
        Ok(())
    }
}

impl LotRule {
    fn check(&self, quantity: Quantity) -> Result<(), String> {
        if quantity.is_zero() || quantity < self.min {
            return Err(format!("{quantity} is below {}, the smallest quantity", self.min.max(self.step)));
        }
        if let Some(max) = self.max.filter(|max| quantity > *max) {
            return Err(format!("{quantity} is above {max}, the largest quantity of such an order"));
        }
        if !is_multiple(quantity.value(), self.min.value(), self.step.value()) {
            return Err(format!("{quantity} is not a multiple of {}", self.step));
        }
        Ok(())
    }
}

fn is_multiple(value: Decimal, from: Decimal, step: Decimal) -> bool {
    value.checked_sub(from).and_then(|above| above.checked_rem(step)).is_some_and(|rest| rest.is_zero())
}

/// A kind in the exchange's words.
const fn wire_name(kind: &OrderKind) -> Option<&'static str> {
    match kind {
        OrderKind::Limit { .. } => Some("LIMIT"),
        OrderKind::Market => Some("MARKET"),
        OrderKind::Stop { .. } => Some("STOP_MARKET"),
        OrderKind::StopLimit { .. } => Some("STOP"),
        OrderKind::TakeProfit { .. } => Some("TAKE_PROFIT_MARKET"),
        OrderKind::TrailingStop { .. } => Some("TRAILING_STOP_MARKET"),
        _ => None,
    }
}
