//! Connections of streams: who subscribed to what, and what goes wrong on the way to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Streams allowed on one connection.
const STREAMS_MAX: usize = 1_024;

/// The first part of a stream's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    Public,
    Market,
    Private,
    /// Without a route: it opens, acknowledges, and stays silent.
    Unrouted,
}

/// What becomes of connections that are open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamFault {
    /// No event and no ping any more; messages are still read and answered.
    Stall,
    /// Pings and answers go on, events do not.
    HeartbeatsOnly,
    /// Nothing is read and nothing written, and the connection stays.
    HalfOpen,
    /// The connection ends without a word.
    Cut,
    /// A close frame with this code, as after 24 hours.
    Close(u16),
    /// These bytes past the WebSocket.
    Raw(Vec<u8>),
    /// The first half of a frame, and then the end.
    HalfFrame,
    /// A text message of these bytes, which may be no UTF-8.
    Text(Vec<u8>),
}

/// What becomes of events to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// It is not sent: a gap.
    Lose,
    /// It is sent twice.
    Duplicate,
    /// It is sent after the one that follows it.
    Swap,
    /// It is sent one byte a write.
    Drip,
    /// So many are written at once.
    Merge(usize),
    /// It is sent so many times at once.
    Burst(usize),
}

/// What a connection's task has to do.
#[derive(Clone, Debug)]
pub enum Out {
    Bytes(Vec<u8>),
    Drip(Vec<u8>),
    Stall,
    HeartbeatsOnly,
    HalfOpen,
    Close(u16),
    /// Write these and end.
    Last(Vec<u8>),
}

/// A listen key with the events wanted of it.
pub type Listening = (String, BTreeSet<String>);

#[derive(Debug)]
struct Connection {
    route: Route,
    is_wrapped: bool,
    streams: BTreeSet<String>,
    listening: Vec<Listening>,
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
#[derive(Debug, Default)]
pub struct Hub {
    connections: BTreeMap<u64, Connection>,
    next_id: u64,
    plans: Vec<FramePlan>,
    /// Routes whose new connections are refused.
    pub refused: BTreeSet<Route>,
    /// How many connections have opened, by route.
    pub opened: BTreeMap<Route, u64>,
}

impl Hub {
    /// A new connection by its path and query.
    pub fn open(&mut self, path: &str, query: &str) -> (u64, UnboundedReceiver<Out>) {
        let (route, rest) = route_of(path);
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
        let connection =
            Connection { route, is_wrapped, streams, listening, is_muted: false, out, held: None, merging: None };
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
        let all = self
            .connections
            .values()
            .flat_map(|connection| connection.streams.iter().filter(|name| carrier(name) == connection.route));
        all.cloned().collect()
    }

    /// Answers a control message.
    pub fn control(&mut self, id: u64, text: &str) -> Option<String> {
        let connection = self.connections.get_mut(&id)?;
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Some(json!({"code": 3, "msg": "Invalid JSON: expected value at line 1 column 1"}).to_string());
        };
        let Some(number) = message["id"].as_u64() else {
            return Some(
                json!({"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"}).to_string(),
            );
        };
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

    /// Sends a market event to who subscribed to it on the right route.
    pub fn publish(&mut self, name: &str, body: &Value) {
        let route = carrier(name);
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

    fn send(&mut self, id: u64, name: &str, body: &Value) {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| !connection.is_muted) else { return };
        let kind = body["e"].as_str().unwrap_or_default();
        let text =
            if connection.is_wrapped { json!({"stream": name, "data": body}).to_string() } else { body.to_string() };
        let frame = text_frame(text.as_bytes());
        let route = connection.route;
        let fits = |plan: &&mut FramePlan| {
            plan.left > 0 && plan.route == route && (name.contains(&plan.contains) || kind == plan.contains)
        };
        let fault = self.plans.iter_mut().find(fits).map(|plan| {
            plan.left -= 1;
            plan.fault.clone()
        });
        connection.write(frame, fault);
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

/// The route of a path and what follows it.
pub fn route_of(path: &str) -> (Route, &str) {
    for (name, route) in [("/public", Route::Public), ("/market", Route::Market), ("/private", Route::Private)] {
        if let Some(rest) = path.strip_prefix(name) {
            return (route, rest);
        }
    }
    (Route::Unrouted, path)
}

/// The route that carries a stream.
fn carrier(name: &str) -> Route {
    let kind = name.split_once('@').map_or(name, |(_, kind)| kind);
    let is_public = kind.starts_with("depth")
        || kind.starts_with("bookTicker")
        || kind.starts_with("rpiDepth")
        || name == "!bookTicker";
    if is_public { Route::Public } else { Route::Market }
}

/// A text frame as a server writes it: unmasked, whole.
pub fn text_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match payload.len() {
        short @ 0..=125 => frame.push(short as u8),
        middle @ 126..=0xffff => {
            frame.push(126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}
