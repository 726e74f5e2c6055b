//! Money and holdings. Commissions and taxes are taken only when told to.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::future_book::Derivatives;
use super::realised::Traded;

/// What is held of a symbol; it stays when it is sold out, as a row with zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub quantity: Decimal,
    /// Cost of all of it.
    pub cost: Decimal,
    pub bought_today: Decimal,
    pub sold_today: Decimal,
    pub realised: Decimal,
}

/// What is taken for a fill, as fractions of its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// For every fill in Korean shares and funds.
    pub commission: Decimal,
    /// For sales of Korean shares.
    pub tax: Decimal,
}

/// The account.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// After today's trades, without what orders reserve.
    pub won: Decimal,
    pub dollars: Decimal,
    /// Money of other countries.
    pub others: BTreeMap<&'static str, Decimal>,
    /// Won and dollars before today's trades.
    pub won_before: Decimal,
    pub dollars_before: Decimal,
    /// Won bought and sold for today.
    pub bought: Decimal,
    pub sold: Decimal,
    pub positions: BTreeMap<String, Position>,
    pub charges: Charges,
    /// Won charged today.
    pub charged: Decimal,
    /// Every fill of any day.
    pub traded: Vec<Traded>,
    /// The account for futures and options.
    pub derivatives: Derivatives,
}

impl Account {
    pub fn new(won: Decimal, dollars: Decimal) -> Self {
        Self { won, dollars, won_before: won, dollars_before: dollars, ..Self::default() }
    }

    /// Money of a currency.
    pub fn money(&self, currency: &str) -> Decimal {
        match currency {
            "KRW" => self.won,
            "USD" => self.dollars,
            other => self.others.get(other).copied().unwrap_or_default(),
        }
    }

    /// A fill: money one way, shares the other.
    pub fn book(&mut self, symbol: &str, currency: &'static str, is_buy: bool, value: Decimal, quantity: Decimal) {
        let is_korean = currency == "KRW";
        let position = self.positions.entry(symbol.to_owned()).or_default();
        let money = match currency {
            "KRW" => &mut self.won,
            "USD" => &mut self.dollars,
            other => self.others.entry(other).or_default(),
        };
        if is_buy {
            *money -= value;
            position.quantity += quantity;
            position.cost += value;
            position.bought_today += quantity;
        } else {
            *money += value;
            let part = if position.quantity.is_zero() { Decimal::ZERO } else { quantity / position.quantity };
            let cost = position.cost * part;
            position.realised += value - cost;
            position.cost -= cost;
            position.quantity -= quantity;
            position.sold_today += quantity;
        }
        if is_korean {
            *(if is_buy { &mut self.bought } else { &mut self.sold }) += value;
        }
    }

    /// What the broker and the state take for a fill in Korea; to whole won, each for itself.
    pub fn charge(&mut self, value: Decimal, is_taxed: bool) -> (Decimal, Decimal) {
        let tax = if is_taxed { (value * self.charges.tax).floor() } else { Decimal::ZERO };
        let fee = (value * self.charges.commission).floor();
        self.won -= fee + tax;
        self.charged += fee + tax;
        (fee, tax)
    }

    /// A new day: today's trades are settled, what was sold out is forgotten.
    pub fn turn(&mut self) {
        (self.won_before, self.dollars_before) = (self.won, self.dollars);
        self.derivatives.turn();
        (self.bought, self.sold, self.charged) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        self.positions.retain(|_, position| !position.quantity.is_zero());
        for position in self.positions.values_mut() {
            (position.bought_today, position.sold_today) = (Decimal::ZERO, Decimal::ZERO);
        }
    }

    /// What all of a symbol has cost.
    pub fn cost(&self, symbol: &str) -> Decimal {
        self.positions.get(symbol).map(|position| position.cost).unwrap_or_default()
    }

    pub fn held(&self, symbol: &str) -> Decimal {
        self.positions.get(symbol).map(|position| position.quantity).unwrap_or_default()
    }
}
