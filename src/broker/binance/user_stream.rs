//! The account's own stream: a listen key, a socket, and every type of event asked for by name.
//!
//! A wrong key and a misspelt type both open silently, so the types are constants and the key is made anew for every
//! connection. The key is never given back: that would end the stream of every other program of the same account.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use super::rest::{Fault, Rest, futures};
use crate::broker::net::http::NetError;
use crate::broker::net::json;
use crate::broker::net::websocket::{Endpoint, Meaning, Next, Protocol, Reaction, SocketRules};

/// How often the key is extended; it lives for an hour.
pub const EXTEND_EVERY: Duration = Duration::from_secs(30 * 60);

/// Event types, as the exchange spells them; one misspelt would be left out without a word.
const EVENTS: [&str; 8] = [
    "ORDER_TRADE_UPDATE",
    "ACCOUNT_UPDATE",
    "ALGO_UPDATE",
    "TRADE_LITE",
    "MARGIN_CALL",
    "ACCOUNT_CONFIG_UPDATE",
    "CONDITIONAL_ORDER_TRIGGER_REJECT",
    "listenKeyExpired",
];

/// Largest frame of the account's stream.
const FRAME_MAX: usize = 1024 * 1024;

/// Rules of the account's socket. The exchange pings every three minutes; nothing else comes while nothing happens.
#[must_use]
pub fn rules() -> SocketRules {
    SocketRules {
        frame_silence: Duration::from_secs(5 * 60),
        opening_timeout: Duration::from_secs(15),
        message_max: FRAME_MAX,
        ..SocketRules::named("binance account")
    }
}

/// Why the last listen key was not given, for people.
#[derive(Debug, Clone, Default)]
pub struct LastRefusal(Arc<Mutex<Option<String>>>);

impl LastRefusal {
    /// Takes it, if there is one.
    #[must_use]
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(super) fn put(&self, text: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

/// The account's stream as the socket's supervisor sees it.
pub struct UserStream {
    rest: Arc<Rest>,
    base: String,
    refusal: LastRefusal,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListenKey {
    listen_key: String,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    e: Option<std::borrow::Cow<'a, str>>,
}

impl UserStream {
    /// A stream at an address without a trailing slash, such as `wss://fstream.binance.com/private`.
    #[must_use]
    pub const fn new(rest: Arc<Rest>, base: String, refusal: LastRefusal) -> Self {
        Self { rest, base, refusal }
    }

    async fn listen_key(&self) -> Result<String, NetError> {
        // Asked for once: the socket's supervisor spreads the tries of an outage.
        let answer = match self.rest.change(&futures::new_listen_key()).await {
            Ok(answer) => answer,
            Err(fault) => {
                self.refusal.put(Some(fault.to_string()));
                return Err(match fault {
                    Fault::Net(error) => error,
                    _ => NetError::unbuildable("no listen key was given"),
                });
            }
        };
        self.refusal.put(None);
        let key: ListenKey = json::parse("listen key", &answer.body, 16 * 1024)
            .map_err(|_| NetError::unbuildable("the listen key cannot be read"))?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if key.listen_key.is_empty() || !key.listen_key.bytes().all(plain) {
            return Err(NetError::unbuildable("the listen key cannot be one"));
        }
        Ok(key.listen_key)
    }
}

impl Protocol for UserStream {
    type Command = std::convert::Infallible;

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        let key = self.listen_key().await?;
        Endpoint::new(&format!("{}/ws?listenKey={key}&events={}", self.base, EVENTS.join("/")))
    }

    fn on_open(&mut self) -> Reaction {
        // There is no greeting: an open socket is all there will be.
        Reaction { next: Next::Ready, ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn classify(&mut self, frame: &[u8]) -> Meaning {
        match json::parse::<Event<'_>>("account event", frame, FRAME_MAX) {
            Ok(Event { e: Some(name) }) if name == "listenKeyExpired" => {
                Meaning::Control(Reaction { next: Next::Reconnect, ..Reaction::default() })
            }
            Ok(Event { e: Some(_) }) => Meaning::Data,
            _ => Meaning::Unreadable,
        }
    }

    fn on_command(&mut self, command: Self::Command, _is_ready: bool) -> Vec<String> {
        match command {}
    }

    fn data_silence(&self) -> Option<Duration> {
        None
    }
}
