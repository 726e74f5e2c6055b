//! Commands that only the futures server has.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::parts::command::number;
use super::{Order, Server};

/// Does what a line says beside what every server does; `None` when it is none of these.
///
/// | line | |
/// |---|---|
/// | `top SYMBOL BID ASK`, `level SYMBOL bid\|ask PRICE QUANTITY`, `mark SYMBOL PRICE` | |
/// | `fund SYMBOL RATE`, `liquidate SYMBOL`, `deleverage SYMBOL`, `transfer ASSET AMOUNT` | |
/// | `expire-key` | the listen key dies |
pub fn obey(server: &Server, words: &[&str]) -> Result<Option<Value>, String> {
    match words {
        ["top", symbol, bid, ask] => server.set_top(server.listed(symbol)?, number(bid)?, number(ask)?),
        ["level", symbol, side, price, quantity] => {
            server.set_level(server.listed(symbol)?, *side == "bid", number(price)?, number(quantity)?);
        }
        ["mark", symbol, price] => server.set_mark(server.listed(symbol)?, Some(number(price)?)),
        ["fund", symbol, rate] => server.fund(server.listed(symbol)?, number(rate)?),
        ["liquidate", symbol] => server.liquidate(server.listed(symbol)?),
        ["deleverage", symbol] => server.deleverage(server.listed(symbol)?),
        ["transfer", asset, amount] => server.transfer(asset, number(amount)?),
        ["expire-key"] => server.expire_listen_key(),
        _ => return Ok(None),
    }
    Ok(Some(Value::Null))
}

/// Orders, trades, positions and money.
pub fn status(exchange: &Exchange, now: i64) -> Value {
    let order = |order: &Order| order.row(&exchange.listing(&order.symbol));
    let orders: Vec<Value> = exchange.orders.values().map(order).collect();
    let algos: Vec<Value> = exchange.algos.values().map(|algo| algo.row(&exchange.listing(&algo.symbol))).collect();
    let trades: Vec<Value> = exchange.fills.iter().map(|fill| fill.row(&exchange.listing(&fill.symbol))).collect();
    json!({"orders": orders, "algos": algos, "trades": trades, "positions": exchange.shown_positions(None),
           "balances": exchange.balances(now)})
}
