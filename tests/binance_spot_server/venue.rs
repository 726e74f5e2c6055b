//! The spot market as one kind of exchange.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::Exchange;
use super::parts::http::HttpRequest;
use super::parts::keys::{KEY_READ_ONLY, Security};
use super::parts::listing::Dialect;
use super::parts::markets::Markets;
use super::parts::params::Params;
use super::parts::refusal::Refusal;
use super::parts::state::{Event, Venue};
use super::{SpotServer, State, command, requests, rest, rest_account};

impl Venue for Exchange {
    const DIALECT: Dialect = Dialect::Spot;
    const MESSAGES_MAX: u32 = 5;

    fn markets(&mut self) -> &mut Markets {
        &mut self.markets
    }

    fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.outbox)
    }

    fn take_log(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.log)
    }

    fn security(method: &str, path: &str) -> Option<Security> {
        rest::security(method, path)
    }

    fn weight(method: &str, path: &str, params: &Params) -> u32 {
        rest::weight(method, path, params)
    }

    fn order_count(method: &str, path: &str, _params: &Params) -> Option<(u32, u32)> {
        rest::order_count(method, path)
    }

    fn is_free_when_done(method: &str, path: &str) -> bool {
        matches!((method, path), ("POST" | "DELETE", "/api/v3/order"))
    }

    fn is_exempt(_params: &Params) -> bool {
        false
    }

    fn execute(state: &mut State, request: &HttpRequest, params: &Params, now: i64) -> Result<Value, Refusal> {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        match path {
            "/api/v3/rateLimit/order" => return Ok(state.limits.orders_row(now)),
            "/sapi/v1/account/apiRestrictions" => {
                let trades = request.header("x-mbx-apikey") != Some(KEY_READ_ONLY);
                return Ok(rest_account::restrictions(state.exchange.habits.keys_withdraw, trades, now));
            }
            _ => {}
        }
        let mut body = rest::execute(&mut state.exchange, method, path, params, now)?;
        if path == "/api/v3/exchangeInfo" {
            let mut limits = vec![state.limits.weight_row()];
            for mut row in state.limits.orders_row(now).as_array().cloned().unwrap_or_default() {
                row.as_object_mut().map(|row| row.remove("count"));
                limits.push(row);
            }
            limits.push(
                json!({"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 300_000}),
            );
            body["rateLimits"] = Value::Array(limits);
        }
        give_back(state, now);
        Ok(body)
    }

    fn tell_account(state: &mut State, body: &Value) {
        state.hub.publish_account(body);
    }

    fn hear(state: &mut State, id: u64, text: &str) -> Option<String> {
        if state.hub.is_of_requests(id) { requests::hear(state, id, text) } else { state.hub.control(id, text) }
    }

    fn trade(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64) {
        self.trade_of_others(symbol, price, quantity, now);
    }

    fn tick(state: &mut State, now: i64) {
        give_back(state, now);
    }

    fn obey(server: &SpotServer, words: &[&str]) -> Result<Option<Value>, String> {
        command::obey(server, words)
    }

    fn status(&self, _now: i64) -> Value {
        command::status(self)
    }

    fn own_stream(&self, _name: &str, _every: &dyn Fn(u64) -> bool, _now: i64) -> Option<Value> {
        None
    }
}

/// Orders that were filled count no longer.
fn give_back(state: &mut State, now: i64) {
    let count = std::mem::take(&mut state.exchange.given_back);
    state.limits.give_back_orders(count, now);
}
