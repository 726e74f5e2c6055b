//! The task that owns both sockets and turns their frames into the desk's events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::Receiver;

use super::first_data::FirstData;
use super::hush::Hush;
use super::protocol::{Change, Streams};
use super::snapshots::{Fetched, Fetcher};
use super::{FeedCounters, FeedNews, FeedRules, NewsTaker, Route, Shared, Snapshots, streams};
use crate::broker::api::{BrokerError, BrokerEvent, Channel};
use crate::broker::binance::environment::Environment;
use crate::broker::binance::market_map::{Implausible, Mapped, MarketMap};
use crate::broker::binance::spot::wire::market::{self as spot, MarketFrame};
use crate::broker::binance::wire::market::{Frame, Reply, parse};
use crate::broker::binance::wire::rest_market::DepthSnapshot;
use crate::broker::inbox::Outlet;
use crate::broker::net::WallClock;
use crate::broker::net::backoff::Jitter;
use crate::broker::net::json;
use crate::broker::net::websocket::{Socket, SocketEvent, SocketRules, SocketState};
use crate::config::BinanceMarket;
use crate::market::gather::Gather;
use crate::market::{MarketEvent, Symbol, UtcTime};
use crate::text::clean::short;

/// The server pings every three minutes.
const FRAME_SILENCE: Duration = Duration::from_secs(5 * 60);
/// Frames read before the desk is told.
const BATCH: usize = 256;
/// Largest whole book.
const SNAPSHOT_MAX: usize = 4 << 20;

/// What the task works with.
pub(super) struct Parts {
    pub wall_clock: WallClock,
    pub outlet: Outlet,
    pub rest: Arc<dyn Snapshots>,
    pub news: NewsTaker,
}

struct Line {
    socket: Socket<Streams>,
    events: Receiver<SocketEvent>,
    /// Not yet taken by the socket.
    change: Change,
}

impl Line {
    fn start(environment: &Environment, route: Route, rules: &FeedRules, jitter: Jitter, clock: &WallClock) -> Self {
        let (name, base) = match (environment.market, route) {
            (BinanceMarket::Futures, Route::Public) => ("binance futures public", &environment.public),
            (BinanceMarket::Futures, Route::Market) => ("binance futures market", &environment.market_data),
            (BinanceMarket::Spot, Route::Public) => ("binance spot books", &environment.public),
            (BinanceMarket::Spot, Route::Market) => ("binance spot market", &environment.market_data),
        };
        let socket_rules = SocketRules {
            trust: rules.trust.clone(),
            backoff: rules.backoff,
            lifetime: rules.lifetime,
            send_gap: rules.send_gap,
            frame_silence: FRAME_SILENCE,
            events_max: 16_384,
            ..SocketRules::named(name)
        };
        let protocol = Streams::new(base, (environment.market, route), rules.data_silence);
        let (socket, events) = Socket::start(protocol, socket_rules, jitter, Arc::clone(clock));
        Self { socket, events, change: Change::default() }
    }

    /// Hands over what is to be subscribed; what finds no room now is tried again.
    fn push(&mut self) {
        if self.change != Change::default() && self.socket.command(self.change.clone()).is_ok() {
            self.change = Change::default();
        }
    }
}

pub(super) struct Task {
    exchange: BinanceMarket,
    public: Line,
    market: Line,
    map: MarketMap,
    fetcher: Fetcher,
    parts: Parts,
    shared: Arc<Shared>,
    watched: BTreeMap<Symbol, BTreeSet<Channel>>,
    first_data: FirstData,
    /// Of the socket of books.
    hush: Hush,
    out: Vec<MarketEvent>,
    /// Books the desk still takes for live because there was no room to tell it otherwise.
    owed: BTreeSet<Symbol>,
    /// Symbols whose book the exchange refused, told to people once.
    refused: BTreeSet<Symbol>,
    counters: FeedCounters,
    lagged: u64,
}

impl Task {
    pub(super) fn new(
        environment: &Environment,
        rules: FeedRules,
        jitter: Jitter,
        parts: Parts,
        shared: Arc<Shared>,
    ) -> Self {
        let mut other = jitter.clone();
        // The two sockets draw different waits.
        other.between(Duration::ZERO, Duration::from_secs(1));
        let clock = &parts.wall_clock;
        Self {
            exchange: environment.market,
            public: Line::start(environment, Route::Public, &rules, jitter, clock),
            market: Line::start(environment, Route::Market, &rules, other, clock),
            map: MarketMap::at(environment.venue()),
            fetcher: Fetcher::new(Arc::clone(&parts.rest), rules.snapshot_gap, rules.snapshot_timeout),
            parts,
            shared,
            watched: BTreeMap::new(),
            first_data: FirstData::new(rules.first_data),
            hush: Hush::new(rules.quiet),
            out: Vec::with_capacity(BATCH),
            owed: BTreeSet::new(),
            refused: BTreeSet::new(),
            counters: FeedCounters::default(),
            lagged: 0,
        }
    }

