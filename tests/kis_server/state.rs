//! Everything behind the one lock: the exchange, its streams, sign-in, limits, faults and journal.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hoga::broker::kis::environment::Realm;

use super::answer::{Answer, Delivery, deliver, refused_answer};
use super::calls::{self, Asked};
use super::clock::{korea, machine_ms};
use super::exchange::{Event, Exchange};
use super::faults::{Fault, Faults};
use super::http::HttpRequest;
use super::hub::Hub;
use super::journal::{Journal, Seen};
use super::limits::Limits;
use super::masters;
use super::order::Line;
use super::params::Params;
use super::random::Random;
use super::refusal::Refusal;
use super::signin::SignIn;

/// How often [`State::tick`] is called.
pub const TICK: Duration = Duration::from_millis(25);

/// A market that moves by itself.
#[derive(Debug)]
struct Drift {
    random: Random,
    next_at: Instant,
}

#[derive(Debug)]
pub struct State {
    pub realm: Realm,
    pub exchange: Exchange,
    pub hub: Hub,
    pub sign_in: SignIn,
    pub limits: Limits,
    pub faults: Faults,
    pub journal: Journal,
    /// How far the server's clock is ahead of the machine's, in ms.
    pub clock_offset: i64,
    /// Answers every request with a page.
    pub is_in_maintenance: bool,
    pub ping_every: Duration,
    pinged: Instant,
    drift: Option<Drift>,
    /// Body of the answer before, by method.
    before: BTreeMap<String, Vec<u8>>,
}

impl State {
    pub fn new(exchange: Exchange, seed: u64, clock_offset: i64, ping_every: Duration) -> Self {
        let realm = exchange.realm;
        Self {
            realm,
            exchange,
            hub: Hub::new(realm, seed),
            sign_in: SignIn::new(realm, seed),
            limits: Limits::of(realm),
            faults: Faults::default(),
            journal: Journal::default(),
            clock_offset,
            is_in_maintenance: false,
            ping_every,
            pinged: Instant::now(),
            drift: None,
            before: BTreeMap::new(),
        }
    }

    /// The server's clock in ms.
    pub fn now(&self) -> i64 {
        machine_ms() + self.clock_offset
    }

