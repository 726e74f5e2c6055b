//! Everything behind the one lock: the exchange, its streams, limits, faults and journal.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::book::PACES;
use super::exchange::{Event, Exchange};
use super::faults::{Fault, Faults};
use super::http::{Answer, HttpRequest};
use super::hub::{Hub, Route};
use super::journal::{Journal, Seen};
use super::keys::{self, Security};
use super::limits::Limits;
use super::market::bar_of;
use super::params::Params;
use super::random::Random;
use super::refusal::Refusal;
use super::rest;

/// How often [`State::tick`] is called.
pub const TICK: Duration = Duration::from_millis(50);
const LISTEN_KEY_LIFE: i64 = 3_600_000;

/// How an answer leaves.
#[derive(Clone, Debug)]
pub enum Delivery {
    Send(Answer),
    Late(Duration, Answer),
    Close,
    Silence,
    /// The head and half of the body, and then the end.
    Cut(Answer),
    Twice(Answer),
}

/// A listen key that is alive.
#[derive(Clone, Debug)]
pub struct ListenKey {
    pub key: String,
    pub until: i64,
}

/// A market that moves by itself.
#[derive(Debug)]
struct Drift {
    random: Random,
    next_at: i64,
}

#[derive(Debug)]
pub struct State {
    pub exchange: Exchange,
    pub hub: Hub,
    pub limits: Limits,
    pub faults: Faults,
    pub journal: Journal,
    /// How far the server's clock is ahead of the machine's, in ms.
    pub clock_offset: i64,
    pub listen_key: Option<ListenKey>,
    /// Answers every request with a page.
    pub is_in_maintenance: bool,
    /// A level far from the top changes with every tick, so that depth streams are never silent.
    pub breathes: bool,
    drift: Option<Drift>,
    ticks: u64,
    last_body: String,
}

impl State {
    pub fn new(exchange: Exchange, clock_offset: i64) -> Self {
        Self {
            exchange,
            hub: Hub::default(),
            limits: Limits::default(),
            faults: Faults::default(),
            journal: Journal::default(),
            clock_offset,
            listen_key: None,
            is_in_maintenance: false,
            breathes: true,
            drift: None,
            ticks: 0,
            last_body: "{}".to_owned(),
        }
    }

    /// The server's clock in ms.
    pub fn now(&self) -> i64 {
        machine_ms() + self.clock_offset
    }

    /// Sends what the exchange has to say, and writes the journal.
    pub fn flush(&mut self) {
        let now = self.now();
        for line in std::mem::take(&mut self.exchange.log) {
            self.journal.write(now, line);
        }
        let alive = self.listen_key.as_ref().map(|key| key.key.clone());
        for event in std::mem::take(&mut self.exchange.outbox) {
            match event {
                Event::User(body) => self.hub.publish_user(&body, alive.as_deref()),
                Event::Market { name, body } => {
                    self.hub.publish(&name, &body);
                    let (_, kind) = name.split_once('@').unwrap_or_default();
                    match kind {
                        "bookTicker" => self.hub.publish("!bookTicker", &body),
                        "forceOrder" => self.hub.publish("!forceOrder@arr", &body),
                        _ => {}
                    }
                }
            }
        }
    }

    /// One request, from limits to the fault that spoils its answer.
    pub fn serve(&mut self, request: &HttpRequest) -> Delivery {
        let (now, arrived) = (self.now(), Instant::now());
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let params = Params::parse(&request.query, &request.body);
        let fault = self.faults.next(method, path);
        let fault = fault.filter(|fault| *fault != Fault::Overload || !self.is_exempt(params.as_ref().ok()));
        if let Some(Fault::TooMany { seconds }) = fault {
            self.limits.block(seconds * 1_000, now);
        }
        let answer = match &fault {
            _ if self.is_in_maintenance => Answer::page(503, "System maintenance"),
            Some(fault) if !fault.executes() && !matches!(fault, Fault::TooMany { .. }) => refused_answer(fault),
            _ => self.answer(request, &params, now),
        };
        let code =
            serde_json::from_str::<Value>(&answer.body).ok().and_then(|body| body["code"].as_i64()).filter(|c| *c < 0);
        self.journal.request(Seen {
            method: method.to_owned(),
            path: path.to_owned(),
            params: params.map(|params| params.unsigned()).unwrap_or_default(),
            time: now,
            arrived,
            status: answer.status,
            code,
            fault: fault.as_ref().map(|fault| format!("{fault:?}")),
        });
        self.flush();
        let before = std::mem::replace(&mut self.last_body, answer.body.clone());
        deliver(fault, answer, before)
    }

    /// The true answer.
    fn answer(&mut self, request: &HttpRequest, params: &Result<Params, Refusal>, now: i64) -> Answer {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let empty = Params::default();
        let weight = rest::weight(method, path, params.as_ref().unwrap_or(&empty));
        if let Some(refused) = self.limits.spend(weight, now) {
            return refused;
        }
        let done = params.clone().and_then(|params| self.execute(request, &params, now).map(|body| (params, body)));
        let (status, body, orders) = match done {
            Ok((params, body)) => (200, body, rest::order_count(method, path, &params).is_some()),
            Err(refusal) => (refusal.status, refusal.body(), false),
        };
        let answer = self.limits.with_weight(Answer::json(status, &body), now);
        if orders { self.limits.with_orders(answer, now) } else { answer }
    }

