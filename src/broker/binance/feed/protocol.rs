//! The exchange's side of a market socket: its subscriptions, and what its frames mean to the supervisor.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use super::Route;
use super::streams::{self, NAMES_MAX};
use crate::broker::binance::wire::market::{Frame, parse};
use crate::broker::net::http::NetError;
use crate::broker::net::websocket::{Endpoint, Meaning, Next, Protocol, Reaction};
use crate::config::BinanceMarket;

/// Silence is waited for at most this much longer while nothing comes at all.
const PATIENCE_MAX: u32 = 8;

/// Streams to add and to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub add: Vec<String>,
    pub remove: Vec<String>,
}

impl Change {
    /// Both changes in one, the other being the later.
    pub(super) fn then(&mut self, later: Self) {
        for name in later.remove {
            match self.add.iter().position(|added| *added == name) {
                Some(index) => drop(self.add.swap_remove(index)),
                None => self.remove.push(name),
            }
        }
        for name in later.add {
            match self.remove.iter().position(|removed| *removed == name) {
                Some(index) => drop(self.remove.swap_remove(index)),
                None => self.add.push(name),
            }
        }
    }
}

pub(super) struct Streams {
    url: String,
    market: BinanceMarket,
    route: Route,
    wanted: BTreeSet<String>,
    last_id: u64,
    silence: Duration,
    /// Connections since one brought data.
    barren: u32,
}

impl Streams {
    /// `base` is the address of the route, without a trailing slash.
    pub(super) fn new(base: &str, (market, route): (BinanceMarket, Route), silence: Duration) -> Self {
        let url = format!("{base}/stream");
        Self { url, market, route, wanted: BTreeSet::new(), last_id: 0, silence, barren: 0 }
    }

    fn messages(&mut self, method: &str, names: &[String]) -> Vec<String> {
        names.chunks(NAMES_MAX).map(|names| self.message(method, names)).collect()
    }

    /// Names are letters, digits and `@ ! _ . -` only: nothing to escape.
    fn message(&mut self, method: &str, names: &[String]) -> String {
        self.last_id += 1;
        let mut text = format!("{{\"method\":\"{method}\",\"params\":[");
        for (index, name) in names.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}\"{name}\"");
        }
        let _ = write!(text, "],\"id\":{}}}", self.last_id);
        text
    }
}

impl Protocol for Streams {
    type Command = Change;

    async fn endpoint(&mut self) -> Result<Endpoint, NetError> {
        Endpoint::new(&self.url)
    }

    fn on_open(&mut self) -> Reaction {
        self.barren = self.barren.saturating_add(1);
        Reaction { next: Next::Ready, ..Reaction::default() }
    }