    pub(super) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            tokio::select! {
                biased;
                () = shared.ended.cancelled() => break,
                () = shared.changed.notified() => self.look_at_wanted(),
                fetched = self.fetcher.next() => self.fetched(fetched),
                event = self.public.events.recv() => match event {
                    Some(event) => self.socket_event(Route::Public, event),
                    None => break,
                },
                event = self.market.events.recv() => match event {
                    Some(event) => self.socket_event(Route::Market, event),
                    None => break,
                },
                silent = self.first_data.overdue() => self.tell_silent(&silent),
                () = self.hush.fell() => self.hushed(),
            }
            self.drain();
            self.public.push();
            self.market.push();
            self.flush();
        }
        self.public.socket.close().await;
        self.market.socket.close().await;
    }

    /// What has come meanwhile goes along, from both sockets, so that neither starves the other.
    fn drain(&mut self) {
        for _ in 0..BATCH {
            let public = self.public.events.try_recv().ok();
            let market = self.market.events.try_recv().ok();
            if public.is_none() && market.is_none() {
                return;
            }
            if let Some(event) = public {
                self.socket_event(Route::Public, event);
            }
            if let Some(event) = market {
                self.socket_event(Route::Market, event);
            }
        }
    }

    fn look_at_wanted(&mut self) {
        let mut wanted = self.shared.wanted();
        let instruments = wanted.instruments.clone();
        let anew = std::mem::take(&mut wanted.anew);
        drop(wanted);
        let before = std::mem::replace(&mut self.watched, instruments);
        let gone: Vec<Symbol> = before.keys().filter(|symbol| !self.watched.contains_key(symbol)).copied().collect();
        for symbol in gone {
            self.map.forget(symbol);
            self.fetcher.forget(symbol);
            self.owed.remove(&symbol);
        }
        for route in [Route::Public, Route::Market] {
            self.resubscribe(route, &before);
        }
        let now = (self.parts.wall_clock)();
        for symbol in anew.into_iter().filter(|symbol| self.watched.contains_key(symbol)) {
            self.map.watch(symbol);
            self.map.renew_book(symbol, now, &mut self.out);
        }
    }

    fn resubscribe(&mut self, route: Route, before: &BTreeMap<Symbol, BTreeSet<Channel>>) {
        let (old, new) = (self.names(before, route), self.names(&self.watched, route));
        let add: Vec<String> = new.difference(&old).cloned().collect();
        let remove: Vec<String> = old.difference(&new).cloned().collect();
        self.first_data.expect(&add);
        self.first_data.forget(&remove);
        self.line(route).change.then(Change { add, remove });
    }

    fn names(&self, watched: &BTreeMap<Symbol, BTreeSet<Channel>>, route: Route) -> BTreeSet<String> {
        let of = |(symbol, channels): (&Symbol, _)| streams::of(self.exchange, *symbol, channels, route);
        watched.iter().flat_map(of).into_set()
    }

    const fn line(&mut self, route: Route) -> &mut Line {
        match route {
            Route::Public => &mut self.public,
            Route::Market => &mut self.market,
        }
    }

    fn socket_event(&mut self, route: Route, event: SocketEvent) {
        match event {
            SocketEvent::Frame { bytes, received_at, received } => {
                let unreadable = self.counters.unreadable;
                self.frame(&bytes, received_at);
                if route == Route::Public && self.counters.unreadable == unreadable {
                    self.hush.heard(received);
                }
            }
            SocketEvent::Lagged { dropped } => {
                self.lagged += dropped;
                if route == Route::Public {
                    self.books_lost();
                }
            }
            SocketEvent::State(state) => {
                let names: Vec<String> = self.names(&self.watched, route).into_iter().collect();
                match &state {
                    SocketState::Live => self.first_data.expect(&names),
                    SocketState::Connecting => {}
                    SocketState::Silent { .. } | SocketState::Reconnecting { .. } | SocketState::Closed => {
                        self.first_data.forget(&names);
                        if route == Route::Public {
                            self.hush.stop();
                            self.books_lost();
                        }
                    }
                }
                (self.parts.news)(FeedNews::Socket(route, state));
            }
        }
    }

    /// Live books are no longer to be relied on; questions that are out stay out, for the connection may go on.
    fn hushed(&mut self) {
        let now = (self.parts.wall_clock)();
        for symbol in self.map.live_books() {
            self.map.restart_book(symbol, now, &mut self.out);
        }
    }

    fn books_lost(&mut self) {
        let now = (self.parts.wall_clock)();
        self.fetcher.forget_all();
        self.map.restart_books(now, &mut self.out);
    }

    fn frame(&mut self, bytes: &Bytes, received_at: UtcTime) {
        self.counters.messages += 1;
        self.counters.bytes += bytes.len() as u64;
        match self.exchange {
            BinanceMarket::Futures => self.futures_frame(bytes, received_at),
            BinanceMarket::Spot => self.spot_frame(bytes, received_at),
        }
    }

    fn futures_frame(&mut self, bytes: &Bytes, received_at: UtcTime) {
        match parse(bytes) {
            Ok(Frame::Event(stream, event)) => {
                if let Some(stream) = stream {
                    self.first_data.saw(stream);
                }
                let mapped = self.map.event(event, received_at, &mut self.out);
                self.mapped(mapped);
            }
            Ok(Frame::Events(events)) => {
                for event in events {
                    let mapped = self.map.event(event, received_at, &mut self.out);
                    self.mapped(mapped);
                }
            }
            Ok(Frame::Reply(Reply::Done { .. })) => {}
            Ok(Frame::Reply(Reply::Refused { code, text, .. })) => self.tell_refused(code, &text),
            Ok(Frame::Strange) => self.counters.unreadable += 1,
            Err(error) => self.unreadable(&error),
        }
    }

    fn spot_frame(&mut self, bytes: &Bytes, received_at: UtcTime) {
        if self.first_data.waits()
            && let Some(stream) = spot::stream_of(bytes)
        {
            self.first_data.saw(&stream);
        }
        match spot::decode(bytes, None) {
            Ok(MarketFrame::Reply { error: Some((code, text)), .. }) => self.tell_refused(code, &text),
            Ok(frame) => {
                let times = (received_at, self.parts.rest.venue_time(received_at));
                let mapped = self.map.spot_event(frame, times, &mut self.out);
                self.mapped(mapped);
            }
            Err(error) => self.unreadable(&error),
        }
    }

    fn unreadable(&mut self, error: &impl std::fmt::Display) {
        self.counters.unreadable += 1;
        tracing::debug!(%error, "a frame of market data is left out");
    }

    fn tell_refused(&self, code: i64, text: &str) {
        let text: String = short(text, 200);
        self.notice(format!("Binance refused a subscription of market data: {code} {text}"));
    }

    fn mapped(&mut self, mapped: Result<Mapped, Implausible>) {
        match mapped {
            Ok(Mapped::Told | Mapped::Kept | Mapped::Dropped) => {}
            Ok(Mapped::Wanted(symbol, ask)) => self.fetcher.ask(symbol, ask, self.watched.len()),
            Ok(Mapped::ListingChanged) => (self.parts.news)(FeedNews::ListingChanged),
            Err(error) => {
                self.counters.implausible += 1;
                tracing::debug!(%error, "a message of market data is left out");
            }
        }
    }

    fn fetched(&mut self, fetched: Fetched) {
        let Fetched { symbol, ticket, reply } = fetched;
        let again = match reply {
            Ok(bytes) => match json::parse::<DepthSnapshot>("depth", &bytes, SNAPSHOT_MAX) {
                Ok(snapshot) => {
                    let now = (self.parts.wall_clock)();
                    let mapped = self.map.snapshot(symbol, ticket, snapshot, now, &mut self.out);
                    let failed = mapped.is_err();
                    self.mapped(mapped);
                    self.refused.remove(&symbol);
                    failed.then_some(Duration::ZERO)
                }
                Err(_) => {
                    self.counters.unreadable += 1;
                    Some(Duration::ZERO)
                }
            },
            Err(BrokerError::Throttled { retry_after }) => Some(retry_after),
            Err(error) => {
                let told = !matches!(error, BrokerError::NotSent(_) | BrokerError::Unknown(_));
                if told && self.refused.insert(symbol) {
                    self.notice(format!("the order book of {symbol} cannot be had: {error}"));
                }
                Some(Duration::ZERO)
            }
        };
        if let Some(at_least) = again {
            let now = (self.parts.wall_clock)();
            let mapped = self.map.snapshot_failed(symbol, ticket, at_least, now);
            self.mapped(Ok(mapped));
        }
    }

    fn tell_silent(&self, streams: &[String]) {
        let shown = streams.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if streams.len() > 5 { ", …" } else { "" };
        self.notice(format!("no data has come of {} subscribed streams: {shown}{more}", streams.len()));
    }

    fn notice(&self, text: String) {
        self.parts.outlet.tell(BrokerEvent::Notice(text));
    }

    /// Tells the desk what came of everything above. When there is no room the events are gone: every book begins anew,
    /// and that they are stale is told before anything else once there is room.
    fn flush(&mut self) {
        if !self.owed.is_empty() {
            let now = (self.parts.wall_clock)();
            let stale = self.owed.iter().map(|symbol| self.map.stale(*symbol, now)).collect::<Vec<_>>();
            self.out.splice(0..0, stale);
        }
        match self.parts.outlet.tell_market(&mut self.out) {
            Ok(()) => self.owed.clear(),
            Err(_) => {
                self.books_lost();
                self.owed.extend(self.out.drain(..).map(|event| event.instrument.symbol));
            }
        }
        let (seen, books) = (self.map.counts(), self.map.book_counts());
        self.counters.drops = self.lagged + self.parts.outlet.dropped() + books.overflowed;
        self.counters.gaps = books.gaps;
        self.counters.resyncs = books.resyncs;
        self.counters.repeats = seen.repeats + books.repeats;
        self.counters.missed_trades = seen.missed_trades;
        self.shared.wanted().counters = self.counters;
    }
}
