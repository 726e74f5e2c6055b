//! What the wrapped broker says: of the market, of its connection, and in answer to questions.

use std::collections::BTreeMap;

use super::market::{DeskWish, VirtualMarket};
use super::relay::Asker;
use super::{Line, PaperBroker};
use crate::broker::api::{Answer, BrokerError, BrokerEvent, Connection, RequestBody, RequestId};
use crate::market::gather::Gather;
use crate::market::{Instrument, InstrumentId, MarketBody, MarketEvent, UtcTime};

impl PaperBroker {
    pub(super) fn hear_feed(&mut self, now: UtcTime, event: BrokerEvent) {
        match event {
            BrokerEvent::Market(event) => self.hear_market(now, event),
            BrokerEvent::Answer { id, outcome } => self.hear_answer(now, id, outcome),
            BrokerEvent::Connection(connection) => self.hear_connection(now, connection),
            BrokerEvent::Notice(_) | BrokerEvent::Polled(_) => self.outbox.push_back(event),
            // Of the real account behind the feed, if there is one.
            BrokerEvent::Order(_)
            | BrokerEvent::Fill(_)
            | BrokerEvent::Account(_)
            | BrokerEvent::CashFlow(_)
            | BrokerEvent::Funding(_) => {}
        }
    }

    /// Shows the market to the desk, if it wants that, then to the matcher.
    fn hear_market(&mut self, now: UtcTime, event: MarketEvent) {
        let instrument = event.instrument;
        let Some(market) = self.markets.get_mut(&instrument) else { return };
        // However late the desk looks, an order that arrived before this did not see it.
        let told = market.matcher.on_market(&event, event.received_at.min(now));
        let stamp = match event.body {
            MarketBody::Mark(mark) => market.funding.hear(instrument, event.venue_time, mark),
            _ => None,
        };
        let book = matches!(event.body, MarketBody::Book(_) | MarketBody::Quote(_) | MarketBody::Phase(_));
        let waits = book && !market.waiting.is_empty();
        if market.tells_desk(&event.body) {
            self.outbox.push_back(BrokerEvent::Market(event));
        }
        self.outbox.extend(stamp.map(BrokerEvent::Funding));
        self.hear(now, instrument, &told);
        if waits {
            self.send_waiting(now, instrument);
        }
    }

    fn hear_connection(&mut self, now: UtcTime, connection: Connection) {
        self.line = match connection {
            Connection::Up => Line::Up,
            Connection::Silent => Line::Silent,
            Connection::Down { .. } => Line::Down,
        };
        self.outbox.push_back(BrokerEvent::Connection(connection));
        let instruments: Vec<InstrumentId> = self.markets.keys().copied().collect();
        match self.line {
            Line::Up => {
                for instrument in instruments {
                    self.send_waiting(now, instrument);
                    if self.account.is_busy(instrument) {
                        self.untended.insert(instrument);
                    }
                }
                if !self.held.is_empty() {
                    self.ask_for_list(now);
                }
            }
            Line::Silent => {}
            Line::Down => self.lose(now, &instruments),
        }
    }

    /// The connection was lost: orders rest, and the feed has to be asked for everything again.
    fn lose(&mut self, now: UtcTime, instruments: &[InstrumentId]) {
        self.relay.lose();
        for instrument in instruments {
            if let Some(market) = self.markets.get_mut(instrument) {
                (market.wish, market.asked, market.ask_again) = (DeskWish::Untold, None, None);
            }
            self.mark_stale(now, *instrument);
        }
        self.refuse_held("the connection was lost");
    }

    fn refuse_held(&mut self, reason: &str) {
        for (id, ..) in std::mem::take(&mut self.held) {
            self.answer(id, Err(BrokerError::NotSent(reason.to_owned())));
        }
    }

    fn hear_answer(&mut self, now: UtcTime, id: RequestId, outcome: Result<Answer, BrokerError>) {
        let Some(asker) = self.relay.take(id) else { return };
        let list = match (asker, &outcome) {
            (Asker::Subscriber(_, instrument) | Asker::Own(instrument), Err(_)) => {
                self.data_refused(now, instrument, asker.desk().is_some());
                None
            }
            (Asker::Listing(_) | Asker::OwnListing, outcome) => Some(outcome.clone()),
            _ => None,
        };
        if let Some(id) = asker.desk() {
            self.answer(id, outcome);
        }
        match list {
            Some(Ok(Answer::Instruments(list))) => self.learn(now, list),
            Some(Ok(_)) => self.refuse_held("the feed did not say which instruments there are"),
            Some(Err(error)) => self.refuse_held(&error.to_string()),
            None => {}
        }
    }

    /// Takes the list of instruments. One whose decimals or lot have changed gets a new matcher; while orders rest in it,
    /// it stays as they know it.
    fn learn(&mut self, now: UtcTime, list: Vec<Instrument>) {
        let mut listed: BTreeMap<InstrumentId, Instrument> = list.into_iter().map(|one| (one.id, one)).into_map();
        let known = self.instruments.take().unwrap_or_default();
        let mut renewed = Vec::new();
        for (id, market) in &mut self.markets {
            let (Some(old), Some(new)) = (known.get(id), listed.get_mut(id)) else { continue };
            if (old.price_decimals, old.lot) == (new.price_decimals, new.lot) {
                continue;
            }
            if self.account.is_busy(*id) {
                new.clone_from(old);
                continue;
            }
            let fresh = VirtualMarket::new(new, self.config);
            market.matcher = fresh.matcher;
            renewed.extend(market.asked.clone().map(|channels| (*id, channels)));
        }
        self.instruments = Some(listed);
        for (id, channels) in renewed {
            self.end_data(now, id);
            self.ask_feed(now, Asker::Own(id), RequestBody::Subscribe(id, channels));
        }
        for (id, instrument, channels) in std::mem::take(&mut self.held) {
            self.subscribe(now, id, instrument, channels);
        }
    }
}
