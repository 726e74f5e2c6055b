//! A virtual world on a real feed: market data of any broker, orders that never reach it.
//!
//! Questions about the market go through to the wrapped broker under numbers of their own, and what it says of the
//! market and of its connection comes back. Orders are carried out here, by a matcher for each instrument and one account
//! over all of them. What the wrapped broker might say of orders, fills and money of a real account is not passed on:
//! it would be booked as virtual.
//!
//! Positions are in hoga's ledger and not here, so this broker says when funding falls due, not how much it is.

mod ability;
mod feed;
mod funding;
mod market;
mod orders;
mod relay;
mod subscriptions;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use self::market::VirtualMarket;
use self::relay::{Asker, Relay};
use super::counter::check_leverage;
use super::{PaperAccount, PaperConfig};
use crate::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Channel, RequestBody, RequestId,
};
use crate::market::{Instrument, InstrumentId, Quantity, UtcTime};
use crate::order::OrderId;

pub use ability::capabilities;

/// Most events one call of `poll` gives.
const EVENTS: usize = 512;
/// Most times one call of `poll` looks for what has fallen due meanwhile.
const ROUNDS: usize = 16;

/// A broker for a virtual profile, filling its orders against another broker's feed. It remembers nothing of earlier
/// connections.
///
/// An order waits for the first book of its instrument, a few seconds at most, and its data is asked for if the desk has
/// not done so. While the feed is down orders rest, and nothing is filled. Times of order reports and fills are the
/// desk's.
pub struct PaperBroker {
    feed: Box<dyn Broker>,
    config: PaperConfig,
    capabilities: Capabilities,
    account: PaperAccount,
    /// What the wrapped broker lists; `None` until it has said so.
    instruments: Option<BTreeMap<InstrumentId, Instrument>>,
    markets: BTreeMap<InstrumentId, VirtualMarket>,
    /// Instruments whose orders have changed: their data may be wanted now, or no longer.
    untended: BTreeSet<InstrumentId>,
    relay: Relay,
    /// Subscriptions that wait for the list of instruments.
    held: Vec<(RequestId, InstrumentId, BTreeSet<Channel>)>,
    later: VecDeque<(UtcTime, RequestId, Later)>,
    outbox: VecDeque<BrokerEvent>,
    told: Vec<BrokerEvent>,
    feed_due: Option<UtcTime>,
    line: Line,
    closed: bool,
}

/// What is known of the feed's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Up,
    /// Nothing comes: the market it last showed may be long gone.
    Silent,
    Down,
}

/// Something that is said when it has come back from the virtual venue.
#[derive(Debug)]
enum Later {
    /// An answer that is known already.
    Say(Result<Answer, BrokerError>),
    /// A question, answered with what is known then.
    Ask(RequestBody),
}

impl std::fmt::Debug for PaperBroker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaperBroker").field("line", &self.line).field("markets", &self.markets).finish_non_exhaustive()
    }
}

impl PaperBroker {
    /// A virtual world on the feed of a broker that has just been opened.
    #[must_use]
    pub fn new(feed: Box<dyn Broker>, config: PaperConfig, now: UtcTime) -> Self {
        Self {
            capabilities: capabilities(feed.capabilities()),
            feed,
            config,
            account: PaperAccount::new(now),
            instruments: None,
            markets: BTreeMap::new(),
            untended: BTreeSet::new(),
            relay: Relay::default(),
            held: Vec::new(),
            later: VecDeque::new(),
            outbox: VecDeque::new(),
            told: Vec::new(),
            feed_due: None,
            line: Line::Down,
            closed: false,
        }
    }

