//! Everything behind the one lock: the exchange, its streams, limits, faults and journal.

use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rust_decimal::Decimal;
use serde_json::Value;

use super::delivery::{Delivery, deliver, refused_answer};
use super::faults::{Fault, Faults};
use super::frame::Route;
use super::http::{Answer, HttpRequest};
use super::hub::Hub;
use super::journal::{Journal, Seen};
use super::keys::{self, Security};
use super::limits::Limits;
use super::listing::Dialect;
use super::markets::Markets;
use super::params::Params;
use super::random::Random;
use super::refusal::Refusal;
use super::server::Server;

/// How often [`State::tick`] is called.
pub const TICK: Duration = Duration::from_millis(50);

/// Something to tell on a stream.
#[derive(Clone, Debug)]
pub enum Event {
    /// A market stream's event; `name` as subscribed.
    Market { name: String, body: Value },
    /// An event of the account.
    User(Value),
}

/// One kind of exchange: its calls and what it tells. It knows no network.
pub trait Venue: Debug + Send + Sized + 'static {
    const DIALECT: Dialect;
    /// Messages a second a client may send on a stream.
    const MESSAGES_MAX: u32;

    fn markets(&mut self) -> &mut Markets;

    /// What it has to say since it was last asked.
    fn take_events(&mut self) -> Vec<Event>;

    /// What happened since it was last asked, for the journal.
    fn take_log(&mut self) -> Vec<Value>;

    /// What a call needs; `None` when there is no such call.
    fn security(method: &str, path: &str) -> Option<Security>;

    /// Request weight of a call.
    fn weight(method: &str, path: &str, params: &Params) -> u32;

    /// How many orders a call counts for in the shorter and in the longer window.
    fn order_count(method: &str, path: &str, params: &Params) -> Option<(u32, u32)>;

    /// Whether the weight of a call is given back when it has succeeded.
    fn is_free_when_done(method: &str, path: &str) -> bool;

    /// Whether overload protection lets a call through.
    fn is_exempt(params: &Params) -> bool;

    /// Does a call whose key, signature and limits have been seen to.
    fn execute(state: &mut State<Self>, request: &HttpRequest, params: &Params, now: i64) -> Result<Value, Refusal>;

    /// Sends an event of the account to who listens.
    fn tell_account(state: &mut State<Self>, body: &Value);

    /// Answers a message that came on a stream.
    fn hear(state: &mut State<Self>, id: u64, text: &str) -> Option<String>;

    /// Somebody else's trade.
    fn trade(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64);

    /// What happens with time.
    fn tick(state: &mut State<Self>, now: i64);

    /// Does what a command says that only this exchange has; `None` when it is none of those.
    fn obey(server: &Server<Self>, words: &[&str]) -> Result<Option<Value>, String>;

    /// Orders, trades and money.
    fn status(&self, now: i64) -> Value;

    /// A timed stream that only this exchange has.
    fn own_stream(&self, name: &str, every: &dyn Fn(u64) -> bool, now: i64) -> Option<Value>;
}

/// A market that moves by itself.
#[derive(Debug)]
struct Drift {
    random: Random,
    next_at: i64,
}

#[derive(Debug)]
pub struct State<V> {
    pub exchange: V,
    pub hub: Hub,
    pub limits: Limits,
    pub faults: Faults,
    pub journal: Journal,
    /// How far the server's clock is ahead of the machine's, in ms.
    pub clock_offset: i64,
    /// Answers every request with a page.
    pub is_in_maintenance: bool,
    /// A level far from the top changes with every tick, so that depth streams are never silent.
    pub breathes: bool,
    drift: Option<Drift>,
    pub(super) ticks: u64,
    last_body: String,
}

impl<V: Venue> State<V> {
    pub fn new(exchange: V, clock_offset: i64) -> Self {
        Self {
            exchange,
            hub: Hub::new(V::DIALECT),
            limits: Limits::of(V::DIALECT),
            faults: Faults::default(),
            journal: Journal::default(),
            clock_offset,
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
        for line in self.exchange.take_log() {
            self.journal.write(now, line);
        }
        for event in self.exchange.take_events() {
            match event {
                Event::User(body) => V::tell_account(self, &body),
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
        let now = self.now();
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let params = Params::parse(&request.query, &request.body);
        let fault = self.faults.next(method, path);
        let is_exempt = params.as_ref().is_ok_and(V::is_exempt);
        let fault = fault.filter(|fault| *fault != Fault::Overload || !is_exempt);
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
        let weight = V::weight(method, path, params.as_ref().unwrap_or(&empty));
        if let Some(refused) = self.limits.spend(weight, now) {
            return refused;
        }
        let done = params.clone().and_then(|params| self.execute(request, &params, now).map(|body| (params, body)));
        let (status, body, orders) = match done {
            Ok((params, body)) => {
                if V::is_free_when_done(method, path) {
                    self.limits.give_back_weight(weight, now);
                }
                (200, body, V::order_count(method, path, &params).is_some())
            }
            Err(refusal) => (refusal.status, refusal.body(), false),
        };
        let answer = self.limits.with_weight(Answer::json(status, &body), now);
        if orders { self.limits.with_orders(answer, now) } else { answer }
    }

    fn execute(&mut self, request: &HttpRequest, params: &Params, now: i64) -> Result<Value, Refusal> {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let invalid = || Refusal::new(404, -5000, format!("Path {path}, Method {method} is invalid"));
        let security = V::security(method, path).ok_or_else(invalid)?;
        keys::check(request, params, security, now)?;
        if let Some((in_ten_seconds, in_long)) = V::order_count(method, path, params) {
            self.limits.count_orders(in_ten_seconds, in_long, now)?;
        }
        V::execute(self, request, params, now)
    }

    /// From now on the market moves by itself; `None` stops it.
    pub fn set_drift(&mut self, seed: Option<u64>) {
        self.drift = seed.map(|seed| Drift { random: Random::new(seed), next_at: 0 });
    }

    /// What happens with time.
    pub fn tick(&mut self) {
        self.ticks += 1;
        let now = self.now();
        V::tick(self, now);
        if let Some(drift) = self.drift.as_mut().filter(|drift| drift.next_at <= now) {
            drift.next_at = now + 50 + i64::try_from(drift.random.below(50)).unwrap_or_default();
            for symbol in self.exchange.markets().listed.clone() {
                if let Some((price, quantity)) = self.exchange.markets()[&symbol].step(&mut drift.random) {
                    self.exchange.trade(&symbol, price, quantity, now);
                }
            }
        }
        if self.breathes && self.ticks.is_multiple_of(2) {
            self.exchange.markets().breathe();
        }
        self.flush();
        self.timed_streams(now);
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
