//! What the server knows to be true.

use rust_decimal::Decimal;

use super::account::Position;
use super::order::{Fill, Line, Order, Row, Standing};
use super::server::Server;
use super::state::State;

/// An order over the whole chain of its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    pub line: Line,
    /// Its newest number.
    pub number: String,
    /// All of them, the first one first, without those of cancels.
    pub chain: Vec<String>,
    pub exchange: String,
    pub symbol: String,
    pub is_buy: bool,
    /// Of the newest number.
    pub kind: String,
    pub price: Decimal,
    /// Of the first number.
    pub first_price: Decimal,
    /// As first ordered; modifications never raise it.
    pub quantity: Decimal,
    /// Over the chain.
    pub filled: Decimal,
    pub filled_value: Decimal,
    pub remaining: Decimal,
    pub standing: Standing,
    /// How often the broker accepted something for it: the order, modifications, cancels.
    pub acceptances: usize,
    /// Server's clock, ms.
    pub accepted_ms: i64,
}

/// Orders by their chains, in the order of their acceptance.
pub fn orders(state: &State) -> Vec<Truth> {
    let rows = &state.exchange.orders;
    let firsts = rows.iter().filter(|order| order.row == Row::New);
    firsts.map(|first| truth(state, first)).collect()
}

fn truth(state: &State, first: &Order) -> Truth {
    let rows: Vec<&Order> = state.exchange.orders.iter().filter(|order| order.first == first.id).collect();
    let works = |order: &&&Order| {
        order.row != Row::Cancel && !(order.row == Row::Modification && order.standing == Standing::Refused)
    };
    let chain: Vec<&&Order> = rows.iter().filter(works).collect();
    let newest = chain.last().map_or(first, |order| **order);
    let filled = chain.iter().map(|order| order.filled).sum();
    let remaining = chain.iter().map(|order| order.remaining()).sum::<Decimal>();
    // A part of it may work on under an older number.
    let standing = if remaining.is_zero() { newest.standing } else { Standing::Open };
    Truth {
        line: first.line,
        number: newest.number.clone(),
        chain: chain.iter().map(|order| order.number.clone()).collect(),
        exchange: first.exchange.clone(),
        symbol: first.symbol.clone(),
        is_buy: first.is_buy,
        kind: newest.kind.clone(),
        price: newest.price,
        first_price: first.price,
        quantity: first.quantity,
        filled,
        filled_value: chain.iter().map(|order| order.filled_value).sum(),
        remaining,
        standing,
        acceptances: rows.len(),
        accepted_ms: first.accepted_ms,
    }
}

impl Server {
    /// All orders ever, one entry for each chain of numbers.
    pub fn orders(&self) -> Vec<Truth> {
        self.change(|state| orders(state))
    }

    pub fn open_orders(&self) -> Vec<Truth> {
        self.orders().into_iter().filter(|order| order.standing == Standing::Open).collect()
    }

    /// The order one of whose numbers this is.
    pub fn order(&self, number: &str) -> Option<Truth> {
        self.orders().into_iter().rfind(|order| order.chain.iter().any(|one| one == number))
    }

    /// All rows ever: orders, modifications, cancels.
    pub fn rows(&self) -> Vec<Order> {
        self.change(|state| state.exchange.orders.clone())
    }

    /// All fills of the account, in order.
    pub fn fills(&self) -> Vec<Fill> {
        self.change(|state| state.exchange.fills.clone())
    }

    /// Shares held.
    pub fn position(&self, symbol: &str) -> Decimal {
        self.change(|state| state.exchange.account.held(symbol))
    }

    /// Won, today's trades counted in, what orders reserve not taken off.
    pub fn cash(&self) -> Decimal {
        self.change(|state| state.exchange.account.won)
    }

    /// Contracts of a future or an option, negative when short.
    pub fn contracts(&self, symbol: &str) -> Decimal {
        self.change(|state| state.exchange.account.derivatives.held(symbol))
    }

    /// Won of the derivatives account: what was put in, what closed positions brought, less premiums and charges.
    pub fn derivative_cash(&self) -> Decimal {
        self.change(|state| state.exchange.account.derivatives.cash)
    }

    /// Money of a currency in the same way.
    pub fn money(&self, currency: &str) -> Decimal {
        self.change(|state| state.exchange.account.money(currency))
    }

    /// Dollars in the same way.
    pub fn dollars(&self) -> Decimal {
        self.change(|state| state.exchange.account.dollars)
    }
}
