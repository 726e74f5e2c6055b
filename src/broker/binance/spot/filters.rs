//! The exchange's filters of a symbol: which prices and quantities it takes. A zero in a filter disables that part.

use rust_decimal::Decimal;

use super::wire::exchange_info::FilterInfo;
use crate::broker::binance::wire::digits::MaybeNumber;
use crate::market::{Price, Quantity, Side};

/// Why the exchange would refuse an order; begins with the filter's own name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Between two steps.
    #[error("{filter}: {value} is not a multiple of {step}")]
    Step {
        /// Which filter.
        filter: &'static str,
        /// What was asked.
        value: Decimal,
        /// Its step.
        step: Decimal,
    },
    /// Too little.
    #[error("{filter}: {value} is below {min}")]
    Below {
        /// Which filter.
        filter: &'static str,
        /// What was asked.
        value: Decimal,
        /// The least.
        min: Decimal,
    },
    /// Too much.
    #[error("{filter}: {value} is above {max}")]
    Above {
        /// Which filter.
        filter: &'static str,
        /// What was asked.
        value: Decimal,
        /// The most.
        max: Decimal,
    },
}

/// Least, most and step of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The least; zero for none.
    pub min: Decimal,
    /// The most; zero for none.
    pub max: Decimal,
    /// What it must be a multiple of; zero for nothing.
    pub step: Decimal,
}

impl Range {
    fn of(min: MaybeNumber, max: MaybeNumber, step: MaybeNumber) -> Self {
        let part = |number: MaybeNumber| number.0.filter(|value| value.is_sign_positive()).unwrap_or_default();
        Self { min: part(min), max: part(max), step: part(step) }
    }

    fn check(self, filter: &'static str, value: Decimal) -> Result<(), Broken> {
        let value = value.normalize();
        let Self { min, max, step } = self;
        if value < min {
            return Err(Broken::Below { filter, value, min: min.normalize() });
        }
        if !max.is_zero() && value > max {
            return Err(Broken::Above { filter, value, max: max.normalize() });
        }
        if value.checked_rem(step).is_some_and(|rest| !rest.is_zero()) {
            return Err(Broken::Step { filter, value, step: step.normalize() });
        }
        Ok(())
    }
}

/// Least and most money of an order: NOTIONAL, or the older MIN_NOTIONAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notional {
    name: &'static str,
    /// The least.
    pub min: Decimal,
    /// The most; zero for none.
    pub max: Decimal,
    min_to_market: bool,
    max_to_market: bool,
}

/// How far from the reference price a limit may lie, as factors of it. Where a side has a pair of its own, that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Band {
    name: &'static str,
    buy: (Decimal, Decimal),
    sell: (Decimal, Decimal),
}

/// Bounds of a trailing stop in basis points: above for one that triggers above the market, below for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trailing {
    above: Range,
    below: Range,
}

/// Filters of one symbol.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// PRICE_FILTER.
    pub price: Range,
    /// LOT_SIZE.
    pub lot: Range,
    /// MARKET_LOT_SIZE; beside LOT_SIZE, which binds market orders too.
    pub market_lot: Range,
    /// NOTIONAL or MIN_NOTIONAL.
    pub notional: Option<Notional>,
    band: Option<Band>,
    trailing: Option<Trailing>,
}

/// What the filters look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which way.
    pub side: Side,
    /// Limit price.
    pub limit: Option<Price>,
    /// Price that sets it off.
    pub trigger: Option<Price>,
    /// Distance of a trailing stop in basis points.
    pub trailing: Option<i64>,
    /// How much.
    pub quantity: Quantity,
    /// Whether it waits for a price.
    pub is_conditional: bool,
}

impl Filters {
    /// The filters hoga knows; others are left to the exchange.
    #[must_use]
    pub fn of(rows: &[FilterInfo]) -> Self {
        let mut out = Self::default();
        for row in rows {
            out.take(row);
        }
        out
    }

