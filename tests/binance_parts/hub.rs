//! Connections of streams: who subscribed to what, and what goes wrong on the way to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::frame::{FrameFault, Mishap, Out, Route, StreamFault, text_frame};
use super::listing::Dialect;
use super::random::Random;

/// Streams allowed on one connection.
const STREAMS_MAX: usize = 1_024;

/// A listen key with the events wanted of it.
pub type Listening = (String, BTreeSet<String>);

#[derive(Debug)]
struct Connection {
    route: Route,
    is_wrapped: bool,
    streams: BTreeSet<String>,
    listening: Vec<Listening>,
    /// Subscriptions to the account's events, by number.
    accounts: BTreeSet<u64>,
    next_account: u64,
    is_muted: bool,
    out: UnboundedSender<Out>,
    held: Option<Vec<u8>>,
    merging: Option<(usize, Vec<u8>)>,
}

#[derive(Clone, Debug)]
struct FramePlan {
    route: Route,
    contains: String,
    left: u32,
    fault: FrameFault,
}

/// All connections.
#[derive(Debug)]
pub struct Hub {
    dialect: Dialect,
    connections: BTreeMap<u64, Connection>,
    next_id: u64,
    plans: Vec<FramePlan>,
    chance: Option<(Random, u64)>,
    /// Routes whose new connections are refused.
    pub refused: BTreeSet<Route>,
    /// How many connections have opened, by route.
    pub opened: BTreeMap<Route, u64>,
}