    /// Sends what the exchange has to say, and writes the journal. Records of a stream that follow one another go into one
    /// frame.
    pub fn flush(&mut self) {
        let now = self.now();
        for line in self.exchange.take_log() {
            self.journal.write(now, line);
        }
        let mut batch: Option<(&'static str, String, Vec<String>)> = None;
        for event in self.exchange.take_events() {
            match event {
                Event::Record { id, key, fields } => match &mut batch {
                    Some((last, same, records)) if *last == id && *same == key => records.push(fields),
                    _ => {
                        self.send(batch.replace((id, key, vec![fields])));
                    }
                },
                Event::Notice(line, text) => {
                    self.send(batch.take());
                    let id = match (line, self.realm) {
                        (Line::Stock, Realm::Live) => "H0STCNI0",
                        (Line::Stock, Realm::Paper) => "H0STCNI9",
                        (Line::Overseas, Realm::Live) => "H0GSCNI0",
                        (Line::Overseas, Realm::Paper) => "H0GSCNI9",
                        // Of bonds there are none.
                        (Line::Bond, _) => continue,
                        (Line::Night, _) if is_option(&text) => "H0EUCNI0",
                        (Line::Night, _) => "H0MFCNI0",
                        (Line::Future, Realm::Live) => "H0IFCNI0",
                        (Line::Future, Realm::Paper) => "H0IFCNI9",
                    };
                    self.hub.notify(id, &text);
                }
            }
        }
        self.send(batch);
    }

    fn send(&mut self, batch: Option<(&'static str, String, Vec<String>)>) {
        if let Some((id, key, records)) = batch {
            self.hub.publish(id, &key, &records);
        }
    }

    /// One request, from limits to the fault that spoils its answer.
    pub fn serve(&mut self, request: &HttpRequest, arrived: Instant) -> Delivery {
        let now = self.now();
        let (method, path) = (request.method.as_str(), request.path.as_str());
        let fault = self.faults.next(method, path);
        let answer = match &fault {
            _ if self.is_in_maintenance => Answer::page(503, "Service Unavailable"),
            Some(fault) if !fault.executes() => {
                self.limits.count(arrived);
                if *fault == Fault::TokenExpired {
                    self.sign_in.expire_tokens();
                }
                refused_answer(fault)
            }
            _ => self.answer(request, arrived, now),
        };
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = body["msg_cd"].as_str().or(body["error_code"].as_str()).unwrap_or_default().to_owned();
        self.journal.request(Seen {
            method: method.to_owned(),
            path: path.to_owned(),
            tr_id: request.header("tr_id").unwrap_or_default().to_owned(),
            continues: request.header("tr_cont") == Some("N"),
            params: params_of(request).map(|params| params.0).unwrap_or_default().into_iter().filter(is_told).collect(),
            time: now,
            arrived,
            status: answer.status,
            code,
            fault: fault.as_ref().map(|fault| format!("{fault:?}")),
        });
        self.flush();
        let before = self.before.insert(method.to_owned(), answer.body.clone());
        deliver(fault, answer, before.unwrap_or_default())
    }

    /// The true answer.
    fn answer(&mut self, request: &HttpRequest, arrived: Instant, now: i64) -> Answer {
        if let Some(name) = request.path.strip_prefix("/masters/") {
            let file = masters::file(name, &self.exchange.listings());
            return file.map_or_else(|| Answer::page(404, "Not Found"), Answer::file);
        }
        if let Some(answer) = self.sign_in.serve(request, now) {
            return answer;
        }
        if !self.limits.count(arrived) {
            return Answer::refusal(&Refusal::gateway("EGW00201"));
        }
        match self.execute(request, now) {
            Ok(answer) => answer,
            Err(refusal) => Answer::refusal(&refusal),
        }
    }

    fn execute(&mut self, request: &HttpRequest, now: i64) -> Result<Answer, Refusal> {
        self.sign_in.check(request, now)?;
        let id = request.header("tr_id").unwrap_or_default();
        let call = calls::find(self.realm, &request.method, &request.path, id)?;
        let params = params_of(request)?;
        let continues = request.header("tr_cont") == Some("N");
        let reply = call(&mut self.exchange, &Asked { params: &params, id, continues, now })?;
        let answer = Answer::json(200, &reply.body).with("tr_id", id);
        Ok(answer.with("tr_cont", reply.more.unwrap_or_default()))
    }

    /// A control message of a stream.
    pub fn hear(&mut self, id: u64, text: &str) {
        let now = self.now();
        let sign_in = &self.sign_in;
        self.hub.control(id, text, |approval| sign_in.owner(approval, now));
    }

    /// From now on the market moves by itself; `None` stops it.
    pub fn set_drift(&mut self, seed: Option<u64>) {
        self.drift = seed.map(|seed| Drift { random: Random::new(seed), next_at: Instant::now() });
    }

    /// What happens with time.
    pub fn tick(&mut self) {
        let now = self.now();
        self.exchange.tick(now);
        if let Some(drift) = self.drift.as_mut().filter(|drift| drift.next_at <= Instant::now()) {
            drift.next_at = Instant::now() + Duration::from_millis(50 + drift.random.below(100));
            let symbols: Vec<String> = self.exchange.markets.keys().cloned().collect();
            for symbol in symbols {
                let (price, quantity) = self.exchange.markets[&symbol].step(&mut drift.random);
                self.exchange.trade(&symbol, price, quantity, now);
            }
        }
        self.flush();
        self.hub.tick();
        if self.pinged.elapsed() >= self.ping_every {
            self.pinged = Instant::now();
            self.hub.ping(&korea(now).strftime("%Y%m%d%H%M%S").to_string());
        }
    }
}

fn params_of(request: &HttpRequest) -> Result<Params, Refusal> {
    if request.method == "GET" { Ok(Params::of_query(&request.query)) } else { Params::of_body(&request.body) }
}

/// No key and no secret is written down.
fn is_told((name, _): &(String, String)) -> bool {
    !matches!(name.to_ascii_lowercase().as_str(), "appkey" | "appsecret" | "secretkey" | "token")
}

/// Whether a notice of derivatives is of an option, by the contract in it.
fn is_option(notice: &str) -> bool {
    notice.split('^').nth(7).is_some_and(|contract| contract.starts_with(['B', 'C']))
}
