//! The futures market as one kind of exchange: its streams of the account, and what only it tells.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::exchange::{Exchange, ListenKey};
use super::keys::Security;
use super::market::{Market, next_funding};
use super::markets::Markets;
use super::params::Params;
use super::parts::http::HttpRequest;
use super::parts::listing::{Dialect, fixed};
use super::parts::state::{Event, Venue};
use super::refusal::Refusal;
use super::{Server, State, command, rest};

const LISTEN_KEY_LIFE: i64 = 3_600_000;

impl Venue for Exchange {
    const DIALECT: Dialect = Dialect::Futures;
    const MESSAGES_MAX: u32 = 10;

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

    fn order_count(method: &str, path: &str, params: &Params) -> Option<(u32, u32)> {
        rest::order_count(method, path, params)
    }

    fn is_free_when_done(_method: &str, _path: &str) -> bool {
        false
    }

    /// Orders that only close.
    fn is_exempt(params: &Params) -> bool {
        let closes = matches!(
            (params.get("positionSide"), params.get("side")),
            (Some("LONG"), Some("SELL")) | (Some("SHORT"), Some("BUY"))
        );
        closes || params.get("reduceOnly") == Some("true") || params.get("closePosition") == Some("true")
    }

    fn execute(state: &mut State, request: &HttpRequest, params: &Params, now: i64) -> Result<Value, Refusal> {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        match path {
            "/fapi/v1/listenKey" => return listen_key_call(state, method, now),
            "/fapi/v1/rateLimit/order" => return Ok(state.limits.orders_row(now)),
            _ => {}
        }
        let mut body = rest::execute(&mut state.exchange, method, path, params, now)?;
        if path == "/fapi/v1/exchangeInfo" {
            let mut limits = vec![state.limits.weight_row()];
            limits.extend(state.limits.orders_row(now).as_array().cloned().unwrap_or_default().into_iter().rev());
            body["rateLimits"] = Value::Array(limits);
        }
        Ok(body)
    }

    fn tell_account(state: &mut State, body: &Value) {
        let alive = state.exchange.listen_key.as_ref().map(|key| key.key.clone());
        state.hub.publish_user(body, alive.as_deref());
    }

    fn hear(state: &mut State, id: u64, text: &str) -> Option<String> {
        state.hub.control(id, text)
    }

    fn trade(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64) {
        self.trade_of_others(symbol, price, quantity, now);
    }

    fn tick(state: &mut State, now: i64) {
        state.exchange.tick(now);
        if state.exchange.listen_key.as_ref().is_some_and(|key| key.until <= now) {
            expire_listen_key(state);
        }
    }

    fn obey(server: &Server, words: &[&str]) -> Result<Option<Value>, String> {
        command::obey(server, words)
    }

    fn status(&self, now: i64) -> Value {
        command::status(self, now)
    }

    fn own_stream(&self, name: &str, every: &dyn Fn(u64) -> bool, now: i64) -> Option<Value> {
        let all = |event: &dyn Fn(&Market) -> Value| Value::Array(self.markets.values().map(event).collect());
        match name {
            "!markPrice@arr@1s" => return every(1_000).then(|| all(&|market| mark_event(market, now))),
            "!markPrice@arr" => return every(3_000).then(|| all(&|market| mark_event(market, now))),
            "!ticker@arr" => return every(1_000).then(|| all(&|market| market.ticker_event(now))),
            _ => {}
        }
        let (symbol, kind) = name.split_once('@')?;
        let market = self.markets.get(&symbol.to_uppercase()).filter(|_| symbol == symbol.to_lowercase())?;
        let is_due = match kind {
            "markPrice@1s" => every(1_000),
            "markPrice" => every(3_000),
            _ => false,
        };
        is_due.then(|| mark_event(market, now))
    }
}

fn mark_event(market: &Market, now: i64) -> Value {
    let mark = fixed(market.mark(), 8);
    json!({"e": "markPriceUpdate", "E": now, "s": market.listing.symbol, "p": mark, "ap": mark,
           "i": fixed(market.book.middle(), 8), "P": mark, "r": fixed(market.funding_rate, 8),
           "T": next_funding(now), "st": 1})
}

fn listen_key_call(state: &mut State, method: &str, now: i64) -> Result<Value, Refusal> {
    let until = now + LISTEN_KEY_LIFE;
    match (method, &mut state.exchange.listen_key) {
        ("POST" | "PUT", Some(key)) => {
            key.until = until;
            Ok(json!({"listenKey": key.key}))
        }
        ("POST", None) => {
            let key = state.exchange.random_id(64);
            state.exchange.listen_key = Some(ListenKey { key: key.clone(), until });
            Ok(json!({"listenKey": key}))
        }
        (_, None) => Err(Refusal::of(-1125)),
        (_, Some(_)) => {
            expire_listen_key(state);
            Ok(json!({}))
        }
    }
}

/// The listen key dies: its event comes, and nothing after it.
pub fn expire_listen_key(state: &mut State) {
    let now = state.now();
    state.flush();
    let Some(key) = state.exchange.listen_key.take() else { return };
    let body = json!({"e": "listenKeyExpired", "E": now, "listenKey": key.key});
    state.hub.publish_user(&body, Some(&key.key));
}