    fn execute(&mut self, request: &HttpRequest, params: &Params, now: i64) -> Result<Value, Refusal> {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let invalid = || Refusal::new(404, -5000, format!("Path {path}, Method {method} is invalid"));
        let security = rest::security(method, path).ok_or_else(invalid)?;
        keys::check(request, params, security, now)?;
        if security == Security::Key {
            return self.listen_key_call(method, now);
        }
        if let Some((in_ten_seconds, in_a_minute)) = rest::order_count(method, path, params) {
            self.limits.count_orders(in_ten_seconds, in_a_minute, now)?;
        }
        if path == "/fapi/v1/rateLimit/order" {
            return Ok(self.order_limits());
        }
        let mut body = rest::execute(&mut self.exchange, method, path, params, now)?;
        if path == "/fapi/v1/exchangeInfo" {
            let mut limits = vec![json!({"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1,
                                         "limit": self.limits.weight_a_minute})];
            limits.extend(self.order_limits().as_array().cloned().unwrap_or_default().into_iter().rev());
            body["rateLimits"] = Value::Array(limits);
        }
        Ok(body)
    }

    fn order_limits(&self) -> Value {
        json!([{"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": self.limits.orders_in_ten_seconds},
               {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": self.limits.orders_a_minute}])
    }

    fn listen_key_call(&mut self, method: &str, now: i64) -> Result<Value, Refusal> {
        let until = now + LISTEN_KEY_LIFE;
        match (method, &mut self.listen_key) {
            ("POST" | "PUT", Some(key)) => {
                key.until = until;
                Ok(json!({"listenKey": key.key}))
            }
            ("POST", None) => {
                let key = self.exchange.random_id(64);
                self.listen_key = Some(ListenKey { key: key.clone(), until });
                Ok(json!({"listenKey": key}))
            }
            (_, None) => Err(Refusal::of(-1125)),
            (_, Some(_)) => {
                self.expire_listen_key();
                Ok(json!({}))
            }
        }
    }

    /// The listen key dies: its event comes, and nothing after it.
    pub fn expire_listen_key(&mut self) {
        let now = self.now();
        self.flush();
        let Some(key) = self.listen_key.take() else { return };
        let body = json!({"e": "listenKeyExpired", "E": now, "listenKey": key.key});
        self.hub.publish_user(&body, Some(&key.key));
    }

    /// Orders that overload protection lets through.
    fn is_exempt(&self, params: Option<&Params>) -> bool {
        let Some(params) = params else { return false };
        let closes = matches!(
            (params.get("positionSide"), params.get("side")),
            (Some("LONG"), Some("SELL")) | (Some("SHORT"), Some("BUY"))
        );
        closes || params.get("reduceOnly") == Some("true") || params.get("closePosition") == Some("true")
    }

    /// From now on the market moves by itself; `None` stops it.
    pub fn set_drift(&mut self, seed: Option<u64>) {
        self.drift = seed.map(|seed| Drift { random: Random::new(seed), next_at: 0 });
    }

    /// What happens with time.
    pub fn tick(&mut self) {
        self.ticks += 1;
        let now = self.now();
        self.exchange.tick(now);
        if let Some(drift) = self.drift.as_mut().filter(|drift| drift.next_at <= now) {
            drift.next_at = now + 50 + i64::try_from(drift.random.below(50)).unwrap_or_default();
            self.exchange.drift(&mut drift.random, now);
        }
        if self.listen_key.as_ref().is_some_and(|key| key.until <= now) {
            self.expire_listen_key();
        }
        if self.breathes && self.ticks.is_multiple_of(2) {
            self.exchange.breathe();
        }
        self.flush();
        self.timed_streams(now);
    }

    fn timed_streams(&mut self, now: i64) {
        let ticks = self.ticks;
        let every = |ms: u64| ticks.is_multiple_of(ms / 50);
        let subscribed = self.hub.subscribed();
        for pace in PACES.into_iter().filter(|pace| every(*pace)) {
            for symbol in self.exchange.listed.clone() {
                let market = self.exchange.markets.get_mut(&symbol).unwrap();
                let listing = market.listing.clone();
                let Some(event) = market.book.difference(&listing, pace, now) else { continue };
                let suffix = if pace == 250 { String::new() } else { format!("@{pace}ms") };
                self.hub.publish(&format!("{}@depth{suffix}", symbol.to_lowercase()), &event);
            }
        }
        for name in subscribed {
            if let Some((name, event)) = self.timed_event(&name, every, now) {
                self.hub.publish(&name, &event);
            }
        }
        if every(250) {
            for market in self.exchange.markets.values_mut() {
                market.is_changed = false;
            }
        }
    }

    fn timed_event(&self, name: &str, every: impl Fn(u64) -> bool, now: i64) -> Option<(String, Value)> {
        let (symbol, kind) = name.split_once('@')?;
        let is_all = symbol.starts_with('!');
        if is_all {
            let all = |event: &dyn Fn(&super::market::Market) -> Value| {
                Value::Array(self.exchange.markets.values().map(event).collect())
            };
            let body = match name {
                "!markPrice@arr@1s" if every(1_000) => all(&|market| market.mark_event(now)),
                "!markPrice@arr" if every(3_000) => all(&|market| market.mark_event(now)),
                "!ticker@arr" if every(1_000) => all(&|market| market.ticker_event(now)),
                "!miniTicker@arr" if every(1_000) => all(&|market| market.mini_ticker_event(now)),
                _ => return None,
            };
            return Some((name.to_owned(), body));
        }
        let market = self.exchange.markets.get(&symbol.to_uppercase()).filter(|_| symbol == symbol.to_lowercase())?;
        let body = match kind {
            "markPrice@1s" if every(1_000) => market.mark_event(now),
            "markPrice" if every(3_000) => market.mark_event(now),
            "ticker" if every(2_000) => market.ticker_event(now),
            "miniTicker" if every(2_000) => market.mini_ticker_event(now),
            _ if kind.starts_with("kline_") => return self.kline(name, market, &kind[6..], every, now),
            _ => {
                let levels = kind.strip_prefix("depth")?.split('@').next()?.parse().ok()?;
                let pace = match kind.split_once('@') {
                    Some((_, "100ms")) => 100,
                    Some((_, "500ms")) => 500,
                    _ => 250,
                };
                if !every(pace) {
                    return None;
                }
                market.book.partial(&market.listing, levels, now)
            }
        };
        Some((name.to_owned(), body))
    }

    /// The forming bar while it changes, and the one that has just closed.
    fn kline(
        &self,
        name: &str,
        market: &super::market::Market,
        interval: &str,
        every: impl Fn(u64) -> bool,
        now: i64,
    ) -> Option<(String, Value)> {
        let (start, end) = bar_of(interval, now)?;
        let before = now - i64::try_from(TICK.as_millis()).unwrap_or_default();
        if before < start {
            let (start, end) = bar_of(interval, start - 1)?;
            return Some((name.to_owned(), market.kline_event(interval, now, start, end)));
        }
        (every(250) && market.is_changed).then(|| (name.to_owned(), market.kline_event(interval, now, start, end)))
    }

    /// Whether a new connection of streams is refused.
    pub fn refuses(&self, route: Route) -> bool {
        self.is_in_maintenance || self.hub.refused.contains(&route)
    }
}

/// The machine's clock in ms.
pub fn machine_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// The answer of a fault that keeps the request from taking effect.
fn refused_answer(fault: &Fault) -> Answer {
    let failure = |status, code, text: &str| Answer::json(status, &json!({"code": code, "msg": text}));
    match fault {
        Fault::UnknownError { .. } => unknown_error(),
        Fault::Unavailable => failure(503, -1000, "Service Unavailable."),
        Fault::InternalError => {
            failure(503, -1000, "Internal error; unable to process your request. Please try again.")
        }
        Fault::Timeout { .. } => refusal_answer(&Refusal::of(-1007)),
        Fault::Overload => refusal_answer(&Refusal::of(-1008)),
        Fault::ClockRefused => refusal_answer(&Refusal::of(-1021)),
        Fault::Page(403) => Answer::page(403, "Forbidden"),
        Fault::Page(status) => Answer::page(*status, "System maintenance"),
        Fault::Refuse { status, code, message } => failure(*status, *code, message),
        _ => failure(500, -1000, "Unknown error."),
    }
}

fn refusal_answer(refusal: &Refusal) -> Answer {
    Answer::json(refusal.status, &refusal.body())
}

fn unknown_error() -> Answer {
    let text = "Unknown error, please check your request or try again later.";
    Answer::json(503, &json!({"code": -1000, "msg": text}))
}

fn deliver(fault: Option<Fault>, answer: Answer, before: String) -> Delivery {
    match fault {
        Some(Fault::LostReply) => Delivery::Close,
        Some(Fault::NoAnswer { .. }) => Delivery::Silence,
        Some(Fault::Late(wait)) => Delivery::Late(wait, answer),
        Some(Fault::CutBody) => Delivery::Cut(answer),
        Some(Fault::Twice) => Delivery::Twice(answer),
        Some(Fault::Gateway(status)) => Delivery::Send(Answer::page(status, "Gateway")),
        Some(Fault::UnknownError { executed: true }) => Delivery::Send(unknown_error()),
        Some(Fault::Timeout { executed: true }) => Delivery::Send(refusal_answer(&Refusal::of(-1007))),
        Some(Fault::Unparsable) => Delivery::Send(Answer { body: "{\"orderId\":12,\u{0}".to_owned(), ..answer }),
        Some(Fault::AnotherAnswer) => Delivery::Send(Answer { body: before, ..answer }),
        _ => Delivery::Send(answer),
    }
}