    fn take(&mut self, row: &FilterInfo) {
        let factor = |number: MaybeNumber| number.0.unwrap_or_default();
        match row.filter_type.as_str() {
            "PRICE_FILTER" => self.price = Range::of(row.min_price, row.max_price, row.tick_size),
            "LOT_SIZE" => self.lot = Range::of(row.min_qty, row.max_qty, row.step_size),
            "MARKET_LOT_SIZE" => self.market_lot = Range::of(row.min_qty, row.max_qty, row.step_size),
            "NOTIONAL" => {
                self.notional = Some(Notional {
                    name: "NOTIONAL",
                    min: factor(row.min_notional),
                    max: factor(row.max_notional),
                    min_to_market: row.apply_min_to_market,
                    max_to_market: row.apply_max_to_market,
                });
            }
            "MIN_NOTIONAL" if self.notional.is_none() => {
                self.notional = Some(Notional {
                    name: "MIN_NOTIONAL",
                    min: factor(row.min_notional),
                    max: Decimal::ZERO,
                    min_to_market: row.apply_to_market,
                    max_to_market: false,
                });
            }
            "PERCENT_PRICE_BY_SIDE" => {
                self.band = Some(Band {
                    name: "PERCENT_PRICE_BY_SIDE",
                    buy: (factor(row.bid_multiplier_down), factor(row.bid_multiplier_up)),
                    sell: (factor(row.ask_multiplier_down), factor(row.ask_multiplier_up)),
                });
            }
            "PERCENT_PRICE" if self.band.is_none() => {
                let both = (factor(row.multiplier_down), factor(row.multiplier_up));
                self.band = Some(Band { name: "PERCENT_PRICE", buy: both, sell: both });
            }
            "TRAILING_DELTA" => {
                let zero = MaybeNumber::default();
                self.trailing = Some(Trailing {
                    above: Range::of(row.min_trailing_above_delta, row.max_trailing_above_delta, zero),
                    below: Range::of(row.min_trailing_below_delta, row.max_trailing_below_delta, zero),
                });
            }
            _ => {}
        }
    }

    /// Whether the exchange would take an order. `reference` is what it measures market orders and distant prices
    /// against (its reference price, or the average of some minutes); without it those parts are left to the exchange.
    ///
    /// # Errors
    /// The first filter that stands against it.
    pub fn check(&self, asked: &Asked, reference: Option<Price>) -> Result<(), Broken> {
        for price in [asked.limit, asked.trigger].into_iter().flatten() {
            self.price.check("PRICE_FILTER", price.value())?;
        }
        let quantity = asked.quantity.value();
        if quantity.is_zero() {
            return Err(Broken::Below { filter: "LOT_SIZE", value: quantity, min: self.lot.min.normalize() });
        }
        self.lot.check("LOT_SIZE", quantity)?;
        if asked.limit.is_none() {
            self.market_lot.check("MARKET_LOT_SIZE", quantity)?;
        }
        self.check_money(asked, reference)?;
        self.check_band(asked, reference)?;
        self.check_trailing(asked)
    }

    fn check_money(&self, asked: &Asked, reference: Option<Price>) -> Result<(), Broken> {
        let Some(rule) = self.notional else { return Ok(()) };
        let is_market = asked.limit.is_none();
        // What a stop will bring is not known before it is set off.
        let price = if is_market && asked.is_conditional { None } else { asked.limit.or(reference) };
        let Some(value) = price.map(|price| price.times(asked.quantity).normalize()) else { return Ok(()) };
        let filter = rule.name;
        if value < rule.min && (!is_market || rule.min_to_market) {
            return Err(Broken::Below { filter, value, min: rule.min.normalize() });
        }
        if !rule.max.is_zero() && value > rule.max && (!is_market || rule.max_to_market) {
            return Err(Broken::Above { filter, value, max: rule.max.normalize() });
        }
        Ok(())
    }

    fn check_band(&self, asked: &Asked, reference: Option<Price>) -> Result<(), Broken> {
        let (Some(band), Some(limit), Some(reference)) = (self.band, asked.limit, reference) else { return Ok(()) };
        let (down, up) = if asked.side == Side::Buy { band.buy } else { band.sell };
        let bound = |factor: Decimal| reference.value().checked_mul(factor).unwrap_or_default();
        Range { min: bound(down), max: bound(up), step: Decimal::ZERO }.check(band.name, limit.value())
    }

    /// Only stops trail here: a buy's lies above the market, a sell's below.
    fn check_trailing(&self, asked: &Asked) -> Result<(), Broken> {
        let (Some(rule), Some(delta)) = (self.trailing, asked.trailing) else { return Ok(()) };
        let range = if asked.side == Side::Buy { rule.above } else { rule.below };
        range.check("TRAILING_DELTA", Decimal::from(delta))
    }
}
