//! The account's events: a subscription on the WebSocket API, renewed whenever it ends.
//!
//! Listen keys are gone on spot since 2026-02-20. One signed request subscribes, with any kind of key; its reply comes
//! among the events, and the events are wrapped in `{"subscriptionId":…,"event":{…}}`. The subscription lives as long as
//! the connection, which the exchange ends after 24 hours.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::wire::user::{self, Reply, UserEvent, UserFrame};
use crate::broker::binance::rest::Rest;
use crate::broker::binance::sign::Signer;
use crate::broker::net::http::NetError;
use crate::broker::net::websocket::{Endpoint, Meaning, Next, Protocol, Reaction, SocketRules};
use crate::text::clean::short;

/// Largest frame of the account's stream.
const FRAME_MAX: usize = 1024 * 1024;
/// The method.
const SUBSCRIBE: &str = "userDataStream.subscribe.signature";
/// Codes of a refusal that the same request would meet again: no such key, not from this address, not for this.
const HOPELESS: [i64; 4] = [-1002, -2014, -2015, -2017];
/// No more subscriptions of this connection or account: wait until another one has gone.
const CROWDED: i64 = -1034;

/// Signs requests of the WebSocket API.
pub trait Signs: Send + 'static {
    /// The API key.
    fn key(&self) -> &str;

    /// The signature of a payload: hexadecimal, or base64 as it is.
    fn sign(&self, payload: &str) -> String;

    /// The exchange's clock now, in ms; read right before signing.
    fn server_ms(&self) -> i64;

    /// How long after its time stamp a request may still be taken, in ms.
    fn recv_window_ms(&self) -> u64;
}

impl Signs for Arc<Rest> {
    fn key(&self) -> &str {
        self.signer().map_or("", Signer::key)
    }

    fn sign(&self, payload: &str) -> String {
        self.signer().map(|signer| signer.raw(payload)).unwrap_or_default()
    }

    fn server_ms(&self) -> i64 {
        self.server_now().millis()
    }

    fn recv_window_ms(&self) -> u64 {
        self.signer().map_or(0, Signer::window_ms)
    }
}

/// What is signed: parameters in the order of their names, not encoded.
#[must_use]
pub fn payload(parameters: &[(&str, &str)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(name, _)| *name != "signature").collect();
    sorted.sort_unstable();
    let pairs: Vec<String> = sorted.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The request that subscribes, signed now.
#[must_use]
pub fn subscribe(id: &str, signer: &dyn Signs) -> String {
    let (now, window) = (signer.server_ms(), signer.recv_window_ms());
    let (now_text, window_text) = (now.to_string(), window.to_string());
    let signature =
        signer.sign(&payload(&[("apiKey", signer.key()), ("recvWindow", &window_text), ("timestamp", &now_text)]));
    json!({
        "id": id,
        "method": SUBSCRIBE,
        "params": {"apiKey": signer.key(), "recvWindow": window, "timestamp": now, "signature": signature},
    })
    .to_string()
}

/// Rules of the account's socket. The exchange pings every 20 s.
#[must_use]
pub fn rules() -> SocketRules {
    SocketRules {
        frame_silence: Duration::from_secs(75),
        opening_timeout: Duration::from_secs(15),
        message_max: FRAME_MAX,
        ..SocketRules::named("binance spot account")
    }
}

/// What hears why a subscription was refused, in a text for people.
pub type Refusals = Box<dyn Fn(String) + Send>;

/// The account's stream as the socket's supervisor sees it.
pub struct UserStream<S> {
    address: String,
    signer: S,
    refusals: Refusals,
    requests: u64,
    /// The request that waits for its reply.
    asked: Option<String>,
    /// Refused for the time stamp: asked once more, then the connection is made anew.
    late: bool,
}

impl<S: Signs> UserStream<S> {
    /// A stream at an address of the WebSocket API, such as `wss://ws-api.binance.com:443/ws-api/v3`.
    #[must_use]
    pub const fn new(address: String, signer: S, refusals: Refusals) -> Self {
        Self { address, signer, refusals, requests: 0, asked: None, late: false }
    }

    fn ask(&mut self) -> String {
        self.requests += 1;
        let id = format!("subscribe-{}", self.requests);
        let message = subscribe(&id, &self.signer);
        self.asked = Some(id);
        message
    }

    /// The reply to the subscription; others are nobody's.
    fn replied(&mut self, reply: &Reply) -> Meaning {
        if self.asked.as_deref() != Some(reply.id.as_str()) {
            return Meaning::Control(Reaction::default());
        }
        self.asked = None;
        if reply.error.is_none() && reply.subscription.is_some() {
            self.late = false;
            return Meaning::Control(Reaction { next: Next::Ready, ..Reaction::default() });
        }
        let (code, text) = reply.error.as_ref().map_or((0, ""), |error| (error.code, error.msg.as_str()));
        if code == -1021 && !self.late {
            self.late = true;
            let send = vec![self.ask()];
            return Meaning::Control(Reaction { send, ..Reaction::default() });
        }
        let text: String = short(text, 200);
        (self.refusals)(format!("{code} {text}"));
        let next = match code {
            // The same subscription twice: events flow.
            -2035 => Next::Ready,
            CROWDED => Next::ReconnectAfter(Duration::from_secs(60)),
            code if HOPELESS.contains(&code) => Next::ReconnectAfter(Duration::from_secs(300)),
            _ => Next::Reconnect,
        };
        Meaning::Control(Reaction { next, ..Reaction::default() })
    }
}

impl<S: Signs> Protocol for UserStream<S> {
    type Command = std::convert::Infallible;

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        self.asked = None;
        self.late = false;
        Endpoint::new(&self.address)
    }

    fn on_open(&mut self) -> Reaction {
        Reaction { send: vec![self.ask()], ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn classify(&mut self, frame: &[u8]) -> Meaning {
        match user::decode(frame) {
            Ok(UserFrame::Reply(reply)) => self.replied(&reply),
            // A subscription that ended leaves a hole, as a lost connection does, and is taken for one.
            Ok(UserFrame::ServerShutdown) => reconnect(),
            Ok(UserFrame::Event { event, .. }) if *event == UserEvent::Terminated => reconnect(),
            Ok(UserFrame::Event { .. }) => Meaning::Data,
            Ok(UserFrame::Other) | Err(_) => Meaning::Unreadable,
        }
    }

    fn on_command(&mut self, command: Self::Command, _is_ready: bool) -> Vec<String> {
        match command {}
    }

    fn data_silence(&self) -> Option<Duration> {
        None
    }
}

fn reconnect() -> Meaning {
    Meaning::Control(Reaction { next: Next::Reconnect, ..Reaction::default() })
}