    fn carry_out(&mut self, now: UtcTime, id: RequestId, body: RequestBody) {
        let sent = match body {
            RequestBody::Place(wanted) => self.place(now, id, &wanted),
            RequestBody::Cancel(order) => self.cancel_asked(now, id, order.order_id),
            RequestBody::Replace { order, kind, quantity } => self.replace(now, id, order.order_id, kind, quantity),
            RequestBody::CancelAll(only) => {
                self.cancel_all(now, only);
                self.say_later(now, id, Later::Say(Ok(Answer::Canceled { done: true })));
                Ok(())
            }
            RequestBody::SetLeverage(instrument, leverage) => {
                let outcome = self.listed(instrument).and_then(|listed| check_leverage(listed, leverage));
                self.say_later(now, id, Later::Say(outcome));
                Ok(())
            }
            RequestBody::Subscribe(instrument, channels) => {
                self.subscribe(now, id, instrument, channels);
                Ok(())
            }
            RequestBody::Unsubscribe(instrument) => {
                self.unsubscribe(now, id, instrument);
                Ok(())
            }
            RequestBody::Instruments => {
                self.ask_feed(now, Asker::Listing(id), RequestBody::Instruments);
                Ok(())
            }
            body @ (RequestBody::Candles { .. }
            | RequestBody::Flow { .. }
            | RequestBody::Ranking { .. }
            | RequestBody::Facts(_)
            | RequestBody::Selected(_)
            | RequestBody::RecentTrades(..)) => {
                self.ask_feed(now, Asker::Desk(id), body);
                Ok(())
            }
            // Orders here have their client ids, and fills their numbers.
            RequestBody::Recovered(_) => {
                self.say_later(now, id, Later::Say(Ok(Answer::Done)));
                Ok(())
            }
            question @ (RequestBody::FindOrder(_)
            | RequestBody::OpenOrders
            | RequestBody::Fills { .. }
            | RequestBody::Positions
            | RequestBody::Realised(_)
            | RequestBody::Balances) => {
                self.say_later(now, id, Later::Ask(question));
                Ok(())
            }
        };
        if let Err(error) = sent {
            self.say_later(now, id, Later::Say(Err(error)));
        }
    }

    fn say_later(&mut self, now: UtcTime, id: RequestId, later: Later) {
        let at = now.plus(self.config.order_latency + self.config.response_latency);
        let at = self.later.back().map_or(at, |(last, ..)| at.max(*last));
        self.later.push_back((at, id, later));
    }

    fn answer(&mut self, id: RequestId, outcome: Result<Answer, BrokerError>) {
        self.outbox.push_back(BrokerEvent::Answer { id, outcome });
    }

    /// An instrument by what the wrapped broker lists.
    fn listed(&self, instrument: InstrumentId) -> Result<&Instrument, BrokerError> {
        let not_yet = || BrokerError::NotSent("the list of instruments has not come yet".to_owned());
        let listed = self.instruments.as_ref().ok_or_else(not_yet)?;
        listed.get(&instrument).ok_or_else(|| BrokerError::NotFound(instrument.to_string()))
    }

    /// Asks the wrapped broker.
    fn ask_feed(&mut self, now: UtcTime, asker: Asker, body: RequestBody) {
        let (id, given_up) = self.relay.send(asker);
        if let Some(forgotten) = given_up.and_then(Asker::desk) {
            self.answer(forgotten, Err(BrokerError::Unknown("the feed did not answer".to_owned())));
        }
        self.feed.request(now, BrokerRequest { id, body });
    }

    /// Does what has fallen due until `now`.
    fn work(&mut self, now: UtcTime) {
        for _ in 0..ROUNDS {
            let is_due = |market: &VirtualMarket| market.due().is_some_and(|at| at <= now);
            let due: Vec<InstrumentId> =
                self.markets.iter().filter(|(_, market)| is_due(market)).map(|(id, _)| *id).collect();
            if due.is_empty() {
                break;
            }
            for instrument in due {
                self.look_at(now, instrument);
            }
        }
        while let Some((_, id, later)) = self.later.pop_front_if(|(at, ..)| *at <= now) {
            let outcome = match later {
                Later::Say(outcome) => outcome,
                Later::Ask(question) => self.account.ask(&question, &|order| self.queue_ahead(order)),
            };
            self.answer(id, outcome);
        }
        for instrument in std::mem::take(&mut self.untended) {
            self.tend(now, instrument);
        }
    }

    /// When something of its own falls due.
    fn due(&self) -> Option<UtcTime> {
        let later = self.later.front().map(|(at, ..)| *at);
        self.markets.values().filter_map(VirtualMarket::due).chain(later).min()
    }
}

impl Broker for PaperBroker {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        if self.closed {
            return self.answer(request.id, Err(BrokerError::NotSent("the connection is closed".to_owned())));
        }
        self.carry_out(now, request.id, request.body);
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        if !self.closed && self.outbox.len() < EVENTS {
            let mut told = std::mem::take(&mut self.told);
            self.feed_due = self.feed.poll(now, &mut told);
            for event in told.drain(..) {
                self.hear_feed(now, event);
            }
            self.told = told;
            self.work(now);
        }
        let count = self.outbox.len().min(EVENTS);
        out.extend(self.outbox.drain(..count));
        if !self.outbox.is_empty() {
            return Some(now);
        }
        if self.closed {
            return None;
        }
        self.feed_due.into_iter().chain(self.due()).min()
    }

    fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        let instrument = self.account.instrument(order)?;
        self.markets.get(&instrument)?.matcher.queue_ahead(order)
    }

    fn close(&mut self) {
        self.feed.close();
        self.closed = true;
        self.outbox.clear();
        self.later.clear();
    }
}
