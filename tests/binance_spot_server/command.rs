//! Commands that only the spot server has.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::parts::command::number;
use super::{Fill, Order, SpotServer};

/// Does what a line says beside what every server does; `None` when it is none of these.
///
/// | line | |
/// |---|---|
/// | `top SYMBOL BID ASK`, `level SYMBOL bid\|ask PRICE QUANTITY` | |
/// | `deposit ASSET AMOUNT` | |
/// | `end-account-stream`, `shutdown-notice` | |
pub fn obey(server: &SpotServer, words: &[&str]) -> Result<Option<Value>, String> {
    match words {
        ["top", symbol, bid, ask] => server.set_top(server.listed(symbol)?, number(bid)?, number(ask)?),
        ["level", symbol, side, price, quantity] => {
            server.set_level(server.listed(symbol)?, *side == "bid", number(price)?, number(quantity)?);
        }
        ["deposit", asset, amount] => server.deposit(asset, number(amount)?),
        ["end-account-stream"] => server.end_account_stream(),
        ["shutdown-notice"] => server.announce_shutdown(),
        _ => return Ok(None),
    }
    Ok(Some(Value::Null))
}

/// Orders, trades and money.
pub fn status(exchange: &Exchange) -> Value {
    let orders: Vec<Value> = exchange.orders.values().map(Order::row).collect();
    let trades: Vec<Value> = exchange.fills.iter().map(Fill::row).collect();
    json!({"orders": orders, "trades": trades, "balances": exchange.account(false)["balances"]})
}
