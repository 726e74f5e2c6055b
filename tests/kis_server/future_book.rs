//! The account for futures and options: positions net by themselves, futures are settled in cash, premiums are paid.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, dec};

use super::listing::Listing;
use super::market::Market;

/// What is put into the account at its beginning, won.
pub const DEPOSIT: Decimal = dec!(100_000_000);
/// Initial margin of a future, as a fraction of its value: that of the sample.
pub const MARGIN: Decimal = dec!(0.099);

/// A position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Contracts, negative when short.
    pub quantity: Decimal,
    /// Their value when they were bought or sold, won; never negative.
    pub cost: Decimal,
}

#[derive(Clone, Debug)]
pub struct Derivatives {
    /// What was put in, what closed futures brought, less premiums and charges.
    pub cash: Decimal,
    /// The same before today's trades.
    pub cash_before: Decimal,
    pub positions: BTreeMap<String, Held>,
    /// Taken of every fill in futures, and of every premium, as fractions.
    pub rates: (Decimal, Decimal),
    pub charged: Decimal,
}

impl Default for Derivatives {
    fn default() -> Self {
        Self {
            cash: DEPOSIT,
            cash_before: DEPOSIT,
            positions: BTreeMap::new(),
            rates: (dec!(0), dec!(0)),
            charged: dec!(0),
        }
    }
}

impl Derivatives {
    /// A fill: what goes against a position closes it, the rest opens one.
    pub fn book(&mut self, listing: &Listing, is_buy: bool, price: Decimal, quantity: Decimal) {
        let unit = price * listing.multiplier;
        let value = unit * quantity;
        let held = self.positions.entry(listing.symbol.to_owned()).or_default();
        let signed = if is_buy { quantity } else { -quantity };
        let is_against = !held.quantity.is_zero() && (held.quantity > dec!(0)) != is_buy;
        let closed = if is_against { quantity.min(held.quantity.abs()) } else { dec!(0) };
        let cost = if closed.is_zero() { dec!(0) } else { held.cost * closed / held.quantity.abs() };
        let profit = if held.quantity > dec!(0) { unit * closed - cost } else { cost - unit * closed };
        held.quantity += signed;
        held.cost += unit * (quantity - closed) - cost;
        self.cash += match (listing.is_option(), is_buy) {
            (false, _) => profit,
            (true, true) => -value,
            (true, false) => value,
        };
        let rate = if listing.is_option() { self.rates.1 } else { self.rates.0 };
        let charge = (value * rate).floor();
        self.cash -= charge;
        self.charged += charge;
    }

    pub fn held(&self, symbol: &str) -> Decimal {
        self.positions.get(symbol).map(|held| held.quantity).unwrap_or_default()
    }

    /// A new day: what was closed is forgotten.
    pub fn turn(&mut self) {
        (self.cash_before, self.charged) = (self.cash, dec!(0));
        self.positions.retain(|_, held| !held.quantity.is_zero());
    }

    /// Profit of what is held at the last prices: of futures, or of options.
    pub fn profit(&self, markets: &BTreeMap<String, Market>, of_options: bool) -> Decimal {
        let own = self.positions.iter().map(|(symbol, held)| (&markets[symbol], held));
        let own = own.filter(|(market, _)| market.listing.is_option() == of_options);
        own.map(|(market, held)| profit(market, held)).sum()
    }

    /// What open futures hold back.
    pub fn margin(&self, markets: &BTreeMap<String, Market>) -> Decimal {
        let own = self.positions.iter().map(|(symbol, held)| (&markets[symbol], held));
        let futures = own.filter(|(market, _)| !market.listing.is_option());
        futures.map(|(market, held)| margin_of(market, held.quantity.abs())).sum()
    }
}

/// Profit of a position at the last price.
pub fn profit(market: &Market, held: &Held) -> Decimal {
    let worth = market.last * market.listing.multiplier * held.quantity.abs();
    if held.quantity < dec!(0) { held.cost - worth } else { worth - held.cost }
}

/// Margin of so many contracts.
pub fn margin_of(market: &Market, quantity: Decimal) -> Decimal {
    (market.last * market.listing.multiplier * quantity * MARGIN).ceil()
}