    fn on_ready(&mut self) -> Vec<String> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let mut names: Vec<String> = self.wanted.iter().cloned().collect();
        names.push(streams::companion(self.market, self.route).to_owned());
        self.messages("SUBSCRIBE", &names)
    }

    fn classify(&mut self, frame: &[u8]) -> Meaning {
        // Looked at, not read: the feed reads it once, later.
        if frame.starts_with(b"{\"stream\"") || frame.starts_with(b"{\"e\"") {
            self.barren = 0;
            return Meaning::Data;
        }
        match parse(frame) {
            Ok(Frame::Reply(_)) => Meaning::Control(Reaction { deliver: true, ..Reaction::default() }),
            Ok(Frame::Event(..) | Frame::Events(_)) => {
                self.barren = 0;
                Meaning::Data
            }
            Ok(Frame::Strange) | Err(_) => Meaning::Unreadable,
        }
    }

    fn on_command(&mut self, change: Change, is_ready: bool) -> Vec<String> {
        let was_empty = self.wanted.is_empty();
        let mut added: Vec<String> = change.add.into_iter().filter(|name| self.wanted.insert(name.clone())).collect();
        let mut removed: Vec<String> = change.remove.into_iter().filter(|name| self.wanted.remove(name)).collect();
        if !is_ready {
            return Vec::new();
        }
        let companion = streams::companion(self.market, self.route);
        if was_empty && !self.wanted.is_empty() {
            added.push(companion.to_owned());
        }
        if !was_empty && self.wanted.is_empty() {
            removed.push(companion.to_owned());
        }
        let mut messages = self.messages("UNSUBSCRIBE", &removed);
        messages.append(&mut self.messages("SUBSCRIBE", &added));
        messages
    }

    fn data_silence(&self) -> Option<Duration> {
        let patience = 1 << self.barren.saturating_sub(1).min(PATIENCE_MAX.ilog2());
        (!self.wanted.is_empty()).then(|| self.silence * patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn change(add: &[&str], remove: &[&str]) -> Change {
        Change { add: names(add), remove: names(remove) }
    }

    #[test]
    fn many_streams_are_one_message_and_are_asked_for_again_after_a_loss() {
        let mut streams = Streams::new("wss://x/public", (BinanceMarket::Futures, Route::Public), SECOND);
        assert!(streams.on_command(change(&["a@depth@100ms", "a@bookTicker"], &[]), false).is_empty());
        let first = streams.on_ready();
        assert_eq!(
            first,
            [r#"{"method":"SUBSCRIBE","params":["a@bookTicker","a@depth@100ms","btcusdt@depth5@500ms"],"id":1}"#]
        );
        let more = streams.on_command(change(&["b@bookTicker", "a@bookTicker"], &["a@depth@100ms"]), true);
        assert_eq!(
            more,
            [
                r#"{"method":"UNSUBSCRIBE","params":["a@depth@100ms"],"id":2}"#,
                r#"{"method":"SUBSCRIBE","params":["b@bookTicker"],"id":3}"#
            ]
        );
        let last = streams.on_command(change(&[], &["a@bookTicker", "b@bookTicker"]), true);
        assert_eq!(
            last,
            [r#"{"method":"UNSUBSCRIBE","params":["a@bookTicker","b@bookTicker","btcusdt@depth5@500ms"],"id":4}"#]
        );
        assert!(streams.on_ready().is_empty());
    }

    #[test]
    fn a_change_that_is_taken_back_before_it_went_out_is_none() {
        let mut pending = change(&["a@ticker"], &["b@ticker"]);
        pending.then(change(&["b@ticker", "c@ticker"], &["a@ticker"]));
        assert_eq!(pending, change(&["c@ticker"], &[]));
    }

    #[test]
    fn a_thousand_streams_are_ten_messages() {
        let mut streams = Streams::new("wss://x/market", (BinanceMarket::Futures, Route::Market), SECOND);
        let add: Vec<String> = (0..999).map(|number| format!("s{number}@markPrice@1s")).collect();
        assert_eq!(streams.on_command(Change { add, remove: Vec::new() }, true).len(), 10);
    }

    #[test]
    fn a_server_that_brings_nothing_is_given_more_time_and_never_too_much() {
        let mut streams = Streams::new("wss://x/market", (BinanceMarket::Futures, Route::Market), SECOND);
        assert_eq!(streams.data_silence(), None);
        streams.on_command(change(&["a@aggTrade"], &[]), false);
        let mut waits = Vec::new();
        for _ in 0..6 {
            streams.on_open();
            waits.push(streams.data_silence().unwrap().as_secs());
        }
        assert_eq!(waits, [1, 2, 4, 8, 8, 8]);
        assert_eq!(streams.classify(br#"{"stream":"a@aggTrade","data":{"#), Meaning::Data);
        assert_eq!(streams.data_silence(), Some(SECOND));
    }

    #[test]
    fn answers_are_no_data() {
        let mut streams = Streams::new("wss://x/market", (BinanceMarket::Futures, Route::Market), SECOND);
        for answer in [r#"{"result":null,"id":1}"#, r#"{"id":4,"error":{"code":2,"msg":"no"}}"#] {
            assert!(matches!(streams.classify(answer.as_bytes()), Meaning::Control(_)), "{answer}");
        }
        for odd in ["{}", "<html>", "", "{\"a\":1}"] {
            assert_eq!(streams.classify(odd.as_bytes()), Meaning::Unreadable, "{odd}");
        }
    }
}
