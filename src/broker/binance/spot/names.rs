//! Names of orders on spot.
//!
//! An order goes by hoga's id. A changed price makes a new order at the exchange, which refuses the name of one that did
//! not fill to the end a second time, so each change adds a number: `0193…cdef`, `0193…cdef-1`, `0193…cdef-2`.

use super::wire::WireError;
use crate::market::Symbol;
use crate::order::{BrokerOrderId, ExecutionId, OrderId};

/// Most changes of one order that have a name of at most 36 characters.
pub const REVISION_MAX: u16 = 999;

/// The name of an order after so many changes.
#[must_use]
pub fn client_id(order: OrderId, revision: u16) -> String {
    let name = order.simple();
    if revision == 0 { name } else { format!("{name}-{revision}") }
}

/// The order of ours and the number of its change that a name is of; `None` for one that was made elsewhere.
#[must_use]
pub fn order_of(name: &str) -> Option<(OrderId, u16)> {
    let (id, revision) = match name.split_once('-') {
        Some((id, number)) => (id, number.parse().ok().filter(|n| (1..=REVISION_MAX).contains(n) && is_plain(number))?),
        None => (name, 0),
    };
    let hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let order = if hex { id.parse().ok() } else { None }?;
    Some((order, revision))
}

/// Without a sign and leading zeros, so that every name has one spelling.
fn is_plain(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0')
}

/// The number of an order as the desk keeps it: `BTCUSDT:12345`, for numbers are unique per symbol only.
///
/// # Errors
/// A number below one.
pub fn broker_id(symbol: Symbol, order_id: i64) -> Result<BrokerOrderId, WireError> {
    let refused = WireError::implausible("order", "number");
    if order_id < 1 {
        return Err(refused);
    }
    BrokerOrderId::new(&format!("{symbol}:{order_id}")).map_err(|_| refused)
}

/// The exchange's number in what the desk keeps; `None` when it is of another symbol or of another broker.
#[must_use]
pub fn number_of(id: &BrokerOrderId, symbol: Symbol) -> Option<i64> {
    let (of, number) = id.as_str().split_once(':')?;
    if of == symbol.as_str() && number.bytes().all(|byte| byte.is_ascii_digit()) { number.parse().ok() } else { None }
}

/// The number of a fill as the desk keeps it.
///
/// # Errors
/// A number below zero: -1 is the exchange's word for none.
pub fn execution_id(symbol: Symbol, trade_id: i64) -> Result<ExecutionId, WireError> {
    let refused = WireError::implausible("fill", "number");
    if trade_id < 0 {
        return Err(refused);
    }
    ExecutionId::new(&format!("{symbol}:{trade_id}")).map_err(|_| refused)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_written_and_others_are_not_ours() {
        let order = OrderId::from_uuid(Uuid::from_u128(0x0193_4d2c_8a77_7bbb_8123_4567_89ab_cdef));
        for revision in [0, 1, 42, REVISION_MAX] {
            let name = client_id(order, revision);
            assert!(name.len() <= 36, "{name}");
            assert_eq!(order_of(&name), Some((order, revision)));
        }
        let name = client_id(order, 0);
        for foreign in [
            String::new(),
            "web_abc".to_owned(),
            name.to_uppercase(),
            format!("{name}-0"),
            format!("{name}-01"),
            format!("{name}-+1"),
            format!("{name}-1000"),
            format!("{name}-"),
            "01934d2c-8a77-7bbb-8123-456789abcdef".to_owned(),
        ] {
            assert_eq!(order_of(&foreign), None, "{foreign}");
        }
    }

    #[test]
    fn numbers_belong_to_their_symbol() {
        let (one, other) = (Symbol::new("BTCUSDT").unwrap(), Symbol::new("ETHUSDT").unwrap());
        let id = broker_id(one, 9_223_372_036_854_775_807).unwrap();
        assert_eq!(id.as_str(), "BTCUSDT:9223372036854775807");
        assert_eq!(number_of(&id, one), Some(i64::MAX));
        assert_eq!(number_of(&id, other), None);
        assert_eq!(number_of(&BrokerOrderId::new("BTCUSDT:algo:5").unwrap(), one), None);
        assert!(broker_id(one, -1).is_err() && execution_id(one, -1).is_err());
    }
}