impl Hub {
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            connections: BTreeMap::new(),
            next_id: 0,
            plans: Vec::new(),
            chance: None,
            refused: BTreeSet::new(),
            opened: BTreeMap::new(),
        }
    }

    /// A new connection by its path and query.
    pub fn open(&mut self, path: &str, query: &str) -> (u64, UnboundedReceiver<Out>) {
        let (route, rest) = Route::of(self.dialect, path);
        let (form, names) =
            rest.strip_prefix('/').unwrap_or(rest).split_once('/').unwrap_or((rest.trim_start_matches('/'), ""));
        let is_wrapped = form == "stream";
        let mut streams: BTreeSet<String> =
            names.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut listening: Vec<Listening> = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("streams", names)) => streams.extend(names.split('/').map(str::to_owned)),
                Some(("listenKey", key)) => listening.push((key.to_owned(), BTreeSet::new())),
                Some(("events", names)) => {
                    if let Some((_, events)) = listening.last_mut() {
                        events.extend(names.split('/').map(str::to_owned));
                    }
                }
                _ => {}
            }
        }
        let (out, receiver) = unbounded_channel();
        let connection = Connection {
            route,
            is_wrapped,
            streams,
            listening,
            accounts: BTreeSet::new(),
            next_account: 0,
            is_muted: false,
            out,
            held: None,
            merging: None,
        };
        self.next_id += 1;
        self.connections.insert(self.next_id, connection);
        *self.opened.entry(route).or_default() += 1;
        (self.next_id, receiver)
    }

    pub fn close(&mut self, id: u64) {
        self.connections.remove(&id);
    }

    pub fn close_all(&mut self) {
        self.connections.clear();
    }

    /// How many are open on a route.
    pub fn count(&self, route: Route) -> usize {
        self.connections.values().filter(|connection| connection.route == route).count()
    }

    /// Streams subscribed to on the route that carries them, and live.
    pub fn subscribed(&self) -> BTreeSet<String> {
        let all = self.connections.values().flat_map(|connection| {
            connection.streams.iter().filter(|name| Route::carrying(self.dialect, name) == connection.route)
        });
        all.cloned().collect()
    }

    /// Answers a control message.
    pub fn control(&mut self, id: u64, text: &str) -> Option<String> {
        let dialect = self.dialect;
        let connection = self.connections.get_mut(&id)?;
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Some(json!({"code": 3, "msg": "Invalid JSON: expected value at line 1 column 1"}).to_string());
        };
        let number = message["id"].clone();
        let is_text =
            dialect == Dialect::Spot && (number.is_null() || number.as_str().is_some_and(|id| id.len() <= 36));
        if !number.is_u64() && !is_text {
            return Some(
                json!({"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"}).to_string(),
            );
        }
        let names =
            || message["params"].as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
        let result = match message["method"].as_str() {
            Some("SUBSCRIBE") => {
                connection.streams.extend(names());
                if connection.streams.len() > STREAMS_MAX {
                    let error = json!({"error": {"code": 2, "msg": "Invalid request: too many streams"}, "id": number});
                    return Some(error.to_string());
                }
                Value::Null
            }
            Some("UNSUBSCRIBE") => {
                names().for_each(|name| {
                    connection.streams.remove(&name);
                });
                Value::Null
            }
            Some("LIST_SUBSCRIPTIONS") => json!(connection.streams),
            Some("SET_PROPERTY") => {
                connection.is_wrapped = message["params"][1].as_bool().unwrap_or(connection.is_wrapped);
                Value::Null
            }
            Some("GET_PROPERTY") => json!(connection.is_wrapped),
            _ => {
                return Some(
                    json!({"error": {"code": 2, "msg": "Invalid request: unknown method"}, "id": number}).to_string(),
                );
            }
        };
        Some(json!({"result": result, "id": number}).to_string())
    }

    /// Sends the answer to a control message; no fault of events touches it.
    pub fn answer(&mut self, id: u64, text: &str) {
        if let Some(connection) = self.connections.get(&id) {
            let _ = connection.out.send(Out::Bytes(text_frame(text.as_bytes())));
        }
    }

    /// Sends a market event to who subscribed to it on the right route.
    pub fn publish(&mut self, name: &str, body: &Value) {
        let route = Route::carrying(self.dialect, name);
        let to: Vec<u64> = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.route == route && connection.streams.contains(name))
            .map(|(id, _)| *id)
            .collect();
        for id in to {
            self.send(id, name, body);
        }
    }

    /// Sends an event of the account to who listens with a key that is alive.
    pub fn publish_user(&mut self, body: &Value, alive: Option<&str>) {
        let kind = body["e"].as_str().unwrap_or_default().to_owned();
        let to: Vec<(u64, String)> = self
            .connections
            .iter()
            .filter(|(_, connection)| connection.route == Route::Private)
            .filter_map(|(id, connection)| {
                let by_name = alive.filter(|key| connection.is_wrapped && connection.streams.contains(*key));
                if let Some(key) = by_name {
                    return Some((*id, key.to_owned()));
                }
                let wants = |(key, events): &&Listening| {
                    alive == Some(key) && (events.contains(&kind) || kind == "listenKeyExpired")
                };
                connection.listening.iter().find(wants).map(|(key, _)| (*id, key.clone()))
            })
            .collect();
        for (id, key) in to {
            self.send(id, &key, body);
        }
    }

    /// Whether a connection is one of requests, not of streams.
    pub fn is_of_requests(&self, id: u64) -> bool {
        self.connections.get(&id).is_some_and(|connection| connection.route == Route::Requests)
    }

    /// Subscribes a connection of requests to the account's events; `None` when it is already.
    pub fn subscribe_account(&mut self, id: u64) -> Option<u64> {
        let connection = self.connections.get_mut(&id).filter(|connection| connection.accounts.is_empty())?;
        let number = connection.next_account;
        connection.next_account += 1;
        connection.accounts.insert(number);
        Some(number)
    }

    /// Ends one subscription to the account's events, or all of the connection; whether there was one.
    pub fn leave_account(&mut self, id: u64, number: Option<u64>) -> bool {
        let Some(connection) = self.connections.get_mut(&id) else { return false };
        match number {
            Some(number) => connection.accounts.remove(&number),
            None => !std::mem::take(&mut connection.accounts).is_empty(),
        }
    }

    /// Numbers of a connection's subscriptions to the account's events.
    pub fn accounts_of(&self, id: u64) -> Vec<u64> {
        self.connections.get(&id).map(|connection| connection.accounts.iter().copied().collect()).unwrap_or_default()
    }

    /// How many subscriptions to the account's events there are.
    pub fn count_accounts(&self) -> usize {
        self.connections.values().map(|connection| connection.accounts.len()).sum()
    }

    /// Sends an event of the account to who is subscribed to it by requests.
    pub fn publish_account(&mut self, body: &Value) {
        let to: Vec<(u64, u64)> = self
            .connections
            .iter()
            .flat_map(|(id, connection)| connection.accounts.iter().map(|number| (*id, *number)))
            .collect();
        let kind = body["e"].as_str().unwrap_or_default();
        for (id, number) in to {
            self.send_text(id, "", kind, &json!({"subscriptionId": number, "event": body}).to_string());
        }
    }

    /// Every subscription to the account's events ends, with its event; the connections stay.
    pub fn end_accounts(&mut self, now: i64) {
        self.publish_account(&json!({"e": "eventStreamTerminated", "E": now}));
        self.connections.values_mut().for_each(|connection| connection.accounts.clear());
    }

    /// The notice before the server goes, to everybody on a route.
    pub fn announce_shutdown(&mut self, route: Route, now: i64) {
        let body = json!({"e": "serverShutdown", "E": now});
        let to: Vec<u64> = self.connections.iter().filter(|(_, one)| one.route == route).map(|(id, _)| *id).collect();
        for id in to {
            match route {
                Route::Requests => self.send_text(id, "", "serverShutdown", &json!({"event": body}).to_string()),
                _ => self.send(id, "!serverShutdown", &body),
            }
        }
    }

    fn send(&mut self, id: u64, name: &str, body: &Value) {
        let Some(connection) = self.connections.get(&id) else { return };
        let text =
            if connection.is_wrapped { json!({"stream": name, "data": body}).to_string() } else { body.to_string() };
        self.send_text(id, name, body["e"].as_str().unwrap_or_default(), &text);
    }

    fn send_text(&mut self, id: u64, name: &str, kind: &str, text: &str) {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| !connection.is_muted) else { return };
        let frame = text_frame(text.as_bytes());
        let route = connection.route;
        let fits = |plan: &&mut FramePlan| {
            plan.left > 0 && plan.route == route && (name.contains(&plan.contains) || kind == plan.contains)
        };
        let fault = self.plans.iter_mut().find(fits).map(|plan| {
            plan.left -= 1;
            plan.fault.clone()
        });
        let by_chance = self.chance.as_mut().filter(|_| fault.is_none()).and_then(|chance| Mishap::draw(chance, route));
        match by_chance {
            None => connection.write(frame, fault),
            Some(Mishap::Frame(fault)) => connection.write(frame, Some(fault)),
            Some(Mishap::Cut) => {
                connection.is_muted = true;
                let _ = connection.out.send(Out::Last(Vec::new()));
            }
        }
    }

    /// Events go wrong by chance from now on.
    pub fn set_chance(&mut self, seed: u64, rate: f64) {
        // Rates are settings of tests, not money.
        self.chance = Some((Random::new(seed), (rate * 1_000_000.0) as u64));
    }

    /// Nothing goes wrong any more with events to come.
    pub fn forget_faults(&mut self) {
        self.chance = None;
        self.plans.clear();
    }

    /// Plans a fault for the next `count` events on a route whose stream name contains, or whose type is, this text.
    pub fn plan(&mut self, route: Route, contains: &str, count: u32, fault: FrameFault) {
        self.plans.push(FramePlan { route, contains: contains.to_owned(), left: count, fault });
    }

    /// Does something to the open connections of a route.
    pub fn strike(&mut self, route: Route, fault: &StreamFault) {
        for connection in self.connections.values_mut().filter(|connection| connection.route == route) {
            let out = match fault {
                StreamFault::Stall => Out::Stall,
                StreamFault::HeartbeatsOnly => Out::HeartbeatsOnly,
                StreamFault::HalfOpen => Out::HalfOpen,
                StreamFault::Cut => Out::Last(Vec::new()),
                StreamFault::Close(code) => Out::Close(*code),
                StreamFault::Raw(bytes) => Out::Bytes(bytes.clone()),
                StreamFault::HalfFrame => Out::Last(vec![0x81, 126, 0x01, 0x00, b'{', b'"', b'e', b'"']),
                StreamFault::Text(bytes) => Out::Bytes(text_frame(bytes)),
            };
            let keeps = matches!(fault, StreamFault::Raw(_) | StreamFault::Text(_));
            connection.is_muted |= !keeps;
            let _ = connection.out.send(out);
        }
    }
}

impl Connection {
    fn write(&mut self, frame: Vec<u8>, fault: Option<FrameFault>) {
        let mut frames = match fault {
            Some(FrameFault::Lose) => return,
            Some(FrameFault::Swap) => return self.held = Some(frame),
            Some(FrameFault::Drip) => {
                let _ = self.out.send(Out::Drip(frame));
                return;
            }
            Some(FrameFault::Merge(count)) => {
                self.merging.get_or_insert_with(|| (count, Vec::new()));
                frame
            }
            Some(FrameFault::Duplicate) => frame.repeat(2),
            Some(FrameFault::Burst(times)) => frame.repeat(times),
            None => frame,
        };
        if let Some(held) = self.held.take() {
            frames.extend(held);
        }
        match self.merging.take() {
            None => {
                let _ = self.out.send(Out::Bytes(frames));
            }
            Some((left, mut all)) => {
                all.extend(frames);
                if left > 1 {
                    self.merging = Some((left - 1, all));
                } else {
                    let _ = self.out.send(Out::Bytes(all));
                }
            }
        }
    }
}
