//! The exchange's numbers of orders, as hoga keeps them.
//!
//! Numbers are unique only within a symbol, and conditional orders have numbers of their own, so both go into the text:
//! `BTCUSDT:12345` is an order and `BTCUSDT:algo:678` a conditional one.

use std::fmt;

use super::wire::digits;
use super::wire::plausible::Implausible;
use crate::market::Symbol;
use crate::order::{BrokerOrderId, ExecutionId, OrderId};

/// An order or a conditional order, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderNumber {
    /// In the engine.
    Order {
        /// On what.
        symbol: Symbol,
        /// Number within the symbol.
        id: i64,
    },
    /// Waits for its trigger.
    Algo {
        /// On what.
        symbol: Symbol,
        /// Number among conditional orders.
        id: i64,
    },
}

impl OrderNumber {
    /// From the text; `None` when it is not of this form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (symbol, rest) = text.split_once(':')?;
        let symbol = Symbol::new(symbol).ok()?;
        match rest.split_once(':') {
            None => Some(Self::Order { symbol, id: digits::whole(rest.as_bytes())? }),
            Some(("algo", id)) => Some(Self::Algo { symbol, id: digits::whole(id.as_bytes())? }),
            Some(_) => None,
        }
    }

    /// From what the desk holds; `None` when another broker wrote it.
    #[must_use]
    pub fn of(id: &BrokerOrderId) -> Option<Self> {
        Self::parse(id.as_str())
    }

    /// As the desk holds it.
    ///
    /// # Errors
    /// Never for a number that came out of a message: a symbol and 64 bits fit.
    pub fn broker_id(self) -> Result<BrokerOrderId, Implausible> {
        BrokerOrderId::new(&self.to_string()).map_err(|_| Implausible { what: "order number" })
    }

    /// On what.
    #[must_use]
    pub const fn symbol(self) -> Symbol {
        match self {
            Self::Order { symbol, .. } | Self::Algo { symbol, .. } => symbol,
        }
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { symbol, id } => write!(f, "{symbol}:{id}"),
            Self::Algo { symbol, id } => write!(f, "{symbol}:algo:{id}"),
        }
    }
}

/// A fill by number: `BTCUSDT:310194316`.
///
/// # Errors
/// Never for a number that came out of a message.
pub fn execution_id(symbol: Symbol, trade_id: i64) -> Result<ExecutionId, Implausible> {
    ExecutionId::new(&format!("{symbol}:{trade_id}")).map_err(|_| Implausible { what: "number of a fill" })
}

/// What the exchange keeps as the client's id of an order of ours.
#[must_use]
pub fn client_id(id: OrderId) -> String {
    id.simple()
}

/// The order of ours that a client id names; `None` for the id of an order made elsewhere.
#[must_use]
pub fn order_id_of(client_id: &str) -> Option<OrderId> {
    let ours = client_id.len() == 32 && client_id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if ours { client_id.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn numbers_read_as_they_are_written() {
        for text in ["BTCUSDT:12345", "BTCUSDT:algo:4000001910701524", "BTCUSDT_260925:9223372036854775807"] {
            let number = OrderNumber::parse(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(OrderNumber::of(&number.broker_id().unwrap()), Some(number));
        }
        for other in ["", "12345", "BTCUSDT:", "BTCUSDT:x", "BTCUSDT:algo:", "BTCUSDT:spot:1", "BTCUSDT:1:2", ":1"] {
            assert_eq!(OrderNumber::parse(other), None, "{other}");
        }
    }

    #[test]
    fn only_ids_of_our_form_are_ours() {
        let id = OrderId::from_uuid(Uuid::from_u128(0x0193_4d2c_8a77_7bbb_8123_4567_89ab_cdef));
        assert_eq!(client_id(id), "01934d2c8a777bbb8123456789abcdef");
        assert_eq!(order_id_of(&client_id(id)), Some(id));
        for foreign in [
            "",
            "web_abc",
            "autoclose-1234567890",
            "8121aafc-cba3-4a01-a279-1dcb03a7b80f",
            "01934D2C8A777BBB8123456789ABCDEF",
            "adl_autoclose",
            "x1934d2c8a777bbb8123456789abcdef",
        ] {
            assert_eq!(order_id_of(foreign), None, "{foreign}");
        }
    }
}
